"""A kind's name rule: length, width, blanks, what is forbidden, and of which parts a name is made (设备类型-品牌-型号-编号). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator

from hub.texts import Text
from master_data import rules
from master_data.attributes import Part, compiling, told
from master_data.code_segments import Scope, worded
from master_data.errors import NamePartsWrong, NameRuleBroken, NameSegmentWrong

LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


class NameSegment(Part):
    """One part of a name. It is one of `values`, fits `pattern`, or says what an attribute says: a class by its name, the rest by value.

    `free`: it may hold the separator (a model `CK-6140`); one part of a name may.
    """

    zh: str
    en: str
    attribute: str = ""
    values: list[str] = Field(default_factory=list)
    pattern: str = ""
    free: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiling(pattern)


class NameRule(Part):
    """Names are made half-width with single blanks, unless said otherwise; `forbidden` characters and invisible ones are refused."""

    min_length: int = Field(default=1, ge=1)
    max_length: int = Field(default=120, ge=1)
    forbidden: str = ""
    mandatory: list[Literal["zh", "en"]] = ["zh"]  # noqa: RUF012  pydantic copies it
    half_width: bool = True
    single_blanks: bool = True
    separator: str = Field(default="-", min_length=1, max_length=3)
    segments: list[NameSegment] = Field(default_factory=list)

    def normal(self, name: str) -> str:
        """Composed and without blanks around; half-width, and one blank between words."""
        text = unicodedata.normalize("NFC", rules.half_width(name) if self.half_width else name)
        return " ".join(text.split()) if self.single_blanks else text.strip()

    def check(self, scope: Scope, language: Literal["zh", "en"], name: str, attributes: Mapping[str, Any]) -> None:
        """A name in its normal form. Raises NameRuleBroken, NamePartsWrong, NameSegmentWrong."""
        broken = self._broken(language, name)
        if broken:
            raise NameRuleBroken(kind=scope.kind, value=name, rule=broken)
        if name and self.segments:
            self._check_segments(scope, language, name, attributes)

    def split(self, name: str) -> list[str] | None:
        """Its parts, one for each segment; None where there are too few, too many or an empty one."""
        parts = name.split(self.separator)
        more = len(parts) - len(self.segments)
        free = next((place for place, segment in enumerate(self.segments) if segment.free), None)
        if more > 0 and free is not None:
            parts[free : free + more + 1] = [self.separator.join(parts[free : free + more + 1])]
        return [part.strip() for part in parts] if len(parts) == len(self.segments) and all(part.strip() for part in parts) else None

    def _broken(self, language: str, name: str) -> str:
        if not name:
            return f"{language}: 必填 / mandatory" if language in self.mandatory else ""
        if not self.min_length <= len(name) <= self.max_length:
            return f"{self.min_length}–{self.max_length}" if self.min_length > 1 else f"≤ {self.max_length}"
        return rules.invisible(name) or " ".join(sorted(set(name) & set(self.forbidden)))

    def _check_segments(self, scope: Scope, language: Literal["zh", "en"], name: str, attributes: Mapping[str, Any]) -> None:
        parts = self.split(name)
        if parts is None:
            zh, en = (self.separator.join(getattr(segment, each) for segment in self.segments) for each in LANGUAGES)
            raise NamePartsWrong(kind=scope.kind, value=name, parts=zh, parts_en=en, separator=self.separator)
        for segment, part in zip(self.segments, parts):
            wanted = _wanted(segment, scope, language, part, attributes)
            if wanted:
                raise NameSegmentWrong(
                    kind=scope.kind, value=name, segment=segment.zh, segment_en=segment.en, found=part,
                    expected=wanted.zh, expected_en=wanted.en,
                )  # fmt: skip


def _wanted(segment: NameSegment, scope: Scope, language: Literal["zh", "en"], part: str, attributes: Mapping[str, Any]) -> Text | None:
    """What should stand there instead; None where the part fits."""
    if segment.values and part not in segment.values:
        return worded("name-expected-values", some=", ".join(segment.values))
    if segment.pattern and not re.fullmatch(segment.pattern, part):
        return worded("name-expected-pattern", pattern=segment.pattern)
    return _against_attribute(segment, scope, language, part, attributes) if segment.attribute else None


def _against_attribute(
    segment: NameSegment, scope: Scope, language: Literal["zh", "en"], part: str, attributes: Mapping[str, Any]
) -> Text | None:
    said = scope.attributes[segment.attribute]
    value = told(attributes.get(segment.attribute))
    if said.type == "class":
        return _against_classes(scope, language, part, [value] if value in scope.tree else scope.tree.of_level(0))
    return worded("name-expected-attribute", zh=said.zh, en=said.en, text=value) if value and rules.normal_name(value) != part else None


def _against_classes(scope: Scope, language: Literal["zh", "en"], part: str, codes: Sequence[str]) -> Text | None:
    """The name of one of these classes, or of one above them: a 数控车床 may be called 车床."""
    names = dict.fromkeys(getattr(scope.tree[above], language) for code in codes for above in reversed(scope.tree.path(code)))
    return None if part in names else worded("name-expected-classes", some=", ".join(list(names)[:20]))
