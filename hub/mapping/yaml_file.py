"""Reads a YAML file strictly: every table and list knows its lines, a key twice is refused, scalars follow YAML 1.2 JSON types.

Keys are always text, as written (`null:` and `1:` are 'null' and '1'). Only `true`, `false`, `null`, `~` and plain decimal numbers
are not text: `2026-11-22`, `yes` and `0012` stay what the author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from hub.mapping.errors import FileUnreadable, KeyTwice, KeyUnknown, Mistake, TypeWrong, nearest
from hub.yaml_nodes import compose

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Table(dict[str, Any]):
    """A YAML mapping with the line it begins at, and the line of each key."""

    line = 0
    lines: dict[str, int]


class Rows(list[Any]):
    """A YAML list with the line of each item."""

    lines: list[int]

    def placed(self) -> Iterator[tuple[Any, int]]:
        """Each item and its line."""
        return zip(self, self.lines) if self else iter(())


class Reading:
    """One file while it is read: where a mistake is (`place`), and all mistakes found so far."""

    def __init__(self, name: str, mistakes: list[Mistake]) -> None:
        self.name = name
        self.mistakes = mistakes

    def place(self, line: int, rule: str = "") -> str:
        return f"{self.name}:{line}" + (f" #{rule}" if rule else "")

    def wrong(self, mistake: type[Mistake], line: int, rule: str = "", **facts: Any) -> None:
        self.mistakes.append(mistake(place=self.place(line, rule), **facts))

    def table(self, value: Any, line: int, name: str, rule: str = "") -> Table | None:
        """`value` if it is a table, else None and a mistake."""
        return value if self.typed(value, Table, "{key: value, …}", line, name, rule) else None

    def rows(self, value: Any, line: int, name: str, rule: str = "") -> Rows | None:
        """`value` if it is a list, else None and a mistake."""
        return value if self.typed(value, Rows, "[value, …]", line, name, rule) else None

    def text(self, table: Table, key: str, rule: str = "") -> str | None:
        """The text under `key`; None where it is absent or, with a mistake, of another type or empty."""
        if key not in table:
            return None
        value = table[key]
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(TypeWrong, table.lines[key], rule, name=key, wanted='"…"', value=value)
        return None

    def typed(self, value: Any, kind: type, wanted: str, line: int, name: str, rule: str = "") -> bool:
        if isinstance(value, kind):
            return True
        self.wrong(TypeWrong, line, rule, name=name, wanted=wanted, value=str(value)[:60])
        return False

    def known_keys(self, table: Table, known: tuple[str, ...], rule: str = "") -> None:
        """Every key must be one of `known`."""
        for key in table:
            if key not in known:
                self.wrong(KeyUnknown, table.lines[key], rule, name=key, nearest=nearest(key, known))


def read_yaml(path: Path, reading: Reading) -> Any:
    """The file's tables, lists and scalars; None where it cannot be read (the mistake is in `reading`)."""
    try:
        node = compose(path.read_text(encoding="utf-8"))
    except OSError as error:
        reading.wrong(FileUnreadable, 0, words=error.strerror or "")
    except UnicodeDecodeError:
        reading.wrong(FileUnreadable, 0, words="not UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reading.wrong(FileUnreadable, mark.line + 1 if mark else 0, words=error.problem or "")
    except yaml.YAMLError as error:
        reading.wrong(FileUnreadable, 0, words=str(error).splitlines()[0])
    else:
        if node is not None:
            return _value(node, reading)
        reading.wrong(FileUnreadable, 1, words="empty")
    return None


def _value(node: yaml.Node, reading: Reading) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _table(node, reading)
    if isinstance(node, yaml.SequenceNode):
        rows = Rows(_value(item, reading) for item in node.value)
        rows.lines = [_line(item) for item in node.value]
        return rows
    return _scalar(cast(yaml.ScalarNode, node))


def _table(node: yaml.MappingNode, reading: Reading) -> Table:
    table = Table()
    table.line, table.lines = _line(node), {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), _line(key_node)
        if key in table:
            reading.wrong(KeyTwice, line, name=key, first=table.lines[key])
        table[key], table.lines[key] = _value(value_node, reading), line
    return table


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:   # quoted or a block: text (plain is None, or empty by libyaml)
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
