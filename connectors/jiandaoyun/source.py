"""Reads rows: polling by modification time over pages in order of `_id`, single rows, and signed webhooks; one decoder for all."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.jiandaoyun.card import FORMS, KEY_LABEL
from connectors.jiandaoyun.client import Client, read_json
from connectors.jiandaoyun.errors import FormNotReadYet, WebhookUnreadable
from connectors.jiandaoyun.fields import Fields
from hub.sdk import Chunk, Cursor, Record, SignatureRejected, WebhookRequest

OPERATIONS = {"data_create": "upsert", "data_update": "upsert", "data_remove": "delete"}
FORM_CHANGED = "form_update"


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through the pages. `since`: the filter's lower bound; `after`: the last `_id` read; `started`: the vendor's time when
    the walk began, from which the next one looks on, since a row may change behind the page we are on. For the sweep:
    `swept_at`, and `known`, `_id` → key of live rows.
    """

    since: str | None = None
    after: str | None = None
    started: str | None = None
    swept_at: str | None = None
    known: Mapping[str, str] | None = None

    def cursor(self) -> Cursor:
        """As JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class JiandaoyunSource:
    """`hub.sdk.Source` for the forms of one app."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loading: set[asyncio.Task[Fields]] = set()

    async def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Pages of changed rows. Batch imports and batch edits are not pushed by the vendor: this finds them."""
        walk = Walk(**(cursor or {}))
        form = await self._client.form(entity)
        while True:
            rows, at = await self._client.rows(form, after=walk.after, conditions=self._changed_since(walk.since))
            if any(form.is_strange(row) for row in rows):
                form = await self._client.form(entity, again=True)
            walk = replace(walk, started=walk.started or (at.isoformat() if at else walk.since))
            last = len(rows) < self._client.settings.page_size
            walk = replace(walk, since=walk.started, after=None, started=None) if last else replace(walk, after=rows[-1]["_id"])
            yield Chunk([self._record(form, row) for row in rows], walk.cursor())
            if last:
                break
        if at is not None and self._sweep_is_due(walk, at):
            yield await self._sweep(form, walk, at)

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """One row by its number (`key` may be the number, or `organisation/number`)."""
        form = await self._client.form(entity)
        number = key.removeprefix(f"{organisation}/")
        condition = {"field": form.id_of(FORMS[entity].number_label), "type": "text", "method": "eq", "value": [number]}
        rows, _ = await self._client.rows(form, conditions=[condition])
        records = [self._record(form, row) for row in rows]
        return next((record for record in records if record.organisation == organisation), None)

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """The record of one data push. Forms that we do not read give nothing; a changed form is read again, and gives nothing.

        Raises SignatureRejected, WebhookUnreadable, FormNotReadYet (answered with an error, the vendor pushes again).
        """
        self._check_signature(request)
        operation, row = self._opened(request.body)
        if operation == FORM_CHANGED:
            self._load(*FORMS)
            return ()
        name = str(row.get("formName") or "")
        if name not in FORMS:
            return ()
        form = self._client.known_form(name)
        if form is None:
            self._load(name)
            raise FormNotReadYet(system=self._client.system, form=name)
        return (self._record(form, row, operation),)

    async def close(self) -> None:
        """Stop reading forms in the background."""
        for task in self._loading:
            task.cancel()
        await asyncio.gather(*self._loading, return_exceptions=True)

    def _check_signature(self, request: WebhookRequest) -> None:
        """sha1(nonce:body:secret:timestamp) over the raw bytes; re-serialised JSON would not match."""
        nonce, stamp = request.query.get("nonce", ""), request.query.get("timestamp", "")
        secret = self._client.settings.webhook_secret.get_secret_value()
        expected = signature(nonce, request.body, secret, stamp)
        given = request.headers.get("x-jdy-signature", "")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise SignatureRejected("the signature does not match")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > self._client.settings.webhook_max_age_s:
            raise SignatureRejected("the signed time is too far away")

    def _opened(self, body: bytes) -> tuple[str, Mapping[str, Any]]:
        try:
            message = read_json(body)
        except ValueError as error:
            raise WebhookUnreadable(system=self._client.system, what=str(error)[:200]) from error
        if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
            raise WebhookUnreadable(system=self._client.system, what="no object 'data'")
        if message.get("op") not in (*OPERATIONS, FORM_CHANGED):
            raise WebhookUnreadable(system=self._client.system, what=f"op '{str(message.get('op'))[:50]}'")
        return message["op"], message["data"]

    def _load(self, *names: str) -> None:
        for name in names:
            task = asyncio.get_running_loop().create_task(self._client.form(name, again=True))
            self._loading.add(task)
            task.add_done_callback(self._loaded)

    def _loaded(self, task: asyncio.Task[Fields]) -> None:
        self._loading.discard(task)
        if not task.cancelled():
            task.exception()  # seen; the next webhook tries again

    def _record(self, form: Fields, row: Mapping[str, Any], op: str = "data_update") -> Record:
        """The decoder. A row without number keeps its `_id` as key, so that it is held and seen instead of lost."""
        payload = form.labelled(row)
        organisation = str(payload.get(self._client.settings.organisation_label) or "")
        key = f"{organisation}/{payload.get(FORMS[form.form].number_label) or row.get('_id')}"
        stamp = row.get("deleteTime") or row.get("updateTime") or row.get("createTime")
        changed_at = vendor_time(stamp)
        return Record(
            organisation=organisation, entity=form.form, key=key, lane=key, payload=payload,
            version=changed_at.isoformat(timespec="milliseconds") if changed_at else None, changed_at=changed_at,
            operation="delete" if OPERATIONS[op] == "delete" else "upsert", document_key=payload.get(KEY_LABEL) or None,
        )  # fmt: skip

    def _changed_since(self, since: str | None) -> list[dict[str, Any]]:
        if since is None:
            return []
        bound = datetime.fromisoformat(since) - timedelta(seconds=self._client.settings.overlap_s)
        return [{"field": "updateTime", "type": "datetime", "method": "range", "value": [vendor_text(bound), None]}]

    def _sweep_is_due(self, walk: Walk, at: datetime) -> bool:
        every_s = self._client.settings.sweep_every_s
        return every_s > 0 and (walk.swept_at is None or at - datetime.fromisoformat(walk.swept_at) >= timedelta(seconds=every_s))

    async def _sweep(self, form: Fields, walk: Walk, at: datetime) -> Chunk:
        """Rows that were there at the last sweep and are gone; each is asked for by itself first, since a list may lag behind."""
        present = await self._present(form)
        gone: list[Record] = []
        for row_id, key in (walk.known or {}).items():
            if row_id not in present and await self._client.row(form, row_id) is None:
                gone.append(self._gone(form.form, row_id, key, at))
        return Chunk(gone, replace(walk, swept_at=at.isoformat(), known=present).cursor())

    async def _present(self, form: Fields) -> dict[str, str]:
        present: dict[str, str] = {}
        after = None
        while True:
            rows, _ = await self._client.rows(form, after=after)
            present.update((row["_id"], self._record(form, row).key) for row in rows)
            if len(rows) < self._client.settings.page_size:
                return present
            after = rows[-1]["_id"]

    def _gone(self, entity: str, row_id: str, key: str, at: datetime) -> Record:
        organisation, _, number = key.partition("/")
        payload = {"_id": row_id, self._client.settings.organisation_label: organisation, FORMS[entity].number_label: number}
        return Record(
            organisation=organisation, entity=entity, key=key, lane=key, payload=payload, operation="delete",
            version=at.astimezone(UTC).isoformat(timespec="milliseconds"), changed_at=at,
        )  # fmt: skip


def signature(nonce: str, body: bytes, secret: str, timestamp: str) -> str:
    """X-JDY-Signature: sha1 in hex over `nonce:body:secret:timestamp`, body as raw bytes."""
    return hashlib.sha1(b":".join((nonce.encode(), body, secret.encode(), timestamp.encode()))).hexdigest()


def vendor_time(text: Any) -> datetime | None:
    """`2026-11-01T08:00:00.000Z` as an aware time in UTC; None where it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def vendor_text(at: datetime) -> str:
    """The vendor's way of writing a time: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
