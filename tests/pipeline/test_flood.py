"""When a share of wrong messages is a bad deploy."""

from __future__ import annotations

from hub.pipeline.flood import Flood


def test_a_few_wrong_messages_are_held_one_by_one() -> None:
    flood = Flood()
    assert [flood.note(10, 10) for _ in range(19)] == [None] * 19


def test_more_than_half_of_two_hundred_stop_the_loop_and_the_same_batch_stops_it_again() -> None:
    flood = Flood()
    assert flood.note(150, 40) is None
    for _ in range(3):
        stopped = flood.note(100, 100)
        assert stopped is not None and stopped.facts == {"wrong": 140, "count": 250}


def test_good_messages_after_it_let_the_loop_go_on() -> None:
    flood = Flood()
    assert flood.note(300, 300) is not None
    assert flood.note(300, 0) is None


def test_whom_a_person_has_let_on_stops_again_only_after_it_was_good_once() -> None:
    flood = Flood()
    assert flood.note(300, 300) is not None
    flood.let_on = True
    assert [flood.note(300, 300) for _ in range(3)] == [None] * 3
    assert flood.note(900, 0) is None
    assert flood.note(1000, 1000) is not None
