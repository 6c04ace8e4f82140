"""Signing in: signed headers, one shared login, its loss, and credentials that are refused once."""

from __future__ import annotations

import asyncio

import pytest

from connectors.kingdee import KingdeeSystem
from connectors.kingdee.simulator import ACCT_ID
from hub.sdk import ConfigError, CredentialsRejected, TransientError
from hub.sdk.simulation import Fault
from tests.connectors.kingdee.builders import make_order
from tests.connectors.kingdee.conftest import Plant


async def ask(system: KingdeeSystem) -> None:
    assert system.source is not None
    await system.source.fetch("PRD_MO", "100", "MO-1")


async def test_the_identity_is_the_account_sets_name(plant: Plant) -> None:
    assert await (await plant.open()).identity() == "泵业制造"


async def test_an_account_set_that_the_server_does_not_know_is_a_setting_to_mend(plant: Plant) -> None:
    with pytest.raises(ConfigError):
        await (await plant.open(acct_id="no")).identity()


async def test_signed_calls_need_no_login(plant: Plant) -> None:
    await ask(await plant.open())
    assert plant.simulator.logins == 0


async def test_one_login_serves_all_tasks(plant: Plant) -> None:
    system = await plant.open(mode="session")
    await asyncio.gather(*(ask(system) for _ in range(20)))
    assert plant.simulator.logins == 1


async def test_a_lost_session_is_renewed_once_for_all(plant: Plant) -> None:
    system = await plant.open(mode="session", login_pause_s=0)
    await ask(system)
    plant.simulator.end_sessions()
    await asyncio.gather(*(ask(system) for _ in range(20)))
    assert plant.simulator.logins == 2


@pytest.mark.parametrize("mode", ["signed", "session"])
async def test_a_write_whose_session_dies_is_done_once(plant: Plant, mode: str) -> None:
    system = await plant.open(mode=mode, login_pause_s=0)
    assert system.sink is not None
    plant.faults.force(Fault.SESSION_DIES)
    await system.sink.write(make_order("save"))
    assert len(plant.books.entries("sales_order")) == 1


async def test_a_session_lost_right_after_a_login_is_no_login_storm(plant: Plant) -> None:
    system = await plant.open(mode="session", login_pause_s=60)
    await ask(system)
    plant.simulator.end_sessions()
    for _ in range(5):
        with pytest.raises(TransientError) as lost:
            await ask(system)
        assert lost.value.retry_after_s is not None and lost.value.retry_after_s > 50
    assert plant.simulator.logins == 1


@pytest.mark.parametrize("mode", ["signed", "session"])
async def test_refused_credentials_are_not_tried_again(plant: Plant, mode: str) -> None:
    system = await plant.open(mode=mode, app_secret="wrong")
    for _ in range(3):
        with pytest.raises(CredentialsRejected):
            await ask(system)
    assert plant.simulator.logins == (1 if mode == "session" else 0)
    assert len(plant.simulator.calls) == (0 if mode == "session" else 1)


async def test_the_login_ends_with_a_logout(plant: Plant) -> None:
    system = await plant.open(mode="session")
    await ask(system)
    await system.close()
    assert plant.simulator._sessions == {}


async def test_no_secret_shows_in_the_settings(plant: Plant) -> None:
    from connectors.kingdee.config import Settings

    shown = repr(Settings.model_validate(plant.simulator.settings(plant.url)))
    assert "0123456789abcdef" not in shown and ACCT_ID in shown
