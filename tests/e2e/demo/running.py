"""`hub demo` run headless as its user runs it, and what it wrote."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

ZEROS = ("lost", "duplicated", "out_of_order", "boundary_breaches", "open_holds")


class Ended(NamedTuple):
    """Exit status, the figures of `--json`, and what was printed."""

    status: int
    figures: dict[str, Any]
    printed: str


async def run_demo(folder: Path, *arguments: str) -> Ended:
    """Run it to its end; its state and log stay in `folder`."""
    result = folder / "out.json"
    options = ("--headless", "--language", "en", "--json", str(result), "--folder", str(folder))
    command = (sys.executable, "-m", "hub.cli.main", "demo", *options)
    process = await asyncio.create_subprocess_exec(
        *command, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    figures = json.loads(result.read_text(encoding="utf-8")) if result.is_file() else {}
    return Ended(process.returncode or 0, figures, printed.decode("utf-8", "replace"))
