"""Rules of behaviour over one entity: pure functions that say what is impossible, with the numbers.

Rules that need several entities (B2–B4, B15, B21) or factors (B30–B32, B34) live where those are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

import msgspec

from hub.errors import DataError
from hub.model.annotations import Found, are_plain, quantities
from hub.model.common import Entity
from hub.model.execution import OperationReport
from hub.model.types import write_time
from hub.texts import LANGUAGES, TEXTS, sentence

CENT = Decimal("0.01")
LONGEST_SHIFT = timedelta(hours=24)
REPORTED = ("good", "concession", "scrap", "rework", "repair")
SPANS = (
    ("started_at", "ended_at"), ("actual_start_at", "actual_end_at"), ("planned_start_at", "planned_end_at"),
    ("opened_at", "closed_at"), ("shipped_at", "delivered_at"), ("made_at", "expires_at"), ("valid_from", "valid_to"),
)  # fmt: skip
HAPPENED = (
    "started_at", "ended_at", "actual_start_at", "actual_end_at", "reported_at", "consumed_at", "issued_at", "declared_at", "posted_at",
    "inspected_at", "received_at", "shipped_at", "delivered_at", "opened_at",
)  # fmt: skip


class RuleBroken(DataError):
    """An entity fits the model and yet cannot be true. `holds`: it must not go on; otherwise it goes on and is shown."""

    code = "rule-broken"
    holds: ClassVar[bool] = True


class QuantitiesDisagree(RuleBroken):
    """B1: what was processed is not the sum of its five parts."""

    code = "quantities-disagree"


class TimesImpossible(RuleBroken):
    """B11: quantities still count, time figures leave it out."""

    code = "times-impossible"
    holds = False


class CountBroken(RuleBroken):
    """B33: a fraction of something that is counted."""

    code = "count-broken"


class QuantityNegative(RuleBroken):
    """A negative quantity that reverses nothing."""

    code = "quantity-negative"


class ReversalNotNegative(RuleBroken):
    """B13: a reversal carries the reversed quantities, negative."""

    code = "reversal-not-negative"


class HeaderDiffersFromLines(RuleBroken):
    """A header's total is not the sum of its lines; nobody spreads the difference."""

    code = "header-differs-from-lines"


def _whole_never(unit: str, material: str | None) -> bool:
    return False


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks must be told. `whole(unit, material)`: quantities in this unit of this material cannot be broken.

    `now` is the business clock (None: nothing is in the future); `ahead` is how far another clock may be before ours.
    """

    whole: Callable[[str, str | None], bool] = _whole_never
    now: datetime | None = None
    ahead: timedelta = timedelta(minutes=5)


def findings(entity: Entity, circumstances: Circumstances) -> list[RuleBroken]:
    """Everything that is impossible about an entity, full or partial; [] where it may be true."""
    found = () if are_plain(entity) and entity.__dict__.get("reverses") is None else quantities(entity)
    return [broken for check in _checks(type(entity), bool(found)) for broken in check(entity, found, circumstances)]


@cache
def _checks(cls: type[Entity], quantities_told: bool) -> tuple[Check, ...]:
    """The checks that this can break at all: those over quantities have none to look at where all are plain."""
    able = [(check, fields) for check, fields in CHECKS if not fields or any(name in cls.model_fields for name in fields)]
    return tuple(check for check, fields in able if fields or quantities_told)


def parts_add_up(entity: Entity, _found: Sequence[Found], _: Circumstances) -> Iterator[RuleBroken]:
    """B1: processed = good + concession + scrap + rework + repair, where processed is given."""
    if not isinstance(entity, OperationReport) or entity.processed is None:
        return
    total = sum((getattr(entity, name) or Decimal(0) for name in REPORTED), Decimal(0))
    if entity.processed != total:
        yield QuantitiesDisagree(key=entity.key, processed=str(entity.processed), sum=str(total))


def signs_agree(entity: Entity, said: Sequence[Found], _: Circumstances) -> Iterator[RuleBroken]:
    """No negative quantity but in a reversal, which has no positive one (B13)."""
    if entity.signed:
        return
    reversal = entity.__dict__.get("reverses") is not None
    for found in said:
        if found.value < 0 and not reversal:
            yield QuantityNegative(key=entity.key, path=found.path, value=str(found.value))
        if found.value > 0 and reversal:
            yield ReversalNotNegative(key=entity.key, path=found.path, value=str(found.value))


def counts_are_whole(entity: Entity, said: Sequence[Found], circumstances: Circumstances) -> Iterator[RuleBroken]:
    """B33: count units refuse fractions; rates (a bill's quantity per piece) may have them."""
    for found in said:
        if found.rate or found.unit is None or found.value == found.value.to_integral_value():
            continue
        if circumstances.whole(found.unit, found.material):
            yield CountBroken(key=entity.key, path=found.path, value=str(found.value), unit=found.unit)


def times_are_possible(entity: Entity, _found: Sequence[Found], circumstances: Circumstances) -> Iterator[RuleBroken]:
    """B11: an end before its start, the future beyond tolerance, more than 24 h on one shift."""
    said = entity.__dict__
    for start, end in SPANS:
        began, ended = said.get(start), said.get(end)
        if began and ended and ended < began:
            yield _impossible(entity, "times.end-early", start=start, end=end, began=write_time(began), ended=write_time(ended))
    yield from _in_the_future(entity, circumstances)
    yield from _too_long_a_shift(entity)


def _in_the_future(entity: Entity, circumstances: Circumstances) -> Iterator[RuleBroken]:
    if circumstances.now is None:
        return
    latest = circumstances.now + circumstances.ahead
    for name in HAPPENED:
        time = entity.__dict__.get(name)
        if time and time > latest:
            yield _impossible(entity, "times.in-future", field=name, time=write_time(time), now=write_time(circumstances.now))


def _too_long_a_shift(entity: Entity) -> Iterator[RuleBroken]:
    if not isinstance(entity, OperationReport):
        return
    if entity.started_at and entity.ended_at and entity.ended_at - entity.started_at > LONGEST_SHIFT:
        yield _impossible(entity, "times.shift-too-long", hours=str(round((entity.ended_at - entity.started_at).total_seconds() / 3600, 1)))
    for person in entity.persons or ():
        if person.minutes > LONGEST_SHIFT.total_seconds() / 60:
            yield _impossible(entity, "times.minutes-too-many", person=person.person, minutes=str(person.minutes))


def _impossible(entity: Entity, key: str, **facts: Any) -> TimesImpossible:
    zh, en = (sentence(TEXTS[key], language, facts) for language in LANGUAGES)
    return TimesImpossible(key=entity.key, zh=zh, en=en)


def header_equals_lines(entity: Entity, _found: Sequence[Found], _: Circumstances) -> Iterator[RuleBroken]:
    """A header's amount, tax and total equal the sum of its lines, to less than 0.01, where every line gives one."""
    said = entity.__dict__
    for name in ("amount", "tax", "total"):
        header = said.get(name)
        if not isinstance(header, Decimal):
            continue
        given = [row.__dict__.get(name) for row in said.get("lines") or ()]
        if not given or None in given:
            continue
        lines: Decimal = sum(given, Decimal(0))
        if abs(header - lines) >= CENT:
            facts = {"header": header, "lines": lines, "difference": header - lines}
            yield HeaderDiffersFromLines(key=entity.key, path=name, **{fact: str(value) for fact, value in facts.items()})


Check = Callable[[Entity, Sequence[Found], Circumstances], Iterator[RuleBroken]]
CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (parts_add_up, ("processed",)),
    (signs_agree, ()),
    (counts_are_whole, ()),
    (times_are_possible, (*HAPPENED, *(name for span in SPANS for name in span))),
    (header_equals_lines, ("amount", "tax", "total")),
)  # fmt: skip
"""Each check, and the fields it asks about: an entity that can have none of them is left alone. (): it asks about its quantities."""
