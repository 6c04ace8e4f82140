"""金蝶云星空 (Kingdee Cloud Galaxy, K3Cloud) as ERP: reads by ExecuteBillQuery, writes by Save, Submit, Audit."""

from __future__ import annotations

from connectors.kingdee.card import CARD
from connectors.kingdee.client import Client
from connectors.kingdee.config import Settings
from connectors.kingdee.simulator import make_simulator
from connectors.kingdee.sink import KingdeeSink
from connectors.kingdee.source import KingdeeSource
from connectors.kingdee.texts import TEXTS
from hub.sdk import Connector, Http, Sink, Source

__all__ = ["CONNECTOR", "KingdeeSystem"]


class KingdeeSystem:
    """One opened account set."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self._client = Client(system, settings, http)
        self.source: Source | None = KingdeeSource(self._client)
        self.sink: Sink | None = KingdeeSink(self._client)

    async def identity(self) -> str:
        """The account set's name, for example 正式账套 or 测试账套."""
        return await self._client.identity()

    async def close(self) -> None:
        """Log out."""
        await self._client.close()


CONNECTOR = Connector(card=CARD, settings=Settings, open=KingdeeSystem, simulator=make_simulator, texts=TEXTS)
