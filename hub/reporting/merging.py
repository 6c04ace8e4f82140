"""What several systems say of one document, put together by who answers for which field; and which facts still count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

ASKED = "cancel_requested"
ENDINGS = ("deleted", "cancelled", "reversed", "rejected", "closed", ASKED)
"""States that stand whoever says them, the strongest first."""

WITHDRAWN = frozenset({"reversed", "cancelled", "deleted"})

ANSWERS = frozenset({"state", "promised_at", "first_promised_at", "reason", "posted_at", "actual_start_at", "actual_end_at"})
"""Fields on which the system that answers (the ERP about a CRM's order, or about a MES's receipt) has the word before the origin."""


def merge(statements: Sequence[Row], defining: str) -> dict[str, Any]:
    """One row out of one per source. The origin is the source that states the field `defining`; the others answer.

    An answer wins on `ANSWERS`, the origin elsewhere; who is silent (None) never wins.
    """
    if len(statements) == 1:
        return dict(statements[0])
    ordered = sorted(statements, key=lambda row: (row[defining] is None, row["source"]))
    merged = dict(ordered[0])
    for name in merged:
        said = [row[name] for row in (reversed(ordered) if name in ANSWERS else ordered) if row[name] is not None]
        merged[name] = said[0] if said else None
    ended = [state for state in ENDINGS if any(row.get("state") == state and not _answered(row, ordered) for row in ordered)]
    if ended:
        merged["state"] = ended[0]
    return merged


def _answered(row: Row, statements: Sequence[Row]) -> bool:
    """A cancellation that was asked for stands until the other side has spoken since: it may have refused, and then the order goes on."""
    if row["state"] != ASKED or "recorded_at" not in row:
        return False
    return any(other["state"] and other["recorded_at"] > row["recorded_at"] for other in statements if other is not row)


def merged(rows: Iterable[Row], defining: str, *by: str) -> dict[Any, dict[str, Any]]:
    """Rows of several documents, merged per document; `by` are the columns that name one, in place of `key`."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        name = tuple(row[column] for column in by) if len(by) > 1 else row[by[0] if by else "key"]
        groups.setdefault(name, []).append(row)
    return {name: merge(group, defining) for name, group in groups.items()}


def effective(facts: Iterable[Row]) -> list[Row]:
    """The facts that count: neither reversals nor what they name, nor what its owner withdrew (B13).

    A reversal takes its fact away wholly, so it makes no difference which of them came first. Reversing a reversal brings
    nothing back (B14): the fact has to be entered again.
    """
    facts = list(facts)
    named = {fact["reverses"] for fact in facts if fact["reverses"]}
    return [fact for fact in facts if not fact["reverses"] and fact["key"] not in named and fact["state"] not in WITHDRAWN]
