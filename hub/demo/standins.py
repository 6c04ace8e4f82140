"""Stand-ins for people in a headless run: the steward and the one who approves, and the operator. They wait a while, as people do."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.demo.factory.seeds import Answer
from hub.demo.factory.slips import Slip

STEWARD, APPROVER, OPERATOR = "steward", "approver", "operator"


@dataclass(frozen=True, slots=True)
class UnknownLocalCode:
    """One row of the steward's inbox that nobody has answered, or whose answer came to nothing."""

    id: int
    kind: str
    system: str
    local: str


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A change of the dictionary that waits for a second person."""

    id: int
    by: str


@dataclass(frozen=True, slots=True)
class HeldError:
    """A message that is held for a data error; `number` is its business number at the source."""

    id: int
    number: str


class Dictionary(Protocol):
    """What the steward and the approver see and do."""

    async def unknown_codes(self) -> Sequence[UnknownLocalCode]: ...

    async def answer(self, unknown: UnknownLocalCode, answer: Answer, *, by: str) -> bool:
        """Propose: the local code means `answer.code`, which is created where `answer.is_new` and it does not exist yet.

        False: that code has been proposed and is not approved yet; ask again later.
        """
        ...

    async def open_proposals(self) -> Sequence[OpenProposal]: ...

    async def approve(self, proposal: int, *, by: str) -> None: ...


class Desk(Protocol):
    """What the operator sees and does."""

    async def held_errors(self) -> Sequence[HeldError]: ...

    async def correct(self, hold: int, wrong: str, right: str, *, by: str, reason: str) -> None:
        """Replace the value `wrong` of the message by `right`, and send it again."""
        ...

    async def discard(self, hold: int, *, by: str, reason: str) -> None: ...


class Patience:
    """Lets a thing lie for a while after it was first seen. In real seconds."""

    def __init__(self, wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._wait_s, self._clock = wait_s, clock
        self._seen: dict[Hashable, float] = {}

    def is_over(self, thing: Hashable) -> bool:
        """Whether it has been lying long enough."""
        now = self._clock()
        return now - self._seen.setdefault(thing, now) >= self._wait_s


class Steward:
    """Answers unknown codes after a while; codes that make no sense (a slip of the pen) are left for the source to mend."""

    def __init__(self, dictionary: Dictionary, answers: Mapping[tuple[str, str, str], Answer], patience: Patience) -> None:
        self._dictionary, self._answers, self._patience = dictionary, answers, patience

    async def work(self) -> int:
        """One round; how many codes were answered."""
        answered = 0
        for unknown in await self._dictionary.unknown_codes():
            answer = self._answers.get((unknown.kind, unknown.system, unknown.local))
            if answer is not None and self._patience.is_over(("code", unknown.id)):
                answered += await self._dictionary.answer(unknown, answer, by=STEWARD)
        return answered


class Approver:
    """The second person: approves what the steward has proposed, and nothing of their own."""

    def __init__(self, dictionary: Dictionary, patience: Patience) -> None:
        self._dictionary, self._patience = dictionary, patience
        self._approved: set[int] = set()

    async def work(self) -> int:
        """One round; how many proposals were approved."""
        approved = 0
        for proposal in await self._dictionary.open_proposals():
            is_new = proposal.id not in self._approved and proposal.by != APPROVER
            if is_new and self._patience.is_over(("proposal", proposal.id)):
                await self._dictionary.approve(proposal.id, by=APPROVER)
                self._approved.add(proposal.id)
                approved += 1
        return approved


class Operator:
    """Mends the messages whose typing error the source leaves to the operator, and discards trial entries.

    What the sales people correct themselves is left alone: the corrected order takes the place of the held one.
    """

    def __init__(self, desk: Desk, slips: Callable[[], Mapping[str, Slip]], patience: Patience) -> None:
        self._desk, self._slips, self._patience = desk, slips, patience
        self._mended: set[int] = set()

    async def work(self) -> int:
        """One round; how many holds were mended or discarded."""
        mended = 0
        slips = self._slips()
        for hold in await self._desk.held_errors():
            slip = slips.get(hold.number)
            is_ours = slip is not None and slip.mended_by == OPERATOR and hold.id not in self._mended
            if slip is not None and is_ours and self._patience.is_over(("hold", hold.id)):
                await self._mend(hold, slip)
                self._mended.add(hold.id)
                mended += 1
        return mended

    async def _mend(self, hold: HeldError, slip: Slip) -> None:
        if slip.right is None:
            await self._desk.discard(hold.id, by=OPERATOR, reason="测试单据,已与销售确认 / a trial entry, confirmed with sales")
        else:
            await self._desk.correct(hold.id, slip.wrong, slip.right, by=OPERATOR, reason="录入错误 / typing error")
