"""A works for each story; when the story has ended, nothing waits, nothing is doubled, and the protocol's invariants hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.variants.works import Works, open_works


@pytest.fixture
async def works(tmp_path: Path) -> AsyncIterator[Works]:
    async with open_works(tmp_path) as works:
        yield works
        await works.until(works.in_order)
        assert works.doubled() == []
