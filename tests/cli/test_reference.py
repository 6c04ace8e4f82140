"""Every setting, command and error code is documented in both languages, and the pages say what the code says."""

from __future__ import annotations

import pytest

from hub.cli import reference
from hub.texts import TEXTS
from hub.texts.cli import SETTINGS_ZH


@pytest.mark.parametrize("language", reference.FILES)
def test_the_page_is_what_the_code_says(language: str) -> None:
    written = (reference.DOCS / reference.FILES[language]).read_text(encoding="utf-8")
    assert written == reference.page(language), "run `python -m hub.cli.reference`"


@pytest.mark.parametrize("language", reference.FILES)
def test_every_setting_command_and_code_stands_on_the_page(language: str) -> None:
    page = reference.page(language)
    names = [*reference.settings_names(), *(f"hub {name}" for name, _ in reference.command_names())]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [code for code in reference.error_codes() if f"`{code}`" not in page] == []


def test_every_setting_has_a_chinese_sentence_and_no_more() -> None:
    assert set(SETTINGS_ZH) == set(reference.settings_names())


def test_every_command_has_a_help_in_both_languages() -> None:
    keys = [f"command-{key}" for _, key in reference.command_names()]
    assert [key for key in keys if key not in TEXTS] == []
    assert all(TEXTS[key].zh and TEXTS[key].en for key in keys)


def test_every_error_code_has_a_sentence() -> None:
    said = reference.sentences()
    assert [code for code in reference.error_codes() if code not in said] == []


def test_no_two_classes_share_a_code_by_accident() -> None:
    """A subclass may keep its parent's code; two strangers may not."""
    kinds: dict[str, list[type]] = {}
    for kind in reference.below(reference.HubError):
        kinds.setdefault(kind.code, []).append(kind)
    strangers = {code: found for code, found in kinds.items() if any(not related(one, found[0]) for one in found)}
    assert {code: [one.__qualname__ for one in found] for code, found in strangers.items() if code in reference.error_codes()} == {}


def related(one: type, other: type) -> bool:
    return issubclass(one, other) or issubclass(other, one) or one.__module__.startswith("tests")
