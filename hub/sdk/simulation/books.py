"""Books: what one simulated system knows, in canonical field names but with that system's own local codes and numbers.

A factory brain writes and reads them from inside; a connector's simulator is only the vendor's skin over them (form names,
field names, envelopes, bad habits). Books of two systems never touch each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One state of one document or master record.

    `kind` is a canonical entity name (`sales_order`); `data` the canonical shape with local codes. `status` is the
    document's step: draft, submitted, audited, cancelled, deleted. `version` counts changes; `sequence` counts the books'
    changes as a whole. `custom` keeps what a client stored in fields of its own (our document key and mark).
    `visible_at`: a late commit: the entry shows from then on, with an older `modified_at`.
    """

    id: int
    kind: str
    number: str
    organisation: str
    status: str
    data: Mapping[str, Any]
    version: int
    sequence: int
    created_at: datetime
    modified_at: datetime
    visible_at: datetime
    custom: Mapping[str, str] = field(default_factory=dict)


class NumberTaken(Exception):
    """The number exists already in this organisation."""


class WrongStatus(Exception):
    """The step asked for is not allowed in the present status."""


class Books(Protocol):
    """What a simulator's skin and a factory brain may do with the books of one system."""

    system: str

    def now(self) -> datetime:
        """The vendor's clock (real time)."""
        ...

    def get(self, kind: str, organisation: str, number: str) -> Entry | None: ...

    def by_id(self, kind: str, id: int) -> Entry | None: ...

    def entries(self, kind: str, *, organisation: str | None = None, visible_only: bool = True) -> Sequence[Entry]:
        """All entries of a kind in order of id; deleted ones are not among them."""
        ...

    def save(
        self,
        kind: str,
        organisation: str,
        number: str,
        data: Mapping[str, Any],
        *,
        status: str | None = None,
        custom: Mapping[str, str] | None = None,
        create_only: bool = False,
        late_s: float = 0.0,
    ) -> Entry:
        """Create or change; `late_s` lets the change become visible later although its `modified_at` is now. Raises NumberTaken."""
        ...

    def set_status(self, kind: str, organisation: str, number: str, status: str) -> Entry: ...

    def delete(self, kind: str, organisation: str, number: str) -> None: ...

    def history(self) -> Sequence[Entry]:
        """Every state ever written, in order: what the proof reads (did a document go back a version?)."""
        ...

    def subscribe(self, listener: Callable[[Entry], None]) -> None:
        """Called after every change, in order (webhooks hang here)."""
        ...


class MemoryBooks:
    """Books in memory. Not thread-safe: used from one event loop."""

    def __init__(self, system: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.system = system
        self._clock = clock
        self._entries: dict[tuple[str, str, str], Entry] = {}
        self._ids: dict[tuple[str, int], tuple[str, str, str]] = {}
        self._history: list[Entry] = []
        self._listeners: list[Callable[[Entry], None]] = []

    def now(self) -> datetime:
        return self._clock()

    def get(self, kind: str, organisation: str, number: str) -> Entry | None:
        return self._entries.get((kind, organisation, number))

    def by_id(self, kind: str, id: int) -> Entry | None:
        place = self._ids.get((kind, id))
        return self._entries.get(place) if place else None

    def entries(self, kind: str, *, organisation: str | None = None, visible_only: bool = True) -> Sequence[Entry]:
        return list(self._select(kind, organisation, visible_only))

    def _select(self, kind: str, organisation: str | None, visible_only: bool) -> Iterator[Entry]:
        now = self.now()
        for entry in self._entries.values():
            if entry.kind != kind or (organisation is not None and entry.organisation != organisation):
                continue
            if entry.status != "deleted" and (not visible_only or entry.visible_at <= now):
                yield entry

    def save(
        self,
        kind: str,
        organisation: str,
        number: str,
        data: Mapping[str, Any],
        *,
        status: str | None = None,
        custom: Mapping[str, str] | None = None,
        create_only: bool = False,
        late_s: float = 0.0,
    ) -> Entry:
        place = (kind, organisation, number)
        old = self._entries.get(place)
        if old is not None and create_only and old.status != "deleted":
            raise NumberTaken(number)
        now = self.now()
        visible = datetime.fromtimestamp(now.timestamp() + late_s, UTC)
        if old is None:
            entry = Entry(
                id=100_001 + len(self._entries), kind=kind, number=number, organisation=organisation, status=status or "draft",
                data=dict(data), version=1, sequence=0, created_at=now, modified_at=now, visible_at=visible, custom=dict(custom or {}),
            )
        else:
            entry = replace(
                old, data=dict(data), status=status or old.status, version=old.version + 1, modified_at=now, visible_at=visible,
                custom={**old.custom, **(custom or {})},
            )
        return self._keep(place, entry)

    def set_status(self, kind: str, organisation: str, number: str, status: str) -> Entry:
        place = (kind, organisation, number)
        old = self._entries[place]
        now = self.now()
        return self._keep(place, replace(old, status=status, version=old.version + 1, modified_at=now, visible_at=now))

    def delete(self, kind: str, organisation: str, number: str) -> None:
        self.set_status(kind, organisation, number, "deleted")

    def history(self) -> Sequence[Entry]:
        return self._history

    def subscribe(self, listener: Callable[[Entry], None]) -> None:
        self._listeners.append(listener)

    def _keep(self, place: tuple[str, str, str], entry: Entry) -> Entry:
        entry = replace(entry, sequence=len(self._history) + 1)
        self._entries[place] = entry
        self._ids[(entry.kind, entry.id)] = place
        self._history.append(entry)
        for listener in self._listeners:
            listener(entry)
        return entry
