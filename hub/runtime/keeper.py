"""Housekeeping under its lease: the sweep, the second look at documents, records fetched before anyone is asked, the day's figures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.bus.base import Lost
from hub.errors import CredentialsRejected, HubError
from hub.policy import pause_s, row_for
from hub.recovery.cycles import find_cycles
from hub.recovery.housekeeping import fetch_missing, look_again, sweep_holds
from hub.runtime.intake import Intake
from hub.runtime.leased import Leased
from hub.runtime.road import Road
from hub.runtime.stopping import stop_system
from hub.storage.causes import Cause
from hub.storage.repeats import KEPT_FOR, forget_before
from master_data.exchange.applying import resume_import
from master_data.exchange.batches import unfinished
from master_data.plant import kinds_in_force
from master_data.quality.scorecard import Asked, has_day, remember, scorecard

log = structlog.get_logger(__name__)
LOOK_S = 1.0
FETCH_S = 2.0
TIDY_S = 600.0


class Keeper:
    """One process at a time keeps house; the work is harmless when done twice."""

    def __init__(self, road: Road, intakes: Mapping[str, Intake]) -> None:
        self._road = road
        self._intakes = intakes
        self._leased = Leased(road, "housekeeping")
        self._asked: dict[Cause, int] = {}
        self._failures: dict[str, int] = {}
        self._rest_until: dict[str, datetime] = {}

    async def run(self) -> None:
        """Until cancelled: each chore at its own pace."""
        async with asyncio.TaskGroup() as group:
            chores = ((self._sweep, self._road.settings.sweep_s), (self._look, LOOK_S), (self._fetch, FETCH_S), (self._tidy, TIDY_S))
            for chore, every_s in chores:
                group.create_task(self._again_and_again(chore, every_s))

    async def _again_and_again(self, chore: object, every_s: float) -> None:
        while True:
            try:
                if await self._leased.mine():
                    await chore()  # type: ignore[operator]
            except Lost:
                self._leased.forget()
            except (HubError, SQLAlchemyError, OSError) as error:
                log.warning("chore.failed", error=str(error)[:300])
            await asyncio.sleep(every_s)

    async def _sweep(self) -> None:
        count = await sweep_holds(self._road.db)
        if count:
            log.info("holds.swept", ready=count)
        await find_cycles(self._road.db, self._road.now())

    async def _look(self) -> None:
        await asyncio.gather(*(self._look_at(name) for name in self._road.systems))

    async def _look_at(self, name: str) -> None:
        """One system that does not answer is left alone for a while; the others are looked at all the same."""
        now = self._road.now()
        if now < self._rest_until.get(name, now):
            return
        try:
            await look_again(self._road.db, self._road.systems[name], now)
            self._failures.pop(name, None)
        except CredentialsRejected as error:
            await stop_system(self._road, name, error)
        except HubError as error:
            policy = row_for(error)
            self._failures[name] = self._failures.get(name, 0) + 1
            self._rest_until[name] = now + timedelta(seconds=pause_s(policy, self._failures[name]) if policy else FETCH_S)

    async def _fetch(self) -> None:
        await fetch_missing(self._road.db, self._road.rules, self._ask_owner, self._asked)

    async def _tidy(self) -> None:
        """Keys of the API that may be used again, imports that a kill interrupted, and once a day the scorecard."""
        now, db = self._road.now(), self._road.db
        async with db.write() as session:
            await forget_before(session, now - KEPT_FOR)
        async with db.read() as session:
            interrupted = await unfinished(session)
        for number in interrupted:
            await resume_import(db, number)
        if not await has_day(db, now.date()):
            await remember(db, now.date(), await scorecard(db, Asked(kinds_in_force(), now - timedelta(days=1))))

    async def _ask_owner(self, system: str, form: str, organisation: str, key: str) -> bool:
        intake = self._intakes.get(system)
        if intake is not None and await intake.stopped():
            return False
        return intake is not None and await intake.fetch(form, organisation, key)
