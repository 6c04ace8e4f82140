"""Writes Tryton's records: the form says which kind of document, the kind does one step a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from connectors.tryton.client import Client
from connectors.tryton.parties import Parties
from connectors.tryton.productions import Outputs, Starts
from connectors.tryton.sales import Sales
from hub.sdk import Document, DocumentKey, Written


class Kind(Protocol):
    """One kind of document."""

    async def write(self, document: Document) -> Written: ...

    async def find(self, key: DocumentKey) -> Sequence[Written]: ...


class TrytonSink:
    """No step of Tryton is idempotent, so every kind reads the state before it presses a button, and again after it."""

    def __init__(self, client: Client) -> None:
        self._kinds: Mapping[str, Kind] = {
            "party.party": Parties(client), "sale.sale": Sales(client),
            "production.start": Starts(client), "production.output": Outputs(client),
        }  # fmt: skip

    async def write(self, document: Document) -> Written:
        """One step, read back."""
        return await self._kinds[document.entity].write(document)

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """All that carry our key."""
        return await self._kinds[key.entity].find(key)
