"""`hub code` and `hub xref`: the dictionary, its inbox (待办编码), proposals and approvals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from hub.cli.command import Answer, By, Command, Desk, Limit, argument, json_of, option, proposed, table, together, told
from hub.services import alike, codes
from hub.services.alike import Alike
from hub.services.codes import Unknown
from hub.texts import Text
from master_data.proposed import AddCrossReference, EndCrossReference
from master_data.unknown_codes import Verdict

KindName = Annotated[str, argument("kind")]
Code = Annotated[str, argument("code")]
Why = Annotated[str, option("reason")]
Organisation = Annotated[str, option("organisation")]
CODE_COLUMNS = ("code", "name", "status", "version")


async def kinds(desk: Desk) -> Answer:
    """Every kind of code."""
    found = await codes.kinds()
    return Answer(found, table(("kind", "name", "owner"), [(one.kind, Text(one.label.zh, one.label.en), one.owner) for one in found]))


async def inbox(desk: Desk, kind: Annotated[str, option("kind")] = "", limit: Limit = 50) -> Answer:
    """The unknown codes, with what waits for each."""
    async with desk.database() as db:
        found = await codes.inbox(db, kind=kind, limit=limit)
    columns = ("id", "kind", "system", "organisation", "local-code", "messages", "orders", "systems", "proposal")
    return Answer(found, table(columns, [_unknown(one) for one in found]))


async def suggest(desk: Desk, unknown: Annotated[int, argument("unknown")]) -> Answer:
    """What an unknown code probably is, and why."""
    async with desk.database() as db:
        found = await codes.show_unknown(db, unknown)
    rows = [(one.code, Text(one.zh, one.en or one.zh), one.score, ", ".join(f"{m.field} {m.score:g}" for m in one.matches))
            for one in found.suggestions]  # fmt: skip
    return Answer(found, table(("code", "name", "score", "why"), rows))


async def answer(
    desk: Desk,
    unknown: Annotated[int, argument("unknown")],
    by: By,
    code: Annotated[str, option("code")] = "",
    new: Annotated[bool, option("new")] = False,
    verdict: Annotated[Verdict | None, option("verdict")] = None,
    zh: Annotated[str, option("zh")] = "",
    en: Annotated[str, option("en")] = "",
    attributes: Annotated[str, option("attributes")] = "{}",
    reason: Why = "",
) -> Answer:
    """It is a code that exists, a new one, or a no."""
    async with desk.database() as db:
        if verdict:
            count = await codes.answer_with_no(db, unknown, verdict, by=by, reason=reason)
            return Answer({"discarded": count}, told("cli-answered-no", count=count))
        if new:
            given = json_of(attributes, "--attributes")
            number = await codes.answer_with_new(db, unknown, by=by, reason=reason, code=code, zh=zh, en=en, attributes=given)
        else:
            number = await codes.answer_with_code(db, unknown, code, by=by, reason=reason)
    return proposed(number)


async def find(desk: Desk, kind: KindName, like: Annotated[str, option("like")] = "", limit: Limit = 50) -> Answer:
    """Codes whose code or name contains something."""
    async with desk.database() as db:
        found = await codes.find(db, kind, like=like, limit=limit)
    return Answer(found, table(CODE_COLUMNS, [_code(row) for row in found]))


async def show(desk: Desk, kind: KindName, code: Code) -> Answer:
    """A code, what the systems call it, its history."""
    async with desk.database() as db:
        found = await codes.show(db, kind, code)
    return Answer(found, together(
        table(CODE_COLUMNS, [_code(found.code)]),
        _references(found.cross_references),
        table(("version", "at", "by", "reason"), [(row.version, row.at, row.by, row.reason) for row in found.history]),
    ))  # fmt: skip


async def propose(desk: Desk, change: Annotated[str, argument("change")], by: By, reason: Why = "") -> Answer:
    """Any change, as JSON."""
    wanted = codes.read_change(json_of(change, "change"))
    async with desk.database() as db:
        number = await codes.propose(db, wanted, by=by, reason=reason)
        twins = await alike.twins(db, wanted)
    made = told("cli-proposed", proposal=number)
    shown = together(made, told("cli-twins"), _alike(twins)) if twins else made
    return Answer({"proposal": number, "alike": twins}, shown)


async def search(desk: Desk, kind: KindName, text: Annotated[str, argument("searched")], limit: Limit = 10) -> Answer:
    """What is meant by a few words, pinyin, a size or a drawing number."""
    async with desk.database() as db:
        found = await alike.search(db, kind, text, limit)
    return Answer(found, _alike(found))


async def duplicates(desk: Desk, kind: KindName) -> Answer:
    """Codes of a kind that are probably one thing."""
    async with desk.database() as db:
        found = await alike.clusters(db, kind)
    rows = [(", ".join(one.codes), f"{one.pairs[0].found.score:g}") for one in found]
    return Answer(found, table(("code", "score"), rows))


async def proposals(desk: Desk, limit: Limit = 50) -> Answer:
    """Those that wait for a decision."""
    async with desk.database() as db:
        found = await codes.proposals(db, limit=limit)
    rows = [(row.id, row.proposed_by, row.proposed_at, json.dumps(row.change, ensure_ascii=False), row.reason) for row in found]
    return Answer(found, table(("id", "by", "at", "change", "reason"), rows))


async def approve(desk: Desk, proposal: Annotated[int, argument("proposal")], by: By, reason: Why = "") -> Answer:
    """By another person than the proposer."""
    async with desk.database() as db:
        done = await codes.approve(db, proposal, by=by, reason=reason)
    return Answer(done, told("cli-approved", version=done.version, freed=done.freed))


async def refuse(desk: Desk, proposal: Annotated[int, argument("proposal")], by: By, reason: Why) -> Answer:
    """With a reason."""
    async with desk.database() as db:
        await codes.refuse(db, proposal, by=by, reason=reason)
    return Answer({"refused": proposal}, told("cli-refused", proposal=proposal))


async def import_seed(desk: Desk, file: Annotated[Path, argument("seed")], by: By) -> Answer:
    """Take over codes and cross-references of going live."""
    async with desk.database() as db:
        done = await codes.import_seed(db, file, by=by)
    return Answer(done, told("cli-seeded", touched=done.touched, version=done.version))


async def references(desk: Desk, kind: KindName, code: Code) -> Answer:
    """What every system calls a code."""
    async with desk.database() as db:
        found = (await codes.show(db, kind, code)).cross_references
    return Answer(found, _references(found))


async def add_reference(
    desk: Desk, kind: KindName, code: Code, system: Annotated[str, argument("system")], local: Annotated[str, argument("local")], by: By,
    organisation: Organisation = "", reason: Why = "",
) -> Answer:  # fmt: skip
    """Propose that a system's local code means a code."""
    change = AddCrossReference(kind=kind, code=code, system=system, local_code=local, organisation=organisation)
    async with desk.database() as db:
        return proposed(await codes.propose(db, change, by=by, reason=reason))


async def end_reference(
    desk: Desk, kind: KindName, system: Annotated[str, argument("system")], local: Annotated[str, argument("local")], by: By,
    organisation: Organisation = "", at: Annotated[datetime | None, option("at")] = None, reason: Why = "",
) -> Answer:  # fmt: skip
    """Propose that a local code means it no longer."""
    change = EndCrossReference(kind=kind, system=system, local_code=local, organisation=organisation, at=at.astimezone() if at else None)
    async with desk.database() as db:
        return proposed(await codes.propose(db, change, by=by, reason=reason))


def _alike(found: Sequence[Alike]) -> Any:
    rows = [(one.code, f"{one.score:g}", Text("; ".join(r.zh for r in one.reasons), "; ".join(r.en for r in one.reasons))) for one in found]
    return table(("code", "score", "why"), rows)


def _code(row: Any) -> tuple[Any, ...]:
    return (row.code, Text(row.name_zh, row.name_en), row.status, row.version)


def _unknown(one: Unknown) -> tuple[Any, ...]:
    return (one.id, one.kind_name, one.system, one.organisation, one.local_code, one.messages, one.orders, one.systems, one.proposal)


def _references(rows: Any) -> Any:
    columns = ("system", "organisation", "local-code", "state", "preferred", "from", "until")
    shown = [(one.system, one.organisation, one.local_code, one.state, "*" if one.preferred else "", one.valid_from, one.valid_to)
             for one in rows]  # fmt: skip
    return table(columns, shown)


CODE = (
    Command("inbox", inbox), Command("suggest", suggest), Command("answer", answer), Command("find", find), Command("show", show),
    Command("kinds", kinds), Command("propose", propose), Command("list", proposals), Command("approve", approve),
    Command("refuse", refuse), Command("import-seed", import_seed), Command("search", search), Command("duplicates", duplicates),
)  # fmt: skip
XREF = (Command("list", references), Command("add", add_reference), Command("end", end_reference))
