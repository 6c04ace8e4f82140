"""The stand-ins' view of the hub, by its services: the same that the command line and the API use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.db import Database
from hub.demo.factory.seeds import Answer
from hub.demo.standins import APPROVER, HeldError, OpenProposal, UnknownLocalCode
from hub.sdk import Card
from hub.services import codes, corrections, holds


class DictionaryService:
    """What the steward and the approver do."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._proposed: set[str] = set()

    async def unknown_codes(self) -> Sequence[UnknownLocalCode]:
        rows = await codes.inbox(self._db, limit=200)
        return [UnknownLocalCode(row.id, row.kind, row.system, row.local_code) for row in rows if row.proposal is None]

    async def answer(self, unknown: UnknownLocalCode, answer: Answer, *, by: str) -> bool:
        """A code that is new is proposed with its cross-reference, for every organisation of the system; one proposal at a time."""
        if answer.is_new and not await codes.find(self._db, answer.kind, like=answer.code, limit=1):
            if answer.code in self._proposed:
                return False
            await codes.answer_with_new(
                self._db, unknown.id, by=by, organisation="", code=answer.code, zh=answer.zh, en=answer.en, attributes=answer.attributes
            )
            self._proposed.add(answer.code)     # only then: what failed is asked for again
        else:
            await codes.answer_with_code(self._db, unknown.id, answer.code, by=by, organisation="")
        return True

    async def open_proposals(self) -> Sequence[OpenProposal]:
        return [OpenProposal(row.id, row.proposed_by) for row in await codes.proposals(self._db, limit=200)]

    async def approve(self, proposal: int, *, by: str) -> None:
        await codes.approve(self._db, proposal, by=by)


class DeskService:
    """What the operator does."""

    def __init__(self, db: Database, cards: Mapping[str, Card]) -> None:
        """`cards`: of the connectors, by system; they know by which field a record is called."""
        self._db = db
        self._numbers = {(system, row.entity): row.number for system, card in cards.items() for row in card.entities}

    async def held_errors(self) -> Sequence[HeldError]:
        found = []
        for view in await holds.list_holds(self._db, state="waiting", limit=200):
            if view.group == "normalize" and any(cause.kind == "person" for cause in view.causes):
                message = (await holds.show_hold(self._db, view.id)).message
                number = message.get(self._numbers.get((view.system, view.entity), ""), view.key)
                found.append(HeldError(view.id, str(number)))
        return found

    async def correct(self, hold: int, wrong: str, right: str, *, by: str, reason: str) -> None:
        message = (await holds.show_hold(self._db, hold)).message
        corrected = _replaced(message, wrong, right)
        now = datetime.now(UTC)
        await corrections.correct_hold(self._db, hold, corrected, by=by, reason=reason, now=now, second_person=True)
        await corrections.approve_correction(self._db, hold, by=APPROVER, now=now)

    async def discard(self, hold: int, *, by: str, reason: str) -> None:
        await holds.discard_hold(self._db, hold, by=by, reason=reason)


def _replaced(value: Any, wrong: str, right: str) -> Any:
    """The same content with one value in another's place; numbers are compared as text and stay numbers."""
    if isinstance(value, dict):
        return {name: _replaced(item, wrong, right) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, wrong, right) for item in value]
    if value == wrong or (_number(value) is not None and _number(value) == _number(wrong)):
        return right if isinstance(value, str) else float(right)
    return value


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        return None
