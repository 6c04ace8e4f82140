"""How another terminal reaches the demo that is running: a port on this machine, written down while it runs."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.demo.run import Run
from hub.demo.scenes import Payloads, Scene, Stage, begin
from hub.errors import ConfigError, HubError
from hub.sdk.simulation import serve

PATIENCE_S = 90.0
LOOK_S = 0.3


class NoDemoRunning(ConfigError):
    """No demo runs on this machine."""

    code = "no-demo-running"


def place() -> Path:
    """Where a running demo writes down its port."""
    return Path(tempfile.gettempdir()) / "loopline-demo.json"


@asynccontextmanager
async def listening(run: Run, language: str) -> AsyncIterator[None]:
    """Take calls for scenes while the block lasts."""
    stage = Stage(run.plant.factory, run.plant.faults, lambda system: run.plant.sent[system].payloads)

    async def play(request: Request) -> JSONResponse:
        try:
            scene = begin(request.path_params["name"], stage)
        except HubError as error:
            return JSONResponse({"error": error.text(language)}, 409)
        return JSONResponse({"look": getattr(scene.look, language), "seen": await _seen(scene, language), "sides": _sides(scene)})

    async with serve(Starlette(routes=[Route("/scenes/{name}", play, methods=["POST"])])) as url:
        place().write_text(json.dumps({"url": url}), encoding="utf-8")
        try:
            yield
        finally:
            place().unlink(missing_ok=True)


async def _seen(scene: Scene, language: str) -> str:
    """Wait until it has all happened."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < deadline:
        seen = scene.seen()
        if seen is not None:
            return str(getattr(seen, language))
        await asyncio.sleep(LOOK_S)
    return ""


def _sides(scene: Scene) -> dict[str, Any]:
    return scene.sides if isinstance(scene, Payloads) else {}


def call(name: str) -> Iterator[str]:
    """Ask the running demo for a scene; what to look at, and what was seen. Raises NoDemoRunning."""
    try:
        url = json.loads(place().read_text(encoding="utf-8"))["url"]
        answer = httpx.post(f"{url}/scenes/{name}", timeout=PATIENCE_S + 10).json()
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise NoDemoRunning() from error
    yield answer.get("error") or answer["look"]
    if answer.get("sides"):
        yield json.dumps(answer["sides"], ensure_ascii=False, indent=2)
    if answer.get("seen"):
        yield answer["seen"]
