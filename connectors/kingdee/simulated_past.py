"""What the changes of the simulated books tell beyond an entry's present state: approvals, ids, when which part of an order changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.kingdee.forms import PRODUCTION_ORDER
from connectors.kingdee.parts import CREATED, PARTS
from hub.sdk.simulation import Books, Entry

LISTS = {part.form.form: name for parts in PARTS.values() for part in parts for name in part.form.kinds.values()}
"""The list of an entry that each part shows."""


class Past:
    """`approved_at`: since when an entry is audited; `withdrawn`: unaudited since. Places are (kind, id)."""

    def __init__(self, books: Books) -> None:
        self.approved_at: dict[tuple[str, int], datetime] = {}
        self.withdrawn: set[tuple[str, int]] = set()
        self._ids: dict[tuple[str, str, str], int] = {}
        self._last: dict[tuple[str, int], Entry] = {}
        self._times: dict[tuple[str, tuple[str, int]], dict[str, datetime]] = {}
        for entry in books.history():
            self.note(entry)
        books.subscribe(self.note)

    def note(self, entry: Entry) -> None:
        """A new state of an entry."""
        place = (entry.kind, entry.id)
        self._ids[entry.kind, entry.organisation, entry.number] = entry.id
        if entry.status == "audited":
            self.approved_at.setdefault(place, entry.modified_at)
            self.withdrawn.discard(place)
        elif self.approved_at.pop(place, None):
            self.withdrawn.add(place)
        if entry.kind == "production_order":
            self._note_parts(entry, self._last.get(place))
            self._last[place] = entry

    def id_of(self, kind: str, organisation: str, number: str) -> int:
        """The internal id of what has this number; 0 where there is none."""
        return self._ids.get((kind, organisation, number), 0)

    def time(self, form: str, entry: Entry, name: str) -> datetime | None:
        """FCreateDate or FModifyDate of an entry as a form shows it."""
        times = self._times.get((form, (entry.kind, entry.id)))
        if times is None:
            return entry.created_at if name == CREATED else entry.modified_at
        return times.get(name)

    def _note_parts(self, entry: Entry, before: Entry | None) -> None:
        """A part is made without a modification time; an order of which only parts change keeps its own."""
        place, old = (entry.kind, entry.id), before.data if before else {}
        for form, name in LISTS.items():
            if (entry.data.get(name) or []) != (old.get(name) or []):
                times = self._times.setdefault((form, place), {})
                times["FModifyDate" if times else CREATED] = entry.modified_at
        if before is None or _own(entry) != _own(before):
            self._times[(PRODUCTION_ORDER.form, place)] = {CREATED: entry.created_at, "FModifyDate": entry.modified_at}


def _own(entry: Entry) -> Any:
    return entry.status, {name: value for name, value in entry.data.items() if name not in LISTS.values()}
