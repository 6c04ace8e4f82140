"""One opened MES: its source, its sink, its identity."""

from __future__ import annotations

from connectors.mes_rest.client import Client
from connectors.mes_rest.config import Settings
from connectors.mes_rest.sink import MesSink
from connectors.mes_rest.source import MesSource
from hub.sdk import Http, Sink, Source


class MesSystem:
    """One installation."""

    def __init__(self, name: str, settings: Settings, http: Http) -> None:
        self._client = Client(name, settings, http)
        self._http = http
        self.source: Source | None = MesSource(self._client)
        self.sink: Sink | None = MesSink(self._client)

    async def identity(self) -> str:
        """The installation's name, as the MES tells it."""
        body = await self._client.get("system")
        return str((body.get("data") or {}).get("installation", ""))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()


def open_system(name: str, settings: Settings, http: Http) -> MesSystem:
    """`Connector.open`."""
    return MesSystem(name, settings, http)
