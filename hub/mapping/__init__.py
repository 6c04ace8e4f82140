"""The rule engine: reads mapping files strictly, compiles them once, applies them; runs their cases; routes and boundaries."""

from hub.mapping.boundaries import Boundaries, load_boundaries
from hub.mapping.cases import CaseResult, run_cases
from hub.mapping.engine import MappingSet, load_mappings
from hub.mapping.errors import MappingFailed, MappingsWrong
from hub.mapping.routes import RoutedSystem, Routes, load_routes
from hub.mapping.spec import Lookups, Mapped, MappingSpec, Missing, Reference

__all__ = [
    "Boundaries", "CaseResult", "Lookups", "Mapped", "MappingFailed", "MappingSet", "MappingSpec", "MappingsWrong", "Missing",
    "Reference", "RoutedSystem", "Routes", "load_boundaries", "load_mappings", "load_routes", "run_cases",
]  # fmt: skip
