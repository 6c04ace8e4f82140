"""A dictionary for tests of shipped mappings: every system says what the hub says."""

from __future__ import annotations

from hub.mapping import Missing


class SameWords:
    """`organisation`: what P1 is called in the context that a rule asks for."""

    def __init__(self, organisation: str) -> None:
        self._context = {"organisation": organisation, "zone": "Asia/Shanghai"}

    def code(self, kind: str, value: str) -> str | Missing:
        return value

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return value.rpartition("/")[2] if "/" in value else f"P1/{value}"

    def context(self, name: str) -> str:
        return self._context[name]
