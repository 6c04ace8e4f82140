"""Worlds for the demo's tests: a factory over three books, with an honest link or with none."""

from __future__ import annotations

import pytest

from tests.demo.shortcut import World


@pytest.fixture
def finished() -> World:
    """A dozen orders, through to the end."""
    world = World(orders=12)
    world.run_to_the_end()
    return world
