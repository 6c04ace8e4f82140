"""Every behaviour rule is named by a test that proves it, and stands in both pages of rules."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files

RULES = (*range(1, 8), *range(9, 17), *range(19, 26), 28, *range(30, 37))
"""The rules that hold. Version gaps (B8) are normal here; splits, merges and changes of design (B17, B18, B26, B27, B29) are the ERP's."""

IN_NAME = re.compile(r"test_((?:b\d+_)+)")
IN_DOCSTRING = re.compile(r"(B\d+(?:(?:,| and) B\d+)*)[:.]")
IN_PAGE = re.compile(r"^\| B(\d+) \|", re.MULTILINE)
PAGES = (ROOT / "docs" / "rules.md", ROOT / "docs" / "rules.zh.md")


def named(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
    """The rules with which the test's name or docstring begins."""
    for pattern, text in ((IN_NAME, test.name), (IN_DOCSTRING, ast.get_docstring(test) or "")):
        found = pattern.match(text)
        yield from (int(number) for number in re.findall(r"\d+", found.group(1))) if found else ()


@cache
def named_by_rule() -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for path in files("tests", ending=".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for rule in named(node):
                    found[rule].append(node.name)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"B{rule}")
def test_a_rule_is_named_by_a_test(rule: int) -> None:
    assert named_by_rule()[rule]


def test_no_test_names_a_rule_that_is_none() -> None:
    assert named_by_rule().keys() - set(RULES) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_has_every_rule_once_and_in_order(page: Path) -> None:
    assert tuple(int(number) for number in IN_PAGE.findall(page.read_text(encoding="utf-8"))) == RULES
