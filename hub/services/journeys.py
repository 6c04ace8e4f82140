"""The journey of an order line (订单全程跟踪), found by any number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hub.db import Database
from hub.reporting import journeys
from hub.reporting.journeys import Journey
from hub.services.errors import NothingFound
from hub.services.messages import documents_called


async def find_journeys(db: Database, number: str) -> Sequence[Journey]:
    """Every order line that a number of ours or of any system leads to. Raises NothingFound."""
    async with db.read() as session:
        found = await journeys.find(session, number, partial(documents_called, session))
    if not found:
        raise NothingFound(number=number)
    return found
