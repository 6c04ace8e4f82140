"""What this connector can do, form by form, and the labels by which it recognises a row."""

from __future__ import annotations

from dataclasses import dataclass

from hub.sdk import Card, EntityCard, Text

KEY_LABEL, MARK_LABEL, REVISION_LABEL = "hub_key", "hub_mark", "hub_revision"
"""Hidden text fields that a form must have before the hub writes to it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the app: its name, and the label of the field that holds its business number."""

    name: str
    number_label: str


FORMS = {
    form.name: form
    for form in (Form("客户", "客户编号"), Form("销售订单", "订单编号"), Form("产品", "产品编码"), Form("订单进度", "进度编号"))
}

_READ = {"polled": True, "pushed": True, "fetched": True}
# refuses_duplicates stays False: API writes skip the form's duplicate check. Only `transaction_id` keeps a create from happening twice.
_WRITTEN = {"fetched": True, "steps": ("save",), "default_step": "save", "carries_mark": True, "settle_s": 5.0}

CARD = Card(
    product="jiandaoyun",
    vendor=Text("简道云", "Jiandaoyun"),
    versions="open API v5",
    roles=("crm",),
    entities=(
        EntityCard(entity="客户", name=Text("客户", "Customers"), **_READ),  # type: ignore[arg-type]
        EntityCard(entity="销售订单", name=Text("销售订单", "Sales orders"), **_READ),  # type: ignore[arg-type]
        EntityCard(entity="产品", name=Text("产品", "Products"), **_WRITTEN),  # type: ignore[arg-type]
        EntityCard(entity="订单进度", name=Text("订单进度", "Order progress"), **_WRITTEN),  # type: ignore[arg-type]
    ),
    requests_per_s=50.0,
    concurrency=8,
)
