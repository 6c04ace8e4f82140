"""How messages look in bytes: the inbound record, and a message kept whole in a hold row."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

import msgspec

from hub.bus.base import Message, Received
from hub.bus.topics import inbound
from hub.event import event_id
from hub.sdk.record import Record

_JSON = msgspec.json.Encoder(order="deterministic")
NUL = b"\\u0000"
"""As JSON writes it; PostgreSQL keeps no such text."""


class Inbound(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One vendor record as intake publishes it on `inbound.<system>`, keyed by `lane`.

    `verdict` is 'new', 'older' (goes to history) or 'conflict' (the owner's version with another content).
    `unreadable` holds a body that could not be decoded, as text; then `payload` is empty.
    """

    system: str
    organisation: str
    entity: str
    key: str
    lane: str
    payload: dict[str, Any]
    revision: int
    read_at: datetime
    operation: Literal["upsert", "delete"] = "upsert"
    correction: int = 0
    changed_at: datetime | None = None
    document_key: str | None = None
    verdict: Literal["new", "older", "conflict"] = "new"
    via: Literal["poll", "webhook", "fetch", "resend"] = "poll"
    unreadable: str = ""
    content: str = ""

    @property
    def id(self) -> str:
        """The same reading has the same id; what goes to history or conflicts is told apart by its content."""
        place = self.entity if self.verdict == "new" else f"{self.entity}\x1f{self.verdict}\x1f{self.content}"
        return event_id(self.system, "record:" + place, self.key, self.revision, self.correction)


_INBOUND = msgspec.json.Decoder(Inbound)


def pack_inbound(record: Inbound, traceparent: str = "") -> Message:
    """The message of a record."""
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": record.id,
        "ce_source": f"urn:loopline:{record.system}",
        "ce_type": "org.loopline.record.read.v1",
        "ce_subject": f"{record.entity}/{record.key}",
        "ce_time": (record.changed_at or record.read_at).isoformat(),
        "ce_recordedtime": record.read_at.isoformat(),
        "ce_partitionkey": record.lane,
    }
    if traceparent:
        headers["traceparent"] = traceparent
    return Message(inbound(record.system), record.lane, _JSON.encode(record), headers)


def unpack_inbound(value: bytes) -> Inbound:
    """Read a record back. Raises msgspec.MsgspecError where the bytes are none of ours."""
    return _INBOUND.decode(value)


MOST_BYTES = 900_000        # of a record's content: the bus takes a million with everything around it
LONGEST_KEY = 200
UNFIT = "loopline: unfit"
"""Stands in the payload instead of what could not be carried; it becomes `Inbound.unreadable`."""


def unfit(record: Record) -> str:
    """Why a record can be carried by no bus or kept by no database; '' where it can. Everything that is carried can be decoded again."""
    try:
        size = len(_JSON.encode(record.payload))
        texts = _JSON.encode([record.key, record.lane, record.organisation, record.payload])
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    if size > MOST_BYTES:
        return f"{size} bytes, {MOST_BYTES} can be carried"
    if not record.key or not record.lane or max(len(record.key), len(record.lane)) > LONGEST_KEY:
        return f"a key of {len(record.key)} and a lane of {len(record.lane)} characters, 1 to {LONGEST_KEY} can be kept"
    return "a NUL character" if NUL in texts else ""


def printable(text: str) -> str:
    """A key that can be kept, told apart from others by a hash of the whole."""
    if text and len(text) <= LONGEST_KEY and text.isprintable():
        return text
    whole = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"{''.join(c for c in text[:100] if c.isprintable())}~{whole}"


def content_hash(payload: Any) -> str:
    """The same content has the same hash, whatever the order of its fields."""
    return hashlib.sha256(_JSON.encode(payload)).hexdigest()[:32]


def bytes_hash(data: bytes) -> str:
    """A short hash of bytes that are deterministic already."""
    return hashlib.sha256(data).hexdigest()[:16]


class Kept(msgspec.Struct, frozen=True):
    """A message as a hold row keeps it: whole."""

    key: str
    headers: dict[str, str]
    value: bytes
    published_at: datetime


_KEPT = msgspec.msgpack.Decoder(Kept)


def keep(message: Received, value: bytes | None = None) -> bytes:
    """A received message for a hold row; `value` instead of its own after a correction."""
    return pack_kept(Kept(message.key, dict(message.headers), message.value if value is None else value, message.published_at))


def pack_kept(message: Kept) -> bytes:
    """The bytes of a kept message."""
    return msgspec.msgpack.encode(message)


def unkeep(data: bytes) -> Kept:
    """A hold row's message."""
    return _KEPT.decode(data)


