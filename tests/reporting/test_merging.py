"""What two systems say of one order, put together: whose word stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.reporting.merging import merge

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def said(source: str, state: str, minute: int) -> dict[str, Any]:
    """An order as one system says it; only the CRM names its customer, so it is the origin."""
    customer = "CUS-0001" if source == "crm" else None
    return {"key": "P1/SO-1", "source": source, "customer": customer, "state": state, "recorded_at": NOON + timedelta(minutes=minute)}


@pytest.mark.parametrize(
    ("crm", "erp", "state"),
    [
        (("confirmed", 0), ("accepted", 1), "accepted"),
        (("cancel_requested", 2), ("accepted", 1), "cancel_requested"),
        (("cancel_requested", 2), ("cancel_requested", 3), "cancel_requested"),
        (("cancel_requested", 2), ("accepted", 4), "accepted"),
        (("cancel_requested", 2), ("closed", 4), "closed"),
        (("cancel_requested", 2), ("cancelled", 4), "cancelled"),
        (("cancelled", 2), ("accepted", 4), "cancelled"),
    ],
    ids=["answered", "asked and not heard yet", "heard", "refused", "made all the same", "granted", "an ending stands"],
)
def test_a_cancellation_that_is_asked_for_stands_until_the_other_side_has_answered(
    crm: tuple[str, int], erp: tuple[str, int], state: str
) -> None:
    for order in ([said("crm", *crm), said("erp", *erp)], [said("erp", *erp), said("crm", *crm)]):
        assert merge(order, "customer")["state"] == state
