"""Stand-ins: they wait a while, two people approve, and only what was left to them is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from hub.db import Database
from hub.demo.factory import Answer, answers
from hub.demo.factory.slips import Slip
from hub.demo.people import DictionaryService
from hub.demo.standins import APPROVER, STEWARD, Approver, HeldError, OpenProposal, Operator, Patience, Steward, UnknownLocalCode
from hub.errors import TransientError
from hub.services import codes


class Inbox:
    """A dictionary and a message desk that remember what was done."""

    def __init__(
        self, unknown: Sequence[UnknownLocalCode] = (), proposals: Sequence[OpenProposal] = (), held: Sequence[HeldError] = ()
    ) -> None:
        self._unknown, self._proposals, self._held = list(unknown), proposals, held
        self.done: list[tuple] = []

    async def unknown_codes(self) -> Sequence[UnknownLocalCode]:
        return self._unknown

    async def answer(self, unknown: UnknownLocalCode, answer: Answer, *, by: str) -> bool:
        self.done.append((unknown.id, answer.code, by))
        self._unknown.remove(unknown)
        return True

    def came_to_nothing(self, unknown: UnknownLocalCode) -> None:
        """The answer was refused, or its cross-reference has ended: the code is in the inbox again."""
        self._unknown.append(unknown)

    async def open_proposals(self) -> Sequence[OpenProposal]:
        return self._proposals

    async def approve(self, proposal: int, *, by: str) -> None:
        self.done.append((proposal, by))

    async def held_errors(self) -> Sequence[HeldError]:
        return self._held

    async def correct(self, hold: int, wrong: str, right: str, *, by: str, reason: str) -> None:
        self.done.append((hold, wrong, right))

    async def discard(self, hold: int, *, by: str, reason: str) -> None:
        self.done.append((hold, "discarded"))


class Hands:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_the_steward_answers_after_a_while_and_once() -> None:
    clock = Hands()
    inbox = Inbox(unknown=[UnknownLocalCode(1, "material", "crm", "KCB-25")])
    steward = Steward(inbox, answers(), Patience(3, clock))
    assert await steward.work() == 0
    clock.now = 3
    assert await steward.work() == 1
    assert await steward.work() == 0
    assert inbox.done == [(1, "FG-GP025", STEWARD)]


async def test_the_steward_answers_again_what_is_unknown_again() -> None:
    unknown = UnknownLocalCode(1, "material", "crm", "KCB-25")
    inbox = Inbox(unknown=[unknown])
    steward = Steward(inbox, answers(), Patience(0))
    assert await steward.work() == 1
    inbox.came_to_nothing(unknown)
    assert await steward.work() == 1


async def test_a_proposal_that_failed_is_made_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answers()[("material", "crm", "KCB-25")]
    unknown = UnknownLocalCode(1, "material", "crm", "KCB-25")
    attempts: list[str] = []

    async def proposing(_db: Database, _unknown: int, *, code: str, **_: object) -> int:
        attempts.append(code)
        if len(attempts) == 1:
            raise TransientError(system="dictionary", what="busy")
        return 7

    monkeypatch.setattr(codes, "answer_with_new", proposing)
    dictionary = DictionaryService(database)
    with pytest.raises(TransientError):
        await dictionary.answer(unknown, replace(answer, is_new=True), by=STEWARD)
    assert await dictionary.answer(unknown, replace(answer, is_new=True), by=STEWARD)
    assert not await dictionary.answer(unknown, replace(answer, is_new=True), by=STEWARD)     # proposed, not approved yet
    assert attempts == [answer.code, answer.code]


async def test_the_steward_leaves_slips_of_the_pen_alone() -> None:
    inbox = Inbox(unknown=[UnknownLocalCode(1, "unit", "crm", "抬")])
    assert await Steward(inbox, answers(), Patience(0)).work() == 0


async def test_a_second_person_approves_and_nobody_their_own() -> None:
    inbox = Inbox(proposals=[OpenProposal(1, STEWARD), OpenProposal(2, APPROVER)])
    assert await Approver(inbox, Patience(0)).work() == 1
    assert inbox.done == [(1, APPROVER)]


async def test_the_operator_mends_what_is_left_to_the_operator() -> None:
    slips = {
        "SO-1": Slip("SO-1", "price_off", "operator", "1100.00", "1000.00"),
        "SO-2": Slip("SO-2", "wrong_unit", "crm", "抬", "台"),
        "TEST-1": Slip("TEST-1", "test_record", "operator"),
    }
    inbox = Inbox(held=[HeldError(at, number) for at, number in enumerate(("SO-1", "SO-2", "TEST-1", "SO-9"), 1)])
    operator = Operator(inbox, lambda: slips, Patience(0))
    assert await operator.work() == 2
    assert await operator.work() == 0
    assert inbox.done == [(1, "1100.00", "1000.00"), (3, "discarded")]
