"""The event loop under every command: uvloop where there is one (not on Windows), asyncio's own elsewhere.

Measured with `make bench` (`latency`): a third of the time from webhook to target.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Factory = Callable[[], asyncio.AbstractEventLoop]

try:
    from uvloop import new_event_loop
except ImportError:
    FACTORY: Factory | None = None
else:
    FACTORY = new_event_loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`."""
    with asyncio.Runner(loop_factory=FACTORY) as runner:
        return runner.run(work)
