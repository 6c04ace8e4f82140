"""The steward's inbox: one row per unknown code, one answer, and what the answer frees."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data import errors
from master_data.cross_references import record_fact
from master_data.follower import load
from master_data.kind import Label
from master_data.proposal_rows import proposal_row
from master_data.proposals import Means, approve, refuse
from master_data.proposed import CreateCode, EndCrossReference, MergeCodes, RetireCode
from master_data.refusals import CodeMerged, NotRefusedUnknown
from master_data.routes import RouteBook, Rule
from master_data.seeds import load_units
from master_data.suggestions import suggest
from master_data.unknown_codes import (
    Sighting,
    Verdict,
    answer_new,
    answer_no,
    answer_with,
    note_unknown,
    open_again,
    open_unknowns,
    prefilled,
    refusals,
)
from tests.master_data.conftest import NOON, Marks, agree, make_material, make_reference

SEEN = Sighting("material", "crm", "P1", "SP-1", {"产品名称": "离心泵", "规格": "DN50"})


async def note(db: Database, *sightings: Sighting) -> dict[str, str]:
    async with db.write() as session:
        return await note_unknown(session, sightings or [SEEN], datetime.now(UTC))


async def inbox(db: Database) -> list[tuple[int, str]]:
    async with db.read() as session:
        return [(row.id, row.local_code) for row in await open_unknowns(session)]


async def test_an_unknown_code_stands_once_in_the_inbox(dictionary: Database) -> None:
    await note(dictionary, SEEN, SEEN)
    await note(dictionary)
    assert [code for _, code in await inbox(dictionary)] == ["SP-1"]


async def test_many_at_once_still_make_one_row(dictionary: Database) -> None:
    other = Sighting("material", "crm", "P1", "SP-2")
    await asyncio.gather(*(note(dictionary, *pair) for pair in [(SEEN, other), (other, SEEN)] * 4))
    assert sorted(code for _, code in await inbox(dictionary)) == ["SP-1", "SP-2"]


async def test_it_is_this_code(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    marks = Marks()
    proposal = await answer_with(dictionary, unknown, "M-1", by="wang")
    with pytest.raises(errors.SamePerson):
        await approve(dictionary, proposal, by="wang")
    await approve(dictionary, proposal, by="li", means=Means(mark=marks))
    assert SEEN.cause.text in marks.causes
    assert await inbox(dictionary) == []
    assert (await load(dictionary)).to_shared("material", "crm", "P1", "SP-1") == "M-1"


async def test_it_is_a_new_code_prefilled_from_the_source(dictionary: Database) -> None:
    await note(dictionary)
    async with dictionary.read() as session:
        [row] = await open_unknowns(session, kind="material")
    prefill = prefilled(row)
    assert (prefill["code"], prefill["zh"], prefill["attributes"]) == ("SP-1", "离心泵", {"spec": "DN50"})
    create = CreateCode(**prefill | {"attributes": prefill["attributes"] | {"type": "finished", "base_unit": "H87"}})
    await approve(dictionary, await answer_new(dictionary, row.id, create, by="wang", organisation=""), by="li")
    snapshot = await load(dictionary)
    assert (snapshot.to_shared("material", "crm", "P2", "SP-1"), await inbox(dictionary)) == ("SP-1", [])


async def test_of_two_stewards_at_once_one_answers_and_the_other_is_told_who(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    both = (answer_with(dictionary, unknown, "M-1", by="wang"), answer_with(dictionary, unknown, "M-2", by="zhao"))
    results = await asyncio.gather(*both, return_exceptions=True)
    [refused] = [result for result in results if isinstance(result, errors.AlreadyAnswered)]
    assert sum(isinstance(result, int) for result in results) == 1
    assert refused.facts["by"] in ("wang", "zhao", "")


async def test_a_refused_answer_opens_the_question_again(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    await refuse(dictionary, await answer_with(dictionary, unknown, "M-1", by="wang"), by="li", reason="another pump")
    await approve(dictionary, await answer_with(dictionary, unknown, "M-2", by="wang"), by="li")
    assert (await load(dictionary)).to_shared("material", "crm", "P1", "SP-1") == "M-2"


async def test_a_no_settles_what_waits_in_the_same_transaction(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    wishes: list[tuple[list[str], str]] = []

    async def wish(session: AsyncConnection, causes: Sequence[str], reason: str) -> int:
        wishes.append((list(causes), reason))
        return 3

    with pytest.raises(errors.ReasonMissing):
        await answer_no(dictionary, unknown, "never", by="wang", reason="")
    assert await answer_no(dictionary, unknown, "wrong_at_source", by="wang", reason="typing error", wish=wish) == 3
    assert wishes == [([SEEN.cause.text], "typing error")]
    assert await note(dictionary) == {SEEN.cause.text: "refused"}
    with pytest.raises(errors.AlreadyAnswered, match="wang"):
        await answer_with(dictionary, unknown, "M-1", by="li")


async def refused(db: Database, verdict: Verdict) -> int:
    await note(db)
    [(unknown, _)] = await inbox(db)
    await answer_no(db, unknown, verdict, by="wang", reason="typing error")
    return unknown


async def test_the_reason_goes_with_the_verdict_and_leaves_with_the_answer(dictionary: Database) -> None:
    await refused(dictionary, "never")
    async with dictionary.read() as session:
        found = await refusals(session, [SEEN.cause.text, "other"])
    assert {cause: (no.verdict, no.reason, no.by) for cause, no in found.items()} == {SEEN.cause.text: ("never", "typing error", "wang")}
    await agree(dictionary, make_reference("SP-1", system="crm"))
    async with dictionary.read() as session:
        assert await refusals(session, [SEEN.cause.text]) == {}
    assert await note(dictionary) == {SEEN.cause.text: "answered"}


async def test_what_was_wrong_at_the_source_is_a_question_again_when_the_source_stands_by_it(dictionary: Database) -> None:
    before = datetime.now(UTC)
    unknown = await refused(dictionary, "wrong_at_source")
    old, new = (replace(SEEN, about={"name": "新泵"}, arrived=at) for at in (before, datetime.now(UTC)))
    assert await note(dictionary, old) == {SEEN.cause.text: "refused"}      # a message that was there already, looked at again
    assert await note(dictionary, new) == {SEEN.cause.text: "open"}
    async with dictionary.read() as session:
        [row] = await open_unknowns(session)
        assert await refusals(session, [SEEN.cause.text]) == {}
    assert (row.id, row.about, row.reason) == (unknown, {"name": "新泵"}, "typing error")
    assert row.open_since > row.first_seen
    await approve(dictionary, await answer_with(dictionary, unknown, "M-1", by="wang"), by="li")


async def test_never_is_never_until_somebody_takes_it_back(dictionary: Database) -> None:
    unknown = await refused(dictionary, "never")
    assert await note(dictionary, replace(SEEN, arrived=datetime.now(UTC))) == {SEEN.cause.text: "refused"}
    with pytest.raises(errors.ReasonMissing):
        await open_again(dictionary, unknown, by="li", reason="")
    await open_again(dictionary, unknown, by="li", reason="it exists after all")
    assert [number for number, _ in await inbox(dictionary)] == [unknown]
    with pytest.raises(NotRefusedUnknown):
        await open_again(dictionary, unknown, by="li", reason="twice")


async def test_the_first_and_the_last_message_are_known(dictionary: Database) -> None:
    for message in ("SO-1", "SO-2", ""):
        await note(dictionary, replace(SEEN, message=message))
    async with dictionary.read() as session:
        [row] = await open_unknowns(session)
    assert (row.first_message, row.last_message) == ("SO-1", "SO-2")


async def test_an_answer_with_a_merged_or_obsolete_code_is_refused_and_the_winner_named(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    late = await answer_with(dictionary, unknown, "M-1", by="wang")
    await agree(dictionary, MergeCodes(kind="material", loser="M-1", winner="M-2"))
    with pytest.raises(CodeMerged, match="M-2"):
        await approve(dictionary, late, by="li")
    await refuse(dictionary, late, by="li", reason="merged")
    with pytest.raises(CodeMerged, match="M-2"):
        await answer_with(dictionary, unknown, "M-1", by="wang")
    await agree(dictionary, RetireCode(kind="material", code="M-2"))
    with pytest.raises(errors.CodeObsolete):
        await answer_with(dictionary, unknown, "M-2", by="wang")
    assert len(await inbox(dictionary)) == 1


async def test_a_second_try_names_the_refused_answer(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    first = await answer_with(dictionary, unknown, "M-1", by="wang")
    await refuse(dictionary, first, by="li", reason="another pump")
    second = await answer_with(dictionary, unknown, "M-2", by="wang", replaces=first)
    async with dictionary.read() as session:
        assert (await proposal_row(session, second)).replaces == first


async def test_an_answer_that_a_rule_approves_needs_nobody_else(dictionary: Database) -> None:
    rule = Rule(name="same", label=Label(zh="同", en="same"), active=True, actions=["add_cross_reference"], test="same-code")
    sighting = Sighting("material", "crm", "P1", "M-1")
    await note(dictionary, sighting)
    [(unknown, _)] = await inbox(dictionary)
    await answer_with(dictionary, unknown, "M-1", by="wang", means=Means(routes=RouteBook(rules=(rule,))))
    assert await inbox(dictionary) == []
    assert (await load(dictionary)).to_shared("material", "crm", "P1", "M-1") == "M-1"


async def test_a_refusal_and_an_approval_of_an_answer_at_once_have_one_outcome(dictionary: Database) -> None:
    for number in range(5):
        await note(dictionary, Sighting("material", "crm", "P1", f"X-{number}"))
        [(unknown, _)] = await inbox(dictionary)
        proposal = await answer_with(dictionary, unknown, "M-1", by="wang")
        both = (approve(dictionary, proposal, by="li"), refuse(dictionary, proposal, by="zhao", reason="no"))
        results = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(result, errors.ProposalClosed) for result in results) == 1
        approved = not isinstance(results[0], BaseException)
        assert (await inbox(dictionary) == []) == approved
        if not approved:
            await approve(dictionary, await answer_with(dictionary, unknown, "M-2", by="wang"), by="li")


async def test_a_code_that_is_known_meanwhile_never_enters_the_inbox(dictionary: Database) -> None:
    await agree(dictionary, make_reference("SP-1", system="crm"))
    assert await note(dictionary) == {SEEN.cause.text: "answered"}
    assert await inbox(dictionary) == []


async def test_a_code_that_is_unknown_again_is_open_again(dictionary: Database) -> None:
    await note(dictionary)
    await agree(dictionary, make_reference("SP-1", system="crm"))
    assert await inbox(dictionary) == []
    await agree(dictionary, EndCrossReference(kind="material", system="crm", local_code="SP-1"))
    assert set((await note(dictionary)).values()) == {"open"}
    assert len(await inbox(dictionary)) == 1


async def test_a_fact_that_comes_back_answers_without_approval(dictionary: Database) -> None:
    await note(dictionary)
    marks = Marks()
    for expected in (2, None):
        async with dictionary.write() as session:
            fact = make_reference("SP-1", system="crm", organisation="P1")
            assert await record_fact(session, fact, by="hub", at=NOON, mark=marks) == expected
    assert SEEN.cause.text in marks.causes
    assert await inbox(dictionary) == []


async def test_a_fact_may_change_its_state_but_not_its_meaning(dictionary: Database) -> None:
    for state, usable in (("unaudited", False), ("usable", True), ("disabled", False)):
        async with dictionary.write() as session:
            await record_fact(session, make_reference("C-1", state=state), by="hub", at=NOON)
        local = (await load(dictionary)).to_local("material", "erp", "P1", "M-1")
        assert local is not None
        assert (local.local, local.usable, local.why) == ("C-1", usable, "" if usable else state)
    with pytest.raises(errors.CrossReferenceCollision):
        async with dictionary.write() as session:
            await record_fact(session, make_reference("C-1", code="M-2"), by="hub", at=NOON)


async def test_one_fact_told_by_many_at_once_is_one_row(dictionary: Database) -> None:
    async def tell() -> None:
        async with dictionary.write() as session:
            await record_fact(session, make_reference("C-1"), by="hub", at=NOON)

    await asyncio.gather(*(tell() for _ in range(6)))
    assert (await load(dictionary)).to_shared("material", "erp", "", "C-1") == "M-1"


async def test_the_likeliest_code_is_suggested_first_with_its_reasons(dictionary: Database) -> None:
    for code, name, spec in (("PUMP-50", "离心泵", "DN50"), ("PUMP-80", "离心泵", "DN80"), ("BOLT-8", "六角螺栓", "M8*30")):
        await agree(dictionary, make_material(code, spec=spec).model_copy(update={"zh": name}))
    async with dictionary.read() as session:
        pumps = await suggest(session, "material", "SP-1", SEEN.about)
        bolts = await suggest(session, "material", "X-77", {"name": "螺栓 六角", "spec": "Ｍ8×30"})
    assert [found.code for found in pumps][:2] == ["PUMP-50", "PUMP-80"]
    assert {match.field for match in pumps[0].matches} == {"code", "name", "spec"}
    assert bolts[0].code == "BOLT-8"


async def test_what_another_system_calls_the_same_is_suggested(dictionary: Database) -> None:
    await agree(dictionary, make_reference("SP-1", system="mes", code="M-2"))
    async with dictionary.read() as session:
        [first, *_] = await suggest(session, "material", "SP-1", {})
    assert (first.code, first.elsewhere) == ("M-2", ("mes",))


async def test_usual_spellings_of_units_are_suggested(database: Database) -> None:
    await load_units(database)
    expected = {"个": "H87", "公斤": "KGM", "PCS": "H87", "吨": "TNE", "箱": "XCT", "m2": "MTK", "小时": "HUR"}
    async with database.read() as session:
        found = {spelling: (await suggest(session, "unit", spelling, {}))[0].code for spelling in expected}
    assert found == expected


async def test_a_new_material_needs_what_its_kind_asks_for(dictionary: Database) -> None:
    await note(dictionary)
    [(unknown, _)] = await inbox(dictionary)
    bare = make_material("SP-1").model_copy(update={"attributes": {}})
    with pytest.raises(errors.AttributeMissing):
        await answer_new(dictionary, unknown, bare, by="wang")
    assert len(await inbox(dictionary)) == 1
