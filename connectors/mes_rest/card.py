"""What this connector can do, resource by resource, and the fields by which it recognises a row."""

from __future__ import annotations

from dataclasses import dataclass

from hub.sdk import Card, EntityCard, Text


@dataclass(frozen=True, slots=True)
class Resource:
    """One collection of the API. `number`: the field with its business number; `lane`: the field that names the aggregate it belongs to
    ('' = itself); `batch`: the name of the list in an import ('' = read only).
    """

    name: str
    text: Text
    number: str
    lane: str = ""
    batch: str = ""


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource("work-orders", Text("生产工单", "Work orders"), "order_no", batch="orders"),
        Resource("materials", Text("物料", "Materials"), "material_code", batch="materials"),
        Resource("boms", Text("物料清单", "Bills of materials"), "bom_no", batch="boms"),
        Resource("routings", Text("工艺路线", "Routings"), "routing_no", batch="routings"),
        Resource("jobs", Text("派工单", "Dispatch jobs"), "job_no", lane="order_no"),
        Resource("reports", Text("报工单", "Operation reports"), "report_no", lane="order_no"),
        Resource("inspections", Text("质量检验", "Inspections"), "inspection_no", lane="order_no"),
        Resource("nonconformances", Text("不合格品", "Nonconformances"), "nonconformance_no", lane="order_no"),
        Resource("consumptions", Text("物料耗用", "Consumptions"), "consumption_no", lane="order_no"),
        Resource("receipts", Text("完工入库申请", "Receipts"), "receipt_no", lane="order_no"),
        Resource("equipment-status", Text("设备状态", "Equipment status"), "status_no", lane="equipment_code"),
    )
}
"""Reports, inspections, consumptions and receipts never change: a reversal is a new row that names the old one in `reverses`."""


def _card(resource: Resource) -> EntityCard:
    if not resource.batch:
        return EntityCard(entity=resource.name, name=resource.text, number=resource.number, polled=True, fetched=True, version="owner")
    return EntityCard(
        entity=resource.name, name=resource.text, number=resource.number, fetched=True, version="owner", steps=("import",),
        default_step="import", refuses_duplicates=True, refuses_older=True, carries_mark=True, settle_s=5.0,
    )  # fmt: skip


CARD = Card(
    product="mes_rest",
    vendor=Text("通用 MES(REST)", "MES by REST"),
    versions="contract v1 (OpenMES-like)",
    roles=("mes",),
    entities=tuple(_card(resource) for resource in RESOURCES.values()),
    requests_per_s=120 / 60,
    concurrency=4,
)
