"""`python -m hub.migrations.redraw`: draw the first revision anew from the tables.

Only before the first release; afterwards revisions are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateIndexOp, MigrateOperation, ModifyTableOps, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql

from hub.db import UtcTime
from hub.migrations import FOLDER, tables
from hub.reporting.tables import Amount

FIRST = FOLDER / "versions" / "r0001_first_tables.py"
HEAD = '''# ruff: noqa: E501
"""Every table of the first release. Drawn by `python -m hub.migrations.redraw`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
'''
TYPES: dict[type, str] = {
    UtcTime: "sa.DateTime(timezone=True)",
    Amount: 'sa.Text().with_variant(sa.Numeric(), "postgresql")',
}


def draw() -> str:
    """The revision as Python text."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_item": _render, "target_metadata": tables()})
        operations = produce_migrations(context, tables()).upgrade_ops
        assert isinstance(operations, UpgradeOps)
        _in_each_dialect(operations.ops)
        return HEAD + _tidy(render_python_code(operations, render_item=_render, migration_context=context))


def _in_each_dialect(operations: Sequence[MigrateOperation]) -> None:
    """The condition of a partial index, as PostgreSQL writes it (`preferred`, where SQLite says `preferred = 1`)."""
    for one in operations:
        if isinstance(one, ModifyTableOps):
            _in_each_dialect(one.ops)
        elif isinstance(one, CreateIndexOp) and "postgresql_where" in one.kw:
            dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
            where = one.kw["postgresql_where"].compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            one.kw["postgresql_where"] = text(str(where))


def _tidy(code: str) -> str:
    """The columns of a table one step further in, without the generator's remarks."""
    lines = [line.strip() for line in code.splitlines() if line.strip() and "###" not in line]
    return "".join(f"    {'' if line.startswith(('op.', ')')) else '    '}{line}\n" for line in lines)


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Types of our own as plain ones, so that a revision does not change when the code does."""
    if kind == "type" and type(item) in TYPES:
        return TYPES[type(item)]
    return False


def main(file: Path = FIRST) -> None:
    """Write it."""
    file.write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
