"""Tryton 8.0 as ERP: reads by JSON-RPC `search_read`, writes records and presses their buttons."""

from __future__ import annotations

from connectors.tryton.card import CARD
from connectors.tryton.client import Client
from connectors.tryton.config import Settings
from connectors.tryton.sink import TrytonSink
from connectors.tryton.source import TrytonSource
from connectors.tryton.texts import TEXTS
from hub.sdk import Connector, Http, Sink, Source

__all__ = ["CONNECTOR", "TrytonSystem"]


class TrytonSystem:
    """One opened database, as one company in it."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self._client = Client(system, settings, http)
        self.source: Source | None = TrytonSource(self._client)
        self.sink: Sink | None = TrytonSink(self._client)

    async def identity(self) -> str:
        """`database/company`, for example `erp/Pump Works`."""
        return await self._client.identity()

    async def close(self) -> None:
        """Log out."""
        await self._client.close()


CONNECTOR = Connector(card=CARD, settings=Settings, open=TrytonSystem, texts=TEXTS)
