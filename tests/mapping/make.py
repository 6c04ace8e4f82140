"""Builders for mapping tests: a folder with one file, a spec of some rules, look-ups made of tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hub.mapping import Mapped, MappingSpec, MappingsWrong, Missing, load_mappings
from hub.mapping.errors import Mistake

HEAD_IN = "product: acme\nrecord: order\nentity: sales_order\ndirection: in\n"
HEAD_OUT = "product: acme\ndocument: order\nentity: sales_order\ndirection: out\n"


class Tables:
    """Look-ups: codes by (kind, value), documents by (entity, value), context by name."""

    def __init__(self, codes: Mapping[tuple[str, str], str] = {}, documents: Mapping[tuple[str, str], str] = {}, **context: Any) -> None:
        self.codes, self.documents = codes, documents
        self.given = {"zone": "Asia/Shanghai", "organisation": "P1", **context}

    def code(self, kind: str, value: str) -> str | Missing:
        return self.codes.get((kind, value)) or Missing("code", kind, value, detail="nobody knows it")

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return self.documents.get((entity, value)) or Missing("document", entity, value)

    def context(self, name: str) -> Any:
        return self.given[name]


def make_file(root: Path, text: str, name: str = "acme/sales_order_in.yaml") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def make_spec(root: Path, rules: str, head: str = HEAD_OUT) -> MappingSpec:
    """A spec from the YAML of its rules (a flow list, or lines that begin with '- ')."""
    direction = "in" if head.startswith(HEAD_IN) else "out"
    make_file(root, f"{head}rules:\n{rules}", f"acme/sales_order_{direction}.yaml")
    mappings = load_mappings(root)
    [spec] = mappings.inbound("erp", "acme", "order") or mappings.outbound("erp", "acme", "sales_order")
    return spec


def mapped(root: Path, rules: str, record: dict[str, Any], look: Tables | None = None, head: str = HEAD_OUT) -> Mapped:
    return make_spec(root, rules, head).apply(record, look or Tables())


def mistakes(root: Path, text: str, name: str = "acme/sales_order_in.yaml") -> tuple[Mistake, ...]:
    """What is wrong with a file of this text."""
    make_file(root, text, name)
    try:
        load_mappings(root)
    except MappingsWrong as error:
        return error.mistakes
    return ()


def dump(value: Any) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))
