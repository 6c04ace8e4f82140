"""The forms that are parts of a production order and change by themselves: its material list (生产用料清单) and operation plan (工序计划).

They are read with the order and as the order: a change of either is a new version of the order's record, whose payload has them
under their form's name. Kingdee: both are made by the server, one for each line of an order, and until a person changes one its
FModifyDate is null (seen in a published record of PRD_PPBOM), so that they are looked for by FCreateDate, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from connectors.kingdee.forms import ISSUE_TYPES, PRODUCTION_ORDER, Field, Form
from connectors.kingdee.pages import Pages, Payload, at

CREATED = "FCreateDate"
Place = tuple[str, str]
"""Organisation and number of an order."""


@dataclass(frozen=True)
class Part:
    """`order`: its header field with the order's number. `prefix`: how its own numbers begin."""

    form: Form
    order: str
    prefix: str

    @property
    def times(self) -> tuple[str, str]:
        """The fields that tell when it was changed, or made."""
        return self.form.modified, CREATED

    @cached_property
    def header(self) -> Form:
        """The form without its entries: a row a document."""
        return replace(self.form, lines=(), entry="")


MATERIAL_LIST = Part(
    form=Form(
        form="PRD_PPBOM", kinds={"production_order": "bom_snapshot"}, organisation="FPrdOrgId.FNumber", entry="FEntity",
        entry_id="FEntity_FEntryId",
        header=(Field(CREATED), Field("FMOBillNO", "number"), Field("FMaterialID.FNumber", "material")),
        lines=(
            Field("FEntity_FSeq", "line", "number"), Field("FMaterialID2.FNumber", "material"),
            Field("FMaterialType", "kind", values={"by_product": "2", "co_product": "2", "*": "1"}), Field("FUseRate", values={"*": 100}),
            Field("FNumerator", "quantity.value", "number"), Field("FDenominator", values={"*": 1}),
            Field("FUnitID2.FNumber", "quantity.unit"), Field("FDosageType", "fixed", values={"True": "1", "*": "2"}),
            Field("FScrapRate", "component_scrap_percent", "number"), Field("FIssueType", "issue_method", values=ISSUE_TYPES),
            Field("FOperID", "sequence", "number"), Field("FIsSkip", "phantom", "flag"),
        ),
    ),
    order="FMOBillNO", prefix="PPBOM",
)  # fmt: skip
OPERATION_PLAN = Part(
    form=Form(
        form="SFC_OperationPlanning", kinds={"production_order": "routing_snapshot"}, organisation="FProOrgId.FNumber", entry="FSubEntity",
        entry_id="FSubEntity_FDetailID",
        header=(Field(CREATED), Field("FMONumber", "number"), Field("FProductId.FNumber", "material")),
        lines=(
            Field("FOperNumber", "sequence", "number"), Field("FProcessId.FNumber", "operation"), Field("FOperCancel", values={"*": "A"}),
            Field("FWorkCenterId.FNumber", "work_center"), Field("FOperDescription", "name"),
            Field("FActivity1Qty", "setup_minutes", "number"), Field("FActivity2Qty", "run_minutes", "number"),
            Field("FBaseBatch", "base_quantity", "number"), Field("FOperUnitId.FNumber", "unit"),
            Field("FIsOutSrc", "subcontracted", "flag"),
            Field("FIsFirstPieceInspect", "checks", values={"first": True, "*": False}),
        ),
    ),
    order="FMONumber", prefix="OP",
)  # fmt: skip
PARTS: Mapping[str, tuple[Part, ...]] = {PRODUCTION_ORDER.form: (MATERIAL_LIST, OPERATION_PLAN)}


async def attach(pages: Pages, form: Form, documents: Sequence[Payload]) -> None:
    """Give every document its parts as they are now: `{"PRD_PPBOM": {"entries": […], …}}`, or no such name where it has none."""
    numbers = list(dict.fromkeys(str(document[form.number]) for document in documents))
    for part in PARTS.get(form.form, ()):
        found: dict[Place, Payload] = {}
        for each in await pages.with_numbers(part.form, part.order, numbers):
            place = place_of(part.form, each, part.order)
            found[place] = _joined(part, found[place], each) if place in found else each
        for document in documents:
            if (place := place_of(form, document)) in found:
                document[part.form.form] = found[place]


def place_of(form: Form, document: Mapping[str, Any], number: str = "") -> Place:
    """The order that a document is, or that its field `number` names."""
    return str(at(document, form.organisation)), str(document[number or form.number])


def _joined(part: Part, one: Payload, other: Payload) -> Payload:
    """The parts of an order's several lines as one, with the later times."""
    times = {name: max((each[name] for each in (one, other) if each[name]), default=None) for name in part.times}
    return {**one, **times, "entries": [*one["entries"], *other["entries"]]}


def times_of(form: Form, document: Mapping[str, Any]) -> list[Any]:
    """The times of a document and of its parts, as far as they have any."""
    parts = [(part, document[part.form.form]) for part in PARTS.get(form.form, ()) if part.form.form in document]
    return [time for time in (document[form.modified], *(each[name] for part, each in parts for name in part.times)) if time]
