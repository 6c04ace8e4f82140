"""What the proof finds, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.texts import TEXTS, sentence
from hub.texts.text import Text

COUNTS = {
    "order-missing": "lost", "line-missing": "lost", "line-differs": "lost", "cancellation-missing": "lost",
    "progress-missing": "lost", "progress-differs": "lost", "work-order-missing": "lost", "work-order-differs": "lost",
    "fact-missing": "lost", "fact-differs": "lost",
    "order-twice": "duplicated", "progress-twice": "duplicated", "work-order-twice": "duplicated", "fact-twice": "duplicated",
    "flushed-twice": "duplicated",
    "version-back": "out_of_order", "lane-disordered": "out_of_order",
    "boundary-breach": "boundary_breaches",
}  # fmt: skip
"""Which figure a finding counts towards. A change that did not arrive is lost as a document is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement of the books; `facts` fill its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> str:
        return COUNTS[self.code]

    @property
    def text(self) -> Text:
        return Text(self.sentence("zh"), self.sentence("en"))

    def sentence(self, language: str = "zh") -> str:
        return sentence(TEXTS[self.code], language, self.facts)


@dataclass(frozen=True, slots=True)
class Proof:
    """The figures, and every finding by name."""

    orders: int
    lines: int
    completed_lines: int
    cancelled_lines: int
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        return not self.findings

    def figures(self) -> dict[str, int]:
        """`{orders, lines, completed_lines, cancelled_lines, lost, duplicated, out_of_order, boundary_breaches}`."""
        counts = {name: sum(finding.count == name for finding in self.findings) for name in dict.fromkeys(COUNTS.values())}
        return {
            "orders": self.orders, "lines": self.lines, "completed_lines": self.completed_lines,
            "cancelled_lines": self.cancelled_lines, **counts,
        }  # fmt: skip
