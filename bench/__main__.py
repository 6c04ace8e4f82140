"""The command line: one bench or all of them, a table, JSON; exit status 1 where a bar does not hold."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bench import embedded, exchange, latency, matching, memory, normalize, release, snapshot
from bench.figures import Result, show, write
from bench.servers import Servers, running

BENCHES: dict[str, Callable[[Servers], Awaitable[Result]]] = {
    "normalize": normalize.run,
    "embedded": embedded.run,
    "latency": latency.run,
    "memory": memory.run,
    "release": release.run,
    "matching": matching.run,
    "exchange": exchange.run,
    "snapshot": snapshot.run,
}
NEED_SERVERS = {"normalize", "snapshot"}


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The speeds of Loopline, and their bars.")
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="one bench; all of them if left out")
    parser.add_argument("--bus", default="", help="kafka://host:port; a broker is started if left out")
    parser.add_argument("--db", default="", help="postgresql+asyncpg://user@host:port/name; a server is started if left out")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    results = _run([options.name] if options.name else list(BENCHES), options.bus, options.db)
    show(results)
    if options.json:
        write(results, options.json)
    return 0 if all(result.holds for result in results) else 1


def _run(names: list[str], bus: str, db: str) -> list[Result]:
    without = Servers("", "")
    results = {name: asyncio.run(BENCHES[name](without)) for name in names if name not in NEED_SERVERS}
    if NEED_SERVERS & set(names):
        with running(bus, db) as servers:
            results |= {name: asyncio.run(BENCHES[name](servers)) for name in names if name in NEED_SERVERS}
    return [results[name] for name in names]


if __name__ == "__main__":
    sys.exit(main())
