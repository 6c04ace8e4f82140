"""What a connector reads: a record in the vendor's words, the chunk it came in, and the cursor that continues after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Cursor = Mapping[str, Any]
"""Where reading goes on: a small JSON object of the connector's own, written down only after the bus has the records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One state of one vendor record. `payload` is the vendor's JSON, unchanged.

    `organisation` is the vendor's own code of the organisation. `key` is unique per (system, entity).
    `lane` is what keeps its order: the vendor's key of the aggregate (a report's production order), unique per system.
    `version` orders the states of one key: the owner's integer version, or its modification time as ISO 8601 text in UTC;
    None where the vendor has neither (then the hub counts changes of content itself).
    `document_key` is our canonical document key, where the vendor's record carries it: the document was written by us.
    """

    organisation: str
    entity: str
    key: str
    lane: str
    payload: Mapping[str, Any]
    version: int | str | None = None
    operation: Literal["upsert", "delete"] = "upsert"
    changed_at: datetime | None = None
    document_key: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records, and the cursor from which reading goes on after them. A chunk may be empty and still move the cursor."""

    records: Sequence[Record]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A webhook as it came: raw body bytes (signatures are over these), lower-case header names, query parameters."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
