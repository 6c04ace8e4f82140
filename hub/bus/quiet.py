"""Keeps the Kafka client's logger readable: during an outage it says the same thing a hundred times a second."""

from __future__ import annotations

import logging
import time


class OncePer(logging.Filter):
    """Lets a log line of one template and level pass once in `period_s`; the next that passes says how many were left out."""

    def __init__(self, period_s: float) -> None:
        super().__init__()
        self._period_s = period_s
        self._seen: dict[tuple[int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        what = (record.levelno, str(record.msg))
        now = time.monotonic()
        last, left_out = self._seen.get(what, (float("-inf"), 0))
        if now - last < self._period_s:
            self._seen[what] = (last, left_out + 1)
            return False
        self._seen[what] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} (and {left_out} more like it)"
        return True


def quieten(package: str, period_s: float = 30.0) -> None:
    """Put the filter on every logger of a package (filters are not inherited); once only."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        ours = name == package or name.startswith(f"{package}.")
        if ours and isinstance(logger, logging.Logger) and not any(isinstance(known, OncePer) for known in logger.filters):
            logger.addFilter(OncePer(period_s))
