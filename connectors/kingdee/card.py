"""What K3Cloud can do, form by form."""

from __future__ import annotations

from connectors.kingdee.forms import FORMS, Form
from hub.sdk import Card, EntityCard, Text

NAMES = {
    "SAL_SaleOrder": Text("销售订单", "Sales order"),
    "BD_Customer": Text("客户", "Customer"),
    "BD_MATERIAL": Text("物料", "Material"),
    "ENG_BOM": Text("物料清单", "Bill of material"),
    "ENG_Route": Text("工艺路线", "Routing"),
    "PLN_PLANORDER": Text("计划订单", "Planned order"),
    "PRD_MO": Text("生产订单", "Production order"),
    "PRD_MORPT": Text("生产汇报单", "Production report"),
    "PRD_PickMtrl": Text("生产领料单", "Material picking"),
    "PRD_INSTOCK": Text("生产入库单", "Production receipt"),
    "STK_InStock": Text("采购入库单", "Purchase receipt"),
    "STK_Inventory": Text("即时库存", "Stock on hand"),
    "SAL_OUTSTOCK": Text("销售出库单", "Shipment"),
    "AR_receivable": Text("应收单", "Receivable"),
}
NOT_READ = ("BD_Customer", "PRD_MORPT")  # the CRM and the MES own them
STEPS = ("save", "submit", "audit")


def _row(form: Form) -> EntityCard:
    read, written = form.form not in NOT_READ, bool(form.writes)
    return EntityCard(
        entity=form.form, name=NAMES[form.form], number=form.number, polled=read, fetched=read, version="time",
        steps=STEPS if written else (), default_step="submit" if written else "", refuses_duplicates=written, carries_mark=written,
    )  # fmt: skip


CARD = Card(
    product="kingdee", vendor=Text("金蝶云星空", "Kingdee Cloud Galaxy (K3Cloud)"), versions="WebAPI 7.5 – 8.2", roles=("erp", "finance"),
    entities=tuple(_row(form) for form in FORMS.values()), requests_per_s=50.0, concurrency=16,  # no limit is published: MsgCode 14 tells
)  # fmt: skip
