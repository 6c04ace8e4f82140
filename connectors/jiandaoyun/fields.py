"""A form's fields by label: raw rows (`_widget_…`) to labelled payloads, and labelled payloads to what the API wants written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.jiandaoyun.errors import LabelTwice, LabelUnknown, NotANumber, NumberTooLong

SYSTEM_FIELDS = ("_id", "createTime", "updateTime", "deleteTime", "flowState")


@dataclass(frozen=True, slots=True)
class Widget:
    """One field: its id in the API (`name`), its label, its type, and the fields of its rows where it is a sub-form."""

    name: str
    label: str
    type: str
    items: Fields | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form or of a sub-form, by label and by id."""

    system: str
    form: str
    entry_id: str
    by_label: Mapping[str, Widget] = field(default_factory=dict)
    by_name: Mapping[str, Widget] = field(default_factory=dict)

    @classmethod
    def of(cls, system: str, form: str, entry_id: str, widgets: Sequence[Mapping[str, Any]]) -> Fields:
        """From `widget/list`. Raises LabelTwice."""
        by_label: dict[str, Widget] = {}
        for raw in widgets:
            items = cls.of(system, f"{form}.{raw['label']}", entry_id, raw["items"]) if raw.get("items") else None
            if raw["label"] in by_label:
                raise LabelTwice(system=system, form=form, label=raw["label"])
            by_label[raw["label"]] = Widget(raw["name"], raw["label"], raw.get("type", "text"), items)
        return cls(system, form, entry_id, by_label, {widget.name: widget for widget in by_label.values()})

    def labelled(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A raw row with labels for keys. System fields keep their names; a field we do not know keeps its id."""
        found = {name: row[name] for name in SYSTEM_FIELDS if name in row}
        for name, value in row.items():
            if name.startswith("_widget_"):
                widget = self.by_name.get(name)
                found[widget.label if widget else name] = self._read(widget, value)
        return found

    def is_strange(self, row: Mapping[str, Any]) -> bool:
        """Whether the row has a field that was added to the form after its fields were read."""
        return any(name.startswith("_widget_") and name not in self.by_name for name in row)

    def written(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What create and update take: `{_widget_1: {"value": …}}`. Raises LabelUnknown, NumberTooLong, NotANumber."""
        return {self.id_of(label): {"value": self._write(self.by_label[label], value)} for label, value in payload.items()}

    def id_of(self, label: str) -> str:
        """The field's id in the API. Raises LabelUnknown."""
        if label not in self.by_label:
            raise LabelUnknown(system=self.system, form=self.form, label=label, known=", ".join(self.by_label))
        return self.by_label[label].name

    def _read(self, widget: Widget | None, value: Any) -> Any:
        if widget is None or widget.items is None or not isinstance(value, list):
            return value
        return [widget.items.labelled(row) if isinstance(row, dict) else row for row in value]

    def _write(self, widget: Widget, value: Any) -> Any:
        if widget.items is not None:
            return [widget.items.written(row) for row in value or ()]
        return exact_number(widget.label, value) if widget.type == "number" and value not in (None, "") else value


def exact_number(label: str, value: Any) -> int | float:
    """A decimal string as the JSON number that means exactly the same. Raises NotANumber, NumberTooLong."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise NotANumber(label=label, value=str(value)) from None
    if not exact.is_finite():
        raise NotANumber(label=label, value=str(value))
    number: int | float = int(exact) if exact == exact.to_integral_value() and abs(exact) < 2**53 else float(exact)
    if Decimal(str(number)) != exact:
        raise NumberTooLong(label=label, value=str(value))
    return number
