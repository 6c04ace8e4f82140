"""Customers as parties. Tryton itself refuses a second party with the same code; there is no field for our mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.tryton.client import Client
from connectors.tryton.errors import NothingDone
from hub.sdk import Document, DocumentKey, Written

PARTY = "party.party"
FIELDS = ("code", "name", "active")


class Parties:
    """A party is known by its code. It gets one empty address at birth: a sale needs an invoice address."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, document: Document) -> Written:
        """Create, or write onto the one that has the code."""
        values = dict(document.payload)
        found = await self._by_code(values["code"])
        if found:
            await self._client.change(PARTY, "write", [found[0]["id"]], values)
        else:
            await self._client.change(PARTY, "create", [{**values, "addresses": [["create", [{}]]]}])
        for party in await self._by_code(values["code"]):
            if party["name"] == values["name"]:
                return _written(party)
        raise NothingDone(system=self._client.system, what=f"{PARTY} {document.key.key}")

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """By the code; there can be only one."""
        return [_written(party) for party in await self._by_code(key.number)] if key.number else []

    async def _by_code(self, code: str) -> list[dict[str, Any]]:
        return await self._client.read(PARTY, [["code", "=", code]], FIELDS)


def _written(party: dict[str, Any]) -> Written:
    return Written(
        id=str(party["id"]), number=party["code"], step="save", usable=bool(party["active"]), why="" if party["active"] else "disabled"
    )
