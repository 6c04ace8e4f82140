"""An approved change of a code as an event (`canonical.material`, …): how the dictionary tells every system that wants it. Pure.

One event for each organisation that the code is assigned to. The revision is the dictionary's version, so a later state is newer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.bus.base import Message
from hub.bus.topics import canonical
from hub.event import Event, event_id
from hub.model import decode, encode
from master_data.tables import STATUSES

HUB = "hub"
"""The source of what the hub itself tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a kind looks as an entity. `fields`: attribute → field; `states`: status → the entity's state; `values`: where texts differ."""

    entity: str
    states: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    named: bool = True


def _states(begins: str, lives: str, blocked: str, over: str) -> dict[str, str]:
    return {"draft": begins, "in_review": begins, "active": lives, "phase_out": lives, "blocked": blocked, "obsolete": over}


FORMS: Mapping[str, Form] = {
    "material": Form(entity="material", states={status: status for status in STATUSES}, fields={
        "spec": "specification", "drawing": "drawing", "type": "type", "base_unit": "base_unit", "second_unit": "second_unit",
        "dual_unit": "floating_rate", "fractions": "fractions", "procurement": "procurement", "control": "lot_control",
        "sellable": "sellable", "gtin": "gtin",
    }),
    "customer": Form(
        entity="customer", states=_states("prospect", "active", "blocked", "retired"),
        fields={name: name for name in ("short_name", "type", "uscc", "country")}, values={"type": {"cn_org": "cn_organisation"}},
    ),
    "operation": Form(entity="operation", states=_states("draft", "active", "active", "obsolete"), fields={"outsourced": "outsourced"}),
    "work_center": Form(entity="work_center", states=_states("planned", "in_service", "out_of_service", "retired")),
    "reason": Form(entity="reason_code", states=_states("active", "active", "retired", "retired"), fields={"list": "list"}),
    "person": Form(entity="person", states=_states("active", "active", "left", "left"), fields={"department": "department"}, named=False),
}  # fmt: skip
"""The kinds that the model has an entity for; the others stay within the dictionary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code as it now stands. `organisations`: shared codes where it is assigned."""

    kind: str
    code: str
    zh: str
    en: str
    status: str
    attributes: Mapping[str, Any]
    organisations: Sequence[str]


def messages(codes: Sequence[Code], version: int, at: datetime) -> list[Message]:
    """What a dictionary version tells of these codes, in the order given; of kinds without an entity nothing."""
    events = [
        _event(FORMS[code.kind], code, organisation, version, at)
        for code in codes
        if code.kind in FORMS
        for organisation in code.organisations
    ]
    return [Message(canonical(aggregate), event.lane, event.data, event.headers()) for aggregate, event in events]


def _event(form: Form, code: Code, organisation: str, version: int, at: datetime) -> tuple[str, Event]:
    content = decode(form.entity, _data(form, code, organisation))
    event = Event(
        id=event_id(HUB, content.entity, content.key, version), source=HUB, entity=content.entity, key=content.key, lane=content.lane,
        revision=version, correction=0, time=at, recorded_at=at, data=encode(content),
    )
    return content.aggregate, event


def _data(form: Form, code: Code, organisation: str) -> dict[str, Any]:
    named = {"name": code.zh or code.en or code.code, **({"name_en": code.en} if code.en else {})} if form.named else {}
    return {"organisation": organisation, "code": code.code, "state": form.states[code.status], **named, **fields(form, code.attributes)}


def fields(form: Form, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes as fields of the entity, in its words."""
    return {form.fields[name]: _value(form, name, value) for name, value in attributes.items() if name in form.fields}


def _value(form: Form, name: str, value: Any) -> Any:
    return form.values.get(name, {}).get(value, value) if isinstance(value, str) else value
