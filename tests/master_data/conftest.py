"""A dictionary with its units, two organisations and two materials, and small builders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.proposals import Means, approve, propose
from master_data.proposed import AddCrossReference, Change, CreateCode
from master_data.seeds import load_units, take_over

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Marks:
    """Writes down which causes were freed under which version."""

    def __init__(self) -> None:
        self.causes: list[str] = []
        self.versions: list[int] = []

    async def __call__(self, session: AsyncConnection, causes: Sequence[str], version: int) -> int:
        self.causes += causes
        self.versions.append(version)
        return len(causes)


def make_material(code: str, **attributes: object) -> CreateCode:
    return CreateCode(kind="material", code=code, zh=f"物料{code}", attributes={"type": "raw", "base_unit": "KGM"} | attributes)


def make_reference(local: str, code: str = "M-1", **more: object) -> AddCrossReference:
    return AddCrossReference(kind="material", local_code=local, code=code, **({"system": "erp"} | more))  # type: ignore[arg-type]


async def agree(db: Database, change: Change, means: Means | None = None) -> int:
    """Proposed by one, approved by another; the dictionary version."""
    return (await approve(db, await propose(db, change, by="wang", means=means), by="li", means=means)).version


@pytest.fixture
async def dictionary(database: Database) -> Database:
    await load_units(database)
    codes = [CreateCode(kind="organisation", code=code, zh=code) for code in ("P1", "P2")]
    await take_over(database, [*codes, make_material("M-1"), make_material("M-2")], by="go-live")
    return database
