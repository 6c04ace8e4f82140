"""What a delivery teaches the dictionary: the target's own code, and whether it can be used there (a fact, without approval)."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import DataError
from hub.incidents import open_incident
from hub.pipeline.knowledge import CODE_KINDS
from hub.sdk import Written
from master_data.cross_references import record_fact
from master_data.plant import in_force
from master_data.proposed import AddCrossReference, State

UNUSABLE: frozenset[str] = frozenset(get_args(State)) - {"usable"}

EVERYWHERE = ""
"""A target's master record is one for its whole account set, whichever organisation it was first written for."""


async def learn(session: AsyncConnection, system: str, entity: str, key: str, there: Written, now: datetime) -> None:
    """Nothing to learn of what is no code. What the dictionary refuses becomes an incident, never the end of the caller's transaction.

    Call it first in a transaction: it takes the dictionary's lock.
    """
    kind = CODE_KINDS.get(entity)
    if kind is None:
        return
    code = key.partition("/")[2]
    state: State = "usable" if there.usable else there.why if there.why in UNUSABLE else "unaudited"  # type: ignore[assignment]
    fact = AddCrossReference(
        kind=kind, system=system, organisation=EVERYWHERE, local_code=there.number, code=code, state=state,
    )
    try:
        async with session.begin_nested():
            await record_fact(session, fact, by="hub", at=now, spellings=in_force().spellings)
    except DataError as error:       # the document is there all the same: the steward settles what the dictionary says
        facts = {"system": system, "key": f"{kind} {code}", "local": there.number, "why": error.text("zh"), "why_en": error.text("en")}
        await open_incident(session, "code-not-learned", f"{system} {kind} {code}", facts, now)
