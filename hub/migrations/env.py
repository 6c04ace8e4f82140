"""Alembic's environment: the connection is always given by `hub.migrations.upgrade`, which also holds the lock and commits."""

from __future__ import annotations

from alembic import context

from hub.migrations import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables())
with context.begin_transaction():
    context.run_migrations()
