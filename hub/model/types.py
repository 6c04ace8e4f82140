"""The scalar types of the model: exact numbers, aware times, texts, shared codes and references to documents.

Numbers and times are read by one function each, so that what is refused has a code of ours and a sentence in both languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

ZERO = Decimal(0)
MAX_DIGITS = 28
MAX_PLACES = 12
DECIMAL_PATTERN = r"^-?[0-9]+(\.[0-9]+)?$"

_SHORTEST = re.compile(r"0|-?[1-9][0-9]{0,15}|-?(?:0|[1-9][0-9]{0,15})\.[0-9]{0,11}[1-9]").fullmatch
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?").fullmatch
_EXACT = Context(prec=120)


@dataclass(frozen=True, slots=True)
class Code:
    """Marks a text as a shared code of the dictionary, of this kind. Published in JSON Schema as `x-code`."""

    kind: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "x-code": self.kind}


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks a text as the canonical key (`organisation/number`) of a document of this entity. In JSON Schema: `x-reference`."""

    entity: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "x-reference": self.entity}


@dataclass(frozen=True, slots=True)
class InUnit:
    """Marks a number as a quantity in the unit that the field `unit` beside it names."""


def read_number(value: object) -> Decimal:
    """An exact decimal in its shortest form ('10.50' → 10.5, '1E2' → 100), so that equal numbers are equal text.

    Takes decimal text in ASCII, integers, decimals, and JSON numbers by their shortest text. Refuses NaN, infinity,
    booleans, more than 28 digits or 12 places.
    """
    if type(value) is str and _SHORTEST(value):  # nearly all of them
        return Decimal(value)
    if type(value) is Decimal and _SHORTEST(str(value)):
        return value
    if type(value) is float:
        value = repr(value)
    if (isinstance(value, str) and not _NUMBER(value)) or not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise PydanticCustomError("number-unreadable", "is not a number")
    return _shortest(Decimal(value))


def _shortest(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise PydanticCustomError("number-unreadable", "is not a number")
    if _size(number) > _EXACT.prec:
        raise PydanticCustomError("number-too-long", "has too many digits")
    number = _EXACT.normalize(number)
    if number == number.to_integral_value():
        number = number.quantize(1, context=_EXACT)
    if _size(number) > MAX_DIGITS or -_exponent(number) > MAX_PLACES:
        raise PydanticCustomError("number-too-long", "has too many digits")
    return number if number else ZERO


def _size(number: Decimal) -> int:
    """How many digits it takes to write it out."""
    digits, exponent = len(number.as_tuple().digits), _exponent(number)
    return digits + exponent if exponent > 0 else max(digits, -exponent)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def write_number(number: Decimal) -> str:
    """The decimal text, never with an exponent."""
    text = str(number)      # a third of the time that formatting takes
    return text if "E" not in text else format(number, "f")


def read_time(value: object) -> datetime:
    """An instant in UTC, from an aware datetime or ISO 8601 text with a zone. Refuses naive times, numbers and bare dates."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("time-unreadable", "is not an ISO 8601 time") from None
    if not isinstance(value, datetime):
        raise PydanticCustomError("time-unreadable", "is not an ISO 8601 time")
    if value.tzinfo is None:
        raise PydanticCustomError("time-without-zone", "has no time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def write_time(time: datetime) -> str:
    """ISO 8601 with `Z`."""
    return time.isoformat()[:-6] + "Z"


Number = Annotated[
    Decimal,
    PlainValidator(read_number),
    PlainSerializer(write_number, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": DECIMAL_PATTERN}),
]
"""An exact number; a decimal string in JSON."""

Amount = Number
"""Money in the currency of the document."""

Measure = Annotated[Number, InUnit()]
"""A quantity in the unit of the field `unit` beside it."""

Time = Annotated[
    datetime,
    PlainValidator(read_time),
    PlainSerializer(write_time, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant, aware, in UTC."""

Name = Annotated[str, Field(min_length=1, max_length=400)]
Remark = Annotated[str, Field(max_length=4000)]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=200)]
LotNumber = Annotated[str, Field(min_length=1, max_length=100)]
LineNumber = Annotated[int, Field(ge=0)]

OrganisationCode = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^/@]+$"), Code("organisation")]
MaterialCode = Annotated[str, Field(min_length=1, max_length=120), Code("material")]
UnitCode = Annotated[str, Field(min_length=1, max_length=20), Code("unit")]
CustomerCode = Annotated[str, Field(min_length=1, max_length=120), Code("customer")]
SupplierCode = Annotated[str, Field(min_length=1, max_length=120), Code("supplier")]
OperationCode = Annotated[str, Field(min_length=1, max_length=120), Code("operation")]
WorkCenterCode = Annotated[str, Field(min_length=1, max_length=120), Code("work_center")]
Reason = Annotated[str, Field(min_length=1, max_length=120), Code("reason")]
PersonCode = Annotated[str, Field(min_length=1, max_length=120), Code("person")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), Code("currency")]
WarehouseCode = Annotated[str, Field(min_length=1, max_length=120), Code("warehouse")]
LocationCode = Annotated[str, Field(min_length=1, max_length=120), Code("location")]
DepartmentCode = Annotated[str, Field(min_length=1, max_length=120), Code("department")]
ShiftCode = Annotated[str, Field(min_length=1, max_length=60), Code("shift")]
ToolCode = Annotated[str, Field(min_length=1, max_length=120), Code("tool")]
SettlementCode = Annotated[str, Field(min_length=1, max_length=60), Code("settlement")]
DocumentTypeCode = Annotated[str, Field(min_length=1, max_length=60), Code("document_type")]

Key = Annotated[str, Field(min_length=3, max_length=300, pattern=r"^[^/@]+/.+$")]
SalesOrderKey = Annotated[Key, Reference("sales_order")]
ProductionPlanKey = Annotated[Key, Reference("production_plan")]
ProductionOrderKey = Annotated[Key, Reference("production_order")]
JobOrderKey = Annotated[Key, Reference("job_order")]
OperationReportKey = Annotated[Key, Reference("operation_report")]
QualityInspectionKey = Annotated[Key, Reference("quality_inspection")]
NonconformanceKey = Annotated[Key, Reference("nonconformance")]
MaterialIssueKey = Annotated[Key, Reference("material_issue")]
MaterialConsumptionKey = Annotated[Key, Reference("material_consumption")]
GoodsReceiptKey = Annotated[Key, Reference("goods_receipt")]
PurchaseReceiptKey = Annotated[Key, Reference("purchase_receipt")]
ShipmentKey = Annotated[Key, Reference("shipment")]
InvoiceKey = Annotated[Key, Reference("invoice")]
PaymentKey = Annotated[Key, Reference("payment")]
BomKey = Annotated[Key, Reference("bom")]
RoutingKey = Annotated[Key, Reference("routing")]
