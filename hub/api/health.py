"""`/live`, `/ready`, `/metrics`: for whoever watches the process. No token: no names, no contents."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text

from hub.api.served import served
from hub.bus.topics import DELIVERIES
from hub.observability.health import Ask, ready
from hub.observability.metrics import CONTENT_TYPE, exposition
from hub.runtime.road import Road
from hub.services.status import groups, measure

router = APIRouter(tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/ready")
async def is_ready(request: Request) -> JSONResponse:
    """Database, bus and dictionary answer; 503 names those that do not."""
    wrong = await ready(_parts(served(request).road))
    return JSONResponse({"status": "not ready" if wrong else "ready", "wrong": wrong}, 503 if wrong else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text format."""
    road = served(request).road
    sinks = [name for name, opened in road.systems.items() if opened.system.sink is not None]
    numbers = await measure(road.db, road.bus, groups(road.rules, sinks))
    here = {
        "loopline_webhooks_total": request.app.state.webhooks.samples(),
        "loopline_snapshot_age_seconds": [((), road.follower.age_s)],
    }
    return Response(exposition({**numbers, **here}), media_type=CONTENT_TYPE)


def _parts(road: Road) -> dict[str, Ask]:
    async def database() -> None:
        async with road.db.read() as session:
            await session.execute(text("select 1"))

    async def bus() -> None:
        await road.bus.lag("project", [DELIVERIES])

    async def dictionary() -> None:
        _ = road.follower.snapshot      # raises DictionaryStale

    return {"database": database, "bus": bus, "dictionary": dictionary}
