"""Two codes become one and are split back: what the systems say, what old documents find, and nothing lost on the way back."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.errors import DataError
from hub.storage.causes import Cause, CauseKind
from master_data import errors, refusals
from master_data.aliases import alias_change, aliases_of, winner_of, winners_of
from master_data.as_of import code_as_of, cross_references_as_of
from master_data.codes import code_row, history
from master_data.cross_references import cross_references_of, record_fact
from master_data.follower import load
from master_data.kind import shipped_kinds
from master_data.merging import standing
from master_data.proposals import Means, apply, approve, propose
from master_data.proposed import AddCrossReference, ChangeCode, EndCrossReference, MergeCodes, RetireCode, SplitCodes, overlap
from master_data.publication import Publication, begin
from master_data.tables import code_aliases, codes, cross_references
from tests.master_data.conftest import NOON, Marks, agree, make_material, make_reference

MERGE = MergeCodes(kind="material", loser="M-1", winner="M-2")
SPLIT = SplitCodes(kind="material", loser="M-1")
MATERIAL = shipped_kinds()["material"]


async def codes_now(db: Database) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
    async with db.read() as session:
        rows = [await code_row(session, "material", code) for code in ("M-1", "M-2")]
    return {row.code: (row.status, row.name_zh, row.attributes) for row in rows}


async def test_what_meant_the_loser_means_the_winner_from_then_on(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    await agree(dictionary, make_reference("B", code="M-2"))
    before = datetime.now(UTC)
    await agree(dictionary, MERGE)
    snapshot = await load(dictionary)
    assert [snapshot.to_shared("material", "erp", "", "A", at) for at in (before, None)] == ["M-1", "M-2"]
    assert snapshot.to_local("material", "erp", "", "M-2").local == "B"  # type: ignore[union-attr]
    assert (await codes_now(dictionary))["M-1"][0] == "obsolete"


async def test_the_loser_still_finds_the_winner_through_merges_of_merges(dictionary: Database) -> None:
    await agree(dictionary, make_material("M-3"))
    await agree(dictionary, MERGE)
    await agree(dictionary, MergeCodes(kind="material", loser="M-2", winner="M-3"))
    async with dictionary.read() as session:
        assert await winners_of(session, "material", ["M-1", "M-2", "M-3", "X"]) == {"M-1": "M-3", "M-2": "M-3", "M-3": "M-3", "X": "X"}
        assert await alias_change(session, "material", "M-1") == {"of": "alias", "key": ["material", "M-1"], "code": "M-2"}
        assert [row.alias for row in await aliases_of(session, "material", "M-2")] == ["M-1", "M-2"]


async def test_both_keep_their_history_and_say_why(dictionary: Database) -> None:
    proposal = await propose(dictionary, MERGE, by="wang", reason="entered twice")
    version = (await approve(dictionary, proposal, by="li")).version
    async with dictionary.read() as session:
        for code in ("M-1", "M-2"):
            entries = await history(session, "material", code)
            assert [entry.version for entry in entries] == [1, version]
            assert entries[-1].reason == "entered twice"
        old = await code_as_of(session, "material", "M-1", entries[-1].at - timedelta(microseconds=1))
    assert old is not None
    assert old.status == "active"


async def test_different_values_need_a_choice_and_both_are_named(dictionary: Database) -> None:
    await agree(dictionary, ChangeCode(kind="material", code="M-1", attributes={"spec": "M8×30", "brand": "A"}))
    await agree(dictionary, ChangeCode(kind="material", code="M-2", attributes={"spec": "M8*30"}))
    with pytest.raises(refusals.MergeConflict, match=r"M8×30.*M8\*30"):
        await propose(dictionary, MERGE, by="wang")
    with pytest.raises(refusals.NoSuchField, match="colour"):
        await propose(dictionary, MERGE.model_copy(update={"stands": {"colour": "loser"}}), by="wang")
    await agree(dictionary, MERGE.model_copy(update={"stands": {"spec": "loser", "zh": "loser"}}))
    status, name, attributes = (await codes_now(dictionary))["M-2"]
    assert (status, name, attributes["spec"], attributes["brand"]) == ("active", "物料M-1", "M8×30", "A")


async def test_a_split_gives_back_values_statuses_and_cross_references(dictionary: Database) -> None:
    await agree(dictionary, ChangeCode(kind="material", code="M-1", attributes={"brand": "A"}, statuses={"P2": "blocked"}))
    await agree(dictionary, make_reference("A"))
    before = await codes_now(dictionary)
    await agree(dictionary, MERGE)
    await agree(dictionary, SPLIT)
    snapshot = await load(dictionary)
    assert (await codes_now(dictionary), snapshot.to_shared("material", "erp", "", "A")) == (before, "M-1")
    assert snapshot.to_local("material", "erp", "", "M-2") is None
    async with dictionary.read() as session:
        row = await code_row(session, "material", "M-1")
        assert (row.statuses, await winner_of(session, "material", "M-1")) == ({"P2": "blocked"}, "M-1")
    await agree(dictionary, MERGE)      # and again


async def test_what_was_changed_since_is_told_and_kept_only_if_wished(dictionary: Database) -> None:
    await agree(dictionary, ChangeCode(kind="material", code="M-1", attributes={"brand": "A", "drawing": "D-1"}))
    for local in ("A", "B"):
        await agree(dictionary, make_reference(local))
    await agree(dictionary, MERGE)
    await agree(dictionary, ChangeCode(kind="material", code="M-2", attributes={"brand": "C"}))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="A"))
    with pytest.raises(refusals.ChangedSinceMerge, match=r"brand = C.*erp A \(valid_to"):
        await propose(dictionary, SPLIT, by="wang")
    await agree(dictionary, SPLIT.model_copy(update={"keep_changed": True}))
    snapshot = await load(dictionary)
    assert [snapshot.to_shared("material", "erp", "", local) for local in ("A", "B")] == [None, "M-1"]
    attributes = (await codes_now(dictionary))["M-2"][2]
    assert (attributes["brand"], attributes.get("drawing")) == ("C", None)


async def test_what_has_nothing_to_do_with_the_merge_does_not_hinder_the_split(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    await agree(dictionary, MERGE)
    await agree(dictionary, ChangeCode(kind="material", code="M-2", attributes={"brand": "C"}))
    await agree(dictionary, make_reference("NEW", code="M-2"))
    await agree(dictionary, SPLIT)
    snapshot = await load(dictionary)
    assert [snapshot.to_shared("material", "erp", "", local) for local in ("A", "NEW")] == ["M-1", "M-2"]


async def test_circles_and_merges_of_what_is_merged_are_refused_with_the_winner_named(dictionary: Database) -> None:
    await agree(dictionary, make_material("M-3"))
    with pytest.raises(refusals.MergeWithItself):
        await propose(dictionary, MergeCodes(kind="material", loser="M-1", winner="M-1"), by="wang")
    await agree(dictionary, MERGE)
    for loser, winner in (("M-2", "M-1"), ("M-1", "M-3"), ("M-3", "M-1")):
        with pytest.raises(refusals.CodeMerged, match="M-2"):
            await propose(dictionary, MergeCodes(kind="material", loser=loser, winner=winner), by="wang")
    await agree(dictionary, RetireCode(kind="material", code="M-3"))
    with pytest.raises(errors.CodeObsolete):
        await propose(dictionary, MergeCodes(kind="material", loser="M-2", winner="M-3"), by="wang")


async def test_merges_are_undone_from_the_last_one_back(dictionary: Database) -> None:
    await agree(dictionary, make_material("M-3"))
    with pytest.raises(refusals.NotMerged):
        await propose(dictionary, SPLIT, by="wang")
    await agree(dictionary, make_reference("A"))
    await agree(dictionary, MERGE)
    await agree(dictionary, MergeCodes(kind="material", loser="M-2", winner="M-3"))
    with pytest.raises(refusals.MergedOn, match="M-3"):
        await propose(dictionary, SPLIT, by="wang")
    await agree(dictionary, SplitCodes(kind="material", loser="M-2"))
    with pytest.raises(refusals.ChangedSinceMerge):     # the entry is M-2's again, but no longer the one that the merge made
        await propose(dictionary, SPLIT.model_copy(update={"loser": "M-1"}), by="wang")


async def test_of_two_merges_that_would_make_a_circle_one_is_carried_out(dictionary: Database) -> None:
    both = [MERGE, MergeCodes(kind="material", loser="M-2", winner="M-1")]
    waiting = [await propose(dictionary, change, by="wang") for change in both]
    results = await asyncio.gather(*(approve(dictionary, proposal, by="li") for proposal in waiting), return_exceptions=True)
    assert sorted(type(result).__name__ in ("CodeMerged", "ChangedMeanwhile") for result in results) == [False, True]
    async with dictionary.read() as session:
        assert (await session.execute(select(func.count()).select_from(code_aliases))).scalar() == 1


async def test_a_merge_of_something_changed_meanwhile_is_refused(dictionary: Database) -> None:
    proposal = await propose(dictionary, MERGE, by="wang")
    await agree(dictionary, ChangeCode(kind="material", code="M-1", zh="别名"))
    with pytest.raises(errors.ChangedMeanwhile):
        await approve(dictionary, proposal, by="li")


async def test_the_database_itself_refuses_two_aliases_at_a_time(dictionary: Database) -> None:
    await agree(dictionary, MERGE)
    row = {"kind": "material", "alias": "M-1", "code": "M-2", "valid_from": NOON, "undo": {}, "version": 1, "by": "li"}
    with pytest.raises(IntegrityError):
        async with dictionary.write() as session:
            await session.execute(insert(code_aliases).values(row))


async def test_whoever_waits_for_either_code_is_free(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A", organisation="P1"))
    marks = Marks()
    await agree(dictionary, MERGE, Means(mark=marks))
    assert Cause(CauseKind.TARGET_CODE, "erp", "P1", "material", "M-2").text in marks.causes
    await agree(dictionary, SPLIT, Means(mark=marks))
    assert Cause(CauseKind.TARGET_CODE, "erp", "P1", "material", "M-1").text in marks.causes


async def test_a_fact_about_the_loser_is_one_about_the_winner(dictionary: Database) -> None:
    await agree(dictionary, MERGE)
    for _ in range(2):
        async with dictionary.write() as session:
            await record_fact(session, make_reference("C-1"), by="hub", at=datetime.now(UTC))
    async with dictionary.read() as session:
        assert [row.local_code for row in await cross_references_of(session, "material", "M-2")] == ["C-1"]


async def test_nothing_new_refers_to_the_loser_and_the_winner_is_named(dictionary: Database) -> None:
    await agree(dictionary, MERGE)
    with pytest.raises(refusals.CodeMerged, match="M-2"):
        await propose(dictionary, make_reference("X"), by="wang")


LOCALS = st.builds(
    dict,
    code=st.sampled_from(["M-1", "M-2"]), system=st.sampled_from(["erp", "mes"]), organisation=st.sampled_from(["", "P1"]),
    local_code=st.sampled_from("abcd"), preferred=st.sampled_from([None, True, False]), state=st.sampled_from(["usable", "disabled"]),
    begins=st.sampled_from([None, -3, -1, 0, 1, 3]), lasts=st.sampled_from([None, None, 1, 4, 9]),
)  # fmt: skip
VALUES = st.fixed_dictionaries({}, optional={name: st.sampled_from(["x", "y"]) for name in ("spec", "brand", "drawing")})
STATUS = st.sampled_from(["active", "phase_out", "blocked"])


@dataclass(frozen=True)
class Plan:
    """A dictionary state about two codes, and how many hours after the merge it is undone."""

    locals: Sequence[dict[str, Any]]
    values: tuple[dict[str, str], dict[str, str]]
    stands: dict[str, str]
    statuses: tuple[str, str]
    there: str | None
    later: float


PLANS = st.builds(
    Plan, st.lists(LOCALS, max_size=8), st.tuples(VALUES, VALUES),
    st.fixed_dictionaries({name: st.sampled_from(["winner", "loser"]) for name in ("spec", "brand", "drawing")},
                          optional={"zh": st.sampled_from(["winner", "loser"])}),
    st.tuples(STATUS, STATUS), st.sampled_from([None, "blocked", "obsolete"]), st.sampled_from([0, 0.5, 2, 5]),
)  # fmt: skip


async def publication(session: AsyncConnection, at: datetime) -> Publication:
    return await begin(session, shipped_kinds(), by="li", at=at)


async def set_up(session: AsyncConnection, plan: Plan) -> None:
    to = await publication(session, NOON - timedelta(hours=4))
    for code, values, status in zip(("M-1", "M-2"), plan.values, plan.statuses):
        there = {"P2": plan.there} if plan.there and code == "M-1" else {}
        given = {"attributes": values, "status": status, "statuses": there}
        await apply(to, ChangeCode.model_validate({"kind": "material", "code": code} | given))
    for local in plan.locals:
        change = {name: value for name, value in local.items() if name not in ("begins", "lasts")}
        begins = local["begins"] and NOON + timedelta(hours=local["begins"])
        ends = local["lasts"] and (begins or NOON - timedelta(hours=4)) + timedelta(hours=local["lasts"])
        with suppress(DataError):          # of entries that contradict each other the first stands
            async with session.begin_nested():
                await apply(to, AddCrossReference(kind="material", valid_from=begins or None, valid_to=ends or None, **change))


async def state(session: AsyncConnection, at: datetime) -> tuple[list[Any], list[Any]]:
    """Codes and the cross-references in force at a time or later, without versions and past beginnings."""
    hidden = {"version", "changed_at", "changed_by"}
    rows = await session.execute(select(codes).where(codes.c.kind == "material").order_by(codes.c.code))
    found = [{name: value for name, value in row._mapping.items() if name not in hidden} for row in rows]
    entries = [row for row in await session.execute(select(cross_references)) if row.valid_to is None or row.valid_to > at]
    said = [
        (row.system, row.organisation, row.local_code, row.code, row.preferred, row.state, row.origin,
         max(at, row.valid_from or at), row.valid_to)
        for row in entries
    ]  # fmt: skip
    return found, sorted(said, key=str)


def written(entries: Sequence[Any], code: str, system: str, organisation: str) -> list[Any]:
    """The preferred entries of a code in one place."""
    return [entry for entry in entries if entry[:2] == (system, organisation) and entry[3] == code and entry[4]]


def check_what_is_written(before: Sequence[Any], merged: Sequence[Any]) -> None:
    """The winner's own preferred code stays the one; the loser's becomes it where the winner had none."""
    for place in itertools.product(["erp", "mes"], ["", "P1"]):
        own, taken, now = written(before, "M-2", *place), written(before, "M-1", *place), written(merged, "M-2", *place)
        assert set(own) <= set(now)
        assert own or {entry[2] for entry in now} == {entry[2] for entry in taken}
        for one, other in itertools.combinations(now, 2):
            assert not overlap(one[7], one[8], other[7], other[8])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS)
async def test_a_merge_and_its_split_leave_the_dictionary_as_it_was(dictionary: Database, plan: Plan) -> None:
    later = NOON + timedelta(hours=plan.later)
    async with dictionary.write() as session:
        savepoint = await session.begin_nested()
        await set_up(session, plan)
        before, in_force = await state(session, later), await state(session, NOON)
        merge = MERGE.model_copy(update={"stands": plan.stands})
        await apply(await publication(session, NOON), merge)
        _, merged = await state(session, NOON)
        assert [entry[:3] for entry in merged] == [entry[:3] for entry in in_force[1]]
        assert {entry[3] for entry in merged} <= {"M-2"}
        assert await cross_references_as_of(session, "material", "M-1", NOON) == []
        check_what_is_written(in_force[1], merged)
        await (await publication(session, NOON)).finish(Marks())
        await apply(await publication(session, later), SPLIT)
        assert await state(session, later) == before
        await savepoint.rollback()


@given(loser=VALUES, winner=VALUES)
def test_without_a_conflict_nothing_of_either_code_is_lost(loser: dict[str, str], winner: dict[str, str]) -> None:
    must = {"type": "raw", "base_unit": "KGM"}
    conflicting = any(loser[name] != winner[name] for name in loser.keys() & winner.keys())
    if conflicting:
        with pytest.raises(refusals.MergeConflict):
            standing(MATERIAL, loser | must, winner | must, MERGE)
    else:
        assert standing(MATERIAL, loser | must, winner | must, MERGE) == loser | winner | must
