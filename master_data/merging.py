"""Two codes for one thing become one, and can be split back exactly: cross-references, status and values as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.among import among
from hub.storage.causes import Cause, CauseKind
from hub.storage.tables import hold_causes
from master_data.aliases import alias_row, winner_of
from master_data.codes import code_row, expected_row, put_code, usable_code
from master_data.cross_references import end_row, insert_row, preferred_rows, rows_in_force
from master_data.kind import Kind
from master_data.proposed import AddCrossReference, MergeCodes, SplitCodes
from master_data.publication import Publication
from master_data.refusals import ChangedSinceMerge, CodeMerged, MergeConflict, MergedOn, MergeWithItself, NoSuchField, NotMerged
from master_data.tables import code_aliases, cross_references

NAMES: Mapping[str, str] = {"zh": "name_zh", "en": "name_en"}
TARGETS = (CauseKind.TARGET_CODE, CauseKind.TARGET_STATE)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Kept):
    """What one cross-reference said."""

    kind: str
    system: str
    organisation: str
    local_code: str
    code: str
    preferred: bool
    state: str
    valid_from: AwareDatetime | None
    valid_to: AwareDatetime | None
    origin: str


class Moved(_Kept):
    """A cross-reference of the loser and what it became: entry number `number`, of the winner."""

    before: Entry
    after: Entry
    number: int


class Undo(_Kept):
    """What a merge changed: the loser's statuses, the winner's values as (before, after), the cross-references that moved."""

    status: str
    statuses: dict[str, str]
    values: dict[str, tuple[Any, Any]]
    moved: tuple[Moved, ...]


async def merge_codes(to: Publication, change: MergeCodes) -> None:
    """The loser becomes obsolete and an alias; what it was called by the systems means the winner from now on.

    Raises MergeWithItself, NoSuchCode, ChangedMeanwhile, CodeMerged (one of them is merged already, so that no merges make a
    circle), CodeObsolete and CodeNotReleased for the winner, MergeConflict, NoSuchField, and what the kind's rules refuse.
    """
    loser, winner = await _both(to, change)
    before = values_of(winner)
    after = standing(to.kind(change.kind), values_of(loser), before, change)
    moved = [await _move(to, row, change.winner) for row in await rows_in_force(to.session, change.kind, change.loser, to.at)]
    undo = Undo(status=loser.status, statuses=loser.statuses, values=differences(before, after), moved=tuple(moved))
    await _put_values(to, winner, after)
    await put_code(to, change.kind, change.loser, status="obsolete", statuses={})
    row = {
        "kind": change.kind, "alias": change.loser, "code": change.winner, "valid_from": to.at, "undo": undo.model_dump(mode="json"),
        "version": to.version, "by": to.by,
    }  # fmt: skip
    await to.session.execute(insert(code_aliases).values(row))
    to.touch("alias", change.kind, change.loser)
    await _free_waiting(to, change.kind, change.loser)


async def split_codes(to: Publication, change: SplitCodes) -> None:
    """Undo the merge of the loser. What was changed since is refused, or stays as it is where that is wished.

    Raises NotMerged, MergedOn (the winner was merged itself: that is undone first), ChangedSinceMerge with all that was changed.
    """
    alias = await _alias(to.session, change)
    undo, winner = Undo.model_validate(alias.undo), await code_row(to.session, change.kind, alias.code)
    rows = await _rows(to.session, [moved.number for moved in undo.moved])
    intact = [moved for moved in undo.moved if _is_intact(moved, rows.get(moved.number))]
    values = values_of(winner)
    kept = {name: pair for name, pair in undo.values.items() if values.get(name) != pair[1]}
    what = [f"{name} = {values.get(name)}" for name in kept] + [_told(moved, rows) for moved in undo.moved if moved not in intact]
    if what and not change.keep_changed:
        raise ChangedSinceMerge(kind=change.kind, loser=change.loser, winner=alias.code, what="; ".join(what))
    for moved in intact:
        await _move_back(to, moved, rows[moved.number])
    await _put_values(to, winner, values | {name: pair[0] for name, pair in undo.values.items() if name not in kept})
    await put_code(to, change.kind, change.loser, status=undo.status, statuses=undo.statuses)
    await _end(to, alias)
    to.touch("alias", change.kind, change.loser)
    await _free_waiting(to, change.kind, change.loser)


def values_of(row: Row[Any]) -> dict[str, Any]:
    """A code's names (`zh`, `en`) and attributes as one."""
    return dict(row.attributes) | {name: row._mapping[column] for name, column in NAMES.items() if row._mapping[column]}


def standing(kind: Kind, loser: Mapping[str, Any], winner: Mapping[str, Any], change: MergeCodes) -> dict[str, Any]:
    """The winner's values after the merge. Raises MergeConflict with both values, NoSuchField, AttributeMissing."""
    unknown = change.stands.keys() - kind.by_name.keys() - NAMES.keys()
    if unknown:
        raise NoSuchField(kind=change.kind, field=min(unknown), known=", ".join([*NAMES, *kind.by_name]))
    both = (loser.keys() & winner.keys()) - NAMES.keys() - change.stands.keys()
    conflicts = [f"{name} ({loser[name]} ≠ {winner[name]})" for name in sorted(both) if loser[name] != winner[name]]
    if conflicts:
        raise MergeConflict(kind=change.kind, loser=change.loser, winner=change.winner, conflicts=", ".join(conflicts))
    sides = {"loser": loser, "winner": winner}
    stands = {name: change.stands.get(name, "winner" if name in winner else "loser") for name in winner.keys() | loser.keys()}
    chosen = {name: sides[side].get(name) for name, side in stands.items()}
    kind.normal_attributes(change.winner, {name: value for name, value in chosen.items() if name not in NAMES})
    return {name: value for name, value in chosen.items() if value is not None}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, as (before, after); None is no value."""
    pairs = {name: (before.get(name), after.get(name)) for name in before.keys() | after.keys()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


async def _both(to: Publication, change: MergeCodes) -> tuple[Row[Any], Row[Any]]:
    if change.loser == change.winner:
        raise MergeWithItself(kind=change.kind, value=change.loser)
    loser = await expected_row(to, change.kind, change.loser, change.loser_version)
    stands_for = await winner_of(to.session, change.kind, change.loser)
    if stands_for != change.loser:
        raise CodeMerged(kind=change.kind, value=change.loser, winner=stands_for)
    await expected_row(to, change.kind, change.winner, change.winner_version)
    return loser, await usable_code(to.session, change.kind, change.winner)


async def _move(to: Publication, row: Row[Any], winner: str) -> Moved:
    """The entry ends for the loser and begins for the winner, whose own preferred local code stays the one that is written."""
    before = _entry(row)
    after = before.model_copy(update={"code": winner, "valid_from": _not_before(to.at, before.valid_from)})
    await end_row(to, row, to.at)
    wanted = AddCrossReference.model_validate(after.model_dump(exclude={"preferred", "origin"}))
    after = after.model_copy(update={"preferred": before.preferred and not await preferred_rows(to.session, wanted)})
    return Moved(before=before, after=after, number=await insert_row(to, after.model_dump()))


async def _move_back(to: Publication, moved: Moved, row: Row[Any]) -> None:
    """What has run out meanwhile stays with the winner: it meant the winner to its end."""
    if row.valid_to is not None and row.valid_to <= to.at:
        return
    await end_row(to, row, to.at)
    again = moved.before.model_copy(update={"valid_from": _not_before(to.at, moved.before.valid_from)})
    await insert_row(to, again.model_dump())


async def _put_values(to: Publication, row: Row[Any], values: Mapping[str, Any]) -> None:
    names = {column: values.get(name, "") for name, column in NAMES.items()}
    attributes = {name: value for name, value in values.items() if name not in NAMES and value is not None}
    await put_code(to, row.kind, row.code, attributes=attributes, **{column: name or "" for column, name in names.items()})


async def _alias(session: AsyncConnection, change: SplitCodes) -> Row[Any]:
    await code_row(session, change.kind, change.loser)
    alias = await alias_row(session, change.kind, change.loser)
    if alias is None:
        raise NotMerged(kind=change.kind, value=change.loser)
    further = await alias_row(session, change.kind, alias.code)
    if further is not None:
        raise MergedOn(kind=change.kind, value=change.loser, winner=alias.code, further=further.code)
    return alias


async def _end(to: Publication, alias: Row[Any]) -> None:
    """From now on the code stands for itself; an alias that held for no time at all is taken away."""
    this = code_aliases.c.id == alias.id
    ended = update(code_aliases).where(this).values(valid_to=to.at)
    await to.session.execute(ended if alias.valid_from < to.at else code_aliases.delete().where(this))


async def _free_waiting(to: Publication, kind: str, code: str) -> None:
    """Whoever waits for a system's code of this one asks again: it stands for another now, or for itself again."""
    ending = f',"{kind}",{Cause(CauseKind.CODE, "", "", "", code).text.rpartition(",")[2]}'
    wanted = (among(hold_causes.c.kind, TARGETS), hold_causes.c.cause.endswith(ending, autoescape=True))
    for text in (await to.session.execute(select(hold_causes.c.cause).distinct().where(*wanted))).scalars():
        cause = Cause.parse(text)
        if (cause.name, cause.value) == (kind, code):       # SQLite compares without case
            to.free(cause)


async def _rows(session: AsyncConnection, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    found = await session.execute(select(cross_references).where(among(cross_references.c.id, numbers)))
    return {row.id: row for row in found}


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: row._mapping[name] for name in Entry.model_fields})


def _is_intact(moved: Moved, row: Row[Any] | None) -> bool:
    return row is not None and _entry(row) == moved.after


def _told(moved: Moved, rows: Mapping[int, Row[Any]]) -> str:
    """A changed cross-reference as a person finds it: the system's code, and what differs."""
    row, after = rows.get(moved.number), moved.after
    now = differences(after.model_dump(), _entry(row).model_dump()) if row else {"code": (after.code, None)}
    told = ", ".join(f"{name} = {pair[1]}" for name, pair in now.items())
    return f"{after.system} {after.organisation} {after.local_code} ({told})".replace("  ", " ")


def _not_before(at: datetime, start: datetime | None) -> datetime:
    return at if start is None else max(at, start)
