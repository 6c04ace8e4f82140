"""A simulated MES: imports with a verdict per row, reads by cursor, over the books of a shop floor, bad habits included."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.mes_rest.card import RESOURCES, Resource
from connectors.mes_rest.shelves import MES_OWNED, SHELVES, Shelf
from hub.sdk.simulation import Books, Entry, Fault, Faults, Landing, Limit, taken

API_KEY = "omk_demo"
INSTALLATION = "mes-demo"
DEMO_PACE = 60.0
"""A simulated shop floor works faster than a real one, so its vendor bears more calls: 120 a second instead of 120 a minute."""


class RowRefused(Exception):
    """A row's verdict: the field, and why."""


class MesSimulator:
    """One installation. `pace` multiplies the limit of 120 requests a minute; `late_s`: how late late landings are."""

    def __init__(self, books: Books, faults: Faults, *, pace: float = DEMO_PACE, late_s: float = 0.5) -> None:
        self.books, self.faults, self.pace = books, faults, pace
        self.api_key = API_KEY
        self.landing = Landing(faults, late_s)
        self.limit = Limit(120 * pace, 60.0)
        root = "/api/v1/erp"
        self.app = Starlette(routes=[
            Route(f"{root}/system", self._system), Route(f"{root}/{{resource}}", self._read),
            Route(f"{root}/{{resource}}/import", self._import, methods=["POST"]),
        ])  # fmt: skip

    def settings(self, url: str) -> Mapping[str, Any]:
        """The connector's settings for this simulator."""
        return {"base_url": f"{url}/api/v1/erp", "api_key": self.api_key, "overlap_s": 5.0, "timeout_s": 2.0, "pace": self.pace}

    def connect_webhook(self, url: str) -> None:
        """This vendor has no webhooks."""

    async def close(self) -> None:
        """Stop late landings."""
        await self.landing.close()

    # HTTP

    async def _system(self, request: Request) -> Response:
        return self._stopped(request) or JSONResponse({"data": {"installation": INSTALLATION, "contract": "v1"}})

    async def _read(self, request: Request) -> Response:
        if stopped := self._stopped(request):
            return stopped
        shelf = SHELVES.get(request.path_params["resource"])
        if shelf is None:
            return JSONResponse({"message": "no such resource"}, 404)
        query = dict(request.query_params)
        limit, since, cursor = int(query.pop("limit", "200")), query.pop("since", ""), query.pop("cursor", "")
        return JSONResponse(self._page(self._matching(shelf, query), since, cursor, limit, shelf))

    async def _import(self, request: Request) -> Response:
        content = await request.body()
        if stopped := self._stopped(request):
            return stopped
        resource = RESOURCES.get(request.path_params["resource"])
        if resource is None or not resource.batch:
            return JSONResponse({"message": "no such import"}, 404)
        try:
            rows = json.loads(content)[resource.batch]
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"message": f"a list '{resource.batch}' is required"}, 422)
        return await self.landing.land(request, lambda: self._imported(resource, rows))

    def _stopped(self, request: Request) -> Response | None:
        """What every request meets first: the proxy, the limit, the key."""
        if self.faults.strike(Fault.GARBAGE):
            return Response("<html><body>Whoops, looks like something went wrong.</body></html>", 500, media_type="text/html")
        if not self.limit.passes() or self.faults.strike(Fault.RATE_LIMITED):
            return JSONResponse({"message": "Too Many Attempts."}, 429, {"Retry-After": "1"})
        if request.headers.get("x-api-key") != self.api_key:
            return JSONResponse({"message": "Unauthenticated."}, 401)
        return None

    # reading

    def _matching(self, shelf: Shelf, query: Mapping[str, str]) -> list[Entry]:
        number = RESOURCES[shelf.name].number
        entries = self.books.entries(shelf.kind, organisation=query.get("site_code"))
        if key := query.get("external_key"):
            entries = [entry for entry in entries if entry.custom.get("key") == key]
        if wanted := query.get(number):
            entries = [entry for entry in entries if entry.number == wanted]
        return sorted(entries, key=_place)

    @staticmethod
    def _page(entries: list[Entry], since: str, cursor: str, limit: int, shelf: Shelf) -> dict[str, Any]:
        """Rows from `since` on, after `cursor`, in order of `updated_at`; a page ends wherever it is full."""
        start = urlsafe_b64decode(cursor).decode() if cursor else ""
        bound = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
        rows = [entry for entry in entries if entry.modified_at >= bound and _place(entry) > start]
        page = rows[:limit]
        more = urlsafe_b64encode(_place(page[-1]).encode()).decode() if len(rows) > limit else None
        return {"data": [shelf.row(entry) for entry in page], "meta": {"next_cursor": more}}

    # importing

    def _imported(self, resource: Resource, rows: list[Mapping[str, Any]]) -> Response:
        """A verdict per row: 200 all good, 207 some, 422 none. A success may have done nothing (NOTHING_DONE)."""
        counts: dict[str, int] = {"imported": 0, "updated": 0, "skipped": 0}
        errors: list[dict[str, Any]] = []
        for place, row in enumerate(rows):
            try:
                counts["imported" if self.faults.strike(Fault.NOTHING_DONE) else self._import_row(resource, row)] += 1
            except RowRefused as refused:
                errors.append({"row": place, "field": refused.args[0], "message": refused.args[1]})
        status = 200 if not errors else 207 if len(errors) < len(rows) else 422
        return JSONResponse({"data": {**counts, "errors": errors}}, status)

    def _import_row(self, resource: Resource, row: Mapping[str, Any]) -> str:
        shelf = SHELVES[resource.name]
        site, number = str(row.get("site_code") or ""), str(row.get(resource.number) or "")
        if not site or not number:
            raise RowRefused(resource.number if site else "site_code", "必填")
        old = self.books.get(shelf.kind, site, number)
        custom = {name: str(row[f"external_{name}"]) for name in ("key", "mark", "revision") if row.get(f"external_{name}") is not None}
        self._check_owner(shelf, resource, site, number, custom)
        if old is not None and _is_older(custom, old):
            raise RowRefused("external_revision", f"版本 {custom['revision']} 早于现有版本 {old.custom['revision']}")
        if old is not None and old.custom == custom:
            return "skipped"
        data = taken(shelf.columns, row)
        if shelf.kind == "production_order":
            self._check_quantity(site, number, data)
        kept = {name: old.data[name] for name in MES_OWNED if name in old.data} if old is not None else {}
        self.books.save(shelf.kind, site, number, {**data, **kept}, status="audited", custom=custom)
        return "imported" if old is None else "updated"

    def _check_owner(self, shelf: Shelf, resource: Resource, site: str, number: str, custom: Mapping[str, str]) -> None:
        """Numbers are unique, and one document has one number."""
        for entry in self.books.entries(shelf.kind, organisation=site):
            if entry.number == number and entry.custom.get("key", custom.get("key")) != custom.get("key"):
                raise RowRefused(resource.number, f"编号 {number} 已被其他单据占用")
            if entry.number != number and custom.get("key") and entry.custom.get("key") == custom["key"]:
                raise RowRefused("external_key", f"该单据已用编号 {entry.number} 导入")

    def _check_quantity(self, site: str, number: str, data: Mapping[str, Any]) -> None:
        """B21: never below what is confirmed at any of the operations, not only the furthest."""
        quantity = data.get("quantity", {})
        try:
            planned = Decimal(str(quantity.get("value")))
        except InvalidOperation:
            raise RowRefused("planned_qty", f"“{quantity.get('value')}”不是数字") from None
        least = self.confirmed(site, number)
        if planned < least:
            smallest = f"{least:f} {quantity.get('unit', '')}".rstrip()
            raise RowRefused("planned_qty", f"生产工单 {number} 的数量 {planned:f} 低于已确认数量,最小为 {smallest}")

    def confirmed(self, site: str, number: str) -> Decimal:
        """The largest confirmed quantity (good, concession, scrap) of any operation, rework included; reversals count negative."""
        per_operation: defaultdict[Any, Decimal] = defaultdict(Decimal)
        for entry in self.books.entries("operation_report", organisation=site, visible_only=False):
            if entry.data.get("production_order") == number:
                done = sum((Decimal(str(entry.data.get(name) or 0)) for name in ("good", "concession", "scrap")), Decimal(0))
                per_operation[entry.data.get("sequence")] += -abs(done) if entry.data.get("reverses") else done
        return max(per_operation.values(), default=Decimal(0))


def make_simulator(books: Books, faults: Faults) -> MesSimulator:
    """`Connector.simulator`."""
    return MesSimulator(books, faults)


def _place(entry: Entry) -> str:
    """Where an entry stands in the order of reading."""
    return f"{entry.modified_at.isoformat(timespec='microseconds')}|{entry.id:012d}"


def _is_older(custom: Mapping[str, str], old: Entry) -> bool:
    new, present = custom.get("revision", ""), old.custom.get("revision", "")
    return new.isdigit() and present.isdigit() and int(new) < int(present)
