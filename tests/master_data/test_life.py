"""A code's life: draft to obsolete, in each organisation, and as it stood at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.db import Database
from master_data import errors, refusals
from master_data.as_of import code_as_of, cross_references_as_of, status_in
from master_data.codes import NEXT, code_row, with_optional
from master_data.kind import shipped_kinds
from master_data.proposals import Means, propose
from master_data.proposed import ChangeCode, CreateCode, EndCrossReference, RetireCode
from tests.master_data.conftest import NOON, agree, make_material, make_reference


def change(status: str | None = None, code: str = "M-1", **more: object) -> ChangeCode:
    return ChangeCode.model_validate({"kind": "material", "code": code, "status": status} | more)


async def test_a_draft_may_lack_what_is_mandatory_until_it_goes_on(dictionary: Database) -> None:
    await agree(dictionary, CreateCode(kind="material", code="M-9", zh="泵", status="draft"))
    with pytest.raises(errors.AttributeMissing):
        await propose(dictionary, change("in_review", "M-9"), by="wang")
    await agree(dictionary, change("in_review", "M-9", attributes={"type": "raw", "base_unit": "KGM"}))
    await agree(dictionary, change("active", "M-9"))
    async with dictionary.read() as session:
        assert (await code_row(session, "material", "M-9")).status == "active"


async def test_a_draft_takes_only_attributes_of_its_kind(dictionary: Database) -> None:
    with pytest.raises(errors.AttributeWrong):
        await propose(dictionary, CreateCode(kind="material", code="M-9", zh="泵", status="draft", attributes={"colour": "red"}), by="wang")


async def test_nothing_refers_to_a_code_before_it_is_active(dictionary: Database) -> None:
    await agree(dictionary, make_material("M-9").model_copy(update={"status": "draft"}))
    with pytest.raises(refusals.CodeNotReleased, match="draft"):
        await propose(dictionary, make_reference("X", code="M-9"), by="wang")


@pytest.mark.parametrize("before", list(NEXT))
def test_obsolete_can_be_reached_from_everywhere_and_is_never_left(before: str) -> None:
    assert ("obsolete" in NEXT[before]) == (before != "obsolete")
    assert "draft" not in NEXT[before] or before == "in_review"


async def test_a_code_is_blocked_in_one_organisation_only(dictionary: Database) -> None:
    await agree(dictionary, change(statuses={"P2": "blocked"}))
    async with dictionary.read() as session:
        row = await code_row(session, "material", "M-1")
    assert [status_in(row.status, row.statuses, where) for where in ("", "P1", "P2")] == ["active", "active", "blocked"]
    await agree(dictionary, change(statuses={"P2": None}))
    async with dictionary.read() as session:
        assert (await code_row(session, "material", "M-1")).statuses == {}


async def test_a_status_in_an_organisation_follows_the_same_order(dictionary: Database) -> None:
    await agree(dictionary, RetireCode(kind="material", code="M-1", organisation="P2"))
    for status in ("active", None):
        with pytest.raises(errors.StatusChangeNotAllowed):
            await propose(dictionary, change(statuses={"P2": status}), by="wang")
    with pytest.raises(errors.CodeObsolete):
        await propose(dictionary, make_reference("X", organisation="P2"), by="wang")
    await agree(dictionary, make_reference("X", organisation="P1"))


async def test_an_organisation_must_exist_and_have_the_code_assigned(dictionary: Database) -> None:
    with pytest.raises(errors.NoSuchCode):
        await propose(dictionary, change(statuses={"P9": "blocked"}), by="wang")
    await agree(dictionary, change(organisations=["P1"]))
    with pytest.raises(refusals.NotAssigned, match=r"P2.*P1"):
        await propose(dictionary, change(statuses={"P2": "blocked"}), by="wang")


async def test_what_is_obsolete_everywhere_is_so_in_each_organisation(dictionary: Database) -> None:
    await agree(dictionary, change(statuses={"P2": "blocked"}))
    await agree(dictionary, RetireCode(kind="material", code="M-1"))
    async with dictionary.read() as session:
        row = await code_row(session, "material", "M-1")
    assert status_in(row.status, row.statuses, "P2") == "obsolete"
    with pytest.raises(errors.StatusChangeNotAllowed):
        await propose(dictionary, change(statuses={"P2": "active"}), by="wang")


async def test_a_code_as_of_a_date_is_the_version_in_force_then(dictionary: Database) -> None:
    hours = [NOON + timedelta(days=4000, hours=hour) for hour in range(4)]
    for at, name in ((hours[1], "一"), (hours[2], "二")):
        await agree(dictionary, change("phase_out" if name == "二" else None, zh=name, valid_to=hours[3]), Means(now=lambda at=at: at))  # type: ignore[misc]
    async with dictionary.read() as session:
        found = [await code_as_of(session, "material", "M-1", at) for at in (datetime(2000, 1, 1, tzinfo=UTC), *hours)]
        assert await code_as_of(session, "material", "M-9", hours[3]) is None
    assert [state and (state.zh, state.status) for state in found] == [
        None, ("物料M-1", "active"), ("一", "active"), ("二", "phase_out"), ("二", "phase_out"),
    ]  # fmt: skip
    last = found[-1]
    assert last is not None
    assert (last.by, last.is_valid(hours[2]), last.is_valid(hours[3]), last.status_in("P2")) == ("li", True, False, "phase_out")


async def test_cross_references_as_of_a_date(dictionary: Database) -> None:
    await agree(dictionary, make_reference("OLD"))
    await agree(dictionary, make_reference("NEW", valid_from=NOON, preferred=True))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="OLD", at=NOON))
    async with dictionary.read() as session:
        called = [
            [row.local_code for row in await cross_references_as_of(session, "material", "M-1", NOON + timedelta(seconds=step))]
            for step in (-1, 0)
        ]
    assert called == [["OLD"], ["NEW"]]


def test_validity_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="valid_from"):
        change(valid_from=NOON, valid_to=NOON)


@given(st.sets(st.sampled_from(["spec", "base_unit", "type", "brand"])))
def test_a_kind_is_lenient_about_just_the_attributes_that_are_named(names: set[str]) -> None:
    kind = shipped_kinds()["material"]
    mandatory = {each.name for each in kind.attributes if each.mandatory}
    assert {each.name for each in with_optional(kind, names).attributes if each.mandatory} == mandatory - names
    assert mandatory == {each.name for each in kind.attributes if each.mandatory}
