"""Names as they are compared: written otherwise, swapped, mistyped, shortened, in another language, by their pinyin.

What is a mistake and what is another thing, the dictionary's own names tell: 求阀 beside 球阀 has a pair of characters no name has,
闸阀 has not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from master_data.matching.blocking import Postings
from master_data.matching.normal import HAS_CJK, initials, pinyin
from master_data.matching.words import Words

LANGUAGE = 60                               # names that cannot be compared: neither for nor against
COMMON = 2                                  # a name, or a pair of its characters, that stands so often in other entries is no mistake
ENOUGH = 45                                 # names less alike than this do not make a candidate
SHORT, WORD, UNLIKE = 4, 55, 68             # characters of a short name; likeness of two words; of names with nothing to explain them
SURE = 84                                   # a mistyped name this much like a usual one is read as it
SEARCHED, READ = 20, 3                      # so many names are found, of so many times as many looked at
NOT_WORD = re.compile(r"\W")


class Name:
    """One name of the dictionary, or of a query; `count` entries have it. `words` in order, `text` without blanks where it is Chinese.

    `sides`: which side of which contrast it is on, as (left, right).
    """

    __slots__ = ("concepts", "count", "initials", "pinyin", "sides", "text", "wide", "words")

    def __init__(self, words: tuple[str, ...], concepts: frozenset[str]) -> None:
        self.words = words
        self.wide = any(HAS_CJK.search(word) for word in words)
        self.text = ("" if self.wide else " ").join(words)
        self.concepts = concepts
        self.sides: frozenset[tuple[str, str]] = frozenset()
        self.pinyin = pinyin(self.text) if self.wide else ""
        self.initials = initials(self.text) if self.wide else ""
        self.count = 0

    @property
    def pieces(self) -> frozenset[str]:
        """Pairs of characters of a Chinese name, words of another."""
        if not self.wide:
            return frozenset(self.words)
        return frozenset(self.text[at : at + 2] for at in range(len(self.text) - 1)) or frozenset((self.text,))

    @property
    def sorted_text(self) -> str:
        return "".join(sorted(self.text)) if self.wide else " ".join(sorted(self.words))


class Alike(NamedTuple):
    """How alike two names are, 0 to 100; the key of the sentence that says why, and what it is about."""

    score: float
    why: str
    detail: str = ""


class NameBook:
    """All names of a kind, each once, with what they are found by."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._contrasts = [(one, other) for pair in words.contrasts for one, other in (pair, pair[::-1])]
        self._searched: dict[tuple[str, ...], dict[Name, float]] = {}
        self._names: dict[tuple[str, ...], Name] = {}
        self._slots: list[Name | None] = []
        self._free: list[int] = []
        self._place: dict[Name, int] = {}
        self._index = Postings()
        self._pieces: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._names)

    def name(self, words: tuple[str, ...]) -> Name:
        """The book's own name if it has it, else one that is not in it."""
        return self._names.get(words) or self._new(words)

    def _new(self, words: tuple[str, ...]) -> Name:
        name = Name(words, self._concepts(" ".join(words)))
        here = name.text if name.wide else name.words
        name.sides = frozenset(pair for pair in self._contrasts if pair[0] in here and pair[1] not in here)
        return name

    def take(self, name: Name) -> Name:
        """An entry has this name: count it, and index it at its first."""
        name.count += 1
        if name.count == 1:
            self._names[name.words] = name
            self._searched.clear()
            place = self._free.pop() if self._free else len(self._slots)
            self._slots[place:place + 1] = [name]
            self._place[name] = place
            self._index.add(place, tokens(name))
            self._pieces.update(name.pieces)
        return name

    def drop(self, name: Name) -> None:
        """An entry that had this name is gone."""
        name.count -= 1
        if name.count == 0:
            place = self._place.pop(name)
            self._index.remove(place, tokens(name))
            self._pieces.subtract(name.pieces)
            self._slots[place] = None
            self._free.append(place)
            del self._names[name.words]
            self._searched.clear()

    def search(self, name: Name, limit: int = SEARCHED) -> dict[Name, float]:
        """The names likest to this one, each from 0 to 100, itself included."""
        known = self._searched.get(name.words)
        if known is None:
            known = self._search(name, limit)
            if name.count:
                self._searched[name.words] = known
        return known

    def _search(self, name: Name, limit: int) -> dict[Name, float]:
        found = (self._slots[place] for place, _ in self._index.likeliest(tokens(name), READ * limit))
        scored = [(one, self.alike(name, one).score) for one in found if one is not None]
        best = sorted((pair for pair in scored if pair[1] >= ENOUGH), key=lambda pair: (-pair[1], pair[0].text))
        return dict(best[:limit])

    def meant(self, name: Name, found: Mapping[Name, float]) -> Name | None:
        """A name that is no usual one, read as the one usual name it is likest to; `found`: what `search` gave."""
        best = sorted((pair for pair in found.items() if pair[0] is not name), key=lambda pair: -pair[1])[:2]
        usual = best and best[0][0].count >= COMMON and best[0][1] >= SURE
        return best[0][0] if usual and name.count < COMMON and (len(best) == 1 or best[0][1] - best[1][1] > 1) else None

    def spelt(self, letters: str, limit: int = SEARCHED) -> dict[Name, float]:
        """Names by letters typed: initials (lxb) or pinyin (lixinbeng) of the whole or of a part of it."""
        found = (self._slots[place] for place, _ in self._index.likeliest(_letters(letters), READ * limit))
        scored = [(one, spelt(letters, one)) for one in found if one is not None]
        return dict(sorted((pair for pair in scored if pair[1]), key=lambda pair: (-pair[1], pair[0].text))[:limit])

    def alike(self, theirs: Name, ours: Name, inside: bool = False) -> Alike:
        """Compare two names. `inside`: theirs is an entry's, so that one entry which has it is no other one."""
        if theirs.words == ours.words or theirs.text == ours.text:
            return Alike(100, "same")
        if theirs.wide != ours.wide:
            return self._by_meaning(theirs, ours)
        contrast = self._contrast(theirs, ours)
        if contrast:
            return Alike(25, "differs", contrast)
        if theirs.sorted_text == ours.sorted_text:
            return Alike(97, "order")
        if theirs.wide and theirs.pinyin == ours.pinyin:
            return Alike(96, "sound")
        if theirs.concepts and theirs.concepts == ours.concepts and min(self._meant(theirs), self._meant(ours)) == 1:
            return Alike(95, "meaning")
        if _of_other_things(theirs.concepts, ours.concepts):
            return Alike(0.7 * fuzz.ratio(theirs.text, ours.text), "another", _first(theirs.concepts, ours.concepts))
        return self._by_spelling(theirs, ours, inside)

    def _by_meaning(self, theirs: Name, ours: Name) -> Alike:
        """Two languages: by the things both name, as far as these are the whole of the names."""
        both = theirs.concepts & ours.concepts
        if not theirs.concepts or not ours.concepts:
            return Alike(LANGUAGE, "language")
        share = 2 * len(both) / (len(theirs.concepts) + len(ours.concepts))
        known = min(self._meant(theirs), self._meant(ours))
        return Alike(90 * share * (0.5 + 0.5 * known), "meaning" if share > 0.5 else "differs", " ".join(sorted(both)))

    def _by_spelling(self, theirs: Name, ours: Name, inside: bool) -> Alike:
        ratio = max(fuzz.ratio(theirs.text, ours.text), 0.97 * fuzz.ratio(theirs.sorted_text, ours.sorted_text))
        strange, missing = theirs.pieces - ours.pieces, ours.pieces - theirs.pieces
        if not strange or not missing:
            return Alike(max(ratio, 80) if _begins(theirs, ours) else max(ratio, 70), "part")
        if self._known(theirs, strange, inside) and self._known(ours, missing, True):
            return Alike(0.7 * ratio, "another", _first(strange, missing))
        if _within(theirs.text, ours.text) or _within(ours.text, theirs.text):
            return Alike(max(ratio, 88), "short")
        if not theirs.wide and len(strange) == len(missing) and not _words_alike(strange, missing):
            return Alike(0.7 * ratio, "differs", _first(strange, missing))
        forgiven = _forgiven(theirs, ours)
        return Alike(forgiven or min(ratio, UNLIKE), "typing" if forgiven else "alike", _first(strange, missing))

    def _known(self, name: Name, pieces: Iterable[str], inside: bool) -> bool:
        """Whether these pieces of a name stand in other names too."""
        own = 1 if inside else 0
        return name.count - own >= COMMON or all(self._pieces[piece] > own for piece in pieces)

    def _contrast(self, theirs: Name, ours: Name) -> str:
        if not theirs.sides or not ours.sides:
            return ""
        return next((f"{one} / {other}" for one, other in theirs.sides if (other, one) in ours.sides), "")

    def _concepts(self, text: str) -> frozenset[str]:
        return frozenset(self._words.concept_of[_known_word(found[0], self._words)] for found in self._words.concept_pattern.finditer(text))

    def _meant(self, name: Name) -> float:
        """How much of the name the table's words are."""
        text = " ".join(name.words)
        return 1 - len(NOT_WORD.sub("", self._words.concept_pattern.sub("", text))) / len(NOT_WORD.sub("", text))


def _forgiven(theirs: Name, ours: Name) -> float:
    """The score of one mistyped character, or two in longer names; 0 where it is more. In short names only one that sounds alike."""
    edits = OSA.distance(theirs.text, ours.text, score_cutoff=3)
    longer = max(len(theirs.text), len(ours.text))
    if edits > 2 or edits > longer // 3:
        return 0.0
    sounding = theirs.wide and OSA.distance(theirs.pinyin, ours.pinyin, score_cutoff=2) <= edits
    replaced = len(theirs.text) == len(ours.text) and theirs.wide
    return 100.0 - 8 * edits if sounding or not replaced or longer > SHORT else 0.0


def _words_alike(strange: Iterable[str], missing: Iterable[str]) -> bool:
    """Whether every strange word is nearly one of the missing ones."""
    return all(max(fuzz.ratio(one, other) for other in missing) >= WORD for one in strange)


def _of_other_things(theirs: frozenset[str], ours: frozenset[str]) -> bool:
    """Whether each names a thing the other does not name, not even in general: 球阀 and 闸阀, but not 阀 and 球阀."""
    mine, others = theirs - ours, ours - theirs
    return bool(mine and others) and not any(one in other or other in one for one in mine for other in others)


def _first(mine: Iterable[str], others: Iterable[str]) -> str:
    return f"{min(mine, default='')} / {min(others, default='')}"


def tokens(name: Name) -> set[str]:
    """What a name is found by: things it names, pieces, threes of letters; a Chinese one by its characters, pinyin and initials too."""
    found = {f"c{concept}" for concept in name.concepts} | {f"p{piece}" for piece in name.pieces}
    if not name.wide:
        return found | {f"3{three}" for text in (*name.words, "".join(name.words)) for three in _threes(text)}
    spelt = (("y", name.pinyin), ("i", name.initials))
    return found | {f"s{sign}" for sign in name.text} | {f"{kind}{each}" for kind, text in spelt for each in (text, *_threes(text))}


def _letters(letters: str) -> set[str]:
    """Of initials or a pinyin: the whole, and all threes."""
    return {f"i{letters}", f"y{letters}", *(f"{kind}{each}" for each in _threes(letters) for kind in "iy")}


def _threes(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(len(text) - 2)]


def spelt(letters: str, name: Name) -> float:
    """How well letters typed are the initials or the pinyin of a name, 0 to 100."""
    for whole, most in ((name.initials, 100), (name.pinyin, 100)):
        if whole == letters:
            return most
        if whole.endswith(letters) or whole.startswith(letters):
            return 90
        if letters in whole:
            return 80
    return 0


def _known_word(found: str, words: Words) -> str:
    return found if found in words.concept_of else found.removesuffix("s")


def _within(short: str, long: str) -> bool:
    """Whether the characters of the one stand in the other in the same order, and are at least half of it."""
    rest = iter(long)
    return 2 * len(short) >= len(long) and all(sign in rest for sign in short)


def _begins(theirs: Name, ours: Name) -> bool:
    return theirs.text.endswith(ours.text) or ours.text.endswith(theirs.text)
