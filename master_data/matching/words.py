"""What means the same: brands, units, materials, sizes in inches, names of things. Data in `words.yaml`, which a plant adds to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from master_data.matching.normal import fold
from master_data.reading import read_model

SHIPPED = Path(__file__).with_name("words.yaml")
# A material's number is not a part of a size or of another number.
BEFORE, BEFORE_TELLING, AFTER = r"(?<![a-z0-9.×φ/])", r"(?<![a-z])", r"(?![a-z0-9.×])"


class Words(BaseModel):
    """The file's parts as they stand in it; each is explained there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: dict[str, list[str]] = {}
    measures: dict[str, tuple[str, float]] = {}
    inches: dict[int, float] = {}
    grades: dict[str, list[str]] = {}
    standards: list[list[str]] = []
    brands: dict[str, list[str]] = {}
    units: list[list[str]] = []
    words: list[list[str]] = []
    contrasts: list[tuple[str, str]] = []
    legal_forms: list[str] = []
    places: list[str] = []

    def and_also(self, more: Words) -> Words:
        """Both together; where both say something of one key, the lists are joined."""
        return Words(
            labels=_joined(self.labels, more.labels), measures=self.measures | more.measures, inches=self.inches | more.inches,
            grades=_joined(self.grades, more.grades), brands=_joined(self.brands, more.brands), standards=self.standards + more.standards,
            units=self.units + more.units, words=self.words + more.words, contrasts=self.contrasts + more.contrasts,
            legal_forms=self.legal_forms + more.legal_forms, places=self.places + more.places,
        )  # fmt: skip

    @cached_property
    def grade_of(self) -> Mapping[str, str]:
        """Without blanks."""
        return {spelling.replace(" ", ""): grade for spelling, grade in _canonical(self.grades.items()).items()}

    @cached_property
    def brand_of(self) -> Mapping[str, str]:
        """Folded spelling → folded brand."""
        return {spelling: fold(brand) for spelling, brand in _canonical(self.brands.items()).items()}

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        return _canonical((unit[0], unit[1:]) for unit in self.units)

    @cached_property
    def standard_of(self) -> Mapping[str, str]:
        return _canonical((group[0], group[1:]) for group in self.standards)

    @cached_property
    def label_of(self) -> Mapping[str, str]:
        return _canonical(self.labels.items())

    @cached_property
    def measure_of(self) -> Mapping[str, tuple[str, float]]:
        return {fold(name): measure for name, measure in self.measures.items()}

    @cached_property
    def nominal_of(self) -> Mapping[float, int]:
        """Inches → DN."""
        return {inch: nominal for nominal, inch in self.inches.items()}

    @cached_property
    def concept_of(self) -> Mapping[str, str]:
        return _canonical((group[0], group[1:]) for group in self.words)

    @cached_property
    def grade_pattern(self) -> str:
        """Longest first. Characters need no blank around them, letters and digits do."""
        telling = [one for one in self.grade_of if len(one) > 3 and one[0].isalpha()]
        others = self.grade_of.keys() - set(telling)
        return f"{alternatives(telling, BEFORE_TELLING, AFTER)}|{alternatives(others, BEFORE, AFTER)}"

    @cached_property
    def concept_pattern(self) -> re.Pattern[str]:
        return re.compile(alternatives(self.concept_of, r"(?<![a-z])", r"s?(?![a-z])"))


def alternatives(spellings: Iterable[str], before: str, after: str) -> str:
    """A pattern for any of them, the longest first."""
    return "|".join(
        ("" if _wide(one[0]) else before) + spaced(one) + ("" if _wide(one[-1]) else after)
        for one in sorted(spellings, key=lambda one: (-len(one), one))
    )


def spaced(text: str) -> str:
    """A pattern for a text that may have blanks between letters and digits."""
    return " ?".join(map(re.escape, re.findall(r"[a-z]+|\d+|[^a-z\d]+", text)))


def read_words(*paths: Path) -> Words:
    """The shipped words and a plant's own. Raises DictionaryFileInvalid."""
    words = read_model(SHIPPED, Words)
    for path in paths:
        words = words.and_also(read_model(path, Words))
    return words


@lru_cache(maxsize=1)
def shipped_words() -> Words:
    """The words that come with the hub."""
    return read_words()


def _canonical(groups: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    return {fold(spelling): head for head, spellings in groups for spelling in (head, *spellings)}


def _joined(first: Mapping[str, list[str]], more: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {key: [*first.get(key, []), *more.get(key, [])] for key in {**first, **more}}


def _wide(sign: str) -> bool:
    return sign >= "\u3400"
