"""The dictionary in memory: what the message road asks, about a microsecond an answer.

Almost every cross-reference is undated and usable: its value is the plain text. Where dates, states or several local codes
matter, the value is a tuple of spans, looked at only then. A `Follower` changes a snapshot between two awaits, a whole
version at a time; whoever decides without awaiting sees one version.

A million codes are held with what a look-up needs and no more: a text is one object wherever it stands (`put_plain`), and
names, which the road never asks for, are packed bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from sys import intern
from typing import Any, NamedTuple

from master_data.units import FactorSpan, Missing, UnitBook

USABLE = "usable"


class Span(NamedTuple):
    """What one cross-reference says, from `start` up to, not including, `end` (None: open)."""

    value: str
    state: str
    start: datetime | None
    end: datetime | None


class LocalCode(NamedTuple):
    """What a system calls a code. Not usable: `why` is unaudited, unassigned or disabled."""

    local: str
    usable: bool
    why: str


class Names(NamedTuple):
    zh: str
    en: str


Scope = tuple[str, str, str]
Entry = str | tuple[Span, ...]


class Snapshot:
    """One state of the dictionary. Organisations are shared codes; '' is what holds in every organisation of a system."""

    __slots__ = ("_aliases", "_names", "_own", "_shared", "_status", "units", "version")

    def __init__(self, version: int = 0) -> None:
        self.version = version
        self.units = UnitBook()
        self._shared: dict[Scope, dict[str, Entry]] = {}    # local code → shared
        self._own: dict[Scope, dict[str, Entry]] = {}       # shared code → local
        self._names: dict[str, dict[str, bytes]] = {}
        self._status: dict[tuple[str, str], str] = {}       # only what is not active
        self._aliases: dict[tuple[str, str], str] = {}      # codes that were merged away

    def to_shared(self, kind: str, system: str, organisation: str, local: str, at: datetime | None = None) -> str | None:
        """The shared code of a local one, valid `at` (now). The organisation's own entry wins over one for all."""
        found = _find(self._shared, (kind, system, organisation), local, at)
        return found.value if isinstance(found, Span) else found

    def to_local(self, kind: str, system: str, organisation: str, code: str, at: datetime | None = None) -> LocalCode | None:
        """What the system calls it: the preferred one where there are several. A code that was merged away means the one that stands."""
        found = _find(self._own, (kind, system, organisation), code, at)
        if isinstance(found, str):
            return LocalCode(found, True, "")
        if found is None and (winner := self.winner(kind, code)) != code:
            return self.to_local(kind, system, organisation, winner, at)
        return None if found is None else LocalCode(found.value, found.state == USABLE, "" if found.state == USABLE else found.state)

    def winner(self, kind: str, code: str) -> str:
        """The code that stands for this one, through merges of merges; itself where it was not merged."""
        while (stands := self._aliases.get((kind, code))) is not None:
            code = stands
        return code

    def names(self, kind: str, code: str) -> Names | None:
        """The names of a code; None: there is no such code."""
        packed = self._names.get(kind, {}).get(code)
        return None if packed is None else _unpacked(packed)

    def status(self, kind: str, code: str) -> str | None:
        """`active`, `phase_out`, `blocked`, …; None: there is no such code."""
        return self._status.get((kind, code), "active") if code in self._names.get(kind, {}) else None

    def convert(
        self, quantity: Decimal | Fraction, from_unit: str, to_unit: str, material: str = "", at: datetime | None = None
    ) -> Fraction | Missing:
        """The exact quantity in another unit, by the factor in force at the time of the event."""
        return self.units.convert(quantity, from_unit, to_unit, material=material, at=at or datetime.now(UTC))

    def put_code(self, kind: str, code: str, *, zh: str, en: str, status: str, attributes: Mapping[str, Any]) -> None:
        self._names.setdefault(kind, {})[code] = _packed(zh, en)
        if status == "active":
            self._status.pop((kind, code), None)
        else:
            self._status[kind, code] = intern(status)
        if kind == "unit":
            self.units.put_unit(code, attributes)
        if kind == "material":
            self.units.put_material(code, attributes)

    def put_alias(self, kind: str, alias: str, code: str | None) -> None:
        """The alias stands for a code; None: for itself again."""
        if code is None:
            self._aliases.pop((kind, alias), None)
        else:
            self._aliases[kind, alias] = code

    def put_plain(self, rows: Iterable[Sequence[str]], pool: dict[str, str]) -> None:
        """Preferred, usable, undated cross-references, many at once: kind, system, organisation, local code, shared code.

        `pool`: a code's text → the one object that is to stand for it everywhere.
        """
        scopes: dict[Scope, tuple[dict[str, Entry], dict[str, Entry]]] = {}
        for kind, system, organisation, local, code in rows:
            scope = (kind, system, organisation)
            maps = scopes.get(scope)
            if maps is None:
                maps = scopes[scope] = (self._shared.setdefault(scope, {}), self._own.setdefault(scope, {}))
            code = pool.setdefault(code, code)
            if local == code:
                local = code
            maps[0][local] = code
            maps[1][code] = local

    def has_local(self, scope: Scope, local: str) -> bool:
        """Whether a local code means anything there, at any time."""
        return local in self._shared.get(scope, ())

    def has_own(self, scope: Scope, code: str) -> bool:
        """Whether the system has a code of its own for this one, at any time."""
        return code in self._own.get(scope, ())

    def put_local(self, scope: Scope, local: str, spans: Sequence[Span]) -> None:
        """What a local code means: all its cross-references, whole."""
        _put(self._shared.setdefault(scope, {}), local, spans)

    def put_own(self, scope: Scope, code: str, spans: Sequence[Span]) -> None:
        """What a system calls a code: all its cross-references, the preferred first."""
        _put(self._own.setdefault(scope, {}), code, spans)

    def apply(self, version: int, changes: Sequence[Mapping[str, Any]]) -> None:
        """The next version: whole new states of the keys it touched (`publication`)."""
        for change in changes:
            APPLY[change["of"]](self, change)
        self.version = version


def first_valid(spans: Sequence[Span], at: datetime) -> Span | None:
    """The first that holds at a time."""
    return next((span for span in spans if (span.start is None or span.start <= at) and (span.end is None or at < span.end)), None)


def _find(entries: dict[Scope, dict[str, Entry]], asked: Scope, key: str, at: datetime | None) -> str | Span | None:
    of_scope = entries.get(asked)
    entry = of_scope.get(key) if of_scope is not None else None
    if isinstance(entry, str):
        return entry
    found = first_valid(entry, at or datetime.now(UTC)) if entry is not None else None
    return found if found is not None or not asked[2] else _find(entries, (asked[0], asked[1], ""), key, at)


def _put(entries: dict[str, Entry], key: str, spans: Sequence[Span]) -> None:
    if not spans:
        entries.pop(key, None)
        return
    first = spans[0]
    plain = first.start is None and first.end is None and first.state == USABLE
    entries[key] = first.value if plain else tuple(spans)


def _packed(zh: str, en: str) -> bytes:
    return (zh if en == zh else f"{zh}\0{en}").encode()


def _unpacked(packed: bytes) -> Names:
    zh, apart, en = packed.decode().partition("\0")
    return Names(zh, en if apart else zh)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _spans(change: Mapping[str, Any]) -> list[Span]:
    return [Span(value, state, _time(start), _time(end)) for value, state, start, end in change["spans"]]


def _apply_code(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    kind, code = change["key"]
    snapshot.put_code(kind, code, zh=change["zh"], en=change["en"], status=change["status"], attributes=change["attributes"])


def _apply_local(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    *scope, local = change["key"]
    snapshot.put_local((scope[0], scope[1], scope[2]), local, _spans(change))


def _apply_own(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    *scope, code = change["key"]
    snapshot.put_own((scope[0], scope[1], scope[2]), code, _spans(change))


def _apply_factor(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    material, from_unit, to_unit = change["key"]
    spans = [FactorSpan(top, bottom, version, _time(start), _time(end)) for top, bottom, version, start, end in change["spans"]]
    snapshot.units.put_spans((material, from_unit, to_unit), spans)


def _apply_alias(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    kind, alias = change["key"]
    snapshot.put_alias(kind, alias, change["code"])


APPLY = {"alias": _apply_alias, "code": _apply_code, "local": _apply_local, "own": _apply_own, "factor": _apply_factor}
