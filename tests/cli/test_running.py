"""`hub run` as a process of its own: it answers, and SIGTERM ends it well."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import httpx
import pytest

from hub.cli.running import until


async def test_a_running_hub_answers_and_stops_when_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "loopline.yaml"
    file.write_text("port: 0\n", encoding="utf-8")
    words = ("-m", "hub.cli.main", "run", "--log", "json", "--config", str(file))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        started = await event(process.stderr, "hub.started")
        async with httpx.AsyncClient(base_url=started["address"]) as client:
            assert (await client.get("/live")).status_code == 200
            assert (await client.get("/ready")).status_code == 200
            assert (await client.get("/api/v1/holds")).status_code == 403
        process.send_signal(signal.SIGTERM)
        await event(process.stderr, "hub.stopped")
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def event(stream: asyncio.StreamReader, name: str) -> dict[str, str]:
    """The log's next line of this name."""
    async for line in stream:
        found: dict[str, str] = json.loads(line) if line.startswith(b"{") else {}
        if found.get("event") == name:
            return found
    raise AssertionError(f"the process ended without {name}")


async def test_what_the_work_raises_is_not_hidden() -> None:
    async def fails() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await until(asyncio.Event(), fails())


async def test_work_is_ended_before_it_is_left() -> None:
    ended = []

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    told = asyncio.Event()
    told.set()
    await until(told, works())
    assert ended == [True]
