"""`hub demo` run headless as its user runs it, and what it wrote."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

RESULT = "out.json"
ZEROS = ("lost", "duplicated", "out_of_order", "boundary_breaches", "open_holds")


class Ended(NamedTuple):
    """Exit status, the figures of `--json`, and what was printed."""

    status: int
    figures: dict[str, Any]
    printed: str


async def start_demo(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """Its state, log and result stay in `folder`."""
    options = ("--headless", "--language", "en", "--json", str(folder / RESULT), "--folder", str(folder))
    command = (sys.executable, "-m", "hub.cli.main", "demo", *options)
    return await asyncio.create_subprocess_exec(
        *command, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


def started_at(folder: Path) -> int:
    """The port of its hub, once that has started; until then 0."""
    log = folder / "hub.log"
    found = re.search(r"hub\.started.*127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8")) if log.is_file() else None
    return int(found[1]) if found else 0


async def run_demo(folder: Path, *arguments: str) -> Ended:
    """Run it to its end."""
    process, result = await start_demo(folder, *arguments), folder / RESULT
    printed, _ = await process.communicate()
    figures = json.loads(result.read_text(encoding="utf-8")) if result.is_file() else {}
    return Ended(process.returncode or 0, figures, printed.decode("utf-8", "replace"))
