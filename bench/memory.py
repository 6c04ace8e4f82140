"""The memory of `hub run` after ten times as many messages: what it keeps must not grow with what it has done.

The bench writes orders into the embedded bus from outside, as a second process may; the hub normalizes and projects them.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench.figures import Figure, Result
from bench.hub_process import HubProcess, hub_process
from bench.plant import ORGANISATIONS, dictionary, order
from bench.servers import Servers
from bench.stage import READ_AT
from hub.bus.base import Message
from hub.bus.embedded import EmbeddedBus
from hub.bus.topics import canonical, inbound
from hub.model import AGGREGATES
from hub.observability.tracing import new_traceparent
from hub.pipeline.wire import Inbound, content_hash, pack_inbound
from hub.runtime.normalize import GROUP as NORMALIZE
from hub.runtime.project import GROUP as PROJECT

FEW, MANY, BATCH, SAMPLES = 20_000, 200_000, 500, 20
AHEAD = 10_000
"""So many messages wait on the bus at most: the hub is busy, and its backlog is always the same."""


async def run(_servers: Servers | None = None, few: int = FEW, many: int = MANY) -> Result:
    """One source of orders without a target; the memory is the median of some samples once all is done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with hub_process(folder, {"crm": _silent_crm()}, dictionary()) as hub:
            bus = EmbeddedBus(folder / "data" / "bus.db")
            await bus.start()
            try:
                early = await _after(bus, hub, 0, few)
                late = await _after(bus, hub, few, many)
            finally:
                await bus.stop()
    figures = [
        Figure(f"after {few:,} messages", early, "MiB"), Figure(f"after {many:,} messages", late, "MiB"),
        Figure("growth", late / early, "×", at_most=1.1),
    ]
    return Result("memory", figures, {"profile": "embedded", "loops": "normalize, project"})


async def _after(bus: EmbeddedBus, hub: HubProcess, first: int, last: int) -> float:
    for begin in range(first, last, BATCH):
        while await _lag(bus) > AHEAD:  # noqa: ASYNC110 - another process works on it
            await asyncio.sleep(0.1)
        await bus.publish([_record(number) for number in range(begin, min(begin + BATCH, last))])
    while await _lag(bus):  # noqa: ASYNC110 - another process works on it
        await asyncio.sleep(0.5)
    samples = []
    for _ in range(SAMPLES):
        await asyncio.sleep(0.1)
        samples.append(hub.resident_mib())
    return sorted(samples)[SAMPLES // 2]


async def _lag(bus: EmbeddedBus) -> int:
    """What normalize and project have not done yet, as the hub writes it down every second."""
    topics = [inbound("crm")]
    waiting = [*await bus.lag(NORMALIZE, topics), *await bus.lag(PROJECT, [*topics, *map(canonical, AGGREGATES)])]
    return sum(one.messages for one in waiting)


def _record(number: int) -> Message:
    said = _in_the_vendors_words(number)
    key = f"{number:024x}"
    record = Inbound(
        system="crm", organisation="一厂", entity="销售订单", key=key, lane=f"sales_order/{said['订单编号']}", payload=said, revision=1,
        read_at=READ_AT, changed_at=READ_AT, content=content_hash(["upsert", "一厂", said]),
    )
    return pack_inbound(record, new_traceparent())


def _in_the_vendors_words(number: int) -> dict[str, object]:
    data = order(number)
    lines = [
        {"行号": line["line"], "物料编码": line["material"], "数量": line["quantity"]["value"], "单位": "件", "行状态": "正常"}
        for line in data["lines"]
    ]
    return {
        "订单编号": data["number"], "客户编号": data["customer"], "状态": "已确认", "下单时间": data["ordered_at"], "币别": "CNY",
        "updateTime": data["ordered_at"], "订单明细": lines,
    }


def _silent_crm() -> dict[str, object]:
    """A CRM that is never polled: what it says is written to the bus by the bench."""
    own = {"base_url": "http://127.0.0.1:9/api/v5", "api_key": "unused", "app_id": "unused", "webhook_secret": "unused"}
    return {"connector": "jiandaoyun", "roles": ["crm"], "organisations": ORGANISATIONS["crm"], "entities": [], "settings": own}
