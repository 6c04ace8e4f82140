"""An xlsx as the zip of parts it is: parts by name, what they refer to, the sheets in order."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree

from master_data.exchange.errors import FileBroken

DOCUMENT, SHEET = "officeDocument", "worksheet"
BLOCK = 1 << 18
BIG = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind`: the last word of its type; `target`: the part's name (an address, where it is outside)."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet's name, the part it is, whether people see it."""

    name: str
    part: str
    shown: bool


class Package:
    """Parts of an open workbook. Everything raises FileBroken where the file is not what it should be."""

    def __init__(self, archive: zipfile.ZipFile, file: str) -> None:
        self.archive, self.file = archive, file
        self.names = set(archive.namelist())
        self.workbook = next((each.target for each in self.relations("") if each.kind == DOCUMENT), "xl/workbook.xml")

    def read(self, part: str) -> bytes:
        """A whole part that is never large."""
        self._check(part)
        if self.archive.getinfo(part).file_size > BIG:
            raise FileBroken(file=self.file, what=f"{part} > {BIG} bytes")
        return self.archive.read(part)

    def tree(self, part: str) -> ElementTree.Element:
        """A part parsed; namespaces are left out of the names."""
        content = self.read(part)
        if b"<!DOCTYPE" in content:
            raise FileBroken(file=self.file, what=f"{part}: <!DOCTYPE")
        try:
            root = ElementTree.fromstring(content)
        except ElementTree.ParseError as error:
            raise FileBroken(file=self.file, what=f"{part}: {error}") from error
        for element in root.iter():
            element.tag = local_name(element.tag)
        return root

    def open(self, part: str) -> IO[bytes]:
        """A part to be read by the block."""
        self._check(part)
        return self.archive.open(part)

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to; the package itself is ''."""
        name = relations_part(part)
        return [self._relation(part, each) for each in self.tree(name)] if name in self.names else []

    def related(self, part: str, kind: str) -> str | None:
        """The first part of a kind that a part refers to."""
        return next((each.target for each in self.relations(part) if each.kind == kind and each.target in self.names), None)

    def sheets(self) -> list[SheetPart]:
        """The worksheets in their order; charts and what else has a tab are left out."""
        targets = {each.id: each for each in self.relations(self.workbook)}
        found = []
        for sheet in self.tree(self.workbook).iterfind("sheets/sheet"):
            target = targets.get(next((value for name, value in sheet.items() if name.endswith("}id")), ""))
            if target is not None and target.kind == SHEET:
                found.append(SheetPart(sheet.get("name", ""), target.target, sheet.get("state", "visible") == "visible"))
        return found

    def _relation(self, part: str, element: ElementTree.Element) -> Relation:
        target = element.get("Target", "")
        if element.get("TargetMode") != "External":
            folder = posixpath.dirname(part)
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return Relation(element.get("Id", ""), element.get("Type", "").rsplit("/", 1)[-1], target)

    def _check(self, part: str) -> None:
        if part not in self.names:
            raise FileBroken(file=self.file, what=f"{part} is missing")


def relations_part(part: str) -> str:
    """The part that says what a part refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relative(part: str, target: str) -> str:
    """How a part names another one."""
    return posixpath.relpath(target, posixpath.dirname(part) or ".")


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream by the block."""
    while block := stream.read(BLOCK):
        yield block


def local_name(tag: str) -> str:
    """Without namespace or prefix."""
    return tag.rpartition("}")[2].rpartition(":")[2]
