"""Signatures of a route (会签), rules that approve without a person, and second tries of what was refused."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from hub.db import Database
from master_data import errors, refusals
from master_data.codes import code_row
from master_data.follower import load
from master_data.proposal_rows import decisions_of, proposal_row
from master_data.proposals import Approved, Means, approve, open_proposals, propose, refuse
from master_data.proposed import AddCrossReference, Batch, ChangeCode, CreateCode
from master_data.publication import dictionary_version
from master_data.routes import RouteBook, Rule
from master_data.tables import approvals
from tests.master_data.conftest import NOON, agree, make_material, make_reference
from tests.master_data.test_routes import LABEL, make_route, make_step

ROUTE = make_route(
    make_step("engineering", fields=["spec", "base_unit"]),
    make_step("purchasing", fields=["brand"]),
    make_step("warehouse", fields=["control"], together=True),
    make_step("auditor", mandatory=False),
    make_step("finance", people=["qian"]),
    when={"procurement": ["buy"]},
)  # fmt: skip
MEANS = Means(routes=RouteBook(routes=(ROUTE,)))
BARE = CreateCode(kind="material", code="M-9", zh="泵", attributes={"type": "raw", "procurement": "buy"})
WHO = {"li": "engineering", "zhao": "purchasing", "sun": "warehouse", "zhou": "auditor"}


async def sign(db: Database, proposal: int, by: str, **fields: Any) -> Approved:
    return await approve(db, proposal, by=by, roles=[WHO.get(by, "")], fields=fields, means=MEANS)


async def ask(db: Database, change: Any = BARE) -> int:
    return await propose(db, change, by="wang", means=MEANS)


async def attributes(db: Database) -> Mapping[str, Any]:
    async with db.read() as session:
        found: Mapping[str, Any] = (await code_row(session, "material", "M-9")).attributes
        return found


async def test_each_department_fills_its_own_fields_and_the_last_signature_applies(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    assert await sign(dictionary, proposal, "li", spec="DN50", base_unit="H87") == Approved(0, 0, ("purchasing", "warehouse", "finance"))
    assert (await sign(dictionary, proposal, "sun", control="lot")).waits_for == ("purchasing", "finance")
    assert (await sign(dictionary, proposal, "zhao", brand="A")).waits_for == ("finance",)
    async with dictionary.read() as session:
        assert await dictionary_version(session) == 1
    assert await sign(dictionary, proposal, "qian") == Approved(2, 0)
    assert await attributes(dictionary) == {
        "type": "raw", "procurement": "buy", "spec": "DN50", "base_unit": "H87", "control": "lot", "brand": "A",
    }  # fmt: skip
    async with dictionary.read() as session:
        decisions = await decisions_of(session, proposal)
    assert [(row.by, row.step, row.decision) for row in decisions] == [
        ("li", "engineering", "signed"), ("sun", "warehouse", "signed"), ("zhao", "purchasing", "signed"), ("qian", "finance", "approved"),
    ]  # fmt: skip
    assert decisions[0].fields == {"spec": "DN50", "base_unit": "H87"}


async def test_nobody_signs_out_of_turn_or_for_another_department(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    for by in ("zhao", "qian", "stranger"):
        with pytest.raises(refusals.NotASigner, match="engineering"):
            await sign(dictionary, proposal, by)
    with pytest.raises(errors.SamePerson):
        await approve(dictionary, proposal, by=" wang ", roles=["engineering"], means=MEANS)
    with pytest.raises(refusals.NotASigner):
        await approve(dictionary, proposal, by="li", roles=["engineering"], step="finance", means=MEANS)


async def test_a_person_signs_one_step_whatever_roles_they_have(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    await sign(dictionary, proposal, "li", base_unit="H87")
    with pytest.raises(refusals.AlreadySigned, match="engineering"):
        await approve(dictionary, proposal, by="li", roles=list(WHO.values()), means=MEANS)
    with pytest.raises(refusals.AlreadySigned):
        await refuse(dictionary, proposal, by="li", reason="no", roles=["engineering"], means=MEANS)


async def test_fields_of_other_departments_are_refused_and_told(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    with pytest.raises(refusals.FieldsNotYours, match=r"brand, control.*spec, base_unit"):
        await sign(dictionary, proposal, "li", base_unit="H87", control="lot", brand="A")
    with pytest.raises(errors.NoSuchCode):
        await sign(dictionary, proposal, "li", base_unit="XXX")
    async with dictionary.read() as session:
        assert (await proposal_row(session, proposal)).change["attributes"] == BARE.attributes
        assert await decisions_of(session, proposal) == []


async def test_what_nobody_may_fill_in_any_more_must_be_there(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    with pytest.raises(errors.AttributeMissing, match="base_unit"):
        await sign(dictionary, proposal, "li", spec="DN50")
    with pytest.raises(errors.AttributeMissing, match="type"):
        await ask(dictionary, BARE.model_copy(update={"attributes": {"procurement": "buy"}}))


async def test_the_route_stays_the_one_of_the_day_it_was_proposed(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    with pytest.raises(refusals.NotASigner):
        await approve(dictionary, proposal, by="boss")      # by means without any route
    alone = await propose(dictionary, make_material("M-8", procurement="buy"), by="wang")
    await approve(dictionary, alone, by="anybody", means=MEANS)


async def test_where_no_route_fits_one_other_person_approves_and_fills_in_nothing(dictionary: Database) -> None:
    proposal = await ask(dictionary, make_material("M-8", procurement="make"))
    with pytest.raises(refusals.FieldsNotYours):
        await approve(dictionary, proposal, by="anybody", fields={"brand": "A"}, means=MEANS)
    await approve(dictionary, proposal, by="anybody", means=MEANS)


async def test_a_route_sees_the_values_the_code_has_already(dictionary: Database) -> None:
    means = Means(routes=RouteBook((ROUTE.model_copy(update={"actions": ["change_code"]}),)))
    await agree(dictionary, make_material("M-8", procurement="buy"))
    waiting = [
        await propose(dictionary, ChangeCode(kind="material", code=code, zh="新"), by="wang", means=means) for code in ("M-8", "M-1")
    ]
    async with dictionary.read() as session:
        assert [bool(row.route) for row in await open_proposals(session)] == [True, False]
    assert len(waiting) == 2


async def test_a_batch_takes_the_route_of_its_code_and_is_filled_in_there(dictionary: Database) -> None:
    proposal = await ask(dictionary, Batch(changes=(BARE, make_reference("X", code="M-9", organisation="P1"))))
    for by, fields in (("li", {"base_unit": "H87"}), ("sun", {}), ("zhao", {"brand": "B"})):
        await sign(dictionary, proposal, by, **fields)
    await sign(dictionary, proposal, "qian")
    assert (await load(dictionary)).to_shared("material", "erp", "P1", "X") == "M-9"
    assert (await attributes(dictionary))["brand"] == "B"


async def test_a_batch_of_two_codes_cannot_be_filled_in_and_two_routes_cannot_be_mixed(dictionary: Database) -> None:
    two = Batch(changes=(BARE, BARE.model_copy(update={"code": "M-8"})))
    proposal = await ask(dictionary, two)
    with pytest.raises(refusals.FieldsOfWhich, match="M-9, M-8"):
        await sign(dictionary, proposal, "li", base_unit="H87")
    other = make_route(make_step("boss"), name="other", actions=["retire_code"])
    means = Means(routes=RouteBook((ROUTE, other)))
    mixed = Batch.model_validate({"changes": [BARE, {"action": "retire_code", "kind": "material", "code": "M-1"}]})
    with pytest.raises(refusals.RoutesDiffer, match="r, other"):
        await propose(dictionary, mixed, by="wang", means=means)


async def test_only_who_may_sign_refuses_and_the_proposer_withdraws(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    with pytest.raises(refusals.NotASigner):
        await refuse(dictionary, proposal, by="stranger", reason="no", means=MEANS)
    await refuse(dictionary, proposal, by="sun", roles=["warehouse"], reason="no room", means=MEANS)
    with pytest.raises(errors.ProposalClosed, match="sun"):
        await sign(dictionary, proposal, "li")
    second = await propose(dictionary, BARE, by="wang", replaces=proposal, means=MEANS)
    await refuse(dictionary, second, by="wang", reason="thought again", means=MEANS)
    async with dictionary.read() as session:
        row = await proposal_row(session, second)
    assert (row.state, row.replaces) == ("withdrawn", proposal)


async def test_a_refused_proposal_is_proposed_again_once(dictionary: Database) -> None:
    first = await propose(dictionary, make_material("M-9"), by="wang")
    with pytest.raises(refusals.NotRefused):
        await propose(dictionary, make_material("M-9"), by="wang", replaces=first)
    await refuse(dictionary, first, by="li", reason="no specification")
    tries = (propose(dictionary, make_material("M-9", spec=spec), by="wang", replaces=first) for spec in ("a", "b"))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ProposedAgain", "int"]
    with pytest.raises(errors.NoSuchProposal):
        await propose(dictionary, make_material("M-9"), by="wang", replaces=999)


async def test_two_signatures_of_one_step_at_once_are_one(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    both = (approve(dictionary, proposal, by=by, roles=["engineering"], fields={"base_unit": "H87"}, means=MEANS) for by in ("li", "wu"))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Approved", "NotASigner"]


async def test_side_by_side_signatures_at_once_lose_no_field(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    await sign(dictionary, proposal, "li", base_unit="H87")
    await asyncio.gather(sign(dictionary, proposal, "zhao", brand="A"), sign(dictionary, proposal, "sun", control="lot"))
    await sign(dictionary, proposal, "qian")
    found = await attributes(dictionary)
    assert (found["brand"], found["control"]) == ("A", "lot")


async def test_a_last_signature_and_a_refusal_at_once_have_one_outcome(dictionary: Database) -> None:
    route = make_route(make_step("boss"))
    means = Means(routes=RouteBook((route,)))
    for number in range(5):
        proposal = await propose(dictionary, make_material(f"R-{number}"), by="wang", means=means)
        both = (
            approve(dictionary, proposal, by="li", roles=["boss"], means=means),
            refuse(dictionary, proposal, by="zhao", roles=["boss"], reason="no", means=means),
        )
        results = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(result, errors.ProposalClosed) for result in results) == 1
        approved = not isinstance(results[0], BaseException)
        assert ((await load(dictionary)).names("material", f"R-{number}") is not None) == approved


async def test_the_database_itself_refuses_two_signatures_of_a_step(dictionary: Database) -> None:
    proposal = await ask(dictionary)
    row = {"proposal_id": proposal, "proposed_by": "wang", "decision": "signed", "reason": "", "at": NOON, "step": "engineering"}
    async with dictionary.write() as session:
        await session.execute(insert(approvals).values(row | {"by": "li"}))
    with pytest.raises(IntegrityError):
        async with dictionary.write() as session:
            await session.execute(insert(approvals).values(row | {"by": "wu"}))


def make_rule(**more: Any) -> Rule:
    return Rule.model_validate({"name": "x", "label": LABEL, "active": True, "actions": ["add_cross_reference"]} | more)


async def outcome(db: Database, change: Any, rule: Rule, by: str = "wang") -> str:
    """The state of a proposal under a rule, and who approved it."""
    proposal = await propose(db, change, by=by, means=Means(routes=RouteBook(rules=(rule,))))
    async with db.read() as session:
        row = await proposal_row(session, proposal)
        return ",".join([row.state, *(each.by for each in await decisions_of(session, proposal))])


async def test_a_rule_approves_what_it_names_and_is_written_down_as_the_one_who_did(dictionary: Database) -> None:
    rule = make_rule(systems=["erp"], test="same-code")
    assert await outcome(dictionary, make_reference("M-1"), rule) == "approved,rule:x"
    assert await outcome(dictionary, make_reference("m-2", code="M-2"), rule) == "open"
    assert await outcome(dictionary, make_reference("M-1", system="mes"), rule) == "open"
    both = Batch(changes=(make_reference("M-2", code="M-2"), make_reference("Y", code="M-2")))
    assert await outcome(dictionary, both, rule) == "open"
    assert (await load(dictionary)).to_shared("material", "erp", "", "M-1") == "M-1"


async def test_a_rule_that_is_not_switched_on_approves_nothing(dictionary: Database) -> None:
    assert await outcome(dictionary, make_reference("M-1"), make_rule(test="same-code", active=False)) == "open"


async def test_changes_of_only_these_fields_by_the_owner_system_may_go_by_themselves(dictionary: Database) -> None:
    rule = make_rule(actions=["change_code"], kinds=["material"], by=["system:erp"], only=["brand", "zh"])
    change = ChangeCode(kind="material", code="M-1", zh="新名", attributes={"brand": "A"})
    assert await outcome(dictionary, change, rule) == "open"
    for more in ({"status": "blocked"}, {"attributes": {"spec": "x"}}, {"organisations": ("P1",)}, {"statuses": {"P2": "blocked"}}):
        assert await outcome(dictionary, change.model_copy(update=more), rule, by="system:erp") == "open"
    assert await outcome(dictionary, change, rule, by="system:erp") == "approved,rule:x"


async def test_a_listed_spelling_of_one_unit_alone_may_go_by_itself(dictionary: Database) -> None:
    rule = make_rule(kinds=["unit"], test="listed-spelling")
    for unit, spellings in (("KGM", ["公斤", "kg"]), ("GRM", ["克", "kg"])):
        await agree(dictionary, ChangeCode(kind="unit", code=unit, attributes={"spellings": spellings}))

    def spelled(local: str, unit: str) -> AddCrossReference:
        return AddCrossReference(kind="unit", system="erp", local_code=local, code=unit)

    assert await outcome(dictionary, spelled("公斤", "KGM"), rule) == "approved,rule:x"
    assert await outcome(dictionary, spelled("kg", "KGM"), rule) == "open"
    assert await outcome(dictionary, spelled("吨", "TNE"), rule) == "open"


async def test_nobody_signs_in_the_name_of_a_rule(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    with pytest.raises(refusals.ReservedName):
        await approve(dictionary, proposal, by="rule:x")


async def test_what_a_rule_would_approve_is_refused_like_everything_else_that_cannot_be(dictionary: Database) -> None:
    await agree(dictionary, make_reference("M-1", code="M-2"))
    with pytest.raises(errors.CrossReferenceCollision):
        await outcome(dictionary, make_reference("M-1"), make_rule(test="same-code"))
