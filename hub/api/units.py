"""`/api/v1/units`: factors between units, and what a quantity is in another unit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime

from hub.api.holds import Word
from hub.api.idempotency import OnceOnly
from hub.api.served import served
from hub.services import units
from hub.services.plain import plain

router = APIRouter(tags=["dictionary"], route_class=OnceOnly)


class Factor(Word):
    """1 `from_unit` = `factor` `to_unit`, exactly: `20`, `1/3`, `0.5`."""

    from_unit: str
    to_unit: str
    factor: str
    material: str = ""
    valid_from: AwareDatetime | None = None


@router.get("/units/factors")
async def factors(request: Request, material: str = "") -> Any:
    """The factors of a material, or the general ones."""
    return plain(await units.factors(served(request).road.db, material))


@router.post("/units/factors", status_code=201)
async def propose(request: Request, said: Factor) -> Any:
    """Propose a factor; another person approves it."""
    number = await units.propose_factor(
        served(request).road.db, said.from_unit, said.to_unit, said.factor, material=said.material, valid_from=said.valid_from, by=said.by,
        reason=said.reason,
    )  # fmt: skip
    return {"proposal": number}


@router.get("/units/convert")
async def convert(
    request: Request, quantity: Decimal, from_unit: str, to_unit: str, material: str = "", at: datetime | None = None
) -> Any:
    """The quantity in the other unit: exact, and as people read it."""
    exact = await units.convert(served(request).road.db, quantity, from_unit, to_unit, material=material, at=at)
    return {"exact": str(exact), "shown": units.shown(exact)}
