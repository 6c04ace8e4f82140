"""The texts that a mapping file names itself: constants, rows of lookups, quoted words of conditions. Where a code is used without data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from hub.mapping.expressions import Expression, literals
from hub.mapping.parts import key_text
from hub.mapping.rules import Rule


def constants(rules: Sequence[Rule], when: Expression | None) -> Mapping[str, tuple[str, ...]]:
    """Each text → the numbers of the rules that name it; `when` for the condition of the whole file."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in quoted(when):
        found[text].append("when")
    for rule in rules:
        for text in set(_said(rule)):
            found[text].append(rule.number)
    return {text: tuple(dict.fromkeys(numbers)) for text, numbers in found.items()}


def quoted(expression: Expression | None) -> set[str]:
    """The words in quotes of an expression; of none, none."""
    return literals(expression.source) if expression else set()


def _said(rule: Rule) -> Iterator[str]:
    if rule.source.const is not None and not isinstance(rule.source.const, list | dict):
        yield key_text(rule.source.const)
    for row, value in (rule.lookup or {}).items():
        yield row
        yield str(value)
    yield from (value for value in rule.default.values() if isinstance(value, str))
    for expression in (rule.source.expr, rule.when, rule.where):
        yield from quoted(expression)
