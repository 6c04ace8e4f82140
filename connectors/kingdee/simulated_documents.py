"""What the simulated server does: queries, and a document's life (Save, Submit, Audit, UnAudit, …) with the vendor's refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.kingdee.forms import FORMS, HUB_KEY, HUB_MARK, HUB_REVISION, Form
from connectors.kingdee.parts import CREATED, PARTS
from connectors.kingdee.simulated_past import LISTS, Past
from connectors.kingdee.simulated_query import FilterUnreadable, matcher, ordered, wanted
from connectors.kingdee.simulated_rows import FieldUnknown, canonical, dotted, known_fields, rows_of
from hub.sdk.simulation import Books, Entry, NumberTaken, Veil

LIMIT = 2000
ALL_FORMS = {**FORMS, **{part.form.form: part.form for parts in PARTS.values() for part in parts}}
FIRST_STATE = {"sales_order": "confirmed", "customer": "active", "goods_receipt": "declared", "material": "active"}
# operation: (status it needs, status it gives, what it says otherwise)
LIFE = {
    "Submit": ("draft", "submitted", "单据“{number}”已提交或已审核，不允许提交"),
    "CancelAssign": ("submitted", "draft", "单据“{number}”未处于审核中，不允许撤销"),
    "Audit": ("submitted", "audited", "单据“{number}”未提交，不允许审核"),
    "UnAudit": ("audited", "draft", "单据“{number}”未审核，不允许反审核"),
}
CLOSED_TO_CHANGES = {
    "submitted": "单据“{number}”审核中，不允许修改", "audited": "单据“{number}”已审核，不允许修改",
    "cancelled": "单据“{number}”已作废，不允许修改",
}  # fmt: skip
CANCEL_REFUSED = {
    "submitted": "单据“{number}”审核中，不能作废", "audited": "单据“{number}”已审核，不能作废", "cancelled": "单据“{number}”已作废",
}  # fmt: skip


class Refusal(Exception):
    """A business error: message and MsgCode of the envelope."""

    def __init__(self, message: str, number: int = 11) -> None:
        super().__init__(message)
        self.message = message
        self.number = number


class Documents:
    """The account set. `object_to(entry, operation)` may give words with which a step is refused (the plant's own checks)."""

    def __init__(self, books: Books, veil: Veil, object_to: Callable[[Entry, str], str | None]) -> None:
        self._books = books
        self._object_to = object_to
        self._past = Past(books)
        self._veil = veil
        self._rows: dict[tuple[str, int], tuple[int, list[dict[str, Any]]]] = {}

    def query(self, data: Mapping[str, Any]) -> list[list[Any]]:
        """ExecuteBillQuery. Header fields only: a row a document; with an entry's field: a row an entry."""
        form = _form(data["FormId"])
        keys = [key.strip() for key in str(data["FieldKeys"]).split(",")]
        unknown = set(keys) - {*form.keys, *form.state_keys}
        if unknown:
            raise Refusal(f"字段 {sorted(unknown)[0]} 不存在", 9)
        try:
            where = data.get("FilterString") or ""
            matches, late = matcher(where), form.modified in where or CREATED in where
            one_of = self._by_id(form, ids) if (ids := wanted(where, form.id)) else self._entries(form, visible_only=late)
            shown = [entry for entry in one_of if not (late and self._veil.hides(entry))]
            found = [row for entry in shown for row in self._rows_of(form, entry, keys) if matches(row)]
            rows = ordered(found, data.get("OrderString") or "")
        except (FilterUnreadable, KeyError) as error:
            raise Refusal(f"过滤条件或排序有误:{error}", 8) from error
        start, top = int(data.get("StartRow") or 0), int(data.get("TopRowCount") or 0)
        end = start + min(int(data.get("Limit") or LIMIT), LIMIT)
        return [[row[key] for key in keys] for row in rows[start : min(end, top) if top else end]]

    def save(self, form_id: str, model: Mapping[str, Any]) -> Entry:
        """Create, or change where the Model has an id. A fresh document is status A, an unaudited one stays D."""
        form = _form(form_id)
        if not form.writes:
            raise Refusal(f"没有单据 {form_id} 的新增权限", 2)
        try:
            known_fields(form, model)
        except FieldUnknown as error:
            raise Refusal(f"字段 {error} 不存在", 9) from error
        old = self._existing(form, model)
        organisation = old.organisation if old else str(dotted(model, form.organisation) or "")
        number = old.number if old else str(model.get(form.number) or f"{form.form}{len(self._books.history()):06d}")
        first = {"state": FIRST_STATE[form.writes]} if form.writes in FIRST_STATE else {}
        data = canonical(form, model, {**(old.data if old else {}), **first})
        data.pop("rejection", None)
        if form.own_number:
            data[form.own_number] = number
        self._check(form, organisation, data)
        stamps = {"key": model.get(HUB_KEY), "mark": model.get(HUB_MARK), "revision": model.get(HUB_REVISION)}
        custom = {name: str(value) for name, value in stamps.items() if value is not None}
        try:
            return self._books.save(form.writes, organisation, number, data, status="draft", custom=custom, create_only=old is None)
        except NumberTaken:
            raise Refusal(f"编号“{number}”已存在") from None

    def step(self, operation: str, form_id: str, data: Mapping[str, Any]) -> Entry:
        """Submit, CancelAssign, Audit or UnAudit of one document."""
        entry = self._selected(_form(form_id), data)
        needs, gives, otherwise = LIFE[operation]
        if entry.status != needs:
            raise Refusal(otherwise.format(number=entry.number), 12)
        self._ask(entry, operation)
        return self._books.set_status(entry.kind, entry.organisation, entry.number, gives)

    def operate(self, number: str, form_id: str, data: Mapping[str, Any]) -> Entry:
        """ExcuteOperation: Cancel (作废) of what is neither submitted nor audited, BillClose (整单关闭) of what is audited."""
        entry = self._selected(_form(form_id), data)
        if number == "Cancel":
            refused, state, status = CANCEL_REFUSED.get(entry.status), "cancelled", "cancelled"
        elif number == "BillClose":
            refused, state, status = (None if entry.status == "audited" else "单据“{number}”未审核，不允许关闭"), "closed", "audited"
        else:
            raise Refusal(f"操作 {number} 不存在", 3)
        if refused:
            raise Refusal(refused.format(number=entry.number), 12)
        self._ask(entry, number)
        return self._books.save(entry.kind, entry.organisation, entry.number, {**entry.data, "state": state}, status=status)

    def _entries(self, form: Form, *, visible_only: bool = False) -> list[Entry]:
        """Lists by modification time miss what was committed late; who asks for one document sees it as it is."""
        found = [entry for kind in form.kinds for entry in self._books.entries(kind, visible_only=visible_only)]
        return [entry for entry in found if entry.data.get(LISTS[form.form])] if form.form in LISTS else found

    def _by_id(self, form: Form, ids: Sequence[int]) -> list[Entry]:
        """As a real server has them, by its index."""
        found = [self._books.by_id(kind, id) for kind in form.kinds for id in ids]
        return [entry for entry in found if entry is not None and entry.status != "deleted"]

    def _rows_of(self, form: Form, entry: Entry, keys: list[str]) -> list[dict[str, Any]]:
        place = (form.form, entry.id)
        kept = self._rows.get(place)
        if kept is None or kept[0] != entry.sequence:
            kept = self._rows[place] = (entry.sequence, rows_of(form, entry, self._past))
        return kept[1] if form.master or set(keys) & set(form.line_keys) else kept[1][:1]

    def _existing(self, form: Form, model: Mapping[str, Any]) -> Entry | None:
        id = int(model.get(form.id) or 0)
        if not id:
            return None
        entry = self._selected(form, {"Ids": str(id)})
        if entry.status in CLOSED_TO_CHANGES:
            raise Refusal(CLOSED_TO_CHANGES[entry.status].format(number=entry.number), 12)
        return entry

    def _selected(self, form: Form, data: Mapping[str, Any]) -> Entry:
        ids, numbers = str(data.get("Ids") or ""), data.get("Numbers") or []
        for entry in self._by_id(form, [int(ids)]) if ids.isdigit() else self._entries(form):
            if str(entry.id) == ids or entry.number in numbers:
                return entry
        raise Refusal(f"单据“{ids or numbers}”不存在", 10)

    def _ask(self, entry: Entry, operation: str) -> None:
        words = self._object_to(entry, operation)
        if words:
            raise Refusal(words)

    def _check(self, form: Form, organisation: str, data: Mapping[str, Any]) -> None:
        if not organisation:
            raise Refusal(f"字段“{form.organisation}”是必填项", 9)
        if form.writes == "sales_order":
            self._check_customer(str(data.get("customer") or ""), organisation)
        for material in [line.get("material") for line in data.get("lines") or ()] or [data.get("material")]:
            if material and self._books.get("material", organisation, material) is None:
                raise Refusal(f"物料“{material}”在组织 {organisation} 不存在", 9)
        order = data.get("production_order")
        if order and self._books.get("production_order", organisation, order) is None:
            raise Refusal(f"生产订单“{order}”不存在", 9)

    def _check_customer(self, number: str, organisation: str) -> None:
        entry = next((entry for entry in self._books.entries("customer", visible_only=False) if entry.number == number), None)
        if entry is None:
            raise Refusal(f"客户“{number}”不存在", 9)
        row = rows_of(FORMS["BD_Customer"], entry, self._past)[0]
        if row["FForbidStatus"] == "B":
            raise Refusal(f"客户“{number}”已禁用")
        if row["FDocumentStatus"] != "C":
            raise Refusal(f"客户“{number}”未审核")
        if organisation not in entry.custom.get("allocated", "").split(","):
            raise Refusal(f"客户“{number}”未分配到组织 {organisation}")


def _form(form_id: str) -> Form:
    if form_id not in ALL_FORMS:
        raise Refusal(f"业务对象 {form_id} 不存在", 5)
    return ALL_FORMS[form_id]
