"""`hub run` as a process of its own, over a folder with its settings; what it prints goes to `hub.log` there."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

READY_S = 60.0


@dataclass(frozen=True, slots=True)
class HubProcess:
    """A running hub: where it listens, and its process."""

    url: str
    process: psutil.Process

    def resident_mib(self) -> float:
        """The memory it holds now."""
        return float(self.process.memory_info().rss) / 2**20

    def processor_s(self) -> float:
        """The processor time that it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def hub_process(folder: Path, systems: Mapping[str, Any], dictionary: Mapping[str, Any]) -> AsyncIterator[HubProcess]:
    """Write settings and dictionary, start it, wait until it is ready; it ends with the block. Raises RuntimeError with its log."""
    port = _free_port()
    (folder / "dictionary.yaml").write_text(yaml.safe_dump(dict(dictionary), allow_unicode=True), encoding="utf-8")
    settings = {"folder": "data", "seeds": ["dictionary.yaml"], "port": port, "language": "en", "systems": dict(systems)}
    (folder / "loopline.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    command = (sys.executable, "-m", "hub.cli.main", "run", "--config", str(folder / "loopline.yaml"), "--level", "error")
    with (folder / "hub.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        await _ready(f"http://127.0.0.1:{port}/ready", process, folder / "hub.log")
        yield HubProcess(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_S
    async with httpx.AsyncClient(timeout=2.0) as client:
        while process.returncode is None and asyncio.get_running_loop().time() < deadline:
            with suppress(httpx.HTTPError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-3000:])  # noqa: ASYNC240 - nothing else runs any more


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
