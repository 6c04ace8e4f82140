"""The collections of the simulated MES: which field shows what of the books. Half of the MES simulator; the HTTP half is `simulator.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.mes_rest.card import RESOURCES
from hub.sdk.simulation import Column, Entry, shown


def _columns(*pairs: str) -> tuple[Column, ...]:
    """`name` where field and path are the same, else `name=path`."""
    return tuple(Column(name, path or name) for name, _, path in (pair.partition("=") for pair in pairs))


DEMANDS = Column("demand_links", "demands", rows=_columns("order_ref=order", "line", "qty=quantity.value", "unit=quantity.unit"))
REASONS = _columns("reason_code=reason", "qty=quantity")
SUBSTITUTES = Column("substitutes", "substitutes", rows=_columns("material_code=material", "priority", "ratio", "valid_from", "valid_to"))
COMPONENTS = (
    *_columns(
        "line", "material_code=material", "qty=quantity.value", "unit=quantity.unit", "fixed", "issue_method", "kind", "phantom",
        "sequence", "component_scrap_percent", "operation_scrap_percent", "net",
    ),
    SUBSTITUTES,
)  # fmt: skip
OPERATIONS = _columns(
    "sequence", "operation_code=operation", "work_center", "name", "setup_minutes", "run_minutes", "labour_minutes",
    "base_qty=base_quantity", "unit", "milestone", "report_point", "checks", "subcontracted", "supplier_code=supplier", "predecessors",
)  # fmt: skip
WORK_ORDER = (
    *_columns(
        "order_no=number", "material_code=material", "planned_qty=quantity.value", "unit=quantity.unit",
        "second_qty=quantity.second.value", "second_unit=quantity.second.unit", "state", "order_type=type", "bom_no=bom",
        "routing_no=routing", "planned_start=planned_start_at", "planned_end=planned_end_at", "released_at", "priority", "rush",
        "over_tolerance_percent", "parent_order_no=parent", "split_from_order_no=split_from", "merged_into_order_no=merged_into",
        "nonconformance_no=nonconformance", "subcontracted", "supplier_code=supplier", "work_center", "warehouse", "lot", "hold_reason",
        "close_reason", "cancel_reason", "remark",
    ),
    Column("components", "bom_snapshot", rows=COMPONENTS),
    Column("operations", "routing_snapshot", rows=OPERATIONS),
    DEMANDS,
)  # fmt: skip
ACTUALS = _columns(
    "actual_start=actual_start_at", "actual_end=actual_end_at", "good_qty=good.value", "scrapped_qty=scrapped.value",
    "reworked_qty=reworked.value",
)  # fmt: skip
MES_OWNED = ("actual_start_at", "actual_end_at", "good", "scrapped", "reworked")
"""Fields of a work order that an import never touches."""

MATERIAL = _columns(
    "material_code=code", "name", "name_en", "specification", "drawing", "revision", "category", "material_type=type", "state",
    "unit=base_unit", "second_unit", "floating_rate", "fractions", "procurement", "lot_control", "issue_method", "inspected",
    "shelf_life_days", "gtin", "replaced_by",
)  # fmt: skip
BOM = (
    *_columns(
        "material_code=material", "bom_version=version", "state", "usage", "base_qty=base_quantity.value", "unit=base_quantity.unit",
        "assembly_scrap_percent", "valid_from", "valid_to",
    ),
    Column("components", "lines", rows=COMPONENTS),
)  # fmt: skip
ROUTING = (
    *_columns("material_code=material", "routing_version=version", "state", "valid_from", "valid_to"),
    Column("operations", "operations", rows=OPERATIONS),
)  # fmt: skip
JOB = (
    *_columns(
        "job_no=number", "order_no=production_order", "sequence", "operation_code=operation", "work_center", "state", "qty=quantity.value",
        "unit=quantity.unit", "planned_start=planned_start_at", "planned_end=planned_end_at", "started_at", "ended_at", "subcontracted",
        "supplier_code=supplier", "hold_reason",
    ),
    DEMANDS,
)  # fmt: skip
REPORT = (
    *_columns(
        "report_no=number", "order_no=production_order", "job_no=job_order", "sequence", "operation_code=operation",
        "material_code=material", "report_type=type", "unit", "processed_qty=processed", "good_qty=good", "concession_qty=concession",
        "scrap_qty=scrap", "rework_qty=rework", "repair_qty=repair", "second_good_qty=second_good.value", "second_unit=second_good.unit",
        "work_center", "tool", "cavities", "shift", "business_date", "started_at", "ended_at", "reported_at", "setup_minutes",
        "run_minutes", "first_pass", "is_final", "reverses", "reversal_reason", "nonconformance_no=nonconformance", "source", "lot",
        "serials", "remark",
    ),
    Column("reasons", "reasons", rows=REASONS),
    Column("persons", "persons", rows=_columns("person_code=person", "minutes")),
    DEMANDS,
)  # fmt: skip
INSPECTION = (
    *_columns(
        "inspection_no=number", "stage", "state", "order_no=production_order", "job_no=job_order", "report_no=operation_report",
        "sequence", "operation_code=operation", "material_code=material", "lot", "serials", "unit", "sample_qty=sample",
        "inspected_qty=inspected", "accepted_qty=accepted", "rejected_qty=rejected", "disposition", "inspector", "inspected_at",
        "reverses",
    ),
    Column("defects", "defects", rows=REASONS),
    Column("measurements", "measurements", rows=_columns("characteristic", "value", "unit", "lower", "upper", "passed")),
    DEMANDS,
)  # fmt: skip
NONCONFORMANCE = (
    *_columns(
        "nonconformance_no=number", "state", "order_no=production_order", "inspection_no=quality_inspection",
        "report_no=operation_report", "rework_order_no=rework_order", "sequence", "operation_code=operation", "material_code=material",
        "qty=quantity.value", "unit=quantity.unit", "reason_code=reason", "disposition", "lot", "serials", "opened_at", "closed_at",
        "remark",
    ),
    DEMANDS,
)  # fmt: skip
CONSUMPTION = (
    *_columns(
        "consumption_no=number", "order_no=production_order", "job_no=job_order", "report_no=operation_report", "sequence", "bom_line",
        "material_code=material", "planned_material_code=planned_material", "qty=quantity.value", "unit=quantity.unit",
        "second_qty=quantity.second.value", "second_unit=quantity.second.unit", "issue_method", "lot", "serials", "produced_lot",
        "produced_serials", "warehouse", "consumed_at", "reverses", "reversal_reason",
    ),
    DEMANDS,
)  # fmt: skip
RECEIPT = (
    *_columns(
        "receipt_no=number", "order_no=production_order", "material_code=material", "qty=quantity.value", "unit=quantity.unit",
        "second_qty=quantity.second.value", "second_unit=quantity.second.unit", "state", "declared_at", "declared_by", "warehouse",
        "location", "lot", "serials", "inspection_no=quality_inspection", "reverses", "reversal_reason",
    ),
    DEMANDS,
)  # fmt: skip
EQUIPMENT = _columns(
    "equipment_code=equipment", "state", "started_at", "ended_at", "reason_code=reason", "order_no=production_order", "alarm", "shots",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection over one kind of entry; `told` are columns that are given out and never taken in."""

    name: str
    kind: str
    columns: tuple[Column, ...]
    told: tuple[Column, ...] = ()

    def row(self, entry: Entry) -> dict[str, Any]:
        """The row as the MES gives it out; what is empty is left out."""
        fields = shown((*self.columns, *self.told), entry.data)
        external = {f"external_{name}": value for name, value in entry.custom.items()}
        row = {
            "id": entry.id, "site_code": entry.organisation, **fields, RESOURCES[self.name].number: entry.number, "version": entry.version,
            "updated_at": entry.modified_at.isoformat(), **external,
        }  # fmt: skip
        return {name: _without_nothing(value) for name, value in row.items() if value is not None}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nothing(item) for name, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


SHELVES = {
    shelf.name: shelf
    for shelf in (
        Shelf("work-orders", "production_order", WORK_ORDER, ACTUALS),
        Shelf("materials", "material", MATERIAL),
        Shelf("boms", "bom", BOM),
        Shelf("routings", "routing", ROUTING),
        Shelf("jobs", "job_order", JOB),
        Shelf("reports", "operation_report", REPORT),
        Shelf("inspections", "quality_inspection", INSPECTION),
        Shelf("nonconformances", "nonconformance", NONCONFORMANCE),
        Shelf("consumptions", "material_consumption", CONSUMPTION),
        Shelf("receipts", "goods_receipt", RECEIPT),
        Shelf("equipment-status", "equipment_status", EQUIPMENT),
    )
}
