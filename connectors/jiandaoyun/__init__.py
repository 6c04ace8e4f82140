"""简道云 (Jiandaoyun) as a CRM, by its open API v5: signed webhooks, polling, idempotent creates."""

from __future__ import annotations

from connectors.jiandaoyun.card import CARD
from connectors.jiandaoyun.config import Settings
from connectors.jiandaoyun.simulator import make_simulator
from connectors.jiandaoyun.system import open_system
from connectors.jiandaoyun.texts import TEXTS
from hub.sdk import Connector

CONNECTOR = Connector(card=CARD, settings=Settings, open=open_system, simulator=make_simulator, texts=TEXTS)

__all__ = ["CONNECTOR"]
