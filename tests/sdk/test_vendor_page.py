"""Every Python sample of the vendor's page runs, in both languages, and is the same program."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.sdk import EntityCard, InDoubtError

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("vendor.md", "vendor.zh.md")


def program(page: str) -> str:
    """The samples of a page, one after the other."""
    return "\n\n".join(re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL))


def run(page: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(program(page), page, "exec"), names)
    return names


@pytest.mark.parametrize("page", PAGES)
def test_the_samples_run_and_hold(page: str) -> None:
    names = run(page)
    assert isinstance(names["ORDERS"], EntityCard) and names["ORDERS"].number == "order_no"


class Deaf:
    """A vendor's server that answers what nobody understands."""

    async def call(self, method: str, url: str, *, safe: bool) -> httpx.Response:
        return httpx.Response(502, text="?")


async def test_an_answer_that_the_sample_does_not_understand_is_in_doubt() -> None:
    with pytest.raises(InDoubtError):
        await run("vendor.md")["call"](Deaf(), "POST", "http://mes/orders", safe=False)


def test_both_languages_show_the_same_program() -> None:
    one, other = (ast.dump(_without_words(ast.parse(program(page)))) for page in PAGES)
    assert one == other


def _without_words(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return tree
