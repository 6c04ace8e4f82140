"""Four eyes, one transaction: what is approved is in the dictionary, has its version, and has freed what waited."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from hub.db import Database
from hub.errors import HubError
from hub.storage.causes import Cause, CauseKind
from master_data import errors
from master_data.codes import code_row, find_codes, history
from master_data.cross_references import cross_references_of
from master_data.follower import load
from master_data.proposals import Means, approve, open_proposals, propose, refuse
from master_data.proposed import AddConversion, Batch, Change, ChangeCode, CreateCode, EndCrossReference, RetireCode
from master_data.publication import changes_after, dictionary_version
from master_data.tables import approvals, cross_references
from tests.master_data.conftest import NOON, Marks, agree, make_material, make_reference


async def test_an_approved_code_is_active_with_its_history(dictionary: Database) -> None:
    version = await agree(dictionary, make_material("M-9", spec="M8×30"))
    await agree(dictionary, ChangeCode(kind="material", code="M-9", en="Bolt", status="phase_out", attributes={"spec": None, "brand": "A"}))
    async with dictionary.read() as session:
        row = await code_row(session, "material", "M-9")
        states = await history(session, "material", "M-9")
    assert (row.status, row.name_en, row.attributes) == ("phase_out", "Bolt", {"type": "raw", "base_unit": "KGM", "brand": "A"})
    assert [(state.version, state.by) for state in states] == [(version, "li"), (version + 1, "li")]


async def test_the_proposer_never_approves(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    with pytest.raises(errors.SamePerson):
        await approve(dictionary, proposal, by="wang")
    async with dictionary.read() as session:
        assert [row.id for row in await open_proposals(session)] == [proposal]


async def test_the_database_itself_refuses_one_person_in_both_parts(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    row = {"proposal_id": proposal, "by": "wang", "proposed_by": "wang", "decision": "approved", "reason": "", "at": NOON}
    with pytest.raises(IntegrityError):
        async with dictionary.write() as session:
            await session.execute(insert(approvals).values(row))
    with pytest.raises(IntegrityError):      # nor does it help to say that somebody else proposed it
        async with dictionary.write() as session:
            await session.execute(insert(approvals).values(row | {"proposed_by": "zhao"}))


async def test_two_approvals_at_once_change_the_dictionary_once(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    before = (await load(dictionary)).version
    results = await asyncio.gather(*(approve(dictionary, proposal, by=by) for by in ("li", "zhao")), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Approved", "ProposalClosed"]
    async with dictionary.read() as session:
        assert await dictionary_version(session) == before + 1


async def test_a_refused_proposal_changes_nothing_and_cannot_be_approved(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    with pytest.raises(errors.ReasonMissing):
        await refuse(dictionary, proposal, by="li", reason=" ")
    await refuse(dictionary, proposal, by="li", reason="twice")
    with pytest.raises(errors.ProposalClosed):
        await approve(dictionary, proposal, by="li")
    async with dictionary.read() as session:
        assert await find_codes(session, "material", like="m-9") == []


async def test_an_approval_and_a_refusal_at_once_have_one_outcome(dictionary: Database) -> None:
    for number in range(5):
        proposal = await propose(dictionary, make_material(f"R-{number}"), by="wang")
        both = (approve(dictionary, proposal, by="li"), refuse(dictionary, proposal, by="zhao", reason="no"))
        results = await asyncio.gather(*both, return_exceptions=True)
        approved = not isinstance(results[0], BaseException)
        assert sum(isinstance(result, errors.ProposalClosed) for result in results) == 1
        assert ((await load(dictionary)).names("material", f"R-{number}") is not None) == approved


async def test_an_approval_of_something_changed_meanwhile_is_refused(dictionary: Database) -> None:
    late = await propose(dictionary, ChangeCode(kind="material", code="M-1", zh="新名"), by="wang")
    await agree(dictionary, ChangeCode(kind="material", code="M-1", zh="别名"))
    with pytest.raises(errors.ChangedMeanwhile):
        await approve(dictionary, late, by="li")
    assert (await load(dictionary)).names("material", "M-1").zh == "别名"  # type: ignore[union-attr]


CANNOT_BE: list[tuple[Change, type[HubError]]] = [
    (make_material("M-1"), errors.CodeTaken),
    (make_material("m-9"), errors.CodeRuleBroken),
    (make_material("M-9", base_unit="KG"), errors.NoSuchCode),
    (CreateCode(kind="colour", code="RED", zh="红"), errors.UnknownKind),
    (ChangeCode(kind="material", code="M-9", zh="无"), errors.NoSuchCode),
    (ChangeCode(kind="material", code="M-1", status="draft"), errors.StatusChangeNotAllowed),
    (make_reference("X", code="M-9"), errors.NoSuchCode),
    (EndCrossReference(kind="material", system="erp", local_code="X"), errors.NoSuchCrossReference),
    (AddConversion(from_unit="KGM", to_unit="MTR", numerator=1), errors.FactorWrong),
    (AddConversion(from_unit="TNE", to_unit="KGM", numerator=999), errors.ConversionCollision),
]


async def test_what_cannot_be_is_refused_when_it_is_proposed(dictionary: Database) -> None:
    for change, refusal in CANNOT_BE:
        with pytest.raises(refusal):
            await propose(dictionary, change, by="wang")
    async with dictionary.read() as session:
        assert (await open_proposals(session), await dictionary_version(session)) == ([], 1)


async def test_a_retired_code_still_translates_but_takes_nothing_new(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    await agree(dictionary, RetireCode(kind="material", code="M-1"))
    snapshot = await load(dictionary)
    assert (snapshot.to_shared("material", "erp", "P1", "A"), snapshot.status("material", "M-1")) == ("M-1", "obsolete")
    with pytest.raises(errors.CodeObsolete):
        await propose(dictionary, make_reference("B"), by="wang")
    with pytest.raises(errors.StatusChangeNotAllowed):
        await propose(dictionary, ChangeCode(kind="material", code="M-1", status="active"), by="wang")


async def test_a_collision_names_both_sides_and_overwrites_nothing(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    with pytest.raises(errors.CrossReferenceCollision) as caught:
        await propose(dictionary, make_reference("A", code="M-2"), by="wang")
    assert (caught.value.facts["there"], caught.value.facts["wanted"]) == ("M-1", "M-2")
    assert "M-1" in caught.value.text("zh")
    assert (await load(dictionary)).to_shared("material", "erp", "", "A") == "M-1"


async def test_of_two_meanings_at_once_one_wins_and_the_other_is_told(dictionary: Database) -> None:
    proposals = [await propose(dictionary, make_reference("A", code=code), by="wang") for code in ("M-1", "M-2")]
    results = await asyncio.gather(*(approve(dictionary, proposal, by="li") for proposal in proposals), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Approved", "CrossReferenceCollision"]
    async with dictionary.read() as session:
        assert (await session.execute(select(func.count()).select_from(cross_references))).scalar() == 1


async def test_the_same_again_and_other_spellings_are_no_collision(dictionary: Database) -> None:
    await agree(dictionary, make_reference("a b"))
    await agree(dictionary, make_reference("a b"))
    await agree(dictionary, make_reference("a,b", code="M-2"))
    await agree(dictionary, make_reference("A B", code="M-2"))
    async with dictionary.read() as session:
        assert [row.local_code for row in await cross_references_of(session, "material", "M-1")] == ["a b"]


async def test_of_several_local_codes_one_is_written(dictionary: Database) -> None:
    await agree(dictionary, make_reference("OLD"))
    await agree(dictionary, make_reference("ALSO"))
    assert (await load(dictionary)).to_local("material", "erp", "P1", "M-1").local == "OLD"  # type: ignore[union-attr]
    await agree(dictionary, make_reference("ALSO", preferred=True))
    snapshot = await load(dictionary)
    assert snapshot.to_local("material", "erp", "P1", "M-1").local == "ALSO"  # type: ignore[union-attr]
    assert snapshot.to_shared("material", "erp", "P1", "OLD") == "M-1"


async def test_a_local_code_can_mean_another_code_later(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A", valid_to=NOON))
    await agree(dictionary, make_reference("A", code="M-2", valid_from=NOON))
    snapshot = await load(dictionary)
    meanings = [snapshot.to_shared("material", "erp", "", "A", NOON + timedelta(seconds=step)) for step in (-1, 0)]
    assert meanings == ["M-1", "M-2"]


async def test_an_ended_cross_reference_frees_its_local_code(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="A"))
    assert (await load(dictionary)).to_shared("material", "erp", "", "A") is None
    await agree(dictionary, make_reference("A", code="M-2"))
    assert (await load(dictionary)).to_shared("material", "erp", "", "A") == "M-2"


async def test_an_approval_frees_every_cause_in_every_organisation(dictionary: Database) -> None:
    marks = Marks()
    version = await agree(dictionary, make_reference("A"), Means(mark=marks))
    kinds = {(CauseKind.CODE, "A"), (CauseKind.TARGET_CODE, "M-1"), (CauseKind.TARGET_STATE, "M-1")}
    expected = {Cause(kind, "erp", organisation, "material", value).text for kind, value in kinds for organisation in ("", "P1", "P2")}
    assert (set(marks.causes), marks.versions) == (expected, [version])


async def test_what_is_not_usable_does_not_free_those_who_wait_for_its_state(dictionary: Database) -> None:
    marks = Marks()
    await agree(dictionary, make_reference("A", organisation="P1", state="unaudited"), Means(mark=marks))
    assert {Cause.parse(cause).kind for cause in marks.causes} == {CauseKind.CODE, CauseKind.TARGET_CODE}


async def test_b32_a_later_factor_ends_the_one_before(dictionary: Database) -> None:
    await agree(dictionary, AddConversion(material="M-1", from_unit="KGM", to_unit="H87", numerator=20))
    await agree(dictionary, AddConversion(material="M-1", from_unit="KGM", to_unit="H87", numerator=25, valid_from=NOON))
    snapshot = await load(dictionary)
    factors = [snapshot.convert(1, "KGM", "H87", "M-1", NOON + timedelta(seconds=step)) for step in (-1, 0)]  # type: ignore[arg-type]
    assert factors == [20, 25]
    with pytest.raises(errors.ConversionCollision):
        await propose(dictionary, AddConversion(material="M-1", from_unit="H87", to_unit="KGM", numerator=1), by="wang")


async def test_a_material_measured_in_two_units_takes_no_factor(dictionary: Database) -> None:
    await agree(dictionary, make_material("M-9", dual_unit=True, second_unit="H87"))
    with pytest.raises(errors.DualUnitNotConverted):
        await propose(dictionary, AddConversion(material="M-9", from_unit="KGM", to_unit="H87", numerator=20), by="wang")


async def test_a_batch_is_approved_whole_or_not_at_all(dictionary: Database) -> None:
    batch = Batch(changes=(make_material("M-8"), make_reference("A", code="M-8")))
    proposal = await propose(dictionary, batch, by="wang")
    await agree(dictionary, make_reference("A"))
    with pytest.raises(errors.CrossReferenceCollision):
        await approve(dictionary, proposal, by="li")
    snapshot = await load(dictionary)
    assert (snapshot.names("material", "M-8"), snapshot.to_shared("material", "erp", "", "A")) == (None, "M-1")


async def test_versions_become_visible_in_order(dictionary: Database) -> None:
    """N10: whoever has seen a version has everything up to it, while approvals run side by side."""
    waiting = [await propose(dictionary, make_reference(f"L-{number}"), by="wang") for number in range(12)]
    async with dictionary.read() as session:
        start = await dictionary_version(session)
    seen: list[int] = []
    done = asyncio.Event()

    async def watch() -> None:
        last = start
        while not (done.is_set() and last == start + len(waiting)):
            async with dictionary.read() as session:
                version = await dictionary_version(session)
            async with dictionary.read() as session:
                visible = [number for number, _ in await changes_after(session, last)]
            assert visible == list(range(last + 1, last + 1 + len(visible)))
            assert not visible or visible[-1] >= version
            last = visible[-1] if visible else last
            seen.extend(visible)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(approve(dictionary, proposal, by="li") for proposal in waiting))
    done.set()
    await watcher
    assert seen == list(range(start + 1, start + 1 + len(waiting)))


async def test_nobody_cannot_propose_approve_or_refuse(dictionary: Database) -> None:
    with pytest.raises(errors.PersonMissing):
        await propose(dictionary, make_material("M-9"), by=" ")
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    with pytest.raises(errors.PersonMissing):
        await approve(dictionary, proposal, by="")
    with pytest.raises(errors.PersonMissing):
        await refuse(dictionary, proposal, by="", reason="x")
