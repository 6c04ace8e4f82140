"""Rows that refer to other rows of the same file: parents first, circles and refused parents told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.db import Database
from master_data.exchange.applying import approve_import
from master_data.exchange.batches import propose_import
from master_data.exchange.checking import dry_run
from master_data.exchange.findings import Checked
from master_data.kind import Kind, shipped_kinds
from master_data.proposals import Means

Write = Callable[..., Path]
HEADER = ("编码", "名称", "上级")
PLACE = {
    "kind": "place", "label": {"zh": "地点", "en": "Place"}, "owner": "hub",
    "code": {"pattern": "[A-Z0-9]+", "hint": {"zh": "大写", "en": "capitals"}},
    "attributes": [{"name": "parent", "type": "code", "of": "place", "zh": "上级", "en": "Parent"}],
}  # fmt: skip


@pytest.fixture
def means() -> Means:
    return Means(kinds={**shipped_kinds(), "place": Kind.model_validate(PLACE)})


async def found(db: Database, path: Path, means: Means) -> dict[str, Checked]:
    return {row.code: row for row in await dry_run(db, path, "place", means=means)}


async def test_a_parent_may_stand_below_its_child(dictionary: Database, text: Write, means: Means) -> None:
    path = text(("C", "丙", "B"), ("B", "乙", "A"), ("A", "甲", ""), header=HEADER)
    assert {row.verdict for row in (await found(dictionary, path, means)).values()} == {"new"}
    number = (await propose_import(dictionary, path, "place", by="wang", means=means)).number
    assert (await approve_import(dictionary, number, by="li", means=means)).states == {"applied": 3}


async def test_a_circle_is_told_at_each_of_its_rows(dictionary: Database, text: Write, means: Means) -> None:
    rows = await found(dictionary, text(("A", "甲", "B"), ("B", "乙", "A"), ("C", "丙", "C"), ("D", "丁", ""), header=HEADER), means)
    assert {code: row.verdict for code, row in rows.items()} == {"A": "refused", "B": "refused", "C": "refused", "D": "new"}
    assert "circle" in {finding.code for finding in rows["A"].findings + rows["B"].findings}
    assert [(finding.column, finding.code) for finding in rows["C"].findings] == [(2, "circle")]


async def test_a_parent_that_is_refused_or_nowhere_keeps_its_children_out(dictionary: Database, text: Write, means: Means) -> None:
    lines = (("A", "甲", "b"), ("C", "丙", "A"), ("E", "戊", "X"), ("B", "", ""), ("F", "己", "B"))
    rows = await found(dictionary, text(*lines, header=HEADER), means)
    assert {row.verdict for row in rows.values()} == {"refused"}
    assert [finding.code for finding in rows["E"].findings] == ["no-such-code"]
    assert [finding.code for finding in rows["C"].findings] == ["parent-refused"]
    assert [finding.code for finding in rows["F"].findings] == ["no-such-code"]


async def test_a_long_chain_is_no_trouble(dictionary: Database, text: Write, means: Means) -> None:
    lines = [(f"N{place}", "x", f"N{place + 1}") for place in range(3000)] + [("N3000", "x", "")]
    assert {row.verdict for row in (await found(dictionary, text(*lines, header=HEADER), means)).values()} == {"new"}
