"""An approved change is told to the systems in the very transaction that makes it; facts and seeds are not."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from hub.db import Database
from hub.event import Event
from hub.storage.archive import unpublished
from hub.storage.tables import outbox
from master_data.errors import CodeTaken
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference, Batch, ChangeCode, CreateCode, RetireCode
from master_data.seeds import load_units, take_over

ANN, BEN = "ann", "ben"
PUMP = CreateCode(kind="material", code="M-1", zh="泵", en="pump", attributes={"type": "finished", "base_unit": "H87"})


@pytest.fixture
async def plants(database: Database) -> Database:
    """A dictionary with two organisations."""
    await load_units(database)
    await take_over(database, [CreateCode(kind="organisation", code=code, zh=code) for code in ("P1", "P2")], by="go-live")
    return database


async def told(db: Database) -> list[tuple[str, str, int]]:
    """Key, state and revision of everything that waits to be published."""
    async with db.read() as session:
        found = [Event.parse(message.headers, message.value) for _, message in await unpublished(session, 100)]
    return [(event.key, msgspec.json.decode(event.data)["state"], event.revision) for event in found]


async def test_an_approved_code_is_told_once_for_each_organisation(plants: Database) -> None:
    proposal = await propose(plants, PUMP, by=ANN)
    assert await told(plants) == []
    version = (await approve(plants, proposal, by=BEN)).version
    assert await told(plants) == [("P1/M-1", "active", version), ("P2/M-1", "active", version)]


async def test_a_code_of_one_organisation_is_told_there_only(plants: Database) -> None:
    await approve(plants, await propose(plants, PUMP.model_copy(update={"organisations": ("P2",)}), by=ANN), by=BEN)
    assert [key for key, _, _ in await told(plants)] == ["P2/M-1"]


async def test_a_later_state_has_a_later_revision(plants: Database) -> None:
    for change in (PUMP, ChangeCode(kind="material", code="M-1", status="blocked"), RetireCode(kind="material", code="M-1")):
        await approve(plants, await propose(plants, change, by=ANN), by=BEN)
    of_one = [(state, revision) for key, state, revision in await told(plants) if key == "P1/M-1"]
    assert [state for state, _ in of_one] == ["active", "blocked", "obsolete"]
    assert of_one == sorted(of_one, key=lambda each: each[1])


async def test_a_batch_tells_the_last_state_of_each_code(plants: Database) -> None:
    batch = Batch(changes=(PUMP, ChangeCode(kind="material", code="M-1", zh="离心泵")))
    await approve(plants, await propose(plants, batch, by=ANN), by=BEN)
    assert len(await told(plants)) == 2


async def test_what_only_the_dictionary_knows_is_not_told(plants: Database) -> None:
    await take_over(plants, [PUMP], by="go-live")
    assert await told(plants) == []
    reference = AddCrossReference(kind="material", system="erp", local_code="1.1", code="M-1")
    currency = CreateCode(kind="currency", code="CNY", zh="人民币", attributes={"minor_units": 2})
    for change in (reference, currency):
        await approve(plants, await propose(plants, change, by=ANN), by=BEN)
    assert await told(plants) == []


async def test_what_is_refused_is_not_told(plants: Database) -> None:
    first, second = await propose(plants, PUMP, by=ANN), await propose(plants, PUMP, by=ANN)
    await approve(plants, first, by=BEN)
    with pytest.raises(CodeTaken):
        await approve(plants, second, by=BEN)
    async with plants.read() as session:
        assert len((await session.execute(select(outbox.c.id))).all()) == 2
