"""The breaker of one target: a slow or dead one pauses its own group and harms nobody else; rejected credentials stop it for good."""

from __future__ import annotations

import asyncio

import structlog

from hub.errors import ConfigError, CredentialsRejected, HubError, TransientError
from hub.incidents import close_incidents, open_incident
from hub.policy import pause_s, row_for
from hub.registry import Opened
from hub.runtime.road import Road
from hub.runtime.stopping import stop_system
from hub.storage.systems import resume_asked

log = structlog.get_logger(__name__)
RESUME_POLL_S = 1.0


class AccountSetDiffers(ConfigError):
    """The system is not the account set that is configured: nothing is written."""

    code = "account-set-differs"


class SystemStopped(TransientError):
    """Nothing is written to it before a person has resumed it: facts `system`, `what`."""

    code = "system-stopped"


class Breaker:
    """Closed: go on. Open: the group is paused until the next try. Stopped: until a person resumes the system."""

    def __init__(self, road: Road, opened: Opened, group: str) -> None:
        self._road, self._opened, self._group = road, opened, group
        self._failures = 0
        self._identified = False
        self._timer: asyncio.Task[None] | None = None
        self._told = self._stopped = False

    @property
    def open(self) -> bool:
        """Whether the target is being left alone just now."""
        return self._timer is not None and not self._timer.done()

    async def check(self) -> None:
        """Before the first write: is this the account set we were told? Raises TransientError, CredentialsRejected, AccountSetDiffers."""
        if self._identified:
            return
        await self._refuse_stopped()
        expected = self._opened.settings.account_set
        try:
            found = await self._opened.system.identity()
        except HubError as error:
            await self.failed(error)
            raise
        if expected and found != expected:
            differs = AccountSetDiffers(system=self._opened.name, found=found, expected=expected)
            await self._stop(differs)
            raise differs
        self._identified = True

    async def _refuse_stopped(self) -> None:
        """A system that was stopped stays so when the hub starts again, until a person resumes it."""
        async with self._road.db.read() as session:
            if await resume_asked(session, self._opened.name):
                return
        await self._leave_alone(self._wait_for_a_person())
        raise SystemStopped(system=self._opened.name, what=self._opened.name)

    async def good(self) -> None:
        """A batch went through: whatever was wrong is over."""
        self._failures = 0
        if self._told:
            self._told = False
            async with self._road.db.write() as session:
                await close_incidents(session, "target-unreachable", self._opened.name, self._road.now(), "hub")

    async def failed(self, error: BaseException) -> None:
        """A batch did not: pause as the policy says."""
        if isinstance(error, CredentialsRejected):
            await self._stop(error)
        elif isinstance(error, TransientError):
            await self._pause(error)

    async def _pause(self, error: TransientError) -> None:
        self._failures += 1
        row = row_for(error)
        assert row is not None
        pause = max(error.retry_after_s or 0.0, pause_s(row, self._failures))
        log.warning("target.paused", system=self._opened.name, code=error.code, failures=self._failures, pause_s=pause)
        if self._failures >= row.incident_after and not self._told:
            self._told = True
            async with self._road.db.write() as session:
                facts = {"system": self._opened.name, "what": error.facts.get("what", error.code)}
                await open_incident(session, row.incident, self._opened.name, facts, self._road.now())
        await self._leave_alone(self._wait(pause))

    async def _stop(self, error: HubError) -> None:
        """No login loops: the system stands still until a person has put in new credentials or settings."""
        await stop_system(self._road, self._opened.name, error)
        await self._leave_alone(self._wait_for_a_person())

    async def _leave_alone(self, waiting: object) -> None:
        await self._road.bus.pause(self._group, True)
        if self._timer and self.open:
            if self._stopped:
                waiting.close()  # type: ignore[attr-defined]
                return
            self._timer.cancel()
        self._timer = asyncio.create_task(waiting)  # type: ignore[arg-type]

    async def _wait(self, pause: float) -> None:
        await asyncio.sleep(pause)
        await self._road.bus.pause(self._group, False)

    async def _wait_for_a_person(self) -> None:
        self._stopped = True
        while True:
            await asyncio.sleep(RESUME_POLL_S)
            async with self._road.db.read() as session:
                if await resume_asked(session, self._opened.name):
                    break
        self._identified = self._stopped = False
        await self._road.bus.pause(self._group, False)

    def close(self) -> None:
        """Stop waiting."""
        if self._timer:
            self._timer.cancel()
