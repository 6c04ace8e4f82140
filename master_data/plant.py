"""The plant's own rules of the dictionary over the shipped ones: kinds, approval routes, spellings. Read once, when a process starts.

The rules are one set for a process: a code that is checked by other rules in another place of it would be no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from master_data.kind import Kind, kinds, shipped_kinds
from master_data.reading import read_model
from master_data.route_files import read_routes
from master_data.routes import RouteBook, shipped_routes
from master_data.spelling import EXACTLY, Spellings, SystemSpelling

KINDS, ROUTES, SPELLINGS = "kinds", "approval_routes.yaml", "spellings.yaml"


class Plant(NamedTuple):
    """What is in force."""

    kinds: Mapping[str, Kind]
    routes: RouteBook
    spellings: Spellings


class _SpellingFile(BaseModel):
    """`spellings.yaml`: how each system's local codes are compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spellings: list[SystemSpelling] = []


_in_force: list[Plant] = []


def read_plant(folder: Path | None) -> Plant:
    """What a folder has over the shipped (`kinds/`, `approval_routes.yaml`, `spellings.yaml`). Raises DictionaryFileInvalid."""
    if folder is None:
        return Plant(shipped_kinds(), shipped_routes(), EXACTLY)
    own_kinds, own_routes, own_spellings = folder / KINDS, folder / ROUTES, folder / SPELLINGS
    known = kinds(own_kinds if own_kinds.is_dir() else None)
    routes = read_routes(own_routes if own_routes.is_file() else None, known)
    spelled = read_model(own_spellings, _SpellingFile).spellings if own_spellings.is_file() else []
    return Plant(known, routes, Spellings.of(*spelled))


def put_in_force(folder: Path | None) -> Plant:
    """From now on these rules hold in this process. Raises DictionaryFileInvalid, and then nothing has changed."""
    plant = read_plant(folder)
    _in_force[:] = [plant]
    return plant


def in_force() -> Plant:
    """The rules of this process: the shipped ones, unless a plant's were put over them."""
    if not _in_force:
        put_in_force(None)
    return _in_force[0]


def kinds_in_force() -> Mapping[str, Kind]:
    """The kinds of this process."""
    return in_force().kinds
