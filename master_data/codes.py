"""Codes: making, changing and finding them. Writing happens inside a `Publication`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.aliases import winner_of
from master_data.as_of import status_in
from master_data.errors import ChangedMeanwhile, CodeObsolete, CodeTaken, NoSuchCode, StatusChangeNotAllowed
from master_data.kind import Attribute, Kind
from master_data.proposed import ChangeCode, CreateCode, RetireCode
from master_data.publication import Publication
from master_data.refusals import CodeMerged, CodeNotReleased, NotAssigned
from master_data.tables import code_history, codes

NEXT: Mapping[str, Sequence[str]] = {
    "draft": ("in_review", "active", "obsolete"),
    "in_review": ("draft", "active", "obsolete"),
    "active": ("phase_out", "blocked", "obsolete"),
    "phase_out": ("active", "blocked", "obsolete"),
    "blocked": ("active", "phase_out", "obsolete"),
    "obsolete": (),
}
NOT_YET = ("draft", "in_review")


def with_optional(kind: Kind, names: Collection[str] | None = None) -> Kind:
    """The kind as it is while these attributes (None: all) may still be missing."""
    optional = [_optional(each) if names is None or each.name in names else each for each in kind.attributes]
    fields = {name: getattr(kind, name) for name in Kind.model_fields}       # a copy would keep what the kind has computed of itself
    return Kind.model_construct(**fields | {"attributes": optional})


async def create_code(to: Publication, change: CreateCode) -> None:
    """Raises what the kind's rules refuse, CodeTaken (also where only case differs), NoSuchCode for a code among the attributes."""
    kind = _kind(to, change.kind, change.status)
    kind.check_code(change.code)
    there = await _same(to.session, change.kind, change.code)
    if there is not None:
        raise CodeTaken(kind=change.kind, value=change.code, there=there)
    attributes = kind.normal_attributes(change.code, change.attributes)
    kind.check_code(change.code, attributes)
    zh, en = kind.normal_names(change.zh, change.en, attributes)
    await _check_references(to, kind, attributes)
    row = {
        "kind": change.kind, "code": change.code, "folded": change.code.casefold(), "name_zh": zh, "name_en": en,
        "organisations": list(change.organisations), "attributes": attributes, "status": change.status, "statuses": {},
        "valid_from": change.valid_from, "valid_to": change.valid_to,
    }  # fmt: skip
    await to.session.execute(insert(codes).values(**row, **_stamp(to)))
    await _published(to, change.kind, change.code)


async def change_code(to: Publication, change: ChangeCode) -> None:
    """Raises NoSuchCode, ChangedMeanwhile, StatusChangeNotAllowed, NotAssigned, and what the kind's rules refuse."""
    before = await expected_row(to, change.kind, change.code, change.expected_version)
    status = _status(before, before.status, change.status)
    kind = _kind(to, change.kind, status)
    attributes = kind.normal_attributes(change.code, before.attributes | change.attributes)
    zh, en = kind.normal_names(_or(change.zh, before.name_zh), _or(change.en, before.name_en), attributes)
    await _check_references(to, kind, attributes)
    organisations = list(_or(change.organisations, before.organisations))
    statuses = await _statuses(to, before, change.statuses, organisations)
    await put_code(
        to, change.kind, change.code, name_zh=zh, name_en=en, attributes=attributes, status=status, statuses=statuses,
        organisations=organisations, valid_from=_or(change.valid_from, before.valid_from), valid_to=_or(change.valid_to, before.valid_to),
    )  # fmt: skip


async def retire_code(to: Publication, change: RetireCode) -> None:
    """Raises NoSuchCode, ChangedMeanwhile, StatusChangeNotAllowed (it is obsolete already), NotAssigned."""
    there: dict[str, Any] = {"statuses": {change.organisation: "obsolete"}} if change.organisation else {"status": "obsolete"}
    await change_code(to, ChangeCode(kind=change.kind, code=change.code, expected_version=change.expected_version, **there))


async def put_code(to: Publication, kind: str, code: str, **values: Any) -> None:
    """Write columns of a code as they are, with its history; whoever calls has checked them."""
    await to.session.execute(update(codes).where(_is(kind, code)).values(**values, **_stamp(to)))
    await _published(to, kind, code)


async def expected_row(to: Publication, kind: str, code: str, version: int | None) -> Row[Any]:
    """The code, if it is still the version that was seen (None: whichever). Raises NoSuchCode, ChangedMeanwhile."""
    row = await code_row(to.session, kind, code)
    if version is not None and row.version not in (version, to.version):
        raise ChangedMeanwhile(kind=kind, value=code, seen=version, now=row.version)
    return row


async def code_row(session: AsyncConnection, kind: str, code: str) -> Row[Any]:
    """Raises NoSuchCode."""
    row = (await session.execute(select(codes).where(_is(kind, code)))).one_or_none()
    if row is None:
        raise NoSuchCode(kind=kind, value=code)
    return row


async def usable_code(session: AsyncConnection, kind: str, code: str, organisation: str = "") -> Row[Any]:
    """A code that new entries (of this organisation) may refer to. Raises NoSuchCode, CodeMerged, CodeObsolete, CodeNotReleased."""
    row = await code_row(session, kind, code)
    winner = await winner_of(session, kind, code)
    if winner != code:
        raise CodeMerged(kind=kind, value=code, winner=winner)
    status = status_in(row.status, row.statuses, organisation)
    if status == "obsolete":
        raise CodeObsolete(kind=kind, value=code)
    if status in NOT_YET:
        raise CodeNotReleased(kind=kind, value=code, status=status)
    return row


async def find_codes(session: AsyncConnection, kind: str, *, like: str = "", after: str = "", limit: int = 50) -> list[Row[Any]]:
    """Codes in order, those whose code or name contains `like`; `after` is the last code of the page before."""
    statement = select(codes).where(codes.c.kind == kind, codes.c.code > after).order_by(codes.c.code).limit(limit)
    if like:
        searched = (codes.c.code, codes.c.name_zh, codes.c.name_en)
        statement = statement.where(or_(*(column.icontains(like, autoescape=True) for column in searched)))
    return list(await session.execute(statement))


async def history(session: AsyncConnection, kind: str, code: str) -> list[Row[Any]]:
    """Every state the code has had, oldest first: who, when, why."""
    statement = select(code_history).where(code_history.c.kind == kind, code_history.c.code == code).order_by(code_history.c.version)
    return list(await session.execute(statement))


async def _published(to: Publication, kind: str, code: str) -> None:
    row = await code_row(to.session, kind, code)
    state = {
        "zh": row.name_zh, "en": row.name_en, "attributes": row.attributes, "status": row.status, "statuses": row.statuses,
        "organisations": row.organisations,
        "valid_from": row.valid_from and row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat(),
    }  # fmt: skip
    key = (code_history.c.kind == kind, code_history.c.code == code, code_history.c.version == to.version)
    again = await to.session.execute(update(code_history).where(*key).values(state=state))   # twice in one batch
    if not again.rowcount:
        entry = {"kind": kind, "code": code, "version": to.version, "state": state, "at": to.at, "by": to.by, "reason": to.reason}
        await to.session.execute(insert(code_history).values(entry))
    to.touch("code", kind, code)


async def _check_references(to: Publication, kind: Kind, attributes: Mapping[str, Any]) -> None:
    for attribute in kind.attributes:
        if attribute.of and attribute.name in attributes:
            await usable_code(to.session, attribute.of, attributes[attribute.name])


async def _same(session: AsyncConnection, kind: str, code: str) -> str | None:
    statement = select(codes.c.code).where(codes.c.kind == kind, codes.c.folded == code.casefold())
    return (await session.execute(statement)).scalar()


def _status(row: Row[Any], before: str, wanted: str | None) -> str:
    if wanted is None or (wanted == before and wanted != "obsolete"):
        return before
    if wanted not in NEXT[before]:
        raise StatusChangeNotAllowed(kind=row.kind, value=row.code, before=before, after=wanted)
    return wanted


async def _statuses(to: Publication, row: Row[Any], wanted: Mapping[str, str | None], organisations: Sequence[str]) -> dict[str, str]:
    """The statuses of single organisations. What was obsolete in one stays so there."""
    statuses = dict(row.statuses)
    for organisation, status in wanted.items():
        await usable_code(to.session, "organisation", organisation)
        if organisations and organisation not in organisations:
            raise NotAssigned(kind=row.kind, value=row.code, organisation=organisation, assigned=", ".join(organisations))
        before = status_in(row.status, row.statuses, organisation)
        statuses[organisation] = _status(row, before, status or row.status)
        if status is None:
            del statuses[organisation]
    return statuses


def _kind(to: Publication, name: str, status: str) -> Kind:
    """The kind's rules for a code of this status. Raises UnknownKind."""
    return with_optional(to.kind(name)) if status == "draft" else to.kind(name)


def _optional(attribute: Attribute) -> Attribute:
    return attribute.model_copy(update={"mandatory": False})


def _stamp(to: Publication) -> dict[str, Any]:
    return {"version": to.version, "changed_at": to.at, "changed_by": to.by}


def _is(kind: str, code: str) -> Any:
    return (codes.c.kind == kind) & (codes.c.code == code)


def _or(new: Any, old: Any) -> Any:
    return old if new is None else new
