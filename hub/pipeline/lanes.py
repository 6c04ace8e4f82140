"""How a lane keeps its order when something in it waits: pure decisions over its open rows (PROTOCOL N4, N8).

A lane's open rows stand in order of offset. Immutable facts wait behind any of them. A newer version of a full-state record
takes the place of its oldest held predecessor: it is tried there if nothing is open before that place. What the head of a
lane waits for goes before it, though it came later (a source that told a reversal before the fact it reverses).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from hub.storage.holds import BEHIND, READY, WAITING, Hold


@dataclass(frozen=True, slots=True)
class Place:
    """Where an arriving message stands in its lane. `older`: the held predecessors it supersedes once it has passed."""

    free: bool
    older: tuple[Hold, ...] = ()


FREE = Place(free=True)


def place(
    queue: Sequence[Hold], record: tuple[str, str] | None, version: tuple[int, int], offset: int,
    documents: Collection[tuple[str, str]] = (),
) -> Place:
    """The place of an arrival with this record identity (None: an immutable fact), version and offset; `documents`: what it brings.

    It does not take over a row that is *ready*: that release may be half done (N4 "jump"). Nor one of which a write is in
    doubt (`attempts_open` rows carry the code `in-doubt`): only what a find says may go on from there (D6).
    """
    if not queue or not awaited(queue[0]).isdisjoint(documents):
        return FREE
    older = tuple(row for row in queue if record is not None and row.record == record and row.version < version)
    before = min((row.offset for row in older), default=offset)
    taken = any(row.offset < before for row in queue) or any(row.state == READY or row.code in DOUBTFUL for row in older)
    return Place(free=not taken, older=older)


DOUBTFUL = frozenset({"in-doubt", "no-answer", "still-in-doubt"})


def awaited(row: Hold) -> Set[tuple[str, str]]:
    """The documents that a waiting row waits for: entity, and key or what their system calls them (`hub.pipeline.plan.waiting`)."""
    return {(entity, value) for entity, value in row.facts.get("documents", ())} if row.state == WAITING else frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """The row to try next, and the older versions of its record that close as superseded when it passes."""

    row: Hold
    older: tuple[Hold, ...] = ()


def next_turn(queue: Sequence[Hold], snapshot_version: int, *, newest: bool = False) -> Turn | None:
    """Which row of a lane to try now (N8); None: the lane goes on waiting.

    From the head: *waiting* → a newer version of that record that is *ready* is tried in its place, else stop.
    *Ready* with a dictionary version that the snapshot has not → stop. *Behind*, as head, is as good as ready (N6).
    `newest`: a ready head gives its place to its record's newest version (deliver: a target wants only that one, D2); where
    events are published it does not, for its own release may be half done (N4 "jump").
    """
    if not queue:
        return None
    head = queue[0]
    chosen: Hold | None = head
    if head.state == WAITING:
        before = next((row for row in queue if (row.entity, row.key) in awaited(head) and row.state in (READY, BEHIND)), None)
        if before is not None:
            return Turn(before) if before.ready_version <= snapshot_version else None
        chosen = None if head.code in DOUBTFUL else _newest(queue, head, (READY,), snapshot_version)
    elif head.ready_version > snapshot_version:
        return None
    elif newest and head.code not in DOUBTFUL:
        chosen = _newest(queue, head, (READY, BEHIND), snapshot_version) or head
    if chosen is None:
        return None
    older = (row for row in queue if head.record is not None and row.record == head.record and row.version < chosen.version)
    return Turn(chosen, tuple(older))


def _newest(queue: Sequence[Hold], head: Hold, states: tuple[str, ...], snapshot_version: int) -> Hold | None:
    """The newest version of the head's record, newer than the head, that can be tried."""
    if head.record is None:
        return None
    usable = [
        row for row in queue
        if row.record == head.record and row.version > head.version and row.state in states and row.ready_version <= snapshot_version
    ]
    return max(usable, key=lambda row: row.version, default=None)
