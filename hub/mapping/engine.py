"""Loads mapping files: shipped ones by product, a plant's own over them; all mistakes of all files in one error."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Literal, NamedTuple, cast

from hub.mapping.compile import Compiler
from hub.mapping.constants import constants
from hub.mapping.errors import FileMisplaced, FileUnreadable, KeyMissing, MappingsWrong, Mistake, NameUnknown, PathWrong, nearest
from hub.mapping.expressions import Expression
from hub.mapping.fields import model_fields
from hub.mapping.parts import Mark
from hub.mapping.paths import Path, parse_path
from hub.mapping.rules import Rule, RuleReader, Source, Vocabulary
from hub.mapping.spec import Lookups, Mapped, MappingSpec, Missing, Reference
from hub.mapping.yaml_file import Reading, Table, read_yaml
from hub.model import ENTITIES
from master_data.plant import kinds_in_force

__all__ = ["Lookups", "MappingFile", "MappingSet", "MappingSpec", "Mapped", "Missing", "Reference", "load_mappings", "read_mapping"]

IN_KEYS = ("product", "record", "entity", "direction", "when", "deleted", "rules")
OUT_KEYS = ("product", "document", "entity", "direction", "when", "operation", "number", "rules")
DIRECTIONS = ("in", "out")


class MappingFile(NamedTuple):
    """One file as read, before it is compiled. `name` is `folder/file.yaml`."""

    path: FilePath
    name: str
    version: str
    product: str
    form: str
    entity: str
    direction: Literal["in", "out"]
    when: Expression | None
    operation: Source
    number: Path | None
    deleted: Mapping[str, Mapping[str, str]]
    rules: tuple[Rule, ...]

    def compile(self, mark: Mark | None = None) -> MappingSpec:
        compiler = Compiler(self.name, mark)
        rules = _flat(self.rules)
        return MappingSpec(
            product=self.product, form=self.form, entity=self.entity, direction=self.direction, version=self.version, file=self.name,
            deleted=self.deleted, codes=frozenset(rule.code for rule in rules if rule.code),
            documents=frozenset(rule.document for rule in rules if rule.document),
            constants=constants(rules, self.when), _applies=compiler.condition(self.when),
            _references=Compiler(self.name).references(self.rules), _apply=compiler.program(self.rules, self.operation, self.number),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MappingSet:
    """All mappings. `by_folder[folder][file]`; a system's own folder goes over its product's, file by file."""

    shipped: Mapping[str, Mapping[str, MappingSpec]]
    plant: Mapping[str, Mapping[str, MappingSpec]]
    _found: dict[tuple[str, ...], tuple[MappingSpec, ...]] = field(default_factory=dict, repr=False, compare=False)

    def inbound(self, system: str, product: str, record: str) -> Sequence[MappingSpec]:
        """The files that read this form of this system: none, one, or several (one record may say several things)."""
        return self._specs("in", system, product, record)

    def outbound(self, system: str, product: str, entity: str) -> Sequence[MappingSpec]:
        """The files that write this entity to this system."""
        return self._specs("out", system, product, entity)

    def of(self, system: str, product: str) -> Sequence[MappingSpec]:
        """Every file in force for this system."""
        files = {**self.shipped.get(product, {}), **self.plant.get(product, {})}
        for folder in (self.shipped, self.plant):
            files |= folder.get(system, {}) if system != product else {}
        return tuple(spec for _, spec in sorted(files.items()) if spec.product == product)

    def _specs(self, direction: str, system: str, product: str, name: str) -> tuple[MappingSpec, ...]:
        asked = (direction, system, product, name)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = tuple(
                spec for spec in self.of(system, product)
                if spec.direction == direction and (spec.form if direction == "in" else spec.entity) == name
            )  # fmt: skip
        return found


def load_mappings(shipped: FilePath, plant: FilePath | None = None) -> MappingSet:
    """Read and compile every mapping file of both folders. Raises MappingsWrong with all mistakes of all of them."""
    mistakes: list[Mistake] = []
    roots = [shipped] if plant is None or plant.resolve() == shipped.resolve() else [shipped, plant]
    files = [read_folder(root, mistakes) for root in roots]
    if mistakes:
        raise MappingsWrong(mistakes)
    compiled = [_by_folder(each) for each in files]
    return MappingSet(compiled[0], compiled[1] if len(compiled) > 1 else {})


def read_folder(root: FilePath, mistakes: list[Mistake]) -> list[MappingFile]:
    """Every `<folder>/<entity>…_in.yaml` and `…_out.yaml` under `root`; files with mistakes are left out."""
    if not root.is_dir():
        mistakes.append(FileUnreadable(place=f"{root.name}:0", words="no such folder"))
        return []
    paths = sorted(path for path in root.glob("*/*.yaml") if not path.stem.endswith("_test"))
    return [file for path in paths if (file := read_mapping(path, mistakes)) is not None]


def _by_folder(files: Sequence[MappingFile]) -> Mapping[str, Mapping[str, MappingSpec]]:
    folders: dict[str, dict[str, MappingSpec]] = {}
    for file in files:
        folders.setdefault(file.path.parent.name, {})[file.path.name] = file.compile()
    return folders


def read_mapping(path: FilePath, mistakes: list[Mistake]) -> MappingFile | None:
    """One file; None where it has mistakes (they are added)."""
    name = f"{path.parent.name}/{path.name}"
    reading = Reading(name, mistakes)
    before = len(mistakes)
    table = reading.table(read_yaml(path, reading), 1, "file") if len(mistakes) == before else None
    if table is None:
        return None
    file = _Header(reading, table).read(path)
    return file if len(mistakes) == before else None


class _Header:
    """Reads what stands above the rules."""

    def __init__(self, reading: Reading, table: Table) -> None:
        self._reading = reading
        self._table = table
        self._rules = RuleReader(reading, vocabulary(), out=table.get("direction") == "out")

    def read(self, path: FilePath) -> MappingFile:
        direction = self._one_of("direction", DIRECTIONS)
        self._reading.known_keys(self._table, IN_KEYS if direction == "in" else OUT_KEYS)
        entity = self._one_of("entity", tuple(sorted(vocabulary().entities)))
        self._placed(path, entity, direction)
        rules = self._rules.rules(self._table)
        if direction == "in" and entity in vocabulary().entities:
            self._in_model(rules, model_fields(entity))
        return MappingFile(
            path=path, name=self._reading.name, version=content_version(path), product=self._text("product"),
            form=self._text("record" if direction == "in" else "document"), entity=entity, direction=cast(Literal["in", "out"], direction),
            when=self._rules.expression(self._table, "when"), operation=self._operation(), number=self._number(),
            deleted=self._deleted(entity), rules=rules,
        )  # fmt: skip

    def _text(self, key: str) -> str:
        if key not in self._table:
            self._reading.wrong(KeyMissing, self._table.line, name=key)
        return self._reading.text(self._table, key) or ""

    def _one_of(self, key: str, known: tuple[str, ...]) -> str:
        name = self._text(key)
        if name and name not in known:
            self._reading.wrong(NameUnknown, self._table.lines[key], what=key, name=name, nearest=nearest(name, known))
        return name

    def _placed(self, path: FilePath, entity: str, direction: str) -> None:
        """`<entity>_in.yaml`, `<entity>_<word>_in.yaml`, `<entity>_out.yaml`: the name says what is inside."""
        good = path.stem == f"{entity}_{direction}" or (path.stem.startswith(entity + "_") and path.stem.endswith("_" + direction))
        if entity and direction and not good:
            self._reading.wrong(FileMisplaced, self._table.line, wanted=f"{entity}_{direction}.yaml")

    def _in_model(self, rules: Sequence[Rule], known: frozenset[str], prefix: str = "") -> None:
        """What is read must be a field of the model, or of `plant`; the organisation is set by the hub alone."""
        for rule in rules:
            name = prefix + ".".join(step for step in rule.target if isinstance(step, str))
            if name == "organisation" or (name not in known and not name.startswith("plant.")):
                like = nearest(name, known - {"organisation"})
                self._reading.wrong(NameUnknown, rule.line, rule.number, what="to", name=name, nearest=like)
            else:
                self._in_model(rule.rules, known, f"{name}.")

    def _operation(self) -> Source:
        if "operation" not in self._table:
            return Source("operation", const="upsert")
        table = self._reading.table(self._table["operation"], self._table.lines["operation"], "operation")
        if table is None:
            return Source("")
        self._reading.known_keys(table, ("const", "expr"))
        return self._rules.source(table, "")

    def _deleted(self, entity: str) -> Mapping[str, Mapping[str, str]]:
        """`deleted: {state: {confirmed: cancel_requested}}`: fields of the model, and texts for texts."""
        read, known = self._reading, model_fields(entity) if entity in vocabulary().entities else frozenset[str]()
        fields = read.table(self._table["deleted"], self._table.lines["deleted"], "deleted") if "deleted" in self._table else None
        found: dict[str, Mapping[str, str]] = {}
        for name in fields or Table():
            line = (fields or Table()).lines[name]
            if name not in known:
                read.wrong(NameUnknown, line, what="deleted", name=name, nearest=nearest(name, known))
            table = read.table((fields or Table())[name], line, name) or Table()
            found[name] = {value: read.text(table, value) or "" for value in table}
        return found

    def _number(self) -> Path | None:
        text = self._reading.text(self._table, "number")
        try:
            return parse_path(text) if text else None
        except ValueError:
            self._reading.wrong(PathWrong, self._table.lines["number"], name="number", value=text)
            return None


def vocabulary() -> Vocabulary:
    """The entities of the model and the kinds of the dictionary."""
    return Vocabulary(frozenset(cls.entity for cls in ENTITIES), frozenset(kinds_in_force()))


def content_version(path: FilePath) -> str:
    """12 hex characters of the file's content; line ends do not count."""
    return hashlib.sha256(path.read_text(encoding="utf-8").replace("\r\n", "\n").encode()).hexdigest()[:12]


def _flat(rules: Sequence[Rule]) -> list[Rule]:
    return [each for rule in rules for each in (rule, *_flat(rule.rules))]
