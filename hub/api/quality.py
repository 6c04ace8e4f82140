"""`/api/v1/quality`: the scorecard of the dictionary, the rows behind a figure, its trend."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request

from hub.api.served import now, served
from hub.services import quality
from hub.services.plain import plain

router = APIRouter(tags=["dictionary"])


@router.get("/quality")
async def scorecard(request: Request, kind: str = "", figure: str = "") -> Any:
    """Every figure with its target, by kind, system and steward."""
    return plain(await quality.quality(served(request).road.db, now=now(request), kind=kind, figure=figure))


@router.get("/quality/{figure}/rows")
async def rows(request: Request, figure: str, kind: str = "", system: str = "", steward: str = "", after: str = "", limit: int = 50) -> Any:
    """The rows that spoil a figure, in order of key; go on after the last key."""
    return plain(await quality.rows(
        served(request).road.db, figure, kind=kind, system=system, steward=steward, now=now(request), after=after, limit=min(limit, 500)
    ))  # fmt: skip


@router.get("/quality/{figure}/trend")
async def trend(request: Request, figure: str, since: date, kind: str = "", system: str = "", steward: str = "") -> Any:
    """The figure day by day."""
    found = await quality.trend(served(request).road.db, figure, kind=kind, system=system, steward=steward, since=since)
    return [{"day": day.isoformat(), **plain(one)} for day, one in found]
