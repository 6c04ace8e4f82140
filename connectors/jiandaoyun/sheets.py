"""The forms of the simulated app: which field shows what of the books. Half of the CRM simulator; the HTTP half is `simulator.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from connectors.jiandaoyun.card import FORMS, KEY_LABEL, MARK_LABEL, REVISION_LABEL
from hub.sdk.simulation import Books, Column, Entry, one_of, shown, taken

APP_ID = "app-demo"
ORGANISATION_LABEL = "组织"
HIDDEN = {KEY_LABEL: "key", MARK_LABEL: "mark", REVISION_LABEL: "revision"}
"""Hidden fields of the form and where `Entry.custom` keeps them."""


def stamp(at: datetime) -> str:
    """How the vendor writes a time: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number_shown(value: Any) -> Any:
    """A number as a form gives it out: a JSON number; what somebody typed as text stays text."""
    try:
        exact = Decimal(str(value)) if str(value).isascii() else None
    except InvalidOperation:
        exact = None
    if exact is None:
        return value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _time_shown(value: Any) -> Any:
    try:
        return stamp(datetime.fromisoformat(str(value)))
    except ValueError:
        return value


def _number(name: str, path: str) -> Column:
    return Column(name, path, show=_number_shown, take=lambda value: str(value))


def _whole(name: str, path: str) -> Column:
    return Column(name, path, show=_number_shown, take=lambda value: int(value))


def _time(name: str, path: str) -> Column:
    return Column(name, path, show=_time_shown)


CUSTOMER_STATES = {"prospect": "潜在", "active": "合作中", "blocked": "暂停合作", "retired": "已流失", "merged": "已合并"}
CUSTOMER_TYPES = {"cn_organisation": "国内企业", "cn_person": "个人", "foreign": "国外客户", "internal": "内部单位"}
ORDER_STATES = {
    "draft": "草稿", "confirmed": "已确认", "on_hold": "已暂停", "cancel_requested": "已取消", "cancelled": "已取消", "closed": "已关闭",
}  # fmt: skip
LINE_STATES = {"confirmed": "正常", "cancel_requested": "已取消", "cancelled": "已取消"}
MATERIAL_STATES = {
    "active": "在售", "phase_out": "即将停售", "blocked": "停售", "obsolete": "停售",
    "draft": "未上架", "in_review": "未上架",
}  # fmt: skip
PROGRESS_STATES = {
    "draft": "草稿", "confirmed": "已确认", "accepted": "已接单", "planned": "已排产", "in_production": "生产中", "ready": "待发货",
    "part_shipped": "部分发货", "shipped": "已发货", "delivered": "已签收", "closed": "已关闭", "on_hold": "暂停",
    "cancel_requested": "申请取消", "cancelled": "已取消", "rejected": "已驳回",
}  # fmt: skip

_PRICES = (
    _number("含税单价", "price_with_tax"), _number("不含税单价", "price"), _number("税率", "tax_rate"), _number("不含税金额", "amount"),
    _number("税额", "tax"), _number("价税合计", "total"),
)  # fmt: skip
ORDER_LINES = (
    _whole("行号", "line"), Column("物料编码", "material"), Column("客户料号", "customer_material"), _number("数量", "quantity.value"),
    Column("单位", "quantity.unit"), one_of(LINE_STATES, "行状态", "state"), *_PRICES, _time("要求交期", "requested_at"),
    _whole("优先级", "priority"), Column("取消原因", "cancel_reason"), Column("备注", "remark"),
)  # fmt: skip
ORDER = (
    Column("订单编号", "number"), Column("客户编号", "customer"), one_of(ORDER_STATES, "状态", "state"), _time("下单时间", "ordered_at"),
    _time("确认时间", "confirmed_at"), Column("币别", "currency"), Column("客户订单号", "customer_order"), Column("业务员", "salesperson"),
    Column("结算方式", "settlement"), _number("不含税金额", "amount"), _number("税额", "tax"), _number("价税合计", "total"),
    Column("变更原因", "change_reason"), Column("取消原因", "cancel_reason"), Column("备注", "remark"),
    Column("订单明细", "lines", rows=ORDER_LINES),
)  # fmt: skip
CUSTOMER = (
    Column("客户编号", "code"), Column("客户名称", "name"), Column("客户简称", "short_name"), Column("英文名称", "name_en"),
    one_of(CUSTOMER_STATES, "客户状态", "state"), one_of(CUSTOMER_TYPES, "客户类型", "type"), Column("国家", "country"),
    Column("统一社会信用代码", "uscc"), Column("合并到", "merged_into"),
)  # fmt: skip
PROFILE = (
    Column("地址", "address"), Column("电话", "phone"), Column("税号", "tax_number"), Column("结算方式", "settlement"),
    _number("税率", "tax_rate"), Column("业务员", "salesperson"), Column("备注", "remark"),
    Column("联系人", "contacts", rows=(
        Column("姓名", "name"), Column("职务", "position"), Column("手机", "phone"), Column("邮箱", "email"),
    )),
)  # fmt: skip
PRODUCT = (
    Column("产品编码", "code"), Column("产品名称", "name"), Column("英文名称", "name_en"), Column("规格型号", "specification"),
    Column("基本单位", "base_unit"), Column("销售单位", "sales_unit"), one_of(MATERIAL_STATES, "产品状态", "state"), Column("条码", "gtin"),
)  # fmt: skip
PROGRESS = (
    Column("订单编号", "order"), _whole("行号", "line"), Column("客户编号", "customer"), Column("物料编码", "material"),
    one_of(PROGRESS_STATES, "进度状态", "state"), Column("单位", "unit"), _number("订单数量", "ordered"), _number("已生产数量", "produced"),
    _number("已入库数量", "received"), _number("已发货数量", "shipped"), _number("已开票数量", "invoiced"),
    _number("强制结案数量", "closed_short"),
    _time("要求交期", "requested_at"), _time("首次承诺交期", "first_promised_at"), _time("承诺交期", "promised_at"),
    Column("等待事项", "waits_for.zh"),
    Column("等待事项英文", "waits_for.en"), _time("等待起始", "waits_since"), Column("责任方", "waits_on"), Column("说明", "reason"),
    _time("更新时间", "changed_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form over one kind of entry; `beside` is a second kind of the same number that the form shows too."""

    name: str
    kind: str
    columns: tuple[Column, ...]
    beside: str = ""
    beside_columns: tuple[Column, ...] = ()
    has_hidden: bool = False

    def row(self, books: Books, entry: Entry) -> dict[str, Any]:
        """The form's row, by label."""
        labelled = {ORGANISATION_LABEL: entry.organisation, FORMS[self.name].number_label: entry.number}
        labelled |= shown(self.columns, entry.data)
        if self.beside:
            second = books.get(self.beside, entry.organisation, entry.number)
            labelled |= shown(self.beside_columns, second.data if second else {})
        if self.has_hidden:
            labelled |= {label: entry.custom.get(name, "") for label, name in HIDDEN.items()}
        if self.kind == "sales_order" and labelled["状态"] == "已确认" and entry.version > 1:
            labelled["状态"] = "已变更"
        return labelled

    def number(self, entry: Entry) -> Any:
        """The business number as the form shows it."""
        label = FORMS[self.name].number_label
        return shown([column for column in self.columns if column.name == label], entry.data).get(label, entry.number)

    def changed_at(self, books: Books, entry: Entry) -> datetime:
        """When the row, or what it shows beside, last changed."""
        second = books.get(self.beside, entry.organisation, entry.number) if self.beside else None
        return max(entry.modified_at, second.modified_at) if second else entry.modified_at

    def data(self, labelled: Mapping[str, Any]) -> dict[str, Any]:
        """A row's canonical data; an empty text is nothing."""
        return taken(self.columns, {label: value for label, value in labelled.items() if value != ""})

    def custom(self, labelled: Mapping[str, Any]) -> dict[str, str]:
        """What the client keeps in the hidden fields."""
        return {name: str(labelled[label]) for label, name in HIDDEN.items() if labelled.get(label)}

    def labels(self) -> Iterator[tuple[str, tuple[Column, ...]]]:
        """Every field's label, with the columns of its rows where it is a sub-form."""
        fixed = (ORGANISATION_LABEL, FORMS[self.name].number_label, *(HIDDEN if self.has_hidden else ()))
        columns = {column.name: column.rows for column in (*self.columns, *self.beside_columns)}
        yield from (dict.fromkeys(fixed, ()) | columns).items()


SHEETS = (
    Sheet("客户", "customer", CUSTOMER, "customer_profile", PROFILE),
    Sheet("销售订单", "sales_order", ORDER),
    Sheet("产品", "material", PRODUCT, has_hidden=True),
    Sheet("订单进度", "order_progress", PROGRESS, has_hidden=True),
)
PUSHED = ("客户", "销售订单")
"""Forms for which the factory has switched the data push on."""

NUMBERS = {
    column.name
    for sheet in SHEETS
    for outer in (*sheet.columns, *sheet.beside_columns)
    for column in (outer, *outer.rows)
    if column.show is _number_shown
}
"""Labels of number fields."""


def entry_id(sheet: Sheet) -> str:
    """A form's opaque id."""
    return hashlib.sha1(sheet.name.encode()).hexdigest()[:24]


@lru_cache
def widget(label: str) -> str:
    """A field's opaque id."""
    return f"_widget_{int(hashlib.sha1(label.encode()).hexdigest()[:10], 16)}"


def row_id(entry: Entry) -> str:
    """`_id`: 24 hex digits that grow with each new row."""
    return f"{entry.id:024x}"


def widget_type(label: str) -> str:
    """The field's type as `widget/list` tells it."""
    return "number" if label in NUMBERS else "text"


def raw_row(books: Books, sheet: Sheet, entry: Entry) -> dict[str, Any]:
    """A raw row, as lists, single reads and pushes give it."""
    return {
        "_id": row_id(entry), "appId": APP_ID, "entryId": entry_id(sheet), "formName": sheet.name,
        "createTime": stamp(entry.created_at), "updateTime": stamp(sheet.changed_at(books, entry)), "flowState": 1,
        **_raw(sheet, sheet.row(books, entry)),
    }  # fmt: skip


def _raw(sheet: Sheet, labelled: Mapping[str, Any]) -> dict[str, Any]:
    """Labels to ids. An empty text is '', any other empty field null."""
    inner = {label: rows for label, rows in sheet.labels() if rows}
    raw: dict[str, Any] = {}
    for label, value in labelled.items():
        if label in inner:
            raw[widget(label)] = [{widget(name): _empty(name, item) for name, item in row.items()} for row in value or ()]
        else:
            raw[widget(label)] = _empty(label, value)
    return raw


def _empty(label: str, value: Any) -> Any:
    return "" if value is None and widget_type(label) == "text" and not label.endswith(("交期", "时间", "起始")) else value
