"""Spellings of units fill in answers beforehand: known ones are found, those of two units are not, and none translates."""

from __future__ import annotations

import pytest
import yaml

from master_data.seeds import UNITS
from master_data.unit_spellings import plain, spellings, unit_for

SEED = yaml.safe_load(UNITS.read_text(encoding="utf-8"))["codes"]["unit"]
NAMED_IN_FACTORIES = {
    "PCS": "H87", "个": "H87", "件": "H87", "台": "H87", "根": "H87", "支": "H87", "EA": "EA", "套": "SET",
    "箱": "XCT", "卷": "XRO", "张": "XST", "对": "PR", "桶": "XDR", "包": "XPK", "托": "XPX", "盒": "XBX",
    "打": "DZN", "罗": "GRO", "kg": "KGM", "g": "GRM", "t": "TNE", "m": "MTR", "mm": "MMT", "cm": "CMT",
    "㎡": "MTK", "m²": "MTK", "m³": "MTQ", "l": "LTR", "ml": "MLT", "h": "HUR", "min": "MIN", "s": "SEC",
    "kWh": "KWH", "MJ": "3B", "℃": "CEL", "度": "KWH", "H87": "H87",
}  # fmt: skip


@pytest.mark.parametrize(("spelling", "code"), NAMED_IN_FACTORIES.items())
def test_what_factories_write_is_found(spelling: str, code: str) -> None:
    assert unit_for(spelling) == code


@pytest.mark.parametrize("spelling", ["ＰＣＳ", " Pcs ", "pcs.", "P C S"])
def test_width_case_blanks_and_a_full_stop_do_not_count(spelling: str) -> None:
    assert unit_for(spelling) == "H87"


@pytest.mark.parametrize("spelling", ["斤", "两", "", " ", "箱/件", "23", "PAL", "GM", "NM"])
def test_what_is_unknown_a_number_or_means_two_units_is_not_suggested(spelling: str) -> None:
    assert unit_for(spelling) is None


def test_case_tells_apart_what_only_case_tells_apart() -> None:
    assert (unit_for("nm"), unit_for("Nm")) == ("C45", "NU")


def test_the_table_has_every_unit_that_is_shipped_and_no_other() -> None:
    assert spellings().keys() == {entry["code"] for entry in SEED}


def test_every_spelling_that_a_unit_carries_is_in_the_table() -> None:
    carried = {spelling: entry["code"] for entry in SEED for spelling in entry["attributes"].get("spellings", ())}
    assert len(carried) > 150
    assert {spelling: unit_for(spelling) for spelling in carried} == carried


def test_no_spelling_stands_twice() -> None:
    written = [spelling for some in spellings().values() for spelling in some]
    assert sorted(written) == sorted(set(written) | {"PAL", "GM"} & set(written))
    assert all(plain(spelling) for spelling in written)


def test_every_unit_has_a_chinese_name_of_its_own() -> None:
    names = [entry["zh"] for entry in SEED]
    assert len(names) == len(set(names))
    assert [entry["code"] for entry in SEED if not any("\u4e00" <= character <= "\u9fff" for character in entry["zh"])] == []
