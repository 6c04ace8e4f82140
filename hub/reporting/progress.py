"""The progress of order lines: worked out, compared with what was told, told anew where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.common import Words
from hub.model.sales import MILESTONES, Milestones, OrderProgress, OrderState
from hub.reporting import tables
from hub.reporting.gathering import gather
from hub.reporting.lines import LineFacts, closed_short, order_line
from hub.reporting.milestones import STEPS
from hub.reporting.queries import told
from hub.storage.among import among_named
from hub.storage.records import upsert
from hub.texts import TEXTS

FORGET = delete(tables.ORDER_LINES).where(among_named(tables.ORDER_LINES.c.line_key, "some"))
WRITE = insert(tables.ORDER_LINES)
AT_ONCE = 400
"""Lines whose facts are in memory together; a rebuild has all there are."""


@dataclass(frozen=True, slots=True)
class ProgressChange:
    """An order line whose progress is other than what was last told. `content` is the entity's JSON, whole and without silence.

    `revision` counts the changes told of this line and never goes back, rebuilds included.
    """

    progress: OrderProgress
    revision: int
    content: bytes

    @property
    def key(self) -> str:
        """Canonical key and lane: `organisation/order number/line`."""
        key: str = self.progress.key
        return key


async def tell(session: AsyncConnection, lines: Iterable[str]) -> list[ProgressChange]:
    """Work out these lines anew, write their rows, and return those whose progress has changed."""
    changes: list[ProgressChange] = []
    wanted = sorted(lines)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        facts = await gather(session, some)
        rows = {key: order_line(one) for key, one in facts.items()}
        await session.execute(FORGET, {"some": some})
        if rows:
            await session.execute(WRITE, list(rows.values()))
        changes += await _changed(session, some, [progress(facts[key], row) for key, row in rows.items()])
    return changes


async def _changed(session: AsyncConnection, lines: Sequence[str], now: Sequence[OrderProgress]) -> list[ProgressChange]:
    before = await told(session, lines)
    standing = {one.key for one in now}
    gone = [_withdrawn(content) for key, (_, content) in before.items() if key not in standing]
    changes = []
    for one in (*now, *gone):
        revision, content = before.get(one.key, (0, ""))
        encoded = one.model_dump_json(exclude_none=True)
        if encoded != content:
            changes.append(ProgressChange(one, revision + 1, encoded.encode()))
    await _remember(session, changes)
    return changes


def _withdrawn(content: str) -> OrderProgress:
    """What is left of a line that its order no longer has."""
    nothing = {"state": OrderState.CANCELLED, "waits_for": None, "waits_since": None, "waits_on": None}
    return OrderProgress.model_validate_json(content).model_copy(update=nothing)


async def _remember(session: AsyncConnection, changes: Sequence[ProgressChange]) -> None:
    rows = [{"line_key": one.key, "revision": one.revision, "content": one.content.decode()} for one in changes]
    await upsert(session, tables.PROGRESS_TOLD, rows, ("line_key",))


def progress(facts: LineFacts, row: dict[str, Any]) -> OrderProgress:
    """The entity that goes to the CRM, from a row of `read_order_lines`. Without `changed_at`: equal progress is equal content."""
    reached = {field: row["invoiced_at" if code == "invoice" else code] for code, field in MILESTONES.items()}
    waiting = row["waits_for"]
    return OrderProgress(
        organisation=row["organisation"], order=row["order_key"], line=row["line"], customer=row["customer"], material=row["material"],
        state=row["state"], unit=row["unit"], ordered=row["quantity"], produced=row["produced"], received=row["received"],
        shipped=row["shipped"], invoiced=row["invoiced"], closed_short=closed_short(facts), requested_at=row["requested_at"],
        first_promised_at=row["first_promised_at"], promised_at=row["promised_at"],
        production_orders=tuple(sorted({supply.order["key"] for supply in facts.supplies})),
        milestones=Milestones(**reached), not_applicable=tuple(row["not_applicable"].split()),
        waits_for=Words(**TEXTS[f"waits-for-{waiting}"]._asdict()) if waiting else None,
        waits_since=_last(reached.values()) if waiting else None, waits_on=holder(waiting), reason=facts.order["reason"],
    )  # fmt: skip


def holder(waiting: str) -> str | None:
    """The role that must act on what a line waits for."""
    return next((step.holder for step in STEPS.values() if step.waits_for == waiting), waiting or None)


def _last(times: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in times if at is not None), default=None)
