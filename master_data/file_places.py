"""The line of a place in a YAML text: keys, numbers, and items of a list by their `name` or `code`."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from hub.yaml_nodes import compose

NAMED_BY = ("name", "code")


def line_at(text: str, place: Sequence[str | int]) -> int:
    """The line where it begins, counted from 1; where the place is not there, that of what it would be in."""
    node, line = compose(text), 1
    for step in place:
        found = _step(node, step)
        if found is None:
            break
        line, node = found
    return line


def _step(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = [(key.start_mark.line + 1, value) for key, value in node.value if key.value == str(step)]
        return pairs[0] if pairs else _step(_value(node, "classes"), step)
    if isinstance(node, yaml.SequenceNode):
        items = [item for number, item in enumerate(node.value) if step in (number, *(_text(item, key) for key in NAMED_BY))]
        return (items[-1].start_mark.line + 1, items[-1]) if items else None      # of what stands twice the second is in the way
    return None


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _text(node: yaml.Node, key: str) -> str | None:
    value = _value(node, key)
    return str(value.value) if isinstance(value, yaml.ScalarNode) else None
