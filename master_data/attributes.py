"""What a kind says of one attribute, and how a value becomes what is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from master_data import rules
from master_data.class_tree import ClassTree

AttributeType = Literal["text", "texts", "integer", "decimal", "boolean", "date", "choice", "code", "class"]
NUMBERS = ("integer", "decimal")


class Part(BaseModel):
    """Part of a kind's file: frozen, and it refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Label(Part):
    """A name for people."""

    zh: str
    en: str


def compiling(pattern: str) -> str:
    """A regular expression. Raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


class Attribute(Part):
    """One attribute. `values`: of a choice; `of`: the kind of a code; `check`: a check digit of `rules.CHECKS`; `owner`: a role.

    `weight`: what it counts for completeness (nothing said: 1 if it is mandatory, else 0). `when`: it applies only where
    other attributes have one of these values: there alone it may be mandatory, and counts.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: AttributeType
    zh: str
    en: str
    mandatory: bool = False
    weight: int | None = Field(default=None, ge=0, le=100)
    values: list[str] = []
    of: str = ""
    check: str = ""
    pattern: str = ""
    max_length: int | None = Field(default=None, ge=1)
    minimum: int | None = None
    maximum: int | None = None
    owner: str = Field(default="", pattern=r"^[a-z]*$")
    when: dict[str, list[str]] = {}

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiling(pattern)

    @model_validator(mode="after")
    def _complete(self) -> Attribute:
        if self.type == "choice" and not self.values:
            raise ValueError("a choice needs 'values'")
        if self.type == "code" and not self.of:
            raise ValueError("a code needs 'of', the kind it belongs to")
        if self.check and self.check not in rules.CHECKS:
            raise ValueError(f"unknown check '{self.check}', known are {', '.join(rules.CHECKS)}")
        if self.type not in NUMBERS and (self.minimum, self.maximum) != (None, None):
            raise ValueError("only a number has 'minimum' and 'maximum'")
        return self

    @property
    def counts(self) -> int:
        """What it weighs where it applies."""
        return int(self.mandatory) if self.weight is None else self.weight

    def applies(self, attributes: Mapping[str, Any]) -> bool:
        """Whether it has a meaning for a code with these attributes."""
        return all(told(attributes.get(name)) in values for name, values in self.when.items())

    def normal(self, value: Any, tree: ClassTree) -> Any:
        """The value as it is stored. Raises ValueError, TypeError or InvalidOperation for one that cannot be."""
        normal = NORMAL[self.type](value)
        good = (
            (not self.values or normal in self.values)
            and (not self.check or rules.CHECKS[self.check](normal))
            and (not self.pattern or re.fullmatch(self.pattern, str(normal)))
            and (self.max_length is None or len(str(normal)) <= self.max_length)
            and (self.type != "class" or normal in tree)
            and (self.type not in NUMBERS or self._within(Decimal(str(normal))))
        )
        if not good:
            raise ValueError
        return normal

    def expected(self, tree: ClassTree) -> str:
        """What a value must be, in a few words that need no language."""
        limits = f"{self.type} {'' if self.minimum is None else self.minimum}…{'' if self.maximum is None else self.maximum}"
        bounded = self.type in NUMBERS and limits != f"{self.type} …"
        length = f"{self.type} ≤ {self.max_length}" if self.max_length else self.type
        choices = ", ".join(self.values) or (", ".join(tree.tops()) + ", …" if self.type == "class" else "")
        return choices or self.check or self.pattern or (limits if bounded else length)

    def _within(self, number: Decimal) -> bool:
        return (self.minimum is None or number >= self.minimum) and (self.maximum is None or number <= self.maximum)


def told(value: Any) -> str:
    """A stored value as the text that stands for it in tables: booleans as in JSON, nothing as ''."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def filled(value: Any) -> bool:
    """Whether something stands there; no and zero are something."""
    return value is not None and value != "" and value != []


def _text(value: Any) -> str:
    if not isinstance(value, str) or rules.invisible(value):
        raise ValueError
    return value.strip()


def _decimal(value: Any) -> str:
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError
    return format(number, "f")


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


NORMAL: Mapping[AttributeType, Callable[[Any], Any]] = {
    "text": _text,
    "texts": lambda value: [_text(item) for item in value] if isinstance(value, list | tuple) else _text(None),
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": lambda value: date.fromisoformat(str(value)).isoformat(),
    "choice": _text,
    "code": _text,
    "class": _text,
}
UNREADABLE = (ValueError, TypeError, InvalidOperation)
