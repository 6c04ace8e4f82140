"""Queries of more rows than a page holds: whole documents only, by time, and nothing lost where something changes meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from connectors.kingdee.client import Client
from connectors.kingdee.forms import Form

TIME = "%Y-%m-%d %H:%M:%S"
NUMBERS_A_QUERY = 100
SECOND = timedelta(seconds=1)
Payload = dict[str, Any]
Rows = Sequence[Sequence[Any]]


class Pages:
    """Documents of the configured organisations."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings

    async def changed(self, form: Form, since: str, time: str) -> AsyncIterator[list[Payload]]:
        """From a local time on, by the field `time`, in pages by key, not by offset: what changes meanwhile moves to the end and
        must not shift the rest out of sight."""
        while True:
            rows = await self._page(form, f"{time}>={quoted(since)}", order=(time, form.id))
            whole, cut = split(form, rows, self._settings.page)
            if whole:
                yield whole
            if cut is None:
                return
            at = second(cut[time])
            if whole and at.strftime(TIME) > since:
                since = at.strftime(TIME)
                continue
            async for documents in self._same_second(form, at, time):
                yield documents
            since = (at + SECOND).strftime(TIME)

    async def _same_second(self, form: Form, at: datetime, time: str) -> AsyncIterator[list[Payload]]:
        """More rows within one second than a page holds (a mass import, a very long document). Kingdee keeps parts of a second,
        so within it the order of ids is not that of times: begin with the first."""
        within = f"{time}>={quoted(at.strftime(TIME))} and {time}<{quoted((at + SECOND).strftime(TIME))}"
        where = within
        while True:
            whole, cut = split(form, await self._page(form, where, order=(form.id,)), self._settings.page)
            if whole:
                yield whole
            if cut is None:
                return
            first = cut[form.id]
            if not whole:
                yield await self.in_full(form, f"{form.id}={quoted(first)}")
                first = int(first) + 1
            where = f"{within} and {form.id}>={quoted(first)}"

    async def in_full(self, form: Form, where: str) -> list[Payload]:
        """All that meet a filter; for a few documents, by their number or id."""
        rows: list[Sequence[Any]] = []
        while True:
            page = await self._page(form, where, order=(form.id,), start=len(rows))
            rows += page
            if len(page) < self._settings.page:
                return list(documents_of(form, rows))

    async def with_numbers(self, form: Form, key: str, numbers: Sequence[str]) -> list[Payload]:
        """All whose field `key` is one of `numbers`."""
        found: list[Payload] = []
        for start in range(0, len(numbers), NUMBERS_A_QUERY):
            some = ",".join(map(quoted, numbers[start : start + NUMBERS_A_QUERY]))
            found += await self.in_full(form, f"{key} in ({some})")
        return found

    async def _page(self, form: Form, where: str, *, order: tuple[str, ...], start: int = 0) -> list[list[Any]]:
        organisations = ",".join(quoted(number) for number in self._settings.organisations)
        where = f"{where} and {form.organisation} in ({organisations})"
        ordering = ",".join(f"{key} ASC" for key in (*order, *form.entry_ids))
        return await self._client.query(form.form, form.keys, where, order=ordering, start=start, limit=self._settings.page)


def split(form: Form, rows: Rows, page: int) -> tuple[list[Payload], Payload | None]:
    """The whole documents of a page, and the one that its end may have cut (None: this was the last page)."""
    documents = list(documents_of(form, rows))
    return (documents, None) if len(rows) < page else (documents[:-1], documents[-1])


def documents_of(form: Form, rows: Rows) -> Iterator[Payload]:
    """One payload a document: header fields, and `entries` with one row per entry; dotted keys become nested objects."""
    heads = len(form.header_keys)
    place = form.keys.index(form.id)
    for _, group in groupby(rows, key=lambda row: row[place]):
        lines = list(group)
        payload = nested(form.header_keys, lines[0][:heads])
        if form.lines:
            payload["entries"] = [nested(form.line_keys, row[heads:]) for row in lines]
        yield payload


def nested(keys: Sequence[str], values: Sequence[Any]) -> Payload:
    """`{"FCustId.FNumber": "C1"}` as `{"FCustId": {"FNumber": "C1"}}`."""
    result: Payload = {}
    for key, value in zip(keys, values, strict=True):
        *path, leaf = key.split(".")
        inner = result
        for part in path:
            inner = inner.setdefault(part, {})
        inner[leaf] = value
    return result


def at(payload: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path of a payload of ours."""
    value: Any = payload
    for part in path.split("."):
        value = value[part]
    return value


def second(value: Any) -> datetime:
    """A time of the server's, local, in whole seconds."""
    return datetime.fromisoformat(str(value)).replace(microsecond=0)


def quoted(value: Any) -> str:
    """A literal for a FilterString; numbers stay bare. Quotes are doubled: values come from other systems."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
