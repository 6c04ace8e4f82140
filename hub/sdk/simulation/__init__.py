"""Simulated installations: books (what a system knows), faults, and the HTTP server a connector's skin runs on."""

from hub.sdk.simulation.books import Books, Entry, MemoryBooks, NumberTaken, WrongStatus
from hub.sdk.simulation.faults import Fault, Faults
from hub.sdk.simulation.server import Simulator, serve

__all__ = ["Books", "Entry", "Fault", "Faults", "MemoryBooks", "NumberTaken", "Simulator", "WrongStatus", "serve"]
