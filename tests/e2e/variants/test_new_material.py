"""A new material: approved once in the dictionary, made in the ERP, audited there, and from there told to the shop floor."""

from __future__ import annotations

from master_data.cross_references import cross_references_of
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference, Batch, CreateCode
from tests.e2e.variants.works import Works

CODE, AT_THE_MES = "FG-CP999", "MAT1999"
TRAITS = {"type": "finished", "base_unit": "H87", "procurement": "make", "control": "serial", "sellable": False, "spec": "DN999"}
NEW = Batch(changes=(
    CreateCode(kind="material", code=CODE, zh="新泵", en="new pump", attributes=TRAITS, organisations=("P1",)),
    AddCrossReference(kind="material", system="mes", local_code=AT_THE_MES, code=CODE),
))  # fmt: skip


async def test_a_material_is_approved_once_and_every_system_has_it(works: Works) -> None:
    planning, floor, db = works.planning, works.floor, works.road.db
    await approve(db, await propose(db, NEW, by="王芳"), by="李强")
    await works.until(lambda: planning.held("material", CODE).get("status") == "submitted")
    made = planning.held("material", CODE)
    assert (made["name"], made["specification"], made["lot_control"]) == ("新泵", "DN999", "serial")
    planning.change("material", CODE, "audited", allocated=planning.organisation)
    await works.until(lambda: floor.held("material", AT_THE_MES))
    assert (floor.held("material", AT_THE_MES)["name"], floor.held("material", AT_THE_MES)["specification"]) == ("新泵", "DN999")

    async def known_there() -> bool:
        async with db.read() as session:
            rows = await cross_references_of(session, "material", CODE)
        return {(row.system, row.local_code, row.state, row.origin) for row in rows} >= {("erp", CODE, "usable", "delivery")}

    await works.until(known_there)
    assert works.doubled() == []
    assert await works.in_order()
