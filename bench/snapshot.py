"""The dictionary in memory at a million materials with three cross-references each: how large, how quick, how soon it follows.

The database is filled by one statement a table. A process of its own then does nothing but hold the snapshot; it tells its
memory, what loading took, what a look-up takes, and when it sees a change that this process has approved. SQLite always,
PostgreSQL too where a server is named.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

import hub.reporting.tables  # noqa: F401 - its tables belong to the database
from bench.figures import Figure, Result
from bench.holder import FOLLOWED
from bench.servers import Servers, empty_database
from hub.db import METADATA, Database
from master_data.cross_references import record_fact
from master_data.proposed import AddCrossReference
from master_data.seeds import load_units

COUNT = 1_000_000
SYSTEMS = {"crm": ("", "CP-", 7), "erp": ("P1", "01.02.", 8), "mes": ("P1", "W", 9)}
"""Of each system: in whose organisation it calls the codes so, and how its numbers look. None uses the shared code."""
NAMES = (
    ("内六角圆柱头螺钉", "Hexagon socket head cap screw"), ("深沟球轴承", "Deep groove ball bearing"),
    ("三相异步电动机", "Three-phase motor"), ("不锈钢无缝管", "Seamless stainless steel tube"), ("气动电磁阀", "Solenoid valve"),
    ("传动轴", "Drive shaft"), ("机座铸件", "Frame casting"), ("接近开关", "Proximity switch"), ("液压油缸", "Hydraulic cylinder"),
    ("包装纸箱", "Carton"),
)


async def run(servers: Servers | None = None, count: int = COUNT) -> Result:
    """SQLite, then PostgreSQL where there is a server."""
    with tempfile.TemporaryDirectory() as folder:
        figures = await _on("sqlite", f"sqlite:///{Path(folder) / 'state.db'}", count)
    if servers is not None and servers.db:
        async with empty_database(servers.db) as url:
            figures += await _on("postgresql", url, count)
    return Result("snapshot", figures, {"codes": count, "cross_references": 3 * count})


async def _on(name: str, url: str, count: int) -> list[Figure]:
    await fill(url, count)
    async with _holder(url, count) as holder:
        said = await _line(holder)
        seen = [await _followed(url, holder, number) for number in range(FOLLOWED)]
    return [
        Figure(f"{name}: memory of the process", said["resident_mb"], "MB", at_most=700.0),
        Figure(f"{name}: memory while loading", said["peak_mb"], "MB"),
        Figure(f"{name}: loaded in", said["load_s"], "s", at_most=20.0),
        Figure(f"{name}: loading, processor", said["load_cpu_s"], "s"),
        Figure(f"{name}: loading, longest time nobody else could run", said["held_up_ms"], "ms"),
        Figure(f"{name}: look-up, local → shared", said["to_shared_us"], "µs", at_most=2.0),
        Figure(f"{name}: look-up, shared → local", said["to_local_us"], "µs", at_most=2.0),
        Figure(f"{name}: follows a change, slowest of {FOLLOWED}", max(seen), "s", at_most=1.0),
    ]


async def fill(url: str, count: int) -> None:
    """Materials with names and attributes, and what three systems call them; made by the database itself."""
    db = Database.connect(url)
    async with db.write() as session:
        await session.run_sync(METADATA.create_all)
    await load_units(db)
    words = WORDS[db.dialect]
    async with db.write() as session:
        await session.execute(text(_codes(words, count)))
        for system in SYSTEMS:
            await session.execute(text(_references(words, count, system)))
        if db.dialect == "postgresql":
            await session.execute(text("analyze"))
    await db.close()


WORDS = {
    "sqlite": {"padded": "printf('%0{digits}d', n)", "json": "{json}", "now": "'2026-01-05 08:00:00.000000'"},
    "postgresql": {
        "padded": "lpad(cast(n as text), {digits}, '0')", "json": "cast({json} as json)", "now": "timestamptz '2026-01-05 08:00Z'",
    },
}
NUMBERS = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < {count})"


def _code(words: dict[str, str]) -> str:
    return "'M' || " + words["padded"].format(digits=8) + " || '-A'"


def _codes(words: dict[str, str], count: int) -> str:
    size = "' M' || (n % 97) || '×' || (n % 1009) || ' 8.8'"
    zh, en = (" ".join(f"when {at} then '{pair[which]}'" for at, pair in enumerate(NAMES)) for which in (0, 1))
    attributes = """'{"type": "raw", "base_unit": "H87", "spec": "M' || (n % 97) || '", "drawing": "D-' || n || '", "lot": true}'"""
    row = {
        "kind": "'material'", "code": _code(words), "folded": f"lower({_code(words)})", "name_zh": f"case n % 10 {zh} end || {size}",
        "name_en": f"case n % 10 {en} end || {size}", "organisations": words["json"].format(json="'[]'"),
        "attributes": words["json"].format(json=attributes), "status": "'active'", "version": "1", "changed_at": words["now"],
        "changed_by": "'bench'",
    }
    return _insert("codes", row, count)


def _references(words: dict[str, str], count: int, system: str) -> str:
    organisation, prefix, digits = SYSTEMS[system]
    row = {
        "kind": "'material'", "system": f"'{system}'", "organisation": f"'{organisation}'",
        "local_code": f"'{prefix}' || " + words["padded"].format(digits=digits), "code": _code(words), "preferred": "true",
        "state": "'usable'", "origin": "'seed'", "version": "1", "changed_at": words["now"], "changed_by": "'bench'",
    }
    return _insert("cross_references", row, count)


def _insert(table: str, row: dict[str, str], count: int) -> str:
    shown = ", ".join(row.values()).replace(":", "\\:")
    return f"insert into {table} ({', '.join(row)}) {NUMBERS.format(count=count)} select {shown} from numbers"


@asynccontextmanager
async def _holder(url: str, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that holds the snapshot of a database."""
    command = (sys.executable, "-m", "bench.holder", url, str(count))
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    return json.loads(await process.stdout.readline())


async def _followed(url: str, holder: asyncio.subprocess.Process, number: int) -> float:
    """Seconds from a change's commit here to its answer there."""
    db = Database.connect(url)
    fact = AddCrossReference(kind="material", system="new", local_code=f"N-{number}", code="M00000001-A", preferred=False)
    async with db.write() as session:
        await record_fact(session, fact, by="bench", at=datetime.now(UTC))
    committed = time.time()
    await db.close()
    return float(await _line(holder)) - committed
