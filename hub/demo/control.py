"""How another terminal reaches the demo that is running: a port on this machine, written down while it runs.

A scene is told as it happens, one JSON object a line: `say` is a sentence, `show` something to look at, `error` why it cannot be shown.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from hub.demo.run import Run
from hub.demo.scenes import Scene, SceneImpossible, Stage, begin, say
from hub.errors import ConfigError, HubError
from hub.sdk.simulation import serve
from hub.texts import Text

PATIENCE_S = 90.0
LOOK_S = 0.3


class NoDemoRunning(ConfigError):
    """No demo runs on this machine."""

    code = "no-demo-running"


class DemoEnded(ConfigError):
    """The demo ended in the middle of a scene."""

    code = "demo-ended"


def place() -> Path:
    """Where a running demo writes down its port."""
    return Path(tempfile.gettempdir()) / "loopline-demo.json"


@asynccontextmanager
async def listening(run: Run, language: str) -> AsyncIterator[None]:
    """Take calls for scenes while the block lasts."""
    plant = run.plant
    stage = Stage(plant.factory, plant.faults, lambda system: plant.sent[system].payloads, run.kill_wanted.set, str(run.hub.settings))

    async def play(request: Request) -> StreamingResponse:
        return StreamingResponse(_lines(request.path_params["name"], stage, language), media_type="application/x-ndjson")

    async with serve(Starlette(routes=[Route("/scenes/{name}", play, methods=["POST"])])) as url:
        written = json.dumps({"url": url})
        place().write_text(written, encoding="utf-8")
        try:
            yield
        finally:
            if place().exists() and place().read_text(encoding="utf-8") == written:    # another demo may have begun since
                place().unlink(missing_ok=True)


async def _lines(name: str, stage: Stage, language: str) -> AsyncIterator[bytes]:
    """The scene as lines of JSON, each when it is so far."""
    try:
        async for told in told_of(name, stage):
            shown = {"say": getattr(told, language)} if isinstance(told, Text) else {"show": told}
            yield json.dumps(shown, ensure_ascii=False).encode() + b"\n"
    except HubError as error:
        yield json.dumps({"error": error.text(language)}, ensure_ascii=False).encode() + b"\n"


async def told_of(name: str, stage: Stage) -> AsyncIterator[Text | Mapping[str, Any]]:
    """What to look at, at once; things to see side by side; then what was seen. Raises what `begin` raises.

    Where nothing suitable is going on, an order is placed, and the scene begins as soon as it can.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    try:
        scene = begin(name, stage)
    except SceneImpossible:
        yield say("scene-waits", order=stage.factory.order_now("plain"))
        scene = await _begun(name, stage, deadline)
    yield scene.look
    if scene.sides:
        yield scene.sides
    yield await _seen(scene, deadline + PATIENCE_S)


async def _begun(name: str, stage: Stage, deadline: float) -> Scene:
    """The scene, as soon as something suitable is going on. Raises SceneImpossible where that is not before the deadline."""
    while True:
        try:
            return begin(name, stage)
        except SceneImpossible:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(LOOK_S)


async def _seen(scene: Scene, deadline: float) -> Text:
    """Wait until it has all happened."""
    while asyncio.get_running_loop().time() < deadline:
        seen = scene.seen()
        if seen is not None:
            return seen
        await asyncio.sleep(LOOK_S)
    return say("scene-unseen")


def call(name: str) -> Iterator[Mapping[str, Any]]:
    """Ask the running demo for a scene: its lines, as they come. Raises NoDemoRunning, DemoEnded."""
    heard = False
    try:
        url = json.loads(place().read_text(encoding="utf-8"))["url"]
        with httpx.stream("POST", f"{url}/scenes/{name}", timeout=2 * PATIENCE_S) as answer:
            for line in answer.iter_lines():
                heard = True
                yield json.loads(line)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise (DemoEnded if heard else NoDemoRunning)() from error
