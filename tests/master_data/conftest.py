"""A dictionary with five units, two organisations and two materials, and small builders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.proposals import Means, approve, propose
from master_data.proposed import AddConversion, AddCrossReference, Change, CreateCode
from master_data.seeds import take_over

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


def make_unit(code: str, dimension: str, base: str) -> CreateCode:
    return CreateCode(kind="unit", code=code, zh=code, en=code, attributes={"dimension": dimension, "base": base, "count": base == "H87"})


BEGINNING: tuple[Change, ...] = (
    make_unit("KGM", "mass", "KGM"), make_unit("TNE", "mass", "KGM"), make_unit("GRM", "mass", "KGM"),
    make_unit("H87", "count", "H87"), make_unit("MTR", "length", "MTR"),
    AddConversion(from_unit="TNE", to_unit="KGM", numerator=1000),
    AddConversion(from_unit="GRM", to_unit="KGM", numerator=1, denominator=1000),
    CreateCode(kind="organisation", code="P1", zh="一厂"), CreateCode(kind="organisation", code="P2", zh="二厂"),
    make_material("M-1"), make_material("M-2"),
)  # fmt: skip


@pytest.fixture
async def dictionary(database: Database) -> Database:
    """At version 1."""
    await take_over(database, BEGINNING, by="go-live")
    return database
