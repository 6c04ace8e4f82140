"""The event: a canonical fact as it travels, CloudEvents 1.0 in Kafka's binary mode (attributes as `ce_` headers, value = data)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

TYPE_PREFIX = "org.loopline"
CONTENT_TYPE = "application/json"


def event_id(system: str, entity: str, key: str, revision: int, correction: int = 0) -> str:
    """The same change has the same id, however often it is read. 32 hex characters."""
    text = "\x1f".join((system, entity, key, str(revision), str(correction)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One canonical fact. `data` is the JSON of an entity of `hub.model`, already encoded.

    `key` is the canonical key (`organisation/number`), `lane` the bus key (aggregate root), `source` the system that said it.
    `time`: when it happened; `recorded_at`: when the hub took it in. `correlation` is the order number where there is
    exactly one. `causation` is the id of the record or event that caused it.
    """

    id: str
    source: str
    entity: str
    key: str
    lane: str
    revision: int
    correction: int
    time: datetime
    recorded_at: datetime
    data: bytes
    operation: str = "upsert"
    correlation: str = ""
    causation: str = ""
    mapping_version: str = ""
    traceparent: str = ""
    origin: str = ""

    @property
    def sequence(self) -> str:
        """`ce_sequence`: revision and correction, ordered as text."""
        return f"{self.revision:012d}.{self.correction:04d}"

    def headers(self) -> dict[str, str]:
        """The Kafka headers. `lp_origin` is the normalizer's topic/partition/epoch (PROTOCOL N11)."""
        time = _text(self.time)
        headers = {
            **_common(self.source, self.entity, self.operation, self.mapping_version, self.origin),
            "ce_id": self.id,
            "ce_subject": self.key,
            "ce_time": time,
            "ce_recordedtime": time if self.recorded_at is self.time else _text(self.recorded_at),
            "ce_sequence": self.sequence,
            "ce_partitionkey": self.lane,
        }
        if self.correlation:
            headers["ce_correlationid"] = self.correlation
        if self.causation:
            headers["ce_causationid"] = self.causation
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers

    @classmethod
    def parse(cls, headers: Mapping[str, str], value: bytes) -> Event:
        """Read an event back. Raises KeyError or ValueError where it is none of ours."""
        revision, _, correction = headers["ce_sequence"].partition(".")
        _, entity, verb, _ = headers["ce_type"].removeprefix(TYPE_PREFIX).split(".")
        return cls(
            id=headers["ce_id"],
            source=headers["ce_source"].removeprefix("urn:loopline:"),
            entity=entity,
            key=headers["ce_subject"],
            lane=headers["ce_partitionkey"],
            revision=int(revision),
            correction=int(correction),
            time=datetime.fromisoformat(headers["ce_time"]),
            recorded_at=datetime.fromisoformat(headers["ce_recordedtime"]),
            data=value,
            operation="delete" if verb == "deleted" else "upsert",
            correlation=headers.get("ce_correlationid", ""),
            causation=headers.get("ce_causationid", ""),
            mapping_version=headers.get("ce_mappingversion", ""),
            traceparent=headers.get("traceparent", ""),
            origin=headers.get("lp_origin", ""),
        )


_text = lru_cache(maxsize=1024)(datetime.isoformat)
"""The records of one page share the moment at which they were read, and often that of their change."""


@lru_cache(maxsize=1024)
def _common(source: str, entity: str, operation: str, mapping_version: str, origin: str) -> Mapping[str, str]:
    """The headers that are the same for all that one batch makes of one form."""
    headers = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_source": f"urn:loopline:{source}",
        "ce_type": f"{TYPE_PREFIX}.{entity}.{'deleted' if operation == 'delete' else 'recorded'}.v1",
        "ce_dataschema": f"urn:loopline:schema:{entity}:1",
    }
    optional = {"ce_mappingversion": mapping_version, "lp_origin": origin}
    return headers | {name: value for name, value in optional.items() if value}
