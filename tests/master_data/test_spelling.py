"""How a system's local codes are compared: exactly, unless it declares otherwise, and then everywhere alike."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.db import Database
from master_data import errors
from master_data.cross_references import cross_references_of, record_fact
from master_data.follower import load
from master_data.local_codes import local_code, parts_of
from master_data.proposals import Means, approve, propose
from master_data.proposed import Batch, EndCrossReference
from master_data.spelling import EXACTLY, Spellings, SystemSpelling
from master_data.unknown_codes import Sighting, answer_with, note_unknown, open_unknowns
from tests.master_data.conftest import agree, make_reference

DECLARED = Spellings.of(
    SystemSpelling(system="erp", trim=True, fold=True), SystemSpelling(system="erp", kind="unit", trim=True), SystemSpelling(system="mes"),
)
MEANS = Means(spellings=DECLARED)
CODES = st.one_of(st.text(max_size=6), st.lists(st.text(max_size=4), max_size=3).map(local_code))


@pytest.mark.parametrize(
    ("system", "kind", "given", "kept"),
    [
        ("erp", "material", " a1 ", "A1"),
        ("erp", "unit", " kg ", "kg"),
        ("mes", "material", " a1 ", " a1 "),
        ("crm", "material", " a1 ", " a1 "),
        ("erp", "material", '["p1 "," red"]', '["P1","RED"]'),
        ("erp", "material", "[a] ", "[A]"),
        ("erp", "material", "a b", "A B"),
        ("erp", "material", "a,b", "A,B"),
    ],
)
def test_blanks_and_case_count_unless_the_system_says_they_do_not(system: str, kind: str, given: str, kept: str) -> None:
    assert DECLARED.normal(system, kind, given) == kept


@given(CODES)
def test_the_normal_form_of_a_normal_form_is_itself(code: str) -> None:
    once = DECLARED.normal("erp", "material", code)
    assert DECLARED.normal("erp", "material", once) == once
    assert EXACTLY.normal("erp", "material", code) == code


@given(st.lists(st.text(max_size=4), max_size=4))
def test_a_compound_code_keeps_its_parts(parts: list[str]) -> None:
    assert parts_of(local_code(parts)) == parts
    spelled = DECLARED.normal("erp", "material", local_code(parts))
    assert parts_of(spelled) == [part.strip().upper() for part in parts]


def test_a_declaration_is_read_strictly() -> None:
    with pytest.raises(ValidationError):
        SystemSpelling.model_validate({"system": "erp", "casefold": True})


async def test_a_cross_reference_is_added_and_ended_however_it_is_written(dictionary: Database) -> None:
    await agree(dictionary, Batch(changes=(make_reference(" a1"),)), MEANS)
    await agree(dictionary, make_reference("A1 "), MEANS)
    with pytest.raises(errors.CrossReferenceCollision):
        await propose(dictionary, make_reference("a1", code="M-2"), by="wang", means=MEANS)
    async with dictionary.read() as session:
        assert [row.local_code for row in await cross_references_of(session, "material", "M-1")] == ["A1"]
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="a1 "), MEANS)
    assert (await load(dictionary)).to_shared("material", "erp", "", "A1") is None


async def test_a_fact_is_known_however_it_is_written(dictionary: Database) -> None:
    for written, expected in (("a1", 2), ("A1 ", None)):
        async with dictionary.write() as session:
            at = datetime.now(UTC)
            assert await record_fact(session, make_reference(written), by="hub", at=at, spellings=DECLARED) == expected


async def test_an_unknown_code_stands_once_in_the_inbox_however_it_is_written(dictionary: Database) -> None:
    seen = [Sighting("material", "erp", "P1", code) for code in ("x 1", "X 1 ", "x,1")]
    async with dictionary.write() as session:
        states = await note_unknown(session, seen, datetime.now(UTC), DECLARED)
    assert states == {sighting.cause.text: "open" for sighting in seen}
    async with dictionary.read() as session:
        rows = await open_unknowns(session)
    assert [row.local_code for row in rows] == ["X 1", "X,1"]
    await approve(dictionary, await answer_with(dictionary, rows[0].id, "M-1", by="wang", means=MEANS), by="li", means=MEANS)
    async with dictionary.write() as session:
        again = await note_unknown(session, seen, datetime.now(UTC), DECLARED)
    assert list(again.values()) == ["answered", "answered", "open"]
