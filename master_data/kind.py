"""A kind of code as data: its attributes, who owns them, its classes, code rule and name rule. `kinds/*.yaml` holds one each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from pydantic import Field

from hub.texts import Text
from master_data import rules
from master_data.attributes import UNREADABLE, Attribute, Label, Part, filled
from master_data.class_tree import ClassTree, Node
from master_data.code_rule import CodeRule, Examples, Template
from master_data.code_segments import Scope, worded
from master_data.errors import (
    AttributeMissing,
    AttributeWrong,
    CodeCharacterWrong,
    CodeLengthWrong,
    CodeRuleBroken,
    KindInvalid,
    NoCodeSeries,
)
from master_data.file_places import line_at
from master_data.kind_faults import Fault, fault, faults
from master_data.name_rule import LANGUAGES, NameRule
from master_data.reading import read_model

FOLDER = Path(__file__).parent / "kinds"


class Kind(Part):
    """A kind of code. `owner` is the role of the system that leads, or `hub`; an attribute may have another."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Label
    owner: str = Field(pattern=r"^[a-z]+$")
    code: CodeRule
    names: NameRule = NameRule()
    attributes: list[Attribute] = Field(default_factory=list)
    classes: list[Node] = Field(default_factory=list)

    @cached_property
    def by_name(self) -> Mapping[str, Attribute]:
        return {attribute.name: attribute for attribute in self.attributes}

    @cached_property
    def tree(self) -> ClassTree:
        """Its classes; most kinds have none."""
        return ClassTree(self.classes)

    @cached_property
    def scope(self) -> Scope:
        """What its rules refer to."""
        class_attribute = next((attribute.name for attribute in self.attributes if attribute.type == "class"), "")
        return Scope(self.kind, self.by_name, self.tree, class_attribute)

    @cached_property
    def template(self) -> Template:
        """The segments of its codes. Raises NoCodeSeries where it has none."""
        if not self.code.segments:
            raise NoCodeSeries(kind=self.kind)
        return Template(tuple(self.code.segments), self.scope)

    @property
    def makes_codes(self) -> bool:
        """Whether the next code can be made (`numbers.next_code`)."""
        return bool(self.code.segments) and self.template.number is not None

    def owner_of(self, attribute: str) -> str:
        """The role whose word counts for this attribute."""
        return self.by_name[attribute].owner or self.owner

    def check_code(self, code: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Raises CodeRuleBroken, of which CodeSegmentWrong, CodeLengthWrong and CodeCharacterWrong say where.

        With attributes a code of segments must say what they say: also raises ClassTooBroad, CodeTextMissing.
        A code is never changed to fit: it is said what is wrong.
        """
        hidden, rule = rules.invisible(code), self.code
        if hidden:
            raise CodeRuleBroken(kind=self.kind, value=code, rule=hidden)
        self._check_characters(code)
        if rule.pattern and not re.fullmatch(rule.pattern, code):
            assert rule.hint is not None
            raise CodeRuleBroken(kind=self.kind, value=code, rule=f"{rule.hint.zh} / {rule.hint.en} (≤ {rule.max_length})")
        if not rule.pattern:
            self.template.check(code, attributes)
        if len(code) > rule.max_length or (rule.length and len(code) != rule.length):
            raise CodeLengthWrong(kind=self.kind, value=code, length=len(code), wanted=rule.wanted_length)

    def code_words(self) -> Text:
        """The code rule in words."""
        rule = self.code
        said = [self.template.words()] if rule.segments else []
        if rule.hint:
            said.append(worded("code-word-also", zh=rule.hint.zh, en=rule.hint.en) if said else Text(rule.hint.zh, rule.hint.en))
        said.append(worded("code-word-length", length=rule.wanted_length))
        return Text("".join(text.zh for text in said), "".join(text.en for text in said))

    def make_code(self, attributes: Mapping[str, Any], on: date, number: int) -> str:
        """The code with this running number. Raises NoCodeSeries, AttributeMissing, ClassTooBroad, CodeTextMissing."""
        return self.template.make(attributes, on, number)

    def normal_names(self, zh: str, en: str, attributes: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """Both names in their normal form. Raises NameRuleBroken, of which NamePartsWrong and NameSegmentWrong say what part is wrong.

        With attributes a name's parts must say what they say.
        """
        names = {"zh": self.names.normal(zh), "en": self.names.normal(en)}
        for language in LANGUAGES:
            self.names.check(self.scope, language, names[language], attributes or {})
        return names["zh"], names["en"]

    def normal_attributes(self, code: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Attributes as they are stored (decimals and dates as text); None is left out. Raises AttributeWrong, AttributeMissing."""
        given = {name: value for name, value in attributes.items() if value is not None and value != ""}
        normal = {name: self._normal(name, value) for name, value in given.items()}
        for attribute in self.attributes:
            if attribute.mandatory and attribute.name not in normal and attribute.applies(normal):
                raise AttributeMissing(kind=self.kind, value=code, attribute=attribute.name)
        return normal

    def completeness(self, attributes: Mapping[str, Any]) -> Fraction:
        """The share of what counts that is filled, by weight, from 0 to 1; what does not apply to this code does not count."""
        weighed = [(weight, is_there) for _, weight, is_there in self.weighed(attributes)]
        whole = sum(weight for weight, _ in weighed)
        return Fraction(sum(weight for weight, is_there in weighed if is_there), whole) if whole else Fraction(1)

    def weighed(self, attributes: Mapping[str, Any]) -> Iterator[tuple[Attribute, int, bool]]:
        """Each attribute, what it counts for this code (0 where it does not apply), and whether it is filled."""
        for attribute in self.attributes:
            weight = attribute.counts if attribute.applies(attributes) else 0
            yield attribute, weight, filled(attributes.get(attribute.name))

    def _check_characters(self, code: str) -> None:
        alphabet = self.code.alphabet
        for place, character in enumerate(code if alphabet else "", 1):
            if character not in alphabet:
                raise CodeCharacterWrong(kind=self.kind, value=code, character=character, place=place, alphabet=alphabet)

    def _normal(self, name: str, value: Any) -> Any:
        attribute = self.by_name.get(name)
        if attribute is None:
            raise AttributeWrong(kind=self.kind, attribute=name, value=value, expected=", ".join(self.by_name))
        try:
            return attribute.normal(value, self.tree)
        except UNREADABLE:
            raise AttributeWrong(kind=self.kind, attribute=name, value=value, expected=attribute.expected(self.tree)) from None


class Extension(Part):
    """A plant's file that changes a kind of the hub: what it says takes the place of what is there, attributes by their names."""

    kind: str
    extends: Literal["shipped"]
    label: Label | None = None
    owner: str | None = None
    code: CodeRule | None = None
    names: NameRule | None = None
    attributes: list[Attribute] = Field(default_factory=list)
    classes: list[Node] | None = None

    def over(self, shipped: Kind) -> Kind:
        """The kind with these changes."""
        said = {name: getattr(self, name) for name in ("label", "owner", "code", "names", "classes")}
        changed = {name: value for name, value in said.items() if value is not None}
        attributes = {**shipped.by_name, **{attribute.name: attribute for attribute in self.attributes}}
        return _changed(shipped, **changed, attributes=list(attributes.values()))


class ClassFile(Part):
    """`classes/<kind>.yaml`: the class tree of a kind, and examples of codes with these classes in place of the kind's own."""

    classes: list[Node]
    examples: Examples = Examples()


def read_kinds(folder: Path = FOLDER, shipped: Mapping[str, Kind] = MappingProxyType({})) -> dict[str, Kind]:
    """The kinds of a folder by name, beside those that are shipped, which they may replace or extend. Raises DictionaryFileInvalid."""
    kinds, files = dict(shipped), dict[str, Path]()
    for path in sorted(folder.glob("*.yaml")):
        kinds[path.stem], files[path.stem] = _read_kind(path, shipped), path
    for path in sorted((folder / "classes").glob("*.yaml")):
        kinds[path.stem] = _with_classes(path, kinds)
        files.setdefault(path.stem, path)
    for name, path in files.items():
        _refuse(path, chain(faults(kinds[name]), _unknown_kinds(kinds[name], kinds)))
    return kinds


def kinds(plant_folder: Path | None = None) -> Mapping[str, Kind]:
    """The kinds of the hub, with a plant's own from its folder: new ones, others in place of the hub's, extensions, class trees.

    Raises DictionaryFileInvalid, also where there is no such folder.
    """
    if plant_folder is None:
        return shipped_kinds()
    if not plant_folder.is_dir():
        raise _invalid(plant_folder.name, 1, fault((), "kind-folder-missing", folder=plant_folder))
    return read_kinds(plant_folder, shipped_kinds())


@lru_cache(maxsize=1)
def shipped_kinds() -> Mapping[str, Kind]:
    """The kinds that come with the hub."""
    return read_kinds()


def _read_kind(path: Path, shipped: Mapping[str, Kind]) -> Kind:
    read = read_model(path, Extension) if _extends(path) else read_model(path, Kind)
    if read.kind != path.stem:
        _refuse(path, [fault(("kind",), "kind-file-name", kind=read.kind)])
    if isinstance(read, Kind):
        return read
    if read.kind not in shipped:
        _refuse(path, [fault(("extends",), "kind-not-shipped", kind=read.kind)])
    return read.over(shipped[read.kind])


def _extends(path: Path) -> bool:
    """Whether the file is an extension. What cannot be read is said by whoever reads it."""
    try:
        return "extends" in (yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (yaml.YAMLError, UnicodeDecodeError, TypeError):
        return False


def _with_classes(path: Path, kinds: Mapping[str, Kind]) -> Kind:
    read = read_model(path, ClassFile)
    if path.stem not in kinds:
        _refuse(path, [fault((), "kind-kind-unknown", of=path.stem, known=", ".join(kinds))])
    kind = kinds[path.stem]
    return _changed(kind, classes=read.classes, code=kind.code.model_copy(update={"examples": read.examples}))


def _changed(kind: Kind, **changed: Any) -> Kind:
    """A copy would keep what the kind has worked out of itself."""
    return Kind.model_construct(**{name: getattr(kind, name) for name in Kind.model_fields} | changed)


def _unknown_kinds(kind: Kind, kinds: Mapping[str, Kind]) -> Iterator[Fault]:
    for attribute in kind.attributes:
        if attribute.of and attribute.of not in kinds:
            yield fault(("attributes", attribute.name, "of"), "kind-kind-unknown", of=attribute.of, known=", ".join(kinds))


def _refuse(path: Path, found: Iterable[Fault]) -> None:
    """Raises KindInvalid for the first fault, if there is one."""
    for each in found:
        raise _invalid(path.name, line_at(path.read_text(encoding="utf-8"), each.place), each)


def _invalid(file: str, line: int, wrong: Fault) -> KindInvalid:
    return KindInvalid(
        file=file, line=line, path=".".join(map(str, wrong.place)), what=wrong.what.zh, what_en=wrong.what.en,
        remedy=wrong.remedy.zh, remedy_en=wrong.remedy.en,
    )  # fmt: skip


__all__ = ["FOLDER", "Attribute", "Extension", "Kind", "Label", "kinds", "read_kinds", "shipped_kinds"]
