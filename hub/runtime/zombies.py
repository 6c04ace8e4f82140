"""Events that a worker published after its partition had gone to another: told by their epoch, counted and shown (PROTOCOL N11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hub.event import Event

ZOMBIE = "zombie"
"""As an outcome it stands in the tallies, and so in `/metrics`."""

Epochs = Mapping[str, int]
"""The highest epoch seen on a canonical partition, by the inbound partition that its events come from."""


def late(events: Iterable[Event], seen: Epochs) -> tuple[Counter[str], Epochs]:
    """How many of these came under a lower epoch than one before them, by source system; and the epochs seen now.

    They are not dropped: consumers bear them (N12), and what is remembered of the epochs does not outlive the process; a zombie
    right after a restart may go uncounted.
    """
    highest, zombies = dict(seen), Counter[str]()
    for event in events:
        place, _, epoch = event.origin.rpartition("/")
        if not epoch.isdecimal():       # the hub's own events have no origin
            continue
        if int(epoch) < highest.get(place, 0):
            zombies[event.source] += 1
        else:
            highest[place] = int(epoch)
    return zombies, highest
