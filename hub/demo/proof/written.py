"""Who stands for whom: the documents in one system's books that were written for a document of another system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.demo.factory.clock import CHINA
from hub.demo.factory.codes import Codes
from hub.sdk.simulation import Books, Entry

Place = tuple[str, str, str]
"""A document wherever it stands: entity, shared organisation, number in its home system."""


class Written:
    """The counterparts in one system's books, by what they stand for: the document key that was written with them.

    A document without a key stands for the one with its own number, so that a copy without a key is not overlooked.
    """

    def __init__(self, books: Books, codes: Codes, kinds: tuple[str, ...]) -> None:
        self._codes, self._system = codes, books.system
        self._by_place: defaultdict[Place, list[Entry]] = defaultdict(list)
        for kind in kinds:
            for entry in books.entries(kind, visible_only=False):
                self._by_place[self.place(entry)].append(entry)

    def of(self, entity: str, organisation: str, number: str) -> list[Entry]:
        return self._by_place.get((entity, organisation, number), [])

    def place(self, entry: Entry) -> Place:
        """What the entry stands for."""
        organisation = self._codes.shared("organisation", self._system, entry.organisation)
        return place_of_key(entry.custom.get("key", "")) or (entry.kind, organisation, entry.number)


def place_of_key(key: str) -> Place | None:
    """`sales_order/P1/SO-1` in its three parts; the number may hold slashes itself."""
    parts = key.split("/", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def firsts(books: Books, kind: str) -> Iterator[Entry]:
    """The first state of every document of a kind that is still there, in the order in which they came."""
    alive = {entry.id for entry in books.entries(kind, visible_only=False)}
    for entry in books.history():
        if entry.kind == kind and entry.version == 1 and entry.id in alive:
            yield entry


def number(value: Any) -> Decimal | None:
    """A number as a person would read it, full-width digits too; None where it is none."""
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def quantity(row: Any) -> Decimal | None:
    """The value of `row['quantity']`."""
    held = row.get("quantity")
    return number(held.get("value") if isinstance(held, dict) else held)


def day(value: Any) -> str:
    """The factory's date of a time or date; '' where there is none. Systems that know only dates agree by it."""
    if not value:
        return ""
    moment = datetime.fromisoformat(str(value))
    return (moment.astimezone(CHINA) if moment.tzinfo else moment).date().isoformat()
