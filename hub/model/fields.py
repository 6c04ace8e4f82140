"""Fields that only one plant has: `mappings/fields.yaml`, read strictly, and what an entity's `plant` may therefore hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from hub.errors import ConfigError
from hub.model.common import Entity, Words
from hub.model.entities import ENTITIES
from hub.model.findings import Finding, ModelViolated, read_findings, shortened
from hub.model.privacy import denied
from hub.model.types import read_number, read_time, write_number, write_time
from hub.texts import TEXTS, sentence
from hub.yaml_nodes import compose


class PlantFieldsWrong(ConfigError):
    """`fields.yaml` cannot be used as it is."""

    code = "plant-fields-wrong"

    def __init__(self, file: Path, line: int, what: str, **facts: Any) -> None:
        zh, en = (sentence(TEXTS[what], language, facts) for language in ("zh", "en"))
        super().__init__(file=file.name, line=line, zh=zh, en=en)


class PlantType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"


Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class PlantField(BaseModel):
    """One row of `fields.yaml`. `owner` is a role, as in `boundaries.yaml`; `labels` are what people read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    entity: Word
    type: PlantType
    owner: Word
    labels: Words


@dataclass(frozen=True, slots=True)
class PlantFields:
    """The declared fields, by entity and name."""

    fields: Mapping[tuple[str, str], PlantField]

    @classmethod
    def read(cls, path: Path) -> PlantFields:
        """Read the file. Raises PlantFieldsWrong, which names the line and what to do."""
        found: dict[tuple[str, str], PlantField] = {}
        for line, row in _rows(path):
            field = _field(path, line, row)
            if (field.entity, field.name) in found:
                raise PlantFieldsWrong(path, line, "plant.declared-twice", entity=field.entity, name=field.name)
            found[field.entity, field.name] = field
        return cls(found)

    def of(self, entity: str) -> tuple[PlantField, ...]:
        """The fields declared for one entity, in the file's order."""
        return tuple(field for field in self.fields.values() if field.entity == entity)

    def checked(self, entity: Entity) -> Entity:
        """The entity with its `plant` values in JSON form (decimals as text, times in UTC). Raises ModelViolated."""
        plant: dict[str, Any] = {}
        wrong: list[Finding] = []
        for name, value in entity.plant.items():
            field = self.fields.get((entity.entity, name))
            try:
                if field is None:
                    raise _Refused("plant-undeclared")
                plant[name] = None if value is None else READERS[field.type](value)
            except ValueError as error:
                kind = error.kind if isinstance(error, _Refused) else "plant-wrong-type"
                wrong.append(Finding(name, shortened(value), kind, {"type": field.type if field else ""}))
        if wrong:
            raise ModelViolated(entity.entity, wrong)
        return entity.model_copy(update={"plant": plant})


class _Refused(ValueError):
    def __init__(self, kind: str) -> None:
        self.kind = kind


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(value)
        return value

    return read


def _date(value: Any) -> str:
    return value.isoformat() if type(value) is date else date.fromisoformat(_exactly(str)(value)).isoformat()


READERS: Mapping[PlantType, Callable[[Any], Any]] = {
    PlantType.TEXT: _exactly(str),
    PlantType.INTEGER: _exactly(int),
    PlantType.DECIMAL: lambda value: write_number(read_number(value)),
    PlantType.BOOLEAN: _exactly(bool),
    PlantType.DATE: _date,
    PlantType.TIME: lambda value: write_time(read_time(value)),
}
"""How a value of each type is read, and written in JSON; ValueError where it is not of the type."""


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        root = compose(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlantFieldsWrong(path, line, "plant.yaml-broken", words=error.problem or "") from None
    if root is None:
        return
    top = _mapping(path, root)
    if set(top) != {"fields"} or not isinstance(top["fields"], yaml.SequenceNode):
        raise PlantFieldsWrong(path, root.start_mark.line + 1, "plant.not-fields")
    for node in top["fields"].value:
        yield node.start_mark.line + 1, {key: _plain(path, value) for key, value in _mapping(path, node).items()}


def _plain(path: Path, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(path, value) for key, value in _mapping(path, node).items()}
    return node.value


def _mapping(path: Path, node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise PlantFieldsWrong(path, node.start_mark.line + 1, "plant.not-fields")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in found:
            raise PlantFieldsWrong(path, key.start_mark.line + 1, "plant.key-twice", key=key.value)
        found[key.value] = value
    return found


def _field(path: Path, line: int, row: Mapping[str, Any]) -> PlantField:
    try:
        field = PlantField.model_validate(row)
    except ValidationError as error:
        wrong = read_findings(error.errors(include_url=False))
        words = {f"words_{language}": "; ".join(item.text(language) for item in wrong) for language in ("zh", "en")}
        raise PlantFieldsWrong(path, line, "plant.row-wrong", **words) from None
    known = {cls.entity: cls for cls in ENTITIES}
    if field.entity not in known:
        raise PlantFieldsWrong(path, line, "plant.unknown-entity", entity=field.entity, known=", ".join(sorted(known)))
    cls = known[field.entity]
    if field.name in cls.model_fields:
        raise PlantFieldsWrong(path, line, "plant.name-taken", name=field.name, entity=field.entity)
    if denied(field.name) and not cls.commercial:
        raise PlantFieldsWrong(path, line, "plant.name-denied", name=field.name, entity=field.entity)
    return field
