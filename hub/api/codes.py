"""`/api/v1/codes`, `/cross-references`, `/unknown-codes`, `/proposals`: the dictionary; every change needs a second person."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from hub.api.etags import check_match, tagged
from hub.api.holds import Word
from hub.api.idempotency import OnceOnly
from hub.api.served import now, served
from hub.services import alike, codes
from hub.services.plain import plain
from hub.services.where_used import told, where_used

router = APIRouter(tags=["dictionary"], route_class=OnceOnly)


class Proposed(Word):
    """A change as `master_data.proposed` has it: `{action: create_code, …}`."""

    change: dict[str, Any]


class Answer(Word):
    """Exactly one: `code` (it is this one), `create` (make it a new one; what is left out is prefilled), `verdict` (no)."""

    code: str = ""
    organisation: str | None = None
    create: NewCode | None = None
    verdict: Literal["wrong_at_source", "never", ""] = ""


class NewCode(BaseModel):
    """The new code; empty fields are taken from what the source says."""

    model_config = ConfigDict(extra="forbid")

    code: str = ""
    zh: str = ""
    en: str = ""
    attributes: dict[str, Any] = {}


Answer.model_rebuild()


@router.get("/codes")
async def find(request: Request, kind: str, like: str = "", after: str = "", limit: int = 50) -> Any:
    """Codes of a kind whose code or name contains `like`; go on after the last code."""
    return plain(await codes.find(served(request).road.db, kind, like=like, after=after, limit=min(limit, 1000)))


@router.get("/codes/{kind}/{code:path}")
async def show(request: Request, response: Response, kind: str, code: str) -> Any:
    """A code, what the systems call it, its history. Its `ETag` is its version."""
    found = await codes.show(served(request).road.db, kind, code)
    if tagged(request, response, found.code.version):
        return Response(status_code=304, headers=dict(response.headers))
    return plain(found)


@router.get("/alike")
async def search(request: Request, kind: str, text: str, limit: int = 10) -> Any:
    """What is meant by a few words, pinyin or its initials, a size or a drawing number; each candidate says why."""
    return plain(await alike.search(served(request).road.db, kind, text, min(limit, 100)))


@router.get("/uses")
async def uses(request: Request, kind: str, code: str) -> Any:
    """Where a code is used, and what becomes of each use when it is merged, blocked or retired."""
    road = served(request).road
    found = await where_used(road.db, kind, code, rules=road.rules, now=now(request))
    return [plain(told(one)) for one in found]


@router.get("/cross-references")
async def cross_references(request: Request, kind: str, code: str) -> Any:
    """What every system calls a code."""
    return plain((await codes.show(served(request).road.db, kind, code)).cross_references)


@router.get("/unknown-codes")
async def inbox(request: Request, kind: str = "", after: int = 0, limit: int = 50) -> Any:
    """The steward's inbox (待办编码), with what waits for each."""
    return plain(await codes.inbox(served(request).road.db, kind=kind, after=after, limit=min(limit, 500)))


@router.get("/unknown-codes/{unknown}")
async def show_unknown(request: Request, unknown: int) -> Any:
    """One, with suggestions."""
    return plain(await codes.show_unknown(served(request).road.db, unknown))


@router.post("/unknown-codes/{unknown}/answer")
async def answer(request: Request, unknown: int, said: Answer) -> Any:
    """The steward's answer; what comes back is the proposal that another person approves, or how many messages were dropped."""
    db = served(request).road.db
    if said.verdict:
        return {"discarded": await codes.answer_with_no(db, unknown, said.verdict, by=said.by, reason=said.reason)}
    if said.create is not None:
        return {"proposal": await codes.answer_with_new(db, unknown, by=said.by, reason=said.reason, **said.create.model_dump())}
    number = await codes.answer_with_code(db, unknown, said.code, by=said.by, organisation=said.organisation, reason=said.reason)
    return {"proposal": number}


@router.get("/proposals")
async def proposals(request: Request, after: int = 0, limit: int = 50) -> Any:
    """Those that wait for a decision."""
    return plain(await codes.proposals(served(request).road.db, after=after, limit=min(limit, 500)))


@router.post("/proposals", status_code=201)
async def propose(request: Request, said: Proposed) -> Any:
    """Propose a change; refused at once where approving it would be. `If-Match`: the version of the code that was seen."""
    change = codes.read_change(said.change)
    kind, code = said.change.get("kind"), said.change.get("code")
    if "if-match" in request.headers and kind and code:
        check_match(request, (await codes.show(served(request).road.db, str(kind), str(code))).code.version)
    db = served(request).road.db
    number = await codes.propose(db, change, by=said.by, reason=said.reason)
    return {"proposal": number, "alike": plain(await alike.twins(db, change))}


@router.post("/proposals/{proposal}/approve")
async def approve(request: Request, proposal: int, word: Word) -> Any:
    """By another person: the dictionary's version it became, and how many messages it freed."""
    return plain(await codes.approve(served(request).road.db, proposal, by=word.by, reason=word.reason))


@router.post("/proposals/{proposal}/refuse", status_code=204)
async def refuse(request: Request, proposal: int, word: Word) -> None:
    """With a reason."""
    await codes.refuse(served(request).road.db, proposal, by=word.by, reason=word.reason)
