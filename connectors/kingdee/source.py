"""Reads K3Cloud by ExecuteBillQuery: every document state (an unaudit must be seen), whole documents only, by modification time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from connectors.kingdee.client import Client
from connectors.kingdee.forms import FORMS, HUB_KEY, Form
from hub.sdk import Chunk, Cursor, Record, SignatureRejected, WebhookRequest

TIME = "%Y-%m-%d %H:%M:%S"
Rows = Sequence[Sequence[Any]]


class KingdeeSource:
    """The cursor is `{"modified": …}`: the newest FModifyDate seen, in the server's local time, never ahead of the server's clock.

    FModifyDate has whole seconds and a transaction may become visible late, so reading starts `overlap_s` before it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings
        self._zone = ZoneInfo(client.settings.zone)

    async def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Changed documents, oldest change first."""
        form = FORMS[entity]
        async for documents in self._changed(form, self._since(cursor)):
            records = [self._record(form, payload) for payload in documents]
            newest = max(self._local(payload[form.modified]) for payload in documents)
            yield Chunk(records, {"modified": self._not_ahead(newest).strftime(TIME)})

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """One document by its number, or by the record's key (the vendor's internal id)."""
        form = FORMS[entity]
        places = [f"{form.number}={quoted(key)} and {form.organisation}={quoted(organisation)}"]
        for where in places + ([f"{form.id}={int(key)}"] if key.isdigit() else []):
            async for document in self._in_full(form, where):
                return self._record(form, document)
        return None

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """K3Cloud tells nothing by itself: whatever comes is not from it."""
        raise SignatureRejected

    async def _changed(self, form: Form, since: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Pages by key, not by offset: what changes meanwhile moves to the end and must not shift the rest out of sight."""
        while True:
            rows = await self._page(form, f"{form.modified}>={quoted(since)}", order=(form.modified, form.id))
            whole, cut = split(form, rows, self._settings.page)
            if whole:
                yield whole
            if cut is None:
                return
            at = self._local(cut[form.modified]).strftime(TIME)
            if whole and at > since:
                since = at
                continue
            async for documents in self._same_second(form, at, cut[form.id]):
                yield documents
            since = (self._local(cut[form.modified]) + timedelta(seconds=1)).strftime(TIME)

    async def _same_second(self, form: Form, at: str, first: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """More rows within one second than a page holds (a mass import, a very long document)."""
        while True:
            where = f"{form.modified}={quoted(at)} and {form.id}>={quoted(first)}"
            whole, cut = split(form, await self._page(form, where, order=(form.id,)), self._settings.page)
            if whole:
                yield whole
            if cut is None:
                return
            first = cut[form.id]
            if not whole:
                yield [document async for document in self._in_full(form, f"{form.id}={quoted(first)}")]
                first = int(first) + 1

    async def _in_full(self, form: Form, where: str) -> AsyncIterator[dict[str, Any]]:
        rows: list[Sequence[Any]] = []
        while True:
            page = await self._page(form, where, order=(form.id,), start=len(rows))
            rows += page
            if len(page) < self._settings.page:
                break
        for document in documents_of(form, rows):
            yield document

    async def _page(self, form: Form, where: str, *, order: tuple[str, ...], start: int = 0) -> list[list[Any]]:
        organisations = ",".join(quoted(number) for number in self._settings.organisations)
        where = f"{where} and {form.organisation} in ({organisations})"
        ordering = ",".join(f"{key} ASC" for key in (*order, *form.entry_ids))
        return await self._client.query(form.form, form.keys, where, order=ordering, start=start, limit=self._settings.page)

    def _record(self, form: Form, payload: dict[str, Any]) -> Record:
        organisation = str(at(payload, form.organisation))
        modified = self._local(payload[form.modified]).replace(tzinfo=self._zone).astimezone(UTC)
        aggregate = (at(payload["entries"][0], form.lane) if form.lane else None) or payload[form.number]
        return Record(
            organisation=organisation, entity=form.form, key=str(payload[form.id]), lane=f"{organisation}/{aggregate}",
            payload=payload, version=modified.isoformat(), changed_at=modified, document_key=payload.get(HUB_KEY) or None,
        )  # fmt: skip

    def _since(self, cursor: Cursor | None) -> str:
        if cursor is None:
            return "1900-01-01 00:00:00"
        return (self._local(cursor["modified"]) - timedelta(seconds=self._settings.overlap_s)).strftime(TIME)

    def _not_ahead(self, newest: datetime) -> datetime:
        """A date set by hand into the future must not hide what changes until then."""
        now = self._client.server_now
        return newest if now is None else min(newest, now.astimezone(self._zone).replace(tzinfo=None))

    @staticmethod
    def _local(value: Any) -> datetime:
        return datetime.fromisoformat(str(value)).replace(microsecond=0)


def split(form: Form, rows: Rows, page: int) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The whole documents of a page, and the one that its end may have cut (None: this was the last page)."""
    documents = list(documents_of(form, rows))
    return (documents, None) if len(rows) < page else (documents[:-1], documents[-1])


def documents_of(form: Form, rows: Rows) -> Iterator[dict[str, Any]]:
    """One payload a document: header fields, and `entries` with one row per entry; dotted keys become nested objects."""
    heads = len(form.header_keys)
    place = form.keys.index(form.id)
    for _, group in groupby(rows, key=lambda row: row[place]):
        lines = list(group)
        payload = nested(form.header_keys, lines[0][:heads])
        if form.lines:
            payload["entries"] = [nested(form.line_keys, row[heads:]) for row in lines]
        yield payload


def nested(keys: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """`{"FCustId.FNumber": "C1"}` as `{"FCustId": {"FNumber": "C1"}}`."""
    result: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        *path, leaf = key.split(".")
        inner = result
        for part in path:
            inner = inner.setdefault(part, {})
        inner[leaf] = value
    return result


def at(payload: Any, path: str) -> Any:
    """The value at a dotted path of a payload of ours."""
    for part in path.split("."):
        payload = payload[part]
    return payload


def quoted(value: Any) -> str:
    """A literal for a FilterString; numbers stay bare. Quotes are doubled: values come from other systems."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
