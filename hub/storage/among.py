"""A column's value is one of many: the many are one parameter, so that the statement is the same for however many there are.

An IN with a parameter for each value is another statement for every other number of them: it is compiled, prepared and kept
anew each time by SQLAlchemy and by SQLite (a third of the project loop's time, and memory that grew with every message).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def among(column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether the column is one of these texts or numbers; none of them, if there are none. For any number of them, by the index."""
    return _Among(column, bindparam(None, list(values), Several(column.type), unique=True))


def among_named(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same with the values given when the statement is carried out, under this name."""
    return _Among(column, bindparam(name, type_=Several(column.type)))


class Several(TypeDecorator[Collection[Any]]):
    """Many values as one parameter: PostgreSQL takes an array, SQLite a JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _Among(FunctionElement[bool]):
    """`column` among the values of a parameter."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], values: BindParameter[Any]) -> None:
        super().__init__(column, values)

    def self_group(self, against: Any = None) -> Any:
        """As it is: where there are no booleans SQLAlchemy would compare it with 1, and no index would be used any more."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} = ANY ({values}))"
