"""The matcher of a database follows what is approved there."""

from __future__ import annotations

import asyncio

from hub.db import Database
from master_data.matching.entry import Entry
from master_data.matching.shelf import ask
from master_data.proposed import ChangeCode, RetireCode
from tests.master_data.conftest import agree, make_material

QUERY = Entry("", "离心泵", "", {"spec": "DN50"})


async def found(db: Database) -> list[str]:
    async with db.read() as session:
        return await ask(session, "material", lambda matcher: [one.code for one in matcher.candidates(QUERY) if one.score > 85])


async def test_new_changed_and_retired_codes_are_followed(dictionary: Database) -> None:
    assert await found(dictionary) == []
    await agree(dictionary, make_material("PUMP", spec="DN50").model_copy(update={"zh": "离心泵"}))
    assert await found(dictionary) == ["PUMP"]
    await agree(dictionary, ChangeCode(kind="material", code="PUMP", attributes={"spec": "DN80"}))
    assert await found(dictionary) == []
    await agree(dictionary, ChangeCode(kind="material", code="PUMP", attributes={"spec": "DN50"}))
    await agree(dictionary, RetireCode(kind="material", code="PUMP"))
    assert await found(dictionary) == []


async def test_many_who_ask_at_once_get_one_answer(dictionary: Database) -> None:
    await agree(dictionary, make_material("PUMP", spec="DN50").model_copy(update={"zh": "离心泵"}))
    assert await asyncio.gather(*(found(dictionary) for _ in range(8))) == [["PUMP"]] * 8
