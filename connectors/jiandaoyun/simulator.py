"""A simulated Jiandaoyun: the open API v5 and the signed data push over the books of a CRM, bad habits included."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.jiandaoyun.card import FORMS, KEY_LABEL
from connectors.jiandaoyun.push import Pushes
from connectors.jiandaoyun.sheets import APP_ID, ORGANISATION_LABEL, SHEETS, Sheet, entry_id, raw_row, row_id, widget, widget_type
from hub.sdk.simulation import Books, Column, Entry, Fault, Faults, Landing, Limit, Veil

DEMO_PACE = 10.0
"""A simulated factory sells faster than a real one, so its vendor bears more calls: 300 reads a second instead of 30."""
API_KEY, WEBHOOK_SECRET = "jdy-demo-key", "jdy-demo-secret"
Body = Mapping[str, Any]


class Complaint(Exception):
    """An answer of HTTP 400 with code and msg."""


class JiandaoyunSimulator:
    """One app. `pace` multiplies the vendor's limits (30 reads, 20 writes a second); `late_s`: how late late things are."""

    def __init__(self, books: Books, faults: Faults, *, pace: float = DEMO_PACE, late_s: float = 0.5) -> None:
        self.books, self.faults, self.pace = books, faults, pace
        self.api_key, self.webhook_secret = API_KEY, WEBHOOK_SECRET
        self.landing = Landing(faults, late_s)
        self.veil = Veil(books, faults, late_s)
        self.limits = {"read": Limit(30 * pace, 1.0), "write": Limit(20 * pace, 1.0)}
        self.pushes = Pushes(books, faults, self.landing, self.webhook_secret)
        self._transactions: dict[str, tuple[str, int]] = {}
        self.app = Starlette(routes=[Route("/api/v5/{path:path}", self._answer, methods=["POST"])])
        books.subscribe(self.pushes.notice)

    def settings(self, url: str) -> Mapping[str, Any]:
        """The connector's settings for this simulator."""
        return {
            "base_url": f"{url}/api/v5", "api_key": self.api_key, "app_id": APP_ID, "webhook_secret": self.webhook_secret,
            "overlap_s": 5.0, "timeout_s": 2.0, "pace": self.pace,
        }  # fmt: skip

    def connect_webhook(self, url: str) -> None:
        """Push changes there from now on."""
        self.pushes.url = url

    async def close(self) -> None:
        """Stop pushes and late landings."""
        await self.landing.close()
        await self.pushes.close()

    # the API

    async def _answer(self, request: Request) -> Response:
        content = await request.body()
        path = "/" + request.path_params["path"]
        if path not in CALLS:
            return Response("<html><body>404</body></html>", 404, media_type="text/html")
        kind, call = CALLS[path]
        if self.faults.strike(Fault.GARBAGE):
            return Response("<html><body>502 Bad Gateway</body></html>", 502, media_type="text/html")
        if not self.limits[kind].passes() or self.faults.strike(Fault.RATE_LIMITED):
            return _complain(8303, "超出请求频率限制")
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _complain(8301, "鉴权失败")
        if kind == "read":
            return self._carried_out(call, content)
        return await self.landing.land(request, lambda: self._carried_out(call, content))

    def _carried_out(self, call: Callable[[JiandaoyunSimulator, Body], Any], content: bytes) -> Response:
        try:
            return JSONResponse(call(self, json.loads(content)))
        except Complaint as complaint:
            return _complain(*complaint.args)
        except (ValueError, KeyError, TypeError) as error:
            return _complain(17017, f"参数错误: {error}")

    def forms(self, body: Body) -> Any:
        """entry/list"""
        skip = int(body.get("skip", 0))
        rows = [{"app_id": APP_ID, "entry_id": entry_id(sheet), "name": sheet.name} for sheet in SHEETS]
        return {"forms": rows[skip : skip + int(body.get("limit", 100))]}

    def widgets(self, body: Body) -> Any:
        """widget/list"""
        sheet = _sheet(body)
        return {
            "widgets": [_widget(label, rows) for label, rows in sheet.labels()],
            "sysWidgets": [{"name": name} for name in ("createTime", "updateTime", "flowState")],
        }

    def list(self, body: Body) -> Any:
        """data/list: always in order of `_id`; a change may show late."""
        sheet, limit = _sheet(body), min(int(body.get("limit", 10)), 100)
        after = str(body.get("data_id") or "")
        entries = sorted(self.books.entries(sheet.kind), key=row_id)
        shown = (entry for entry in entries if row_id(entry) > after and not self.veil.hides(entry))
        found = (entry for entry in shown if _matches(self.books, sheet, entry, body.get("filter")))
        return {"data": [raw_row(self.books, sheet, entry) for entry in islice(found, limit)]}

    def get(self, body: Body) -> Any:
        """data/get"""
        sheet = _sheet(body)
        return {"data": raw_row(self.books, sheet, self._entry(sheet, body))}

    def create(self, body: Body) -> Any:
        """data/create: no duplicate check, as with the vendor; a transaction_id seen before gives the row of that time."""
        sheet, transaction = _sheet(body), body.get("transaction_id")
        if transaction and transaction in self._transactions:
            entry = self.books.by_id(*self._transactions[transaction])
            assert entry is not None
            return {"data": raw_row(self.books, sheet, entry)}
        labelled = _labelled(sheet, body["data"])
        organisation, number = str(labelled[ORGANISATION_LABEL]), str(labelled[FORMS[sheet.name].number_label])
        while (standing := self.books.get(sheet.kind, organisation, number)) and standing.status != "deleted":
            number += "\u200b"  # a second row of the same number, which the vendor does not mind
        entry = self.books.save(sheet.kind, organisation, number, sheet.data(labelled), status="audited", custom=sheet.custom(labelled))
        if transaction:
            self._transactions[transaction] = (entry.kind, entry.id)
        return {"data": raw_row(self.books, sheet, entry)}

    def update(self, body: Body) -> Any:
        """data/update: only the fields given."""
        sheet = _sheet(body)
        entry = self._entry(sheet, body)
        labelled = _labelled(sheet, body["data"])
        changed = {**sheet.row(self.books, entry), **labelled}
        custom = sheet.custom(changed)
        entry = self.books.save(sheet.kind, entry.organisation, entry.number, sheet.data(changed), custom=custom)
        return {"data": raw_row(self.books, sheet, entry)}

    def delete(self, body: Body) -> Any:
        """data/delete"""
        sheet = _sheet(body)
        entry = self._entry(sheet, body)
        self.books.delete(sheet.kind, entry.organisation, entry.number)
        return {"status": "success"}

    def _entry(self, sheet: Sheet, body: Body) -> Entry:
        entry = self.books.by_id(sheet.kind, int(str(body["data_id"]), 16))
        if entry is None or entry.status == "deleted":
            raise Complaint(4001, "数据不存在")
        return entry


CALLS: dict[str, tuple[str, Callable[[JiandaoyunSimulator, Body], Any]]] = {
    "/app/entry/list": ("read", JiandaoyunSimulator.forms),
    "/app/entry/widget/list": ("read", JiandaoyunSimulator.widgets),
    "/app/entry/data/list": ("read", JiandaoyunSimulator.list),
    "/app/entry/data/get": ("read", JiandaoyunSimulator.get),
    "/app/entry/data/create": ("write", JiandaoyunSimulator.create),
    "/app/entry/data/update": ("write", JiandaoyunSimulator.update),
    "/app/entry/data/delete": ("write", JiandaoyunSimulator.delete),
}


def make_simulator(books: Books, faults: Faults) -> JiandaoyunSimulator:
    """`Connector.simulator`."""
    return JiandaoyunSimulator(books, faults)


def _complain(code: int, words: str) -> Response:
    return JSONResponse({"code": code, "msg": words}, 400)


def _sheet(body: Body) -> Sheet:
    for sheet in SHEETS:
        if body.get("app_id") == APP_ID and body.get("entry_id") == entry_id(sheet):
            return sheet
    raise Complaint(3001, "表单不存在")


def _widget(label: str, rows: Sequence[Column] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {"label": label, "name": widget(label), "type": "subform" if rows else widget_type(label)}
    return {**found, "items": [_widget(row.name) for row in rows]} if rows else found


def _labelled(sheet: Sheet, data: Body) -> dict[str, Any]:
    """What a write gives, by label. Numbers must be numbers."""
    names = {widget(label): (label, rows) for label, rows in sheet.labels()}
    found: dict[str, Any] = {}
    for name, cell in data.items():
        label, rows = names[name]
        value = cell["value"]
        if rows:
            inner = {widget(row.name): row.name for row in rows}
            value = [{inner[key]: item["value"] for key, item in row.items()} for row in value]
        elif widget_type(label) == "number" and not isinstance(value, int | float | None):
            raise Complaint(17018, f"字段“{label}”需要数字")
        found[label] = value
    return found


def _matches(books: Books, sheet: Sheet, entry: Entry, condition: Body | None) -> bool:
    if not condition:
        return True
    verdicts = (METHODS[each["method"]](_field(books, sheet, entry, each["field"]), each["value"]) for each in condition["cond"])
    return all(verdicts) if condition.get("rel", "and") == "and" else any(verdicts)


def _field(books: Books, sheet: Sheet, entry: Entry, name: str) -> Any:
    """One field of a row; those that clients look for without making the whole row."""
    if sheet.has_hidden and name == widget(KEY_LABEL):
        return entry.custom.get("key", "")
    if name == widget(FORMS[sheet.name].number_label):
        return sheet.number(entry)
    return sheet.changed_at(books, entry) if name == "updateTime" else raw_row(books, sheet, entry)[name]


def _in_range(value: Any, bounds: Any) -> bool:
    low, high = (datetime.fromisoformat(bound) if bound else None for bound in bounds)
    return (low is None or value >= low) and (high is None or value <= high)


METHODS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted[0],
    "ne": lambda value, wanted: value != wanted[0],
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
    "range": _in_range,
    "empty": lambda value, _: value in (None, "", []),
    "not_empty": lambda value, _: value not in (None, "", []),
}
