"""The model published as JSON Schema (draft 2020-12), one file per entity and one for its partial form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hub.model.common import Entity
from hub.model.entities import ENTITIES
from hub.model.partial import partial

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MAJOR = 1


def schema_id(cls: type[Entity]) -> str:
    """What `ce_dataschema` names: `urn:loopline:schema:<entity>:<major>`; partial forms end in `:partial`."""
    return f"urn:loopline:schema:{cls.entity}:{MAJOR}" + (":partial" if cls.is_partial else "")


def json_schema(cls: type[Entity]) -> dict[str, Any]:
    """The schema of what `encode` writes. `x-code` and `x-reference` say what a text means, `x-key` what makes up the key."""
    about = {
        "x-entity": cls.entity,
        "x-aggregate": cls.aggregate,
        "x-nature": cls.nature.value,
        "x-owner": cls.owner,
        "x-commercial": cls.commercial,
        "x-key": ["organisation", *cls.identity],
    }
    return {"$schema": DRAFT, "$id": schema_id(cls), **cls.model_json_schema(mode="serialization"), **about}


def write_schemas(folder: Path) -> list[Path]:
    """Write `<entity>.json` and `<entity>.partial.json` for every entity; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for cls in ENTITIES:
        for form, suffix in ((cls, ""), (partial(cls), ".partial")):
            path = folder / f"{cls.entity}{suffix}.json"
            path.write_text(json.dumps(json_schema(form), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            written.append(path)
    return written
