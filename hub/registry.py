"""Connectors found by their entry point, and the systems of the settings opened with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from pydantic import ValidationError

from hub.config import Settings, SystemSettings, first_mistake
from hub.errors import ConfigError
from hub.sdk import Connector, Http, System

GROUP = "loopline.connectors"


class ConnectorUnknown(ConfigError):
    """A system names a connector that is not installed."""

    code = "connector-unknown"


class SystemSettingsWrong(ConfigError):
    """A connector's own settings are wrong."""

    code = "system-settings-wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A configured system with its connector, ready to be used."""

    name: str
    connector: Connector
    settings: SystemSettings
    system: System
    http: Http

    @property
    def steps(self) -> Mapping[str, str]:
        """Per vendor form, the step at which a delivery ends."""
        return {card.entity: self.settings.steps.get(card.entity, card.default_step) for card in self.connector.card.entities}

    async def close(self) -> None:
        """Log out, close connections."""
        await self.system.close()
        await self.http.close()


class Installed(Mapping[str, Connector]):
    """The installed connectors by name; one is loaded when it is asked for, so that a broken one harms only its own systems."""

    def __init__(self) -> None:
        self._points = {point.name: point for point in entry_points(group=GROUP)}

    def __getitem__(self, name: str) -> Connector:
        connector: Connector = self._points[name].load()
        return connector

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)


def connectors() -> Mapping[str, Connector]:
    """Every installed connector by name."""
    return Installed()


def open_systems(settings: Settings, installed: Mapping[str, Connector]) -> dict[str, Opened]:
    """Open every configured system. Nothing is sent yet. Raises ConnectorUnknown, SystemSettingsWrong."""
    return {name: _open(name, system, installed) for name, system in settings.systems.items()}


def _open(name: str, system: SystemSettings, installed: Mapping[str, Connector]) -> Opened:
    connector = installed.get(system.connector)
    if connector is None:
        raise ConnectorUnknown(system=name, connector=system.connector, known=", ".join(sorted(installed)))
    try:
        own = connector.settings.model_validate(system.settings)
    except ValidationError as error:
        where, what = first_mistake(error)
        raise SystemSettingsWrong(system=name, where=where, what=what) from error
    card = connector.card
    http = Http(
        name, requests_per_s=getattr(own, "requests_per_s", None) or card.requests_per_s, concurrency=card.concurrency,
        timeout_s=getattr(own, "timeout_s", 10.0),
    )
    return Opened(name=name, connector=connector, settings=system, system=connector.open(name, own, http), http=http)
