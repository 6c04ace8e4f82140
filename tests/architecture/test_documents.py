"""README and docs speak of what is there: commands, files, make targets; and say the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from hub.cli.main import build
from tests.architecture.tree import ROOT, name

PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
ENGLISH = [page for page in PAGES if page.stem != "ARCHITECTURE" and not re.search(r"\.zh$|\.zh-CN$", page.stem)]
COMMAND = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?hub ([a-z][a-z-]*)((?: [a-z][a-z-]*)?)")
IN_CODE = re.compile(r"`([^`\n]+)`|^(?:\.venv/bin/)?(hub .*)$", re.MULTILINE)
TREE = re.compile(r"`((?:hub|master_data|connectors|mappings|tests|bench|docs)/[\w./-]*\w)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def commands() -> dict[str, set[str]]:
    """Every command of the command line, with those of its groups."""
    click = typer.main.get_command(build())
    return {command: set(getattr(inner, "commands", {})) for command, inner in getattr(click, "commands", {}).items()}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    known = commands()
    code = "\n".join(first or second for first, second in IN_CODE.findall(page.read_text(encoding="utf-8")))
    wrong = set()
    for command, inner in COMMAND.findall(code):
        if command not in known or (known[command] and inner.strip() and inner.strip() not in known[command]):
            wrong.add(f"hub {command}{inner}")
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    places = TREE.findall(page.read_text(encoding="utf-8"))
    assert not [place for place in places if not (ROOT / place).exists()]


@pytest.mark.parametrize("page", ENGLISH, ids=name)
def test_every_page_is_there_in_both_languages_and_of_one_shape(page: Path) -> None:
    other = page.with_name(f"{page.stem}.zh-CN.md" if page.stem == "README" else f"{page.stem}.zh.md")
    assert _shape(page) == _shape(other)


def test_make_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {target for page in PAGES for target in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named
    assert not [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_architecture_names_every_package_of_the_hub() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = [path for path in (ROOT / "hub").iterdir() if (path / "__init__.py").is_file()]
    assert not [path.name for path in packages if f"`hub/{path.name}/`" not in text]


def test_architecture_shows_the_layers_that_are_checked() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("layers = [")[1].split("]")[0]
    layers = [layer.strip().strip('",') for layer in declared.strip().splitlines()]
    assert " > ".join(layers) in re.sub(r"\s+", " ", text)


def _shape(page: Path) -> list[str]:
    """Headings by depth, and the languages of code blocks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [re.match(r"#+|```\w*", line).group() for line in lines if re.match(r"#+ |```\w*$", line)]  # type: ignore[union-attr]
