"""Before a code is merged, blocked or retired, a person sees what uses it and what becomes of each use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from hub.db import Database
from hub.reporting import tables as read
from hub.services.where_used import ACTIONS, Use, where_used
from hub.storage.archive import Archived, keep
from hub.storage.causes import Cause, CauseKind
from master_data.errors import NoSuchCode
from master_data.proposed import AddConversion, AddCrossReference, CreateCode, EndCrossReference
from master_data.seeds import load_units, take_over
from tests.road.toy import make_settings, rules
from tests.services.builders import NOW, held_event

PUMP = CreateCode(kind="material", code="H87X", zh="泵", en="pump", attributes={"type": "finished", "base_unit": "H87"})


@pytest.fixture
async def dictionary(database: Database) -> Database:
    await load_units(database)
    await take_over(database, [PUMP], by="go-live")
    return database


async def uses(db: Database, code: str = "H87X", kind: str = "material") -> dict[str, Use]:
    return {use.what: use for use in await where_used(db, kind, code, rules=None, now=NOW)}


async def order_line(db: Database, key: str, state: str, material: str = "H87X") -> None:
    amounts = dict.fromkeys(("quantity", "produced", "received", "shipped", "invoiced"), 1)
    row = {"line_key": key, "order_key": key.rpartition("/")[0], "line": 10, "organisation": "P1", "material": material, "state": state}
    async with db.write() as session:
        await session.execute(
            insert(read.ORDER_LINES).values(**row, **amounts, not_applicable="", missing="", within_making="", waits_for="")
        )


async def told(db: Database, number: int, entity: str, data: bytes) -> None:
    message = Archived(
        id=f"e{number}", kind="event", system="erp", entity=entity, key=f"P1/{entity}-{number}", lane="P1/1", revision=1, recorded_at=NOW,
        headers={}, value=data,
    )
    async with db.write() as session:
        await keep(session, [message])


async def test_a_code_that_nothing_uses_has_no_uses(dictionary: Database) -> None:
    assert await uses(dictionary) == {}


async def test_a_code_that_is_none_is_said_to_be_none(dictionary: Database) -> None:
    with pytest.raises(NoSuchCode, match="NOPE"):
        await uses(dictionary, "NOPE")


async def test_open_order_lines_count_and_finished_ones_do_not(dictionary: Database) -> None:
    await order_line(dictionary, "P1/SO-1/10", "planned")
    await order_line(dictionary, "P1/SO-2/10", "closed")
    await order_line(dictionary, "P1/SO-3/10", "planned", material="H87XY")
    assert (await uses(dictionary))["order-line"] == Use("order-line", 1, ("P1/SO-1/10",))


async def test_messages_that_wait_for_something_about_the_code_come_first(dictionary: Database) -> None:
    await held_event(dictionary, Cause(CauseKind.TARGET_CODE, "erp", "P1", "material", "H87X"), key="P1/SO-1", offset=0)
    await held_event(dictionary, Cause(CauseKind.CONVERSION, "", "", "H87X", "KGM>H87"), key="P1/SO-2", offset=1)
    await held_event(dictionary, Cause(CauseKind.TARGET_CODE, "erp", "P1", "customer", "H87X"), key="P1/SO-3", offset=2)
    await held_event(dictionary, Cause(CauseKind.TARGET_CODE, "erp", "P1", "material", "H87XY"), key="P1/SO-4", offset=3)
    await order_line(dictionary, "P1/SO-1/10", "planned")
    found = await where_used(dictionary, "material", "H87X", rules=None, now=NOW)
    assert [(use.what, use.times) for use in found] == [("waiting", 2), ("order-line", 1)]


async def test_bills_and_recent_events_are_found_by_the_whole_code(dictionary: Database) -> None:
    await told(dictionary, 1, "bom", b'{"material":"A","lines":[{"component":"H87X"}]}')
    await told(dictionary, 2, "bom", b'{"material":"A","lines":[{"component":"H87XY"}]}')
    await told(dictionary, 3, "sales_order", b'{"lines":[{"material":"H87X"}]}')
    found = await uses(dictionary)
    assert found["bom"] == Use("bom", 1, ("P1/bom-1",))
    assert (found["message"].times, set(found["message"].examples)) == (2, {"bom", "sales_order"})


async def test_the_dictionary_itself_uses_codes(dictionary: Database) -> None:
    await take_over(dictionary, [
        AddCrossReference(kind="material", system="erp", local_code="1.01", code="H87X"),
        AddCrossReference(kind="material", system="mes", local_code="P", code="H87X"),
        AddConversion(material="H87X", from_unit="KGM", to_unit="H87", numerator=3),
        EndCrossReference(kind="material", system="mes", local_code="P", at=NOW - timedelta(days=1)),
    ], by="go-live")  # fmt: skip
    found = await uses(dictionary)
    assert found["cross-reference"].examples == ("erp: 1.01",)
    assert found["conversion"].examples == ("H87X KGM>H87",)
    assert "material H87X" in (await uses(dictionary, "H87", "unit"))["attribute"].examples


async def test_mapping_files_that_name_a_code_are_named_with_their_rules(dictionary: Database, tmp_path: Path) -> None:
    found = await where_used(dictionary, "unit", "H87", rules=rules(make_settings(tmp_path)), now=NOW)
    (mapping,) = [use for use in found if use.what == "mapping"]
    assert "shop/sales_order_in.yaml #6.4" in mapping.examples


async def test_every_use_says_in_both_languages_what_becomes_of_it(dictionary: Database) -> None:
    await order_line(dictionary, "P1/SO-1/10", "planned")
    use = (await uses(dictionary))["order-line"]
    assert (use.name.zh, use.name.en) == ("未完成的订单行", "open order lines")
    assert set(use.effects) == set(ACTIONS) and all(text.zh and text.en for text in use.effects.values())
