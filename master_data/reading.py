"""Strict reading of a YAML file into a pydantic model: what is wrong is named with file, line and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hub.yaml_nodes import compose
from master_data.errors import DictionaryFileInvalid

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]

REMEDIES = {
    "extra_forbidden": "Remove it or correct its spelling",
    "missing": "Add it",
    "string_type": "Write it in quotes, so that YAML keeps it as text",
}


def read_model(path: Path, model: type[Model]) -> Model:
    """Read one file. Raises DictionaryFileInvalid at the first thing wrong."""
    try:
        node = compose(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        what, remedy = _first_line(error), "Correct the YAML"
        raise DictionaryFileInvalid(file=path.name, line=_line_of(error), path="", what=what, remedy=remedy) from error
    lines: dict[Place, int] = {}
    content = _content(node, (), lines, path) if node else {}
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _invalid(path, error, lines) from error


def _invalid(path: Path, error: ValidationError, lines: dict[Place, int]) -> DictionaryFileInvalid:
    # a misspelt key makes two faults: it is told before the one that is missing
    first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    place = tuple(first["loc"])
    line = next((lines[place[:length]] for length in range(len(place), -1, -1) if place[:length] in lines), 1)
    remedy = REMEDIES.get(first["type"], "Correct the value")
    return DictionaryFileInvalid(file=path.name, line=line, path=".".join(map(str, place)), what=first["msg"], remedy=remedy)


def _content(node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    """The node as plain values, noting the line of every place; a key given twice is refused."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_content(item, (*place, index), lines, path) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return yaml.SafeLoader("").construct_object(node, deep=True)
    content: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in content:
            line = key_node.start_mark.line + 1
            raise DictionaryFileInvalid(file=path.name, line=line, path=key, what="the key stands twice", remedy="Remove one of the two")
        content[key] = _content(value_node, (*place, key), lines, path)
        lines[(*place, key)] = key_node.start_mark.line + 1
    return content


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _first_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
