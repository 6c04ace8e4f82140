"""The parts a code can be made of: fixed text, a class, an attribute through a table, a running number, a date, a check character.

Each says its shape (a regular expression without groups), makes its text, and says itself in words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from hub.texts import Text, sentence
from hub.texts.code_rules import CODE_RULES
from master_data import rules
from master_data.attributes import Attribute, Part, told
from master_data.class_tree import ClassTree
from master_data.errors import AttributeMissing, ClassTooBroad, CodeTextMissing

DATE_PARTS: Mapping[str, tuple[str, str]] = {          # part: (shape, as strptime reads it)
    "YYYY": ("[0-9]{4}", "%Y"),
    "YY": ("[0-9]{2}", "%y"),
    "MM": ("(?:0[1-9]|1[0-2])", "%m"),
    "DD": ("(?:0[1-9]|[12][0-9]|3[01])", "%d"),
    "WW": ("(?:0[1-9]|[1-4][0-9]|5[0-3])", "%V"),
}
DATE_PART = re.compile("|".join(DATE_PARTS))
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """What segments refer to: their kind's name, attributes and class tree, and the attribute that holds the class."""

    kind: str
    attributes: Mapping[str, Attribute]
    tree: ClassTree
    class_attribute: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """What a code is made from. `before`: the text of the segments that stand before."""

    attributes: Mapping[str, Any]
    on: date | None = None
    number: int = 0
    before: str = ""


class FixedText(Part):
    """Always the same text."""

    type: Literal["text"]
    text: str = Field(min_length=1, max_length=60)

    def shape(self, scope: Scope) -> str:
        return re.escape(self.text)

    def texts(self, scope: Scope) -> list[str]:
        """Everything it can be, where that can be counted; else one text of every length and character it can have."""
        return [self.text]

    def make(self, scope: Scope, making: Making) -> str:
        return self.text

    def words(self, scope: Scope) -> Text:
        return worded("code-word-text", text=self.text)

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        """What was expected, where it should have been this text."""
        return self.words(scope)


class ClassCode(Part):
    """The code of the class, or (with `level`) of the class above it on that level; 1 is the top."""

    type: Literal["class"]
    level: int = Field(default=0, ge=0)

    def shape(self, scope: Scope) -> str:
        return _one_of(self.texts(scope))

    def texts(self, scope: Scope) -> list[str]:
        return scope.tree.of_level(self.level)

    def make(self, scope: Scope, making: Making) -> str:
        """Raises AttributeMissing, ClassTooBroad."""
        given = _given(scope, making, scope.class_attribute)
        code = scope.tree.at_level(given, self.level)
        if code is None:
            raise ClassTooBroad(kind=scope.kind, attribute=scope.class_attribute, value=given, level=self.level)
        return code

    def words(self, scope: Scope) -> Text:
        key = "code-word-class-level" if self.level else "code-word-class"
        return worded(key, level=self.level, some=_some(self.texts(scope)))

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        return worded("code-expected-class", value=told(making.attributes.get(scope.class_attribute)), text=text)


class AttributeText(Part):
    """An attribute's value through a table: value → text."""

    type: Literal["attribute"]
    attribute: str
    values: dict[str, str] = Field(min_length=1)

    def shape(self, scope: Scope) -> str:
        return _one_of(self.texts(scope))

    def texts(self, scope: Scope) -> list[str]:
        return list(dict.fromkeys(self.values.values()))

    def make(self, scope: Scope, making: Making) -> str:
        """Raises AttributeMissing, CodeTextMissing."""
        given = _given(scope, making, self.attribute)
        if given not in self.values:
            raise CodeTextMissing(kind=scope.kind, attribute=self.attribute, value=given)
        return self.values[given]

    def words(self, scope: Scope) -> Text:
        said = scope.attributes[self.attribute]
        return worded("code-word-attribute", zh=said.zh, en=said.en, some=_some(self.texts(scope)))

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        said, value = scope.attributes[self.attribute], told(making.attributes.get(self.attribute))
        return worded("code-expected-attribute", zh=said.zh, en=said.en, value=value, text=text)


class RunningNumber(Part):
    """A number counted on for each combination of what else stands in the code, with zeros before it."""

    type: Literal["number"]
    width: int = Field(ge=1, le=18)
    start: int = Field(default=1, ge=0)

    @property
    def highest(self) -> int:
        """The last number that fits."""
        return int(10**self.width) - 1

    def shape(self, scope: Scope) -> str:
        return f"[0-9]{{{self.width}}}"

    def texts(self, scope: Scope) -> list[str]:
        return [digit * self.width for digit in "0123456789"]

    def make(self, scope: Scope, making: Making) -> str:
        return f"{making.number:0{self.width}d}"

    def words(self, scope: Scope) -> Text:
        return worded("code-word-number", width=self.width, start=f"{self.start:0{self.width}d}")

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        return worded("code-expected-number", start=f"{self.start:0{self.width}d}")


class DateText(Part):
    """The day a code is made on, of YYYY, YY, MM, DD, WW (the week after ISO 8601)."""

    type: Literal["date"]
    format: str = Field(pattern=rf"^({'|'.join(DATE_PARTS)})+$")

    def shape(self, scope: Scope) -> str:
        return DATE_PART.sub(lambda part: DATE_PARTS[part[0]][0], self.format)

    def texts(self, scope: Scope) -> list[str]:
        return [digit * len(self.format) for digit in "0123456789"]

    def make(self, scope: Scope, making: Making) -> str:
        """Of no day at all: ''. With a week the year is the week's."""
        if making.on is None:
            return ""
        week = making.on.isocalendar()
        year = week.year if "WW" in self.format else making.on.year
        said = {"YYYY": year, "YY": year % 100, "MM": making.on.month, "DD": making.on.day, "WW": week.week}
        return DATE_PART.sub(lambda part: f"{said[part[0]]:0{len(part[0])}d}", self.format)

    def is_day(self, text: str) -> bool:
        """Whether a text of the right shape is a day: 0230 is none. A week is not looked at further, nor is a day without its month."""
        parts = DATE_PART.findall(self.format)
        if "WW" in parts or "MM" not in parts or len(set(parts)) != len(parts):
            return True
        leap = "" if {"YY", "YYYY"} & set(parts) else "2000"
        format_ = "".join(DATE_PARTS[part][1] for part in parts)
        try:
            datetime.strptime(leap + text, ("%Y" if leap else "") + format_)    # noqa: DTZ007  a day has no zone
        except ValueError:
            return False
        return True

    def words(self, scope: Scope) -> Text:
        return worded("code-word-date", format=self.format)

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        return worded("code-expected-day", format=self.format)


class CheckText(Part):
    """A check character over everything that stands before it; separators do not count. `method`: one of `rules.METHODS`."""

    type: Literal["check"]
    method: str

    @field_validator("method")
    @classmethod
    def _known(cls, method: str) -> str:
        if method not in rules.METHODS:
            raise ValueError(f"unknown method '{method}', known are {', '.join(rules.METHODS)}")
        return method

    def shape(self, scope: Scope) -> str:
        known = rules.METHODS[self.method]
        return f"[{re.escape(known.gives)}]{{{known.size}}}"

    def texts(self, scope: Scope) -> list[str]:
        known = rules.METHODS[self.method]
        return [character * known.size for character in known.gives]

    def make(self, scope: Scope, making: Making) -> str:
        return rules.check_characters(self.method, making.before)

    def words(self, scope: Scope) -> Text:
        return worded("code-word-check", method=self.method)

    def expected(self, scope: Scope, making: Making, text: str) -> Text:
        return worded("code-expected-check", text=text)


Segment = Annotated[FixedText | ClassCode | AttributeText | RunningNumber | DateText | CheckText, Field(discriminator="type")]


def worded(key: str, **facts: Any) -> Text:
    """A text of the catalogue with its facts filled in."""
    text = CODE_RULES[key]
    return Text(*(sentence(text, language, facts) for language in ("zh", "en")))


def _given(scope: Scope, making: Making, attribute: str) -> str:
    value = told(making.attributes.get(attribute))
    if not value:
        raise AttributeMissing(kind=scope.kind, value="", attribute=attribute)
    return value


def _one_of(texts: Iterable[str]) -> str:
    """The longest first: 0101 is not read as 01."""
    return f"(?:{'|'.join(re.escape(text) for text in sorted(texts, key=len, reverse=True))})"


def _some(texts: list[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", …" if len(texts) > SHOWN else "")
