"""A workbook of 100,000 materials against a dictionary of as many: dry run, marked result, export; time and memory of each.

Every step is a process of its own, which tells its own peak: what another step took is not in it. The figures of the dry run are
asserted against what the workbook was made to hold, so that a fast one that finds nothing is no figure.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.figures import Figure, Result
from bench.servers import Servers
from hub.db import METADATA, Database
from master_data.exchange import tables as _tables  # noqa: F401 - its tables belong to the database
from master_data.exchange.checking import dry_run
from master_data.exchange.marking import mark
from master_data.exchange.writing import export_codes
from master_data.proposed import CreateCode
from master_data.seeds import load_units, take_over
from master_data.tables import codes, cross_references

ROWS, PAGE = 100_000, 5_000
SECONDS, MEGABYTES = 60, 500
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
HEADERS = (
    "物料编码 / Material code", "中文名称", "英文名称", "规格型号", "图号", "物料类别", "基本单位", "获取方式", "批号序列号管理", "可销售",
    "品牌", "材质", "保质期(天)", "本地编码 erp", "本地编码 mes",
)  # fmt: skip
FAULTS: Mapping[str, tuple[int, Any]] = {
    "bad code": (0, "m 1"), "no name": (1, None), "no such unit": (6, "QQQ"), "not a choice": (5, "metal"),
    "a date": (13, AT.replace(tzinfo=None)), "digits lost": (13, 1234567890123456789),
    "invisible": (13, "E\u200b1"), "not a number": (12, "三十"),
}  # fmt: skip
"""What is wrong in each 25th row, in turn: the column and what stands there."""
EVERY, NEW, CHANGED = 25, 10, 7


async def run(_servers: Servers | None = None, rows: int = ROWS) -> Result:
    """SQLite, as on a steward's own machine."""
    with tempfile.TemporaryDirectory() as name:
        await asyncio.to_thread(_step, "make", name, rows)
        told = {step: await asyncio.to_thread(_step, step, name, rows) for step in ("check", "mark", "export", "again")}
    figures = [figure for step, title in TITLES.items() for figure in _figures(title, told[step])]
    return Result("exchange", figures, {"rows": rows, "columns": len(HEADERS), "codes": rows, "refused": told["check"]["refused"]})


TITLES = {"check": "dry run", "mark": "dry run and marked result", "export": "export xlsx", "again": "dry run of the export"}


def _figures(title: str, told: Mapping[str, float]) -> Iterator[Figure]:
    bar = 2 * SECONDS if title == TITLES["mark"] else SECONDS
    yield Figure(title, told["seconds"], "s", at_most=bar)
    yield Figure(f"{title}, processor", told["cpu"], "s")
    yield Figure(f"{title}, peak memory", told["megabytes"], "MB", at_most=MEGABYTES)


def _step(step: str, folder: str, rows: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "bench.exchange", step, folder, str(rows)], check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


async def _make(db: Database, folder: Path, rows: int) -> dict[str, int]:
    async with db.write() as session:
        await session.run_sync(METADATA.create_all)
    await load_units(db)
    await take_over(db, [CreateCode(kind="organisation", code="P1", zh="一厂")], by="bench")
    async with db.write() as session:
        for start in range(0, rows, PAGE):
            await _fill(session, range(start, min(start + PAGE, rows)))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("物料")
    sheet.append(HEADERS)
    for number in range(rows):
        sheet.append(_row(number))
    book.save(folder / "materials.xlsx")
    return {}


async def _fill(session: AsyncConnection, numbers: range) -> None:
    stamp = {"version": 1, "changed_at": AT, "changed_by": "bench"}
    made = [_code(number) for number in numbers]
    await session.execute(insert(codes), [{**each, **stamp} for each in made])
    references = [
        {"kind": "material", "system": system, "organisation": "", "local_code": f"{system[0].upper()}{number:07d}", "code": _name(number),
         "preferred": True, "state": "usable", "origin": "seed", **stamp}
        for number in numbers
        for system in ("erp", "mes")
    ]  # fmt: skip
    await session.execute(insert(cross_references), references)


def _code(number: int) -> dict[str, Any]:
    cells = _cells(number)
    attributes = {
        "spec": cells[3], "drawing": cells[4], "type": cells[5], "base_unit": cells[6], "procurement": cells[7], "control": cells[8],
        "sellable": cells[9] == "Y", "brand": cells[10], "made_of": cells[11], "shelf_life_days": cells[12],
    }  # fmt: skip
    return {
        "kind": "material", "code": _name(number), "folded": _name(number).casefold(), "name_zh": cells[1], "name_en": cells[2],
        "organisations": [], "attributes": attributes, "status": "active", "statuses": {},
    }  # fmt: skip


def _name(number: int) -> str:
    return f"M-{number:07d}"


def _cells(number: int) -> list[Any]:
    """A row that changes nothing."""
    return [
        _name(number), f"六角螺栓 M{number % 40}×{number % 97}", f"Hexagon bolt {number}", f"M{number % 40}×{number % 97}-8.8",
        f"TH-{number:06d}", ("raw", "semi", "finished")[number % 3], ("H87", "KGM", "MTR")[number % 3], ("make", "buy")[number % 2], "lot",
        "YN"[number % 2],
        ("SKF", "NSK", "人本")[number % 3], "Q235B", 30 + number % 300, f"E{number:07d}", f"M{number:07d}",
    ]  # fmt: skip


def _row(number: int) -> list[Any]:
    cells = _cells(number)
    if number % EVERY == 0:
        column, value = list(FAULTS.values())[number // EVERY % len(FAULTS)]
        cells[column] = value
        if column == 1:
            cells[0] = f"X-{number:07d}"   # a name is missing only where the code is new
            cells[13:] = [None, None]
    elif number % NEW == 1:
        cells[0], cells[13:] = f"N-{number:07d}", [f"NE{number:07d}", f"NM{number:07d}"]
    elif number % CHANGED == 2:
        cells[1] += " 镀锌"
    return cells


async def _check(db: Database, folder: Path, rows: int) -> dict[str, int]:
    report = await dry_run(db, folder / "materials.xlsx", "material")
    assert report.rows == rows and report.refused == len(range(0, rows, EVERY)), report.verdicts
    return {"refused": report.refused}


async def _mark(db: Database, folder: Path, _rows: int) -> dict[str, int]:
    report = await dry_run(db, folder / "materials.xlsx", "material")
    mark(report, folder / "marked.xlsx")
    return {}


async def _export(db: Database, folder: Path, rows: int) -> dict[str, int]:
    assert await export_codes(db, "material", folder / "export.xlsx") == rows
    return {}


async def _again(db: Database, folder: Path, rows: int) -> dict[str, int]:
    report = await dry_run(db, folder / "export.xlsx", "material")
    assert report.verdicts["unchanged"] == rows, report.verdicts
    return {}


Step = Callable[[Database, Path, int], Awaitable[dict[str, int]]]
STEPS: Mapping[str, Step] = {"make": _make, "check": _check, "mark": _mark, "export": _export, "again": _again}


async def _alone(step: str, folder: str, rows: int) -> None:
    db = Database.connect(f"sqlite:///{Path(folder) / 'state.db'}")
    begun = time.perf_counter()
    told = await STEPS[step](db, Path(folder), rows)
    seconds = time.perf_counter() - begun
    await db.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({**told, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}))


if __name__ == "__main__":
    asyncio.run(_alone(sys.argv[1], sys.argv[2], int(sys.argv[3])))
