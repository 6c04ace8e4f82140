"""The integrator's page knows every conversion, every key and every case's key, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.mapping import boundaries, cases, engine, routes, rules
from hub.mapping.docs import functions_markdown
from hub.mapping.errors import MappingFailed, MappingsWrong, Mistake
from hub.mapping.functions import CONVERSIONS
from hub.mapping.paths import CONTEXT
from hub.texts.mapping import MAPPING

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": "mapping.md", "zh": "mapping.zh.md"}
KEYS = {
    *rules.VALUE_KEYS, *rules.EACH_KEYS, *rules.EMPTY_STATES, *engine.IN_KEYS, *engine.OUT_KEYS, *cases.CASE_KEYS, *boundaries.ENTITY_KEYS,
    *routes.KEYS, *CONVERSIONS, *(f"@{name}" for name in CONTEXT),
}  # fmt: skip


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_every_conversion_as_its_table_says(language: str) -> None:
    assert functions_markdown(language) in (DOCS / PAGES[language]).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_the_page_names_every_key(language: str) -> None:
    page = re.sub(r"```.*?```", "", (DOCS / PAGES[language]).read_text(encoding="utf-8"), flags=re.DOTALL)
    named = {word for quoted in re.findall(r"`([^`]+)`", page) for word in re.findall(r"@?\w+", quoted)}
    assert KEYS - named == set()


def test_every_error_has_its_sentence() -> None:
    leaves = [MappingsWrong, MappingFailed, *Mistake.__subclasses__(), *MappingFailed.__subclasses__()]
    assert {leaf.code for leaf in leaves} <= MAPPING.keys()
    assert all(text.zh.endswith(("。", ":", "?")) and text.en.endswith((".", ":", "?")) for text in MAPPING.values())
