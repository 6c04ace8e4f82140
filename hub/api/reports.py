"""`/api/v1/journeys`, `/reports`, `/messages`, `/status`: where an order line is, the figures, every step of a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request

from hub.api.served import language, now, served
from hub.reporting import printing
from hub.services import journeys, messages, reports, status
from hub.services.plain import plain

router = APIRouter(tags=["reports"])


@router.get("/journeys/{number:path}")
async def find_journeys(request: Request, number: str) -> Any:
    """The journeys of every order line that a number leads to."""
    return [printing.journey(one, language(request)) for one in await journeys.find_journeys(served(request).road.db, number)]


@router.get("/reports")
async def report(
    request: Request, begins: datetime | None = None, ends: datetime | None = None, organisation: str = "", zone: str = "Asia/Shanghai"
) -> Any:
    """Every figure of a period, and what cannot be right in the facts."""
    road, spoken = served(request).road, language(request)
    calendars = road.settings.calendars
    period = reports.period(begins, ends, now=now(request), zone=zone, organisation=organisation, calendars=calendars)
    return {
        "figures": [printing.figure(one, spoken) for one in await reports.report(road.db, period)],
        "findings": [printing.finding(one, spoken) for one in await reports.doubts(road.db, organisation)],
    }


@router.get("/messages")
async def find_messages(request: Request, number: str) -> Any:
    """Everything about a number: documents in each system, and the steps of its messages."""
    return plain(await messages.find_messages(served(request).road.db, number))


@router.get("/messages/{id}")
async def show_message(request: Request, id: str) -> Any:
    """One message of the archive, whole."""
    found = await messages.show_message(served(request).road.db, id)
    return {"id": found.id, "kind": found.kind, "headers": found.headers, "content": messages.content(found)}


@router.get("/status")
async def how_it_stands(request: Request) -> Any:
    """Lag of every loop, held rows, incidents, systems, cursors."""
    road = served(request).road
    sinks = [name for name, opened in road.systems.items() if opened.system.sink is not None]
    return plain(await status.status(road.db, road.bus, road.settings, status.groups(road.rules, sinks)))
