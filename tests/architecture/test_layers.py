"""The layers of the project, as declared for import-linter, and that no package has been forgotten there."""

from __future__ import annotations

import ast
import tomllib
from typing import Any

import pytest
from importlinter.cli import lint_imports

from tests.architecture.tree import ROOT, files, name


@pytest.fixture(scope="module")
def contracts() -> dict[str, Any]:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in declared}


def test_every_import_keeps_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_every_package_of_the_hub_has_its_layer(contracts: dict[str, Any]) -> None:
    layers = {module.strip() for layer in contracts["layers"]["layers"] for module in layer.split(":")}
    assert _packages() <= layers


def test_no_package_of_the_hub_is_left_open_to_connectors(contracts: dict[str, Any]) -> None:
    forbidden = set(contracts["connectors-see-the-sdk"]["forbidden_modules"])
    assert _packages() - {"hub.sdk"} <= forbidden


def test_only_the_settings_read_the_environment() -> None:
    readers = [name(path) for path in files("hub", "master_data", "connectors", "mappings", ending=".py") if _reads_environment(path)]
    assert readers == ["hub/config.py"]


def _packages() -> set[str]:
    inside = [path for path in (ROOT / "hub").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    return {f"hub.{path.stem}" for path in inside if path.stem != "__init__"}


def _reads_environment(path: Any) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    imported = (alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "os" for alias in node.names)
    return any(word in ("environ", "getenv", "environb") for word in (*attributes, *imported))
