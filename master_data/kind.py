"""A kind of code as data: its attributes, who owns it, its code rule and name rule. `kinds/*.yaml` holds one each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from master_data import rules
from master_data.errors import AttributeMissing, AttributeWrong, CodeRuleBroken, DictionaryFileInvalid, NameRuleBroken
from master_data.reading import read_model

FOLDER = Path(__file__).parent / "kinds"
AttributeType = Literal["text", "texts", "integer", "decimal", "boolean", "date", "choice", "code"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Label(_Part):
    """A name for people."""

    zh: str
    en: str


class Attribute(_Part):
    """One attribute. `values`: of a choice; `of`: the kind of a code; `check`: a check digit of `rules.CHECKS`; `owner`: a role."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: AttributeType
    zh: str
    en: str
    mandatory: bool = False
    values: list[str] = []
    of: str = ""
    check: str = ""
    owner: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Attribute:
        if self.type == "choice" and not self.values:
            raise ValueError("a choice needs 'values'")
        if self.type == "code" and not self.of:
            raise ValueError("a code needs 'of', the kind it belongs to")
        if self.check and self.check not in rules.CHECKS:
            raise ValueError(f"unknown check '{self.check}', known are {', '.join(rules.CHECKS)}")
        return self


class CodeRule(_Part):
    """`pattern` is matched against the whole code; `hint` says it to people."""

    pattern: str
    hint: Label
    max_length: int = Field(default=60, ge=1, le=200)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern


class NameRule(_Part):
    """Names are made half-width with single blanks; `forbidden` characters and invisible ones are refused."""

    max_length: int = Field(default=120, ge=1)
    forbidden: str = ""
    mandatory: list[Literal["zh", "en"]] = ["zh"]


class Kind(_Part):
    """A kind of code. `owner` is the role of the system that leads, or `hub`."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Label
    owner: str
    code: CodeRule
    names: NameRule = NameRule()
    attributes: list[Attribute] = []

    @cached_property
    def by_name(self) -> Mapping[str, Attribute]:
        return {attribute.name: attribute for attribute in self.attributes}

    def check_code(self, code: str) -> None:
        """Raises CodeRuleBroken. A code is never changed to fit: it is said what is wrong."""
        hidden = rules.invisible(code)
        rule = self.code
        if hidden:
            raise CodeRuleBroken(kind=self.kind, value=code, rule=hidden)
        if len(code) > rule.max_length or not re.fullmatch(rule.pattern, code):
            raise CodeRuleBroken(kind=self.kind, value=code, rule=f"{rule.hint.zh} / {rule.hint.en} (≤ {rule.max_length})")

    def normal_names(self, zh: str, en: str) -> tuple[str, str]:
        """Both names in their normal form. Raises NameRuleBroken."""
        names = {"zh": rules.normal_name(zh), "en": rules.normal_name(en)}
        for language, name in names.items():
            broken = self._name_fault(language, name)
            if broken:
                raise NameRuleBroken(kind=self.kind, value=name, rule=broken)
        return names["zh"], names["en"]

    def _name_fault(self, language: str, name: str) -> str:
        hidden = rules.invisible(name)
        forbidden = set(name) & set(self.names.forbidden)
        if not name and language in self.names.mandatory:
            return f"{language}: 必填 / mandatory"
        if len(name) > self.names.max_length:
            return f"≤ {self.names.max_length}"
        return hidden or " ".join(sorted(forbidden))

    def normal_attributes(self, code: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Attributes as they are stored (decimals and dates as text); None is left out. Raises AttributeWrong, AttributeMissing."""
        given = {name: value for name, value in attributes.items() if value is not None and value != ""}
        normal = {name: self._normal(name, value) for name, value in given.items()}
        for attribute in self.attributes:
            if attribute.mandatory and attribute.name not in normal:
                raise AttributeMissing(kind=self.kind, value=code, attribute=attribute.name)
        return normal

    def _normal(self, name: str, value: Any) -> Any:
        attribute = self.by_name.get(name)
        if attribute is None:
            raise AttributeWrong(kind=self.kind, attribute=name, value=value, expected=", ".join(self.by_name))
        try:
            normal = NORMAL[attribute.type](value)
            good = (not attribute.values or normal in attribute.values) and (not attribute.check or rules.CHECKS[attribute.check](normal))
        except (ValueError, TypeError, InvalidOperation):
            good = False
        if not good:
            expected = ", ".join(attribute.values) or attribute.check or attribute.type
            raise AttributeWrong(kind=self.kind, attribute=name, value=value, expected=expected)
        return normal


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
}


def read_kinds(folder: Path = FOLDER) -> dict[str, Kind]:
    """Every kind of a folder by name. Raises DictionaryFileInvalid."""
    kinds: dict[str, Kind] = {}
    for path in sorted(folder.glob("*.yaml")):
        kind = read_model(path, Kind)
        if kind.kind != path.stem:
            what = f"'{kind.kind}' is not the file's name"
            raise DictionaryFileInvalid(file=path.name, line=1, path="kind", what=what, remedy="Make them equal")
        kinds[kind.kind] = kind
    for kind in kinds.values():
        _check_references(kind, kinds, folder)
    return kinds


def _check_references(kind: Kind, kinds: Mapping[str, Kind], folder: Path) -> None:
    for attribute in kind.attributes:
        if attribute.of and attribute.of not in kinds:
            raise DictionaryFileInvalid(
                file=f"{kind.kind}.yaml", line=1, path=f"attributes.{attribute.name}.of", what=f"there is no kind '{attribute.of}'",
                remedy=f"Choose one of {', '.join(kinds)}, or add {folder.name}/{attribute.of}.yaml",
            )


@lru_cache(maxsize=1)
def shipped_kinds() -> Mapping[str, Kind]:
    """The kinds that come with the hub."""
    return read_kinds()
