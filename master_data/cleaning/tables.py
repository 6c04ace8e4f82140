"""A cleaning: its lists row by row, its clusters, and what became of each."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from hub.db import METADATA, UtcTime

cleanings = Table(
    "cleanings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("trust", JSON, nullable=False),               # systems, the most trusted first
    Column("begun_at", UtcTime, nullable=False),
    Column("begun_by", String(200), nullable=False),
)

cleaning_clusters = Table(
    "cleaning_clusters",
    METADATA,
    Column("cleaning", Integer, ForeignKey("cleanings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code", String(200), nullable=False),
    Column("is_new", Integer, nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("differing", JSON, nullable=False),
    Column("doubts", JSON, nullable=False),
    Column("score", Float, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("systems", Integer, nullable=False),
    Column("state", String(20), nullable=False),         # open, proposed, accepted, left (nothing is to be done)
    Column("proposal", Integer),
    Index("ix_cleaning_clusters_open", "cleaning", "state", "number"),
)

cleaning_rows = Table(
    "cleaning_rows",
    METADATA,
    Column("cleaning", Integer, ForeignKey("cleanings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("system", String(60), nullable=False),
    Column("organisation", String(60), nullable=False),
    Column("local_code", String(400), nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("cluster", Integer, nullable=False),
    Index("ix_cleaning_rows_cluster", "cleaning", "cluster"),
)
