"""Faults: the bad habits of real systems, drawn by chance under a seed, counted, and switched off for a quiet run."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What a simulator can be asked to do wrong. Which of them a vendor has is its skin's affair."""

    TIMEOUT_BEFORE = "timeout_before"            # never carried out, never answered
    TIMEOUT_AFTER = "timeout_after"              # carried out, never answered
    LATE_LANDING = "late_landing"                # answered never, carried out some time after the caller gave up
    NOTHING_DONE = "nothing_done"                # answered success, nothing done
    BUSINESS_ERROR = "business_error"            # HTTP 200 with a passing refusal (a lock)
    SESSION_DIES = "session_dies"
    RATE_LIMITED = "rate_limited"
    GARBAGE = "garbage"                          # HTML or plain text instead of the envelope
    LATE_COMMIT = "late_commit"                  # a change shows behind the watermark
    WEBHOOK_TWICE = "webhook_twice"
    WEBHOOK_REORDERED = "webhook_reordered"
    WEBHOOK_FORGED = "webhook_forged"
    WEBHOOK_LOST = "webhook_lost"


class Faults:
    """`if faults.strike(Fault.TIMEOUT_AFTER): …`. Rates are probabilities per opportunity; a fault without a rate never strikes."""

    def __init__(self, rates: Mapping[Fault, float] | None = None, seed: int = 0) -> None:
        self.rates = dict(rates or {})
        self.counts: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._forced: list[Fault] = []

    def strike(self, fault: Fault) -> bool:
        """Whether it strikes now; counted if so. A forced fault strikes at the next opportunity, once."""
        if fault in self._forced:
            self._forced.remove(fault)
        elif self._random.random() >= self.rates.get(fault, 0.0):
            return False
        self.counts[str(fault)] += 1
        return True

    def force(self, fault: Fault, times: int = 1) -> None:
        """Let it strike at the next `times` opportunities."""
        self._forced.extend([fault] * times)

    def quiet(self) -> None:
        """No more faults from now on."""
        self.rates.clear()
        self._forced.clear()
