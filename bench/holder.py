"""A process that holds the dictionary's snapshot and nothing else: what `bench.snapshot` measures.

It prints what it is like as one line of JSON, then the time at which it sees each change.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence

import psutil

from hub.db import Database
from master_data.follower import Follower
from master_data.snapshot import Snapshot

LOOKUPS, ROUNDS, FOLLOWED = 200_000, 3, 10


async def hold(url: str, count: int) -> None:
    """Load, tell, follow; `count`: how many materials there are."""
    db, process = Database.connect(url), psutil.Process()
    beat = asyncio.create_task(_beat())
    began, used = time.perf_counter(), time.process_time()
    async with Follower(db) as follower:
        said = {"load_s": time.perf_counter() - began, "load_cpu_s": time.process_time() - used, "held_up_ms": 1000 * LATE[0]}
        beat.cancel()
        said |= {"resident_mb": process.memory_info().rss / 1e6, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}
        print(json.dumps(said | _timed(follower.snapshot, count)), flush=True)
        for number in range(FOLLOWED):
            while follower.snapshot.to_shared("material", "new", "P1", f"N-{number}") is None:  # noqa: ASYNC110 - a bench
                await asyncio.sleep(0.005)
            print(time.time(), flush=True)
    await db.close()


LATE = [0.0]
"""How late the event loop was at most, in seconds."""


async def _beat() -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        LATE[0] = max(LATE[0], time.perf_counter() - began - 0.001)


def _timed(snapshot: Snapshot, count: int) -> dict[str, float]:
    """Microseconds a look-up, over codes drawn at random, in the best of some rounds; every answer is checked."""
    pairs = [(f"01.02.{number:08d}", f"M{number:08d}-A") for number in (random.randint(1, count) for _ in range(LOOKUPS))]
    for local, code in pairs:
        own = snapshot.to_local("material", "erp", "P1", code)
        if snapshot.to_shared("material", "erp", "P1", local) != code or own is None or own.local != local:
            raise RuntimeError(f"the snapshot answers wrongly for {code}")
    locals_, codes = zip(*pairs)
    sides = (("to_shared_us", snapshot.to_shared, locals_), ("to_local_us", snapshot.to_local, codes))
    return {name: min(_each_us(ask, texts) for _ in range(ROUNDS)) for name, ask, texts in sides}


def _each_us(ask: Callable[[str, str, str, str], object], texts: Sequence[str]) -> float:
    began = time.perf_counter()
    for one in texts:
        ask("material", "erp", "P1", one)
    return 1e6 * (time.perf_counter() - began) / len(texts)


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], int(sys.argv[2])))
