"""What simulators' skins share: columns there and back, limits, late changes, writes that are not answered."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.sdk.simulation import Column, Fault, Faults, Landing, Limit, MemoryBooks, Veil, one_of, serve, shown, taken

COLUMNS = (
    Column("no", "number"), Column("qty", "quantity.value"), one_of({"open": "开", "shut": "关", "dead": "关"}, "state", "state"),
    Column("rows", "lines", rows=(Column("at", "line"),)),
)  # fmt: skip


def test_data_goes_into_a_vendors_fields_and_back() -> None:
    data = {"number": "A", "quantity": {"value": "2"}, "state": "open", "lines": [{"line": 1}]}
    row = {"no": "A", "qty": "2", "state": "开", "rows": [{"at": 1}]}
    assert shown(COLUMNS, data) == row and taken(COLUMNS, row) == data


def test_what_is_absent_shows_as_nothing_and_is_not_taken_back() -> None:
    assert shown(COLUMNS, {}) == {"no": None, "qty": None, "state": None, "rows": None}
    assert taken(COLUMNS, shown(COLUMNS, {})) == {}


def test_two_states_of_one_word_come_back_as_the_first_and_strange_words_pass() -> None:
    assert taken(COLUMNS, {"state": "关"}) == {"state": "shut"} and shown(COLUMNS, {"state": "x"})["state"] == "x"


async def test_a_limit_passes_so_many_calls_in_its_time() -> None:
    limit = Limit(2, 0.05)
    assert [limit.passes(), limit.passes(), limit.passes()] == [True, True, False]
    await asyncio.sleep(0.06)
    assert limit.passes()


async def test_a_late_change_is_hidden_for_its_time_and_no_longer() -> None:
    books, faults = MemoryBooks("crm"), Faults()
    veil = Veil(books, faults, late_s=0.05)
    faults.force(Fault.LATE_COMMIT)
    late, prompt = books.save("k", "o", "1", {}), books.save("k", "o", "2", {})
    assert veil.hides(late) and not veil.hides(prompt)
    await asyncio.sleep(0.06)
    assert not veil.hides(late)


@pytest.mark.parametrize(
    ("fault", "answered", "at_once", "in_the_end"),
    [
        (None, True, 1, 1), (Fault.TIMEOUT_BEFORE, False, 0, 0), (Fault.TIMEOUT_AFTER, False, 1, 1), (Fault.LATE_LANDING, False, 0, 1),
    ],
)  # fmt: skip
async def test_a_write_lands_as_its_fault_says(fault: Fault | None, answered: bool, at_once: int, in_the_end: int) -> None:
    faults, done = Faults(), list[int]()
    landing = Landing(faults, late_s=0.1)

    def carry_out() -> Response:
        done.append(1)
        return PlainTextResponse("done")

    async def write(request: Request) -> Response:
        await request.body()
        return await landing.land(request, carry_out)

    if fault is not None:
        faults.force(fault)
    async with serve(Starlette(routes=[Route("/", write, methods=["POST"])])) as url:
        async with httpx.AsyncClient(timeout=0.2, trust_env=False) as client:
            try:
                assert (await client.post(url)).text == "done" and answered
            except httpx.ReadTimeout:
                assert not answered
        assert len(done) == at_once
        await asyncio.sleep(0.2)
        await landing.close()
    assert len(done) == in_the_end
