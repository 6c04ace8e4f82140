"""A MES with an OpenMES-like REST contract: imports of work orders and master data, cursor reads of what the shop floor says."""

from __future__ import annotations

from connectors.mes_rest.card import CARD
from connectors.mes_rest.config import Settings
from connectors.mes_rest.simulator import make_simulator
from connectors.mes_rest.system import open_system
from connectors.mes_rest.texts import TEXTS
from hub.sdk import Connector

CONNECTOR = Connector(card=CARD, settings=Settings, open=open_system, simulator=make_simulator, texts=TEXTS)

__all__ = ["CONNECTOR"]
