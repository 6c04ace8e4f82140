"""Files that nobody should open, or that are not what they seem: each has a clear answer, before anything is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from hub.db import Database
from hub.texts.exchange import EXCHANGE
from master_data.exchange import errors
from master_data.exchange.limits import Limits
from master_data.exchange.reading import read_file
from tests.master_data.exchange.conftest import checked
from tests.master_data.exchange.raw import HEAD, parts_of, write_parts

Write = Callable[..., Path]
ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>M-1</t></is></c></row>'


def test_a_workbook_with_macros_is_refused(tmp_path: Path) -> None:
    for name in ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"):
        path = write_parts(tmp_path / "macros.xlsm", {**parts_of(ROW), name: b"\0"})
        with pytest.raises(errors.MacrosRefused, match="macros"):
            read_file(path)


def test_a_workbook_that_calls_other_programs_is_refused(tmp_path: Path) -> None:
    link = '<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    with pytest.raises(errors.MacrosRefused):
        read_file(write_parts(tmp_path / "dde.xlsx", {**parts_of(ROW), "xl/externalLinks/externalLink1.xml": link}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = write_parts(tmp_path / "bomb.xlsx", {**parts_of(ROW), "xl/media/image1.png": b"\0" * 20_000_000})
    with pytest.raises(errors.ZipBomb, match="20000000"):
        read_file(bomb)
    with pytest.raises(errors.FileTooLarge):
        read_file(write_parts(tmp_path / "large.xlsx", {**parts_of(ROW), "a.xml": b"\0" * 5_000}), Limits(unpacked_bytes=4_000))
    with pytest.raises(errors.FileTooLarge):
        read_file(write_parts(tmp_path / "many.xlsx", {**parts_of(ROW), **{f"a{n}": b"" for n in range(50)}}), Limits(parts=40))


def test_one_text_in_a_million_cells_counts_as_a_million_texts(tmp_path: Path) -> None:
    text = f'<c t="inlineStr"><is><t>{"x" * 1000}</t></is></c>'
    path = write_parts(tmp_path / "wide.xlsx", parts_of(f"<row>{text * 100}</row>" * 20))
    with pytest.raises(errors.FileTooLarge, match="content"):
        read_file(path, Limits(content_bytes=1_000_000))
    with pytest.raises(errors.FileTooLarge, match="columns"):
        read_file(path, Limits(columns=99))


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        parts = parts_of(ROW)
        parts[part] = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]>' + parts[part].removeprefix(HEAD)
        with pytest.raises(errors.FileBroken, match="DOCTYPE"):
            read_file(write_parts(tmp_path / "entities.xlsx", parts))


def test_two_million_rows_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("编码,名称\n")
        file.writelines(["M-1,x\n"] * 2_000_000)
    with pytest.raises(errors.TooManyRows) as caught:
        read_file(path)
    assert caught.value.facts["limit"] == 300_000


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv", "list.xls"])
def test_an_empty_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(errors.FileEmpty):
        read_file(tmp_path / name)


def test_an_encrypted_workbook_is_told(tmp_path: Path) -> None:
    path = write_parts(tmp_path / "locked.xlsx", parts_of(ROW))
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + place] |= 1
    path.write_bytes(content)
    with pytest.raises(errors.FileEncrypted):
        read_file(path)


def test_an_encrypted_workbook_of_excel_is_no_zip_and_is_told_too(tmp_path: Path) -> None:
    """Excel packs it into the container of an .xls, in which one stream has another name."""
    path = old_workbook(tmp_path / "locked.xlsx")
    path.write_bytes(path.read_bytes().replace("Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")[:16], 1))
    path.write_bytes(named(path.read_bytes(), "EncryptedPackage"))
    with pytest.raises(errors.FileEncrypted):
        read_file(path)


@pytest.mark.parametrize("cut", [10, 100, 400])
def test_a_broken_zip_is_told(tmp_path: Path, cut: int) -> None:
    path = write_parts(tmp_path / "broken.xlsx", parts_of(ROW))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(errors.FileBroken):
        read_file(path)


@pytest.mark.parametrize("part", sorted(parts_of(ROW)))
def test_broken_xml_in_any_part_is_told(tmp_path: Path, part: str) -> None:
    parts = parts_of(ROW)
    parts[part] = parts[part][:-8]
    if part == "[Content_Types].xml":
        read_file(write_parts(tmp_path / "cut.xlsx", parts))   # nothing is read from it
        return
    with pytest.raises(errors.FileBroken):
        read_file(write_parts(tmp_path / "cut.xlsx", parts))


def test_a_broken_xls_is_told(tmp_path: Path) -> None:
    path = old_workbook(tmp_path / "broken.xls")
    for length in (600, 1500, 3000):
        path.write_bytes(old_workbook(tmp_path / "whole.xls").read_bytes()[:length])
        with pytest.raises((errors.FileBroken, errors.FormUnknown)):
            read_file(path)


async def test_an_xls_that_is_called_xlsx_is_read_as_what_it_is_and_told(dictionary: Database, tmp_path: Path) -> None:
    report = await checked(dictionary, old_workbook(tmp_path / "list.xlsx"))
    assert (report.form, report.verdicts) == ("xls", {"unchanged": 1})
    assert [notice.code for notice in report.notices] == ["file-renamed"]


def test_what_is_no_table_is_told_by_its_form(tmp_path: Path) -> None:
    (tmp_path / "page.xls").write_text("<html><table><tr><td>编码</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(errors.FormUnknown, match="HTML"):
        read_file(tmp_path / "page.xls")
    with pytest.raises(errors.FormUnknown, match="xlsb"):
        read_file(write_parts(tmp_path / "a.xlsb", {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\0"}))
    with pytest.raises(errors.FormUnknown, match="ods"):
        read_file(write_parts(tmp_path / "a.ods", {"mimetype": "x", "content.xml": "<x/>"}))


async def test_a_csv_in_utf_16_is_read_with_its_mark_and_refused_without(dictionary: Database, tmp_path: Path) -> None:
    (tmp_path / "marked.csv").write_text("编码\t名称\r\nM-1\t物料M-1\r\n", encoding="utf-16", newline="")
    report = await checked(dictionary, tmp_path / "marked.csv")
    assert (report.encoding, report.verdicts) == ("utf-16", {"unchanged": 1})
    (tmp_path / "bare.csv").write_text("code\tname\r\nM-1\tx\r\n", encoding="utf-16-le", newline="")
    with pytest.raises(errors.NotText):
        await checked(dictionary, tmp_path / "bare.csv")
    (tmp_path / "junk.csv").write_bytes(b"code,name\r\n\xff\xff,\x80\x00\r\n")
    with pytest.raises(errors.NotText):
        await checked(dictionary, tmp_path / "junk.csv")


async def test_a_quote_that_never_closes_is_told(dictionary: Database, tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text('编码,名称\nM-1,"x' + "y" * 200_000, encoding="utf-8")
    with pytest.raises(errors.FileBroken):
        await checked(dictionary, tmp_path / "open.csv")


async def test_a_file_without_a_header_is_told_with_what_is_wanted(dictionary: Database, xlsx: Write, text: Write) -> None:
    for path in (xlsx(("M-1", "x"), header=None), text(("M-1", "x"), header=None)):
        with pytest.raises(errors.HeaderMissing, match="物料编码"):
            await checked(dictionary, path)


async def test_two_columns_of_the_same_field_are_told_with_both(dictionary: Database, xlsx: Write) -> None:
    with pytest.raises(errors.HeaderTwice) as caught:
        await checked(dictionary, xlsx(("M-1", "a", "b"), header=("编码", "名称", "Chinese name")))
    assert (caught.value.facts["first"], caught.value.facts["second"]) == ("B", "C")


def test_every_refusal_has_its_sentence() -> None:
    refusals = [error for error in vars(errors).values() if isinstance(error, type) and error.__module__ == errors.__name__]
    assert len(refusals) > 15
    assert not {error.code for error in refusals} - EXCHANGE.keys()


def old_workbook(path: Path) -> Path:
    """An .xls with one material."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row, line in enumerate((("编码", "名称"), ("M-1", "物料M-1"))):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    book.save(str(path))
    return path


def named(content: bytes, name: str) -> bytes:
    """The container with the name of its first stream changed, and the name's length with it."""
    short = name.encode("utf-16-le")[:16]
    at = content.index(short)
    full = name.encode("utf-16-le")
    entry = bytearray(content[at : at + 128])
    entry[: len(full)] = full
    entry[64:66] = (len(full) + 2).to_bytes(2, "little")
    return content[:at] + bytes(entry) + content[at + 128 :]


def test_the_zip_is_made_as_the_tests_say(tmp_path: Path) -> None:
    path = write_parts(tmp_path / "good.xlsx", parts_of(ROW, ("编码", "名称"), prefix="x"))
    assert zipfile.is_zipfile(path)
    assert list(read_file(path).tables[0]) == [(1, ["编码", "名称"]), (2, ["M-1"])]
