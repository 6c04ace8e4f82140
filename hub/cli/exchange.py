"""`hub import` and `hub export`: the steward's workbooks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from hub.cli.command import Answer, By, Command, Desk, Limit, Reason, argument, option, table, together, told
from hub.services import exchange
from master_data.exchange.batches import Progress

File = Annotated[Path, argument("file")]
Kind = Annotated[str, argument("kind")]
Number = Annotated[int, argument("import")]
Sheets = Annotated[list[str] | None, option("sheet")]
Zone = Annotated[str, option("zone")]
Why = Annotated[str, option("reason")]
COUNTED = {
    "new": "cli-import-new", "changed": "cli-import-changed", "unchanged": "cli-import-unchanged", "refused": "cli-import-refused-rows",
}  # fmt: skip


async def template(desk: Desk, kind: Kind, file: File, systems: Annotated[list[str] | None, option("system")] = None) -> Answer:
    """A workbook to be filled in."""
    async with desk.database() as db:
        out = await exchange.template(db, kind, file, systems or ())
    return Answer({"file": str(out)}, told("cli-written", file=out))


async def check(
    desk: Desk, kind: Kind, file: File, result: Annotated[Path | None, option("result")] = None, sheets: Sheets = None,
    zone: Zone = "Asia/Shanghai",
) -> Answer:  # fmt: skip
    """What an import would do; nothing is changed."""
    async with desk.database() as db:
        found = await exchange.check(db, file, kind, result=result, language=desk.language, sheets=sheets or (), zone=zone)
    rows = [(one.sheet, one.place, "✗" if one.grave else "!", one.text) for one in found.findings]
    counts = [told(COUNTED[verdict], count=count) for verdict, count in found.verdicts.items() if count]
    shown = [table(("sheet", "cell", "level", "what"), rows), *counts, *([told("cli-import-more", count=found.more)] if found.more else [])]
    if found.result:
        shown.append(told("cli-written", file=found.result))
    return Answer(found, together(*shown), good=not found.verdicts.get("refused"))


async def propose(
    desk: Desk, kind: Kind, file: File, by: By, reason: Why = "", only_good: Annotated[bool, option("only-good")] = False,
    sheets: Sheets = None, zone: Zone = "Asia/Shanghai",
) -> Answer:  # fmt: skip
    """Write an import down; another person approves it."""
    async with desk.database() as db:
        number = await exchange.propose(db, file, kind, by=by, reason=reason, only_good=only_good, sheets=sheets or (), zone=zone)
    return Answer({"import": number}, told("cli-import-proposed", number=number))


async def approve(desk: Desk, number: Number, by: By) -> Answer:
    """By another person; applied to its end."""
    async with desk.database() as db:
        return _progress(await exchange.approve(db, number, by=by))


async def refuse(desk: Desk, number: Number, by: By, reason: Reason) -> Answer:
    """Another person's no, or one's own withdrawal."""
    async with desk.database() as db:
        await exchange.refuse(db, number, by=by, reason=reason)
    return Answer({"refused": number}, told("cli-import-refused", number=number))


async def undo(desk: Desk, number: Number, by: By, reason: Reason) -> Answer:
    """Take an applied import back as one."""
    async with desk.database() as db:
        return _progress(await exchange.undo(db, number, by=by, reason=reason))


async def resume(desk: Desk, number: Number) -> Answer:
    """Go on where it was interrupted."""
    async with desk.database() as db:
        return _progress(await exchange.resume(db, number))


async def list_imports(desk: Desk, limit: Limit = 50) -> Answer:
    """All imports."""
    async with desk.database() as db:
        found = await exchange.imports(db, limit=limit)
    rows = [(row.id, row.kind, row.file, row.state, f"{row.done}/{row.rows}", row.proposed_by, row.decided_by) for row in found]
    return Answer(found, table(("id", "kind", "file", "state", "rows", "by", "approved-by"), rows))


async def export(
    desk: Desk, kind: Kind, file: File, status: Annotated[list[str] | None, option("status")] = None,
    like: Annotated[str, option("like")] = "", system: Annotated[str, option("system")] = "",
    since: Annotated[datetime | None, option("since")] = None, zone: Zone = "Asia/Shanghai",
) -> Answer:  # fmt: skip
    """The codes of a kind as xlsx or csv."""
    async with desk.database() as db:
        count = await exchange.export(
            db, kind, file, statuses=status or (), like=like, system=system, changed_since=since.astimezone() if since else None, zone=zone
        )
    return Answer({"file": str(file), "codes": count}, told("cli-exported", file=file, count=count))


def _progress(one: Progress) -> Answer:
    rows: list[tuple[Any, ...]] = [(one.number, one.state, f"{one.done}/{one.rows}", ", ".join(f"{k} {v}" for k, v in one.states.items()))]
    return Answer(one, table(("id", "state", "rows", "what"), rows))


IMPORT = (
    Command("template", template), Command("check", check), Command("propose", propose), Command("approve", approve),
    Command("refuse", refuse), Command("undo", undo), Command("resume", resume), Command("list", list_imports),
)  # fmt: skip
TOP = (Command("export", export),)
