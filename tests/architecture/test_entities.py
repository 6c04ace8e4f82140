"""The model, the boundaries and the routes speak of the same entities, and every rule of a mapping has its case."""

from __future__ import annotations

import yaml

from hub.app import SHIPPED
from hub.bus.topics import AGGREGATES as TOPICS
from hub.model import AGGREGATES, ENTITIES


def test_every_entity_has_its_boundary_row() -> None:
    rows = yaml.safe_load((SHIPPED / "boundaries.yaml").read_text(encoding="utf-8"))
    assert set(rows) == {entity.entity for entity in ENTITIES}


def test_every_aggregate_has_its_topic() -> None:
    assert set(AGGREGATES) <= set(TOPICS)


def test_every_mapping_has_its_cases_beside_it() -> None:
    files = [path for path in SHIPPED.glob("*/*.yaml") if not path.stem.endswith("_test")]
    assert files
    assert not [path.name for path in files if not path.with_name(f"{path.stem}_test.yaml").is_file()]
