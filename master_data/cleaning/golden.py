"""The one code for a cluster: names and attributes from whom they are trusted most, and where the rows disagree. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from master_data.cleaning.listed import Clustered, Listed, Proposed
from master_data.kind import Kind

NextCode = Callable[[Mapping[str, Any]], str]
"""The kind's next code for these attributes; '' where its rule gives none."""


def golden(kind: Kind, cluster: Clustered, trust: Sequence[str], next_code: NextCode | None = None) -> Proposed:
    """`trust`: systems, the most trusted first; those not named come last, in the order of the rows."""
    rows = sorted(cluster.rows, key=lambda row: (_rank(row, trust), row.number))
    said = {attribute.name: _first(row.attributes.get(attribute.name) for row in rows) for attribute in kind.attributes}
    attributes = {name: value for name, value in said.items() if value is not None}
    code = cluster.code or (next_code(attributes) if next_code else "") or rows[0].local_code
    return Proposed(
        code=code, is_new=not cluster.code, zh=_first(row.zh for row in rows) or "", en=_first(row.en for row in rows) or "",
        attributes=attributes, differing=_differing(kind, rows),
    )  # fmt: skip


def _rank(row: Listed, trust: Sequence[str]) -> int:
    return trust.index(row.system) if row.system in trust else len(trust)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value not in (None, "")), None)


def _differing(kind: Kind, rows: Sequence[Listed]) -> dict[str, dict[str, list[str]]]:
    """Names are not compared: they are written differently everywhere, and that is why the rows were matched."""
    found: dict[str, dict[str, list[str]]] = {}
    for attribute in kind.attributes:
        said: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            value = row.attributes.get(attribute.name)
            if value not in (None, ""):
                said[str(value)].append(row.system)
        if len(said) > 1:
            found[attribute.name] = dict(said)
    return found
