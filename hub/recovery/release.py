"""Freeing what waits: marks for whatever has arrived, and the question asked again (PROTOCOL N7), for every kind of cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.pipeline.wire import unkeep, unpack_inbound
from hub.recovery.wishes import wish_discard_waiting
from hub.storage import releases
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import Hold, anything_waits_for, mark_portion, mark_ready, open_causes
from hub.storage.records import KnownDocument, documents_by_key, documents_by_number
from master_data.causes import KINDS, causes_gone
from master_data.plant import in_force
from master_data.unknown_codes import Sighting, note_unknown, refusals

DOCUMENT_KINDS = (CauseKind.DOCUMENT, CauseKind.TARGET_DOCUMENT)
ASKED_KINDS = (*KINDS, *DOCUMENT_KINDS)


async def document_arrived(session: AsyncConnection, documents: Sequence[KnownDocument]) -> int:
    """Documents that a system told of, or that we wrote there: what waited for them is ready, in the caller's transaction."""
    if not documents or not await anything_waits_for(session, DOCUMENT_KINDS):
        return 0
    return await mark_ready(session, [text for known in documents for text in _freed_by(known)], 0)


def _freed_by(known: KnownDocument) -> list[str]:
    own = (known.system, known.organisation, known.entity)
    freed = [Cause(CauseKind.DOCUMENT, *own, value) for value in {known.number, known.id}]
    if known.usable:
        organisation = known.key.partition("/")[0]
        freed.append(Cause(CauseKind.TARGET_DOCUMENT, known.system, organisation, known.entity, known.key))
    return [cause.text for cause in freed]


async def ask_again(session: AsyncConnection, causes: Iterable[Cause]) -> int:
    """Ask the database which of these causes are gone, and mark what waited for them. Returns how many rows became ready."""
    gone = await causes_there(session, list(causes))
    count = 0
    for version, texts in groupby(sorted(gone, key=lambda text: gone[text]), key=lambda text: gone[text]):
        count += await mark_ready(session, list(texts), version)
    return count


async def causes_there(session: AsyncConnection, causes: Sequence[Cause]) -> dict[str, int]:
    """Of these causes, by `Cause.text`, those that are gone: with the dictionary version that freed them, 0 for documents."""
    gone = await causes_gone(session, [cause for cause in causes if cause.kind in KINDS])
    for cause in await _documents_there(session, [cause for cause in causes if cause.kind in DOCUMENT_KINDS]):
        gone[cause.text] = 0
    return gone


async def sweep(db: Database) -> int:
    """The same question about everything that is waited for: what a crash before asking has left behind.

    A page at a time, and writing only where there is something to write: others have their turn in between.
    """
    count, after = 0, ""
    while True:
        async with db.read() as session:
            causes = await open_causes(session, ASKED_KINDS, after=after)
            gone = await causes_there(session, causes)
        if gone:
            async with db.write() as session:
                count += await ask_again(session, [cause for cause in causes if cause.text in gone])
        if not causes:
            return count
        after = causes[-1].text


async def go_on(session: AsyncConnection) -> int:
    """Mark the next portion of a release that was too large for one transaction. Returns how many rows became ready.

    The database is asked first: what has ended meanwhile frees nobody, and what waits for it again goes on waiting.
    """
    text = await releases.next_to_mark(session)
    if text is None:
        return 0
    gone = await causes_there(session, [Cause.parse(text)])
    count, more = await mark_portion(session, text, gone[text]) if text in gone else (0, False)
    if not more:
        await releases.all_marked(session, text)
    return count


async def _documents_there(session: AsyncConnection, causes: Sequence[Cause]) -> list[Cause]:
    told = {cause: (cause.system, cause.name, cause.organisation, cause.value) for cause in causes if cause.kind is CauseKind.DOCUMENT}
    targets = {cause: (cause.system, cause.name, cause.value) for cause in causes if cause.kind is CauseKind.TARGET_DOCUMENT}
    by_number = await documents_by_number(session, told.values())
    by_id = await documents_by_number(session, told.values(), internal_id=True)
    by_key = await documents_by_key(session, targets.values())
    there = [cause for cause, place in told.items() if place in by_number or place in by_id]
    return there + [cause for cause, key in targets.items() if key in by_key and by_key[key].usable]


async def note_unknown_codes(session: AsyncConnection, rows: Sequence[Hold], now: datetime) -> list[str]:
    """Every unknown local code that holds these rows stands in the steward's inbox, with what the source says about it.

    Returns the causes (`Cause.text`) of codes that a person has said are never accepted: `drop_never_accepted`, once the rows are there.
    """
    sightings = [
        Sighting(
            cause.name, cause.system, cause.organisation, cause.value, _about(row, cause), message=f"{row.entity}/{row.key}"[:300],
            arrived=row.held_at,
        )
        for row in rows
        for cause in row.causes
        if cause.kind is CauseKind.CODE
    ]  # fmt: skip
    if not sightings:
        return []
    states = await note_unknown(session, sightings, now, in_force().spellings)
    return [cause for cause, state in states.items() if state == "refused"]


async def drop_never_accepted(session: AsyncConnection, causes: Sequence[str]) -> int:
    """What a person has said of a code once holds for later messages too: they are discarded for the same reason. How many."""
    count = 0
    for cause, refusal in (await refusals(session, causes)).items() if causes else ():
        if refusal.verdict == "never":
            count += await wish_discard_waiting(session, [cause], refusal.by, refusal.reason)
    return count


def _about(row: Hold, cause: Cause) -> dict[str, str]:
    """The flat texts that stand beside the unknown code in the record: its name, specification, unit, as the vendor calls them."""
    payload = unpack_inbound(unkeep(row.message).value).payload
    beside = _beside(payload, cause.value) or {}
    return {name: str(value)[:200] for name, value in beside.items() if isinstance(value, (str, int)) and value != cause.value and value}


def _beside(value: object, wanted: str) -> dict[str, object] | None:
    """The innermost object that holds the value."""
    if isinstance(value, dict):
        for item in value.values():
            found = _beside(item, wanted)
            if found is not None:
                return found
        return value if any(item == wanted for item in value.values()) else None
    if isinstance(value, list):
        return next((found for item in value if (found := _beside(item, wanted)) is not None), None)
    return None
