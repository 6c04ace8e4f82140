"""The vendor's view of the simulated books: rows of a query out of an entry, and an entry out of the Model of a Save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.kingdee.forms import HUB_KEY, HUB_LINE, HUB_MARK, HUB_REVISION, STAMPS, Field, Form
from connectors.kingdee.parts import CREATED, PARTS
from connectors.kingdee.simulated_past import Past
from hub.sdk.simulation import Entry

ZONE = ZoneInfo("Asia/Shanghai")
GROUP_ORGANISATION = "000"          # holds what has not been allocated to a factory yet
STATUS = {"draft": "A", "submitted": "B", "audited": "C"}
CUSTOM = {HUB_KEY: "key", HUB_MARK: "mark", HUB_REVISION: "revision"}
PREFIXES = {part.form.form: part.prefix for parts in PARTS.values() for part in parts}
FORBIDDEN = ("blocked", "obsolete", "retired", "merged")


def rows_of(form: Form, entry: Entry, past: Past) -> list[dict[str, Any]]:
    """One row per entry line, the header repeated; a master record has a row for each organisation that may use it."""
    header = _header(form, entry, past)
    lines = list(_lines(form, entry, past)) or [dict.fromkeys(form.line_keys)]
    if form.master:
        allocated = [code for code in entry.custom.get("allocated", "").split(",") if code] or [GROUP_ORGANISATION]
        return [{**header, form.organisation: code} for code in allocated]
    return [{**header, **line} for line in lines]


def _header(form: Form, entry: Entry, past: Past) -> dict[str, Any]:
    place = (entry.kind, entry.id)
    row = {each.key: _out(each, entry.data, entry.data) for each in form.header}
    row |= {
        form.id: entry.id, form.number: entry.id if form.number == form.id else PREFIXES.get(form.form, "") + entry.number,
        form.organisation: entry.organisation, "FDocumentStatus": _document_status(entry, place in past.withdrawn),
        form.modified: _shown(past.time(form.form, entry, form.modified)),
        CREATED: row.get(CREATED) or _shown(past.time(form.form, entry, CREATED)),
        "FCancelStatus": "B" if "cancelled" in (entry.status, entry.data.get("state")) else "A",
        "FCloseStatus": "B" if entry.data.get("state") == "closed" else "A",
        "FForbidStatus": "B" if entry.data.get("state") in FORBIDDEN else "A",
    }  # fmt: skip
    given = next((each for each in form.header if each.kind == "given"), None)
    if given is not None:
        approved = past.approved_at.get(place)
        row[given.key] = local(_instant(_get(entry.data, entry.data, given.place) or approved)) if approved else None
    return row | {key: entry.custom.get(name, "") for key, name in CUSTOM.items()}


def _shown(moment: datetime | None) -> str | None:
    return local(moment) if moment else None


def _document_status(entry: Entry, withdrawn: bool) -> str:
    if entry.status != "submitted" and entry.data.get("state") in ("rejected", "on_hold"):
        return "D"
    if entry.status == "draft" and withdrawn:
        return "D"
    return STATUS.get(entry.status, "A")


def _lines(form: Form, entry: Entry, past: Past) -> Iterator[dict[str, Any]]:
    if not form.lines:
        return
    name = form.kinds[entry.kind]
    rows: Sequence[Mapping[str, Any]] = entry.data.get(name) or () if name else (entry.data,)
    shared = form.entry_id if name == "demands" else ""
    for index, line in enumerate(rows or ([{}] if name == "demands" else []), start=1):
        row = {each.key: _out(each, line, entry.data) for each in form.lines}
        named = ((each.key, each.kind.removeprefix("id of ")) for each in form.lines if each.kind.startswith("id of "))
        row |= {key: past.id_of(kind, entry.organisation, row[key]) for key, kind in named}
        yield {form.entry_id: entry.id * 1000 + (1 if shared else index), **row}


def _out(field: Field, line: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    value = next((found for place in field.place.split("|") if (found := _get(line, document, place)) is not None), None)
    if field.values:
        return field.values.get(str(_first(value)), field.values.get("*"))
    if value is None:
        return False if field.kind == "flag" else 0 if field.kind == "number" else None if field.kind in ("day", "time") else ""
    match field.kind:
        case "number":
            return _json_number(value)
        case "flag":
            return bool(value)
        case "day":
            return local(_instant(value))[:10] + "T00:00:00"
        case "time":
            return local(_instant(value))
    return value


def _first(value: Any) -> Any:
    return (value[0] if value else "") if isinstance(value, list | tuple) else value


def _get(line: Mapping[str, Any], document: Mapping[str, Any], place: str) -> Any:
    value: Any = document if place.startswith("$.") else line
    for part in filter(None, place.removeprefix("$.").split(".")):
        value = value.get(part) if isinstance(value, Mapping) else None
    return None if value is line and not place else value


def _json_number(value: Any) -> int | float:
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)


def _instant(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def local(moment: datetime) -> str:
    """Whole seconds in China's time, as the vendor shows times."""
    return moment.astimezone(ZONE).replace(microsecond=0, tzinfo=None).isoformat()


class FieldUnknown(Exception):
    """The Model names a field that the form has not."""


def known_fields(form: Form, model: Mapping[str, Any]) -> None:
    """Raises FieldUnknown for the first one that is not of this form."""
    header = {form.id, form.number, form.organisation, *STAMPS, *(each.key for each in form.header)}
    lines = {"FEntryID", HUB_LINE, *form.sent, *(each.key for each in form.lines)}
    for rows, known in (([{**model, form.entry: None}], header | {form.entry}), (model.get(form.entry) or [], lines)):
        for row in rows:
            for key in _leaves(row):
                if key not in known:
                    raise FieldUnknown(key)


def _leaves(model: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in model.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def canonical(form: Form, model: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's data after a Save: fields that are not sent stay; lines that name their FEntryID keep theirs, others are new or go."""
    data = dict(old)
    _take(form.header, model, data)
    rows = model.get(form.entry) or []
    name = form.kinds[form.writes] if form.lines else ""
    if form.lines and name and rows:
        before = {each.get("line"): each for each in old.get(name) or ()}
        data[name] = [_line(form, row, before, index) for index, row in enumerate(rows, start=1)]
    elif form.lines and rows:
        _take(form.lines, rows[0], data)
    return data


def _line(form: Form, row: Mapping[str, Any], before: Mapping[Any, Mapping[str, Any]], index: int) -> dict[str, Any]:
    number = int(row.get(HUB_LINE) or index)
    line = {**(before.get(number, {}) if row.get("FEntryID") else {}), "line": number}
    _take(form.lines, row, line)
    return line


def _take(fields: Sequence[Field], source: Mapping[str, Any], target: dict[str, Any]) -> None:
    for each in fields:
        value = dotted(source, each.key)
        if value is None or each.kind == "given" or (taken := _in(each, value)) == "*":
            continue
        _put(target, each.place.split("|")[0].removeprefix("$."), taken)


def dotted(model: Mapping[str, Any], key: str) -> Any:
    """A Model's value: base data is an object with FNumber."""
    value: Any = model
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _in(field: Field, value: Any) -> Any:
    if field.values:
        return next((ours for ours, theirs in field.values.items() if str(theirs) == str(value)), value)
    if field.kind in ("day", "time"):
        return _instant(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
    if field.place.endswith(("line", "sequence")):
        return int(value)
    return str(value) if field.kind == "number" else value


def _put(target: dict[str, Any], place: str, value: Any) -> None:
    *path, leaf = place.split(".")
    for part in path:
        inner = dict(target.get(part) or {})
        target[part] = inner
        target = inner
    target[leaf] = value
