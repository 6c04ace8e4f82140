"""The shipped boundaries say what the ownership matrix says, row by row, and systems may what their roles may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.mapping import Boundaries, MappingsWrong, load_boundaries
from hub.mapping.boundaries import ROLES
from hub.mapping.fields import field_paths, identities, model_fields, says, tree, without
from hub.model import AGGREGATES, ENTITIES, Entity

SHIPPED = Path(__file__).parents[2] / "mappings" / "boundaries.yaml"
COLUMNS = ("crm", "erp", "mes", "wms", "qms", "hr", "eam", "finance")

# O owns · R may request · r receives · p receives a part (the matrix says which) · F owns or may ask for single fields, and receives
# f the same, but must never receive the rest · - must never receive. One letter a column, in the order of COLUMNS.
MATRIX = {
    # customer profile, contacts; credit, terms. MES: code and short name only; ERP without contacts
    "customer": "Orpr---r",
    "customer_profile": "Op-p---F",
    "sales_order": "OFf----r",           # commercial; the ERP promises, the MES may raise an alarm about the date
    "invoice": "rO-----R",               # credit, terms, invoices, 回款
    "payment": "rr-----O",
    "material": "RORrr--r",
    "unit_conversion": "rRRrR-R-",       # operation code, reason codes, units: the hub owns
    "operation": "rRRrR-R-",
    "work_center": "rRRrR-R-",
    "reason_code": "rRRrR-R-",
    "bom": "-Orr---r",
    "routing": "-OR----r",
    "production_plan": "pORr--p-",       # plan, MO definition
    "production_order": "pOFr--p-",
    "job_order": "prOrr--p",             # job dispatch, execution, 报工
    "operation_report": "prOrrp-p",
    "quality_inspection": "rrOpR--p",    # process inspection, defects, rework
    "nonconformance": "rrOpR--p",
    "equipment_status": "-rO---r-",
    "person": "--r--O-r",
    "material_consumption": "-FOF---r",  # consumption fact, stock posting
    "material_issue": "-OrR---r",
    "goods_receipt": "rFOFr--r",         # receipt, shipment
    "shipment": "FO-Rr--r",
    "cost_actual": "-r-----O",
}


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return load_boundaries(SHIPPED)


def _letter(boundaries: Boundaries, entity: str, role: str) -> str:
    roles, row = frozenset({role}), boundaries.rows[entity]
    sees = not boundaries.check_out(entity, roles, ()).refused
    some = any((rule.owner is not None and rule.owner.role == role) or role in rule.may_request for rule in row.fields.values())
    part = bool(boundaries.check_out(entity, roles, model_fields(entity)).strip)
    if boundaries.owns(entity, "P1", roles):
        return "O"
    if role in row.may_request:
        return "F" if entity == "production_order" else "R"
    if some:
        return "F" if sees else "f"
    return ("p" if part else "r") if sees else "-"


@pytest.mark.parametrize("entity", MATRIX)
def test_a_row_of_the_matrix_holds(boundaries: Boundaries, entity: str) -> None:
    assert "".join(_letter(boundaries, entity, role) for role in COLUMNS) == MATRIX[entity]


def test_every_entity_has_its_row_and_its_owner_of_the_model(boundaries: Boundaries) -> None:
    assert boundaries.rows.keys() == {cls.entity for cls in ENTITIES}
    assert {cls.entity: boundaries.owner(cls.entity, "P1") for cls in ENTITIES} == {cls.entity: cls.owner for cls in ENTITIES}


def test_b35_b36_nothing_commercial_or_personal_is_on_a_topic_that_a_mes_may_read(boundaries: Boundaries) -> None:
    readable = {aggregate for aggregate in AGGREGATES if boundaries.may_subscribe(aggregate, frozenset({"mes"}))}
    assert not readable & {cls.aggregate for cls in ENTITIES if cls.commercial}
    assert {"production_order", "material", "bom", "routing"} <= readable


def test_a_promise_is_the_erps_word_and_a_quantity_is_not(boundaries: Boundaries) -> None:
    said = ["organisation", "number", "state", "rejection", "customer", "lines", "lines.line", "lines.promised_at", "lines.quantity",
            "lines.quantity.value"]  # fmt: skip
    verdict = boundaries.check_in("sales_order", "P1", frozenset({"erp"}), said)
    assert not verdict.owner and not verdict.nothing_to_say
    assert verdict.crossings == {"lines.quantity": "hold", "lines.quantity.value": "hold", "customer": "hold"}


def test_an_owner_crosses_where_a_field_is_anothers(boundaries: Boundaries) -> None:
    assert boundaries.check_in("sales_order", "P1", frozenset({"crm"}), ["number", "lines", "rejection"]).crossings == {"rejection": "hold"}
    assert boundaries.check_in("production_order", "P1", frozenset({"erp"}), ["number", "good", "state"]).crossings == {"good": "ignore"}
    assert boundaries.check_in("sales_order", "P1", frozenset({"crm"}), ["customer"]).owner


@pytest.mark.parametrize("cls", ENTITIES, ids=lambda cls: cls.entity)
def test_who_says_nothing_that_is_guarded_crosses_nothing(boundaries: Boundaries, cls: type[Entity]) -> None:
    for roles in map(frozenset, [*({role} for role in ROLES), {"crm", "erp"}, {"erp", "finance"}]):
        guarded = boundaries.guarded(cls.entity, "P1", roles)
        for name in model_fields(cls.entity):
            crossings = boundaries.check_in(cls.entity, "P1", roles, [name]).crossings
            assert not crossings or guarded is None or says(_one(name), guarded)


def _one(name: str) -> dict[str, Any]:
    """A document in which only this field is said, in the second row of its table."""
    first, _, rest = name.partition(".")
    return {first: [{}, _one(rest)]} if rest else {first: None}


def test_an_outer_field_guards_what_is_in_it() -> None:
    guarded = tree(["lines.price", "lines", "contacts.phone"])
    assert guarded == {"lines": {}, "contacts": {"phone": {}}}
    assert says({"lines": []}, guarded) and says({"contacts": {"phone": "1"}}, guarded)
    assert not says({"contacts": [{"name": "x"}, None], "number": "1"}, guarded) and not says({"contacts": None}, guarded)


def test_a_system_may_what_any_of_its_roles_may(boundaries: Boundaries) -> None:
    assert boundaries.check_in("payment", "P1", frozenset({"erp", "finance"}), ["amount"]).owner
    assert boundaries.check_in("payment", "P1", frozenset({"erp"}), ["amount"]).nothing_to_say
    assert not boundaries.check_out("sales_order", frozenset({"mes", "erp"}), ["lines"]).refused
    assert boundaries.check_out("sales_order", frozenset({"mes"}), ["lines"]).refused


def test_who_receives_a_part_gets_no_more(boundaries: Boundaries) -> None:
    customer = {"organisation": "P1", "code": "C-1", "name": "江南泵业有限公司", "short_name": "江南泵业", "uscc": "9133"}
    strip = boundaries.check_out("customer", frozenset({"mes"}), field_paths(customer)).strip
    assert without(customer, strip) == {"organisation": "P1", "code": "C-1", "short_name": "江南泵业"}
    profile = {"customer": "C-1", "contacts": [{"name": "王", "phone": "1"}], "address": "x"}
    assert boundaries.check_out("customer_profile", frozenset({"erp"}), profile).strip == {"contacts"}


def test_a_switch_gives_an_organisation_another_owner(tmp_path: Path) -> None:
    plant = tmp_path / "boundaries.yaml"
    row = "sales_order: {owner: crm, owner_by_organisation: {P2: erp}, receives: [finance], never: [mes, wms, qms, hr, eam, plm, oa]}\n"
    plant.write_text(row, encoding="utf-8")
    boundaries = load_boundaries(SHIPPED, plant)
    assert [boundaries.owner("sales_order", organisation) for organisation in ("P1", "P2")] == ["crm", "erp"]
    assert boundaries.check_in("sales_order", "P2", frozenset({"crm"}), ["customer"]).nothing_to_say
    assert not boundaries.check_out("sales_order", frozenset({"crm"}), ()).refused


@pytest.mark.parametrize(("row", "code"), [
    ("bom: {owner: erp, never: [crm]}", "role-unplaced"), ("bom: {owner: erpp}", "yaml-name-unknown"),
    ("bomb: {owner: erp}", "yaml-name-unknown"),
    ("bom: {receives: [mes]}", "yaml-key-missing"), ("bom: {owner: erp, never: [erp]}", "owner-contradicted"),
    ("bom: {owner: erp, fields: {colour: {owner: mes}}}", "yaml-name-unknown"),
    ("bom: {owner: erp, on_crossing: shout}", "yaml-name-unknown"),
    ("bom: {owner: erp, sees: [mes]}", "yaml-key-unknown"), ("bom: {owner: erp, receives: mes}", "yaml-type-wrong"),
    ("bom: {owner: erp, only: {mes: [colour]}}", "yaml-name-unknown"), ("bom: {owner: erp}\nbom: {owner: erp}", "yaml-key-twice"),
])  # fmt: skip
def test_boundaries_are_read_strictly(tmp_path: Path, row: str, code: str) -> None:
    path = tmp_path / "boundaries.yaml"
    path.write_text(row, encoding="utf-8")
    with pytest.raises(MappingsWrong) as raised:
        load_boundaries(path)
    assert code in [mistake.code for mistake in raised.value.mistakes]


def test_identity_belongs_to_nobody() -> None:
    assert {"organisation", "number", "lines.line"} <= identities("sales_order")
    assert {"organisation", "number", "production_order"} <= identities("goods_receipt")
    assert set(ROLES) >= set(COLUMNS)
