"""The matcher of one kind: entries come and go, candidates are found by record or by typed text. In memory; one thread at a time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from hub.texts import sentence
from hub.texts.matching import MATCHING
from master_data.matching.blocking import Postings
from master_data.matching.comparing import Comparison, codes_in
from master_data.matching.entry import Entry
from master_data.matching.facts import Facts, Reader
from master_data.matching.names import Alike, Name, NameBook
from master_data.matching.normal import drawing_number, fold
from master_data.matching.rule import MatchingRule, rule_of
from master_data.matching.words import Words, shipped_words

NEIGHBOURS = 12
NAME_COUNTS = 8.0                           # in blocking: a name that is the same weighs as much as a rare token
NAME_READ = 0.002                           # its entries are read, but count little until the name itself is compared
FEW_NAMES, NEARLY = 5, 0.95
LONGEST_DRAWING = 4                         # words a drawing number may be written in


class Depth(NamedTuple):
    """How much is looked at: places read in the index, entries of these whose names count, entries compared field by field."""

    read: int
    likely: int
    compared: int


WHOLE, QUICK = Depth(12_000, 300, 40), Depth(3_000, 60, 10)     # a search; one of the hundred thousand searches of a whole dictionary


class Match(NamedTuple):
    """One field on both sides, alike from 0 to 100. `why` names a sentence of `hub.texts.matching`, `detail` fills it."""

    field: str
    theirs: str
    ours: str
    score: float
    why: str = ""
    detail: str = ""

    def reason(self, language: str) -> str:
        """What made it alike or different, for people."""
        text = MATCHING.get(f"match-{self.why}")
        return sentence(text, language, {"detail": self.detail}).strip() if text else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant, 0 to 100, and why."""

    code: str
    score: float
    matches: tuple[Match, ...]


class Matcher:
    """Finds an entry however it is written. Built from entries; `rule` and `words` are the shipped ones unless given."""

    def __init__(self, kind: str, entries: Iterable[Entry] = (), rule: MatchingRule | None = None, words: Words | None = None) -> None:
        self._rule = rule or rule_of(kind)
        self.kind, self.threshold = kind, self._rule.threshold
        self._book = NameBook(words or shipped_words())
        self._reader = Reader(self._rule, words or shipped_words(), self._book)
        self._code_places = [place for place, field in enumerate(self._rule.fields) if field.how == "code"]
        self._index = Postings()
        self._facts: list[Facts | None] = []
        self._free: list[int] = []
        self._places: dict[str, int] = {}
        self._codes: list[str] = []
        for entry in entries:
            self._put(entry)
        self._codes = sorted(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, code: str) -> bool:
        return code in self._places

    def __iter__(self) -> Iterator[str]:
        """All codes, in order."""
        return iter(self._codes)

    def add(self, entry: Entry) -> None:
        """Take an entry in; one of the same code is replaced."""
        if entry.code not in self._places:
            insort(self._codes, entry.code)
        self._put(entry)

    def remove(self, code: str) -> None:
        """Forget an entry; one that is not there is no error."""
        if code in self._places:
            self._take_out(code)
            del self._codes[bisect_left(self._codes, code)]

    def candidates(self, query: Entry | str, limit: int = 5) -> list[Candidate]:
        """The likeliest first, equal ones by code. `query`: a record (its code is the source's own), or what a person typed."""
        if isinstance(query, str):
            return self._typed(query, limit)
        theirs = self._reader.read(query)
        self._find_drawing(theirs, query)
        return self._ranked(theirs, limit)

    def compare(self, query: Entry, code: str) -> Candidate | None:
        """One entry against a query, whatever the score; None where there is no such code."""
        place = self._places.get(code)
        ours = None if place is None else self._facts[place]
        theirs = self._reader.read(query)
        self._find_drawing(theirs, query)
        return None if ours is None else self._candidate(theirs, ours, self._comparison(theirs)[0])

    def alike(self, code: str, limit: int = 5) -> list[Candidate]:
        """Other entries like this one, found in a quick search."""
        theirs = self._facts[self._places[code]]
        assert theirs is not None
        found = self._ranked(theirs, limit + 1, inside=True)
        return [one for one in found if one.code != code][:limit]

    def _typed(self, text: str, limit: int) -> list[Candidate]:
        theirs = self._reader.read(Entry(text.strip(), text))
        base, revision = drawing_number(text)
        if self._index.frequency(f"d{base}"):
            theirs.drawing, theirs.revision = base, revision
        letters = [word for word in fold(text).split() if word.isascii() and word.isalpha() and len(word) > 1]
        return self._ranked(theirs, limit, letters, typed=True)

    def _comparison(
        self, theirs: Facts, letters: Iterable[str] = (), typed: bool = False, inside: bool = False
    ) -> tuple[Comparison, dict[Name, float]]:
        """How this query is compared, and the names it may mean."""
        names: dict[Name, float] = {}
        meant: dict[Name, Name] = {}
        searched = [(name, self._book.search(name)) for name in theirs.names]
        for name, found in searched:
            read_as = self._book.meant(name, found)
            meant |= {name: read_as} if read_as else {}
        for found in (*(found for _, found in searched), *map(self._book.spelt, letters)):
            names |= {name: max(score, names.get(name, 0.0)) for name, score in found.items()}
        return Comparison(self._rule, self._book, typed, inside, meant), names

    def _ranked(
        self, theirs: Facts, limit: int, letters: Iterable[str] = (), typed: bool = False, inside: bool = False
    ) -> list[Candidate]:
        comparison, names = self._comparison(theirs, letters, typed, inside)
        scored = []
        for ours in self._likely(theirs, names, typed, QUICK if inside else WHOLE):
            score = comparison.score(comparison.fields(theirs, ours))
            scored.append((-score, ours.code, ours))
        best = sorted(scored, key=lambda one: one[:2])[:limit]
        return [self._candidate(theirs, ours, comparison) for _, _, ours in best]

    def _likely(self, theirs: Facts, names: dict[Name, float], typed: bool, depth: Depth) -> Iterator[Facts]:
        """Blocking: by tokens, then with the names' own likeness; and the neighbours of the code where that may be all there is."""
        best = sorted(names, key=lambda name: -names[name])
        nearly = [name for name in best[:FEW_NAMES] if names[name] > NEARLY * names[best[0]]]
        weights = {f"n{name.text}": NAME_READ * names[name] for name in best}
        found = dict(self._index.likeliest({*self._tokens(theirs, nearly), *weights}, depth.likely, weights, depth.read))
        for place in found:
            ours = self._facts[place]
            if ours is not None:
                found[place] += NAME_COUNTS / 100 * max((names.get(name, 0.0) for name in ours.names), default=0.0)
        likely = sorted(found, key=lambda place: -found[place])[: depth.compared]
        alone = not (theirs.names or theirs.size) or typed
        neighbours = [place for place in self._neighbours(theirs.code) if place not in likely] if alone else []
        return (ours for place in (*likely, *neighbours) if (ours := self._facts[place]) is not None)

    def _neighbours(self, code: str) -> list[int]:
        """Entries whose codes stand before and after this one."""
        if not code:
            return []
        at = bisect_left(self._codes, code)
        return [self._places[one] for one in self._codes[max(0, at - NEIGHBOURS // 2) : at + NEIGHBOURS // 2]]

    def _candidate(self, theirs: Facts, ours: Facts, comparison: Comparison) -> Candidate:
        fields = comparison.fields(theirs, ours)
        matches = tuple(self._match(theirs, ours, place, alike) for place, alike in fields)
        return Candidate(ours.code, round(comparison.score(fields), 1), matches)

    def _match(self, theirs: Facts, ours: Facts, place: int, alike: Alike) -> Match:
        field = self._rule.fields[place]
        return Match(field.field, theirs.shown[place], ours.shown[place], round(alike.score, 1), alike.why, alike.detail)

    def _find_drawing(self, theirs: Facts, query: Entry) -> None:
        """A drawing number in the column of the specification is one if the dictionary has such a drawing."""
        spec = fold(query.told("spec")).split()
        if theirs.drawing or not any(field.how == "drawing" for field in self._rule.fields):
            return
        spans = sorted(combinations(range(len(spec) + 1), 2), key=lambda span: span[0] - span[1])
        for first, last in spans:
            base, revision = drawing_number(" ".join(spec[first:last]))
            if last - first <= LONGEST_DRAWING and len(base) > 3 and self._index.frequency(f"d{base}"):
                left = " ".join((*spec[:first], *spec[last:]))
                theirs.size = self._reader.read(query._replace(attributes={**query.attributes, "spec": left})).size
                theirs.drawing, theirs.revision = base, revision
                return

    def _put(self, entry: Entry) -> None:
        if entry.code in self._places:
            self._take_out(entry.code)
        facts = self._reader.read(entry)
        place = self._free.pop() if self._free else len(self._facts)
        self._facts[place : place + 1] = [facts]
        self._places[facts.code] = place
        for name in facts.names:
            self._book.take(name)
        self._reader.brands[facts.brand] += bool(facts.brand)
        self._index.add(place, self._all_tokens(facts))

    def _all_tokens(self, facts: Facts) -> set[str]:
        """What an entry is indexed by."""
        return {*self._tokens(facts, facts.names), *(f"n{name.text}" for name in facts.names)}

    def _tokens(self, facts: Facts, names: Iterable[Name]) -> Iterator[str]:
        """Marks and codes under their field, then what the entry itself is found by."""
        yield from (f"m{place}{mark}" for place, mark in enumerate(facts.marks) if mark)
        yield from (f"k{code}" for place in self._code_places for code in codes_in(facts.shown[place]))
        yield from _tokens(facts, names)

    def _take_out(self, code: str) -> None:
        place = self._places.pop(code)
        facts = self._facts[place]
        assert facts is not None
        self._index.remove(place, self._all_tokens(facts))
        for name in facts.names:
            self._book.drop(name)
        self._reader.brands[facts.brand] -= bool(facts.brand)
        self._facts[place] = None
        self._free.append(place)


def _tokens(facts: Facts, names: Iterable[Name]) -> Iterator[str]:
    """What an entry is found by: drawing, sizes whole, in pairs and singly, and the sizes of things of this name."""
    if facts.drawing:
        yield f"d{facts.drawing}"
    values = sorted({number.value for number in facts.size.numbers})
    if facts.brand:
        yield from (f"b{facts.brand}{value}" for value in values or [""])
    pairs = combinations(values, 2) if len(values) < 5 else pairwise(values)
    yield from (f"2{one}×{other}" for one, other in pairs)
    others = [*facts.size.words, *facts.size.grades]
    yield f"z{'×'.join(sorted(number.value for number in facts.size.numbers))} {' '.join(others)}"
    parts = [*values, *others]
    yield from (f"1{part}" for part in parts)
    yield from (f"x{name.text} {value}" for name in names for value in values)

