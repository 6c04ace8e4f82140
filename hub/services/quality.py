"""The scorecard's use cases: the figures now, the rows behind one of them, the trend, and the day's figures kept once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from hub.db import Database
from hub.services.alike import groups
from hub.services.errors import NoSuchFigure
from hub.texts import LANGUAGES, TEXTS, Text, sentence
from master_data.plant import kinds_in_force
from master_data.quality import scorecard
from master_data.quality.figures import TARGETS, UNIQUENESS, Defect, Figure, Place
from master_data.quality.scorecard import Asked

DAYS = 7
"""Messages of so many days count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigure:
    """One figure. `value` is a share, for wild data so many per 1,000 messages; None: nothing was there to be counted."""

    figure: str
    name: Text
    kind: str
    system: str
    steward: str
    value: Decimal | None
    good: int
    all: int
    target: Decimal
    reached: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One row that spoils a figure, and what is wrong with it."""

    key: str
    what: Text


async def quality(db: Database, *, now: datetime, kind: str = "", figure: str = "", unique: bool = False) -> list[QualityFigure]:
    """Every figure, or those of one kind, or one figure of all kinds. Raises NoSuchFigure.

    `unique`: look for codes that are one thing too; it takes minutes for a hundred thousand codes.
    """
    if figure:
        _check_figure(figure)
    found = await scorecard.scorecard(db, _asked(now, unique or figure == UNIQUENESS))
    return [_shown(one) for one in found if kind in ("", one.place.kind) and figure in ("", one.place.figure)]


async def rows(
    db: Database, figure: str, *, kind: str = "", system: str = "", steward: str = "", now: datetime, after: str = "", limit: int = 50
) -> list[QualityRow]:
    """The rows behind one figure, in order of key. Raises NoSuchFigure."""
    _check_figure(figure)
    found = await scorecard.defects(db, _asked(now, figure == UNIQUENESS), Place(figure, kind, system, steward), after=after, limit=limit)
    return [QualityRow(key=one.key, what=_said(one)) for one in found]


async def trend(
    db: Database, figure: str, *, kind: str = "", system: str = "", steward: str = "", since: date
) -> Sequence[tuple[date, QualityFigure]]:
    """The figure day by day. Raises NoSuchFigure."""
    _check_figure(figure)
    return [(day, _shown(one)) for day, one in await scorecard.trend(db, Place(figure, kind, system, steward), since)]


def _check_figure(figure: str) -> None:
    if figure not in TARGETS:
        raise NoSuchFigure(figure=figure, known=", ".join(TARGETS))


def _said(one: Defect) -> Text:
    return Text(*(sentence(TEXTS[one.what], language, one.facts) for language in LANGUAGES))


def _asked(now: datetime, unique: bool) -> Asked:
    return Asked(kinds_in_force(), now - timedelta(days=DAYS), groups if unique else None)


def _shown(one: Figure) -> QualityFigure:
    return QualityFigure(
        **one.place._asdict(), name=TEXTS[f"quality-figure-{one.place.figure}"], value=one.value, good=one.good, all=one.all,
        target=TARGETS[one.place.figure].value, reached=one.reached,
    )  # fmt: skip
