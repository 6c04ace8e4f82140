"""Rows of a file that refer to other rows of it: parents come first, a circle and a parent that is refused are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from master_data.errors import NoSuchCode
from master_data.exchange.findings import Checked, Finding, found, refused
from master_data.exchange.report import Report

References = Mapping[int, Sequence[tuple[int, str]]]
"""By a row's place in the report: the column and the code of its own kind that the dictionary does not have."""


def settle(report: Report, references: References) -> dict[int, int]:
    """How deep each referring row stands below rows without references (they are 0); rows that cannot stand are refused."""
    if not references:
        return {}
    places = {checked.code: place for place, checked in enumerate(report) if checked.verdict == "new"}
    depths: dict[int, int] = {}
    for place in references:
        _depth(place, references, places, depths, report)
    return depths


def _depth(start: int, references: References, places: Mapping[str, int], depths: dict[int, int], report: Report) -> None:
    """Walks up with a stack of its own: a chain of parents may be as long as the file."""
    path = [start]
    while path:
        place = path[-1]
        above = [places.get(code) for _, code in references.get(place, ())]
        open_ones = [each for each in above if each is not None and each in references and each not in depths]
        if open_ones and open_ones[0] not in path:
            path.append(open_ones[0])
            continue
        depths[place] = 1 + max((depths.get(each, 0) for each in above if each is not None), default=0)
        _judge(place, references[place], places, path if open_ones else [], report)
        path.pop()


def _judge(
    place: int, wanted: Sequence[tuple[int, str]], places: Mapping[str, int], circle: Sequence[int], report: Report
) -> None:
    checked = report.at(place)
    faults = [_fault(checked, column, code, places, circle, report) for column, code in wanted]
    grave = [fault for fault in faults if fault is not None]
    if grave:
        report.put(place, Checked(checked.sheet, checked.row, checked.code, "refused", [*checked.findings, *grave]))


def _fault(
    checked: Checked, column: int, code: str, places: Mapping[str, int], circle: Sequence[int], report: Report
) -> Finding | None:
    place = places.get(code)
    if place is None:
        return refused(column, NoSuchCode(kind=report.kind, value=code))
    other = report.at(place)
    if place in circle:
        return found(column, "circle", value=checked.code, there=code, row=other.row)
    if other.verdict == "refused":
        return found(column, "parent-refused", value=code, row=other.row)
    return None
