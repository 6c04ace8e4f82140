"""A quantity given to a target in another unit (B30–B32): what a rule asks of it, and the answer by a book of exact factors. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from typing import Any

from hub.mapping.errors import EmptyCode, NotAQuantity, shorten
from hub.mapping.numerals import exact, written
from hub.mapping.parts import Fetch, Run, key_text, state_of
from hub.mapping.paths import ABSENT
from hub.mapping.rules import Rule
from hub.mapping.spec import Convert, Missing, QuantityAsked, QuantityGiven, Rounding
from master_data.units import FactorSpan, UnitBook, conversion_value, tidy
from master_data.units import Missing as NoFactor

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Any time will do where factors have none."""


def converted(book: UnitBook, asked: QuantityAsked, *, at: datetime = EVER) -> QuantityGiven | Missing:
    """As entered where the unit is the same; else by the factor in force `at`, exact, then rounded half up (what is counted: whole).

    Missing: `conversion` (value `from>to`), or `dual-unit` (measured in both units, never by a factor).
    """
    wanted = asked.wanted or _base_unit(book, asked, at)
    if asked.places is None or wanted == asked.unit:
        return QuantityGiven(asked.value, wanted, Fraction(0))
    found = book.convert(asked.value, asked.unit, wanted, material=asked.material, at=at)
    if isinstance(found, NoFactor):
        what = "dual-unit" if found.why == "dual-unit" else "conversion"
        return Missing(what, asked.material, conversion_value(asked.unit, wanted, found.moment))
    value = tidy(found, 0 if book.whole(wanted, asked.material) else asked.places)
    return QuantityGiven(value, wanted, found - Fraction(value))


def _base_unit(book: UnitBook, asked: QuantityAsked, at: datetime) -> str:
    """The material's; the one entered where it has none, or where both units are measured (B34)."""
    base = book.base_units.get(asked.material) or asked.unit
    found = book.factor(asked.unit, base, asked.material, at)
    return asked.unit if isinstance(found, NoFactor) and found.why == "dual-unit" else base


WITHOUT_FACTORS: Convert = partial(converted, UnitBook())
"""For a caller who knows none: what would need one is missing."""


def measured(rule: Rule, quantity: Fetch, wanted: Fetch | None, material: Fetch | None) -> Fetch:
    """Reads a quantity as the rule's `unit` asks for it: its value as decimal text or, without `places`, its unit.

    What there is no factor for is noted in the run, and the field stays out; so is what rounding took away.
    """
    assert rule.unit is not None
    places = rule.unit.places

    def read(it: Any, run: Run) -> Any:
        said = quantity(it, run)
        value, unit = _parts(said) if state_of(said) == "" else (None, None)
        if value is None:
            return None if said is not ABSENT else ABSENT
        of = material(it, run) if material else None
        asked = QuantityAsked(
            exact(value), _unit(unit), _unit(wanted(it, run)) if wanted else "", "" if state_of(of) else key_text(of), places
        )
        given = run.convert(asked)
        if isinstance(given, Missing):
            run.missing.append(replace(given, path=run.place(rule.source.text), rule=rule.number, to=rule.to))
            return ABSENT
        if given.residue:
            run.rounded.append(Rounding(run.place(rule.source.text), rule.to, asked, given))
        return given.unit if places is None else written(given.value)

    return read


def _parts(said: Any) -> tuple[Any, Any]:
    """`{value, unit}`, or the list of two paths."""
    if isinstance(said, dict) and "value" in said:
        return said["value"], said.get("unit")
    if isinstance(said, list) and len(said) == 2:
        return said[0], said[1]
    raise NotAQuantity(value=shorten(said))


def _unit(value: Any) -> str:
    if state_of(value):
        raise EmptyCode(kind="unit")
    return key_text(value)


def read_factor(name: str, factor: Any) -> tuple[tuple[str, str, str], Fraction]:
    """A case's `M-1 BX>H87: 12`, or `TNE>KGM: 1000`: (material, from, to) and the factor. Raises ValueError."""
    material, _, pair = name.rpartition(" ")
    from_unit, arrow, to_unit = pair.partition(">")
    ratio = Fraction(str(factor))
    if not arrow or not from_unit or not to_unit or ratio <= 0:
        raise ValueError(name)
    return (material, from_unit, to_unit), ratio


def book_of(conversions: Mapping[str, Any], base_units: Mapping[str, Any]) -> UnitBook:
    """The book of factors that a case's tables say."""
    book = UnitBook()
    for material, unit in base_units.items():
        book.put_material(material, {"base_unit": str(unit)})
    for (material, *pair), ratio in (read_factor(name, factor) for name, factor in conversions.items()):
        for unit in pair:
            book.put_unit(unit, {"dimension": unit, "count": False})
        book.put_spans((material, pair[0], pair[1]), [FactorSpan(ratio.numerator, ratio.denominator, 1, None, None)])
    return book
