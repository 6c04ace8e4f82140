"""Imports work orders and master data: one row a call, read back, since a success of this MES may have done nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.mes_rest.card import RESOURCES, Resource
from connectors.mes_rest.client import Client
from connectors.mes_rest.errors import NothingWritten, OperationUnknown
from hub.sdk import Document, DocumentKey, Written, sent

HELD = "on_hold"
OF_A_HOLD = ("state", "hold_reason", "external_key", "external_mark", "external_revision")
"""What is told of an order that has to stand still; all else waits until it is audited again."""


class MesSink:
    """`hub.sdk.Sink`. Numbers are unique and an older revision is refused, so nothing here has to look before it writes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, document: Document) -> Written:
        """Import one row and return it as it then stands. Raises NothingWritten where the success is not to be seen."""
        resource = RESOURCES[document.entity]
        if document.operation != "upsert":
            raise OperationUnknown(system=self._client.system, resource=resource.name, operation=document.operation)
        row: Mapping[str, Any] = {
            **document.payload, "site_code": document.organisation, "external_key": document.key.key,
            "external_mark": document.mark, "external_revision": document.revision,
        }  # fmt: skip
        if row.get("state") == HELD:
            row = await self._standing(resource, document, row)
        await self._client.post(f"{resource.name}/import", {"strategy": "update_or_create", resource.batch: [row]})
        with sent(self._client.system, f"{resource.name} '{document.key.key}'"):
            standing = await self.find(document.key)
        for found in standing:
            if found.mark == document.mark or (found.revision or 0) > document.revision:
                return found
        raise NothingWritten(system=self._client.system, what=f"{resource.name} '{document.key.key}'")

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """Every row with our key; where there is none, the row of the vendor's number, if that was there before the hub."""
        resource = RESOURCES[key.entity]
        rows = await self._rows(resource, key, external_key=key.key)
        if not rows and key.number:
            rows = [row for row in await self._rows(resource, key, **{resource.number: key.number}) if not row.get("external_key")]
        return [_written(resource, row) for row in rows]

    async def _standing(self, resource: Resource, document: Document, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row with the floor's own values of everything but the hold: what was unaudited (反审核) is in force no more, what
        is to come is not yet, and a change that the MES must refuse would keep it from standing still.
        """
        rows = await self._rows(resource, document.key, external_key=document.key.key)
        stands = {name: value for name, value in (rows[0] if rows else {}).items() if name in row and name not in OF_A_HOLD}
        return {**row, **stands}

    async def _rows(self, resource: Resource, key: DocumentKey, **params: str) -> list[Mapping[str, Any]]:
        body = await self._client.get(resource.name, site_code=key.organisation, **params)
        return list(body.get("data") or ())


def _written(resource: Resource, row: Mapping[str, Any]) -> Written:
    revision = row.get("external_revision")
    return Written(
        id=str(row.get("id")), number=str(row.get(resource.number) or ""), step="import",
        mark=row.get("external_mark") or None, revision=int(revision) if revision is not None else None,
    )  # fmt: skip
