"""What normalize remembers: the last state of each vendor record, the documents of each system, how messages ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import Executable, RowMapping, Table, TextClause, bindparam, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert_for
from hub.storage.places import rows_at
from hub.storage.tables import documents, record_states, tallies

_JSON = msgspec.json.Encoder()
FORGET_PAYLOAD = (
    update(documents)
    .where(
        documents.c.system == bindparam("of_system"), documents.c.entity == bindparam("of_entity"), documents.c.key == bindparam("of_key"),
        documents.c.ours.is_(True),
    )
    .values(payload="")
)


class RecordState(msgspec.Struct, frozen=True):
    """What was last decided of one vendor record. `events` maps 'entity canonical-key' to its event's mark (`pipeline.transitions`)."""

    revision: int
    correction: int
    content: str
    events: Mapping[str, str]


RecordPlace = tuple[str, str, str]
"""(system, vendor entity, vendor key)"""


async def record_states_of(session: AsyncConnection, places: Iterable[RecordPlace]) -> dict[RecordPlace, RecordState]:
    """The last states of these records, where there are any."""
    return {
        (row["system"], row["entity"], row["key"]): RecordState(row["revision"], row["correction"], row["content"], row["events"])
        for row in await rows_at(session, record_states, ("system", "entity", "key"), places)
    }


async def keep_record_states(session: AsyncConnection, states: Mapping[RecordPlace, RecordState]) -> None:
    """Write the newest state of each record."""
    rows = [
        {"system": place[0], "entity": place[1], "key": place[2], "revision": state.revision, "correction": state.correction,
         "content": state.content, "events": dict(state.events)}
        for place, state in states.items()
    ]
    await upsert(session, record_states, rows, ("system", "entity", "key"))


class KnownDocument(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One document as one system has it. `ours`: we wrote it; `event`, `payload` (hash), `data` (event data) are of the last write."""

    system: str
    entity: str
    key: str
    form: str
    organisation: str
    id: str
    number: str
    ours: bool = False
    event: str = ""
    revision: int = 0
    correction: int = 0
    payload: str = ""
    data: bytes | None = None
    step: str = ""
    usable: bool = True
    why: str = ""


NOT_OURS = {"ours": False, "event": "", "revision": 0, "correction": 0, "payload": "", "step": "", "usable": True, "why": ""}
NumberPlace = tuple[str, str, str, str]
"""(system, canonical entity, shared organisation, the system's own number)"""
KeyPlace = tuple[str, str, str]
"""(system, canonical entity, canonical key)"""


async def documents_by_key(session: AsyncConnection, places: Iterable[KeyPlace]) -> dict[KeyPlace, KnownDocument]:
    """These documents, where the systems have them."""
    rows = await rows_at(session, documents, ("system", "entity", "key"), places)
    return {(row["system"], row["entity"], row["key"]): document_of(row) for row in rows}


async def documents_by_number(
    session: AsyncConnection, places: Iterable[NumberPlace], *, internal_id: bool = False
) -> dict[NumberPlace, KnownDocument]:
    """The same, found by the number (or the internal id) that the system itself uses."""
    own = "id" if internal_id else "number"
    rows = await rows_at(session, documents, ("system", "entity", "organisation", own), places)
    return {(row["system"], row["entity"], row["organisation"], row[own]): document_of(row) for row in rows}


async def note_documents(session: AsyncConnection, known: Sequence[KnownDocument]) -> None:
    """What a system said of its own documents: id and number, nothing that a delivery wrote is touched."""
    rows = [
        {"system": one.system, "entity": one.entity, "key": one.key, "form": one.form, "organisation": one.organisation, "id": one.id,
         "number": one.number}
        for one in known
    ]
    await upsert(session, documents, rows, ("system", "entity", "key"), ("id", "number"), NOT_OURS)


async def forget_payloads(session: AsyncConnection, places: Sequence[KeyPlace]) -> None:
    """What stands there is no longer what we wrote: the next event is written even where it would change nothing."""
    if places:
        await session.execute(FORGET_PAYLOAD, [dict(zip(("of_system", "of_entity", "of_key"), place)) for place in places])


def document_of(row: RowMapping) -> KnownDocument:
    """A row as a value."""
    names = ("system", "entity", "key", "form", "organisation", "id", "number", "ours", "event", "revision", "correction", "payload",
             "data", "step", "usable", "why")
    return KnownDocument(**{name: row[name] for name in names})


async def tally(session: AsyncConnection, loop: str, system: str, outcomes: Mapping[str, int]) -> None:
    """Count how messages ended."""
    rows = [{"loop": loop, "system": system, "outcome": outcome, "count": count} for outcome, count in outcomes.items() if count]
    if rows:
        await session.execute(_counting(session.dialect.name), rows)


@cache
def _counting(dialect: str) -> Executable:
    statement = insert_for(dialect, tallies)
    added = {"count": tallies.c.count + statement.excluded["count"]}
    return statement.on_conflict_do_update(index_elements=["loop", "system", "outcome"], set_=added)


async def upsert(
    session: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str], changed: Sequence[str] | None = None,
    same: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert rows, or change them where the key is there; `changed` None: every other column given. `same`: what is so in all of them.

    Of several rows with one key the last stands. On PostgreSQL several rows may hold no bytes.
    """
    if not rows:
        return
    names = changed if changed is not None else [name for name in rows[0] if name not in key]
    unique = list({tuple(row[name] for name in key): row for row in rows}.values())
    if len(unique) > 1 and session.dialect.name == "postgresql":
        at_once = _upsert_at_once(table, tuple(rows[0]), tuple(key), tuple(names), tuple(same))
        await session.execute(at_once, {"rows": _JSON.encode(unique).decode(), "same": _JSON.encode(dict(same)).decode()})
        return
    one_by_one = _upserting(session.dialect.name, table, (*rows[0], *same), tuple(key), tuple(names))
    await session.execute(one_by_one, [{**row, **same} for row in unique] if same else unique)


@cache
def _upserting(dialect: str, table: Table, columns: tuple[str, ...], key: tuple[str, ...], changed: tuple[str, ...]) -> Executable:
    """Built once per shape: building and hashing it would cost more than carrying it out. `columns` are those of the rows."""
    statement = insert_for(dialect, table)
    return statement.on_conflict_do_update(index_elements=list(key), set_={name: statement.excluded[name] for name in changed})


@cache
def _upsert_at_once(
    table: Table, columns: tuple[str, ...], key: tuple[str, ...], changed: tuple[str, ...], same: tuple[str, ...]
) -> TextClause:
    """All rows as one JSON parameter: a third of what a row by row execution costs on either side. What is the same comes once."""
    named = ", ".join(f'"{column}"' for column in (*columns, *same))
    told = ", ".join([f'r."{column}"' for column in columns] + [f's."{column}"' for column in same])
    kind, changes = f'null::"{table.name}"', ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    return text(
        f'insert into "{table.name}" ({named}) select {told} from json_populate_recordset({kind}, cast(:rows as json)) r'
        f" cross join json_populate_record({kind}, cast(:same as json)) s on conflict ({', '.join(key)}) do update set {changes}"
    )
