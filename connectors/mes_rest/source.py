"""Reads what the shop floor says: pages by the vendor's cursor, looking back a little for rows that show late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.mes_rest.card import RESOURCES, Resource
from connectors.mes_rest.client import Client
from hub.sdk import Chunk, Cursor, Record, SignatureRejected, WebhookRequest


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through the pages: from `since` (the newest `updated_at` of the last walk), at the vendor's `page`; `high`: the newest yet."""

    since: str | None = None
    page: str | None = None
    high: str | None = None

    def cursor(self) -> Cursor:
        """As JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def after(self, rows: Sequence[Mapping[str, Any]], page: str | None) -> Walk:
        """The walk after a page; without a next page it is over, and the next one starts from the newest row seen."""
        times = [at for row in rows if (at := row_time(row)) is not None]
        if self.high is not None:
            times.append(datetime.fromisoformat(self.high))
        high = max(times).isoformat() if times else None
        return replace(self, page=page, high=high) if page else Walk(since=high or self.since)


class MesSource:
    """`hub.sdk.Source`; this MES has no webhooks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Pages in order of `updated_at`, so a row that changes meanwhile comes again at the end."""
        walk = Walk(**(cursor or {}))
        resource = RESOURCES[entity]
        while True:
            body = await self._client.get(entity, **self._params(walk))
            rows = list(body.get("data") or ())
            walk = walk.after(rows, (body.get("meta") or {}).get("next_cursor"))
            yield Chunk([record(resource, row) for row in rows], walk.cursor())
            if walk.page is None:
                return

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """One row by its number (`key` may be the number, or `site/number`)."""
        resource = RESOURCES[entity]
        number = key.removeprefix(f"{organisation}/")
        body = await self._client.get(entity, site_code=organisation, **{resource.number: number})
        rows = body.get("data") or ()
        return record(resource, rows[0]) if rows else None

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """This MES sends no webhooks, so whatever comes is not from it."""
        raise SignatureRejected("this MES sends no webhooks")

    def _params(self, walk: Walk) -> dict[str, str]:
        params = {"limit": str(self._client.settings.page_size)}
        if walk.since:
            bound = datetime.fromisoformat(walk.since) - timedelta(seconds=self._client.settings.overlap_s)
            params["since"] = bound.isoformat()
        if walk.page:
            params["cursor"] = walk.page
        return params


def record(resource: Resource, row: Mapping[str, Any]) -> Record:
    """The decoder. A row without number keeps the vendor's id as key, so that it is held and seen instead of lost."""
    site = str(row.get("site_code") or "")
    key = f"{site}/{row.get(resource.number) or row.get('id')}"
    lane = f"{site}/{row[resource.lane]}" if resource.lane and row.get(resource.lane) else key
    version = row.get("version")
    return Record(
        organisation=site, entity=resource.name, key=key, lane=lane, payload=row,
        version=version if isinstance(version, int) else None, changed_at=row_time(row), document_key=row.get("external_key") or None,
    )  # fmt: skip


def row_time(row: Mapping[str, Any]) -> datetime | None:
    """`updated_at` as an aware time in UTC; None where it is none."""
    try:
        at = datetime.fromisoformat(str(row.get("updated_at")))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
