"""Four eyes: one person proposes, others approve; approval changes the dictionary and frees what waited, in one transaction.

Locks are taken in one order: the proposal's row, the dictionary's clock (`publication`), rows of the inbox.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.holds import mark_ready
from master_data.approving import (
    Signer,
    check_not_signed,
    filled,
    lenient,
    person,
    route_for,
    rule_for,
    step_for,
    told,
)
from master_data.codes import change_code, create_code, retire_code
from master_data.conversions import add_conversion
from master_data.cross_references import add_cross_reference, end_cross_reference
from master_data.errors import ReasonMissing, SamePerson
from master_data.kind import Kind
from master_data.merging import merge_codes, split_codes
from master_data.plant import in_force, kinds_in_force
from master_data.proposal_rows import APPROVED, SIGNED, check_refused, decide, enter, open_row, signed_steps
from master_data.proposal_rows import open_proposals as open_proposals
from master_data.proposed import (
    CHANGE,
    AddConversion,
    AddCrossReference,
    Batch,
    Change,
    ChangeCode,
    CreateCode,
    EndCrossReference,
    MergeCodes,
    RetireCode,
    SplitCodes,
)
from master_data.publication import MarkReady, Publication, begin
from master_data.refusals import FieldsNotYours, NotASigner
from master_data.routes import Route, RouteBook
from master_data.spelling import Spellings
from master_data.tables import codes, proposals, unknown_codes


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Means:
    """What the verbs work with: the kinds, who is told of freed causes, the clock, the approval routes, how local codes are compared."""

    kinds: Mapping[str, Kind] = field(default_factory=kinds_in_force)
    mark: MarkReady = mark_ready
    now: Callable[[], datetime] = _now
    routes: RouteBook = field(default_factory=lambda: in_force().routes)
    spellings: Spellings = field(default_factory=lambda: in_force().spellings)


@dataclass(frozen=True, slots=True)
class Approved:
    """The dictionary version a proposal became, and how many held messages it made ready.

    While steps of its route are still to sign, these are `waits_for`, and version and freed are 0.
    """

    version: int
    freed: int
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal's number; `approved` where a rule has approved it at once."""

    number: int
    approved: Approved | None = None


async def apply(to: Publication, change: Change) -> None:
    """Make one change part of a publication."""
    if isinstance(change, Batch):
        for each in change.changes:
            await apply(to, each)
        return
    await APPLIERS[type(change)](to, change)


async def propose(
    db: Database, change: Change, *, by: str, reason: str = "", replaces: int | None = None, means: Means | None = None
) -> int:
    """Write a proposal down; returns its number. Raises at once what approving it would raise now.

    `replaces`: the refused one that this is the second try of. Where a rule approves it (`routes.Rule`) it is approved at once.
    """
    async with db.write() as session:
        return (await propose_in(session, change, by=by, reason=reason, replaces=replaces, means=means or Means())).number


async def propose_in(
    session: AsyncConnection, change: Change, *, by: str, reason: str, means: Means, replaces: int | None = None
) -> Proposed:
    """As `propose`, in the caller's transaction."""
    by = person(by)
    if replaces is not None:
        await check_refused(session, replaces)
    change = await _seen(session, means.spellings.spelled(change))
    route = await route_for(session, means.routes, change)
    await _rehearse(session, change, by=by, means=means, kinds=lenient(means.kinds, route))
    row = {
        "change": change.model_dump(mode="json"), "reason": reason, "proposed_by": by, "proposed_at": means.now(), "state": "open",
        "route": route and route.model_dump(mode="json"), "replaces": replaces,
    }  # fmt: skip
    written = (await session.execute(insert(proposals).values(row).returning(proposals))).one()
    rule = await rule_for(session, means.routes, change, by)
    if rule is None:
        return Proposed(written.id)
    signer = Signer(rule.signature, reason=f"{rule.label.zh} / {rule.label.en}")
    return Proposed(written.id, await _carry_out(session, written, change, signer, means))


async def approve(
    db: Database, proposal: int, *, by: str, reason: str = "", roles: Collection[str] = (), step: str = "",
    fields: Mapping[str, Any] = {}, means: Means | None = None,
) -> Approved:
    """Sign a proposal: the step of its route that is this person's (`roles`: those the caller vouches for), or all of it.

    With the last mandatory signature the dictionary changes. Raises SamePerson, NotASigner,
    AlreadySigned, FieldsNotYours, and what the change is refused for now (then it stays open, unsigned).
    """
    signer = Signer(person(by), roles, step, fields, reason)
    means = means or Means()
    async with db.write() as session:
        row = await open_row(session, proposal)
        if row.proposed_by == signer.by:
            raise SamePerson(proposal=proposal, by=signer.by)
        return await (_approve_alone if row.route is None else _sign)(session, row, signer, means)


async def refuse(
    db: Database, proposal: int, *, by: str, reason: str, roles: Collection[str] = (), means: Means | None = None
) -> None:
    """Another person (one who may sign a step, if it has a route) says no; the proposer's own no is a withdrawal.

    An unknown code it answered is open again.
    """
    signer = Signer(person(by), roles, reason=reason)
    if not reason.strip():
        raise ReasonMissing()
    means = means or Means()
    async with db.write() as session:
        row = await open_row(session, proposal)
        decision = "withdrawn" if row.proposed_by == signer.by else "refused"
        if row.route and decision == "refused":
            await _check_may_refuse(session, row, signer)
        await session.execute(update(unknown_codes).where(unknown_codes.c.proposal_id == proposal).values(proposal_id=None))
        await decide(session, row, signer, decision=decision, at=means.now())


async def _approve_alone(session: AsyncConnection, row: Row[Any], signer: Signer, means: Means) -> Approved:
    if signer.fields:
        raise FieldsNotYours(proposal=row.id, step="—", fields=", ".join(signer.fields), allowed="—")
    return await _carry_out(session, row, CHANGE.validate_python(row.change), signer, means)


async def _sign(session: AsyncConnection, row: Row[Any], signer: Signer, means: Means) -> Approved:
    route = Route.model_validate(row.route)
    signatures = await signed_steps(session, row.id)
    step = step_for(route, signatures, row.id, signer)
    signed = [each.step for each in signatures] + [step.name]
    change = filled(CHANGE.validate_python(row.change), signer.fields, row.id)
    missing = route.missing(signed)
    if not missing:
        return await _carry_out(session, row, change, signer, means, step=step.name)
    await _rehearse(session, change, by=signer.by, means=means, kinds=lenient(means.kinds, route, signed))
    if signer.fields:
        written = update(proposals).where(proposals.c.id == row.id).values(change=change.model_dump(mode="json"))
        await session.execute(written)
    await enter(session, row, signer, decision=SIGNED, at=means.now(), step=step.name)
    return Approved(0, 0, tuple(each.name for each in missing))


async def _carry_out(
    session: AsyncConnection, row: Row[Any], change: Change, signer: Signer, means: Means, *, step: str | None = None
) -> Approved:
    publication = await begin(session, means.kinds, by=signer.by, at=means.now(), reason=row.reason or signer.reason)
    await apply(publication, change)
    freed = await publication.finish(means.mark)
    values = {"change": change.model_dump(mode="json"), "version": publication.version}
    await decide(session, row, signer, decision=APPROVED, at=publication.at, step=step, **values)
    return Approved(publication.version, freed)


async def _seen(session: AsyncConnection, change: Change) -> Change:
    """Note which version of each code the proposer saw, so that an approval of something changed meanwhile is refused."""
    if isinstance(change, Batch):
        return change.model_copy(update={"changes": tuple([await _seen(session, each) for each in change.changes])})
    named = SEEN.get(type(change), {})
    unseen = {field: code for field, code in named.items() if getattr(change, field) is None}
    versions = {field: await _version(session, change, code) for field, code in unseen.items()}
    return change.model_copy(update=versions) if versions else change


async def _version(session: AsyncConnection, change: Any, named: str) -> int | None:
    """None: there is no such code, or not yet: the batch makes it."""
    statement = select(codes.c.version).where(codes.c.kind == change.kind, codes.c.code == getattr(change, named))
    version: int | None = (await session.execute(statement)).scalar()
    return version


async def _rehearse(session: AsyncConnection, change: Change, *, by: str, means: Means, kinds: Mapping[str, Kind]) -> None:
    """Apply and take back: a proposal is checked by the very code that will carry it out."""
    savepoint = await session.begin_nested()
    try:
        await apply(await begin(session, kinds, by=by, at=means.now()), change)
    finally:
        await savepoint.rollback()


async def _check_may_refuse(session: AsyncConnection, row: Row[Any], signer: Signer) -> None:
    steps = Route.model_validate(row.route).steps
    check_not_signed(await signed_steps(session, row.id), row.id, signer.by)
    if not any(step.may_sign(signer.by, signer.roles) for step in steps):
        raise NotASigner(proposal=row.id, by=signer.by, steps=told(steps))


SEEN: Mapping[type, Mapping[str, str]] = {
    ChangeCode: {"expected_version": "code"},
    RetireCode: {"expected_version": "code"},
    MergeCodes: {"loser_version": "loser", "winner_version": "winner"},
}
Applier = Callable[[Publication, Any], Awaitable[None]]
APPLIERS: Mapping[type, Applier] = {
    CreateCode: create_code,
    ChangeCode: change_code,
    RetireCode: retire_code,
    MergeCodes: merge_codes,
    SplitCodes: split_codes,
    AddCrossReference: add_cross_reference,
    EndCrossReference: end_cross_reference,
    AddConversion: add_conversion,
}
