"""Whether prices, contacts or pay got into the MES: into its books, or only into what it was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.demo.proof.findings import Finding
from hub.sdk.simulation import Books

NEVER = {
    "price", "prices", "amount", "tax", "currency", "cost", "contact", "contacts", "phone", "mobile", "email", "address", "salary",
    "wage", "wages", "pay", "payroll", "credit", "discount",
}  # fmt: skip
"""Words of field names, in one piece or joined by underscores or capitals."""
NEVER_ZH = ("价", "金额", "税", "联系人", "电话", "手机", "邮箱", "地址", "工资", "薪", "成本")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def check_boundary(crm: Books, mes: Books, received: Iterable[Any] = ()) -> Iterator[Finding]:
    """One finding per place and field. `received`: everything the MES was ever sent, as JSON values."""
    secrets = set(_secrets(crm))
    seen: set[tuple[str, str]] = set()
    held = ((f"{entry.kind} {entry.number}", entry.data) for entry in mes.history())
    sent = ((f"payload {at}", payload) for at, payload in enumerate(received, 1))
    for place, value in (*held, *sent):
        for field in breaches(value, secrets):
            if (place, field) not in seen:
                seen.add((place, field))
                yield Finding("boundary-breach", {"place": place, "field": field})


def breaches(value: Any, secrets: set[str]) -> Iterator[str]:
    """Names of fields that say what a MES must not know, and values that are somebody's contact."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if is_forbidden(str(name)):
                yield str(name)
            yield from breaches(item, secrets)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from breaches(item, secrets)
    elif isinstance(value, str) and any(secret in value for secret in secrets):
        yield value


def is_forbidden(name: str) -> bool:
    """`price_with_tax`, `FTaxPrice` and `含税单价` are; `payload` and `taxonomy` are not."""
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & NEVER) or any(word in name for word in NEVER_ZH)


def _secrets(crm: Books) -> Iterator[str]:
    """Telephone numbers, addresses, names and e-mail addresses of the customers' people."""
    for entry in crm.entries("customer_profile", visible_only=False):
        yield from (entry.data[name] for name in ("phone", "address") if entry.data.get(name))
        for contact in entry.data.get("contacts") or ():
            yield from (str(contact[name]) for name in ("name", "phone", "email") if contact.get(name))
