"""Shift calendars: the business day of a moment (B12), and how much of a span was working time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hub.config import CalendarSettings

EVERYWHERE = "*"
"""The calendar of every organisation that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The shifts of a working day, in order: (begin, end), an end not after its begin is on the next day.

    The business day begins with the first shift, not at midnight. `workdays` are ISO weekdays; `extra` days are worked although
    their weekday is not (调休), `holidays` are not worked although it is.
    """

    zone: tzinfo
    shifts: tuple[tuple[time, time], ...]
    workdays: frozenset[int] = frozenset(range(1, 8))
    holidays: frozenset[date] = frozenset()
    extra: frozenset[date] = frozenset()

    def business_day(self, at: datetime) -> date:
        """The day whose first shift began last before this moment."""
        return (at.astimezone(self.zone).replace(tzinfo=None) - self._offset).date()

    def works(self, day: date) -> bool:
        """Whether anything is worked on this business day."""
        return day in self.extra or (day.isoweekday() in self.workdays and day not in self.holidays)

    def begins(self, day: date) -> datetime:
        """When the business day begins, aware UTC."""
        return self._moment(day, self.shifts[0][0])

    def working(self, begins: datetime, ends: datetime) -> timedelta:
        """The working time between two moments; negative where they stand the wrong way round."""
        if ends < begins:
            return -self.working(ends, begins)
        return sum((max(min(end, ends) - max(start, begins), timedelta()) for start, end in self._spans(begins, ends)), timedelta())

    @property
    def _offset(self) -> timedelta:
        first = self.shifts[0][0]
        return timedelta(hours=first.hour, minutes=first.minute)

    def _spans(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, last = self.business_day(begins), self.business_day(ends)
        while day <= last:
            if self.works(day):
                yield from (self._span(day, *shift) for shift in self.shifts)
            day += timedelta(days=1)

    def _span(self, day: date, start: time, end: time) -> tuple[datetime, datetime]:
        begins = day + timedelta(days=start < self.shifts[0][0])
        return self._moment(begins, start), self._moment(begins + timedelta(days=end <= start), end)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def calendar(settings: Mapping[str, CalendarSettings], organisation: str = "") -> Calendar | None:
    """The calendar that is configured for an organisation, or for all; None where there is none: every hour counts then."""
    found = settings.get(organisation) or settings.get(EVERYWHERE)
    if found is None:
        return None
    return Calendar(
        zone=ZoneInfo(found.zone), shifts=tuple(_shift(text) for text in found.shifts), workdays=frozenset(found.workdays),
        holidays=frozenset(found.holidays), extra=frozenset(found.extra_days),
    )  # fmt: skip


def _shift(text: str) -> tuple[time, time]:
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)
