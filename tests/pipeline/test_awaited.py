"""What the head of a lane waits for goes before it, though it came later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.bus.base import Partition
from hub.pipeline.lanes import next_turn, place
from hub.pipeline.plan import waiting
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import BEHIND, READY, WAITING, Hold

REVERSED = ("operation_report", "P1/R-1")


def make_row(offset: int, key: str, state: str, waits_for: tuple[str, str] | None = None) -> Hold:
    return Hold(
        group="deliver.erp", partition=Partition("canonical.production_order", 0), offset=offset, lane="P1/MO-1", state=state, system="erp",
        entity="operation_report", key=key, full_state=False, revision=1, correction=0, message=b"", held_at=datetime.now(UTC), id=offset,
        code="cause-target-document" if waits_for else "behind", facts={"documents": [waits_for]} if waits_for else {},
    )


def test_the_fact_that_a_reversal_waits_for_passes_it_on_arrival() -> None:
    queue = [make_row(1, "P1/R-2", WAITING, REVERSED)]
    assert place(queue, None, (1, 0), 2, [REVERSED]).free
    assert not place(queue, None, (1, 0), 2, [("operation_report", "P1/R-3")]).free


def test_the_fact_that_a_reversal_waits_for_is_tried_from_behind_it() -> None:
    queue = [make_row(1, "P1/R-2", WAITING, REVERSED), make_row(2, "P1/R-3", BEHIND), make_row(3, "P1/R-1", BEHIND)]
    turn = next_turn(queue, 0)
    assert turn is not None
    assert turn.row.key == "P1/R-1"
    assert turn.older == ()


def test_a_head_that_waits_for_something_not_in_its_lane_goes_on_waiting() -> None:
    queue = [make_row(1, "P1/R-2", WAITING, REVERSED), make_row(2, "P1/R-3", BEHIND)]
    assert next_turn(queue, 0) is None


def test_the_document_passes_a_head_that_waits_for_more_than_it() -> None:
    causes = [Cause(CauseKind.CODE, "mes", "P1", "material", "X"), Cause(CauseKind.DOCUMENT, "mes", "P1", "production_order", "MO-1")]
    waits = waiting(causes, ["", ""])
    head = replace(make_row(1, "P1/R-2", WAITING), code=waits.code, facts=waits.facts)
    assert place([head], None, (1, 0), 2, [("production_order", "MO-1")]).free
    assert not place([replace(head, state=READY)], None, (1, 0), 2, [("production_order", "MO-1")]).free
