"""Turns rules into code, once. A step reads from `it`, writes into `out`, and notes what is missing or failed in its run."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.mapping.errors import MappingFailed, NotAList, NotInTable, OperationUnclear, shorten
from hub.mapping.expressions import Expression, Scope, asked_of, evaluate, holds
from hub.mapping.level import Ready, level
from hub.mapping.parts import Fetch, Mark, Run, Step, chain, coded, key_text, listed, read_all, read_one
from hub.mapping.paths import ABSENT, Path, getter, only_step, setter
from hub.mapping.quantities import WITHOUT_FACTORS, measured
from hub.mapping.rules import LEFT_OUT, Rule, Source
from hub.mapping.spec import Convert, Lookups, Mapped, Missing, Reference

ANSWERS = 256
"""So many answers of one condition are remembered: what conditions ask for (states, presence) has few values."""


class Compiler:
    """Compiles the rules of one file. `mark` is given where cases are run; without it steps carry nothing for coverage."""

    def __init__(self, file: str, mark: Mark | None = None) -> None:
        self._file = file
        self._mark = mark

    def program(
        self, rules: Sequence[Rule], operation: Source, number: Path | None
    ) -> Callable[[Mapping[str, Any], Lookups, Convert | None], Mapped]:
        """`MappingSpec.apply`."""
        scope = Scope()
        step = self.level(rules, scope)
        ask = self._fetch(operation, scope)
        read = getter(number.steps) if number else None

        def apply(record: Mapping[str, Any], look: Lookups, convert: Convert | None) -> Mapped:
            run, out = Run(record, look, convert or WITHOUT_FACTORS), dict[str, Any]()
            step(record, run, out)
            asked = self._operation(ask, record, run)
            if run.failures:
                raise _all(run.failures)
            named = read(out) if read else None
            return Mapped(out, tuple(run.missing), asked, None if named is None or named is ABSENT else str(named), tuple(run.rounded))

        return apply

    def _operation(self, ask: Fetch, record: Any, run: Run) -> str:
        try:
            asked = ask(record, run)
            if isinstance(asked, str) and asked:
                return asked
            raise OperationUnclear(value=shorten(asked))
        except MappingFailed as error:
            run.failures.append(error.at(rule=f"{self._file} #operation", to="operation", path="operation", value=""))
            return ""

    def references(self, rules: Sequence[Rule]) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Reference]]:
        """`MappingSpec.references`: the rules that translate documents, run alone over a look-up that only listens."""
        translating = _with_documents(rules)
        if not translating:
            return lambda record, context: ()
        step = self.level(translating, Scope())

        def references(record: Mapping[str, Any], context: Mapping[str, Any]) -> Sequence[Reference]:
            listening = _Listening(context)
            run = Run(record, listening, WITHOUT_FACTORS)
            step(record, run, {})
            return list(dict.fromkeys(listening.heard))

        return references

    def condition(self, when: Expression | None) -> Callable[[Mapping[str, Any]], bool]:
        """`MappingSpec.applies`."""
        if when is None:
            return lambda record: True
        scope = Scope()
        scope.add(when)

        def applies(record: Mapping[str, Any]) -> bool:
            try:
                return holds(when, scope.context(it=record, root=record))
            except MappingFailed as error:
                raise _all([error.at(rule=f"{self._file} #when", to="when", path=when.source, value="")]) from None

        return applies

    def level(self, rules: Sequence[Rule], scope: Scope) -> Step:
        """All rules of a level as one step."""
        return level([self._each(rule, scope) if rule.each else self._value(rule, scope) for rule in rules], self._fail)

    def _value(self, rule: Rule, scope: Scope) -> Ready:
        return Ready(
            rule, self._read(rule, scope), self._put(rule), _only_name(rule), self._target(rule),
            self._when(rule.when, rule, scope, "when"), self._fill(rule), chain(rule.using), self._translate(rule),
        )

    def _each(self, rule: Rule, scope: Scope) -> Ready:
        rows, name = Scope(), rule.source.text
        where, row_step = self._when(rule.where, rule, rows, "where"), self.level(rule.rules, rows)

        def make(value: Any, run: Run) -> list[Any]:
            if not isinstance(value, list):
                raise NotAList(value=shorten(value))
            made, outer = [], run.at
            try:
                for index, row in enumerate(value):
                    run.at = (outer, name, index)
                    if where is None or where(row, run):
                        out: dict[str, Any] = {}
                        row_step(row, run, out)
                        made.append(out)
            finally:
                run.at = outer
            return made

        return Ready(
            rule, self._fetch(rule.source, scope), self._put(rule), _only_name(rule), self._target(rule),
            self._when(rule.when, rule, scope, "when"), self._fill(rule), rows=make,
        )

    def _fail(self, run: Run, rule: Rule, error: Exception, value: Any) -> None:
        failure = error if isinstance(error, MappingFailed) else MappingFailed(words=str(error)[:200])
        shown = "" if value is ABSENT else shorten(value)
        run.failures.append(failure.at(rule=f"{self._file} #{rule.number}", to=rule.to, path=run.place(rule.source.text), value=shown))

    def _read(self, rule: Rule, scope: Scope) -> Fetch:
        """The source, or the quantity that it says in the unit that the rule asks for."""
        fetch, unit = self._fetch(rule.source, scope), rule.unit
        if unit is None:
            return fetch
        wanted = self._fetch(unit.wanted, scope) if unit.wanted else None
        return measured(rule, fetch, wanted, read_one(unit.material) if unit.material else None)

    def _fetch(self, source: Source, scope: Scope) -> Fetch:
        if source.expr is not None:
            expression = source.expr
            scope.add(expression)
            return lambda it, run: evaluate(expression, run.context(it, scope))
        if len(source.paths) == 1:
            return read_one(source.paths[0])
        if source.paths:
            return read_all(tuple(read_one(path) for path in source.paths))
        constant = source.const
        return lambda it, run: constant

    def _when(self, expression: Expression | None, rule: Rule, scope: Scope, part: str) -> Callable[[Any, Run], bool] | None:
        if expression is None:
            return None
        scope.add(expression)
        mark, number = self._mark, rule.number
        said, answers = asked_of(expression), dict[Hashable, bool]()

        def when(it: Any, run: Run) -> bool:
            asked = said(it)
            true = answers.get(asked)
            if true is None:
                true = holds(expression, run.context(it, scope))
                if asked is not None and len(answers) < ANSWERS:
                    answers[asked] = true
            if mark is not None:
                mark(number, f"{part} {'true' if true else 'false'}")
            return true

        return when

    def _fill(self, rule: Rule) -> Callable[[str], Any] | None:
        if not rule.default:
            return None
        values = {state: ABSENT if value == LEFT_OUT else value for state, value in rule.default.items()}
        mark = self._mark

        def fill(state: str) -> Any:
            if mark is not None:
                mark(rule.number, f"default {state}")
            return values[state]

        return fill

    def _target(self, rule: Rule) -> tuple[str, ...]:
        """The names to write to, where nobody counts what is written and it is names alone."""
        names = tuple(step for step in rule.target if isinstance(step, str))
        return names if self._mark is None and len(names) == len(rule.target) else ()

    def _put(self, rule: Rule) -> Callable[[dict[str, Any], Any], None]:
        put, mark = setter(rule.target), self._mark
        if mark is None:
            return put

        def seen(out: dict[str, Any], value: Any) -> None:
            put(out, value)
            mark(rule.number, "value")

        return seen

    def _translate(self, rule: Rule) -> Callable[[Any, Run], Any] | None:
        if rule.lookup is not None:
            return listed(self._table(rule.lookup, rule.number))
        if rule.code:
            kind = rule.code
            return coded(rule, kind, lambda look, value: look.code(kind, value))
        if rule.document:
            entity, internal = rule.document, rule.document_id
            return coded(rule, entity, lambda look, value: look.document(entity, value, internal))
        return None

    def _table(self, rows: Mapping[str, Any], number: str) -> Callable[[Any, Run], Any]:
        mark = self._mark

        def find(value: Any, run: Run) -> Any:
            key = key_text(value)
            if key not in rows:
                raise NotInTable(value=shorten(value), known=", ".join(f"'{row}'" for row in rows)[:200])
            if mark is not None:
                mark(number, f"lookup {key}")
            return rows[key]

        return find


def _only_name(rule: Rule) -> str | None:
    """The one field of the row that is read; None where it is another source."""
    source = rule.source
    plain = rule.unit is None and source.expr is None and len(source.paths) == 1 and source.paths[0].origin == "row"
    return only_step(source.paths[0].steps) if plain else None


def _with_documents(rules: Sequence[Rule]) -> list[Rule]:
    """Only the rules, at any depth, that translate documents."""
    kept = [replace(rule, rules=tuple(_with_documents(rule.rules))) if rule.each else rule for rule in rules]
    return [rule for rule in kept if rule.rules or rule.document]


class _Listening:
    """A look-up that writes down which documents are asked for."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context
        self.heard: list[Reference] = []

    def code(self, kind: str, value: str) -> str | Missing:
        return value

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        self.heard.append(Reference(entity, value, internal_id))
        return value

    def context(self, name: str) -> Any:
        return self._context[name]


def _all(failures: list[MappingFailed]) -> MappingFailed:
    """The first failure, carrying the others; each says how many there are."""
    first, *others = (failure.at(count=len(failures)) for failure in failures)
    first.others = tuple(others)
    return first
