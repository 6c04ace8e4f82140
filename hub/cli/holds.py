"""`hub hold`: held messages (待处理)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from hub.cli.command import Answer, By, Command, Desk, Limit, Reason, argument, option, table, together, told
from hub.services import corrections, holds
from hub.services.errors import ChangeUnreadable
from hub.services.hanging import Hung
from hub.services.holds import HoldView
from hub.texts import TEXTS

Hold = Annotated[int, argument("hold")]
COLUMNS = ("id", "held-at", "system", "entity", "key", "waits-for", "concerns", "behind")


async def list_holds(
    desk: Desk,
    system: Annotated[str, option("system")] = "",
    concerns: Annotated[str, option("concerns")] = "",
    state: Annotated[str, option("state")] = "",
    limit: Limit = 50,
) -> Answer:
    """The open ones; those behind others only if asked for."""
    async with desk.database() as db:
        found = await holds.list_holds(db, system=system, concerns=concerns, state=state, limit=limit)
    return Answer(found, table(COLUMNS, [_row(view) for view in found]))


async def show(desk: Desk, hold: Hold) -> Answer:
    """One, with its message and what hangs on it."""
    async with desk.database() as db:
        detail = await holds.show_hold(db, hold)
    content = json.dumps(detail.message, ensure_ascii=False, indent=2)
    hung = [_hung(one, "hung-behind") for one in detail.hanging.behind] + [_hung(one, "hung-waiting") for one in detail.hanging.waiting]
    parts = [table(COLUMNS, [_row(detail.hold)]), lambda _language: content]
    if detail.proposed is not None:
        proposed = json.dumps(detail.proposed, ensure_ascii=False, indent=2)
        parts += [told("cli-hold-correction", by=detail.hold.proposed_by, reason=detail.proposed_reason), lambda _language: proposed]
    return Answer(detail, together(*parts, *([table(("id", "how", "group", "entity", "key", "state"), hung)] if hung else [])))


async def release(desk: Desk, hold: Hold, by: By) -> Answer:
    """Try it again now."""
    async with desk.database() as db:
        return _done(await holds.release_hold(db, hold, by=by), "cli-hold-released")


async def discard(desk: Desk, hold: Hold, by: By, reason: Reason) -> Answer:
    """Not to be carried out."""
    async with desk.database() as db:
        return _done(await holds.discard_hold(db, hold, by=by, reason=reason), "cli-hold-discarded")


async def resend(desk: Desk, hold: Hold, file: Annotated[Path, argument("payload")], by: By, reason: Reason) -> Answer:
    """Send the corrected record of a JSON file instead; where two people are asked, propose it."""
    try:
        payload = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ChangeUnreadable(where=str(file), what=str(error)) from error
    if not isinstance(payload, dict):
        raise ChangeUnreadable(where=str(file), what="not a JSON object")
    async with desk.database() as db:
        two, now = desk.settings.second_person, datetime.now(UTC)
        view = await corrections.correct_hold(db, hold, payload, by=by, reason=reason, now=now, second_person=two)
    return _done(view, "cli-hold-proposed" if view.proposed_by else "cli-hold-resent")


async def approve(desk: Desk, hold: Hold, by: By) -> Answer:
    """Another person's correction is sent."""
    async with desk.database() as db:
        return _done(await corrections.approve_correction(db, hold, by=by, now=datetime.now(UTC)), "cli-hold-resent")


async def refuse(desk: Desk, hold: Hold, by: By, reason: Reason) -> Answer:
    """A correction is not sent."""
    async with desk.database() as db:
        return _done(await corrections.refuse_correction(db, hold, by=by, reason=reason, now=datetime.now(UTC)), "cli-hold-refused")


async def text(desk: Desk, hold: Hold) -> Answer:
    """A text to paste into a chat group."""
    async with desk.database() as db:
        said = await holds.copy_text(db, hold, desk.language)
    return Answer({"text": said}, lambda _language: said)


def _row(view: HoldView) -> tuple[Any, ...]:
    return (view.id, view.held_at, view.system, view.entity, view.key, view.waits_for, view.concerns_name, view.behind)


def _hung(one: Hung, how: str) -> tuple[Any, ...]:
    return (one.id, TEXTS[how], one.group, one.entity, one.key, one.state)


def _done(view: HoldView, key: str) -> Answer:
    return Answer(view, told(key, hold=view.id))


COMMANDS = (
    Command("list", list_holds), Command("show", show), Command("release", release), Command("discard", discard),
    Command("resend", resend), Command("approve", approve), Command("refuse", refuse), Command("text", text),
)  # fmt: skip
