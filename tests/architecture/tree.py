"""What the architecture tests look at: the tree's files, its modules, its texts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import connectors
import hub
import master_data
from hub.errors import HubError
from hub.registry import connectors as installed
from hub.texts import TEXTS, Text

ROOT = Path(__file__).parents[2]
OURS = (".ci", "bench", "connectors", "docs", "hub", "mappings", "master_data", "tests")
TEXT_ENDINGS = {"", ".cfg", ".csv", ".json", ".lock", ".md", ".mako", ".py", ".toml", ".txt", ".xml", ".yaml", ".yml"}
NOT_IMPORTED = {"hub.migrations.env"}
"""Alembic runs it inside a migration; it cannot be imported by itself."""


def files(*folders: str, ending: str = "") -> list[Path]:
    """Every file under these folders of the project, caches left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*{ending}") if path.is_file())
    return sorted(path for path in found if not any(part.startswith("__pycache__") for part in path.parts))


def all_files() -> list[Path]:
    """Every text file of the project."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    return [path for path in (*top, *files(*OURS)) if path.suffix in TEXT_ENDINGS]


def name(path: Path) -> str:
    """The path as it is written in the project."""
    return path.relative_to(ROOT).as_posix()


def modules() -> Iterator[ModuleType]:
    """Every module of the product, imported."""
    for package in (hub, master_data, connectors):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name not in NOT_IMPORTED:
                yield importlib.import_module(found.name)


def errors() -> list[type[HubError]]:
    """Every kind of error and every leaf of the product."""
    list(modules())
    found: dict[str, type[HubError]] = {}
    todo: list[type[HubError]] = [HubError]
    while todo:
        error = todo.pop()
        todo.extend(error.__subclasses__())
        if error.__module__.partition(".")[0] in ("hub", "master_data", "connectors"):
            found[f"{error.__module__}.{error.__qualname__}"] = error
    return [found[key] for key in sorted(found)]


def texts() -> dict[str, Text]:
    """Every text that people read, the connectors' own included."""
    merged = dict(TEXTS)
    for connector in installed().values():
        merged.update(connector.texts)
    return merged
