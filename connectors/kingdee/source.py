"""Reads K3Cloud by ExecuteBillQuery: every document state (an unaudit must be seen), whole documents only, by modification time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.kingdee.client import Client
from connectors.kingdee.forms import FORMS, HUB_KEY, Form
from connectors.kingdee.pages import TIME, Pages, Payload, at, quoted, second
from connectors.kingdee.parts import PARTS, Part, Place, attach, place_of, times_of
from hub.sdk import Chunk, Cursor, Record, SignatureRejected, WebhookRequest

BEGINNING = "1900-01-01 00:00:00"


class KingdeeSource:
    """The cursor is `{"modified": …}`: the newest FModifyDate seen, in the server's local time, never ahead of the server's clock;
    for a form with parts also the newest time of each of them, `{"PRD_PPBOM.FModifyDate": …}`.

    FModifyDate is compared by whole seconds and a transaction may become visible late, so reading starts `overlap_s` before it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings
        self._zone = ZoneInfo(client.settings.zone)
        self._pages = Pages(client)

    async def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Changed documents, oldest change first; then those of which only a part has changed."""
        form, marks, told = FORMS[entity], dict(cursor or {}), set[Place]()
        async for documents in self._pages.changed(form, self._since(marks.get("modified")), form.modified):
            if cursor is None and (now := self._now()):  # what is there by now comes with its documents
                marks = dict.fromkeys(_marks(form), now) | marks
            marks["modified"] = self._newest(document[form.modified] for document in documents)
            told.update(place_of(form, document) for document in documents)
            yield Chunk(await self._records(form, documents), dict(marks))
        for part in PARTS.get(entity, ()):
            for time in part.times:
                async for chunk in self._partly(form, part, time, marks, told):
                    yield chunk

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """One document by its number, or by the record's key (the vendor's internal id)."""
        form = FORMS[entity]
        places = [f"{form.number}={quoted(key)} and {form.organisation}={quoted(organisation)}"]
        for where in places + ([f"{form.id}={int(key)}"] if key.isdigit() else []):
            if found := await self._pages.in_full(form, where):
                return (await self._records(form, found[:1]))[0]
        return None

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """K3Cloud tells nothing by itself: whatever comes is not from it."""
        raise SignatureRejected

    async def _partly(self, form: Form, part: Part, time: str, marks: dict[str, Any], told: set[Place]) -> AsyncIterator[Chunk]:
        """Documents of which a part was changed or made since, those left out that were told of in this reading already."""
        mark = f"{part.form.form}.{time}"
        async for changed in self._pages.changed(part.header, self._since(marks.get(mark)), time):
            places = {place_of(part.form, each, part.order) for each in changed} - told
            found = await self._pages.with_numbers(form, form.number, sorted({number for _, number in places}))
            marks[mark] = self._newest(each[time] for each in changed)
            told |= places
            yield Chunk(await self._records(form, found), dict(marks))

    async def _records(self, form: Form, documents: Sequence[Payload]) -> list[Record]:
        await attach(self._pages, form, documents)
        return [self._record(form, document) for document in documents]

    def _record(self, form: Form, payload: Payload) -> Record:
        organisation = str(at(payload, form.organisation))
        changed = max(second(time) for time in times_of(form, payload)).replace(tzinfo=self._zone).astimezone(UTC)
        aggregate = (at(payload["entries"][0], form.lane) if form.lane else None) or payload[form.number]
        return Record(
            organisation=organisation, entity=form.form, key=str(payload[form.id]), lane=f"{organisation}/{aggregate}",
            payload=payload, version=changed.isoformat(), changed_at=changed, document_key=payload.get(HUB_KEY) or None,
        )  # fmt: skip

    def _since(self, mark: str | None) -> str:
        return BEGINNING if mark is None else (second(mark) - timedelta(seconds=self._settings.overlap_s)).strftime(TIME)

    def _newest(self, times: Any) -> str:
        """A date set by hand into the future must not hide what changes until then."""
        newest = max(map(second, times)).strftime(TIME)
        return min(newest, self._now() or newest)

    def _now(self) -> str:
        """The server's clock at its last answer, in its local time."""
        now: datetime | None = self._client.server_now
        return now.astimezone(self._zone).strftime(TIME) if now else ""


def _marks(form: Form) -> list[str]:
    return [f"{part.form.form}.{time}" for part in PARTS.get(form.form, ()) for time in part.times]
