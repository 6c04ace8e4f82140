"""CEL expressions: checked when read, and evaluated over only those fields that they name.

What the library does (common-expression-language 0.10, measured): a compiled program is immutable and takes 0.3 µs; every value put
into a context costs about 1 µs, so a context holds the named fields alone and is built once per record or row. A Decimal becomes a
double and comes back as a float. Therefore quantities stay decimal text, `number(x)` compares them, and `add`, `subtract`, `multiply`
and `divide` reckon exactly, by Decimal, text to text. `it['状态']` reads a field with a Chinese name, `'状态' in it` asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import Any, Final

import cel
from cel.stdlib import STDLIB_FUNCTIONS

from hub.mapping.errors import ExpressionFailed, FieldAbsent, NotACondition, shorten
from hub.mapping.numerals import exact, written
from hub.mapping.paths import ABSENT


def _divide(a: Any, b: Any, places: int) -> str:
    return written((exact(a) / exact(b)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


EXACT_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "number": lambda value: float(exact(value)),
    "add": lambda *values: written(sum((exact(value) for value in values), start=Decimal(0))),
    "subtract": lambda a, b: written(exact(a) - exact(b)),
    "multiply": lambda *values: written(prod((exact(value) for value in values), start=Decimal(1))),
    "divide": _divide,
}
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: function for name, function in STDLIB_FUNCTIONS.items() if name != "contains"},   # the native one serves texts
    **EXACT_FUNCTIONS,
}
_NATIVE: Final = {
    "bytes", "contains", "double", "duration", "dyn", "endsWith", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear",
    "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "int", "matches", "size", "startsWith", "string", "timestamp",
    "type", "uint",
}  # fmt: skip
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_PLAIN: Final = frozenset([str, bool, type(None), type(ABSENT)])
_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
_MACROS: Final = {"has", "all", "exists", "exists_one", "map", "filter"}


class BadExpression(ValueError):
    """What is wrong with an expression, in the library's or our words."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. `fields[variable]`: the top-level fields it reads of it; None = all of them."""

    source: str
    program: Any
    fields: Mapping[str, frozenset[str] | None]
    functions: frozenset[str]


def parse_expression(source: str, variables: Iterable[str]) -> Expression:
    """Raises BadExpression: syntax, an unknown variable or an unknown function. `variables` empty: any variable is a field."""
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise BadExpression(_syntax(str(error))) from None
    bare = _LITERAL.sub("''", source)
    named = set(program.variables()) - set(_BOUND.findall(bare))
    unknown = named - set(variables) if variables else set()
    if unknown:
        raise BadExpression(f"'{sorted(unknown)[0]}' is none of: {', '.join(variables)}")
    functions = {name for name in program.functions() if name[0].isalpha()} - _MACROS
    foreign = functions - _NATIVE - FUNCTIONS.keys()
    if foreign:
        raise BadExpression(f"function '{sorted(foreign)[0]}' is unknown")
    return Expression(source, program, {name: _fields(source, name) for name in named}, frozenset(functions & FUNCTIONS.keys()))


def _syntax(text: str) -> str:
    found = re.search(r"ERROR: <input>:\d+:(\d+): (.*)", text)
    return f"column {found[1]}: {found[2]}" if found else text.splitlines()[0][:200]


def _fields(source: str, variable: str) -> frozenset[str] | None:
    """The fields read as `it.name` or `it['name']`; None where `it` stands alone anywhere (`'x' in it`)."""
    use = re.compile(rf"(?<![\w.]){variable}\b(?:\s*\.\s*([A-Za-z_]\w*+)(?!\s*\()|\s*\[\s*(?:'([^'\\]*)'|\"([^\"\\]*)\")\s*\])?")
    names = {found[1] or found[2] or found[3] for found in use.finditer(source)}
    return None if None in names else frozenset(name for name in names if name is not None)


class Scope:
    """The expressions of one level (the record, or the rows of one list) and the context that serves all of them."""

    def __init__(self) -> None:
        self._fields: dict[str, set[str] | None] = {}
        self._functions: set[str] = set()

    def add(self, expression: Expression) -> None:
        for variable, fields in expression.fields.items():
            known = self._fields.setdefault(variable, set())
            self._fields[variable] = None if known is None or fields is None else known | fields
        self._functions |= expression.functions

    def context(self, **values: Any) -> Any:
        """A CEL context for one record or row. Raises ExpressionFailed where a field holds what CEL cannot read."""
        try:
            return cel.Context(
                variables={name: _part(values[name], fields) for name, fields in self._fields.items()},
                functions={name: FUNCTIONS[name] for name in self._functions},
            )
        except ValueError as error:
            raise ExpressionFailed(words=str(error)[:200]) from None


def _part(value: Any, fields: Collection[str] | None) -> Any:
    if fields is None or not isinstance(value, Mapping):
        return value
    return {name: value[name] for name in fields if name in value}


def asked_of(expression: Expression) -> Callable[[Any], Hashable]:
    """What a row says of the fields that an expression reads: rows that say the same have the same answer.

    Gives None where that cannot be told at once: of another variable, of a whole row, of what is more than text, yes or no, or null.
    """
    fields = expression.fields.get("it")
    if fields is None or len(expression.fields) != 1:
        return lambda row: None
    names = tuple(fields)

    def said(row: Any) -> Hashable:
        if row.__class__ is not dict:
            return None
        values = tuple([row.get(name, ABSENT) for name in names])
        for value in values:
            if value.__class__ not in _PLAIN:
                return None
        return values

    return said


def literals(source: str) -> set[str]:
    """The words in quotes of an expression's text."""
    return {literal[1:-1] for literal in _LITERAL.findall(source)}


def evaluate(expression: Expression, context: Any) -> Any:
    """The value as JSON. Raises ExpressionFailed with the library's words."""
    try:
        return _json(expression.program.execute(context))
    except KeyError as error:
        raise FieldAbsent(name=str(error.args[0])) from None
    except (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError) as error:
        raise ExpressionFailed(words=str(error).split(". ")[0][:200]) from None


def holds(expression: Expression, context: Any) -> bool:
    """The truth of a condition; anything but true and false is refused."""
    value = evaluate(expression, context)
    if isinstance(value, bool):
        return value
    raise NotACondition(found=shorten(value))


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise ExpressionFailed(words=f"the result has no JSON form: {shorten(value)}")


def fields_of(data: Mapping[str, Any], expression: Expression) -> dict[str, Any]:
    """A context in which fields are named directly (`state in [...]`); an absent one is null. `it` is the whole."""
    context = {name: _part(data, fields) if name == "it" else data.get(name) for name, fields in expression.fields.items()}
    return {**context, **{name: FUNCTIONS[name] for name in expression.functions}}
