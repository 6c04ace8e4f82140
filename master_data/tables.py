"""The dictionary's tables. All writing happens under the clock's lock (`publication`), so versions become visible in order."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from hub.db import METADATA, UtcTime

STATUSES = ("draft", "in_review", "active", "phase_out", "blocked", "obsolete")
STATES = ("usable", "unaudited", "unassigned", "disabled")   # what a code's counterpart in a system is good for
PROPOSAL_STATES = ("open", "approved", "refused", "withdrawn")
DECISIONS = ("signed", "approved", "refused", "withdrawn")
UNKNOWN_STATES = ("open", "answered", "refused")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} in ({', '.join(repr(value) for value in values)})", name=f"{column}_known")


def _window() -> CheckConstraint:
    return CheckConstraint("valid_from is null or valid_to is null or valid_from < valid_to", name="window")


clock = Table(
    "dictionary_clock",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

changes = Table(
    "dictionary_changes",
    METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("origin", String(20), nullable=False),       # steward, delivery, seed
    Column("changes", JSON, nullable=False),            # whole new states of the keys touched: see `publication`
)

codes = Table(
    "codes",
    METADATA,
    Column("kind", String(60), primary_key=True),
    Column("code", String(200), primary_key=True),
    Column("folded", String(200), nullable=False),      # without case: 'a1' and 'A1' are not two codes
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("organisations", JSON, nullable=False),      # where it is assigned; [] = everywhere
    Column("attributes", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("statuses", JSON, nullable=False, default=dict, server_default="{}"),   # {organisation: status} where it is another one
    Column("valid_from", UtcTime),
    Column("valid_to", UtcTime),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String(200), nullable=False),
    UniqueConstraint("kind", "folded"),
    _one_of("status", STATUSES),
    _window(),
)

code_history = Table(
    "code_history",
    METADATA,
    Column("kind", String(60), primary_key=True),
    Column("code", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("state", JSON, nullable=False),              # the whole code as it was from this version on
    Column("at", UtcTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

code_aliases = Table(
    "code_aliases",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("alias", String(200), nullable=False),        # the code that was merged away
    Column("code", String(200), nullable=False),         # the one that stands for it
    Column("valid_from", UtcTime, nullable=False),
    Column("valid_to", UtcTime),                         # split back
    Column("undo", JSON, nullable=False),                # what stood before: see `merging.Undo`
    Column("version", BigInteger, nullable=False),
    Column("by", String(200), nullable=False),
    ForeignKeyConstraint(["kind", "alias"], ["codes.kind", "codes.code"]),
    ForeignKeyConstraint(["kind", "code"], ["codes.kind", "codes.code"]),
    CheckConstraint("alias <> code", name="not_itself"),
    _window(),
    Index("ix_code_aliases_code", "kind", "code"),
)
_alias_holds = code_aliases.c.valid_to.is_(None)
Index(
    "uq_code_aliases_open",
    code_aliases.c.kind,
    code_aliases.c.alias,
    unique=True,
    sqlite_where=_alias_holds,
    postgresql_where=_alias_holds,
)

cross_references = Table(
    "cross_references",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("system", String(60), nullable=False),
    Column("organisation", String(60), nullable=False),  # shared code; '' = every organisation of the system
    Column("local_code", String(400), nullable=False),
    Column("code", String(200), nullable=False),
    Column("preferred", Boolean, nullable=False),        # the one written, where a code has several local ones
    Column("state", String(20), nullable=False),
    Column("valid_from", UtcTime),
    Column("valid_to", UtcTime),
    Column("origin", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String(200), nullable=False),
    ForeignKeyConstraint(["kind", "code"], ["codes.kind", "codes.code"]),
    _one_of("state", STATES),
    _window(),
)
_open_ended = cross_references.c.valid_to.is_(None)
Index("ix_cross_references_local", *(cross_references.c[name] for name in ("kind", "system", "local_code")))
Index("ix_cross_references_code", *(cross_references.c[name] for name in ("kind", "code", "system")))
Index(
    "uq_cross_references_open_local",
    *(cross_references.c[name] for name in ("kind", "system", "organisation", "local_code")),
    unique=True,
    sqlite_where=_open_ended,
    postgresql_where=_open_ended,
)
_written = and_(_open_ended, cross_references.c.preferred)
Index(
    "uq_cross_references_preferred",
    *(cross_references.c[name] for name in ("kind", "system", "organisation", "code")),
    unique=True,
    sqlite_where=_written,
    postgresql_where=_written,
)

conversions = Table(
    "unit_conversions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("material", String(200), nullable=False),     # '' = general
    Column("from_unit", String(20), nullable=False),
    Column("to_unit", String(20), nullable=False),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    Column("valid_from", UtcTime),
    Column("valid_to", UtcTime),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String(200), nullable=False),
    CheckConstraint("numerator > 0 and denominator > 0", name="factor_positive"),
    _window(),
    Index("ix_unit_conversions_units", "material", "from_unit", "to_unit"),
)

proposals = Table(
    "proposals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("change", JSON, nullable=False),              # one of `proposed.Change`
    Column("reason", Text, nullable=False),
    Column("proposed_by", String(200), nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger),                       # the dictionary version it became
    Column("route", JSON(none_as_null=True)),            # the `routes.Route` in force when it was proposed; null: one other person
    Column("replaces", Integer, ForeignKey("proposals.id")),      # the refused one that this is the second try of
    UniqueConstraint("id", "proposed_by"),
    _one_of("state", PROPOSAL_STATES),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("proposal_id", Integer, primary_key=True),
    Column("by", String(200), primary_key=True),
    Column("proposed_by", String(200), nullable=False),  # held here so that the database itself refuses one person in both parts
    Column("decision", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("step", String(60)),                          # of its route; null: it has none
    Column("fields", JSON, nullable=False, default=dict, server_default="{}"),     # what this step filled in or changed
    ForeignKeyConstraint(["proposal_id", "proposed_by"], ["proposals.id", "proposals.proposed_by"]),
    UniqueConstraint("proposal_id", "step"),
    _one_of("decision", DECISIONS),
    CheckConstraint("decision = 'withdrawn' or \"by\" <> proposed_by", name="four_eyes"),
)

proposal_comments = Table(
    "proposal_comments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("proposal_id", Integer, ForeignKey("proposals.id"), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_proposal_comments_proposal", "proposal_id"),
)

proposal_reminders = Table(
    "proposal_reminders",
    METADATA,
    Column("proposal_id", Integer, ForeignKey("proposals.id"), primary_key=True),
    Column("step", String(60), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),    # 0 is the first time, then each time again
    Column("at", UtcTime, nullable=False),
)

unknown_codes = Table(
    "unknown_codes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("system", String(60), nullable=False),
    Column("organisation", String(60), nullable=False),
    Column("local_code", String(400), nullable=False),
    Column("cause", Text, nullable=False, unique=True),  # as the waiting holds have it, so that they can be counted by a join
    Column("about", JSON, nullable=False),               # what the source's record says: name, spec, unit, …
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("open_since", UtcTime),                       # since when it is unanswered, this time
    Column("first_message", String(600)),                # which messages those were, in the words of the one who saw them
    Column("last_message", String(600)),
    Column("state", String(20), nullable=False),
    Column("proposal_id", Integer, ForeignKey("proposals.id")),   # an answer that waits for its second pair of eyes
    Column("code", String(200)),
    Column("verdict", String(20)),
    Column("reason", Text),
    Column("decided_by", String(200)),
    Column("decided_at", UtcTime),
    # one row each by the cause: a second unique key would raise where two note the same code at once
    Index("ix_unknown_codes_local", "kind", "system", "local_code"),
    _one_of("state", UNKNOWN_STATES),
)
