"""What must not be in an entity that a MES may see: prices, cost, contacts, pay (B35), and people other than by code (B36)."""

from __future__ import annotations

from collections.abc import Iterator

from hub.model.annotations import code_fields, field_paths
from hub.model.common import Entity

DENIED_WORDS = frozenset(
    {
        "price", "prices", "amount", "cost", "costs", "currency", "tax", "total", "discount", "rebate", "margin", "profit", "credit",
        "payment", "payments", "pay", "salary", "wage", "wages", "bonus", "bank", "account", "settlement", "contract", "quote", "quotation",
        "contact", "contacts", "phone", "telephone", "mobile", "fax", "email", "mail", "address", "wechat", "attendance", "birthday",
    }
)  # fmt: skip
"""Words of field names that only commercial entities may have."""

PEOPLE_WORDS = frozenset(["person", "persons", "people", "worker", "operator", "inspector", "salesperson", "by"])


def denied(name: str) -> bool:
    """Whether a field of this name may stand on commercial entities only: `unit_price` yes, `pricing_unit` no."""
    return not DENIED_WORDS.isdisjoint(name.lower().split("_"))


def denied_fields(cls: type[Entity]) -> Iterator[str]:
    """Paths of the fields that an entity open to a MES should not have."""
    return (path for path in field_paths(cls) if denied(path.rsplit(".", 1)[-1]))


def people_in_words(cls: type[Entity]) -> Iterator[str]:
    """Paths of fields that name a person and hold neither a code nor rows with one (B36)."""
    codes = code_fields(cls)
    for path in field_paths(cls):
        names_person = not PEOPLE_WORDS.isdisjoint(path.rsplit(".", 1)[-1].split("_"))
        if names_person and not any(other == path or other.startswith((f"{path}[]", f"{path}.")) for other in codes):
            yield path
