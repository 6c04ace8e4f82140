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


def _read(name: str, text: Text) -> EntityCard:
    return EntityCard(entity=name, name=text, number=FORMS[name].number_label, polled=True, pushed=True, fetched=True)


def _written(name: str, text: Text) -> EntityCard:
    """refuses_duplicates stays False: API writes skip the form's duplicate check; only `transaction_id` prevents a second row."""
    return EntityCard(
        entity=name, name=text, number=FORMS[name].number_label, fetched=True, steps=("save",), default_step="save", carries_mark=True,
        settle_s=5.0,
    )  # fmt: skip


CARD = Card(
    product="jiandaoyun",
    vendor=Text("简道云", "Jiandaoyun"),
    versions="open API v5",
    roles=("crm",),
    entities=(
        _read("客户", Text("客户", "Customers")),
        _read("销售订单", Text("销售订单", "Sales orders")),
        _written("产品", Text("产品", "Products")),
        _written("订单进度", Text("订单进度", "Order progress")),
    ),
    requests_per_s=50.0,
    concurrency=8,
)
