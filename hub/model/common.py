"""What every entity is made of: the entity and its rows, quantities, money, demand links, words in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hub.model.types import (
    CurrencyCode,
    LineNumber,
    Measure,
    Number,
    OrganisationCode,
    PersonCode,
    Reason,
    SalesOrderKey,
    UnitCode,
    write_time,
)


class Nature(StrEnum):
    """State: the newest version takes the place of older ones. Fact: immutable, corrected by a further fact, never superseded."""

    STATE = "state"
    FACT = "fact"


class Part(BaseModel):
    """A value inside an entity: frozen, and it refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rates: ClassVar[bool] = False
    """Its quantities are rates (per unit made), so a count may be broken."""


class Row(Part):
    """A part that repeats and can be told apart by its `identity`; a partial entity may say a row's identity and little else."""

    identity: ClassVar[tuple[str, ...]] = ("line",)


class Entity(Part):
    """One canonical document, master record or fact.

    `identity` names the fields that, joined by '@', follow the organisation in the key. `root` names the field that tells
    the lane where the entity belongs to another's aggregate: a code that is part of its own key, or the other's canonical key.
    `owner` is the role that owns it unless `boundaries.yaml` says otherwise. `commercial` entities hold prices, contacts or
    pay, and never reach a MES. `signed`: its quantities may be negative without reversing anything. `plant` holds the
    fields that only one plant has, as declared in `mappings/fields.yaml`.
    """

    entity: ClassVar[str]
    aggregate: ClassVar[str]
    nature: ClassVar[Nature] = Nature.STATE
    commercial: ClassVar[bool] = False
    owner: ClassVar[str]
    identity: ClassVar[tuple[str, ...]] = ("number",)
    root: ClassVar[str] = ""
    signed: ClassVar[bool] = False
    is_partial: ClassVar[bool] = False

    organisation: OrganisationCode
    plant: dict[str, Any] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """`organisation/number`; compound numbers are joined by '@' in the order of `identity`."""
        said = self.__dict__
        return f"{said['organisation']}/" + "@".join([_text(said[name]) for name in self.identity])

    @property
    def lane(self) -> str:
        """The key of the aggregate root: what keeps its order on the bus."""
        root = getattr(self, self.root) if self.root else None
        if root is None:
            return self.key
        return f"{self.organisation}/{root}" if self.root in self.identity else str(root)

    @property
    def demand_links(self) -> tuple[DemandLink, ...]:
        """The order lines that this serves; () for stock, or where nothing is said."""
        return self.__dict__.get("demands") or ()


def _text(part: object) -> str:
    if part.__class__ is str:
        return str(part)
    if part is None:
        return ""
    return write_time(part) if isinstance(part, datetime) else str(part)


class Measured(Part):
    """A number and the shared unit it is in."""

    value: Number
    unit: UnitCode


class Quantity(Measured):
    """A quantity; `second` is the measured second quantity of materials kept in two units (kg and pieces, 双单位)."""

    second: Measured | None = None


class Money(Part):
    """An amount that stands alone. Documents with lines name their currency once, in the header."""

    amount: Number
    currency: CurrencyCode


class Words(Part):
    """A text for people, in both languages."""

    zh: str
    en: str


class DemandLink(Part):
    """One order line, and how much of it is meant."""

    order: SalesOrderKey
    line: LineNumber
    quantity: Quantity


def _as_set(links: tuple[DemandLink, ...]) -> tuple[DemandLink, ...]:
    places = [(link.order, link.line) for link in links]
    if len(places) != len(set(places)):
        raise PydanticCustomError("order-line-twice", "names an order line twice")
    return tuple(sorted(links, key=lambda link: (link.order, link.line)))


Demands = Annotated[tuple[DemandLink, ...], AfterValidator(_as_set)]
"""A set of demand links, kept in order of (order, line), each order line once."""


def links(rows: Iterable[Any] | None) -> tuple[DemandLink, ...]:
    """The demand links of rows that say `order`, `order_line` and `quantity`."""
    return tuple(
        DemandLink(order=row.order, line=row.order_line, quantity=row.quantity)
        for row in rows or ()
        if row.order is not None and row.order_line is not None and row.quantity is not None
    )


class ReasonQuantity(Part):
    """How much for which reason, in the unit of what it is part of."""

    reason: Reason
    quantity: Measure


class PersonMinutes(Part):
    """Who worked, by code only, and how long."""

    person: PersonCode
    minutes: Number


class IssueMethod(StrEnum):
    """How a component leaves stock: picked (领料), back-flushed on the report (倒冲), or not at all (不领)."""

    PICK = "pick"
    BACK_FLUSH = "back_flush"
    NONE = "none"
