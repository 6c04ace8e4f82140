"""A small plant: a simulated CRM, a real Tryton, a simulated MES, each with its own books, and a hub as the only link between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from connectors.jiandaoyun.simulator import JiandaoyunSimulator
from connectors.mes_rest.simulator import MesSimulator
from hub.app import Hub, open_road
from hub.config import Settings, SystemSettings
from hub.recovery.verify import verify
from hub.runtime.road import Road
from hub.sdk.simulation import Entry, Faults, MemoryBooks, Simulator, serve
from master_data.seeds import UNITS
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import COMPANY, Tryton
from tests.road.toy import eventually, hold_rows, open_rows

CRM, MES = "一厂", "F1"
PATIENCE_S = 60.0
DICTIONARY = {"codes": {
    "unit": [{"code": "H87", "zh": "件", "local": {"crm": "台", "erp": "u", "mes": "PCS"}}],
    "operation": [{"code": "OP-ASM", "zh": "装配", "local": {"mes": "GX90"}}],
    "material": [
        {"code": "PUMP-A", "zh": "离心泵", "attributes": {"type": "finished", "base_unit": "H87"},
         "local": {"crm": "CP-1", "erp": "PUMP", "mes": "MAT1"}},
        {"code": "IMP-A", "zh": "叶轮", "attributes": {"type": "raw", "base_unit": "H87"}, "local": {"erp": "IMP", "mes": "MAT2"}},
    ],
    "customer": [{"code": "K-1", "zh": "华东泵业", "attributes": {"type": "cn_org", "country": "CN"}, "local": {"crm": "KH-1"}}],
}}  # fmt: skip


@dataclass
class Plant:
    """The three systems seen from inside, and the hub's road."""

    crm: MemoryBooks
    office: Office
    mes: MemoryBooks
    road: Road

    def order(self, number: str, quantity: str) -> None:
        """A seller confirms an order of pumps in the CRM."""
        self.crm.save("customer", CRM, "KH-1", {"code": "KH-1", "name": "华东泵业", "state": "active", "type": "cn_organisation"})
        amount = f"{int(quantity) * 100}.00"
        line = {
            "line": 10, "material": "CP-1", "quantity": {"value": quantity, "unit": "台"}, "state": "confirmed", "price": "100.00",
            "price_with_tax": "100.00", "tax_rate": "0", "amount": amount, "tax": "0.00", "total": amount, "requested_at": now(),
        }  # fmt: skip
        self.crm.save("sales_order", CRM, number, {
            "number": number, "customer": "KH-1", "state": "confirmed", "ordered_at": now(), "currency": "CNY", "amount": amount,
            "tax": "0.00", "total": amount, "lines": [line],
        })  # fmt: skip

    def work_order(self, number: str) -> Entry | None:
        """What the MES has under a production's number."""
        return self.mes.get("production_order", MES, number)

    def complete(self, number: str, *quantities: str) -> None:
        """The shop floor reports its one operation as final, and declares goods in one or more receipts."""
        order = self.work_order(number)
        assert order is not None
        head = {"production_order": number, "material": order.data["material"], "demands": order.data["demands"]}
        self.mes.save("operation_report", MES, f"R-{number}", {
            **head, "sequence": 10, "operation": "GX90", "type": "production", "unit": "PCS", "processed": order.data["quantity"]["value"],
            "good": order.data["quantity"]["value"], "concession": "0", "scrap": "0", "rework": "0", "repair": "0", "is_final": True,
            "first_pass": True, "started_at": now(), "ended_at": now(), "reported_at": now(),
        })  # fmt: skip
        for place, quantity in enumerate(quantities, 1):
            self.mes.save("goods_receipt", MES, f"G-{number}-{place}", {
                **head, "quantity": {"value": quantity, "unit": "PCS"}, "state": "declared", "declared_at": now(),
            })  # fmt: skip

    async def ask(self, question: Callable[..., Any], *parameters: Any, **where: Any) -> Any:
        """The office at work, in a thread: a loop that stands still in the middle of a call of the hub would hold Tryton's lock."""
        return await asyncio.to_thread(question, *parameters, **where)

    async def sales(self, number: str) -> list[dict[str, Any]]:
        """The sales of this order in Tryton's books."""
        found: list[dict[str, Any]] = await self.ask(self.office.read, "sale.sale", "state", "party.code", reference=number)
        return found

    async def productions(self, number: str) -> list[dict[str, Any]]:
        """The productions that Tryton made for this order."""
        lines = {f"sale.line,{line['id']}" for line in await self.ask(self.office.read, "sale.line", sale__reference=number)}
        fields = ("number", "state", "origin", "quantity", "inputs.state", "outputs.quantity", "outputs.state")
        return [one for one in await self.ask(self.office.read, "production", *fields) if one["origin"] in lines]

    async def is_sold(self, number: str) -> bool:
        """One sale, confirmed and processed."""
        return [sale["state"] for sale in await self.sales(number)] == ["processing"]

    async def is_made(self, number: str) -> bool:
        """One production, done."""
        return [production["state"] for production in await self.productions(number)] == ["done"]

    def progress(self, number: str) -> Mapping[str, Any]:
        """What the CRM has been told of the order's line."""
        return next((one.data for one in self.crm.entries("order_progress", visible_only=False) if one.data["order"] == number), {})

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for it; says what is held when it never comes."""
        try:
            await eventually(condition, PATIENCE_S)
        except AssertionError:
            held = [(row["group"], row["entity"], row["key"], row["code"], row["facts"]) for row in await hold_rows(self.road)]
            raise AssertionError(f"it did not come to that; held: {held}") from None

    async def is_quiet(self) -> bool:
        """Nothing held, nothing wrong."""
        return not await open_rows(self.road) and not await verify(self.road.db, self.road.bus, self.road.now())


def now() -> str:
    """The present moment as the books keep it."""
    return datetime.now(UTC).isoformat()


@asynccontextmanager
async def open_plant(folder: Path, tryton: Tryton, office: Office) -> AsyncIterator[Plant]:
    """Everything started and ended again. `tryton`: where the hub finds the ERP, the server itself or a line before it."""
    crm, mes = MemoryBooks("crm"), MemoryBooks("mes")
    async with AsyncExitStack() as stack:
        simulators = {"crm": JiandaoyunSimulator(crm, Faults(), pace=100), "mes": MesSimulator(mes, Faults(), pace=100)}
        own = {name: await _serve(stack, simulator) for name, simulator in simulators.items()}
        settings = _settings(folder, {**own, "erp": tryton.settings(overlap_s=5, timeout_s=5)})
        road = await stack.enter_async_context(open_road(settings, _soon_settled))
        hub = asyncio.create_task(Hub(road).run())
        try:
            yield Plant(crm, office, mes, road)
        finally:
            hub.cancel()
            await asyncio.gather(hub, return_exceptions=True)


async def _serve(stack: AsyncExitStack, simulator: Simulator) -> Mapping[str, Any]:
    url = await stack.enter_async_context(serve(simulator.app))
    stack.push_async_callback(simulator.close)
    return simulator.settings(url)


def _soon_settled(road: Road) -> Road:
    """A doubt settles in a moment: whatever was sent to this Tryton has landed when the client gives up."""
    opened = road.systems["erp"]
    card = opened.connector.card
    soon = replace(card, entities=tuple(replace(row, settle_s=0.2) for row in card.entities))
    return replace(road, systems={**road.systems, "erp": replace(opened, connector=replace(opened.connector, card=soon))})


def _settings(folder: Path, own: Mapping[str, Mapping[str, Any]]) -> Settings:
    seed = folder / "dictionary.yaml"
    seed.write_text(yaml.safe_dump(DICTIONARY, allow_unicode=True))
    connectors = {"crm": ("jiandaoyun", CRM), "erp": ("tryton", COMPANY), "mes": ("mes_rest", MES)}
    systems = {
        name: SystemSettings(
            connector=connector, roles=frozenset({name}), organisations={organisation: "P1"}, poll_s=0.3, settings=dict(own[name]),
            account_set="erp/Pump Works" if name == "erp" else "",
        )
        for name, (connector, organisation) in connectors.items()
    }  # fmt: skip
    return Settings(
        folder=folder / "hub", seeds=(UNITS, seed), systems=systems, tick_s=0.05, sweep_s=1.0, lease_s=5.0, instance="a", partitions=1
    )
