"""What an answer means; limits and credentials."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from connectors.mes_rest.client import classify
from connectors.mes_rest.config import Settings
from connectors.mes_rest.errors import RateLimited
from connectors.mes_rest.texts import TEXTS
from hub.sdk import CredentialsRejected, Meaning, TransientError
from hub.sdk.simulation import Fault
from tests.connectors.installation import Installation
from tests.connectors.mes_rest.conftest import make_order, save_report

HTML = b"<html>Whoops</html>"
GOOD = b'{"data": {"imported": 1, "updated": 0, "skipped": 0, "errors": []}}'
MIXED = json.dumps({"data": {"imported": 1, "errors": [{"row": 1, "field": "planned_qty", "message": "太小"}]}}).encode()


@pytest.mark.parametrize(
    ("status", "content", "meaning"),
    [
        (200, GOOD, Meaning.OK),
        (207, GOOD, Meaning.OK),
        (207, MIXED, Meaning.REFUSED),
        (422, MIXED, Meaning.REFUSED),
        (422, b'{"message": "orders required"}', Meaning.REFUSED),
        (422, HTML, Meaning.IN_DOUBT),
        (200, HTML, Meaning.IN_DOUBT),
        (200, b"[]", Meaning.IN_DOUBT),
        (401, b"{}", Meaning.CREDENTIALS),
        (403, HTML, Meaning.CREDENTIALS),
        (404, b"{}", Meaning.ABSENT),
        (409, b"{}", Meaning.REFUSED),
        (429, b"", Meaning.RATE_LIMITED),
        (500, HTML, Meaning.IN_DOUBT),
        (503, b"{}", Meaning.IN_DOUBT),
    ],
)
def test_every_answer_has_one_meaning(status: int, content: bytes, meaning: Meaning) -> None:
    assert classify(status, content).meaning is meaning


def test_a_rows_refusal_names_the_field_and_keeps_the_words() -> None:
    assert classify(422, MIXED).words == "planned_qty: 太小"


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), (None, 1.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0)])
def test_what_the_vendor_asks_us_to_wait_is_read(header: str | None, seconds: float) -> None:
    assert classify(429, b"", retry_after=header).retry_after_s == seconds


async def test_the_installation_says_who_it_is(mes: Installation) -> None:
    assert await mes.system.identity() == "mes-demo"


async def test_a_key_that_stopped_working_stops_the_system(mes: Installation) -> None:
    mes.simulator.api_key = "another"
    for ask in (mes.read("reports"), mes.system.sink.write(make_order()), mes.system.identity()):
        with pytest.raises(CredentialsRejected):
            await ask
    assert mes.rows() == []


async def test_too_many_calls_are_surely_not_done(mes: Installation) -> None:
    mes.faults.force(Fault.RATE_LIMITED)
    with pytest.raises(RateLimited) as caught:
        await mes.system.sink.write(make_order())
    assert caught.value.retry_after_s == 1.0 and mes.rows() == []


async def test_an_error_page_lets_a_read_be_tried_again(mes: Installation) -> None:
    save_report(mes, "R-1")
    mes.faults.force(Fault.GARBAGE)
    with pytest.raises(TransientError):
        await mes.read("reports")
    assert len((await mes.read("reports"))[0]) == 1


@pytest.mark.parametrize("pace", [1.0, 7.5, 60.0])
def test_no_minute_holds_more_calls_than_the_vendor_bears(pace: float) -> None:
    """The lent client lets a second's unused calls come at once: that second counts, too."""
    settings = Settings(base_url="http://mes.example.com", api_key=SecretStr("k"), pace=pace)
    assert settings.requests_per_s * (60 + 1) <= 120 * pace


async def test_a_client_that_keeps_the_pace_is_never_told_to_wait(mes: Installation) -> None:
    mes.simulator.limit.calls = 61 * 20
    for number in range(30):
        save_report(mes, f"R-{number:02d}")
    assert len((await mes.read("reports", pace=10.0, page_size=1))[0]) == 30


def test_every_text_is_in_both_languages() -> None:
    assert all(text.zh and text.en and code.startswith("mes-rest-") for code, text in TEXTS.items())
