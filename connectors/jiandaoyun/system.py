"""One opened app: its source, its sink, its identity."""

from __future__ import annotations

from connectors.jiandaoyun.card import FORMS
from connectors.jiandaoyun.client import Client
from connectors.jiandaoyun.config import Settings
from connectors.jiandaoyun.sink import JiandaoyunSink
from connectors.jiandaoyun.source import JiandaoyunSource
from hub.sdk import Http, Sink, Source


class JiandaoyunSystem:
    """One app with its forms."""

    def __init__(self, name: str, settings: Settings, http: Http) -> None:
        self._client = Client(name, settings, http)
        self._http = http
        self._rows = JiandaoyunSource(self._client)
        self.source: Source | None = self._rows
        self.sink: Sink | None = JiandaoyunSink(self._client)

    async def identity(self) -> str:
        """The app's id, proved by reading its forms (which also makes webhooks readable from now on). Raises FormMissing."""
        for name in FORMS:
            await self._client.form(name)
        return self._client.settings.app_id

    async def close(self) -> None:
        """Let go of connections."""
        await self._rows.close()
        await self._http.close()


def open_system(name: str, settings: Settings, http: Http) -> JiandaoyunSystem:
    """`Connector.open`."""
    return JiandaoyunSystem(name, settings, http)
