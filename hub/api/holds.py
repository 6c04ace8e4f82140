"""`/api/v1/holds`, `/incidents`, `/systems`: what waits, what a person must act on, and their word about it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from hub.api.idempotency import OnceOnly
from hub.api.served import language, now, served
from hub.services import corrections, holds, incidents, systems
from hub.services.plain import plain

router = APIRouter(tags=["holds"], route_class=OnceOnly)


class Word(BaseModel):
    """Who says so, and why."""

    model_config = ConfigDict(extra="forbid")

    by: str
    reason: str = ""


class Correction(Word):
    """A corrected record, in the vendor's own words."""

    payload: dict[str, Any]


@router.get("/holds")
async def list_holds(
    request: Request, system: str = "", concerns: str = "", state: str = "", entity: str = "", after: int = 0, limit: int = 100
) -> Any:
    """The held messages in order of arrival; go on after the last `id`."""
    found = await holds.list_holds(
        served(request).road.db, system=system, concerns=concerns, state=state, entity=entity, after=after, limit=min(limit, 500)
    )
    return plain(found)


@router.get("/holds/{hold}")
async def show_hold(request: Request, hold: int) -> Any:
    """One, with its message and what hangs on it."""
    return plain(await holds.show_hold(served(request).road.db, hold))


@router.get("/holds/{hold}/text")
async def copy_text(request: Request, hold: int) -> Any:
    """A text for a chat group (复制说明)."""
    return {"text": await holds.copy_text(served(request).road.db, hold, language(request))}


@router.post("/holds/{hold}/release")
async def release(request: Request, hold: int, word: Word) -> Any:
    """Try it again now."""
    return plain(await holds.release_hold(served(request).road.db, hold, by=word.by))


@router.post("/holds/{hold}/discard")
async def discard(request: Request, hold: int, word: Word) -> Any:
    """It will not be carried out; with a reason."""
    return plain(await holds.discard_hold(served(request).road.db, hold, by=word.by, reason=word.reason))


@router.post("/holds/{hold}/resend")
async def resend(request: Request, hold: int, word: Correction) -> Any:
    """The corrected record goes out in its place; where two people are asked, it is proposed (`proposed_by`)."""
    road = served(request).road
    two = road.settings.second_person
    view = await corrections.correct_hold(
        road.db, hold, word.payload, by=word.by, reason=word.reason, now=now(request), second_person=two
    )
    return plain(view)


@router.post("/holds/{hold}/resend/approve")
async def approve_correction(request: Request, hold: int, word: Word) -> Any:
    """Another person's correction is sent."""
    return plain(await corrections.approve_correction(served(request).road.db, hold, by=word.by, now=now(request)))


@router.post("/holds/{hold}/resend/refuse")
async def refuse_correction(request: Request, hold: int, word: Word) -> Any:
    """A correction is not sent; with a reason."""
    db = served(request).road.db
    return plain(await corrections.refuse_correction(db, hold, by=word.by, reason=word.reason, now=now(request)))


@router.get("/incidents")
async def list_incidents(request: Request, closed: bool = False, limit: int = 200) -> Any:
    """The gravest and oldest first."""
    return plain(await incidents.list_incidents(served(request).road.db, open_only=not closed, limit=min(limit, 1000)))


@router.post("/incidents/{incident}/close")
async def close_incident(request: Request, incident: int, word: Word) -> Any:
    """A person says it is over."""
    db = served(request).road.db
    return plain(await incidents.close_incident(db, incident, by=word.by, reason=word.reason, now=now(request)))


@router.get("/systems")
async def list_systems(request: Request) -> Any:
    """Every configured system and how it stands."""
    road = served(request).road
    return plain(await systems.list_systems(road.db, road.settings))


@router.post("/systems/{system}/resume")
async def resume_system(request: Request, system: str, word: Word) -> Any:
    """Let a system go on that was stopped, or paused because too much of it was wrong."""
    road = served(request).road
    await systems.resume_system(road.db, road.settings, system, by=word.by, now=now(request))
    return {"resumed": system}
