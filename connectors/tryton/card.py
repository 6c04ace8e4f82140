"""What Tryton can do, record by record."""

from __future__ import annotations

from hub.sdk import Card, EntityCard, Text


def _read(entity: str, name: Text) -> EntityCard:
    return EntityCard(entity=entity, name=name, polled=True, fetched=True, version="time")


CARD = Card(
    product="tryton", vendor=Text("Tryton(开源 ERP)", "Tryton"), versions="8.0", roles=("erp",), requests_per_s=50.0, concurrency=4,
    entities=(
        EntityCard(
            entity="party.party", name=Text("客户(往来单位)", "Party"), version="time", steps=("save",), default_step="save",
            refuses_duplicates=True, settle_s=10.0,
        ),
        EntityCard(
            entity="sale.sale", name=Text("销售订单", "Sale"), polled=True, fetched=True, version="time",
            steps=("save", "quote", "confirm"), default_step="confirm", carries_mark=True, settle_s=10.0,
        ),
        _read("production", Text("生产单", "Production")),
        EntityCard(
            entity="production.start", name=Text("生产开工", "Start of a production"), steps=("run",), default_step="run", settle_s=10.0,
        ),
        EntityCard(
            entity="production.output", name=Text("生产入库", "Output of a production"), polled=True, fetched=True, version="time",
            steps=("run", "save", "do"), default_step="do", settle_s=10.0,
        ),
        _read("product.product", Text("产品", "Product")),
        _read("production.bom", Text("物料清单", "Bill of material")),
        _read("stock.shipment.out", Text("客户发货单", "Customer shipment")),
    ),
)  # fmt: skip
