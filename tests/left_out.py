"""Says at the end of a run which tests were left out, under the reason why; a run without a broker must not look like one with it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One paragraph per reason: how many tests, and which, each test once whatever its parameters."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reasons[_reason(report.longrepr)].append(report.nodeid.partition("[")[0])
    for reason, names in sorted(reasons.items()):
        terminalreporter.section(f"left out: {len(names)}, {reason}")
        for name in sorted(set(names)):
            terminalreporter.line(f"  {name}")


def _reason(longrepr: Any) -> str:
    text = str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")
