"""The laws of a lane: whatever arrives, waits and is freed in whatever order, what is published keeps the lane's order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.bus.base import Partition
from hub.pipeline.lanes import next_turn, place
from hub.storage.holds import BEHIND, READY, WAITING, Hold

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAUSES = "XYZ"


def make_hold(offset: int, state: str, revision: int = 0, needs: str = "", **more: object) -> Hold:
    """`revision` 0: a fact; else a version of the lane's one record."""
    return Hold(
        group="g", partition=Partition("t", 0), offset=offset, lane="a", state=state, system="s", entity="e" if revision else "f",
        key="K" if revision else f"F{offset}", full_state=revision > 0, revision=revision or 1, correction=0, message=needs.encode(),
        held_at=NOON, **more,   # type: ignore[arg-type]
    )


class Lane:
    """A lane as normalize keeps it, with an approver beside it; what it publishes is written down."""

    def __init__(self) -> None:
        self.queue: list[Hold] = []
        self.approved: set[str] = set()
        self.last = 0
        self.published: list[tuple[int, int]] = []
        self.reached: dict[int, int] = {}

    def arrive(self, offset: int, revision: int, needs: str) -> None:
        if revision and revision <= self.last:
            return
        record = ("e", "K") if revision else None
        where = place(self.queue, record, (revision or 1, 0), offset)
        missing = needs and needs not in self.approved
        if missing or not where.free:
            self.queue.append(make_hold(offset, WAITING if missing else BEHIND, revision, needs))
        else:
            self._publish(offset, revision, where.older)
        self._wake()

    def approve(self, cause: str) -> None:
        self.approved.add(cause)
        self.queue = [replace(row, state=READY) if row.state == WAITING and row.message.decode() == cause else row for row in self.queue]

    def turn(self) -> None:
        turn = next_turn(self.queue, 0)
        if turn is None:
            return
        row = turn.row
        if row.full_state and row.revision <= self.last:
            self._close(row)
        elif row.message and row.message.decode() not in self.approved:
            self.queue[self.queue.index(row)] = replace(row, state=WAITING)
        else:
            self._close(row)
            self._publish(row.offset, row.revision if row.full_state else 0, turn.older)
        self._wake()

    def _publish(self, offset: int, revision: int, older: tuple[Hold, ...]) -> None:
        self.published.append((offset, revision))
        self.last = max(self.last, revision)
        for row in older:
            if row in self.queue:
                self._close(row)

    def _close(self, row: Hold) -> None:
        self.queue.remove(row)

    def _wake(self) -> None:
        if self.queue and self.queue[0].state == BEHIND:
            self.queue[0] = replace(self.queue[0], state=READY)


messages = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(["", *CAUSES])), min_size=1, max_size=8)
steps = st.lists(st.one_of(st.just("next"), st.just("turn"), st.sampled_from([f"approve {cause}" for cause in CAUSES])), max_size=40)


def run(said: list[tuple[int, str]], plan: list[str]) -> tuple[Lane, list[int]]:
    """The lane after the plan, then after everything has arrived, been approved and released; and each message's revision."""
    lane, arrived, revisions, newest = Lane(), 0, [], 0
    for kind, _ in said:
        newest += kind
        revisions.append(newest if kind else 0)
    for step in [*plan, *["next"] * len(said), *(f"approve {cause}" for cause in CAUSES), *["turn"] * 3 * len(said)]:
        if step == "turn":
            lane.turn()
        elif step == "next":
            if arrived < len(said):
                lane.arrive(arrived, revisions[arrived], said[arrived][1])
                arrived += 1
        else:
            lane.approve(step[-1])
    return lane, revisions


@settings(max_examples=300, deadline=None)
@given(messages, steps)
def test_nothing_sleeps_and_every_fact_and_the_newest_version_come_out(said: list[tuple[int, str]], plan: list[str]) -> None:
    lane, revisions = run(said, plan)
    assert lane.queue == []
    told = [offset for offset, _ in lane.published]
    assert len(told) == len(set(told))
    assert {offset for offset, revision in enumerate(revisions) if not revision} <= set(told)
    assert max((revision for _, revision in lane.published), default=0) == max(revisions)


@settings(max_examples=300, deadline=None)
@given(messages, steps)
def test_facts_and_versions_keep_their_order_and_no_fact_comes_before_what_it_follows(said: list[tuple[int, str]], plan: list[str]) -> None:
    lane, revisions = run(said, plan)
    facts = [offset for offset, revision in lane.published if not revision]
    versions = [revision for _, revision in lane.published if revision]
    assert facts == sorted(facts)
    assert versions == sorted(set(versions))
    for at, (offset, revision) in enumerate(lane.published):
        follows = max((one for one in revisions[:offset] if one), default=0)
        before = max((one for _, one in lane.published[:at]), default=0)
        assert revision or before >= follows


@settings(max_examples=300, deadline=None)
@given(messages, steps)
def test_a_fact_follows_a_newer_version_only_if_the_older_one_was_never_published(said: list[tuple[int, str]], plan: list[str]) -> None:
    lane, revisions = run(said, plan)
    told = {revision for _, revision in lane.published if revision}
    for at, (offset, revision) in enumerate(lane.published):
        follows = max((one for one in revisions[:offset] if one), default=0)
        before = max((one for _, one in lane.published[:at]), default=0)
        assert revision or before <= follows or follows not in told


def test_a_doubtful_row_gives_its_place_to_nobody() -> None:
    held = make_hold(1, WAITING, 1, code="in-doubt")
    assert not place([held], ("e", "K"), (2, 0), 5).free
    assert next_turn([held, make_hold(2, READY, 2)], 0) is None


def test_a_target_wants_only_the_newest_of_a_ready_head_a_topic_wants_both() -> None:
    queue = [make_hold(1, READY, 1), make_hold(2, BEHIND), make_hold(3, BEHIND, 2)]
    both, newest = next_turn(queue, 0), next_turn(queue, 0, newest=True)
    assert both is not None and newest is not None
    assert (both.row.offset, newest.row.offset, [row.offset for row in newest.older]) == (1, 3, [1])


def test_a_row_that_the_snapshot_cannot_free_yet_stops_its_lane() -> None:
    assert next_turn([make_hold(1, READY, ready_version=5)], 4) is None
    assert next_turn([make_hold(1, READY, ready_version=5)], 5) is not None
