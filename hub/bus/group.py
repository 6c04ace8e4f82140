"""A consumer group inside one process: members share the partitions evenly, and one lets go before another takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hub.bus.base import Partition
from hub.bus.turns import Turns


class Member:
    """One `consume` call in a group; `left` is set with the reason when its turns end by themselves."""

    def __init__(self, partitions: Sequence[Partition], begin: Callable[[Partition, Callable[[BaseException], None]], Turns]) -> None:
        self.partitions = frozenset(partitions)
        self.left: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self.turns: dict[Partition, Turns] = {}
        self._begin = begin

    def take(self, partition: Partition) -> None:
        self.turns[partition] = self._begin(partition, self._leave)
        self.turns[partition].start()

    async def let_go(self, partitions: Sequence[Partition], gone: Callable[[Turns], Awaitable[None]]) -> None:
        """Stop these partitions' turns side by side; each is handed to `gone` when nothing of it is in flight."""
        turns = [self.turns.pop(partition) for partition in partitions]
        await asyncio.gather(*(one.stop() for one in turns))
        for one in turns:
            await gone(one)

    def _leave(self, reason: BaseException) -> None:
        if not self.left.done():
            self.left.set_result(reason)


class Group:
    """The members of one group and who has which partition. `gone` is awaited for every turns object that ended."""

    def __init__(self, gone: Callable[[Turns], Awaitable[None]]) -> None:
        self.members: list[Member] = []
        self._gone = gone
        self._changing = asyncio.Lock()

    async def join(self, member: Member) -> None:
        async with self._changing:
            self.members.append(member)
            await self._share()

    async def leave(self, member: Member) -> None:
        async with self._changing:
            if member in self.members:      # cancelled while it waited to join, it is not
                self.members.remove(member)
                await member.let_go(list(member.turns), self._gone)
                await self._share()

    async def _share(self) -> None:
        target = share([member.partitions for member in self.members])
        for member, wanted in zip(self.members, target, strict=True):
            await member.let_go([partition for partition in member.turns if partition not in wanted], self._gone)
        for member, wanted in zip(self.members, target, strict=True):
            for partition in wanted - member.turns.keys():
                member.take(partition)


def share(subscriptions: Sequence[frozenset[Partition]]) -> list[set[Partition]]:
    """Deal the partitions out evenly, each to a member that asked for it."""
    target: list[set[Partition]] = [set() for _ in subscriptions]
    for partition in sorted(frozenset().union(*subscriptions)):
        willing = [at for at, wanted in enumerate(subscriptions) if partition in wanted]
        target[min(willing, key=lambda at: (len(target[at]), at))].add(partition)
    return target
