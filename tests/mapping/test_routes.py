"""Events find the systems that want them, and never return to their source."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.mapping import MappingFailed, MappingsWrong, RoutedSystem, Routes, load_routes

SHIPPED = Path(__file__).parents[2] / "mappings" / "routes.yaml"


def make_system(name: str, roles: str, organisations: str = "P1 P2") -> RoutedSystem:
    return RoutedSystem(name, frozenset(roles.split()), frozenset(organisations.split()))


LOOP = [make_system("crm", "crm"), make_system("erp", "erp finance"), make_system("mes", "mes")]


def make_routes(root: Path, text: str, systems: list[RoutedSystem] = LOOP) -> Routes:
    path = root / "routes.yaml"
    path.write_text(f"routes:\n{text}", encoding="utf-8")
    return load_routes(path, systems)


@pytest.mark.parametrize(("entity", "source", "data", "targets"), [
    ("customer", "crm", {}, ["erp"]),
    ("sales_order", "crm", {"state": "confirmed"}, ["erp"]),
    ("sales_order", "crm", {"state": "cancel_requested"}, ["erp"]),
    ("sales_order", "crm", {"state": "draft"}, []),
    ("sales_order", "erp", {"state": "confirmed"}, []),
    ("material", "erp", {"sellable": True}, ["mes", "crm"]),
    ("material", "erp", {}, ["mes"]),
    ("bom", "erp", {}, ["mes"]), ("routing", "erp", {}, ["mes"]),
    *(("production_order", "erp", {"state": state}, ["mes"]) for state in ("released", "in_progress", "on_hold", "cancelled", "closed")),
    ("production_order", "erp", {"state": "planned"}, []),
    ("operation_report", "mes", {}, ["erp"]),
    ("material_consumption", "mes", {"issue_method": "pick"}, ["erp"]),
    ("material_consumption", "mes", {"issue_method": "back_flush"}, []),
    ("goods_receipt", "mes", {"state": "declared"}, ["erp"]),
    ("goods_receipt", "erp", {"state": "posted"}, []),
    ("order_progress", "hub", {}, ["crm"]),
    ("stock_balance", "erp", {}, []),
])  # fmt: skip
def test_the_shipped_routes_close_the_loop(entity: str, source: str, data: dict[str, object], targets: list[str]) -> None:
    assert load_routes(SHIPPED, LOOP).targets(entity, "P1", source, data) == targets


def test_a_group_learns_which_entities_lead_to_its_system() -> None:
    routes = load_routes(SHIPPED, LOOP)
    assert routes.entities_for("mes") == {"material", "bom", "routing", "production_order"}
    assert routes.entities_for("crm") == {"material", "order_progress"}
    assert routes.role_for("material", "mes") == {"mes"}


def test_a_role_is_resolved_for_each_organisation(tmp_path: Path) -> None:
    systems = [make_system("crm", "crm"), make_system("mes-1", "mes", "P1"), make_system("mes-2", "mes", "P2")]
    routes = make_routes(tmp_path, "  - {entity: bom, to: mes}\n", systems)
    assert [routes.targets("bom", organisation, "crm", {}) for organisation in ("P1", "P2", "P3")] == [["mes-1"], ["mes-2"], []]


def test_two_systems_in_one_role_are_an_error_unless_the_route_names_one(tmp_path: Path) -> None:
    systems = [make_system("mes-1", "mes"), make_system("mes-2", "mes", "P2")]
    with pytest.raises(MappingsWrong) as raised:
        make_routes(tmp_path, "  - {entity: bom, to: mes}\n", systems)
    assert "'P2': mes-1, mes-2" in raised.value.text()
    named = make_routes(tmp_path, "  - {entity: bom, to: mes-2}\n", systems)
    assert named.targets("bom", "P2", "erp", {}) == ["mes-2"]
    assert named.role_for("bom", "mes-2") == {"mes"}


def test_an_event_never_returns_to_its_source_and_arrives_once(tmp_path: Path) -> None:
    routes = make_routes(tmp_path, "  - {entity: bom, to: erp}\n  - {entity: bom, to: finance}\n  - {entity: bom, to: mes}\n")
    assert routes.targets("bom", "P1", "erp", {}) == ["mes"]
    assert routes.targets("bom", "P1", "mes", {}) == ["erp"]


@pytest.mark.parametrize(("row", "code"), [
    ("{entity: bomb, to: mes}", "yaml-name-unknown"), ("{entity: bom}", "yaml-key-missing"),
    ("{entity: bom, to: mess}", "yaml-name-unknown"),
    ("{entity: bom, to: mes, if: x}", "yaml-key-unknown"), ("{entity: bom, to: mes, when: 'state in'}", "rule-expression-wrong"),
    ("{entity: bom, to: mes, from: nobody}", "yaml-name-unknown"), ("text", "yaml-type-wrong"),
])  # fmt: skip
def test_routes_are_read_strictly(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(MappingsWrong) as raised:
        make_routes(tmp_path, f"  - {row}\n")
    assert raised.value.mistakes[0].code == code
    assert raised.value.mistakes[0].facts["place"] == "routes.yaml:2 #1"


def test_a_condition_that_cannot_be_answered_holds_the_event(tmp_path: Path) -> None:
    routes = make_routes(tmp_path, "  - {entity: bom, to: mes, when: state > 3}\n")
    with pytest.raises(MappingFailed) as raised:
        routes.targets("bom", "P1", "erp", {"state": "x"})
    assert raised.value.facts["rule"] == "routes.yaml:2 #1"
