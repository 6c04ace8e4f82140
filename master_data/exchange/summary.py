"""The summary of a dry run as rows of texts: counts, notices, every finding with its sheet, row and cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.texts import sentence
from hub.texts.exchange import EXCHANGE
from master_data.exchange.report import Report
from master_data.exchange.tabular import column_name

LISTED = 100_000
VERDICTS = ("new", "changed", "unchanged", "refused")
COLUMNS = ("summary-sheet-column", "summary-row", "summary-cell", "summary-code", "summary-verdict", "summary-text")
WIDTHS = (18, 8, 10, 22, 12, 110)


def word(key: str, language: str, **facts: object) -> str:
    """A word or sentence of the summary."""
    return sentence(EXCHANGE[key], language, facts)


def summary(report: Report, language: str, unnoted: int = 0) -> Iterator[Sequence[str]]:
    """`unnoted`: how many marked cells have no note of their own."""
    yield (word("summary-file", language), report.path.name)
    yield (word("summary-rows", language), str(report.rows))
    yield from ((word(f"summary-{verdict}", language), str(report.verdicts[verdict])) for verdict in VERDICTS)
    yield from ((word("summary-notice", language), notice.text(language)) for notice in report.notices)
    if unnoted:
        yield (word("summary-notice", language), word("summary-more-notes", language, count=unnoted))
    yield ()
    yield [word(column, language) for column in COLUMNS]
    yield from _findings(report, language)


def _findings(report: Report, language: str) -> Iterator[Sequence[str]]:
    listed = 0
    for checked in report:
        sheet = report.sheets[checked.sheet]
        for finding in checked.findings:
            listed += 1
            if listed <= LISTED:
                cell = f"{column_name(finding.column)}{checked.row}" if finding.column >= 0 else ""
                verdict = word(f"summary-{checked.verdict}", language)
                yield (sheet.name, str(checked.row), cell, checked.code, verdict, finding.text(language))
    if listed > LISTED:
        yield ("", "", "", "", "", word("summary-more", language, count=listed - LISTED))
