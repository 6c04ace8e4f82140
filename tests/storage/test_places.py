"""Rows found by many compound keys at once, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, text

from hub.db import Database
from hub.migrations import upgrade
from hub.reporting.tables import DOCUMENTS, NUMBERS, ORDERS
from hub.storage.places import _selection, delete_at, rows_at
from hub.storage.records import KnownDocument, RecordState, documents_by_number, keep_record_states, note_documents, record_states_of
from hub.storage.tables import documents, record_states, revisions


def make_known(number: str, **more: Any) -> KnownDocument:
    facts = {"system": "crm", "entity": "sales_order", "key": f"P1/{number}", "form": "order", "organisation": "P1", "id": f"id-{number}"}
    return KnownDocument(**{**facts, "number": number, **more})


async def test_each_row_is_found_by_all_columns_of_its_key_together(database: Database) -> None:
    states = {("crm", "order", f"SO-{number}"): RecordState(number, 0, "c", {"sales_order P1/1": "h"}) for number in range(1_005)}
    async with database.write() as session:
        await keep_record_states(session, states)
    async with database.read() as session:
        crossed = [("crm", "invoice", "SO-1"), ("erp", "order", "SO-1"), ("crm", "order", "none of ours")]
        assert await record_states_of(session, [*states, *crossed]) == states
        assert await record_states_of(session, crossed) == {}
        assert list(await rows_at(session, record_states, ("system", "entity", "key"), [])) == []


async def test_a_document_is_found_by_its_number_and_by_its_id_as_it_was_noted(database: Database) -> None:
    known = [make_known("SO-1"), make_known("SO-'2\""), make_known("SO-3", organisation="P2", key="P2/SO-3")]
    async with database.write() as session:
        await note_documents(session, known)
    places = [(one.system, one.entity, one.organisation, one.number) for one in known]
    ids = [(one.system, one.entity, one.organisation, one.id) for one in known]
    async with database.read() as session:
        assert await documents_by_number(session, [*places, ("crm", "sales_order", "P1", "SO-3")]) == dict(zip(places, known))
        assert await documents_by_number(session, ids, internal_id=True) == dict(zip(ids, known))


async def test_what_is_deleted_has_one_of_the_places_and_all_else_stays(database: Database) -> None:
    key = ("system", "entity", "key")
    states = {("crm", "order", f"SO-{number}"): RecordState(number, 0, "c", {}) for number in range(4)}
    gone = [("crm", "order", "SO-1"), ("crm", "order", "SO-3"), ("erp", "order", "SO-2")]
    async with database.write() as session:
        await keep_record_states(session, states)
        await delete_at(session, record_states, key, [])
        await delete_at(session, record_states, key, gone)
    async with database.read() as session:
        assert {place[2] for place in await record_states_of(session, states)} == {"SO-0", "SO-2"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (documents, ("system", "entity", "key")), (documents, ("system", "entity", "organisation", "number")),
        (documents, ("system", "entity", "organisation", "id")), (record_states, ("system", "entity", "key")),
        (revisions, ("system", "entity", "key")), (DOCUMENTS, ("entity", "key", "source")), (ORDERS, ("key", "source")),
        (NUMBERS, ("entity", "key", "source")),
    ],
)
async def test_no_table_is_read_whole_for_some_places_of_it(tmp_path: Path, table: Table, columns: tuple[str, ...]) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    await upgrade(url)
    database = Database.connect(url)
    statement = str(_selection("sqlite", table, columns, False))
    async with database.read() as session:
        plan = [row[3] for row in await session.execute(text(f"explain query plan {statement}"), {"places": "[]"})]
    await database.close()
    assert any(step.startswith("SEARCH t ") and step.count("=?") >= 2 for step in plan), plan
