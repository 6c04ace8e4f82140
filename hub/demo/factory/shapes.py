"""Documents as the people of the factory fill them in: canonical field names, the local codes of the system they are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hub.demo.factory.catalogue import (
    CASTING_KG,
    CUSTOMERS,
    DUAL_UNIT,
    NEW_CUSTOMERS,
    OPERATIONS,
    OUTSOURCED,
    TAX_RATE,
    WORK_CENTRES,
)
from hub.demo.factory.codes import Code, Codes
from hub.demo.factory.structure import bom, routing

CENT = Decimal("0.01")
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """One system's words for shared codes."""

    system: str
    codes: Codes

    def of(self, kind: str, code: str) -> str:
        return self.codes.local(kind, self.system, code)

    def shared(self, kind: str, local: str) -> str:
        return self.codes.shared(kind, self.system, local)

    def quantity(self, material: str, value: Decimal | int, second: Decimal | None = None) -> Data:
        """A quantity of a material (shared code) in its own unit; `second` are kilograms that were weighed."""
        unit = self.codes.get("material", material).attributes["unit"]
        kilograms = {"value": str(second), "unit": self.of("unit", "KGM")} if second is not None else None
        return {"value": amount(value), "unit": self.of("unit", unit), "second": kilograms}


def amount(value: Decimal | int) -> str:
    """A quantity as text in its shortest form."""
    number = Decimal(value)
    return format(number.quantize(1) if number == number.to_integral_value() else number.normalize(), "f")


def count(quantity: Mapping[str, Any] | None) -> Decimal:
    """The value of a quantity; full-width digits are digits, too."""
    return Decimal(str((quantity or {}).get("value", 0)))


def material(words: Words, code: Code) -> Data:
    """A material master record."""
    traits = code.attributes
    made = traits["type"] in ("semi", "finished")
    dual = code.code in DUAL_UNIT
    return {
        "code": code.local[words.system], "name": code.zh, "name_en": code.en, "type": traits["type"], "state": "active",
        "base_unit": words.of("unit", traits["unit"]), "second_unit": words.of("unit", "KGM") if dual else None, "floating_rate": dual,
        "procurement": "make" if made else "buy", "lot_control": traits["tracking"], "sellable": traits["sellable"],
        "issue_method": "back_flush" if code.code == "RM-PAINT" else "pick", "inspected": traits["type"] != "semi",
    }  # fmt: skip


def bill(words: Words, made: str) -> Data:
    """A bill of material, as released."""
    return {
        "material": words.of("material", made), "version": "V1", "state": "released", "base_quantity": words.quantity(made, 1),
        "lines": bill_lines(words, made),
    }


def bill_lines(words: Words, made: str) -> list[Data]:
    return [
        {
            "line": at, "material": words.of("material", part.material), "quantity": words.quantity(part.material, part.quantity),
            "issue_method": part.issue_method, "sequence": part.operation,
            "substitutes": [{"material": words.of("material", "RM-BAR-SS")}] if part.material == "RM-BAR-45" else [],
        }
        for at, part in enumerate(bom(made), 1)
    ]  # fmt: skip


def route(words: Words, made: str) -> Data:
    """A routing, as released."""
    return {"material": words.of("material", made), "version": "V1", "state": "released", "operations": route_steps(words, made)}


def route_steps(words: Words, made: str) -> list[Data]:
    return [
        {
            "sequence": step.number, "operation": words.of("operation", step.operation),
            "work_center": words.of("work_center", step.work_center), "name": OPERATIONS[step.operation][2],
            "setup_minutes": "10", "run_minutes": str(step.minutes), "base_quantity": "1", "unit": words.of("unit", "H87"),
            "subcontracted": step.outsourced,
        }
        for step in routing(made)
    ]  # fmt: skip


def operations(words: Words) -> list[Data]:
    return [
        {"code": words.of("operation", code), "name": zh, "name_en": en, "state": "active", "outsourced": code == OUTSOURCED}
        for code, (_, _, zh, en, _, _) in OPERATIONS.items()
    ]


def work_centers(words: Words) -> list[Data]:
    return [
        {"code": words.of("work_center", code), "name": zh, "name_en": en, "state": "in_service"}
        for code, (_, _, zh, en) in WORK_CENTRES.items()
    ]


def customer(shared: str) -> tuple[Data, Data]:
    """A customer and their profile, as the CRM keeps them in one form."""
    code, _, zh, en, contact, phone, address = {**CUSTOMERS, **NEW_CUSTOMERS}[shared]
    person = {"name": contact, "position": "采购经理", "phone": phone}
    plain = {"code": code, "name": zh, "short_name": zh[2:6], "name_en": en, "state": "active", "type": "cn_organisation", "country": "CN"}
    return plain, {"customer": code, "address": address, "phone": phone, "contacts": [person]}


def priced(line: Mapping[str, Any], quantity: int, price_with_tax: Decimal) -> Data:
    """An order line with quantity, prices, tax and totals that agree to the cent."""
    total = (price_with_tax * quantity).quantize(CENT)
    net = (total / (1 + TAX_RATE / 100)).quantize(CENT, ROUND_HALF_UP)
    return {
        **line, "quantity": {**line["quantity"], "value": amount(quantity)}, "price_with_tax": str(price_with_tax),
        "price": str((price_with_tax / (1 + TAX_RATE / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)), "tax_rate": str(TAX_RATE),
        "amount": str(net), "tax": str(total - net), "total": str(total),
    }  # fmt: skip


def totals(lines: Sequence[Mapping[str, Any]]) -> Data:
    """The header's sums: exactly those of the lines."""
    return {name: str(sum((Decimal(line[name]) for line in lines), Decimal())) for name in ("amount", "tax", "total")}


def weighed(part: str, quantity: Decimal, rate: float) -> Decimal | None:
    """The kilograms on the scale for so many castings; None for what is not weighed. `rate`: 0–1, the day's spread."""
    kilograms = CASTING_KG.get(part)
    return (kilograms * quantity * (Decimal("0.97") + Decimal(str(round(rate * 0.06, 4))))).quantize(CENT) if kilograms else None


def local_number(reference: Any) -> str:
    """A document's number, from a reference with or without its organisation."""
    return str(reference or "").rsplit("/", 1)[-1]
