"""One row against the dictionary → its verdict, what would be proposed, what would be refused. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from hub.errors import HubError
from master_data.codes import NEXT, NOT_YET, with_optional
from master_data.errors import (
    AttributeMissing,
    AttributeWrong,
    CodeObsolete,
    CodeTaken,
    NameRuleBroken,
    NoSuchCode,
    StatusChangeNotAllowed,
)
from master_data.exchange.cells import CLEAR, DOUBTS
from master_data.exchange.columns import Field, Header
from master_data.exchange.findings import Checked, Finding, found, refused
from master_data.exchange.known import OBSOLETE, Known
from master_data.exchange.local_differences import Claims, local_changes
from master_data.kind import Kind
from master_data.name_rule import LANGUAGES
from master_data.proposed import ChangeCode, CreateCode, One
from master_data.refusals import CodeNotReleased

BEGINNING = ("draft", "in_review", "active")
"""The statuses a code may be made in."""
LATER = ("phase_out", "blocked")


@dataclass(slots=True)
class Entry:
    """One row as read: values by field key. `references`: codes of the row's own kind that the file itself may bring."""

    sheet: int
    row: int
    code: str
    header: Header
    values: Mapping[str, Any]
    findings: list[Finding]
    references: list[tuple[int, str]] = field(default_factory=list)

    def column(self, key: str) -> int | None:
        return self.header.column_of(key)

    def refuse(self, key: str, error: HubError) -> None:
        """A finding in the field's cell; in the code's where the file has no such column."""
        column = self.column(key)
        self.findings.append(refused(self.column("code") if column is None else column, error))

    def attributes(self) -> dict[str, Any]:
        """By name; None takes one away."""
        given = ((key, value) for key, value in self.values.items() if key.startswith("attributes.") and value is not None)
        return {key.removeprefix("attributes."): None if value is CLEAR else value for key, value in given}


def compare(kind: Kind, entry: Entry, known: Known, claims: Claims) -> Checked:
    """The row's verdict. `claims`: which row of the file first named a local code."""
    row = known.codes.get(entry.code)
    _settle_doubts(entry, known)
    if row is None:
        changes = _made(kind, entry, known)
    else:
        changes = _changed(kind, entry, row, known)
    proposed = [as_json(change) for change in (*changes, *local_changes(entry, known, claims, new=row is None))]
    checked = Checked(entry.sheet, entry.row, entry.code, "new" if row is None else "changed", entry.findings, proposed)
    if any(finding.grave for finding in entry.findings):
        checked.verdict, checked.changes = "refused", []
    elif not proposed:
        checked.verdict = "unchanged"
    return checked


def as_json(change: One) -> dict[str, Any]:
    """As it is kept: what was not said is left out."""
    return {"action": change.action, **change.model_dump(mode="json", exclude_unset=True)}


def _settle_doubts(entry: Entry, known: Known) -> None:
    """What looks like a date or like lost zeros is neither where the dictionary has it so."""
    if not entry.findings:
        return
    sure = {column for column, field in entry.header.fields.items() if _is_known(entry, field, known)}
    entry.findings[:] = [each for each in entry.findings if each.code not in DOUBTS or each.column not in sure]


def _is_known(entry: Entry, of: Field, known: Known) -> bool:
    value = entry.values.get(of.key)
    if of.sort == "code":
        return entry.code in known.codes
    if of.sort == "local":
        return isinstance(value, list) and all((of.system, of.organisation, each) in known.meanings for each in value)
    return of.attribute is not None and known.statuses.get((of.attribute.of, str(value))) is not None


def _made(kind: Kind, entry: Entry, known: Known) -> Sequence[CreateCode | ChangeCode]:
    _check_code(kind, entry, known)
    names = _names(kind, entry, {"zh": "", "en": ""})
    status = entry.values.get("status") or "active"
    attributes = _attributes(_of_status(kind, status), entry, {}, known)
    if status not in (*BEGINNING, *LATER):
        entry.findings.append(found(entry.column("status"), "new-obsolete", value=entry.code))
    _check_organisations(entry, known)
    if not _window_holds(entry, None) or any(finding.grave for finding in entry.findings):
        return ()
    beginning = {"status": status} if status in BEGINNING and status != "active" else {}
    said = {"kind": kind.kind, "code": entry.code, "attributes": attributes, **names, **_rest(entry), **beginning}
    later = {"kind": kind.kind, "code": entry.code, "status": status}
    made = CreateCode.model_validate(said)
    return (made, ChangeCode.model_validate(later)) if status in LATER else (made,)


def _changed(kind: Kind, entry: Entry, row: Row[Any], known: Known) -> Sequence[ChangeCode]:
    different = {
        **_changed_names(kind, entry, row), **_changed_attributes(kind, entry, row), **_changed_status(entry, row),
        **_changed_rest(entry, row),
    }  # fmt: skip
    if not different:
        return ()
    _attributes(_of_status(kind, different.get("status", row.status)), entry, row.attributes, known)
    if "organisations" in different:
        _check_organisations(entry, known)
    if not _window_holds(entry, row) or any(finding.grave for finding in entry.findings):
        return ()
    return (ChangeCode(kind=kind.kind, code=entry.code, expected_version=row.version, **different),)


def _of_status(kind: Kind, status: str) -> Kind:
    """A draft may lack what is mandatory."""
    return with_optional(kind) if status == "draft" else kind


def _check_code(kind: Kind, entry: Entry, known: Known) -> None:
    there = known.folded.get(entry.code.casefold())
    if there is not None:
        entry.refuse("code", CodeTaken(kind=kind.kind, value=entry.code, there=there))
    if any(finding.grave and finding.column == entry.column("code") for finding in entry.findings):
        return
    try:
        kind.check_code(entry.code)
    except HubError as error:
        padded = _padded(kind, entry.code)
        lost = found(entry.column("code"), "cell-zeros-lost", value=entry.code, padded=padded)
        entry.findings.append(lost if padded else refused(entry.column("code"), error))


def _padded(kind: Kind, code: str) -> str:
    """The code with the zeros before it that the rule asks for; '' where none help."""
    if not (code.isascii() and code.isdigit()):
        return ""
    for length in range(len(code) + 1, min(kind.code.max_length, 40) + 1):
        try:
            kind.check_code(code.zfill(length))
            return code.zfill(length)
        except HubError:
            continue
    return ""


def _names(kind: Kind, entry: Entry, there: Mapping[str, str]) -> dict[str, str]:
    """Both names as they would be: the row's, else those that are there."""
    names = dict(there) | {key: kind.names.normal(value) for key, value in _given_names(entry).items()}
    failed = {each.column for each in entry.findings if each.grave}
    for language in LANGUAGES:
        if entry.column(language) in failed:
            continue
        try:
            kind.names.check(kind.scope, language, names[language], {})
        except NameRuleBroken as error:
            entry.refuse(language, error)
    return names


def _given_names(entry: Entry) -> dict[str, str]:
    given = {language: entry.values.get(language) for language in LANGUAGES}
    return {language: "" if value is CLEAR else str(value) for language, value in given.items() if value is not None}


def _changed_names(kind: Kind, entry: Entry, row: Row[Any]) -> dict[str, Any]:
    there = {"zh": row.name_zh, "en": row.name_en}
    if all(value in (there[language], kind.names.normal(there[language])) for language, value in _given_names(entry).items()):
        return {}
    names = _names(kind, entry, there)
    return {language: name for language, name in names.items() if name != there[language]}


def _changed_attributes(kind: Kind, entry: Entry, row: Row[Any]) -> dict[str, Any]:
    # most rows say what is there: what is stored is in its normal form
    given = {name: value for name, value in entry.attributes().items() if row.attributes.get(name) != value}
    if not given:
        return {}
    normal = {name: value for name, value in _right(kind, entry, given, row.attributes).items() if value is not None}
    changed = {name: value for name, value in normal.items() if row.attributes.get(name) != value}
    gone = {name: None for name, value in given.items() if value is None and name in row.attributes}
    return {"attributes": changed | gone} if changed or gone else {}


def _attributes(kind: Kind, entry: Entry, before: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """All attributes as they would be, checked as the dictionary will: mandatory ones there, codes of other kinds in use."""
    given = _right(kind, entry, entry.attributes(), before)
    wanted = {name: value for name, value in ({**before} | given).items() if value is not None}
    failed = {each.column for each in entry.findings if each.grave}
    for attribute in kind.attributes:
        key = f"attributes.{attribute.name}"
        needed = attribute.mandatory and attribute.name not in wanted and attribute.applies(wanted)
        if needed and entry.column(key) not in failed:
            entry.refuse(key, AttributeMissing(kind=kind.kind, value=entry.code, attribute=attribute.name))
        if attribute.of and attribute.name in wanted:
            _check_reference(kind, entry, key, attribute.of, wanted[attribute.name], known)
    return wanted


def _right(kind: Kind, entry: Entry, given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes given, in their normal form; each wrong one is told once and left out."""
    left = {each.name: before[each.name] for each in kind.attributes if each.mandatory and each.name in before.keys() - given.keys()}
    left |= {name: value for name, value in given.items() if value is not None}
    while True:
        try:
            normal = kind.normal_attributes(entry.code, left)
            return {name: normal.get(name) for name in given if name in left or given[name] is None}
        except AttributeWrong as error:
            name = error.facts["attribute"]
            left.pop(name)
            if name in given and not any(each.code == error.code and each.facts.get("attribute") == name for each in entry.findings):
                entry.refuse(f"attributes.{name}", error)
        except AttributeMissing:   # the row is refused for it: the form of the others does not matter any more
            return {name: left.get(name) for name in given if name in left or given[name] is None}


def _check_reference(kind: Kind, entry: Entry, key: str, of: str, code: str, known: Known) -> None:
    status = known.statuses.get((of, code))
    if status is None and of == kind.kind:
        column = entry.column(key)
        entry.references.append((-1 if column is None else column, code))
    elif status is None:
        entry.refuse(key, NoSuchCode(kind=of, value=code))
    elif status == OBSOLETE:
        entry.refuse(key, CodeObsolete(kind=of, value=code))
    elif status in NOT_YET:
        entry.refuse(key, CodeNotReleased(kind=of, value=code, status=status))


def _changed_status(entry: Entry, row: Row[Any]) -> dict[str, Any]:
    wanted = entry.values.get("status")
    if wanted in (None, row.status):
        return {}
    if wanted not in NEXT[row.status]:
        entry.refuse("status", StatusChangeNotAllowed(kind=row.kind, value=row.code, before=row.status, after=wanted))
    return {"status": wanted}


def _changed_rest(entry: Entry, row: Row[Any]) -> dict[str, Any]:
    rest = _rest(entry)
    if "organisations" in rest and sorted(rest["organisations"]) == sorted(row.organisations):
        del rest["organisations"]
    return {key: value for key, value in rest.items() if key == "organisations" or value != getattr(row, key)}


def _rest(entry: Entry) -> dict[str, Any]:
    """Organisations and validity, where the row gives them."""
    given = {key: entry.values[key] for key in ("valid_from", "valid_to") if entry.values.get(key) is not None}
    organisations = entry.values.get("organisations")
    if organisations is not None:
        given["organisations"] = () if organisations is CLEAR else tuple(organisations)
    return given


def _window_holds(entry: Entry, row: Row[Any] | None) -> bool:
    """Whether the code would begin before it ends."""
    rest = _rest(entry)
    start = rest.get("valid_from", row and row.valid_from)
    end = rest.get("valid_to", row and row.valid_to)
    if start and end and start >= end:
        entry.findings.append(found(entry.column("valid_to"), "window-turned", start=start.date(), end=end.date()))
        return False
    return True


def _check_organisations(entry: Entry, known: Known) -> None:
    wanted = entry.values.get("organisations")
    for code in wanted if isinstance(wanted, list) else ():
        if known.statuses.get(("organisation", code)) is None:
            entry.refuse("organisations", NoSuchCode(kind="organisation", value=code))
