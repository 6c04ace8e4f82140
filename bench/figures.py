"""What a bench finds: figures with their bars, the table a person reads, the JSON a machine reads."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`bar`: the value must be at least `at_least`, or at most `at_most`; without either it only explains the others."""

    figure: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def bar(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def holds(self) -> bool:
        return (self.at_least is None or self.value >= self.at_least) and (self.at_most is None or self.value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Result:
    """One bench's figures, and what it was run with."""

    name: str
    figures: Sequence[Figure]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return all(figure.holds for figure in self.figures)


def show(results: Sequence[Result]) -> None:
    """Print the figures as a table."""
    table = Table("bench", "figure", "value", "unit", "bar", "holds")
    for result in results:
        for one in result.figures:
            holds = "" if not one.bar else "[green]yes[/]" if one.holds else "[red]no[/]"
            table.add_row(result.name, one.figure, f"{one.value:,.2f}", one.unit, one.bar, holds)
    Console().print(table)


def write(results: Sequence[Result], path: Path) -> None:
    """`[{bench, figure, value, unit, bar, holds, settings}]`; settings say what it ran on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    rows = [
        {
            "bench": result.name, "figure": one.figure, "value": round(one.value, 4), "unit": one.unit, "bar": one.bar, "holds": one.holds,
            "settings": {**result.settings, **machine},
        }
        for result in results
        for one in result.figures
    ]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
