"""Work that nobody waits for, done in pieces: between them everybody else of the process comes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from time import monotonic
from typing import TypeVar

P = TypeVar("P")
QUIET_S = 0.0005
"""A round of the event loop that took no longer had no work for anybody else."""


async def in_turn(pieces: Iterable[P]) -> AsyncIterator[P]:
    """The pieces one by one; after each the others work, while they have any, for up to as long as the piece took; one round at least."""
    for piece in pieces:
        began = monotonic()
        yield piece
        await _others(monotonic() - began)


async def _others(at_most_s: float) -> None:
    ended = monotonic()
    until = ended + at_most_s
    while True:
        began = ended
        await asyncio.sleep(0)
        ended = monotonic()
        if ended - began < QUIET_S or ended >= until:
            return
