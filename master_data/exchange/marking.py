"""The result of a dry run for the steward: the same workbook with the errors in their cells, and a summary sheet."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from master_data.exchange.errors import FileChanged
from master_data.exchange.findings import Checked
from master_data.exchange.plain_workbook import write_plain
from master_data.exchange.report import Report, digest_of
from master_data.exchange.summary import word
from master_data.exchange.tabular import Form
from master_data.exchange.xlsx_marking import mark_xlsx


def mark(report: Report, out: Path, *, language: str = "zh") -> Path:
    """Write the result; returns where: an .xls is given back as .xlsx with its values. Raises FileChanged.

    It reads the file again: call it in a thread where others wait.
    """
    if digest_of(report.path) != report.digest:
        raise FileChanged(file=report.path.name)
    return MARKERS[report.form](report, out, language)


def mark_csv(report: Report, out: Path, language: str) -> Path:
    """The same lines with two more columns: the row's verdict, and what was found in it."""
    marks = {checked.row: checked for checked in report}
    header = report.sheets[0].header.row
    with (
        report.path.open(encoding=report.encoding, newline="") as source,
        out.open("w", encoding=_marked_encoding(report.encoding), newline="") as target,
    ):
        writer = csv.writer(target, delimiter=report.delimiter)
        rows = [(number, cells) for number, cells in enumerate(csv.reader(source, delimiter=report.delimiter), 1)]
        width = max((len(cells) for _, cells in rows), default=0)
        for number, cells in rows:
            told = _header(language) if number == header else _told(marks.get(number), language)
            writer.writerow([*cells, *[""] * (width - len(cells)), *told] if told else cells)
    return out


def mark_xls(report: Report, out: Path, language: str) -> Path:
    """An .xls cannot be changed in place: its values go into an xlsx, and that is marked."""
    out = out.with_suffix(".xlsx")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.xlsx"
        write_plain(report.path, plain)
        mark_xlsx(report, out, language, source=plain)
    return out


def _marked_encoding(encoding: str) -> str:
    """What was found may hold characters that GBK has not, so UTF-8 gets its mark: without it Excel would not see it as such."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _header(language: str) -> tuple[str, str]:
    return word("summary-verdict", language), word("summary-text", language)


def _told(checked: Checked | None, language: str) -> tuple[str, ...]:
    if checked is None:
        return ()
    return word(f"summary-{checked.verdict}", language), " ".join(finding.text(language) for finding in checked.findings)


MARKERS: Mapping[Form, Callable[[Report, Path, str], Path]] = {
    "xlsx": lambda report, out, language: mark_xlsx(report, out, language),
    "xls": mark_xls,
    "csv": mark_csv,
}
