"""The figures of the scorecard, their targets, and the tally that they are counted in. Pure.

Formulas and targets: completeness ≥ 99 %, structured entry > 90 %, the rest as the plant's own practice (validity, uniqueness,
consistency ≥ 99.5 %, timeliness: P95 within 15 minutes, wild data towards none).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

COMPLETENESS, STRUCTURED, UNIQUENESS, VALIDITY, CONSISTENCY, TIMELINESS, WILD = (
    "completeness", "structured", "uniqueness", "validity", "consistency", "timeliness", "wild",
)  # fmt: skip


class Target(NamedTuple):
    """Reached at `value` or better; `per`: the figure is so many per this many, otherwise a share."""

    value: Decimal
    at_least: bool
    per: int = 1


TARGETS: Mapping[str, Target] = {
    COMPLETENESS: Target(Decimal("0.99"), True),
    STRUCTURED: Target(Decimal("0.90"), True),
    UNIQUENESS: Target(Decimal(1), True),
    VALIDITY: Target(Decimal("0.99"), True),
    CONSISTENCY: Target(Decimal("0.995"), True),
    TIMELINESS: Target(Decimal("0.95"), True),
    WILD: Target(Decimal(1), False, per=1000),
}


class Place(NamedTuple):
    """What a figure is of: the kind (or entity) of what is counted, whose system said it ('' = the dictionary), whose work it is."""

    figure: str
    kind: str
    system: str
    steward: str


class Defect(NamedTuple):
    """One row that spoils a figure. `what` is the key of its text, filled with `facts`."""

    place: Place
    key: str
    what: str
    facts: Mapping[str, str]


@dataclass(slots=True)
class Count:
    """Of `all` that were looked at, so many are `good`; weights where what is missing does not weigh the same."""

    good: int = 0
    all: int = 0


@dataclass(slots=True)
class Tally:
    """Counts per place, and the first `keep` defects after `after` (by key) of the place that is asked for."""

    asked: Place | None = None
    after: str = ""
    keep: int = 0
    counts: dict[Place, Count] = field(default_factory=lambda: defaultdict(Count))
    defects: list[Defect] = field(default_factory=list)

    def add(self, place: Place, good: int, of: int) -> None:
        """So many of so many are good."""
        count = self.counts[place]
        count.good += good
        count.all += of

    def defect(self, defect: Defect) -> None:
        """A row that spoils its figure; kept where it is asked for."""
        if self.asked == defect.place and defect.key > self.after:
            self.defects.append(defect)
            self.defects.sort(key=lambda one: (one.key, one.what))
            del self.defects[self.keep :]


class Figure(NamedTuple):
    """One value. `value` None: nothing was there to be counted; `reached` None: then neither."""

    place: Place
    good: int
    all: int

    @property
    def value(self) -> Decimal | None:
        target = TARGETS[self.place.figure]
        return Decimal(self.good) * target.per / self.all if self.all else None

    @property
    def reached(self) -> bool | None:
        target, value = TARGETS[self.place.figure], self.value
        return None if value is None else value >= target.value if target.at_least else value <= target.value


def figures(tally: Tally) -> list[Figure]:
    """Every figure, in order of its place. Of wild data `good` is what is wild: fewer is better."""
    return [Figure(place, count.good, count.all) for place, count in sorted(tally.counts.items())]
