"""An import as one batch: four eyes, portions that are applied once whatever is killed, undone as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.tables import outbox
from master_data import errors as refusals
from master_data.exchange import errors, portions
from master_data.exchange.applying import approve_import, resume_import, undo_import
from master_data.exchange.batches import (
    accept_import,
    import_rows_of,
    imports,
    progress,
    propose_import,
    put_batch,
    refuse_import,
    unfinished,
)
from master_data.exchange.undoing import begin_undo
from master_data.follower import load
from master_data.proposals import Means
from master_data.proposed import ChangeCode, CreateCode, EndCrossReference
from master_data.seeds import take_over
from master_data.tables import changes, codes, cross_references
from tests.master_data.conftest import agree, make_material, make_reference
from tests.master_data.exchange.conftest import checked

Write = Callable[..., Path]
LINES = (("M-1", "新名", "", "", "E1"), ("M-3", "阀", "raw", "KGM", "E3;E4"), ("M-4", "泵", "raw", "KGM", ""))
BAD = ("m 5", "坏", "raw", "KGM", "")


async def proposed(db: Database, path: Path, **more: Any) -> int:
    return (await propose_import(db, path, "material", by="wang", **more)).number


async def names(db: Database) -> dict[str, tuple[str, str]]:
    async with db.read() as session:
        rows = await session.execute(select(codes).where(codes.c.kind == "material"))
        return {row.code: (row.name_zh, row.status) for row in rows}


async def locals_in_force(db: Database) -> dict[str, str]:
    async with db.read() as session:
        rows = await session.execute(select(cross_references).where(cross_references.c.valid_to.is_(None)))
        return {row.local_code: row.code for row in rows}


async def test_nothing_changes_before_another_person_approves(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES))
    assert await names(dictionary) == {"M-1": ("物料M-1", "active"), "M-2": ("物料M-2", "active")}
    with pytest.raises(refusals.SamePerson):
        await approve_import(dictionary, number, by="wang")
    with pytest.raises(refusals.PersonMissing):
        await approve_import(dictionary, number, by=" ")
    done = await approve_import(dictionary, number, by="li")
    assert (done.state, done.states) == ("applied", {"applied": 3})
    expected = {"M-1": "新名", "M-2": "物料M-2", "M-3": "阀", "M-4": "泵"}
    assert await names(dictionary) == {code: (name, "active") for code, name in expected.items()}
    assert await locals_in_force(dictionary) == {"E1": "M-1", "E3": "M-3", "E4": "M-3"}
    assert (await checked(dictionary, text(*LINES))).verdicts == {"unchanged": 3}


async def test_the_database_itself_refuses_one_person_in_both_parts(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES))
    with pytest.raises(IntegrityError):
        async with dictionary.write() as session:
            await put_batch(session, number, decided_by="wang")


async def test_who_when_why_and_of_what_is_written_down(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES), reason="新品")
    await approve_import(dictionary, number, by="li")
    async with dictionary.read() as session:
        batch = (await imports(session))[0]
        history = (await session.execute(select(changes.c.by).order_by(changes.c.version.desc()).limit(1))).scalar()
    assert (batch.id, batch.kind, batch.file, batch.rows) == (number, "material", "list.csv", 3)
    assert (batch.proposed_by, batch.decided_by) == ("wang", "li")
    assert batch.counts == {"new": 2, "changed": 1} and len(batch.digest) == 64 and history == "li"


async def test_all_or_nothing_is_refused_with_errors_and_the_good_rows_are_taken_where_asked(dictionary: Database, text: Write) -> None:
    path = text(*LINES, BAD)
    with pytest.raises(errors.RowsRefused):
        await proposed(dictionary, path)
    done = await approve_import(dictionary, await proposed(dictionary, path, only_good=True), by="li")
    assert done.states == {"applied": 3}
    with pytest.raises(errors.NothingToImport):
        await proposed(dictionary, path, only_good=True)


async def test_an_import_is_refused_or_withdrawn_and_then_closed(dictionary: Database, text: Write) -> None:
    first, second = await proposed(dictionary, text(*LINES)), await proposed(dictionary, text(*LINES))
    with pytest.raises(refusals.ReasonMissing):
        await refuse_import(dictionary, first, by="li", reason="")
    await refuse_import(dictionary, first, by="li", reason="旧清单")
    await refuse_import(dictionary, second, by="wang", reason="误传")
    async with dictionary.read() as session:
        assert [row.state for row in await imports(session)] == ["refused", "withdrawn"]
    for number in (first, second):
        with pytest.raises(errors.ImportStands):
            await approve_import(dictionary, number, by="li")
    with pytest.raises(errors.NoSuchImport):
        await approve_import(dictionary, 99, by="li")


async def test_what_was_changed_meanwhile_stays_out_of_the_good_rows(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES), only_good=True)
    await agree(dictionary, ChangeCode(kind="material", code="M-1", zh="别名"))
    done = await approve_import(dictionary, number, by="li")
    assert done.states == {"failed": 1, "applied": 2}
    async with dictionary.read() as session:
        failed = (await import_rows_of(session, number, states=["failed"]))[0]
    assert (failed.code, failed.remark["code"]) == ("M-1", "changed-meanwhile")
    assert (await names(dictionary))["M-1"] == ("别名", "active") and "E1" not in await locals_in_force(dictionary)


async def test_what_was_changed_meanwhile_takes_all_or_nothing_back(
    dictionary: Database, text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "PORTION", 1)
    number = await proposed(dictionary, text(*LINES))
    await agree(dictionary, make_material("M-4"))
    before = await names(dictionary)
    done = await approve_import(dictionary, number, by="li")
    assert (done.state, done.remark["code"]) == ("undone", "code-taken")
    assert await locals_in_force(dictionary) == {}
    after = await names(dictionary)
    assert after.pop("M-3") == ("阀", "obsolete") and after == before


class Killed(Exception):
    """What a process that is killed in the middle looks like to the database."""


class Kills:
    """A marking that dies in the transaction of each call, before and after which everything must be whole; then works."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def __call__(self, session: AsyncConnection, causes: Sequence[str], version: int) -> int:
        if self.left:
            self.left -= 1
            raise Killed
        self.left = 1
        return 0


async def test_a_killed_import_goes_on_with_the_next_row_and_takes_none_twice(
    dictionary: Database, text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    lines = [(f"N-{place}", f"新{place}", "raw", "KGM", f"L{place}") for place in range(9)]
    number = await proposed(dictionary, text(*lines))
    await accept_import(dictionary, number, by="li")
    means, deaths, seen = Means(mark=Kills(1)), 0, set()
    for _ in range(50):
        async with dictionary.read() as session:
            if not await unfinished(session):
                break
            seen.add((await progress(session, number)).done)
        try:
            await resume_import(dictionary, number, means=means)
        except Killed:
            deaths += 1
    assert deaths >= 5 and seen >= {0, 2, 4, 6, 8}
    async with dictionary.read() as session:
        history = (await session.execute(select(changes.c.changes))).scalars()
        made = [change["key"][1] for each in history for change in each if change["of"] == "code" and change["key"][1].startswith("N-")]
    assert sorted(made) == [f"N-{place}" for place in range(9)], "each once"
    assert (await progress_of(dictionary, number)).states == {"applied": 9}
    assert await locals_in_force(dictionary) == {f"L{place}": f"N-{place}" for place in range(9)}


async def progress_of(db: Database, number: int) -> Any:
    async with db.read() as session:
        return await progress(session, number)


async def test_two_who_resume_at_once_share_the_portions(dictionary: Database, text: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    number = await proposed(dictionary, text(*[(f"N-{place}", "新", "raw", "KGM", "") for place in range(11)]))
    await accept_import(dictionary, number, by="li")
    done = await asyncio.gather(*(resume_import(dictionary, number) for _ in range(3)))
    assert {each.state for each in done} == {"applied"} and done[0].states == {"applied": 11}


async def test_an_import_that_a_kill_cut_short_while_it_was_written_cannot_be_approved(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES))
    async with dictionary.write() as session:
        await put_batch(session, number, state="writing")
    with pytest.raises(errors.ImportStands):
        await approve_import(dictionary, number, by="li")
    await refuse_import(dictionary, number, by="wang", reason="中断")


async def test_an_import_is_undone_as_one(dictionary: Database, text: Write) -> None:
    await agree(dictionary, make_reference("OLD", "M-2"))
    path = text(*LINES, ("M-2", "", "", "", "(clear)"))
    number = await proposed(dictionary, path)
    await approve_import(dictionary, number, by="li")
    assert "OLD" not in await locals_in_force(dictionary)
    with pytest.raises(refusals.SamePerson):
        await undo_import(dictionary, number, by="wang", reason="错")
    with pytest.raises(refusals.ReasonMissing):
        await undo_import(dictionary, number, by="li", reason=" ")
    done = await undo_import(dictionary, number, by="li", reason="错")
    assert (done.state, done.states) == ("undone", {"undone": 4})
    there = await names(dictionary)
    assert there.pop("M-3") == ("阀", "obsolete") and there.pop("M-4", ("泵", "obsolete")) == ("泵", "obsolete")
    assert there == {"M-1": ("物料M-1", "active"), "M-2": ("物料M-2", "active")}
    assert await locals_in_force(dictionary) == {"OLD": "M-2"}


DEPARTMENTS = (("D-1", "一部", ""), ("D-2", "二部", "E2"), ("D-3", "三部", ""), ("D-4", "四部", ""))


async def departments(db: Database, text: Write) -> int:
    path = text(*DEPARTMENTS, header=("编码", "名称", "本地编码 erp"), name="departments.csv")
    number = (await propose_import(db, path, "department", by="wang")).number
    await approve_import(db, number, by="li")
    return number


async def test_new_codes_that_nothing_saw_are_taken_back_and_may_come_again(dictionary: Database, text: Write) -> None:
    """Of those that stay: one had a local code, one stands in another code, one was told in an event."""
    number = await departments(dictionary, text)
    await take_over(dictionary, [CreateCode(kind="person", code="U1", zh="王", attributes={"department": "D-3"})], by="x")
    async with dictionary.write() as session:
        event = {"topic": "canonical.department", "key": "P1/D-4", "value": b"", "headers": {}, "written_at": datetime.now(UTC)}
        await session.execute(insert(outbox).values(event))
    await undo_import(dictionary, number, by="li", reason="错")
    async with dictionary.read() as session:
        rows = await session.execute(select(codes.c.code, codes.c.status).where(codes.c.kind == "department").order_by(codes.c.code))
        assert [tuple(row) for row in rows] == [("D-2", "obsolete"), ("D-3", "obsolete"), ("D-4", "obsolete")]
        told = {row.code: row.remark["code"] for row in await import_rows_of(session, number) if row.remark}
    assert told == dict.fromkeys(("D-2", "D-3", "D-4"), "kept-referred")
    again = await checked(dictionary, text(DEPARTMENTS[0][:2], header=("编码", "名称")), "department")
    assert again.verdicts == {"new": 1}


async def test_followers_know_of_what_was_taken_back(dictionary: Database, text: Write) -> None:
    await undo_import(dictionary, await departments(dictionary, text), by="li", reason="错")
    async with dictionary.read() as session:
        told = (await session.execute(select(changes.c.changes).order_by(changes.c.version.desc()).limit(1))).scalar_one()
    assert {change["key"][1]: change["status"] for change in told if change["of"] == "code"}["D-1"] == "obsolete"
    assert (await load(dictionary)).names("department", "D-1") is None


async def test_what_was_changed_after_the_import_is_kept_and_told(dictionary: Database, text: Write) -> None:
    number = await proposed(dictionary, text(*LINES, ("M-2", "二", "", "", "E2")))
    await approve_import(dictionary, number, by="li")
    await agree(dictionary, ChangeCode(kind="material", code="M-1", en="Later"))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="E2"))
    done = await undo_import(dictionary, number, by="li", reason="错")
    assert done.states == {"undone": 2, "kept": 2}
    assert (await names(dictionary))["M-1"] == ("新名", "active") and (await locals_in_force(dictionary))["E1"] == "M-1", "a row whole"
    async with dictionary.read() as session:
        kept = {row.code: row.remark["code"] for row in await import_rows_of(session, number, states=["kept"])}
    assert kept == {"M-1": "kept-changed", "M-2": "kept-local"}


async def test_everything_of_a_code_is_put_back(dictionary: Database, text: Write) -> None:
    header = ("编码", "英文名称", "状态", "适用组织", "生效日期", "规格型号", "品牌")
    await agree(dictionary, ChangeCode(kind="material", code="M-1", attributes={"spec": "A"}))
    number = await proposed(dictionary, text(("M-1", "X", "作废", "P1;P2", "2026-02-03", "B", "C"), header=header))
    async with dictionary.read() as session:
        before = (await session.execute(select(codes).where(codes.c.code == "M-1"))).one()
    await approve_import(dictionary, number, by="li")
    await undo_import(dictionary, number, by="li", reason="错")
    async with dictionary.read() as session:
        after = (await session.execute(select(codes).where(codes.c.code == "M-1"))).one()
    kept = ("name_zh", "name_en", "status", "organisations", "attributes", "valid_from", "valid_to")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


async def test_the_local_code_that_is_written_can_be_chosen_and_put_back(dictionary: Database, text: Write) -> None:
    await agree(dictionary, make_reference("A", "M-1"))
    await agree(dictionary, make_reference("B", "M-1"))
    number = await proposed(dictionary, text(("M-1", "B;A"), header=("编码", "本地编码 erp")))
    written = [(await load(dictionary)).to_local("material", "erp", "", "M-1").local]  # type: ignore[union-attr]
    await approve_import(dictionary, number, by="li")
    written.append((await load(dictionary)).to_local("material", "erp", "", "M-1").local)  # type: ignore[union-attr]
    await undo_import(dictionary, number, by="li", reason="错")
    written.append((await load(dictionary)).to_local("material", "erp", "", "M-1").local)  # type: ignore[union-attr]
    assert written == ["A", "B", "A"]


async def test_a_killed_undo_goes_on(dictionary: Database, text: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    lines = [(f"N-{place}", f"新{place}", "raw", "KGM", f"L{place}") for place in range(5)]
    number = await proposed(dictionary, text(*lines))
    await approve_import(dictionary, number, by="li")
    await begin_undo(dictionary, number, by="zhao", reason="错")
    async with dictionary.read() as session:
        assert await unfinished(session) == [number]
    done = await resume_import(dictionary, number)
    assert (done.state, done.states) == ("undone", {"undone": 5}) and await locals_in_force(dictionary) == {}
    assert (await resume_import(dictionary, number)).state == "undone", "nothing to do is no error"
