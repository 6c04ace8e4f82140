"""`hub code merge`, `split`, `sign`, `comment`, `proposal`, `reminders`, `as-of`, `next`: the life of a code."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from hub.cli.command import Answer, By, Command, Desk, argument, json_of, option, proposed, table, together, told
from hub.services import codes, life
from hub.services.errors import ChangeUnreadable
from hub.texts import Text
from master_data.proposed import MergeCodes, SplitCodes

KindName = Annotated[str, argument("kind")]
Code = Annotated[str, argument("code")]
Proposal = Annotated[int, argument("proposal")]
Why = Annotated[str, option("reason")]


async def merge(
    desk: Desk, kind: KindName, loser: Annotated[str, argument("loser")], winner: Annotated[str, argument("winner")], by: By,
    stands: Annotated[str, option("stands")] = "{}", reason: Why = "",
) -> Answer:  # fmt: skip
    """Propose that two codes are one thing."""
    change = MergeCodes(kind=kind, loser=loser, winner=winner, stands=_object(stands, "--stands"))
    async with desk.database() as db:
        number = await codes.propose(db, change, by=by, reason=reason)
    return proposed(number)


async def split(
    desk: Desk, kind: KindName, loser: Annotated[str, argument("loser")], by: By,
    keep_changed: Annotated[bool, option("keep-changed")] = False, reason: Why = "",
) -> Answer:  # fmt: skip
    """Propose to undo a merge exactly."""
    change = SplitCodes(kind=kind, loser=loser, keep_changed=keep_changed)
    async with desk.database() as db:
        number = await codes.propose(db, change, by=by, reason=reason)
    return proposed(number)


async def sign(
    desk: Desk, proposal: Proposal, by: By, role: Annotated[list[str] | None, option("role")] = None,
    step: Annotated[str, option("step")] = "", fields: Annotated[str, option("fields")] = "{}", reason: Why = "",
) -> Answer:  # fmt: skip
    """Sign a step of a proposal's route; the last signature makes the change."""
    async with desk.database() as db:
        done = await life.sign(db, proposal, by=by, reason=reason, roles=role or (), step=step, fields=_object(fields, "--fields"))
    if done.waits_for:
        return Answer(done, told("cli-signed", waits_for=", ".join(done.waits_for)))
    return Answer(done, told("cli-approved", version=done.version, freed=done.freed))


async def show_proposal(desk: Desk, proposal: Proposal) -> Answer:
    """A proposal with its signatures and comments."""
    async with desk.database() as db:
        found = await life.show_proposal(db, proposal)
    row = found["proposal"]
    decided = [(one.step, one.decision, one.by, one.at, one.reason) for one in found["decisions"]]
    return Answer(found, together(
        table(("id", "state", "by", "at", "change", "reason"), [
            (row.id, row.state, row.proposed_by, row.proposed_at, json.dumps(row.change, ensure_ascii=False), row.reason)
        ]),
        table(("step", "status", "by", "at", "reason"), decided),
        table(("by", "at", "what"), [(one.by, one.at, one.text) for one in found["comments"]]),
    ))  # fmt: skip


async def comment(desk: Desk, proposal: Proposal, text: Annotated[str, argument("text")], by: By) -> Answer:
    """Say something about a proposal."""
    async with desk.database() as db:
        number = await life.comment(db, proposal, text, by=by)
    return Answer({"comment": number}, told("cli-commented", proposal=proposal))


async def reminders(desk: Desk) -> Answer:
    """What waits too long for a signature."""
    async with desk.database() as db:
        found = await life.reminders(db, datetime.now(UTC))
    return Answer(found, table(("proposal", "step", "concerns", "since", "count"),
                               [(one.proposal, one.step, ", ".join(one.whom), one.since, one.times) for one in found]))  # fmt: skip


async def as_of(desk: Desk, kind: KindName, code: Code, at: Annotated[datetime, argument("moment")]) -> Answer:
    """What a code was at a time."""
    async with desk.database() as db:
        found, references = await life.as_of(db, kind, code, at.astimezone())
    said = ", ".join(f"{name} {value}" for name, value in found.attributes.items())
    return Answer({"code": found, "cross_references": references}, together(
        table(("code", "name", "status", "version", "at", "by", "what"),
              [(found.code, Text(found.zh, found.en or found.zh), found.status, found.version, found.at, found.by, said)]),
        table(("system", "organisation", "local-code", "state"),
              [(one.system, one.organisation, one.local_code, one.state) for one in references]),
    ))  # fmt: skip


async def next_code(desk: Desk, kind: KindName, attributes: Annotated[str, option("attributes")] = "{}") -> Answer:
    """Take the next code by the kind's rule."""
    async with desk.database() as db:
        code = await life.next_code(db, kind, _object(attributes, "--attributes"), on=datetime.now().astimezone().date())
    return Answer({"code": code}, lambda _language: code)


def _object(text: str, where: str) -> dict[str, Any]:
    found = json_of(text, where)
    if not isinstance(found, dict):
        raise ChangeUnreadable(where=where, what=text)
    return found


LIFE = (
    Command("merge", merge), Command("split", split), Command("sign", sign), Command("proposal", show_proposal),
    Command("comment", comment), Command("reminders", reminders), Command("as-of", as_of), Command("next", next_code),
)  # fmt: skip
