"""The matchers of a database's dictionary, kept in memory and brought up to date by version whenever one is asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher
from master_data.tables import codes

FEW = 200                                   # so few changed codes are taken in at once; more would keep everybody else waiting
Found = TypeVar("Found")


class Shelf:
    """One kind's matcher and the dictionary version it knows. Used from several threads, one at a time."""

    def __init__(self, kind: str) -> None:
        self.version = 0
        self._matcher = Matcher(kind)
        self._lock = threading.Lock()

    def take(self, rows: Iterable[Row[Any]]) -> None:
        """Take changed codes in; obsolete ones go. What somebody else took in meanwhile is not taken again, and never set back."""
        with self._lock:
            known = self.version
            for row in rows:
                if row.version > known:
                    self._take(row)

    @property
    def busy(self) -> bool:
        """Whether somebody is at it, perhaps for long."""
        return self._lock.locked()

    def ask(self, question: Callable[[Matcher], Found]) -> Found:
        """Use the matcher; it must not be kept."""
        with self._lock:
            return question(self._matcher)

    def _take(self, row: Row[Any]) -> None:
        self.version = max(self.version, row.version)
        if row.status == "obsolete":
            self._matcher.remove(row.code)
        else:
            self._matcher.add(entry_of(row))


_SHELVES: WeakKeyDictionary[Engine, dict[str, Shelf]] = WeakKeyDictionary()
"""By database, told by its engine: a process has one for each."""


def entry_of(row: Row[Any]) -> Entry:
    """A row of `codes` as the matcher takes it."""
    return Entry(row.code, row.name_zh, row.name_en, row.attributes)


async def ask(session: AsyncConnection, kind: str, question: Callable[[Matcher], Found]) -> Found:
    """What the matcher of a kind answers, up to date with what the session sees. Read with `db.read()`: what it sees is kept.

    The first question of a process reads the whole kind (100,000 codes: some 20 s of processor time, in a thread).
    """
    shelf = await session.run_sync(_shelf, kind)
    newest = (await session.execute(select(func.max(codes.c.version)).where(codes.c.kind == kind))).scalar() or 0
    if newest > shelf.version:
        changed = select(codes).where(codes.c.kind == kind, codes.c.version > shelf.version).order_by(codes.c.version, codes.c.code)
        await _take(shelf, list(await session.execute(changed)))
    return await asyncio.to_thread(shelf.ask, question) if shelf.busy else shelf.ask(question)


def _shelf(connection: Connection, kind: str) -> Shelf:
    of_database = _SHELVES.setdefault(connection.engine, {})
    if kind not in of_database:
        of_database[kind] = Shelf(kind)
    return of_database[kind]


async def _take(shelf: Shelf, rows: Sequence[Row[Any]]) -> None:
    if len(rows) > FEW or shelf.busy:
        await asyncio.to_thread(shelf.take, rows)
    else:
        shelf.take(rows)
