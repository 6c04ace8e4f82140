"""The scorecard's history: one row per figure and day, so that a trend can be seen."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, String, Table

from hub.db import METADATA

quality_days = Table(
    "quality_days",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("figure", String(20), primary_key=True),
    Column("kind", String(60), primary_key=True),
    Column("system", String(60), primary_key=True),
    Column("steward", String(200), primary_key=True),
    Column("good", BigInteger, nullable=False),
    Column("all", BigInteger, nullable=False),
)
