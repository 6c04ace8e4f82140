"""Classes of a kind as a tree: 01 raw material > 0101 bar. Data of the kind's file, or of a file `classes/<kind>.yaml` beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field


class Node(BaseModel):
    """A class as a file says it. What is under it is nested in `classes`, or names it as `parent`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=r"^\S+$", max_length=40)
    zh: str
    en: str
    parent: str = ""
    classes: list[Node] = []


class Class(NamedTuple):
    """A class with the code of the one above it, '' at the top."""

    code: str
    zh: str
    en: str
    parent: str


class TreeFault(NamedTuple):
    """What is wrong with a class (`hub.texts.code_rules`), with the codes that lead to it."""

    what: str
    path: tuple[str, ...]
    facts: dict[str, str]


class ClassTree:
    """Classes by code. Of a code that stands twice the first counts; `tree_faults` says what may not be."""

    def __init__(self, nodes: Sequence[Node] = ()) -> None:
        self._classes: dict[str, Class] = {}
        for node, nest in _walk(nodes, ()):
            self._classes.setdefault(node.code, Class(node.code, node.zh, node.en, node.parent or (nest[-1] if nest else "")))

    def __contains__(self, code: object) -> bool:
        return code in self._classes

    def __getitem__(self, code: str) -> Class:
        return self._classes[code]

    def __iter__(self) -> Iterator[Class]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)

    def path(self, code: str) -> list[str]:
        """The codes from the top down to this one. A cycle ends where it would begin again."""
        found: list[str] = []
        while code in self._classes and code not in found:
            found.append(code)
            code = self._classes[code].parent
        return found[::-1]

    def tops(self) -> list[str]:
        """The codes of the first level."""
        return self.of_level(1)

    def of_level(self, level: int) -> list[str]:
        """The codes of one level (1: the top); of every level for 0."""
        return [code for code in self._classes if not level or len(self.path(code)) == level]

    def at_level(self, code: str, level: int) -> str | None:
        """The class itself or the one above it on this level; None where it stands higher. Level 0 is the class itself."""
        path = self.path(code)
        if not level:
            return code
        return path[level - 1] if len(path) >= level else None

    def below(self, code: str) -> list[str]:
        """This class and all under it."""
        return [each for each in self._classes if code in self.path(each)]

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return max((len(self.path(code)) for code in self._classes), default=0)


def tree_faults(nodes: Sequence[Node]) -> Iterator[TreeFault]:
    """A class that stands twice, a parent that is not there or not the one it stands under, a cycle."""
    walked = list(_walk(nodes, ()))
    known = {node.code for node, _ in walked}
    seen: set[str] = set()
    for node, nest in walked:
        path = (*nest, node.code)
        if node.code in seen:
            yield TreeFault("kind-class-twice", path, {"code": node.code})
        if node.parent and node.parent not in known:
            yield TreeFault("kind-class-parent", path, {"code": node.code, "parent": node.parent})
        if node.parent and nest and node.parent != nest[-1]:
            yield TreeFault("kind-class-moved", path, {"code": node.code, "parent": node.parent, "nest": nest[-1]})
        seen.add(node.code)
    yield from _cycles(ClassTree(nodes), walked)


def _cycles(tree: ClassTree, walked: Sequence[tuple[Node, tuple[str, ...]]]) -> Iterator[TreeFault]:
    for node, nest in walked:
        path = tree.path(node.code)
        above = tree[path[0]].parent
        if above in path:
            yield TreeFault("kind-class-cycle", (*nest, node.code), {"path": " > ".join([above, *path])})


def _walk(nodes: Sequence[Node], nest: tuple[str, ...]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    for node in nodes:
        yield node, nest
        yield from _walk(node.classes, (*nest, node.code))
