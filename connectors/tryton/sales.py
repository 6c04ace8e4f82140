"""Sales orders as sales: saved, quoted, confirmed. Tryton processes a confirmed sale by itself, and its productions appear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.tryton.client import Client
from connectors.tryton.envelope import typed_date, typed_decimal
from connectors.tryton.errors import NothingDone, SaleNotOpen
from connectors.tryton.stamp import Stamp, stamp_of
from hub.sdk import Document, DocumentKey, Written

SALE = "sale.sale"
FIELDS = ("number", "reference", "description", "state", "lines.sequence")
STEP_OF_STATE = {"draft": "save", "quotation": "quote"}  # further on all that we do is done
BUTTONS = {"quote": ("draft", "quote"), "confirm": ("quotation", "confirm")}  # step: state in which its button is pressed
OPEN = ("draft", "quotation")
FROM_PARTY = ("invoice_address", "shipment_address", "payment_term", "warehouse")


class Sales:
    """Our order number is the sale's `reference`, our key and mark stand in its `description`: Tryton numbers sales itself."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, document: Document) -> Written:
        """One step. A confirmed sale is not changed: Tryton would take the call and leave its productions as they are."""
        sale = await self._sale(document)
        if document.step == "save":
            sale = await self._save(document, sale)
        elif sale is not None:
            sale = await self._press(document, sale, *BUTTONS[document.step])
        if sale is not None and document.operation == "cancel" and sale["state"] != "cancelled":
            sale = await self._press(document, sale, sale["state"], "cancel")
        if sale is None:
            raise self._nothing_done(document)
        return _written(sale, step=document.step)

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """All that carry our key; else what has the number and nobody's key (it was there before the hub)."""
        return [_written(sale) for sale in await self._known(key)]

    async def _save(self, document: Document, sale: dict[str, Any] | None) -> dict[str, Any] | None:
        stamp = Stamp(document.key.key, document.mark, document.revision)
        if sale is None:
            values = await self._values(document.payload, {})
            ids = await self._client.change(SALE, "create", [{**values, "description": stamp.text}])
            return await self._read_back(document, ids[0], stamp)
        if stamp_of(sale["description"]) == stamp:
            return sale
        if sale["state"] not in OPEN:
            if document.operation == "cancel":
                return sale
            raise SaleNotOpen(system=self._client.system, number=sale["reference"], state=sale["state"])
        if sale["state"] == "quotation":
            await self._client.change(SALE, "draft", [sale["id"]])
        values = await self._values(document.payload, sale)
        await self._client.change(SALE, "write", [sale["id"]], {**values, "description": stamp.text})
        return await self._read_back(document, sale["id"], stamp)

    async def _press(self, document: Document, sale: dict[str, Any], state: str, button: str) -> dict[str, Any]:
        """A button, if the sale is where it is to be pressed; then the sale as it is."""
        if sale["state"] != state:
            return sale
        await self._client.change(SALE, button, [sale["id"]])
        (after,) = await self._client.read(SALE, [["id", "=", sale["id"]]], FIELDS)
        if after["state"] == state:
            raise self._nothing_done(document)
        return after

    async def _values(self, payload: Mapping[str, Any], sale: Mapping[str, Any]) -> dict[str, Any]:
        """The sale as Tryton takes it. Whatever depends on the party (addresses, terms) Tryton itself proposes, by `on_change`."""
        party = await self._client.id_of("party.party", "code", payload["party"]["code"])
        company = await self._client.company()
        proposed = await self._client.ask(SALE, "on_change", {"party": party, "company": company}, ["party"])
        values: dict[str, Any] = {name: proposed[name] for name in FROM_PARTY if proposed.get(name)}
        values |= {"party": party, "reference": payload["reference"], "comment": payload.get("comment")}
        values["currency"] = await self._client.id_of("currency.currency", "code", payload["currency"]["code"])
        values |= {name: typed_date(payload[name]) for name in ("sale_date", "shipping_date") if payload.get(name)}
        if payload.get("lines"):
            old = [line["id"] for line in sale.get("lines", ())]
            lines = [await self._line(line) for line in payload["lines"]]
            values["lines"] = [*([["delete", old]] if old else []), ["create", lines]]
        return values

    async def _line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        fields = ("template.account_category.customer_taxes",)
        code = line["product"]["code"]
        product = await self._client.id_of("product.product", "code", code)
        (found,) = await self._client.read("product.product", [["id", "=", product]], fields)
        taxes = [tax if isinstance(tax, int) else tax["id"] for tax in _at(found, fields[0]) or ()]
        return {
            "sequence": line["sequence"], "product": product, "quantity": float(line["quantity"]), "note": line.get("note"),
            "unit": await self._client.id_of("product.uom", "symbol", line["unit"]["symbol"]),
            **({"unit_price": typed_decimal(line["unit_price"])} if line.get("unit_price") is not None else {}),
            **({"taxes": [["add", taxes]]} if taxes else {}),
        }  # fmt: skip

    async def _sale(self, document: Document) -> dict[str, Any] | None:
        if document.id:
            found = await self._client.read(SALE, [["id", "=", int(document.id)]], FIELDS)
            return found[0] if found else None
        known = await self._known(document.key)
        return known[0] if known else None

    async def _known(self, key: DocumentKey) -> list[dict[str, Any]]:
        if not key.number:
            return []
        found = await self._client.read(SALE, [["reference", "=", key.number]], FIELDS)
        stamps = [stamp_of(sale["description"]) for sale in found]
        ours = [sale for sale, stamp in zip(found, stamps, strict=True) if stamp and stamp.key == key.key]
        return ours or [sale for sale, stamp in zip(found, stamps, strict=True) if stamp is None]

    async def _read_back(self, document: Document, id: int, stamp: Stamp) -> dict[str, Any]:
        found = await self._client.read(SALE, [["id", "=", id]], FIELDS)
        if not found or stamp_of(found[0]["description"]) != stamp:
            raise self._nothing_done(document)
        return found[0]

    def _nothing_done(self, document: Document) -> NothingDone:
        return NothingDone(system=self._client.system, what=f"{document.step} {SALE} {document.key.key}")


def _at(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


def _written(sale: Mapping[str, Any], step: str = "") -> Written:
    stamp = stamp_of(sale["description"])
    return Written(
        id=str(sale["id"]), number=sale["reference"], step=step or STEP_OF_STATE.get(sale["state"], "confirm"),
        mark=stamp.mark if stamp else None, revision=stamp.revision if stamp else None,
    )  # fmt: skip
