"""A kind's code rule: a pattern for codes as they are, segments for codes that are made. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import Field, field_validator, model_validator

from hub.texts import Text
from master_data.attributes import Label, Part, compiling
from master_data.code_segments import CheckText, DateText, Making, RunningNumber, Scope, Segment, worded
from master_data.errors import AttributeMissing, CodeSegmentWrong, NoCodeSeries

HOLE = "…"
"""Stands for the running number in the name of a series."""


class GoodExample(Part):
    """A code that fits; with attributes it is the one that is made from them."""

    code: str
    attributes: dict[str, Any] = Field(default_factory=dict)


class BadExample(Part):
    """A code that does not fit, and why. `segment`: where it goes wrong, counted from 1."""

    code: str
    why: Label
    attributes: dict[str, Any] = Field(default_factory=dict)
    segment: int | None = None


class Examples(Part):
    """They are run whenever the file is read."""

    good: list[GoodExample] = Field(default_factory=list)
    bad: list[BadExample] = Field(default_factory=list)


class CodeRule(Part):
    """`pattern` is matched against the whole code, `hint` says it to people; `segments` make new codes.

    With both, the pattern says what is accepted (codes from before), and the segments how new ones are made.
    """

    pattern: str = ""
    hint: Label | None = None
    segments: list[Segment] = Field(default_factory=list)
    max_length: int = Field(default=60, ge=1, le=200)
    length: int | None = Field(default=None, ge=1, le=200)
    alphabet: str = ""
    examples: Examples = Examples()

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiling(pattern)

    @model_validator(mode="after")
    def _complete(self) -> CodeRule:
        if not self.pattern and not self.segments:
            raise ValueError("a code rule needs 'pattern' or 'segments'")
        if self.pattern and self.hint is None:
            raise ValueError("a pattern needs a 'hint' that says it to people")
        return self

    @property
    def wanted_length(self) -> str:
        """For people: exactly, or at most."""
        return str(self.length) if self.length else f"≤ {self.max_length}"


@dataclass(frozen=True)
class Template:
    """The segments of a rule over what they refer to."""

    segments: tuple[Segment, ...]
    scope: Scope

    @cached_property
    def number(self) -> RunningNumber | None:
        """The running number, if there is one."""
        return next((segment for segment in self.segments if isinstance(segment, RunningNumber)), None)

    def check(self, code: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Raises CodeSegmentWrong for the first segment that does not fit, with attributes also for one that says something else.

        Raises ClassTooBroad and CodeTextMissing for attributes that no code can be made from.
        """
        found = self._shape.fullmatch(code)
        if found is None:
            raise self._misshapen(code)
        making = Making(attributes or {})
        for place, (segment, part) in enumerate(zip(self.segments, found.groups())):
            wanted = self._wanted(segment, making, part)
            if wanted != part:
                raise self._wrong(code, place, part, segment.expected(self.scope, making, wanted))
            making = replace(making, before=making.before + part)

    def make(self, attributes: Mapping[str, Any], on: date, number: int) -> str:
        """The code. Raises AttributeMissing, ClassTooBroad, CodeTextMissing."""
        making = Making(attributes, on, number)
        for segment in self.segments:
            making = replace(making, before=making.before + segment.make(self.scope, making))
        return making.before

    def series(self, attributes: Mapping[str, Any], on: date) -> str:
        """What one running number counts on for: what stands before it, and behind it where something does (`M-…-L`).

        Raises NoCodeSeries, and what `make` raises.
        """
        if self.number is None:
            raise NoCodeSeries(kind=self.scope.kind)
        making = Making(attributes, on)
        return _series(self.segments, [self._counted(segment, making) for segment in self.segments])

    def number_in(self, code: str, series: str) -> int | None:
        """The running number of a code of this series, whatever its case; None for any other code. The check character is not looked at."""
        found = self._in_any_case.fullmatch(code)
        parts = found.groups() if found else None
        if parts is None or _series(self.segments, parts).casefold() != series.casefold():
            return None
        return next(int(part) for segment, part in zip(self.segments, parts) if isinstance(segment, RunningNumber))

    def words(self) -> Text:
        """The rule in words."""
        said = [segment.words(self.scope) for segment in self.segments]
        join = worded("code-word-join")
        return Text(join.zh.join(text.zh for text in said), join.en.join(text.en for text in said))

    @cached_property
    def lengths(self) -> tuple[int, int]:
        """The shortest and the longest code."""
        sizes = [{len(text) for text in segment.texts(self.scope)} for segment in self.segments]
        return sum(min(size, default=0) for size in sizes), sum(max(size, default=0) for size in sizes)

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        return re.compile("".join(f"({segment.shape(self.scope)})" for segment in self.segments))

    @cached_property
    def _in_any_case(self) -> re.Pattern[str]:
        return re.compile(self._shape.pattern, re.IGNORECASE)

    def _wanted(self, segment: Segment, making: Making, part: str) -> str:
        """What should stand there; the part itself where nothing says what should."""
        if isinstance(segment, DateText):
            return part if segment.is_day(part) else ""
        if isinstance(segment, RunningNumber):
            return part if int(part) >= segment.start else ""
        try:
            return segment.make(self.scope, making)
        except AttributeMissing:
            return part

    def _misshapen(self, code: str) -> CodeSegmentWrong:
        """The first segments fit, the next one does not, or something stands behind the last."""
        place, end = 0, 0
        while place < len(self.segments) and (end_after := self._reach(code, place + 1)) is not None:
            place, end = place + 1, end_after
        segment = self.segments[place] if place < len(self.segments) else None
        return self._wrong(code, place, code[end:], segment.words(self.scope) if segment else worded("code-expected-end"))

    def _reach(self, code: str, count: int) -> int | None:
        shape = "".join(segment.shape(self.scope) for segment in self.segments[:count])
        found = re.match(shape, code)
        return found.end() if found else None

    def _wrong(self, code: str, place: int, found: str, expected: Text) -> CodeSegmentWrong:
        return CodeSegmentWrong(
            kind=self.scope.kind, value=code, segment=place + 1, found=found, expected=expected.zh, expected_en=expected.en
        )

    def _counted(self, segment: Segment, making: Making) -> str:
        """The check character depends on the number, so it is not part of the series."""
        return "" if isinstance(segment, RunningNumber | CheckText) else segment.make(self.scope, making)


def _series(segments: tuple[Segment, ...], parts: list[str] | tuple[str, ...]) -> str:
    named = {RunningNumber: HOLE, CheckText: ""}
    text = "".join(named.get(type(segment), part) for segment, part in zip(segments, parts))
    return text.removesuffix(HOLE)

