"""Factory materials as they stand in real lists, many of them near neighbours: what `bench.matching` matches.

A family (`materials.yaml`) is a name, a form of specification and the values that go into it. All its combinations are different
materials: M8×30 is not M8×35, 6204 not 6205, 304 not 316, SKF's not NSK's, and two drawings are two parts however alike their names are.
A `|` in a name parts its words.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import yaml


@dataclass(frozen=True, slots=True)
class Material:
    """One entry. `zh` is the Chinese name where it is not just its words."""

    code: str
    words_zh: tuple[str, ...]
    en: str
    spec: str
    drawing: str
    brand: str
    unit: str
    zh: str = ""

    @property
    def name(self) -> str:
        return self.zh or "".join(self.words_zh)


class Family(NamedTuple):
    """`values`: for every place of name and specification, what may stand there. `share`: how much of the whole it takes."""

    zh: str
    en: str
    spec: str
    unit: str
    values: dict[str, str]
    brands: str = ""
    share: float = 1.0


_DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
FAMILIES = tuple(Family(**family) for family in _DATA["families"])
PARTS: list[list[str]] = _DATA["parts"]
ASSEMBLIES: list[list[str]] = _DATA["assemblies"]
STEEL = ("Q235B", "Q355B", "45#", "20#", "40Cr", "42CrMo", "304", "316", "316L", "16Mn")
PARTS_SHARE = 22.0


def materials(rng: random.Random, count: int) -> list[Material]:
    """So many different materials in no order."""
    whole = sum(family.share for family in FAMILIES) + PARTS_SHARE
    found: dict[tuple[str, ...], Material] = {}
    for family in FAMILIES:
        for one in _of_family(rng, family, math.ceil(count * family.share / whole)):
            found.setdefault((one.name, one.spec, one.brand, ""), one)
    parts = _parts(rng)
    while len(found) < count:
        one = next(parts)
        found.setdefault(("", "", "", one.drawing.rstrip("ABCD")), one)
    made = list(found.values())
    rng.shuffle(made)
    return [replace(one, code=_code(rng, place)) for place, one in enumerate(made[:count])]


def _of_family(rng: random.Random, family: Family, count: int) -> Iterator[Material]:
    lists = {place: values.split(" ") for place, values in family.values.items()}
    brands = family.brands.split() or [""]
    combinations = math.prod(map(len, lists.values())) * len(brands)
    for number in rng.sample(range(combinations), min(count, combinations)):
        number, which = divmod(number, len(brands))
        chosen = {}
        for place, values in lists.items():
            number, at = divmod(number, len(values))
            chosen[place] = values[at]
        spec = _style(rng, family.spec.format_map(chosen).strip())
        words = tuple(family.zh.format_map(chosen).split("|"))
        en = family.en.format_map(chosen) if rng.random() < 0.8 else ""
        yield Material("", words, en, spec, "", brands[which], family.unit)


def _style(rng: random.Random, spec: str) -> str:
    """Even a kept list has some entries in another hand."""
    if rng.random() < 0.1:
        return spec.replace("×", rng.choice("*xX"))
    return spec.replace(" ", "  ") if rng.random() < 0.02 else spec


def _parts(rng: random.Random) -> Iterator[Material]:
    """Parts made to drawings: series of neighbouring drawing numbers under a few names; a third of them with a size besides."""
    while True:
        series = f"{rng.choice(['JX', 'LT', 'ZP', 'HB', 'DQ', 'MT'])}{rng.choice([rng.randint(10, 99), rng.randint(1000, 9999)])}"
        for number in range(1, rng.randint(5, 60)):
            zh, en = rng.choice(PARTS)
            drawing = f"{series}-{rng.randint(1, 12):02d}-{number:03d}{rng.choice(['', '', 'A', 'B', 'C'])}"
            spec = rng.choice(["", "", f"Φ{rng.randint(10, 200)}×{rng.randint(10, 300)} {rng.choice(STEEL)}"])
            whole = rng.choice([["", ""], rng.choice(ASSEMBLIES)])
            words, english = tuple(filter(None, (whole[0], zh))), f"{whole[1]} {en.lower()}".strip()
            yield Material("", words, english, spec, drawing, "", "件")


def _code(rng: random.Random, place: int) -> str:
    return f"{rng.choice(('10', '20', '21', '35', '40'))}.{place // 1000:03d}.{place % 1000:03d}"
