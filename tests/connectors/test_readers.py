"""A record that several readers may tell of (a webhook, a fetch beside the poll) has an order of its own (PROTOCOL I5)."""

from __future__ import annotations

import pytest

from hub.registry import connectors


@pytest.mark.parametrize("name", sorted(connectors()))
def test_what_is_told_or_fetched_beside_the_poll_has_a_version_or_a_time(name: str) -> None:
    """Without one only the poll may read it: whoever adds such a source adds the hint that a webhook leaves for the poll."""
    cards = connectors()[name].card.entities
    assert [card.entity for card in cards if (card.pushed or card.fetched) and card.version == "none"] == []
