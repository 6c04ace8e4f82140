"""The forms of K3Cloud that are read and written: one row a field, with its vendor key and its place in the simulated books.

The source reads the keys; the simulator also reads the places. Between vendor and canonical words the connector itself does
not translate: that is the mappings' work. Kingdee: keys are copied literally, their capitals follow no rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

HUB_KEY = "F_HUB_KEY"
HUB_MARK = "F_HUB_MARK"
HUB_REVISION = "F_HUB_REV"
HUB_LINE = "F_HUB_LINE"
STAMPS = (HUB_KEY, HUB_MARK, HUB_REVISION)


class Field(NamedTuple):
    """One vendor field. `place`: a dotted path in a line of the books (`$.` from the document; `a|b`: the first that is there).

    `kind`: text, number, day, time, flag, 'id of KIND' (of what is named), 'given' (worked out). `values`: canonical → vendor.
    """

    key: str
    place: str = ""
    kind: str = "text"
    values: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Form:
    """One form. `kinds`: the canonical entities behind it and the name of their list of lines ('' = the document is its own line).

    `writes`: the entity that Save makes, '' where the hub never writes it. `lane`: the entry field with the aggregate's number.
    `line_number`: lines carry our line in F_HUB_LINE and keep their entry when they change. `own_number`: where the canonical
    number stands in the books. `stamped`: it has the hub's custom fields. `sent`: entry fields that are written and not read.
    """

    form: str
    kinds: Mapping[str, str]
    organisation: str
    header: tuple[Field, ...]
    lines: tuple[Field, ...] = ()
    entry: str = ""
    entry_id: str = ""
    id: str = "FID"
    number: str = "FBillNo"
    modified: str = "FModifyDate"
    writes: str = ""
    lane: str = ""
    line_number: bool = False
    master: bool = False
    stamped: bool = False
    sent: tuple[str, ...] = ()
    own_number: str = "number"
    states: tuple[str, ...] = field(default=("FDocumentStatus",))

    @cached_property
    def header_keys(self) -> tuple[str, ...]:
        """The header's keys, in the order of a row."""
        own = (self.id, self.number, self.organisation, self.modified, *self.states, *(STAMPS if self.stamped else ()))
        return tuple(dict.fromkeys(own + tuple(each.key for each in self.header)))

    @cached_property
    def line_keys(self) -> tuple[str, ...]:
        """The entries' keys, in the order of a row after the header's."""
        return (*self.entry_ids, *(each.key for each in self.lines))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """A whole row."""
        return self.header_keys + self.line_keys

    @cached_property
    def entry_ids(self) -> tuple[str, ...]:
        """What tells entries apart; needed in every order, for without it the vendor's paging is unstable."""
        return (self.entry_id,) if self.lines else ()

    @cached_property
    def state_keys(self) -> tuple[str, ...]:
        """What the sink reads back: header fields only, so one row a document."""
        return (self.id, self.number, self.organisation, *self.states, *STAMPS)


def _quantity(key: str, unit: str) -> tuple[Field, Field]:
    return Field(key, "quantity.value", "number"), Field(unit, "quantity.unit")


DOCUMENT = ("FDocumentStatus", "FCancelStatus")
MASTER = ("FDocumentStatus", "FForbidStatus")
MATERIAL = Field("FMaterialId.FNumber", "material")
LOT = Field("FLot.FNumber", "lot")
STOCK = Field("FStockId.FNumber", "warehouse")
CURRENCIES = {"CNY": "PRE001", "EUR": "PRE003", "USD": "PRE007"}
UNLESS_SAID = {"False": False, "*": True}
ISSUE_TYPES = {"pick": "1", "back_flush": "2", "none": "7"}
DEMAND_QUANTITY = Field("F_HUB_DEMANDQTY", "quantity.value", "number")
DEMAND = (Field("FSaleOrderNo", "order"), Field("F_HUB_ORDERLINE", "line", "number"), DEMAND_QUANTITY)
FROM_PLAN = Field("FSrcBillType", "$.plan", values={"None": "", "": "", "*": "PLN_PLANORDER"}), Field("FSrcBillNo", "$.plan")
SECOND = (Field("FSecRealQty", "quantity.second.value", "number"), Field("FSecUnitId.FNumber", "quantity.second.unit"))
REVERSES, CREATED = Field("F_HUB_REVERSES", "reverses"), Field("FCreateDate", "created_at", "time")
ORDER_LINE = (Field("F_HUB_ORDERLINE", "order_line", "number"),)

SALES_ORDER = Form(
    form="SAL_SaleOrder", kinds={"sales_order": "lines"}, organisation="FSaleOrgId.FNumber", writes="sales_order", stamped=True,
    states=(*DOCUMENT, "FCloseStatus"), entry="FSaleOrderEntry", entry_id="FSaleOrderEntry_FEntryId", line_number=True,
    sent=("FPriceUnitId.FNumber", "FSettleOrgIds.FNumber", "FReserveType", "FOUTLMTUNIT"),
    header=(
        Field("FBillTypeID.FNumber", "type"), Field("FDate", "ordered_at", "day"), Field("FCustId.FNumber", "customer"),
        Field("FSaleOrderFinance.FSettleCurrId.FNumber", "currency", values=CURRENCIES), Field("F_HUB_OPINION", "rejection"),
        Field("F_HUB_REQUEST", "state", values={"cancel_requested": "cancel", "*": ""}), Field("FNote", "remark"),
        Field("FApproveDate", "accepted_at", "given"),
    ),
    lines=(
        Field(HUB_LINE, "line", "number"), MATERIAL, *_quantity("FQty", "FUnitID.FNumber"), Field("FTaxPrice", "price_with_tax", "number"),
        Field("FPrice", "price", "number"), Field("FEntryTaxRate", "tax_rate", "number"), Field("FAmount", "amount", "number"),
        Field("FEntryTaxAmount", "tax", "number"), Field("FAllAmount", "total", "number"), Field("FDeliveryDate", "requested_at", "day"),
        Field("FPlanDeliveryDate", "promised_at", "day"), Field("F_HUB_FIRSTPROMISE", "first_promised_at", "day"),
        Field("F_HUB_PRIORITY", "priority", "number"),
    ),
)  # fmt: skip
CUSTOMER = Form(
    form="BD_Customer", kinds={"customer": ""}, organisation="FUseOrgId.FNumber", id="FCUSTID", number="FNumber", states=MASTER,
    writes="customer", stamped=True, master=True, own_number="code",
    header=(
        Field("FCreateOrgId.FNumber", "organisation"), Field("FName", "name"), Field("FShortName", "short_name"),
        Field("FSOCIALCRECODE", "uscc"), Field("FCOUNTRY.FNumber", "country"),
    ),
)  # fmt: skip
MATERIALS = Form(
    form="BD_MATERIAL", kinds={"material": ""}, organisation="FUseOrgId.FNumber", id="FMATERIALID", number="FNumber", states=MASTER,
    writes="material", stamped=True, own_number="code",
    header=(
        Field("FName", "name"), Field("FSpecification", "specification"), Field("FBaseUnitId.FNumber", "base_unit"),
        Field("FAuxUnitID.FNumber", "second_unit"), Field("FStoreUnitID.FNumber", "stock_unit"), Field("FSaleUnitId.FNumber", "sales_unit"),
        Field("FPurchaseUnitId.FNumber", "purchase_unit"), Field("FSalePriceUnitId.FNumber", "pricing_unit"),
        Field("FErpClsID", "procurement", values={"buy": "1", "make": "2", "subcontract": "3"}),
        Field("FCategoryID.FNumber", "type", values={
            "raw": "CHLB01_SYS", "consumable": "CHLB02_SYS", "semi": "CHLB03_SYS", "finished": "CHLB05_SYS", "service": "CHLB06_SYS",
            "phantom": "CHLB07_SYS", "tool": "CHLB08_SYS",
        }),
        Field("FIsBatchManage", "lot_control", values={"lot": True, "*": False}),
        Field("FIsSNManage", "lot_control", values={"serial": True, "*": False}), Field("FIsSale", "sellable", "flag"),
        Field("FIssueType", "issue_method", values=ISSUE_TYPES), Field("FCheckProduct", "inspected", values=UNLESS_SAID),
        Field("FExpPeriod", "shelf_life_days", "number"), Field("F_HUB_FLOATINGRATE", "floating_rate", "flag"),
        Field("F_HUB_NAMEEN", "name_en"),
    ),
)  # fmt: skip
BOM = Form(
    form="ENG_BOM", kinds={"bom": "lines"}, organisation="FUseOrgId.FNumber", number="FNumber", states=MASTER, entry="FTreeEntity",
    entry_id="FTreeEntity_FENTRYID", own_number="",
    header=(Field("FMATERIALID.FNumber", "material"), Field("FUNITID.FNumber", "base_quantity.unit")),
    lines=(
        Field("FReplaceGroup", "line", "number"), Field("FMATERIALIDCHILD.FNumber", "material"),
        Field("FNUMERATOR", "quantity.value", "number"), Field("FDENOMINATOR", "$.base_quantity.value", "number"),
        Field("FCHILDUNITID.FNumber", "quantity.unit"), Field("FOPERID", "sequence", "number"),
        Field("FDOSAGETYPE", "fixed", values={"True": "1", "*": "2"}), Field("FSCRAPRATE", "component_scrap_percent", "number"),
        Field("FISSUETYPE", "issue_method", values=ISSUE_TYPES),
    ),
)  # fmt: skip
ROUTE = Form(
    form="ENG_Route", kinds={"routing": "operations"}, organisation="FUseOrgId.FNumber", number="FNumber", states=MASTER,
    entry="FSubEntity", entry_id="FSubEntity_FDetailId", own_number="",
    header=(Field("FMATERIALID.FNumber", "material"),),
    lines=(
        Field("FOperNumber", "sequence", "number"), Field("FProcessId.FNumber", "operation"), Field("FWorkCenterId.FNumber", "work_center"),
        Field("FOperDescription", "name"), Field("FActivity1Qty", "setup_minutes", "number"),
        Field("FActivity2Qty", "run_minutes", "number"),
        Field("FBaseBatch", "base_quantity", "number"), Field("FOperUnitID.FNumber", "unit"), Field("FIsOutSrc", "subcontracted", "flag"),
        Field("FIsReport", "report_point", values=UNLESS_SAID), Field("FIsFirstPieceInspect", "checks", values={"first": True, "*": False}),
    ),
)  # fmt: skip
PLAN_ORDER = Form(
    form="PLN_PLANORDER", kinds={"production_plan": "demands"}, organisation="FDemandOrgId.FNumber", entry="F_HUB_DEMAND",
    entry_id="F_HUB_DEMAND_FEntryId",
    header=(
        Field("FMaterialId.FNumber", "material"), Field("FFirmQty", "quantity.value", "number"), Field("FUnitId.FNumber", "quantity.unit"),
        Field("FPlanStartDate", "planned_start_at", "time"), Field("FPlanFinishDate", "planned_end_at", "time"),
        Field("FReleaseStatus", "state", values={"draft": "0", "firm": "1", "released": "2", "closed": "3"}), CREATED,
    ),
    lines=DEMAND,
)  # fmt: skip
PRODUCTION_ORDER = Form(
    form="PRD_MO", kinds={"production_order": "demands"}, organisation="FPrdOrgId.FNumber", states=DOCUMENT, entry="FTreeEntity",
    entry_id="FTreeEntity_FEntryId",
    header=(
        Field("FBillType.FNumber", "type", values={"rework": "SCDD02_SYS", "*": "SCDD01_SYS"}),
        CREATED, Field("FApproveDate", "released_at", "given"),
    ),
    lines=(
        Field("FMaterialId.FNumber", "$.material"), Field("FQty", "$.quantity.value", "number"),
        Field("FUnitId.FNumber", "$.quantity.unit"),
        Field("FStatus", "$.state", values={
            "planned": "1", "cancelled": "1", "firm": "2", "released": "3", "on_hold": "3", "in_progress": "4", "completed": "5",
            "closed": "6",
        }),
        Field("FPlanStartDate", "$.planned_start_at", "time"), Field("FPlanFinishDate", "$.planned_end_at", "time"),
        Field("FBomId.FID", "$.bom", "id of bom"), Field("FBomId.FNumber", "$.bom"),
        Field("FRoutingId.FID", "$.routing", "id of routing"), Field("FRoutingId.FNumber", "$.routing"),
        Field("FWorkShopID.FNumber", "$.work_center"), Field("FStockId.FNumber", "$.warehouse"), Field("FLot.FNumber", "$.lot"),
        Field("FPriority", "$.priority", "number"), Field("F_HUB_RUSH", "$.rush", "flag"), Field("F_HUB_CLOSEREASON", "$.close_reason"),
        Field("F_HUB_HOLDREASON", "$.hold_reason"), Field("F_HUB_CANCELREASON", "$.cancel_reason"),
        Field("F_HUB_SPLITFROM", "$.split_from"), Field("FCloseDate", "$.closed_at", "time"), *FROM_PLAN, *DEMAND,
    ),
)  # fmt: skip
OPERATION_REPORT = Form(
    form="PRD_MORPT", kinds={"operation_report": ""}, organisation="FPrdOrgId.FNumber", states=DOCUMENT, writes="operation_report",
    stamped=True, entry="FEntity", entry_id="FEntity_FEntryId", lane="FMoBillNo",
    header=(Field("FDate", "reported_at", "day"), REVERSES),
    lines=(
        Field("FMoBillNo", "production_order"), MATERIAL, Field("FUnitID.FNumber", "unit"), Field("FOperNumber", "sequence", "number"),
        Field("FProcessId.FNumber", "operation"), Field("FWorkCenterId.FNumber", "work_center"),
        Field("FReportType.FNumber", "type", values={"production": "SCHBD01_SYS", "rework": "SCHBD02_SYS"}),
        Field("FFinishQty", "processed", "number"), Field("FQuaQty", "good", "number"),
        Field("F_HUB_CONCESSIONQTY", "concession", "number"),
        Field("FFailQty", "scrap", "number"), Field("FReworkQty", "rework", "number"), Field("F_HUB_REPAIRQTY", "repair", "number"),
        Field("FStartTime", "started_at", "time"), Field("FEndTime", "ended_at", "time"),
        Field("FHrWorkTime", "run_minutes", "number"), LOT,
    ),
)  # fmt: skip
PICKING = Form(
    form="PRD_PickMtrl", kinds={"material_consumption": "", "material_issue": "lines"}, organisation="FPrdOrgId.FNumber", states=DOCUMENT,
    writes="material_consumption", stamped=True, entry="FEntity", entry_id="FEntity_FEntryId", lane="FMoBillNo",
    header=(Field("FDate", "consumed_at|issued_at", "time"), Field("FApproveDate", "posted_at", "given"), REVERSES),
    lines=(
        Field("FEntity_FSeq", "line", "number"), Field("FMoBillNo", "$.production_order"), MATERIAL,
        Field("FActualQty", "quantity.value", "number"),
        Field("FUnitID.FNumber", "quantity.unit"), STOCK, LOT, *SECOND, Field("F_HUB_PLANNEDMATERIAL.FNumber", "planned_material"),
    ),
)  # fmt: skip
RECEIPT = Form(
    form="PRD_INSTOCK", kinds={"goods_receipt": ""}, organisation="FPrdOrgId.FNumber", states=DOCUMENT, writes="goods_receipt",
    stamped=True, entry="FEntity", entry_id="FEntity_FEntryId", lane="FMoBillNo", sent=("FInStockType", "FProductType"),
    header=(Field("FDate", "declared_at", "day"), Field("FApproveDate", "posted_at", "given"), REVERSES),
    lines=(
        Field("FMoBillNo", "production_order"), MATERIAL, *_quantity("FRealQty", "FUnitID.FNumber"), STOCK, LOT, *SECOND,
    ),
)  # fmt: skip
PURCHASE_RECEIPT = Form(
    form="STK_InStock", kinds={"purchase_receipt": "lines"}, organisation="FStockOrgId.FNumber", states=DOCUMENT, entry="FInStockEntry",
    entry_id="FInStockEntry_FEntryId",
    header=(
        Field("FDate", "received_at", "day"), Field("FSupplierId.FNumber", "supplier"), Field("FApproveDate", "posted_at", "given"),
    ),
    lines=(
        Field("FInStockEntry_FSeq", "line", "number"), MATERIAL, *_quantity("FRealQty", "FUnitID.FNumber"), STOCK, LOT,
        Field("FSupplierLot", "supplier_lot"),
    ),
)  # fmt: skip
INVENTORY = Form(
    form="STK_Inventory", kinds={"stock_balance": ""}, organisation="FStockOrgId.FNumber", number="FID", modified="FUpdateTime", states=(),
    own_number="",
    header=(
        MATERIAL, STOCK, Field("FStockLocId.FNumber", "location"), LOT,
        Field("FStockStatusId.FNumber", "status", values={"in_inspection": "KCZT02_SYS", "blocked": "KCZT03_SYS", "*": "KCZT01_SYS"}),
        Field("FBaseQty", "quantity.value", "number"), Field("FBaseUnitId.FNumber", "quantity.unit"),
        Field("FSecQty", "quantity.second.value", "number"), Field("FSecUnitId.FNumber", "quantity.second.unit"),
        Field("FBaseLockQty", "reserved.value", "number"),
    ),
)  # fmt: skip
SHIPMENT = Form(
    form="SAL_OUTSTOCK", kinds={"shipment": "lines"}, organisation="FSaleOrgId.FNumber", states=DOCUMENT, entry="FEntity",
    entry_id="FEntity_FEntryId",
    header=(
        Field("FDate", "shipped_at", "day"), Field("FCustomerID.FNumber", "customer"), Field("FCarriageNO", "tracking"),
        Field("FApproveDate", "shipped_at", "given"),
    ),
    lines=(
        Field("FEntity_FSeq", "line", "number"), MATERIAL, *_quantity("FRealQty", "FUnitID.FNumber"), STOCK, LOT,
        Field("FSoorDerno", "order"), *ORDER_LINE,
    ),
)  # fmt: skip
RECEIVABLE = Form(
    form="AR_receivable", kinds={"invoice": "lines"}, organisation="FSETTLEORGID.FNumber", states=DOCUMENT, entry="FEntityDetail",
    entry_id="FEntityDetail_FEntryId",
    header=(
        Field("FDATE", "invoiced_at", "day"), Field("FENDDATE_H", "due_at", "day"), Field("FCUSTOMERID.FNumber", "customer"),
        Field("FCURRENCYID.FNumber", "currency", values=CURRENCIES),
        Field("FNoTaxAmountFor", "amount", "number"), Field("FTaxAmountFor", "tax", "number"),
        Field("FALLAMOUNTFOR", "total", "number"), Field("FApproveDate", "invoiced_at", "given"),
    ),
    lines=(
        Field("FEntityDetail_FSeq", "line", "number"), Field("FMATERIALID.FNumber", "material"),
        *_quantity("FPriceQty", "FPRICEUNITID.FNumber"), Field("FPrice", "price", "number"), Field("FTaxPrice", "price_with_tax", "number"),
        Field("FEntryTaxRate", "tax_rate", "number"), Field("FNoTaxAmountFor_D", "amount", "number"),
        Field("FTAXAMOUNTFOR_D", "tax", "number"), Field("FALLAMOUNTFOR_D", "total", "number"), Field("FORDERNUMBER", "order"), *ORDER_LINE,
        Field("FOutStockBillNo", "shipment"),
    ),
)  # fmt: skip

FORMS: Mapping[str, Form] = {
    form.form: form
    for form in (
        SALES_ORDER, CUSTOMER, MATERIALS, BOM, ROUTE, PLAN_ORDER, PRODUCTION_ORDER, OPERATION_REPORT, PICKING, RECEIPT, PURCHASE_RECEIPT,
        INVENTORY, SHIPMENT, RECEIVABLE,
    )
}  # fmt: skip
