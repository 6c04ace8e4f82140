"""The hub's own process, as the demo starts, kills and restarts it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import httpx

READY_S = 60.0


class HubStartFailed(Exception):
    """The hub's process ended, or never became ready."""


class HubProcess:
    """The process of `command`; what it prints goes to `hub.log` beside the settings file."""

    def __init__(self, settings: Path, port: int, command: Sequence[str]) -> None:
        self.settings = settings
        self._command = (*command, str(settings))
        self._log = settings.parent / "hub.log"
        self.url = f"http://127.0.0.1:{port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises HubStartFailed with the end of its log."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
        await self._ready()

    async def _ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + READY_S
        async with httpx.AsyncClient(timeout=2.0) as client:
            while asyncio.get_running_loop().time() < deadline:
                if self._process is None or self._process.returncode is not None:
                    break
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/ready")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise HubStartFailed(self._log.read_text(encoding="utf-8", errors="replace")[-4000:])

    async def kill(self) -> None:
        """SIGKILL, as a power cut does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and wait; SIGKILL when it does not end within half a minute."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 30.0)
        except TimeoutError:
            await self.kill()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process is not None and self._process.returncode is None
