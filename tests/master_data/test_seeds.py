"""Going live: a seed file is taken over as facts, recorded as such, and loading it again changes nothing."""

from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.db import Database
from master_data import errors
from master_data.follower import load
from master_data.proposed import ChangeCode
from master_data.seeds import load_seed, load_units
from master_data.tables import changes
from tests.master_data.conftest import agree

PLANT = """codes:
  organisation:
    - {code: P1, zh: 一厂, local: {erp: "100", mes: F1}}
  material:
    - code: PUMP-50
      zh: 离心泵
      attributes: {type: finished, base_unit: H87}
      local: {erp: "01.001", crm: [SP-1, SP-2], mes/P1: [[PUMP, 红]]}
conversions:
  - {material: PUMP-50, from_unit: KGM, to_unit: H87, factor: 1/38}
"""


def make_file(folder: Path, text: str = PLANT) -> Path:
    path = folder / "plant.yaml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_seed_is_taken_over_as_it_stands(database: Database, tmp_path: Path) -> None:
    await load_units(database)
    await load_seed(database, make_file(tmp_path))
    snapshot = await load(database)
    assert snapshot.to_shared("organisation", "erp", "", "100") == "P1"
    assert [snapshot.to_shared("material", "crm", "P1", local) for local in ("SP-1", "SP-2")] == ["PUMP-50"] * 2
    assert snapshot.to_local("material", "crm", "P1", "PUMP-50").local == "SP-1"  # type: ignore[union-attr]
    assert snapshot.to_shared("material", "mes", "P1", '["PUMP","红"]') == "PUMP-50"
    assert snapshot.convert(Fraction(76), "KGM", "H87", "PUMP-50") == 2
    assert snapshot.convert(Fraction(1), "TNE", "GRM") == 1_000_000


async def test_loading_again_changes_nothing_and_keeps_what_people_changed(dictionary: Database, tmp_path: Path) -> None:
    path = make_file(tmp_path)
    first = await load_seed(dictionary, path)
    version = await agree(dictionary, ChangeCode(kind="material", code="PUMP-50", en="Pump"))
    assert first.touched > 0
    assert await load_seed(dictionary, path) == (0, 0)
    snapshot = await load(dictionary)
    assert (snapshot.version, snapshot.names("material", "PUMP-50").en) == (version, "Pump")  # type: ignore[union-attr]


async def test_a_seed_is_recorded_as_one(dictionary: Database, tmp_path: Path) -> None:
    seeded = await load_seed(dictionary, make_file(tmp_path), by="wang")
    async with dictionary.read() as session:
        row = (await session.execute(select(changes).where(changes.c.version == seeded.version))).one()
    assert (row.origin, row.by) == ("seed", "wang")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"100"', "100", "line 3"),
        ("zh: 离心泵", "zn: 离心泵", "line 6"),
        ("1/38", "0", "line 10"),
        ("1/38", "one", "line 10"),
    ],
)
async def test_a_wrong_seed_names_its_line(tmp_path: Path, before: str, after: str, words: str) -> None:
    away = Database.connect(f"sqlite:///{tmp_path / 'unused.db'}")
    with pytest.raises(errors.DictionaryFileInvalid, match=words):
        await load_seed(away, make_file(tmp_path, PLANT.replace(before, after)))


async def test_a_seed_that_contradicts_the_dictionary_is_refused_whole(dictionary: Database, tmp_path: Path) -> None:
    await load_seed(dictionary, make_file(tmp_path))
    text = PLANT.replace("code: PUMP-50", "code: PUMP-80").replace("material: PUMP-50", "material: PUMP-80")
    with pytest.raises(errors.CrossReferenceCollision):
        await load_seed(dictionary, make_file(tmp_path, text))
    assert (await load(dictionary)).names("material", "PUMP-80") is None
