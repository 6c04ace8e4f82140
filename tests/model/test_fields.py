"""Fields that only one plant has: read strictly, validated, carried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mappings
from hub.model import Entity, ModelViolated, decode, encode
from hub.model.fields import PlantFields, PlantFieldsWrong

ROW = "  - {name: %s, entity: production_order, type: %s, owner: erp, labels: {zh: 甲, en: A}}\n"
ORDER = {"organisation": "P1", "number": "MO-1", "material": "P-1", "quantity": {"value": "1", "unit": "H87"}, "state": "released"}


def read(tmp_path: Path, *rows: str) -> PlantFields:
    path = tmp_path / "fields.yaml"
    path.write_text("fields:\n" + "".join(rows), encoding="utf-8")
    return PlantFields.read(path)


def declared(tmp_path: Path) -> PlantFields:
    return read(tmp_path, *(ROW % (f"a_{kind}", kind) for kind in ("text", "integer", "decimal", "boolean", "date", "time")))


def order(plant: PlantFields, values: dict[str, Any]) -> Entity:
    return decode("production_order", {**ORDER, "plant": values}, plant=plant)


def test_the_shipped_file_is_read() -> None:
    shipped = PlantFields.read(Path(mappings.__path__[0]) / "fields.yaml")

    assert [field.labels.zh for field in shipped.of("production_order")] == ["试验压力(MPa)"]


def test_declared_values_are_carried_in_json_form(tmp_path: Path) -> None:
    plant = declared(tmp_path)
    said = {
        "a_text": "甲", "a_integer": 3, "a_decimal": "1.50", "a_boolean": True, "a_date": "2026-03-02",
        "a_time": "2026-03-02T20:00:00+08:00",
    }  # fmt: skip

    made = order(plant, said)

    assert made.plant == {**said, "a_decimal": "1.5", "a_time": "2026-03-02T12:00:00Z"}
    assert decode("production_order", encode(made), plant=plant) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a_text", 1), ("a_integer", "1"), ("a_integer", True), ("a_decimal", "x"), ("a_boolean", "yes"), ("a_date", "02/03"),
        ("a_time", "2026-03-02"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ModelViolated) as raised:
        order(declared(tmp_path), {name: value})

    assert name in raised.value.text("zh")
    assert f"not {name[2:]}" in raised.value.text("en")


def test_undeclared_fields_are_refused_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(ModelViolated) as raised:
        order(declared(tmp_path), {"b": 1, "c": 2})

    assert [found.path for found in raised.value.findings] == ["b", "c"]
    assert "未在 mappings/fields.yaml 中声明" in raised.value.text("zh")


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fields.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")

    assert PlantFields.read(path).fields == {}


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([ROW % ("a", "money")], 2, "'text', 'integer'"),
        ([ROW % ("a", "text"), ROW % ("a", "text")], 3, "declared twice"),
        ([ROW % ("quantity", "text")], 2, "field of production_order already"),
        ([ROW % ("sales_price", "decimal")], 2, "reads like a price"),
        (["  - {name: a, entity: orders, type: text, owner: erp, labels: {zh: 甲, en: A}}\n"], 2, "no entity named 'orders'"),
        (["  - {name: a, name: b}\n"], 2, "'name' is written twice"),
        (["  - {name: a, colour: red}\n"], 2, "'colour'"),
        (["  - just text\n"], 2, "a list of fields"),
        (["  - {name: [\n"], 3, "not valid YAML"),
    ],
)
def test_a_wrong_file_names_its_line_and_what_to_do(tmp_path: Path, rows: list[str], line: int, words: str) -> None:
    with pytest.raises(PlantFieldsWrong) as raised:
        read(tmp_path, *rows)

    assert f"fields.yaml, line {line}:" in raised.value.text("en")
    assert words in raised.value.text("en")
    assert f"第 {line} 行" in raised.value.text("zh")
