"""Looking on: `hub status`, `hub verify`, `hub message`, `hub journey`, `hub report`, `hub incident`, `hub system`, `hub projection`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from hub.cli.command import Answer, By, Command, Desk, Limit, Reason, argument, option, table, together, told
from hub.recovery.verify import verify as verify_invariants
from hub.registry import connectors
from hub.reporting import printing
from hub.reporting.journeys import Journey
from hub.services import incidents, journeys, messages, reports, rounding, status, systems, topics
from hub.services.plain import plain
from hub.texts import Text

Number = Annotated[str, argument("number")]


async def show_status(desk: Desk) -> Answer:
    """Lag per loop, held rows, incidents, systems."""
    installed = connectors()
    sinks = [name for name, one in desk.settings.systems.items() if any(card.steps for card in installed[one.connector].card.entities)]
    groups = status.groups(desk.rules(), sinks)
    async with desk.database() as db, desk.bus() as bus:
        await bus.declare(topics.declared(desk.settings))
        found = await status.status(db, bus, desk.settings, groups)
    held = [(row["group"], row["state"], row["code"], row["concerns"], row["count"]) for row in found.holds]
    return Answer(found, together(
        table(("group", "messages", "seconds"), [(one.group, one.messages, f"{one.seconds:.1f}") for one in found.loops]),
        table(("system", "connector", "state", "since", "why"), [(s.name, s.connector, s.state, s.since, s.why) for s in found.systems]),
        *([table(("group", "state", "code", "concerns", "count"), held)] if held else []),
        told("cli-status", outbox=found.outbox, dictionary=found.dictionary, incidents=sum(found.incidents.values())),
    ))  # fmt: skip


async def verify(desk: Desk) -> Answer:
    """The protocol's invariants over database and bus."""
    async with desk.database() as db, desk.bus() as bus:
        await bus.declare(topics.declared(desk.settings))
        found = await verify_invariants(db, bus, datetime.now(UTC))
    rows = [(one.invariant, one.code, Text(one.text("zh"), one.text("en"))) for one in found]
    value = [{**plain(one), "text": one.text(desk.language)} for one in found]
    return Answer(value, table(("invariant", "code", "what"), rows) if found else told("cli-verified"), good=not found)


async def find_message(desk: Desk, number: Number) -> Answer:
    """Everything about a number."""
    async with desk.database() as db:
        found = await messages.find_messages(db, number)
    documents = [(one.system, one.entity, one.key, one.number, one.step, "*" if one.ours else "") for one in found.documents]
    steps = [(one.at, one.kind, one.system, one.entity, one.key, one.revision, one.state, one.id) for one in found.steps]
    return Answer(found, together(
        table(("system", "entity", "key", "number", "step", "ours"), documents),
        table(("at", "what", "system", "entity", "key", "revision", "state", "id"), steps),
    ))  # fmt: skip


async def show_message(desk: Desk, id: Annotated[str, argument("message")]) -> Answer:
    """One message of the archive, whole."""
    async with desk.database() as db:
        found = await messages.show_message(db, id)
    value = {"id": found.id, "kind": found.kind, "headers": found.headers, "content": messages.content(found)}
    return Answer(value, lambda _language: json.dumps(plain(value), ensure_ascii=False, indent=2))


async def journey(desk: Desk, number: Number) -> Answer:
    """Where the order lines of a number are."""
    async with desk.database() as db:
        found = await journeys.find_journeys(db, number)
    return Answer([printing.journey(one, desk.language) for one in found], together(*(_journey(one) for one in found)))


async def report(
    desk: Desk,
    begins: Annotated[datetime | None, option("from")] = None,
    ends: Annotated[datetime | None, option("to")] = None,
    organisation: Annotated[str, option("organisation")] = "",
    zone: Annotated[str, option("zone")] = "Asia/Shanghai",
) -> Answer:
    """The figures of a period, what cannot be right in the facts, and what rounding took away."""
    period = reports.period(begins, ends, now=datetime.now(UTC), zone=zone, organisation=organisation, calendars=desk.settings.calendars)
    async with desk.database() as db:
        figures = [printing.figure(one, desk.language) for one in await reports.report(db, period)]
        doubts = [printing.finding(one, desk.language) for one in await reports.doubts(db, organisation)]
        rounded = await rounding.rounding(db, period.begins, period.ends)
    rows = [
        (
            one["name"], _scope(one["scope"]), one["value"] or one["reason"], one["unit"], one["sources"], _share(one["complete"]),
            one["basis_name"],
        )
        for one in figures
    ]
    shown = [table(("figure", "scope", "value", "unit", "sources", "complete", "basis"), rows)]
    if doubts:
        shown.append(table(("rule", "document", "what"), [(one["rule"], one["document"], one["text"]) for one in doubts]))
    if rounded:
        columns = ("system", "material", "unit", "rounded-quantities", "rounding")
        shown.append(table(columns, [(*one[:4], f"{one.difference:f}") for one in rounded]))
    differences = [{**one._asdict(), "difference": f"{one.difference:f}"} for one in rounded]
    return Answer({"figures": figures, "findings": doubts, "rounding": differences}, together(*shown))


async def rebuild(desk: Desk) -> Answer:
    """Build the read models anew from the archive."""
    async with desk.database() as db:
        count = await reports.rebuild(db, datetime.now(UTC))
    return Answer({"told": count}, told("cli-rebuilt", count=count))


async def list_incidents(desk: Desk, closed: Annotated[bool, option("closed")] = False, limit: Limit = 100) -> Answer:
    """The gravest and oldest first."""
    async with desk.database() as db:
        found = await incidents.list_incidents(db, open_only=not closed, limit=limit)
    rows = [(one.id, one.grade, one.opened_at, one.count, one.concerns_name, one.what) for one in found]
    return Answer(found, table(("id", "grade", "since", "count", "concerns", "what"), rows))


async def close_incident(desk: Desk, incident: Annotated[int, argument("incident")], by: By, reason: Reason) -> Answer:
    """A person says it is over."""
    async with desk.database() as db:
        done = await incidents.close_incident(db, incident, by=by, reason=reason, now=datetime.now(UTC))
    return Answer(done, told("cli-incident-closed", incident=incident))


async def list_systems(desk: Desk) -> Answer:
    """Every configured system and how it stands."""
    async with desk.database() as db:
        found = await systems.list_systems(db, desk.settings)
    rows = [(one.name, one.connector, ", ".join(one.roles), one.state, one.since, one.why) for one in found]
    return Answer(found, table(("system", "connector", "roles", "state", "since", "why"), rows))


async def resume_system(desk: Desk, system: Annotated[str, argument("system")], by: By) -> Answer:
    """Let a stopped system go on."""
    async with desk.database() as db:
        await systems.resume_system(db, desk.settings, system, by=by, now=datetime.now(UTC))
    return Answer({"resumed": system}, told("cli-resumed", system=system))


def _journey(one: Journey) -> Any:
    steps = [(row.name, row.status_name, row.at, row.system) for row in one.steps]
    where = (one.waits_for_name, one.holder_name)
    head = table(("line", "customer", "material", "quantity", "closed-short", "state", "waits-for", "holder"),
                 [(one.line_key, one.customer, one.material, one.quantity, one.closed_short, one.state, *where)])  # fmt: skip
    return together(head, table(("milestone", "status", "at", "system"), steps))


def _share(value: str | None) -> str:
    """A share as whole percent, cut so that 100 means all."""
    return "" if value is None else f"{int(Decimal(value) * 100)} %"


def _scope(scope: dict[str, str]) -> str:
    return " ".join(value for value in scope.values() if value)


TOP = (Command("status", show_status), Command("verify", verify), Command("journey", journey), Command("report", report))
MESSAGE = (Command("find", find_message), Command("show", show_message))
INCIDENT = (Command("list", list_incidents), Command("close", close_incident))
SYSTEM = (Command("list", list_systems), Command("resume", resume_system))
PROJECTION = (Command("rebuild", rebuild),)
