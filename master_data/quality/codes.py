"""Completeness and validity of codes, one by one, by the rules of their kind. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from hub.errors import HubError
from master_data.errors import AttributeMissing
from master_data.kind import Kind
from master_data.quality.figures import COMPLETENESS, VALIDITY, Defect, Place, Tally

LIVING = ("active", "phase_out")
"""The statuses whose codes are counted: drafts are not finished, and what is over harms nobody."""
Known = Mapping[str, frozenset[str]]


def measure(tally: Tally, kind: Kind, row: Row[Any], known: Known) -> None:
    """Count one living code. `known`: the codes of each kind that attributes may name."""
    _complete(tally, kind, row)
    place = Place(VALIDITY, kind.kind, "", row.changed_by)
    wrong = list(_wrong(kind, row, known))
    tally.add(place, not wrong, 1)
    for what, facts in wrong:
        tally.defect(Defect(place, row.code, what, facts))


def _complete(tally: Tally, kind: Kind, row: Row[Any]) -> None:
    place = Place(COMPLETENESS, kind.kind, "", row.changed_by)
    for attribute, weight, filled in kind.weighed(row.attributes):
        tally.add(place, weight if filled else 0, weight)
        if weight and not filled:
            tally.defect(Defect(place, row.code, "quality-attribute-empty", {"code": row.code, "attribute": attribute.name}))
    for language in kind.names.mandatory:
        filled = bool(row.name_zh if language == "zh" else row.name_en)
        tally.add(place, filled, 1)
        if not filled:
            tally.defect(Defect(place, row.code, "quality-name-empty", {"code": row.code, "language": language}))


def _wrong(kind: Kind, row: Row[Any], known: Known) -> Iterator[tuple[str, dict[str, str]]]:
    """Everything about a code that its kind would refuse today; what is only missing is a matter of completeness."""
    for check in (
        lambda: kind.check_code(row.code, row.attributes),
        lambda: kind.normal_names(row.name_zh or row.name_en, row.name_en or row.name_zh),
        lambda: kind.normal_attributes(row.code, row.attributes),
    ):
        try:
            check()
        except AttributeMissing:
            continue
        except HubError as error:
            yield "quality-invalid", {"code": row.code, "zh": error.text("zh"), "en": error.text("en")}
    for attribute in kind.attributes:
        value = row.attributes.get(attribute.name)
        if attribute.of and value and value not in known.get(attribute.of, frozenset()):
            yield "quality-reference-missing", {"code": row.code, "attribute": attribute.name, "value": str(value), "of": attribute.of}
