"""A hub that is opened and not running, with one small vendor whose pushes are signed, and a client for its API."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel

from hub.api import create_api
from hub.app import Hub, open_road
from hub.config import Settings, SystemSettings
from hub.errors import DataError
from hub.sdk import Card, Connector, EntityCard, Record, Text, WebhookRequest
from hub.sdk.connector import SignatureRejected

KEY, TOKEN = b"shared", "t0ken"
NAME = Text("测试", "test")


class NotJson(DataError):
    """A signed body that is no JSON."""

    code = "data"


class Shop:
    """Takes signed pushes; nothing else is asked of it here."""

    sink = None

    def __init__(self) -> None:
        self.source = self

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        if not hmac.compare_digest(sign(request.body), request.headers.get("x-signature", "")):
            raise SignatureRejected()
        try:
            row = json.loads(request.body)
        except ValueError as error:
            raise NotJson(what="no JSON") from error
        return [Record(organisation="一厂", entity="order", key=row["number"], lane=row["number"], payload=row, version=row["version"])]

    async def close(self) -> None: ...


class Nothing(BaseModel):
    """No settings."""


ORDER = EntityCard(entity="order", name=NAME, version="owner")
SHOP = Connector(
    card=Card(product="shop", vendor=NAME, versions="1", roles=("crm",), entities=(ORDER,)), settings=Nothing,
    open=lambda name, settings, http: Shop(),
)  # fmt: skip


def sign(body: bytes) -> str:
    """As the vendor signs: HMAC-SHA256 over the raw bytes."""
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    system = SystemSettings(connector="shop", roles=frozenset({"crm"}), organisations={"一厂": "P1"})
    settings = Settings(folder=tmp_path / "data", systems={"crm": system}, api_token=TOKEN, max_body_bytes=2_000)
    async with open_road(settings, installed={"shop": SHOP}) as road:
        yield Hub(road)


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """A client that carries the token."""
    transport = httpx.ASGITransport(app=create_api(hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client
