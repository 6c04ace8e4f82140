"""Reads Tryton by `search_read`: windows of write and create times over a record and its parts, paged by id, all states, archived too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.tryton.client import Client
from connectors.tryton.envelope import typed_time
from connectors.tryton.forms import FLAGS, FORMS, LISTS, OUTPUT, SALE, SALE_LINE_FIELDS, STAMPS, Form
from connectors.tryton.stamp import receipts_of, stamp_of
from hub.sdk import Chunk, Cursor, Record, SignatureRejected, WebhookRequest

Rows = Sequence[dict[str, Any]]
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


class TrytonSource:
    """The cursor: `from`, the newest change read; within a window also `after` (the last id) and `newest` (the next `from`).

    Tryton: on PostgreSQL `write_date` is the start of the transaction, which may commit late: a window begins `overlap_s` earlier.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings

    async def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Changed records in order of id, a page a chunk. `write_date` is null until the first change: both times are asked for."""
        form, place = FORMS[entity], dict(cursor or {"from": BEGINNING.isoformat()})
        since = datetime.fromisoformat(place["from"])
        newest, after, began = datetime.fromisoformat(place.get("newest") or place["from"]), place.get("after", 0), None
        window = _changed_since(form, since - timedelta(seconds=self._settings.overlap_s) if since > BEGINNING else since)
        while True:
            rows = await self._rows(form, [*window, ["id", ">", after]], limit=self._settings.page)
            began = began or self._ahead()
            last = len(rows) < self._settings.page
            if not rows and not place.get("after"):
                return
            after = rows[-1]["id"] if rows else after
            records = await self._records(form, rows)
            newest = max([newest, *(min(record.changed_at, began or record.changed_at) for record in records if record.changed_at)])
            place = {"from": newest.isoformat()} if last else {"from": since.isoformat(), "after": after, "newest": newest.isoformat()}
            yield Chunk(records, place)
            if last:
                return

    def _ahead(self) -> datetime | None:
        """No change that a later read must not miss is newer than this: the server's clock, of which HTTP tells whole seconds."""
        now = self._client.server_now
        return now and now + timedelta(seconds=1)

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """One record by its number, or by the record's key (Tryton's id)."""
        form = FORMS[entity]
        places: list[list[Any]] = [[form.number, "like" if form is OUTPUT else "=", f"%{key}%" if form is OUTPUT else key]]
        if key.isdigit():
            places.append(["id", "=", int(key)])
        for place in places:
            found = await self._records(form, await self._rows(form, [place], limit=None))
            for record in found:
                if form is not OUTPUT or key in (record.key, record.key.rpartition("/")[2]):
                    return record
        return None

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """Tryton tells nothing by itself: whatever comes is not from it."""
        raise SignatureRejected

    async def _rows(self, form: Form, domain: list[Any], *, limit: int | None) -> Rows:
        rows = await self._client.read(form.model, [*domain, *map(list, form.only)], form.asked, limit=limit)
        if form.origins is not None:
            await self._add_origins(form, rows)
        return rows

    async def _add_origins(self, form: Form, rows: Rows) -> None:
        """`sale.line,7` becomes the line itself. By a call of its own: an origin may be of another kind, which has no such fields."""
        holders = [holder for row in rows for holder in (row[form.origins] if form.origins else [row])]
        ids = {int(id) for holder in holders for model, _, id in [(holder["origin"] or "").partition(",")] if model == "sale.line"}
        lines = await self._client.read("sale.line", [["id", "in", sorted(ids)]], SALE_LINE_FIELDS) if ids else []
        by_origin = {f"sale.line,{line['id']}": _origin(line) for line in lines}
        for holder in holders:
            holder["origin"] = by_origin.get(holder["origin"] or "")

    async def _records(self, form: Form, rows: Rows) -> list[Record]:
        company = str(await self._client.company())
        records = []
        for row in rows:
            changed_at = _newest(row)
            payload = {**_without_times(row), "changed_at": changed_at.isoformat()}
            records += self._receipts(payload, company, changed_at) if form is OUTPUT else [_record(form, payload, company, changed_at)]
        return records

    def _receipts(self, payload: Mapping[str, Any], company: str, changed_at: datetime) -> list[Record]:
        """One record for each receipt that was posted to a production."""
        return [
            Record(
                organisation=company, entity=OUTPUT.entity, key=key, lane=f"production/{payload['id']}",
                payload={**payload, "receipt": key.rpartition("/")[2]}, version=changed_at.isoformat(), changed_at=changed_at,
                document_key=key,
            )
            for key in receipts_of(payload["reference"])
        ]  # fmt: skip


def _record(form: Form, payload: Mapping[str, Any], company: str, changed_at: datetime) -> Record:
    stamp = stamp_of(payload.get("description")) if form is SALE else None
    return Record(
        organisation=company, entity=form.entity, key=str(payload["id"]), lane=f"{form.model}/{payload['id']}",
        payload={**payload, "document_key": stamp.key if stamp else None} if form is SALE else payload,
        version=changed_at.isoformat(), changed_at=changed_at, document_key=stamp.key if stamp else None,
    )  # fmt: skip


def _origin(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """The order line that a record comes from; None where the sale is not one of ours (made in Tryton itself)."""
    stamp = stamp_of(line["sale"]["description"])
    return {"order": line["sale"]["reference"], "line": line["sequence"], "document_key": stamp.key} if stamp else None


def _changed_since(form: Form, since: datetime) -> list[Any]:
    at = typed_time(since)
    paths = [stamp if not part else f"{part}.{stamp}" for part in ("", *form.parts) for stamp in STAMPS]
    return [["OR", *([path, ">=", at] for path in paths)]]


def _newest(value: Any) -> datetime:
    """The newest time anywhere in a record and its parts."""
    if isinstance(value, list):
        return max(map(_newest, value), default=BEGINNING)
    if not isinstance(value, dict):
        return BEGINNING
    own = [datetime.fromisoformat(value[stamp]) for stamp in STAMPS if value.get(stamp)]
    return max([BEGINNING, *own, *(_newest(inner) for inner in value.values())])


def _without_times(row: Mapping[str, Any]) -> dict[str, Any]:
    """The payload: its lists in order of id and numbered, without the parts' times, so that equal content is equal."""
    result = {name: bool(value) if name in FLAGS else value for name, value in row.items() if name not in STAMPS}
    for name, value in result.items():
        if isinstance(value, dict):
            result[name] = _without_times(value)
        elif isinstance(value, list) and name in LISTS:
            rows = sorted(value, key=lambda each: int(each["id"]))
            result[name] = [{**_without_times(each), "place": 10 * place} for place, each in enumerate(rows, 1)]
    return {name: value for name, value in result.items() if name != "moves"}
