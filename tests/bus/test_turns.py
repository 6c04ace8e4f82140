"""Back-off."""

from __future__ import annotations

from hub.bus.turns import Backoff


def test_a_back_off_doubles_to_its_limit_and_begins_again_after_a_success() -> None:
    backoff = Backoff(0.5, 3.0)
    assert [backoff.failed() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.failed() == 0.5
