"""Mapping files: which are in force, their cases, the documentation of the conversions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.mapping.cases import CaseResult, run_cases
from hub.mapping.docs import functions_markdown
from hub.pipeline.knowledge import Rules


@dataclass(frozen=True, slots=True)
class MappingView:
    """One file in force for one system."""

    system: str
    file: str
    direction: str
    form: str
    entity: str
    version: str


def list_mappings(rules: Rules) -> list[MappingView]:
    """Every file in force, by system."""
    return [
        MappingView(system.name, spec.file, spec.direction, spec.form, spec.entity, spec.version)
        for system in rules.systems.values()
        for spec in rules.mappings.of(system.name, system.product)
    ]


def run_mapping_cases(folders: Sequence[Path], wanted: str = "") -> list[CaseResult]:
    """The cases of every file whose name contains `wanted`. Raises MappingsWrong."""
    return [result for folder in folders for result in run_cases(folder) if wanted in result.file]


def describe_conversions(language: str) -> str:
    """The table of named conversions as markdown."""
    return functions_markdown(language)
