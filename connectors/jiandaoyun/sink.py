"""Writes rows: one step, 'save'; the document is known again by its hidden key, the change by its hidden mark."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.jiandaoyun.card import FORMS, KEY_LABEL, MARK_LABEL, REVISION_LABEL
from connectors.jiandaoyun.client import Client
from connectors.jiandaoyun.errors import OperationUnknown
from connectors.jiandaoyun.fields import Fields
from hub.sdk import Document, DocumentKey, InDoubtError, Meaning, Written, sent

NAMESPACE = uuid.UUID("6a1b7a38-5f0e-4b8e-9a57-3f1d0e5b9c21")


def transaction_id(key: str, mark: str = "") -> str:
    """The UUID that makes a create idempotent: one per document, so that an older version's create that lands late makes no second row."""
    return str(uuid.uuid5(NAMESPACE, f"{key}\x1f{mark}"))


class JiandaoyunSink:
    """`hub.sdk.Sink` for the forms that the hub writes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, document: Document) -> Written:
        """Create or update one row. API writes skip the form's own checks, so we look for our key before we create."""
        if document.operation != "upsert":
            raise OperationUnknown(system=self._client.system, form=document.entity, operation=document.operation)
        form = await self._client.form(document.entity)
        data = form.written({**document.payload, **_marks(document)})
        if document.id and (row := await self._update(form, document.id, data)):
            return _written(form, row)
        standing = await self.find(document.key)
        row = await self._update(form, standing[0].id, data) if standing else None
        return _written(form, row or await self._create(form, document, data))

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """Every row with our key; also rows of that number which carry no key yet (there before the hub), and the row of the known id."""
        form = await self._client.form(key.entity)
        rows = await self._rows_of(form, key)
        if key.id and key.id not in rows and (row := await self._client.row(form, key.id)):
            rows[key.id] = row  # the list may not show it yet
        mine = [row for row in rows.values() if self._is_mine(form, row, key)]
        return [_written(form, row) for row in mine]

    async def _rows_of(self, form: Fields, key: DocumentKey) -> dict[str, dict[str, Any]]:
        conditions = [_equal(form.id_of(KEY_LABEL), key.key)]
        if key.number:
            conditions.append(_equal(form.id_of(FORMS[key.entity].number_label), key.number))
        rows: dict[str, dict[str, Any]] = {}
        after = None
        while True:
            page, _ = await self._client.rows(form, after=after, conditions=conditions, rel="or")
            rows.update((row["_id"], row) for row in page)
            if len(page) < self._client.settings.page_size:
                return rows
            after = page[-1]["_id"]

    def _is_mine(self, form: Fields, row: Mapping[str, Any], key: DocumentKey) -> bool:
        seen = form.labelled(row)
        if carried := seen.get(KEY_LABEL):
            return bool(carried == key.key)
        return bool(seen.get(self._client.settings.organisation_label) == key.organisation)

    async def _create(self, form: Fields, document: Document, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create; if the vendor answers with a row of an earlier create, bring it up to date; if that was deleted since, create anew."""
        for mark in ("", document.mark):
            row = await self._save(form, "create", data, {"transaction_id": transaction_id(document.key.key, mark)})
            with sent(self._client.system, f"{form.form} '{document.key.key}'"):
                if form.labelled(row).get(MARK_LABEL) == document.mark and await self._client.row(form, row["_id"]):
                    return row
                if updated := await self._update(form, row["_id"], data):
                    return updated
        raise InDoubtError(system=self._client.system, what=f"{form.form} '{document.key.key}'")

    async def _update(self, form: Fields, row_id: str, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The row after the update, or None where it is no longer there."""
        answer = await self._client.ask(
            "/app/entry/data/update", {"entry_id": form.entry_id, "data_id": row_id, "data": data}, safe=False,
        )  # fmt: skip
        return self._row(form, answer.body) if answer.meaning is Meaning.OK else None

    async def _save(self, form: Fields, verb: str, data: Mapping[str, Any], extra: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._client.ask(f"/app/entry/data/{verb}", {"entry_id": form.entry_id, "data": data, **extra}, safe=False)
        return self._row(form, answer.body)

    def _row(self, form: Fields, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        row = (body or {}).get("data")
        if not isinstance(row, dict) or "_id" not in row:
            raise InDoubtError(system=self._client.system, what=f"{form.form}: an answer without the row")
        return row


def _marks(document: Document) -> dict[str, str]:
    return {KEY_LABEL: document.key.key, MARK_LABEL: document.mark, REVISION_LABEL: str(document.revision)}


def _equal(name: str, value: str) -> dict[str, Any]:
    return {"field": name, "type": "text", "method": "eq", "value": [value]}


def _written(form: Fields, row: Mapping[str, Any]) -> Written:
    seen = form.labelled(row)
    revision = str(seen.get(REVISION_LABEL) or "")
    return Written(
        id=row["_id"], number=str(seen.get(FORMS[form.form].number_label) or row["_id"]), step="save",
        mark=seen.get(MARK_LABEL) or None, revision=int(revision) if revision.isdigit() else None,
    )  # fmt: skip
