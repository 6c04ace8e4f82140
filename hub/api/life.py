"""`/api/v1/proposals/{proposal}/…`, `/reminders`, `/codes-as-of`, `/next-code`: the life of a code."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from hub.api.holds import Word
from hub.api.idempotency import OnceOnly
from hub.api.served import now, served
from hub.services import life
from hub.services.plain import plain

router = APIRouter(tags=["dictionary"], route_class=OnceOnly)


class Signature(Word):
    """`roles`: those the caller vouches for; `step`: which one, where several are theirs; `fields`: what the step fills in."""

    roles: list[str] = Field(default_factory=list)
    step: str = ""
    fields: dict[str, Any] = Field(default_factory=dict)


class Comment(Word):
    """What is said about a proposal."""

    text: str


class Wanted(Word):
    """What the next code is for."""

    kind: str
    attributes: dict[str, Any] = Field(default_factory=dict)


@router.get("/proposals/{proposal}")
async def show(request: Request, proposal: int) -> Any:
    """A proposal with its signatures and what was said about it."""
    return plain(await life.show_proposal(served(request).road.db, proposal))


@router.post("/proposals/{proposal}/sign")
async def sign(request: Request, proposal: int, said: Signature) -> Any:
    """Sign a step; with the last signature the dictionary changes."""
    return plain(await life.sign(
        served(request).road.db, proposal, by=said.by, reason=said.reason, roles=said.roles, step=said.step, fields=said.fields
    ))  # fmt: skip


@router.post("/proposals/{proposal}/comments", status_code=201)
async def comment(request: Request, proposal: int, said: Comment) -> Any:
    """Say something about a proposal, also when it is closed."""
    return {"comment": await life.comment(served(request).road.db, proposal, said.text, by=said.by)}


@router.get("/reminders")
async def reminders(request: Request) -> Any:
    """Steps that have waited too long."""
    return plain(await life.reminders(served(request).road.db, now(request)))


@router.get("/codes-as-of")
async def as_of(request: Request, kind: str, code: str, at: AwareDatetime) -> Any:
    """What a code was at a time, and what the systems called it then."""
    found, references = await life.as_of(served(request).road.db, kind, code, at)
    return {"code": plain(found), "cross_references": plain(references)}


@router.get("/aliases")
async def aliases(request: Request, kind: str, code: str) -> Any:
    """The codes that were merged into this one."""
    return plain(await life.aliases(served(request).road.db, kind, code))


@router.post("/next-code", status_code=201)
async def next_code(request: Request, wanted: Wanted) -> Any:
    """The next code by the kind's rule, given once and for all."""
    return {"code": await life.next_code(served(request).road.db, wanted.kind, wanted.attributes, on=now(request).date())}
