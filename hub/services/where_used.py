"""Where a code is used, and what becomes of each use when the code is merged, blocked or retired: seen before a person decides.

What is asked is bounded: exact counts where an index answers, at most the newest `LOOK_BACK` messages of the archive.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, String, Table, and_, cast, distinct, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.mapping.constants import quoted
from hub.pipeline.knowledge import Rules
from hub.reporting import tables as read
from hub.storage.causes import Cause, CauseKind
from hub.storage.tables import archive, hold_causes
from hub.texts import TEXTS, Text
from master_data.codes import code_row
from master_data.plant import kinds_in_force
from master_data.tables import codes, conversions, cross_references

Action = Literal["merge", "block", "retire"]
ACTIONS: Sequence[Action] = ("merge", "block", "retire")
EXAMPLES = 5
LOOK_BACK = 20_000
OVER = ("closed", "cancelled", "rejected", "delivered")
WAITS = (CauseKind.TARGET_CODE, CauseKind.TARGET_STATE, CauseKind.CONVERSION)


class Use(NamedTuple):
    """One sort of use (`what`), how many `times`, and some of them by name; `effects`: what becomes of it, by action."""

    what: str
    times: int
    examples: tuple[str, ...]

    @property
    def name(self) -> Text:
        return TEXTS[f"used-{self.what}"]

    @property
    def effects(self) -> Mapping[Action, Text]:
        """For each action the sentence that a person reads before deciding."""
        return {action: TEXTS[f"used-{self.what}-{action}"] for action in ACTIONS}


def told(use: Use) -> dict[str, object]:
    """All of it, for the command line's JSON and the API."""
    return {**use._asdict(), "name": use.name, "effects": use.effects}


class Asked(NamedTuple):
    """Whose uses are wanted; `rules` None: mappings and routes are not looked at."""

    kind: str
    code: str
    rules: Rules | None
    now: datetime


async def where_used(db: Database, kind: str, code: str, *, rules: Rules | None, now: datetime) -> list[Use]:
    """Every use, those that stop work first; sorts without any are left out. Raises NoSuchCode, UnknownKind."""
    asked = Asked(kind, code, rules, now)
    async with db.read() as session:
        await code_row(session, kind, code)
        found = [await find(session, asked) for find in FINDERS]
    return [use for use in found if use.times]


async def _waiting(session: AsyncConnection, asked: Asked) -> Use:
    """Held messages that wait for something about the code."""
    likely = hold_causes.c.cause.contains(asked.code, autoescape=True)
    statement = select(hold_causes.c.cause, func.count()).where(hold_causes.c.kind.in_(WAITS), likely).group_by(hold_causes.c.cause)
    rows = [(Cause.parse(row[0]), row[1]) for row in await session.execute(statement)]
    named = [(cause, count) for cause, count in rows if _names(cause, asked)]
    return Use("waiting", sum(count for _, count in named), _some(cause.system or cause.value for cause, _ in named))


def _names(cause: Cause, asked: Asked) -> bool:
    if cause.kind is CauseKind.CONVERSION:
        units = cause.value.partition("@")[0].split(">")
        return (asked.kind == "material" and cause.name == asked.code) or (asked.kind == "unit" and asked.code in units)
    return (cause.name, cause.value) == (asked.kind, asked.code)


class Facts(NamedTuple):
    """Rows of a read model that name a code in a column: `shown` names the document, `open_only` leaves out what is over."""

    what: str
    kind: str
    column: Column[Any]
    shown: Column[Any]
    open_only: bool


def _facts(what: str, kind: str, table: Table, column: str, *, shown: str = "key", open_only: bool = False) -> Facts:
    return Facts(what, kind, table.c[column], table.c[shown], open_only)


FACTS: Sequence[Facts] = (
    _facts("order-line", "material", read.ORDER_LINES, "material", shown="line_key", open_only=True),
    _facts("order-line", "customer", read.ORDER_LINES, "customer", shown="line_key", open_only=True),
    _facts("order-line", "unit", read.ORDER_LINES, "unit", shown="line_key", open_only=True),
    _facts("production-order", "material", read.PRODUCTION_ORDERS, "material", open_only=True),
    _facts("production-order", "supplier", read.PRODUCTION_ORDERS, "supplier", open_only=True),
    _facts("production-order", "unit", read.PRODUCTION_ORDERS, "unit", open_only=True),
    _facts("routing", "material", read.ROUTINGS, "material"),
    _facts("routing", "operation", read.ROUTING_STEPS, "operation"),
    _facts("routing", "work_center", read.ROUTING_STEPS, "work_center"),
    _facts("job", "operation", read.JOBS, "operation", open_only=True),
    _facts("job", "work_center", read.JOBS, "work_center", open_only=True),
)


def _in_facts(what: str) -> Finder:
    async def find(session: AsyncConnection, asked: Asked) -> Use:
        count, examples = 0, list[str]()
        for facts in FACTS:
            if (facts.what, facts.kind) == (what, asked.kind):
                rows = await _named_in(session, facts, asked.code)
                count, examples = count + rows[0], [*examples, *rows[1]]
        return Use(what, count, _some(examples))

    return find


async def _named_in(session: AsyncConnection, facts: Facts, code: str) -> tuple[int, list[str]]:
    where = [facts.column == code]
    if facts.open_only:
        state = facts.column.table.c["state"]
        where.append(or_(state.is_(None), state.not_in(OVER)))
    count = (await session.execute(select(func.count(distinct(facts.shown))).where(*where))).scalar_one()
    some = select(facts.shown).distinct().where(*where).order_by(facts.shown).limit(EXAMPLES)
    return int(count), [str(key) for key in await session.scalars(some)] if count else []


async def _boms(session: AsyncConnection, asked: Asked) -> Use:
    """Bills that name the material: as product or component, in what was last told of them."""
    if asked.kind != "material":
        return Use("bom", 0, ())
    where = and_(archive.c.entity == "bom", archive.c.kind == "event", _says(session, asked.code))
    count = (await session.execute(select(func.count(distinct(archive.c.key))).where(where))).scalar_one()
    keys = await session.scalars(select(archive.c.key).distinct().where(where).order_by(archive.c.key).limit(EXAMPLES))
    return Use("bom", int(count), tuple(keys))


async def _messages(session: AsyncConnection, asked: Asked) -> Use:
    """The newest events that name the code."""
    newest = (await session.execute(select(func.max(archive.c.sequence)))).scalar() or 0
    where = and_(archive.c.sequence > newest - LOOK_BACK, archive.c.kind == "event", _says(session, asked.code))
    rows = (await session.execute(select(archive.c.entity, func.count()).where(where).group_by(archive.c.entity))).all()
    return Use("message", sum(row[1] for row in rows), _some(row[0] for row in rows))


def _says(session: AsyncConnection, code: str) -> ColumnElement[bool]:
    """Whether the bytes of an event hold the code as a whole JSON text."""
    needle = literal(f'"{code}"'.encode())
    if session.dialect.name == "postgresql":
        return func.position(needle.op("in")(archive.c.value)) > 0
    return func.instr(archive.c.value, needle) > 0


async def _cross_references(session: AsyncConnection, asked: Asked) -> Use:
    table = cross_references
    where = (table.c.kind == asked.kind, table.c.code == asked.code, or_(table.c.valid_to.is_(None), table.c.valid_to > asked.now))
    rows = (await session.execute(select(table.c.system, table.c.local_code).where(*where).order_by(table.c.system, table.c.id))).all()
    return Use("cross-reference", len(rows), _some(f"{row.system}: {row.local_code}" for row in rows))


async def _attributes(session: AsyncConnection, asked: Asked) -> Use:
    """Other codes with this one among their attributes."""
    naming = {kind.kind: [one.name for one in kind.attributes if one.of == asked.kind] for kind in kinds_in_force().values()}
    named: list[str] = []
    for kind, attributes in naming.items():
        if attributes:
            rows = await session.execute(_likely(kind, asked.code))
            named += [f"{kind} {row.code}" for row in rows if asked.code in [row.attributes.get(name) for name in attributes]]
    return Use("attribute", len(named), _some(named))


def _likely(kind: str, code: str) -> Select[Any]:
    naming = cast(codes.c.attributes, String).contains(code, autoescape=True)
    return select(codes.c.code, codes.c.attributes).where(codes.c.kind == kind, codes.c.status != "obsolete", naming).order_by(codes.c.code)


async def _conversions(session: AsyncConnection, asked: Asked) -> Use:
    columns = {"material": (conversions.c.material,), "unit": (conversions.c.from_unit, conversions.c.to_unit)}.get(asked.kind, ())
    if not columns:
        return Use("conversion", 0, ())
    in_force = or_(conversions.c.valid_to.is_(None), conversions.c.valid_to > asked.now)
    rows = (await session.execute(select(conversions).where(or_(*(column == asked.code for column in columns)), in_force))).all()
    return Use("conversion", len(rows), _some(f"{row.material} {row.from_unit}>{row.to_unit}".strip() for row in rows))


async def _mappings(_: AsyncConnection, asked: Asked) -> Use:
    """Mapping files that name the code themselves, each with the rules that do."""
    found: dict[str, str] = {}
    for system in asked.rules.systems.values() if asked.rules else ():
        for spec in asked.rules.mappings.of(system.name, system.product) if asked.rules else ():
            if asked.code in spec.constants:
                found[spec.file] = f"{spec.file} #{', #'.join(spec.constants[asked.code])}"
    return Use("mapping", len(found), _some(found.values()))


async def _routes(_: AsyncConnection, asked: Asked) -> Use:
    routes = asked.rules.routes.routes if asked.rules else ()
    named = [route.place for route in routes if asked.code in quoted(route.when)]
    return Use("route", len(named), _some(named))


def _some(examples: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(examples))[:EXAMPLES]


Finder = Callable[[AsyncConnection, Asked], Awaitable[Use]]
FINDERS: Sequence[Finder] = (
    _waiting, _in_facts("order-line"), _in_facts("production-order"), _in_facts("job"), _boms, _in_facts("routing"), _attributes,
    _conversions, _cross_references, _mappings, _routes, _messages,
)  # fmt: skip
