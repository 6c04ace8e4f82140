"""Runs the cases beside each mapping file (`<stem>_test.yaml`) and says which parts of which rules no case exercised.

A case: `case` (its name), `record`, and one of `expect` (the data, in full), `error` (a code, or {code, says}), `missing` (a list of
{code: kind, value} and {document: entity, value}), `skipped: true`. Optional: `codes` {kind: {local: shared}} and `documents`
{entity: {local number or id: canonical key}} (read the other way round for `out`), `context` {name: value}, `operation`, `number`.
For `unit` rules: `conversions` {"[material ]from>to": factor} and `base_units` {material: unit}.
With `deleted: true` the record is what was last told of the entity; `expect` is what its deletion says, `skipped` that nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from hub.mapping.engine import MappingFile, read_folder
from hub.mapping.errors import KeyMissing, MappingFailed, MappingsWrong, Mistake, OutcomeUnclear, TypeWrong
from hub.mapping.quantities import book_of, converted, read_factor
from hub.mapping.rules import Rule
from hub.mapping.spec import Mapped, MappingSpec, Missing
from hub.mapping.yaml_file import Reading, Rows, Table, read_yaml
from hub.texts import TEXTS, sentence

OUTCOMES: Final = ("expect", "error", "missing", "skipped")
CASE_KEYS: Final = (
    "case", "record", "deleted", "codes", "documents", "conversions", "base_units", "context", "operation", "number", *OUTCOMES,
)
CONTEXT: Final[Mapping[str, Any]] = {
    "organisation": "P1", "key": "P1/1", "mark": "0123456789abcdef", "revision": "1", "document_key": "document/P1/1",
    "zone": "Asia/Shanghai", "system": "test",
}  # fmt: skip
"""What `@name` gives in a case that says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case, or (case `coverage`) one part of a rule that no case exercised. `wrong` is '' where it passed."""

    file: str
    case: str
    line: int
    wrong_zh: str = ""
    wrong_en: str = ""

    @property
    def passed(self) -> bool:
        return not self.wrong_en

    def text(self, language: str = "en") -> str:
        return self.wrong_zh if language == "zh" else self.wrong_en


class _Dictionary:
    """Look-ups made of a case's own tables."""

    def __init__(self, case: Table, direction: str) -> None:
        self._codes = {kind: _turned(pairs, direction) for kind, pairs in case.get("codes", {}).items()}
        self._documents = {entity: _turned(pairs, direction) for entity, pairs in case.get("documents", {}).items()}
        self._context = {**CONTEXT, **case.get("context", {})}

    def code(self, kind: str, value: str) -> str | Missing:
        return self._codes.get(kind, {}).get(value) or Missing("code", kind, value)

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return self._documents.get(entity, {}).get(value) or Missing("document", entity, value)

    def context(self, name: str) -> Any:
        return self._context[name]


def _turned(pairs: Mapping[str, Any], direction: str) -> dict[str, str]:
    """Cases always say local: shared."""
    said = {local: str(shared) for local, shared in pairs.items()}
    return said if direction == "in" else {shared: local for local, shared in said.items()}


def run_cases(folder: Path) -> Sequence[CaseResult]:
    """Every case of every mapping file under `folder` (`<product or system>/<file>.yaml`), then what was not exercised.

    Raises MappingsWrong where a mapping file or a case file cannot be read.
    """
    mistakes: list[Mistake] = []
    files = read_folder(folder, mistakes)
    cases = [(file, _read_cases(file, mistakes)) for file in files]
    if mistakes:
        raise MappingsWrong(mistakes)
    return [result for file, tables in cases for result in _run_file(file, tables)]


def _read_cases(file: MappingFile, mistakes: list[Mistake]) -> list[Table]:
    path = file.path.with_name(f"{file.path.stem}_test.yaml")
    reading = Reading(f"{path.parent.name}/{path.name}", mistakes)
    before = len(mistakes)
    value = read_yaml(path, reading)
    rows = reading.rows(value, 1, "cases") if len(mistakes) == before else None
    return [table for row, line in (rows or Rows()).placed() if (table := _read_case(reading, row, line)) is not None]


def _read_case(reading: Reading, value: Any, line: int) -> Table | None:
    table = reading.table(value, line, "case")
    if table is None:
        return None
    before = len(reading.mistakes)
    reading.known_keys(table, CASE_KEYS)
    for key in ("case", "record"):
        if key not in table:
            reading.wrong(KeyMissing, line, name=key)
    for key in ("record", "codes", "documents", "conversions", "base_units", "context", "expect"):
        if key in table:
            reading.table(table[key], table.lines[key], key)
    _check_factors(reading, table)
    given = [key for key in OUTCOMES if key in table]
    if len(given) != 1:
        reading.wrong(OutcomeUnclear, line, found=", ".join(given) or "–")
    if "skipped" in table and table["skipped"] is not True:
        reading.wrong(TypeWrong, table.lines["skipped"], name="skipped", wanted="true", value=table["skipped"])
    return table if len(reading.mistakes) == before else None


def _check_factors(reading: Reading, case: Table) -> None:
    factors = case.get("conversions")
    if not isinstance(factors, Table):
        return
    for name, factor in factors.items():
        try:
            read_factor(name, factor)
        except (ValueError, ZeroDivisionError):
            wanted, value = "{M-1 BX>H87: 12, TNE>KGM: 1000}", f"{name}: {factor}"
            reading.wrong(TypeWrong, factors.lines[name], name="conversions", wanted=wanted, value=value)


def _run_file(file: MappingFile, tables: Sequence[Table]) -> Iterator[CaseResult]:
    seen: set[tuple[str, str]] = set()
    spec = file.compile(lambda number, part: seen.add((number, part)))
    for table in tables:
        seen.update(_exercised(file, table))
        zh, en = _run_case(spec, table)
        yield CaseResult(file=file.name, case=str(table["case"]), line=table.line, wrong_zh=zh, wrong_en=en)
    for number, to, part in expected_parts(file):
        if (number, part) not in seen:
            facts = {"rule": number, "to": to, "part": part}
            yield CaseResult(
                file=file.name, case="coverage", line=0,
                wrong_zh=sentence(TEXTS["case-not-covered"], "zh", facts), wrong_en=sentence(TEXTS["case-not-covered"], "en", facts),
            )  # fmt: skip


def _exercised(file: MappingFile, case: Table) -> Iterator[tuple[str, str]]:
    """The parts of a file's head that a case exercises."""
    if case.get("deleted"):
        yield from (("deleted", f"deleted {name} {case['record'].get(name)}") for name in file.deleted)
    else:
        yield "when", f"when {'false' if 'skipped' in case else 'true'}"


def expected_parts(file: MappingFile) -> Iterator[tuple[str, str, str]]:
    """What the cases of a file must exercise: (rule number, target, part)."""
    if file.when is not None:
        yield from (("when", "", "when true"), ("when", "", "when false"))
    yield from (("deleted", name, f"deleted {name} {value}") for name, table in file.deleted.items() for value in table)
    yield from _rule_parts(file.rules)


def _rule_parts(rules: Sequence[Rule]) -> Iterator[tuple[str, str, str]]:
    for rule in rules:
        parts = ["value", *(f"lookup {key}" for key in rule.lookup or ()), *(f"default {state}" for state in rule.default)]
        for name, condition in (("when", rule.when), ("where", rule.where)):
            if condition is not None:
                parts += [f"{name} true", f"{name} false"]
        yield from ((rule.number, rule.to, part) for part in parts)
        yield from _rule_parts(rule.rules)


def _run_case(spec: MappingSpec, case: Table) -> tuple[str, str]:
    """What is wrong, in Chinese and in English; ('', '') where nothing is."""
    if case.get("deleted"):
        return _judge_deletion(case, spec.withdrawn(case["record"]))
    look = _Dictionary(case, spec.direction)
    try:
        if not spec.applies(case["record"]):
            return ("", "") if "skipped" in case else _said(case, "skipped")
        book = book_of(case.get("conversions", {}), case.get("base_units", {}))
        mapped = spec.apply(case["record"], look, partial(converted, book))
    except MappingFailed as error:
        return _judge_error(case, error)
    return _judge(case, mapped)


def _judge_deletion(case: Table, left: Mapping[str, Any] | None) -> tuple[str, str]:
    if left is None or "expect" not in case:
        return ("", "") if left is None and "skipped" in case else _said(case, f"data {left}" if left else "skipped")
    wrong = list(differences(case["expect"], left))
    return _said(case, "; ".join(wrong)) if wrong else ("", "")


def _judge_error(case: Table, error: MappingFailed) -> tuple[str, str]:
    wanted = case.get("error")
    codes = [each.code for each in (error, *error.others)]
    if isinstance(wanted, Mapping):
        if wanted.get("code") in codes and str(wanted.get("says", "")) in error.text("en") + error.text("zh"):
            return "", ""
    elif wanted in codes:
        return "", ""
    return _facts(case, error.text("zh")), _facts(case, error.text("en"))


def _judge(case: Table, mapped: Mapped) -> tuple[str, str]:
    if "missing" in case:
        got: Any = [{missing.what: missing.name, "value": missing.value} for missing in mapped.missing]
        same = sorted(map(repr, got)) == sorted(repr(dict(row)) for row in case["missing"])
        return ("", "") if same else _said(case, f"missing {got}")
    if mapped.missing:
        return _said(case, "missing " + ", ".join(f"{each.name} '{each.value}' ({each.path})" for each in mapped.missing))
    wrong = list(differences(case["expect"], mapped.data)) if "expect" in case else [f"data {mapped.data}"]
    for name, got in (("operation", mapped.operation), ("number", mapped.number)):
        if name in case and case[name] != got:
            wrong.append(f"{name}: '{case[name]}' ≠ '{got}'")
    return _said(case, "; ".join(wrong)) if wrong else ("", "")


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ: `lines[0].unit: 'PCE' ≠ 'KGM'`. 1 and true and '1' are different."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in dict.fromkeys([*expected, *got]):
            yield from differences(expected.get(key, _NOTHING), got.get(key, _NOTHING), f"{path}.{key}" if path else str(key))
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for place, pair in enumerate(zip(expected, got)):
            yield from differences(*pair, f"{path}[{place}]")
    elif expected != got or isinstance(expected, bool) != isinstance(got, bool):
        yield f"{path}: {expected!r} ≠ {got!r}"


class _Nothing:
    def __repr__(self) -> str:
        return "–"


_NOTHING: Final = _Nothing()


def _said(case: Table, got: str) -> tuple[str, str]:
    return _facts(case, got), _facts(case, got)


def _facts(case: Table, got: str) -> str:
    wanted = next(key for key in OUTCOMES if key in case)
    return f"{wanted}{': ' + str(case[wanted]) if wanted == 'error' else ''} ≠ {got}"
