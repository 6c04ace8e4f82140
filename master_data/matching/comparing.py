"""Two entries field by field: how alike each field is, and why. One function for each `how` of the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from master_data.matching.facts import Facts
from master_data.matching.names import Alike, Name, NameBook, spelt
from master_data.matching.normal import compact, pinyin
from master_data.matching.rule import How, MatchingRule
from master_data.matching.sizes import Number, Size, another_order, left_over, without_common
from master_data.rules import is_uscc

SAME = Alike(100, "same")
MORE = 62.0                                 # one side says something the other does not say: perhaps, but not surely
DIFFERENT = 25.0
WEIGHTY, BOUND = 2.0, 55.0


@dataclass(slots=True)
class Comparison:
    """One query's comparing. `typed`: what a person types is part of what is meant, so what it leaves out does not count.

    `inside`: the query is itself one of the entries. `meant`: names of the query read as usual ones.
    """

    rule: MatchingRule
    book: NameBook
    typed: bool = False
    inside: bool = False
    meant: Mapping[Name, Name] = field(default_factory=dict)
    _names: dict[tuple[Name, Name], Alike] = field(default_factory=dict)

    def fields(self, theirs: Facts, ours: Facts) -> list[tuple[int, Alike]]:
        """By the place of the field in the rule; a field that neither has, or that tells nothing, is left out."""
        found = []
        for place, one in enumerate(self.rule.fields):
            alike = HOWS[one.how](self, theirs, ours, place)
            if alike is not None:
                found.append((place, alike))
        return found

    def score(self, fields: Sequence[tuple[int, Alike]]) -> float:
        """0 to 100: the weighted mean, bounded by the worst field of weight, as what differs is not outweighed by what is equal.

        A field that decides and is equal lifts it; a code that is not equal counts only alone.
        """
        rules = self.rule.fields
        counted = [pair for pair in fields if rules[pair[0]].how != "code" or pair[1].score == 100] or list(fields)
        whole = sum(rules[place].weight for place, _ in counted)
        mean = sum(rules[place].weight * alike.score for place, alike in counted) / whole if whole else 0.0
        decided = any(rules[place].decides and alike.score == 100 for place, alike in counted)
        worst = min((alike.score for place, alike in counted if rules[place].weight >= WEIGHTY), default=100.0)
        return max(mean, 95.0) if decided else min(mean, BOUND + worst * (100 - BOUND) / 100)

    def name(self, theirs: Name, ours: Name) -> Alike:
        """Compare two names; the same pair comes again with every entry that has the name."""
        known = self._names.get((theirs, ours))
        if known is None:
            known = self._names[theirs, ours] = self._read_as(theirs, ours)
        return known

    def _read_as(self, theirs: Name, ours: Name) -> Alike:
        alike, meant = self.book.alike(theirs, ours, self.inside), self.meant.get(theirs)
        if meant is None or meant is ours or alike.score < 50:
            return alike
        return min(alike, self.book.alike(meant, ours), key=lambda one: one.score)

    def missing(self, place: int, theirs: bool) -> Alike | None:
        """Only one side says it: `theirs` says which."""
        score = self.rule.fields[place].missing
        if score is None or (self.typed and not theirs):
            return None
        return Alike(score, "theirs-only" if theirs else "ours-only")


def _name(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    if to.typed:
        return _typed_name(to, theirs, ours)
    best = max(_name_pairs(to, theirs, ours), default=None, key=lambda alike: alike.score)
    if best is None or best.score >= 90:
        return best
    return _name_with_words(to, theirs, ours, best)


def _name_pairs(to: Comparison, theirs: Facts, ours: Facts) -> list[Alike]:
    """Names of one language with one another; names of two languages only where there is nothing else."""
    pairs = [(one, other) for one in theirs.names for other in ours.names]
    return [to.name(*pair) for pair in [pair for pair in pairs if pair[0].wide == pair[1].wide] or pairs]


def _name_with_words(to: Comparison, theirs: Facts, ours: Facts, best: Alike) -> Alike | None:
    """A name with the words of the specification in it, on either side: they are taken out and it is compared again."""
    for one in theirs.names:
        for other in ours.names:
            bare, others = _without(one, other, ours.size.words), _without(other, one, theirs.size.words)
            if bare is not one.words or others is not other.words:
                alike = to.name(to.book.name(bare), to.book.name(others)) if bare and others else best
                best = max(best, alike, key=lambda alike: alike.score)
    return best


def _without(name: Name, other: Name, words: Iterable[str]) -> tuple[str, ...]:
    left = name.words
    for word in words:
        if len(word) > 1 and word in name.text and word not in other.text:
            left = tuple(part for one in left for part in one.replace(word, " ").split())
    return left


def _typed_name(to: Comparison, theirs: Facts, ours: Facts) -> Alike | None:
    """Every word typed against every name: part of it, its pinyin or initials, or a word of the specification."""
    words = [word for name in theirs.names for word in name.words]
    if not words:
        return None
    scores = [max((_typed_word(word, name, ours) for name in ours.names), default=0.0) for word in words]
    whole = max((to.name(one, other).score for one in theirs.names for other in ours.names), default=0.0)
    mean = sum(scores) / len(scores)
    return Alike(max(mean, whole), "same" if max(mean, whole) == 100 else "part" if mean > 80 else "alike")


def _typed_word(word: str, name: Name, ours: Facts) -> float:
    if word == name.text or word in ours.size.words or (not name.wide and word in name.words):
        return 100.0
    if word in name.text:
        return 97.0
    if word.isascii():
        return max(spelt(word, name), 90.0 if word in ours.brand else 0.0)
    return 0.9 * fuzz.partial_ratio(word, name.text)


def _company(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    best = max(_name_pairs(to, theirs, ours), default=None, key=lambda alike: alike.score)
    if best is None or to.typed:
        return best if best is None else _typed_name(to, theirs, ours)
    here, there = set(theirs.places), set(ours.places)
    if here and there and not here & there:
        return Alike(0.6 * best.score, "differs", f"{' '.join(theirs.places)} / {' '.join(ours.places)}")
    return best if here == there else best._replace(score=0.93 * best.score)


def _size(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    here, there = theirs.size, ours.size
    if here == there:
        return _written(theirs.shown[place], ours.shown[place]) if here else None
    mine, others = left_over(here.numbers, there.numbers)
    mine_grades, others_grades = _grades_left(here, there, mine, others)
    if mine and others:
        return Alike(DIFFERENT * (1 - len(mine) / len(here.numbers)), "differs", _two(_spoken(mine), _spoken(others)))
    if mine_grades and others_grades:
        return Alike(DIFFERENT, "differs", _two(mine_grades, others_grades))
    if not mine and not others and another_order(here, there, (_text_of(to, theirs), _text_of(to, ours))):
        return Alike(MORE, "order")
    mine_words, others_words = _words_left(theirs, ours)
    if mine_words and others_words:
        return _words_differ(mine_words, others_words)
    return _more([*_spoken(mine), *mine_grades, *mine_words], [*_spoken(others), *others_grades, *others_words], to, place, theirs, ours)


def _text_of(to: Comparison, facts: Facts) -> str:
    return " ".join(text for text, field in zip(facts.shown, to.rule.fields) if field.how in ("name", "size"))


def _more(mine: list[str], others: list[str], to: Comparison, place: int, theirs: Facts, ours: Facts) -> Alike | None:
    """Nothing contradicts: one side may still say more than the other."""
    if mine and others:
        return Alike(DIFFERENT + 15, "differs", _two(mine, others))
    if to.typed and not mine:
        return SAME if theirs.size else None
    if not mine and not others:
        return _standards(theirs, ours) or _written(theirs.shown[place], ours.shown[place])
    if not theirs.size or not ours.size:
        return to.missing(place, bool(mine))
    said = Alike(MORE, "theirs-more", " ".join(mine)) if mine else Alike(MORE, "ours-more", " ".join(others))
    return said._replace(score=MORE / 2) if len(mine) > len(theirs.size.numbers) / 2 else said


def _standards(theirs: Facts, ours: Facts) -> Alike | None:
    here, there = set(theirs.size.standards), set(ours.size.standards)
    return Alike(70, "differs", _two(sorted(here - there), sorted(there - here))) if here and there and not here & there else None


def _written(theirs: str, ours: str) -> Alike:
    return SAME if theirs == ours else Alike(100, "written")


def _grades_left(here: Size, there: Size, mine: list[Number], others: list[Number]) -> tuple[list[str], list[str]]:
    """Materials only one side has; 304 may have been read as a number where the other was read as a material."""
    left, right = without_common(here.grades, there.grades)
    left, right = [one for one in left if one not in there.loose], [one for one in right if one not in here.loose]
    for grades, numbers in ((left, others), (right, mine)):
        for grade in tuple(grades):
            same = next((number for number in numbers if number.value == grade), None)
            if same:
                grades.remove(grade)
                numbers.remove(same)
    return left, right


def _words_left(theirs: Facts, ours: Facts) -> tuple[list[str], list[str]]:
    """Words only one side has, neither in the specification nor in a name."""
    mine, others = without_common(theirs.size.words, ours.size.words)
    return (
        [word for word in mine if not any(_in_name(word, name) for name in ours.names)],
        [word for word in others if not any(_in_name(word, name) for name in theirs.names)],
    )


def _in_name(word: str, name: Name) -> bool:
    return word in name.text if len(word) > 1 or word > "\u3400" else word in name.words


def _words_differ(mine: list[str], others: list[str]) -> Alike:
    here, there = "".join(mine), "".join(others)
    if sorted(here) == sorted(there) and len(mine) != len(others):
        return Alike(100, "written")
    if len(here) > 1 and pinyin(here) == pinyin(there) != "":
        return Alike(94, "sound", _two(mine, others))
    return Alike(DIFFERENT, "differs", _two(mine, others))


def _drawing(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    if not theirs.drawing or not ours.drawing:
        return to.missing(place, bool(theirs.drawing)) if theirs.drawing or ours.drawing else None
    if theirs.drawing != ours.drawing:
        return Alike(0, "differs", _two([theirs.shown[place]], [ours.shown[place]]))
    if theirs.revision == ours.revision:
        return _written(theirs.shown[place], ours.shown[place])
    return Alike(70 if theirs.revision and ours.revision else 96, "revision", f"{theirs.revision or '-'} / {ours.revision or '-'}".upper())


def _brand(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    if not theirs.brand or not ours.brand:
        return to.missing(place, bool(theirs.brand)) if theirs.brand or ours.brand else None
    if theirs.brand == ours.brand:
        return _written(theirs.shown[place], ours.shown[place])
    if min(len(theirs.brand), len(ours.brand)) > 4 and OSA.distance(theirs.brand, ours.brand) == 1:
        return Alike(85, "typing")
    return Alike(0, "differs", _two([theirs.brand], [ours.brand]))


def _unit(_to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    if not theirs.unit or not ours.unit:
        return None
    return _written(theirs.shown[place], ours.shown[place]) if theirs.unit == ours.unit else Alike(0, "differs")


def _identifier(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    """A number that stands for one party or thing. A credit code with a wrong check digit may be the other one mistyped."""
    here, there = theirs.marks[place], ours.marks[place]
    if not here or not there:
        return to.missing(place, bool(here)) if here or there else None
    if here == there:
        return _written(theirs.shown[place], ours.shown[place])
    mistyped = len(here) == len(there) == 18 and not (is_uscc(here.upper()) and is_uscc(there.upper()))
    return Alike(80, "typing") if mistyped and OSA.distance(here, there) <= 2 else Alike(0, "differs")


def _text(to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    here, there = theirs.marks[place], ours.marks[place]
    if not here or not there:
        return to.missing(place, bool(here)) if here or there else None
    score = fuzz.ratio(here, there)
    return _written(theirs.shown[place], ours.shown[place]) if here == there else Alike(score, "alike" if score > 70 else "differs")


def _code(_to: Comparison, theirs: Facts, ours: Facts, place: int) -> Alike | None:
    here, there = codes_in(theirs.shown[place]), codes_in(ours.shown[place])
    if not here or not there:
        return None
    if not here.isdisjoint(there):
        return SAME
    return Alike(min(99.0, max(fuzz.ratio(one, other) for one in here for other in there)), "alike")


@lru_cache(maxsize=4_096)
def codes_in(text: str) -> frozenset[str]:
    """The codes and spellings a field shows, without punctuation."""
    return frozenset(filter(None, map(compact, text.split())))


def _spoken(numbers: Iterable[Number]) -> list[str]:
    return [f"{number.label.upper() if len(number.label) < 3 else ''}{number.value}" for number in numbers]


def _two(mine: Iterable[str], others: Iterable[str]) -> str:
    return f"{' '.join(mine)} / {' '.join(others)}"


HOWS: Mapping[How, Callable[[Comparison, Facts, Facts, int], Alike | None]] = {
    "name": _name, "company": _company, "size": _size, "drawing": _drawing, "brand": _brand, "unit": _unit, "identifier": _identifier,
    "phone": _text, "text": _text, "code": _code,
}  # fmt: skip
