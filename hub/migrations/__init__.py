"""Bring a database to the present tables: Alembic, its revisions inside the package, safe when several processes start at once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from hub.db import METADATA, Database
from hub.reporting import tables as _reporting  # noqa: F401  importing these fills METADATA
from hub.storage import queues as _queues  # noqa: F401  (its indexes)
from hub.storage import releases as _releases  # noqa: F401
from hub.storage import repeats as _repeats  # noqa: F401
from hub.storage import tables as _storage  # noqa: F401
from master_data import numbers as _numbers  # noqa: F401
from master_data import tables as _dictionary  # noqa: F401
from master_data.cleaning import tables as _cleaning  # noqa: F401
from master_data.exchange import tables as _exchange  # noqa: F401
from master_data.quality import tables as _quality  # noqa: F401

FOLDER = Path(__file__).parent
LOCK = 0x10071E   # any number, the same in every process: PostgreSQL's advisory lock for the time of a migration


async def upgrade(url: str) -> None:
    """Migrate the database at an SQLAlchemy URL (`sqlite:///…`, `postgresql+asyncpg://…`) to the newest revision.

    Everything in one transaction: others that start at the same moment wait for it and then find nothing to do.
    """
    db = Database.connect(url, pool=1)
    try:
        async with db.read() as session:
            if await session.run_sync(is_present):
                return
        async with db.write() as session:
            if db.dialect == "postgresql":
                await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await session.run_sync(_migrate)
    finally:
        await db.close()


def is_present(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    return set(MigrationContext.configure(connection).get_current_heads()) == set(_scripts().get_heads())


def standing(connection: Connection) -> Literal["present", "empty", "behind", "unknown"]:
    """Where the database stands: at the newest revision, without tables, at an older one, or at one of another release."""
    heads = MigrationContext.configure(connection).get_current_heads()
    if is_present(connection):
        return "present"
    known = {script.revision for script in _scripts().walk_revisions()}
    return "empty" if not heads else "behind" if set(heads) <= known else "unknown"


def tables() -> MetaData:
    """Every table of the hub."""
    return METADATA


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
