"""Exact unit arithmetic: rational factors, found never guessed, never chained across dimensions (B30–B34). Pure.

Within a dimension two units meet at its base unit. Across dimensions only a factor given for the very material counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from sys import intern
from typing import Any, NamedTuple

from hub.storage.causes import Cause, CauseKind
from master_data.errors import FractionOfCount


class Unit(NamedTuple):
    """A unit as arithmetic needs it. `base` is its dimension's base unit, '' where units of the dimension never convert."""

    dimension: str
    base: str
    counts: bool


class FactorSpan(NamedTuple):
    """1 from-unit = numerator/denominator to-units, from `start` up to, not including, `end` (None: open)."""

    numerator: int
    denominator: int
    version: int
    start: datetime | None
    end: datetime | None


class Factor(NamedTuple):
    """The factor that holds, and the dictionary version that gave it (0: a unit to itself)."""

    ratio: Fraction
    version: int


class Missing(NamedTuple):
    """No factor. `why`: no-conversion, unknown-unit, dual-unit (measured in both, never by factor).

    `moment` is set where factors exist, but none for that time (ISO 8601).
    """

    material: str
    from_unit: str
    to_unit: str
    why: str
    moment: str = ""

    @property
    def cause(self) -> Cause:
        """What a held message waits for: a conversion, or (dual unit) only a person."""
        if self.why == "dual-unit":
            return Cause(CauseKind.PERSON, "", "", "dual-unit-not-converted", self.material)
        return Cause(CauseKind.CONVERSION, "", "", self.material, conversion_value(self.from_unit, self.to_unit, self.moment))


class BaseQuantity(NamedTuple):
    """B30: what was entered, and the same in the material's base unit, with the version of the factor used."""

    entered: Decimal
    unit: str
    base: Fraction
    base_unit: str
    factor_version: int


class Rounded(NamedTuple):
    """A quantity at a target's precision, and what rounding took away (exact; value + residue is the quantity)."""

    value: Decimal
    residue: Fraction


def conversion_value(from_unit: str, to_unit: str, moment: str = "") -> str:
    """The value of a CONVERSION cause: `KGM>H87`, or `KGM>H87@2026-11-22T08:00:00+00:00` where only a factor for that time is missing."""
    return f"{from_unit}>{to_unit}" + (f"@{moment}" if moment else "")


def rounded(quantity: Fraction, places: int) -> Rounded:
    """Half up (away from zero at the half), at `places` decimal places."""
    scaled = abs(quantity) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    value = Decimal(f"{'' if quantity >= 0 else '-'}{whole}E-{places}")       # arithmetic on Decimals would round at 28 digits
    return Rounded(value, quantity - Fraction(value))


def tidy(quantity: Fraction, places: int = 9) -> Decimal:
    """For people: rounded, without zeros at the end."""
    text = format(rounded(quantity, places).value, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


@dataclass(slots=True)
class UnitBook:
    """Units, factors and what materials say about units. Filled by `put_…`, asked by `factor` and `convert`."""

    units: dict[str, Unit] = field(default_factory=dict)
    spans: dict[tuple[str, str, str], tuple[FactorSpan, ...]] = field(default_factory=dict)
    base_units: dict[str, str] = field(default_factory=dict)
    dual: set[str] = field(default_factory=set)
    fractional: set[str] = field(default_factory=set)

    def put_unit(self, code: str, attributes: Mapping[str, Any]) -> None:
        self.units[code] = Unit(attributes["dimension"], attributes.get("base", ""), attributes["count"])

    def put_material(self, code: str, attributes: Mapping[str, Any]) -> None:
        self.base_units[code] = intern(attributes.get("base_unit") or "")       # one of a few units, a million times
        _note(self.dual, code, attributes.get("dual_unit"))
        _note(self.fractional, code, attributes.get("fractions"))

    def put_spans(self, key: tuple[str, str, str], spans: Sequence[FactorSpan]) -> None:
        """`key` is (material or '', from unit, to unit)."""
        if spans:
            self.spans[key] = tuple(spans)
        else:
            self.spans.pop(key, None)

    def factor(self, from_unit: str, to_unit: str, material: str, at: datetime) -> Factor | Missing:
        """The factor in force at the time of the event (B32)."""
        if from_unit == to_unit:
            return Factor(Fraction(1), 0)
        if from_unit not in self.units or to_unit not in self.units:
            return Missing(material, from_unit, to_unit, "unknown-unit")
        if material in self.dual and not self.same_dimension(from_unit, to_unit):
            return Missing(material, from_unit, to_unit, "dual-unit")
        of_material = self._between(material, from_unit, to_unit, at) if material else None
        found = of_material or self._between("", from_unit, to_unit, at) or self._by_base(from_unit, to_unit, at)
        return found or Missing(material, from_unit, to_unit, "no-conversion", self._moment(material, from_unit, to_unit, at))

    def convert(self, quantity: Decimal | Fraction, from_unit: str, to_unit: str, *, material: str, at: datetime) -> Fraction | Missing:
        """The exact quantity in the other unit. Rounding is the target's business (`rounded`)."""
        factor = self.factor(from_unit, to_unit, material, at)
        return factor if isinstance(factor, Missing) else Fraction(quantity) * factor.ratio

    def base_quantity(self, quantity: Decimal, unit: str, material: str, at: datetime) -> BaseQuantity | Missing:
        """Entered and base quantity side by side; a material without a base unit keeps the entered unit."""
        base_unit = self.base_units.get(material) or unit
        factor = self.factor(unit, base_unit, material, at)
        if isinstance(factor, Missing):
            return factor
        return BaseQuantity(quantity, unit, Fraction(quantity) * factor.ratio, base_unit, factor.version)

    def check_count(self, quantity: Decimal | Fraction, unit: str, material: str) -> None:
        """B33. Raises FractionOfCount where whole things are counted in fractions and the material does not allow it."""
        if self.whole(unit, material) and Fraction(quantity).denominator != 1:
            raise FractionOfCount(value=str(quantity), unit=unit, material=material)

    def whole(self, unit: str, material: str | None) -> bool:
        """Whether things in this unit are counted, and the material does not allow fractions of them."""
        known = self.units.get(unit)
        return known is not None and known.counts and (material or "") not in self.fractional

    def same_dimension(self, one: str, other: str) -> bool:
        return self.units[one].dimension == self.units[other].dimension

    def _between(self, material: str, from_unit: str, to_unit: str, at: datetime) -> Factor | None:
        there = _in_force(self.spans.get((material, from_unit, to_unit), ()), at)
        if there:
            return Factor(Fraction(there.numerator, there.denominator), there.version)
        back = _in_force(self.spans.get((material, to_unit, from_unit), ()), at)
        return Factor(Fraction(back.denominator, back.numerator), back.version) if back else None

    def _by_base(self, from_unit: str, to_unit: str, at: datetime) -> Factor | None:
        base = self.units[from_unit].base
        if not base or base != self.units[to_unit].base or not self.same_dimension(from_unit, to_unit):
            return None
        down = self._between("", from_unit, base, at)
        up = self._between("", base, to_unit, at)
        return Factor(down.ratio * up.ratio, max(down.version, up.version)) if down and up else None

    def _moment(self, material: str, from_unit: str, to_unit: str, at: datetime) -> str:
        keys = ((owner, *pair) for owner in {material, ""} for pair in ((from_unit, to_unit), (to_unit, from_unit)))
        return at.isoformat() if any(key in self.spans for key in keys) else ""


def _note(codes: set[str], code: str, is_one: object) -> None:
    if is_one:
        codes.add(code)
    elif code in codes:
        codes.remove(code)


def _in_force(spans: Sequence[FactorSpan], at: datetime) -> FactorSpan | None:
    return next((span for span in spans if (span.start is None or span.start <= at) and (span.end is None or at < span.end)), None)
