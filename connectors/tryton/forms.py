"""The records of Tryton that are read: which fields, whose change is a change of the record, and what orders its lane.

Tryton: a record does not get a new `write_date` when a record it consists of changes, so those are asked for, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STAMPS = ("write_date", "create_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`parts`: relations whose change is a change of the record. `origins`: the rows whose `origin` is a line of a sale.

    `number`: the field that people and other records know it by. `only`: a domain that is always asked for.
    """

    entity: str
    model: str
    number: str
    fields: tuple[str, ...]
    parts: tuple[str, ...] = ()
    origins: str | None = None
    only: tuple[tuple[str, str, str], ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields of a read: what the payload shows, and the times of the record and of its parts."""
        return (*self.fields, *STAMPS, *(f"{part}.{stamp}" for part in self.parts for stamp in STAMPS))


SALE = Form(
    entity="sale.sale", model="sale.sale", number="reference", parts=("lines", "lines.moves"),
    fields=(
        "number", "reference", "description", "state", "sale_date", "shipping_date", "shipment_state", "invoice_state", "party.code",
        "currency.code", "lines.sequence", "lines.quantity", "lines.unit_price", "lines.product.code", "lines.unit.symbol",
        "lines.shipping_date",
    ),
)  # fmt: skip
PRODUCTION = Form(
    entity="production", model="production", number="number", parts=("inputs",), origins="",
    fields=(
        "number", "state", "type", "origin", "reference", "quantity", "product.code", "unit.symbol", "warehouse.code",
        "planned_start_date", "planned_date", "effective_start_date", "effective_date", "inputs.product.code", "inputs.quantity",
        "inputs.unit.symbol",
    ),
)  # fmt: skip
OUTPUT = Form(
    entity="production.output", model="production", number="reference", parts=("outputs",),
    only=(("reference", "like", "%goods_receipt/%"),),
    fields=("number", "state", "reference", "effective_date", "warehouse.code"),
)  # fmt: skip
PRODUCT = Form(
    entity="product.product", model="product.product", number="code", parts=("template",),
    fields=(
        "code", "active", "template.name", "template.type", "template.active", "template.producible", "template.salable",
        "template.purchasable", "template.default_uom.symbol", "template.sale_uom.symbol",
    ),
)  # fmt: skip
BOM = Form(
    entity="production.bom", model="production.bom", number="name", parts=("inputs", "outputs"),
    fields=(
        "name", "active", "outputs.product.code", "outputs.quantity", "outputs.unit.symbol", "inputs.product.code", "inputs.quantity",
        "inputs.unit.symbol",
    ),
)  # fmt: skip
SHIPMENT = Form(
    entity="stock.shipment.out", model="stock.shipment.out", number="number", parts=("moves",), origins="outgoing_moves",
    fields=(
        "number", "state", "effective_date", "planned_date", "customer.code", "outgoing_moves.origin", "outgoing_moves.state",
        "outgoing_moves.product.code", "outgoing_moves.quantity", "outgoing_moves.unit.symbol",
    ),
)  # fmt: skip

FORMS: Mapping[str, Form] = {form.entity: form for form in (SALE, PRODUCTION, OUTPUT, PRODUCT, BOM, SHIPMENT)}
FLAGS = ("active", "producible", "salable", "purchasable")  # Tryton: on SQLite a flag may come as 1
LISTS = ("lines", "inputs", "outputs", "outgoing_moves")
SALE_LINE_FIELDS = ("sequence", "sale.reference", "sale.description")
