"""Which route a proposal takes, whether a rule approves it, whose turn it is, and what a signature fills in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.codes import with_optional
from master_data.errors import PersonMissing
from master_data.kind import Kind
from master_data.proposed import (
    AddConversion,
    AddCrossReference,
    Batch,
    Change,
    ChangeCode,
    CreateCode,
    MergeCodes,
    One,
    SplitCodes,
    singles,
)
from master_data.refusals import AlreadySigned, FieldsNotYours, FieldsOfWhich, NotASigner, ReservedName, RoutesDiffer
from master_data.routes import NAMES, RULE, Route, RouteBook, Rule, Step
from master_data.tables import codes


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, with the roles that the caller vouches for; `step`: which of several; `fields`: what is filled in with it."""

    by: str
    roles: Collection[str] = ()
    step: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def person(by: str) -> str:
    """A name without the blanks around it. Raises PersonMissing, ReservedName."""
    if not by.strip():
        raise PersonMissing()
    if by.strip().startswith(RULE):
        raise ReservedName(by=by.strip())
    return by.strip()


async def route_for(session: AsyncConnection, book: RouteBook, change: Change) -> Route | None:
    """The route that a proposal takes; None: one other person. Raises RoutesDiffer for a batch that would take several."""
    found: dict[str, Route] = {}
    attributes: dict[tuple[str, str], Mapping[str, Any]] = {}
    for each in singles(change):
        about = _about(each)
        if about not in attributes:
            attributes[about] = await _attributes(session, *about)
        if isinstance(each, CreateCode | ChangeCode):
            attributes[about] = {**attributes[about], **each.attributes}
        route = book.route(each.action, about[0], attributes[about])
        if route is not None:
            found[route.name] = route
    if len(found) > 1:
        raise RoutesDiffer(routes=", ".join(found))
    return next(iter(found.values()), None)


async def rule_for(session: AsyncConnection, book: RouteBook, change: Change, by: str) -> Rule | None:
    """The first rule that approves all of it without a person."""
    for rule in book.rules:
        if rule.active and all([await _covers(session, rule, each, by) for each in singles(change)]):
            return rule
    return None


def step_for(route: Route, signatures: list[Row[Any]], proposal: int, signer: Signer) -> Step:
    """The step that this person signs now. Raises AlreadySigned, NotASigner, FieldsNotYours."""
    check_not_signed(signatures, proposal, signer.by)
    waiting = route.waiting([row.step for row in signatures])
    theirs = [step for step in waiting if step.may_sign(signer.by, signer.roles) and signer.step in ("", step.name)]
    if not theirs:
        raise NotASigner(proposal=proposal, by=signer.by, steps=told(waiting))
    step = next((each for each in theirs if signer.fields.keys() <= set(each.fields)), theirs[0])
    beyond = sorted(signer.fields.keys() - set(step.fields))
    if beyond:
        raise FieldsNotYours(proposal=proposal, step=step.name, fields=", ".join(beyond), allowed=", ".join(step.fields) or "—")
    return step


def check_not_signed(signatures: list[Row[Any]], proposal: int, by: str) -> None:
    """One person signs one step. Raises AlreadySigned."""
    for row in signatures:
        if row.by == by:
            raise AlreadySigned(proposal=proposal, by=by, step=row.step or "")


def told(steps: Collection[Step]) -> str:
    """Steps with those who may sign them, as a person reads it."""
    return "; ".join(f"{step.name} ({', '.join([*step.roles, *step.people])})" for step in steps)


def filled(change: Change, fields: Mapping[str, Any], proposal: int) -> Change:
    """The change with what a step fills in. Raises FieldsOfWhich where it makes or changes not exactly one code."""
    if not fields:
        return change
    wanted = [each for each in singles(change) if isinstance(each, CreateCode | ChangeCode)]
    if len(wanted) != 1:
        raise FieldsOfWhich(proposal=proposal, codes=", ".join(each.code for each in wanted) or "—")
    before = wanted[0]
    named = {name: value for name, value in fields.items() if name in NAMES}
    others = {name: value for name, value in fields.items() if name not in NAMES}
    after = type(before).model_validate(before.model_dump() | named | {"attributes": before.attributes | others})
    if not isinstance(change, Batch):
        return after
    return change.model_copy(update={"changes": tuple(after if each is before else each for each in change.changes)})


def lenient(kinds: Mapping[str, Kind], route: Route | None, signed: Collection[str] = ()) -> Mapping[str, Kind]:
    """The kinds while steps to come may still fill in what is mandatory."""
    if route is None or route.kind not in kinds:
        return kinds
    return {**kinds, route.kind: with_optional(kinds[route.kind], route.fillable(signed))}


async def _covers(session: AsyncConnection, rule: Rule, change: One, by: str) -> bool:
    narrowed = (
        (rule.actions, change.action), (rule.kinds, _about(change)[0]), (rule.by, by), (rule.systems, getattr(change, "system", "")),
    )  # fmt: skip
    if any(allowed and value not in allowed for allowed, value in narrowed):
        return False
    if rule.only and not (isinstance(change, ChangeCode) and changed_fields(change) <= set(rule.only)):
        return False
    return rule.test is None or (isinstance(change, AddCrossReference) and await TESTS[rule.test](session, change))


def changed_fields(change: ChangeCode) -> set[str]:
    """Everything a change touches: attributes and names, and what stands beside them (`status`, `valid_from`, …)."""
    beside = change.model_dump(exclude={"action", "kind", "code", "attributes", "expected_version"})
    return {name for name, value in beside.items() if value not in (None, {})} | change.attributes.keys()


async def _is_same(session: AsyncConnection, change: AddCrossReference) -> bool:
    return change.local_code == change.code


async def _is_listed(session: AsyncConnection, change: AddCrossReference) -> bool:
    """The local code is among the spellings of this code and of no other."""
    rows = await session.execute(select(codes.c.code, codes.c.attributes).where(codes.c.kind == change.kind, codes.c.status != "obsolete"))
    return [row.code for row in rows if change.local_code in row.attributes.get("spellings", ())] == [change.code]


TESTS = {"same-code": _is_same, "listed-spelling": _is_listed}


def _about(change: One) -> tuple[str, str]:
    """The kind and the code that decide about the route."""
    if isinstance(change, AddConversion):
        return ("material", change.material) if change.material else ("unit", change.from_unit)
    if isinstance(change, MergeCodes):
        return change.kind, change.winner
    if isinstance(change, SplitCodes):
        return change.kind, change.loser
    return change.kind, getattr(change, "code", "")


async def _attributes(session: AsyncConnection, kind: str, code: str) -> Mapping[str, Any]:
    statement = select(codes.c.attributes).where(codes.c.kind == kind, codes.c.code == code)
    return (await session.execute(statement)).scalar() or {}
