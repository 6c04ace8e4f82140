"""The metrics' text, and readiness."""

from __future__ import annotations

import asyncio

from hub.observability.health import ready
from hub.observability.metrics import Webhooks, exposition


def test_each_number_comes_out_under_its_name_and_labels() -> None:
    text = exposition({"loopline_holds": [(("normalize", "waiting"), 3)], "loopline_outbox": [((), 2)]}).decode()
    assert 'loopline_holds{group="normalize",state="waiting"} 3.0' in text
    assert "loopline_outbox 2.0" in text


def test_webhooks_are_counted_by_system_and_result() -> None:
    webhooks = Webhooks()
    for result in ("accepted", "accepted", "forged"):
        webhooks.note("crm", result)
    text = exposition({"loopline_webhooks_total": webhooks.samples()}).decode()
    assert 'loopline_webhooks_total{result="accepted",system="crm"} 2.0' in text


async def test_a_part_that_fails_or_is_slow_is_named_without_its_words() -> None:
    async def good() -> None: ...

    async def broken() -> None:
        raise OSError("postgresql://user:secret@host")

    async def slow() -> None:
        await asyncio.Event().wait()

    wrong = await ready({"bus": good, "database": broken, "dictionary": slow}, timeout_s=0.05)
    assert wrong == {"database": "unavailable", "dictionary": "timeout"}
