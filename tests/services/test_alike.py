"""What is probably the same thing, found on typing, before a code is made, and over the whole dictionary."""

from __future__ import annotations

import pytest

from hub.db import Database
from hub.services.alike import clusters, search, twins
from hub.services.quality import quality, rows
from master_data.errors import UnknownKind
from master_data.proposed import CreateCode
from master_data.seeds import load_units, take_over
from tests.services.builders import NOW

TRAITS = {"type": "finished", "base_unit": "H87"}


def pump(code: str, zh: str, spec: str) -> CreateCode:
    return CreateCode(kind="material", code=code, zh=zh, attributes={**TRAITS, "spec": spec})


@pytest.fixture
async def pumps(database: Database) -> Database:
    await load_units(database)
    some = [pump("M-1", "离心泵", "DN50"), pump("M-2", "离心泵", "DN65"), pump("M-3", "齿轮泵", "KCB-55")]
    await take_over(database, some, by="go-live")
    return database


async def test_what_is_typed_is_found_by_pinyin_initials_with_the_reason(pumps: Database) -> None:
    found = await search(pumps, "material", "clb")
    assert found[0].code == "M-3" and all(reason.zh and reason.en for reason in found[0].reasons)
    with pytest.raises(UnknownKind):
        await search(pumps, "nonsense", "clb")


async def test_who_proposes_a_code_is_told_of_its_twin_and_of_no_neighbour(pumps: Database) -> None:
    assert [one.code for one in await twins(pumps, pump("M-9", "泵 离心", "DN 50"))] == ["M-1"]
    assert await twins(pumps, pump("M-9", "离心泵", "DN80")) == []


async def test_twins_over_the_whole_dictionary_are_clusters_and_spoil_uniqueness(pumps: Database) -> None:
    await take_over(pumps, [pump("M-8", "离心泵", "DN 50")], by="go-live")
    assert [one.codes for one in await clusters(pumps, "material")] == [("M-1", "M-8")]
    (figure,) = await quality(pumps, now=NOW, kind="material", figure="uniqueness")
    assert (figure.good, figure.all, figure.reached) == (3, 4, False)
    assert [one.key for one in await rows(pumps, "uniqueness", kind="material", steward="go-live", now=NOW)] == ["M-8"]
