"""The next number: two never get the same one, gaps are never filled, what was imported is jumped over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from hub.db import Database
from hub.texts import render
from hub.texts.code_rules import CODE_RULES
from master_data.errors import AttributeMissing, CodeSeriesFull, NoCodeSeries
from master_data.kind import Kind, shipped_kinds
from master_data.numbers import next_code, next_code_in, next_codes_in
from master_data.tables import codes
from tests.master_data.kind_files import FAULT, PART, make_kind

DAY = date(2026, 11, 22)
LATHE = {"class": "1001"}
EQUIPMENT = shipped_kinds()["equipment"]


async def put(db: Database, kind: Kind, some: Sequence[str]) -> None:
    """Codes as an import leaves them."""
    row = {
        "kind": kind.kind, "name_zh": "x", "name_en": "", "organisations": [], "attributes": {}, "status": "active", "version": 1,
        "changed_at": datetime(2026, 1, 1, tzinfo=UTC), "changed_by": "import",
    } | ({"statuses": {}} if "statuses" in codes.c else {})  # fmt: skip
    async with db.write() as session:
        await session.execute(insert(codes), [{**row, "code": code, "folded": code.casefold()} for code in some])


async def take(db: Database, kind: Kind, **attributes: str) -> str:
    return await next_code(db, kind, attributes, on=DAY)


async def test_numbers_are_counted_on_for_each_series(database: Database) -> None:
    taken = [await take(database, EQUIPMENT, **{"class": each}) for each in ("1001", "1001", "2005", "100101", "2005")]
    assert taken == ["EQ1001-0001", "EQ1001-0002", "EQ2005-0001", "EQ1001-0003", "EQ2005-0002"]


async def test_fault_codes_are_e01_e02_and_scrap_has_numbers_of_its_own(database: Database) -> None:
    reason = shipped_kinds()["reason"]
    taken = [await take(database, reason, list=each) for each in ("fault", "fault", "scrap", "fault")]
    assert taken == ["E01", "E02", "S01", "E03"]


async def test_sixteen_at_once_get_sixteen_numbers(database: Database) -> None:
    taken = await asyncio.gather(*(next_code(database, EQUIPMENT, LATHE, on=DAY) for _ in range(16)))
    assert sorted(taken) == [f"EQ1001-{number:04d}" for number in range(1, 17)]


async def test_sixteen_who_write_their_codes_meet_no_one_elses(database: Database) -> None:
    await put(database, EQUIPMENT, ["EQ1001-0003", "EQ1001-0009"])

    async def one() -> str:
        async with database.write() as session:
            return await next_code_in(session, EQUIPMENT, LATHE, on=DAY)

    taken = await asyncio.gather(*(one() for _ in range(16)))
    await put(database, EQUIPMENT, taken)         # the dictionary itself refuses a code twice
    assert sorted(taken)[0] == "EQ1001-0010" and len(set(taken)) == 16


async def test_batches_of_several_series_at_once_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    several = [{"class": "1001"}, {"class": "2005"}, {"class": "1001"}]

    async def batch(order: int) -> list[str]:
        async with database.write() as session:
            return await next_codes_in(session, EQUIPMENT, several[::order], on=DAY)

    taken = await asyncio.gather(*(batch(1 if turn % 2 else -1) for turn in range(16)))
    assert len({code for one in taken for code in one}) == 48
    assert all([code[:6] for code in one] == ["EQ1001", "EQ2005", "EQ1001"] for one in taken)


async def test_what_was_rolled_back_was_never_given(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            assert await next_code_in(session, EQUIPMENT, LATHE, on=DAY) == "EQ1001-0001"
            raise RuntimeError
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0001"


async def test_a_number_given_and_not_used_is_never_given_again(database: Database) -> None:
    await take(database, EQUIPMENT, **LATHE)
    await put(database, EQUIPMENT, [await take(database, EQUIPMENT, **LATHE)])
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0003"


async def test_higher_numbers_that_were_there_before_are_jumped_over(database: Database) -> None:
    await put(database, EQUIPMENT, ["EQ1001-0007", "EQ1001-0004", "EQ1002-0900", "EQ1001-LEGACY", "EQ1001-00999"])
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0008"


async def test_numbers_that_are_imported_meanwhile_are_jumped_over(database: Database) -> None:
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0001"
    await put(database, EQUIPMENT, ["eq1001-0002", "EQ1001-0003", "EQ1001-0020"])   # case does not count
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0021"


async def test_thousands_of_codes_that_do_not_fit_are_looked_past(database: Database) -> None:
    await put(database, EQUIPMENT, ["EQ1001-0005", *(f"EQ1001-Z{number}" for number in range(1200))])
    assert await take(database, EQUIPMENT, **LATHE) == "EQ1001-0006"


async def test_of_what_stands_behind_the_number_each_has_its_own_series(database: Database, tmp_path: Path) -> None:
    part = make_kind(tmp_path, PART)
    taken = [await take(database, part, **{"class": "0101", "control": control}) for control in ("lot", "serial", "lot")]
    assert [code[:-1] for code in taken] == ["0101-2611010L", "0101-2611010S", "0101-2611011L"]
    for code in taken:
        part.check_code(code)
    await put(database, part, [part.make_code({"class": "0101", "control": "lot"}, DAY, 77)])
    await put(database, part, [part.make_code({"class": "0101", "control": "lot"}, DAY, 12)])
    assert (await take(database, part, **{"class": "0101", "control": "lot"}))[:-1] == "0101-2611078L"


async def test_a_full_series_says_so_and_gives_nothing(database: Database, tmp_path: Path) -> None:
    fault = make_kind(tmp_path, FAULT)
    await put(database, fault, ["E98"])
    assert await take(database, fault) == "E99"
    for _ in range(2):
        with pytest.raises(CodeSeriesFull) as caught:
            await take(database, fault)
        assert caught.value.facts == {"kind": "fault", "series": "E", "last": 99}
    assert "E" in render("code-series-full", "zh", caught.value.facts, CODE_RULES)


async def test_a_kind_without_a_running_number_says_so(database: Database) -> None:
    with pytest.raises(NoCodeSeries):
        await take(database, shipped_kinds()["material"])
    with pytest.raises(AttributeMissing, match="class"):
        await take(database, EQUIPMENT)
