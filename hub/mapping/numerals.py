"""Conversions of numbers: exact, by Decimal; results are decimal text (the JSON form of quantities and money)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from math import isfinite, prod
from typing import Any

from hub.mapping.errors import NotABoolean, NotAList, NotANumber, NotWhole, shorten
from hub.mapping.words import half_width

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_CANONICAL = re.compile(r"(0|-?[1-9][0-9]*)(\.[0-9]+)?")
_EXACT = Context(prec=60)
_TRUE = {"true", "t", "yes", "y", "1", "是", "on"}
_FALSE = {"false", "f", "no", "n", "0", "否", "off"}


def exact(value: Any) -> Decimal:
    """The Decimal that a number or text says. Floats by their shortest text (0.1 is 0.1). Raises NotANumber."""
    if isinstance(value, str):
        return _read(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not isfinite(value):
        raise NotANumber(value=shorten(value))
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _read(text: str) -> Decimal:
    plain = text if text.isascii() else half_width(text)
    plain = plain.strip()
    if _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    raise NotANumber(value=shorten(text))


def written(value: Decimal) -> str:
    """Decimal text without exponent; minus zero is zero."""
    return format(value if value else abs(value), "f")


def decimal(value: Any) -> str:
    if type(value) is str and _CANONICAL.fullmatch(value):
        return value
    return written(exact(value))


def integer(value: Any) -> int:
    if type(value) is int:
        return value
    number = exact(value)
    if number != number.to_integral_value():
        raise NotWhole(value=shorten(value))
    return int(number)


def number(value: Any) -> int | float:
    """A JSON number; refused where a double would say something else than the decimal text."""
    said = exact(value)
    if said == said.to_integral_value():
        return int(said)
    if Decimal(repr(float(said))) != said:
        raise NotANumber(value=shorten(value))
    return float(said)


def percent(value: Any) -> str:
    """13, '13' and '13%' are 0.13."""
    text = half_width(value).strip().removesuffix("%") if isinstance(value, str) else value
    return written(_EXACT.scaleb(exact(text), -2))


def percent_out(value: Any) -> str:
    moved = _EXACT.scaleb(exact(value), 2)
    return written(moved.normalize(_EXACT))


def negate(value: Any) -> str:
    return written(-exact(value))


def rounded(value: Any, *, places: int) -> str:
    """Half up, as invoices are."""
    try:
        return written(exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT))
    except InvalidOperation:
        raise NotANumber(value=shorten(value)) from None


def times(value: Any, *, factor: Any) -> str:
    return written(_EXACT.multiply(exact(value), exact(factor)))


def product(value: Any) -> str:
    """Shots × cavities, and the like."""
    return written(prod((exact(item) for item in _items(value)), start=Decimal(1)))


def total(value: Any) -> str:
    return written(sum((exact(item) for item in _items(value)), start=Decimal(0)))


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotAList(value=shorten(value))
    return value


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = half_width(value).strip().lower() if isinstance(value, str) else str(value)
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise NotABoolean(value=shorten(value))
