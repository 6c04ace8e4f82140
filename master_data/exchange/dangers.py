"""What a file is, by its content and not by its name, and whether it may be opened at all: before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlrd.compdoc

from master_data.exchange.errors import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    FormUnknown,
    MacrosRefused,
    ZipBomb,
)
from master_data.exchange.limits import Limits
from master_data.exchange.tabular import Form

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")
MACROS = ("vbaproject.bin", "/macrosheets/", "/dialogsheets/", "/activex/")
DDE = b"ddeLink"


def form_of(path: Path, limits: Limits) -> Form:
    """What the file is. Raises FileEmpty, FileTooLarge, FileBroken, FileEncrypted, MacrosRefused, ZipBomb, FormUnknown."""
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(file=path.name)
    if size > limits.file_bytes:
        raise FileTooLarge(file=path.name, what="bytes", size=size, limit=limits.file_bytes)
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(ZIP):
        return _zipped(path, limits)
    if start.startswith(OLE):
        return _compound(path)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        raise FormUnknown(file=path.name, form="HTML / XML")
    return "csv"


def _zipped(path: Path, limits: Limits) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(path.name, parts, limits)
            _check_parts(path.name, {part.filename for part in parts})
            _check_links(path.name, archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise FileBroken(file=path.name, what=str(error) or type(error).__name__) from error
    return "xlsx"


def _check_sizes(file: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Python unpacks no part further than the size its directory tells, so what is checked here holds."""
    if len(parts) > limits.parts:
        raise FileTooLarge(file=file, what="parts", size=len(parts), limit=limits.parts)
    for part in parts:
        if part.flag_bits & 1:
            raise FileEncrypted(file=file)
        if part.file_size > max(limits.small_bytes, part.compress_size * limits.ratio):
            raise ZipBomb(file=file, part=part.filename, size=part.file_size, packed=part.compress_size)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise FileTooLarge(file=file, what="unpacked", size=unpacked, limit=limits.unpacked_bytes)


def _check_parts(file: str, names: set[str]) -> None:
    for name in sorted(names):
        if any(macro in f"/{name.lower()}" for macro in MACROS):
            raise MacrosRefused(file=file, part=name)
    if any(name.lower().endswith("workbook.bin") for name in names):
        raise FormUnknown(file=file, form="xlsb")
    if "[Content_Types].xml" not in names:
        raise FormUnknown(file=file, form="ods" if "content.xml" in names else "zip")


def _check_links(file: str, archive: zipfile.ZipFile) -> None:
    """A workbook that calls other programs by itself (DDE) is handed back to nobody."""
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types:
        raise MacrosRefused(file=file, part="[Content_Types].xml")
    for name in archive.namelist():
        if "/externallinks/" in name.lower() and DDE in archive.read(name):
            raise MacrosRefused(file=file, part=name)


def _compound(path: Path) -> Form:
    """An .xls, or a newer workbook that is encrypted: both are packed in the same way."""
    try:
        with path.open("rb") as file:
            document = xlrd.compdoc.CompDoc(file.read(), logfile=_Silent())
    except (xlrd.compdoc.CompDocError, AssertionError, IndexError, ValueError, KeyError) as error:
        raise FileBroken(file=path.name, what=str(error) or type(error).__name__) from error
    names = {entry.name for entry in document.dirlist}
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise FileEncrypted(file=path.name)
    if names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}:
        raise MacrosRefused(file=path.name, part="_VBA_PROJECT_CUR")
    if not names & {"Workbook", "Book"}:
        raise FormUnknown(file=path.name, form="OLE (doc, msg, …)")
    return "xls"


class _Silent:
    """Where xlrd may write what nobody reads."""

    def write(self, _text: str) -> None:
        return
