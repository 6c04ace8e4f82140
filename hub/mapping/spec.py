"""What a mapping gives and asks: the spec of one file, the mapped record, what is missing, and the look-ups lent to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple, Protocol

import msgspec


class Reference(NamedTuple):
    """A document that a record refers to: `number` in its own system's words (in) or the canonical key (out)."""

    entity: str
    number: str
    internal_id: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """A translation that is not there yet. `what`: 'code' or 'document' (a look-up may say more exactly), `name`: kind or entity.
    Or a factor between units: 'conversion' or 'dual-unit', `name`: the material, `value`: `from>to`.

    `path`, `rule` and `to` are filled in by the engine; `detail` is the look-up's own (a vendor state, who must act).
    """

    what: str
    name: str
    value: str
    path: str = ""
    rule: str = ""
    to: str = ""
    detail: str = ""


class Lookups(Protocol):
    """The dictionary's snapshot and the batched read, for one system, organisation and direction."""

    def code(self, kind: str, value: str) -> str | Missing:
        """In: the shared code of a local one; out: the target's own code of a shared one."""
        ...

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        """In: the canonical key of a local number (or internal id); out: the target's number (or internal id) of a canonical key."""
        ...

    def context(self, name: str) -> Any:
        """`@name`; KeyError where there is none."""
        ...


class QuantityAsked(NamedTuple):
    """A quantity, the unit it is wanted in ('': the material's base unit), whose factors count ('': only general ones), decimal places.

    Without `places` only the wanted unit is asked for.
    """

    value: Decimal
    unit: str
    wanted: str
    material: str
    places: int | None


class QuantityGiven(NamedTuple):
    """The quantity at the target's precision. `residue`: what rounding took away, exactly (value + residue is the quantity)."""

    value: Decimal
    unit: str
    residue: Fraction


Convert = Callable[[QuantityAsked], QuantityGiven | Missing]
"""By the factors in force when the event happened."""


class Rounding(NamedTuple):
    """B30: a quantity that could not be given exactly. `path` in the record, `to` as the rule says it."""

    path: str
    to: str
    asked: QuantityAsked
    given: QuantityGiven

    def facts(self) -> dict[str, str]:
        """As it is told and kept: decimal text, the residue as a fraction."""
        asked, given = self.asked, self.given
        return {
            "path": self.path, "to": self.to, "material": asked.material, "entered": format(asked.value, "f"), "entered_unit": asked.unit,
            "given": format(given.value, "f"), "given_unit": given.unit, "residue": str(given.residue),
        }


class Mapped(msgspec.Struct, frozen=True):
    """What came out, in JSON types. With `missing` the data lacks those fields and must not be used.

    `operation`: 'upsert' or the connector's own; `number`: the vendor's document number in the payload, where the file says where.
    """

    data: dict[str, Any]
    missing: tuple[Missing, ...] = ()
    operation: str = "upsert"
    number: str | None = None
    rounded: tuple[Rounding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSpec:
    """One mapping file, compiled. `form`: the vendor's record or document. `version`: 12 hex characters of its content's hash.

    `deleted`: what a deletion at the source says, field by field: the value last told → the value that takes its place.
    `constants`: each text that the file itself names → the numbers of the rules that do.
    """

    product: str
    form: str
    entity: str
    direction: Literal["in", "out"]
    version: str
    file: str
    codes: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    deleted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _applies: Callable[[Mapping[str, Any]], bool] = field(repr=False, compare=False)
    _references: Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Reference]] = field(repr=False, compare=False)
    _apply: Callable[[Mapping[str, Any], Lookups, Convert | None], Mapped] = field(repr=False, compare=False)

    @property
    def record(self) -> str:
        """The vendor's form that is read (direction in)."""
        return self.form

    @property
    def document(self) -> str:
        """The vendor's form that is written (direction out)."""
        return self.form

    def withdrawn(self, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """The entity after its deletion at the source, from what was last told of it. None: nothing follows from the deletion."""
        changed = {name: table[told[name]] for name, table in self.deleted.items() if told.get(name) in table}
        return {**told, **changed} if changed else None

    def applies(self, record: Mapping[str, Any]) -> bool:
        """Does this file read this record? Raises MappingFailed where its `when` cannot be answered."""
        return self._applies(record)

    def references(self, record: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Sequence[Reference]:
        """The documents the record refers to, for one batched read beforehand. Never raises: what fails here, `apply` reports."""
        return self._references(record, context or {})

    def apply(self, record: Mapping[str, Any], look: Lookups, convert: Convert | None = None) -> Mapped:
        """Map one record; without `convert` no factor is known. Raises MappingFailed (the first failing rule; others in `.others`)."""
        return self._apply(record, look, convert)
