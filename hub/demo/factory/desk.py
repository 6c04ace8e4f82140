"""A desk: one system's books as the people who work with that system use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.sdk.simulation import Books, Entry, Fault, Faults

Reaction = Callable[[Entry], None]


class Desk:
    """Writes with the system's own numbers, and tells its people what others (the hub) have changed.

    What a desk writes itself does not come back to it. A late commit (a fault of the system) shows after a while.
    """

    def __init__(self, books: Books, faults: Faults | None = None, late_s: float = 1.5) -> None:
        self.books, self.system = books, books.system
        self._faults, self._late_s = faults, late_s
        self._writing = False
        self._inbox: list[Entry] = []
        self._reactions: dict[str, Reaction] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()
        books.subscribe(self._heard)

    def on(self, kind: str, reaction: Reaction) -> None:
        """Call `reaction` with every entry of this kind that somebody else has written."""
        self._reactions[kind] = reaction

    def number(self, prefix: str, organisation: str) -> str:
        """The next number of a series. Each organisation counts for itself, so two plants share numbers."""
        self._numbers[prefix, organisation] += 1
        return f"{prefix}{self._numbers[prefix, organisation]:05d}"

    def write(
        self, kind: str, organisation: str, number: str, data: Mapping[str, Any], status: str | None = None, *, allocated: str = ""
    ) -> Entry:
        """Create or change an entry; now and then it is committed late. `allocated`: organisations that may use a master record."""
        late = self._late_s if self._faults is not None and self._faults.strike(Fault.LATE_COMMIT) else 0.0
        custom = {"allocated": allocated} if allocated else None
        return self._quietly(lambda: self.books.save(kind, organisation, number, plain(data), status=status, custom=custom, late_s=late))

    def mark(self, entry: Entry, status: str, **changes: Any) -> Entry:
        """Another status, and other values of some fields with it."""
        data = plain({**entry.data, **changes})
        return self._quietly(lambda: self.books.save(entry.kind, entry.organisation, entry.number, data, status=status))

    def get(self, kind: str, organisation: str, number: str) -> Entry | None:
        return self.books.get(kind, organisation, number)

    def read_inbox(self) -> int:
        """React to what has come in; the number of entries read."""
        inbox, self._inbox = self._inbox, []
        for entry in inbox:
            self._reactions[entry.kind](entry)
        return len(inbox)

    def _quietly(self, write: Callable[[], Entry]) -> Entry:
        self._writing = True
        try:
            return write()
        finally:
            self._writing = False

    def _heard(self, entry: Entry) -> None:
        if not self._writing and entry.kind in self._reactions:
            self._inbox.append(entry)


def plain(value: Any) -> Any:
    """JSON form: decimals and times as text, tuples as lists, absent ones (None) left out."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else value
