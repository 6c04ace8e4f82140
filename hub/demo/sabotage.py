"""Breaks the hub on purpose, to prove the proof: the road is wrapped, the hub itself has no switch for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hub.bus.base import Bus, Message
from hub.errors import ConfigError
from hub.registry import Opened
from hub.runtime.road import Road
from hub.sdk import Document, DocumentKey, Sink, Source, System, Written

EVERY = 7


class SabotageUnknown(ConfigError):
    """There is no such sabotage."""

    code = "sabotage-unknown"


class _Bus:
    """Another bus, whose publishing is spoilt."""

    def __init__(self, bus: Bus, spoil: Callable[[Sequence[Message]], Sequence[Message]]) -> None:
        self._bus, self._spoil = bus, spoil

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._bus.publish(self._spoil(messages))


class _Dropper:
    """Every so many events that are to be delivered never reach the bus."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, messages: Sequence[Message]) -> Sequence[Message]:
        return [message for message in messages if not self._dropped(message)]

    def _dropped(self, message: Message) -> bool:
        if message.topic not in ("canonical.sales_order", "canonical.production_order"):
            return False
        self._count += 1
        return self._count % EVERY == 0


class _Sink:
    """Another sink, whose writing is spoilt."""

    def __init__(self, sink: Sink, spoil: Callable[[Sink, Document], Any]) -> None:
        self._sink, self._spoil = sink, spoil

    async def write(self, document: Document) -> Written:
        written: Written = await self._spoil(self._sink, document)
        return written

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        return await self._sink.find(key)


class _Doubler:
    """Every so many documents are written a second time under another key."""

    def __init__(self) -> None:
        self._count = 0

    async def __call__(self, sink: Sink, document: Document) -> Written:
        written = await sink.write(document)
        self._count += document.id is None
        if document.id is None and self._count % EVERY == 0:
            await sink.write(_second(document))
        return written


def _second(document: Document) -> Document:
    """The same document under another number: what a target without a check of ours would take."""
    payload = dict(document.payload)
    for name, value in payload.items():
        if document.number and value == document.number:
            payload[name] = f"{value}-2"
    number = f"{document.number}-2" if document.number else None
    return replace(document, payload=payload, number=number, key=replace(document.key, number=number))


class _Swapper:
    """An older version of a document is written over the newer one."""

    def __init__(self) -> None:
        self._first: dict[str, Document] = {}

    async def __call__(self, sink: Sink, document: Document) -> Written:
        earlier = self._first.setdefault(document.key.key, document)
        written = await sink.write(document)
        if earlier.revision < document.revision and document.step == earlier.step:
            await sink.write(replace(earlier, id=written.id, number=written.number))
        return written


class _Discloser:
    """What the MES is sent carries a price."""

    async def __call__(self, sink: Sink, document: Document) -> Written:
        return await sink.write(replace(document, payload={**document.payload, "unit_price": "113.00"}))


class _Spoilt:
    """Another system, whose sink is spoilt."""

    def __init__(self, system: System, spoil: Callable[[Sink, Document], Any]) -> None:
        self._system = system
        self.source: Source | None = system.source
        self.sink: Sink | None = _Sink(system.sink, spoil) if system.sink else None

    async def identity(self) -> str:
        return await self._system.identity()

    async def close(self) -> None:
        await self._system.close()


def _with_sink(opened: Opened, spoil: Callable[[Sink, Document], Any]) -> Opened:
    return replace(opened, system=_Spoilt(opened.system, spoil))


def _sinks(road: Road, names: Sequence[str], spoil: Callable[[Sink, Document], Any]) -> Road:
    systems = {name: _with_sink(opened, spoil) if name in names else opened for name, opened in road.systems.items()}
    return replace(road, systems=systems)


SABOTAGES: dict[str, Callable[[Road], Road]] = {
    "drop": lambda road: replace(road, bus=_Bus(road.bus, _Dropper())),
    "double": lambda road: _sinks(road, ("erp",), _Doubler()),
    "swap": lambda road: _sinks(road, ("erp", "mes"), _Swapper()),
    "leak": lambda road: _sinks(road, ("mes",), _Discloser()),
}
"""By name, as in `hub demo --sabotage`."""


def sabotage(name: str) -> Callable[[Road], Road]:
    """Raises SabotageUnknown."""
    if name not in SABOTAGES:
        raise SabotageUnknown(name=name, known=", ".join(SABOTAGES))
    return SABOTAGES[name]
