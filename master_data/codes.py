"""Codes: making, changing and finding them. Writing happens inside a `Publication`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.errors import ChangedMeanwhile, CodeObsolete, CodeTaken, NoSuchCode, StatusChangeNotAllowed
from master_data.kind import Kind
from master_data.proposed import ChangeCode, CreateCode, RetireCode
from master_data.publication import Publication
from master_data.tables import code_history, codes

NEXT: Mapping[str, Sequence[str]] = {
    "draft": ("in_review", "active", "obsolete"),
    "in_review": ("draft", "active", "obsolete"),
    "active": ("phase_out", "blocked", "obsolete"),
    "phase_out": ("active", "blocked", "obsolete"),
    "blocked": ("active", "phase_out", "obsolete"),
    "obsolete": (),
}


async def create_code(to: Publication, change: CreateCode) -> None:
    """Raises what the kind's rules refuse, CodeTaken (also where only case differs), NoSuchCode for a code among the attributes."""
    kind = to.kind(change.kind)
    kind.check_code(change.code)
    there = await _same(to.session, change.kind, change.code)
    if there is not None:
        raise CodeTaken(kind=change.kind, value=change.code, there=there)
    zh, en = kind.normal_names(change.zh, change.en)
    attributes = kind.normal_attributes(change.code, change.attributes)
    await _check_references(to, kind, attributes)
    row = {
        "kind": change.kind, "code": change.code, "folded": change.code.casefold(), "name_zh": zh, "name_en": en,
        "organisations": list(change.organisations), "attributes": attributes, "status": "active",
        "valid_from": change.valid_from, "valid_to": change.valid_to,
    }  # fmt: skip
    await to.session.execute(insert(codes).values(**row, **_stamp(to)))
    await _published(to, change.kind, change.code)


async def change_code(to: Publication, change: ChangeCode) -> None:
    """Raises NoSuchCode, ChangedMeanwhile, StatusChangeNotAllowed, and what the kind's rules refuse."""
    kind = to.kind(change.kind)
    before = await _expected(to, change.kind, change.code, change.expected_version)
    zh, en = kind.normal_names(_or(change.zh, before.name_zh), _or(change.en, before.name_en))
    attributes = kind.normal_attributes(change.code, before.attributes | change.attributes)
    await _check_references(to, kind, attributes)
    values = {
        "name_zh": zh, "name_en": en, "attributes": attributes, "status": _status(before, change.status),
        "organisations": list(_or(change.organisations, before.organisations)),
        "valid_from": _or(change.valid_from, before.valid_from), "valid_to": _or(change.valid_to, before.valid_to),
    }  # fmt: skip
    await to.session.execute(update(codes).where(_is(change.kind, change.code)).values(**values, **_stamp(to)))
    await _published(to, change.kind, change.code)


async def retire_code(to: Publication, change: RetireCode) -> None:
    """Raises NoSuchCode, ChangedMeanwhile, StatusChangeNotAllowed (it is obsolete already)."""
    await change_code(
        to, ChangeCode(kind=change.kind, code=change.code, status="obsolete", expected_version=change.expected_version)
    )


async def code_row(session: AsyncConnection, kind: str, code: str) -> Row[Any]:
    """Raises NoSuchCode."""
    row = (await session.execute(select(codes).where(_is(kind, code)))).one_or_none()
    if row is None:
        raise NoSuchCode(kind=kind, value=code)
    return row


async def usable_code(session: AsyncConnection, kind: str, code: str) -> Row[Any]:
    """A code that new entries may refer to. Raises NoSuchCode, CodeObsolete."""
    row = await code_row(session, kind, code)
    if row.status == "obsolete":
        raise CodeObsolete(kind=kind, value=code)
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
        "zh": row.name_zh, "en": row.name_en, "attributes": row.attributes, "status": row.status, "organisations": row.organisations,
        "valid_from": row.valid_from and row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat(),
    }  # fmt: skip
    key = (code_history.c.kind == kind, code_history.c.code == code, code_history.c.version == to.version)
    again = await to.session.execute(update(code_history).where(*key).values(state=state))   # twice in one batch
    if not again.rowcount:
        entry = {"kind": kind, "code": code, "version": to.version, "state": state, "at": to.at, "by": to.by, "reason": to.reason}
        await to.session.execute(insert(code_history).values(entry))
    to.touch("code", kind, code)


async def _expected(to: Publication, kind: str, code: str, version: int | None) -> Row[Any]:
    row = await code_row(to.session, kind, code)
    if version is not None and row.version not in (version, to.version):
        raise ChangedMeanwhile(kind=kind, value=code, seen=version, now=row.version)
    return row


async def _check_references(to: Publication, kind: Kind, attributes: Mapping[str, Any]) -> None:
    for attribute in kind.attributes:
        if attribute.of and attribute.name in attributes:
            await usable_code(to.session, attribute.of, attributes[attribute.name])


async def _same(session: AsyncConnection, kind: str, code: str) -> str | None:
    statement = select(codes.c.code).where(codes.c.kind == kind, codes.c.folded == code.casefold())
    return (await session.execute(statement)).scalar()


def _status(before: Row[Any], wanted: str | None) -> str:
    if wanted is None or (wanted == before.status and wanted != "obsolete"):
        return str(before.status)
    if wanted not in NEXT[before.status]:
        raise StatusChangeNotAllowed(kind=before.kind, value=before.code, before=before.status, after=wanted)
    return wanted


def _stamp(to: Publication) -> dict[str, Any]:
    return {"version": to.version, "changed_at": to.at, "changed_by": to.by}


def _is(kind: str, code: str) -> Any:
    return (codes.c.kind == kind) & (codes.c.code == code)


def _or(new: Any, old: Any) -> Any:
    return old if new is None else new
