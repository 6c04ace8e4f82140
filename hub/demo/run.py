"""`hub demo` from beginning to end: the plant, the hub's process, the stand-ins, kills on the way, the end, and the proof."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from hub.bus.base import Bus
from hub.db import Database
from hub.demo.factory import answers
from hub.demo.management import plant_figures
from hub.demo.people import DeskService, DictionaryService
from hub.demo.plant import Plant, free_port, open_plant, write_settings
from hub.demo.process import HubProcess
from hub.demo.proof import Proof, prove
from hub.demo.screen import Pulse
from hub.demo.standins import Approver, Operator, Patience, Steward
from hub.errors import HubError
from hub.reporting.figures import Figure
from hub.sdk import Connector
from hub.storage.tables import deliveries, documents, holds, outbox

log = structlog.get_logger(__name__)

STEP_S = 0.05
PEOPLE_S = 0.4
PULSE_S = 0.5
QUIET_S = 3.0
STILL = 4
"""So many looks in a row must find nothing open before the run counts as done."""
SLOW_START_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `hub demo` was asked for. `limit_s`: give up then. `bus` and `database`: the cluster profile's servers."""

    orders: int = 40
    seed: int = 7
    pace: float = 3600.0
    kill: int = 0
    limit_s: float = 600.0
    bus: str = ""
    database: str = ""
    folder: Path = field(default_factory=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the demo is given by the wiring: how to look into the hub's own state."""

    command: Sequence[str]
    """What starts the hub's process; the settings file is added to it."""
    installed: Mapping[str, Connector]
    open_database: Callable[[Path], Database]
    open_bus: Callable[[Path], Bus]
    topics: Callable[[Path], Mapping[str, Sequence[str]]]


@dataclass(slots=True)
class Run:
    """A run that is going on; what the screen and the scenes look at."""

    options: Options
    plant: Plant
    hub: HubProcess
    db: Database
    bus: Bus
    groups: Mapping[str, Sequence[str]]
    began: float = field(default_factory=time.monotonic)
    pulse: Pulse = field(default_factory=Pulse)
    restarts: int = 0
    open_names: list[str] = field(default_factory=list)
    still: int = 0
    kill_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a scene: the hub is killed at once, and started again."""

    @property
    def seconds(self) -> float:
        """Real seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Sources read, nothing under way, nothing held, for some looks in a row."""
        return self.still >= STILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended: the proof, the figures for `--json` and for management, and what was still open when the limit came."""

    proof: Proof
    management: Sequence[Figure]
    figures: Mapping[str, Any]
    still_open: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Nothing lost, doubled, out of order, left open or out of bounds."""
        return self.proof.is_clean and not self.figures["open_holds"] and not self.still_open


Watch = Callable[[Run], Awaitable[None]]


@asynccontextmanager
async def open_run(options: Options, outside: Outside) -> AsyncIterator[Run]:
    """The plant and the hub's process, started; ended with the block."""
    async with AsyncExitStack() as stack:
        plant = await stack.enter_async_context(
            open_plant(outside.installed, orders=options.orders, seed_number=options.seed, pace=options.pace)
        )
        port = free_port()
        settings = write_settings(options.folder, plant, {"port": port, "tick_s": 0.1, "sweep_s": 5.0, **_cluster(options)})
        hub = HubProcess(settings, port, outside.command)
        stack.push_async_callback(hub.stop)
        await hub.start()
        plant.connect_webhooks(hub.url)
        db, bus = outside.open_database(settings), outside.open_bus(settings)
        stack.push_async_callback(db.close)
        await bus.start()
        stack.push_async_callback(bus.stop)
        yield Run(options=options, plant=plant, hub=hub, db=db, bus=bus, groups=outside.topics(settings))


def _cluster(options: Options) -> dict[str, Any]:
    if not options.bus:
        return {}
    prefix = f"demo-{random.SystemRandom().randrange(16**8):08x}."
    servers = options.bus.removeprefix("kafka://")
    return {"profile": "cluster", "database": options.database, "partitions": 2, "bus": {"servers": servers, "prefix": prefix}}


async def live(run: Run, watch: Watch) -> None:
    """Everything that goes on while it runs; returns when it is over, or at the limit. `watch` is called a few times a second."""
    chores = (_business(run), _people(run), _looking(run, watch), _killing(run))
    tasks = [asyncio.create_task(chore) for chore in chores]
    try:
        while not run.is_over and run.seconds < run.options.limit_s:
            done, _ = await asyncio.wait(tasks, timeout=0.1, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _business(run: Run) -> None:
    while True:
        run.plant.factory.step()
        await asyncio.sleep(STEP_S)


async def _people(run: Run) -> None:
    """The steward, the one who approves, the operator; a hub that is just being restarted makes them try again."""
    dictionary, desk = DictionaryService(run.db), DeskService(run.db, run.plant.cards)
    people = (
        Steward(dictionary, answers(), Patience(0.8)), Approver(dictionary, Patience(0.5)),
        Operator(desk, run.plant.factory.slips, Patience(1.5)),
    )
    while True:
        for person in people:
            try:
                await person.work()
            except (HubError, SQLAlchemyError) as error:
                log.warning("standin.failed", person=type(person).__name__, error=str(error)[:200])
        await asyncio.sleep(PEOPLE_S)


async def _looking(run: Run, watch: Watch) -> None:
    while True:
        await look(run)
        await watch(run)
        await asyncio.sleep(PULSE_S)


async def look(run: Run) -> None:
    """Read the hub's pulse: what is held, what is under way, how far behind it is."""
    factory = run.plant.factory
    try:
        held, under_way = await _counts(run.db)
        lag = sum([row.messages for group, topics in run.groups.items() for row in await run.bus.lag(group, topics)])
    except (HubError, SQLAlchemyError, OSError):
        run.still = 0
        return
    run.pulse = Pulse(held, lag, run.plant.struck())
    business = factory.open_business()
    run.open_names = [f"{system} {name}" for system, names in business.items() for name in names]
    quiet = factory.finished() and factory.quiet_for_s() > QUIET_S
    run.still = run.still + 1 if quiet and not held and not under_way and not lag else 0


async def _counts(db: Database) -> tuple[int, int]:
    """Open holds; and what is under way: open deliveries, documents to look at again, messages to relay."""
    async with db.read() as session:
        held = await _count(session, select(func.count()).select_from(holds).where(holds.c.state != "closed"))
        writing = select(func.count()).select_from(deliveries).where(deliveries.c.state.in_(("writing", "in_doubt", "settled")))
        doubtful = select(func.count()).select_from(documents).where(documents.c.verify_at.is_not(None), documents.c.usable.is_(True))
        waiting = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
        return held, sum([await _count(session, statement) for statement in (writing, doubtful, waiting)])


async def _count(session: Any, statement: Any) -> int:
    return int((await session.execute(statement)).scalar_one())


async def _killing(run: Run) -> None:
    """SIGKILL at random moments while orders are on their way, and when a scene asks for it; each time a new start."""
    dice = random.Random(run.options.seed)
    # spread over the time in which orders are placed and made
    first, last = SLOW_START_S, SLOW_START_S + 20 + run.options.orders * 0.35
    moments = sorted(dice.uniform(first, last) for _ in range(run.options.kill))
    while True:
        if run.kill_wanted.is_set() or (moments and moments[0] <= run.seconds):
            moments = moments if run.kill_wanted.is_set() else moments[1:]
            run.kill_wanted.clear()
            await run.hub.kill()
            run.restarts += 1
        if not run.hub.is_running:
            await run.hub.start()     # raises with its log when it cannot
        await asyncio.sleep(STEP_S)


async def outcome(run: Run) -> Outcome:
    """The proof from the three books, and the figures."""
    plant = run.plant
    proof = prove(plant.books, plant.factory.codes, plant.sent["mes"].payloads)
    figures = {
        **proof.figures(), "open_holds": run.pulse.holds, "faults": run.plant.struck(), "restarts": run.restarts,
        "seconds": round(run.seconds, 1),
    }
    management = await plant_figures(run.db)
    return Outcome(proof=proof, management=management, figures=figures, still_open=() if run.is_over else _left_open(run))


def _left_open(run: Run) -> list[str]:
    named = [*run.open_names]
    if run.pulse.holds:
        named.append(f"holds {run.pulse.holds}")
    if run.pulse.lag:
        named.append(f"lag {run.pulse.lag}")
    return named or ["not settled"]
