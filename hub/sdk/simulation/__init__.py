"""Simulated installations: books (what a system knows), faults, and the HTTP server a connector's skin runs on."""

from hub.sdk.simulation.books import Books, Entry, MemoryBooks, NumberTaken, WrongStatus
from hub.sdk.simulation.faults import Fault, Faults
from hub.sdk.simulation.server import Simulator, serve
from hub.sdk.simulation.skin import Column, Landing, Limit, Veil, one_of, shown, taken

__all__ = [
    "Books", "Column", "Entry", "Fault", "Faults", "Landing", "Limit", "MemoryBooks", "NumberTaken", "Simulator", "Veil", "WrongStatus",
    "one_of", "serve", "shown", "taken",
]  # fmt: skip
