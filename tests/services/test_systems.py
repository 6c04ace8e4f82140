"""How systems and incidents stand, and what a person ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.topics import topics_for
from hub.config import Settings, SystemSettings
from hub.db import Database
from hub.incidents import close_incidents, closed_by_a_person, open_incident
from hub.services.errors import NoSuchIncident, NoSuchSystem, NotStopped, ReasonNeeded
from hub.services.incidents import close_incident, list_incidents
from hub.services.status import measure, status
from hub.services.systems import list_systems, resume_system
from hub.storage.systems import resume_asked, set_state
from tests.services.builders import BY, NOW, held_event, held_record, person, unknown

SETTINGS = Settings(systems={"erp": SystemSettings(connector="kingdee", roles=frozenset({"erp"}), organisations={"100": "P1"})})
GROUPS = {"normalize": ["inbound.erp"]}


@pytest.fixture
async def stopped(database: Database) -> Database:
    facts = {"system": "erp", "words": "密码错误"}
    async with database.write() as session:
        await set_state(session, "erp", "stopped", "credentials-rejected", facts, NOW)
        await open_incident(session, "credentials-rejected", "erp", facts, NOW)
    return database


async def test_a_stopped_system_says_why_and_goes_on_when_a_person_says_so(stopped: Database) -> None:
    (view,) = await list_systems(stopped, SETTINGS)
    assert view.state == "stopped" and "密码错误" in view.why.zh
    await resume_system(stopped, SETTINGS, "erp", by=BY, now=NOW)
    async with stopped.read() as session:
        assert await resume_asked(session, "erp")
    assert await list_incidents(stopped) == []


async def test_a_system_that_does_not_answer_is_shown_as_failing_until_it_does(database: Database) -> None:
    facts = {"system": "erp", "entity": "SAL_SaleOrder", "what": "503"}
    async with database.write() as session:
        await open_incident(session, "source-unreachable", "erp SAL_SaleOrder", facts, NOW)
    (view,) = await list_systems(database, SETTINGS)
    assert (view.state, view.since) == ("failing", NOW) and "503" in view.why.zh and "503" in view.why.en
    async with database.write() as session:
        await close_incidents(session, "source-unreachable", "erp SAL_SaleOrder", NOW, "hub")
    (view,) = await list_systems(database, SETTINGS)
    assert (view.state, view.why.zh) == ("running", "")


async def test_only_a_stopped_system_that_is_configured_is_resumed(database: Database) -> None:
    with pytest.raises(NotStopped):
        await resume_system(database, SETTINGS, "erp", by=BY, now=NOW)
    with pytest.raises(NoSuchSystem, match="erp"):
        await resume_system(database, SETTINGS, "epr", by=BY, now=NOW)


async def test_a_system_paused_by_a_flood_of_errors_is_resumed_too(database: Database) -> None:
    async with database.write() as session:
        await open_incident(session, "too-many-errors", "erp", {"system": "erp", "wrong": 150, "count": 200}, NOW)
        assert not await closed_by_a_person(session, "too-many-errors", "erp")
    (row,) = await list_incidents(database)
    assert "hub system resume erp" in row.what.zh and "hub system resume erp" in row.what.en
    await resume_system(database, SETTINGS, "erp", by=BY, now=NOW)
    async with database.read() as session:
        assert await closed_by_a_person(session, "too-many-errors", "erp")
    assert await list_incidents(database) == []


async def test_an_incident_is_closed_once_with_a_reason(stopped: Database) -> None:
    (row,) = await list_incidents(stopped)
    assert "hub system resume erp" in row.what.en and row.concerns_name.en == "IT"
    with pytest.raises(ReasonNeeded):
        await close_incident(stopped, row.id, by=BY, reason="", now=NOW)
    closed = await close_incident(stopped, row.id, by=BY, reason="已换密码", now=NOW)
    assert (closed.closed_by, closed.reason) == (BY, "已换密码")
    with pytest.raises(NoSuchIncident):
        await close_incident(stopped, row.id, by=BY, reason="again", now=NOW)


async def test_status_and_metrics_count_what_is_open(stopped: Database, tmp_path: Path) -> None:
    await held_record(stopped, unknown())
    await held_event(stopped, person("refused"))
    bus = EmbeddedBus(tmp_path / "bus.db")
    await bus.start()
    await bus.declare(topics_for(["erp"], "embedded"))
    found = await status(stopped, bus, SETTINGS, GROUPS)
    numbers = await measure(stopped, bus, GROUPS)
    await bus.stop()
    assert [(loop.group, loop.messages) for loop in found.loops] == [("normalize", 0)]
    assert sum(int(str(row["count"])) for row in found.holds) == 2 and found.incidents == {2: 1}
    assert dict(numbers["loopline_hold_causes"]) == {("code",): 1, ("person",): 1}
    assert dict(numbers["loopline_incidents"]) == {("2",): 1}
