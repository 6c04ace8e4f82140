"""What is known of an entry in the form it is compared by, and how it is read out of the entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from sys import intern
from typing import Any, TypeVar

from master_data.matching.entry import Entry
from master_data.matching.names import Name, NameBook
from master_data.matching.normal import CJK, compact, drawing_number, fold, phone
from master_data.matching.parties import CompanyReader
from master_data.matching.rule import FieldRule, MatchingRule
from master_data.matching.sizes import Size, SizeReader, merged, of_name
from master_data.matching.words import Words

CHUNKS = re.compile(rf"[{CJK}]+|(?<![a-z0-9])[a-z&+]+(?: [a-z&+]+)?(?![a-z0-9])")
LONGEST_BRAND = 8
MARKS = {"identifier": compact, "text": compact, "phone": phone}
T = TypeVar("T")


class Facts:
    """`shown`: every field as it was told, in the rule's order; `marks`: the rule's identifiers, phones and texts, '' elsewhere."""

    __slots__ = ("brand", "code", "drawing", "marks", "names", "places", "revision", "shown", "size", "unit")

    def __init__(self, code: str, shown: tuple[str, ...], marks: tuple[str, ...]) -> None:
        self.code = code
        self.shown = shown
        self.marks = marks
        self.names: tuple[Name, ...] = ()
        self.places: tuple[str, ...] = ()
        self.size = Size()
        self.drawing = self.revision = self.brand = self.unit = ""


class Reader:
    """Reads entries of one kind. It learns the dictionary's brands, so that one in a name is known as such."""

    def __init__(self, rule: MatchingRule, words: Words, book: NameBook) -> None:
        self._rule = rule
        self._words = words
        self._book = book
        self._sizes = SizeReader(words)
        self._companies = CompanyReader(words)
        self._of: dict[str, list[str]] = {}
        for field in rule.fields:
            self._of.setdefault(field.how, []).extend(field.of)
        self._pool: dict[Any, Any] = {}
        self.brands: Counter[str] = Counter()
        self._spelt: dict[str, list[str]] = {}
        for spelling, brand in sorted(words.brand_of.items(), key=lambda pair: -len(pair[0])):
            self._spelt.setdefault(brand, []).append(spelling)

    def read(self, entry: Entry) -> Facts:
        """Nothing is kept of the entry but its facts."""
        shown = tuple(intern(self._shown(entry, field)) for field in self._rule.fields)
        facts = Facts(intern(entry.code), shown, self._pooled(tuple(self._mark(entry, field) for field in self._rule.fields)))
        facts.brand = self._brand_told(entry)
        facts.unit = self._unit(entry)
        told = next(filter(None, self._told(entry, "drawing")), "")
        facts.drawing, facts.revision = drawing_number(told) if told else ("", "")
        self._read_texts(entry, facts)
        return facts

    def brand_of(self, text: str) -> str:
        """A brand under its first name."""
        plain = fold(text)
        return intern(self._words.brand_of.get(plain, plain))

    def _read_texts(self, entry: Entry, facts: Facts) -> None:
        """Names and specification, a brand found in them taken out."""
        if "company" in self._of:
            companies = [self._companies.read(text) for text in self._told(entry, "company") if text]
            facts.names = self._unique([company.words for company in companies])
            facts.places = tuple(sorted({place for company in companies for place in company.places}))
            return
        texts = [self._without_brand(text, facts) for text in self._told(entry, "name")]
        names = [of_name(self._sizes.read(text)) for text in texts if text]
        facts.names = self._unique([name.rest for name in names])
        if "size" in self._of:
            spec = " ".join(filter(None, self._told(entry, "size")))
            size = merged(names, self._sizes.read(self._without_brand(spec, facts)))
            numbers = tuple(self._pooled(one) for one in size.numbers)
            facts.size = Size(numbers, *(self._pooled(one) for one in size[1:]))

    def _pooled(self, one: T) -> T:
        """The same object for equal ones: most entries share them."""
        pooled: T = self._pool.setdefault(one, one)
        return pooled

    def _unique(self, names: list[tuple[str, ...]]) -> tuple[Name, ...]:
        return self._pooled(tuple(self._book.name(words) for words in dict.fromkeys(names) if words))

    def _without_brand(self, text: str, facts: Facts) -> str:
        """The text without the brand the entry has, or with the brand noted that is found in it."""
        if not text or "brand" not in self._of:
            return text
        plain = fold(text)
        if facts.brand:
            spoken = next((one for one in self._spellings(facts.brand) if one in plain), "")
        else:
            spoken = next((one for one in self._pieces(plain) if self._is_brand(one)), "")
            facts.brand = self.brand_of(spoken) if spoken else ""
        return plain.replace(spoken, " ", 1) if spoken else text

    def _spellings(self, brand: str) -> list[str]:
        return self._spelt.get(brand) or [brand]

    @staticmethod
    def _pieces(plain: str) -> Iterator[str]:
        """What may be a brand: words of letters, one or two, and pieces of Chinese, the longest first."""
        for chunk in CHUNKS.finditer(plain):
            found = chunk[0]
            if found[0] < "\u3400":
                yield from (one for one in (found, *found.split()) if len(one) > 2)
                continue
            for length in range(min(LONGEST_BRAND, len(found)), 1, -1):
                yield from (found[at : at + length] for at in range(len(found) - length + 1))

    def _is_brand(self, text: str) -> bool:
        return text in self._words.brand_of or self.brands[text] > 0

    def _brand_told(self, entry: Entry) -> str:
        told = next(filter(None, self._told(entry, "brand")), "")
        return self.brand_of(told) if told else ""

    def _unit(self, entry: Entry) -> str:
        told = fold(next(filter(None, self._told(entry, "unit")), ""))
        return intern(self._words.unit_of.get(told, told))

    def _told(self, entry: Entry, how: str) -> list[str]:
        return [entry.told(name) for name in self._of.get(how, ())]

    def _shown(self, entry: Entry, field: FieldRule) -> str:
        texts = dict.fromkeys(filter(None, (entry.told(name).strip() for name in field.of)))
        return " · ".join(texts)

    def _mark(self, entry: Entry, field: FieldRule) -> str:
        normal = MARKS.get(field.how)
        if normal is None:
            return ""
        return " ".join(filter(None, (normal(entry.told(name)) for name in field.of)))
