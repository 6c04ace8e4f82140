"""The factory's tables: their size, their codes, and that the seeds fit the dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hub.db import Database
from hub.demo.factory import answers, catalogue, seed
from hub.demo.factory.structure import bom, made, routing
from master_data.seeds import Seed, load_seed, load_units


def test_the_factory_is_as_large_as_it_says() -> None:
    codes = catalogue.codes()
    assert len(codes.kind("organisation")) == 2
    assert 45 <= len(codes.kind("material")) <= 55
    assert len(codes.kind("operation")) == 10
    assert len(codes.kind("work_center")) == 6
    assert {code.attributes["tracking"] for code in codes.kind("material")} == {"none", "lot", "serial"}


def test_a_pump_has_four_levels() -> None:
    def depth(material: str) -> int:
        return 1 + max((depth(part.material) for part in bom(material)), default=0) if material in made() else 1

    assert depth("FG-CP050") == 4


def test_one_operation_is_outsourced_and_one_component_is_flushed_back() -> None:
    assert {step.operation for product in made() for step in routing(product) if step.outsourced} == {catalogue.OUTSOURCED}
    assert {part.material for product in made() for part in bom(product) if part.issue_method == "back_flush"} == {"RM-PAINT"}


@pytest.mark.parametrize("system", ["crm", "erp", "mes"])
def test_local_codes_are_unambiguous_in_each_system(system: str) -> None:
    for kind in ("material", "operation", "work_center", "reason", "customer", "unit"):
        local = [code.local[system] for code in catalogue.codes().kind(kind) if system in code.local]
        assert len(local) == len(set(local))


def test_the_seed_is_a_seed_file() -> None:
    read = Seed.model_validate(seed())
    assert {code.code for code in read.codes["unit"]} == {"H87", "KGM", "SET"}


def test_what_was_left_out_of_the_seed_can_be_answered() -> None:
    known = {(kind, system, local) for kind, rows in seed()["codes"].items() for row in rows for system, local in row["local"].items()}
    assert answers()
    assert not known & answers().keys()
    assert ("material", "crm", "KCB-25") in answers()
    assert answers()["customer", "crm", "K0101"].is_new


async def test_the_dictionary_takes_the_seed_over(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(yaml.safe_dump(seed(), allow_unicode=True), encoding="utf-8")
    await load_units(database)
    assert (await load_seed(database, path)).touched > 100
    assert (await load_seed(database, path)).touched == 0
