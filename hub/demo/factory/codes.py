"""Shared codes and what each system calls them: the demo's own copy of the truth, which the hub has to learn from its dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SYSTEMS = ("crm", "erp", "mes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One shared code. `local` is per system; `unknown_in` names the systems whose code is left out of the seeds on purpose."""

    kind: str
    code: str
    zh: str
    en: str
    local: Mapping[str, str]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    unknown_in: tuple[str, ...] = ()


class Codes:
    """Translates between shared and local codes. Raises KeyError for a code nobody has."""

    def __init__(self, codes: Iterable[Code]) -> None:
        self._by_code: dict[tuple[str, str], Code] = {}
        self._by_local: dict[tuple[str, str, str], Code] = {}
        for code in codes:
            self.add(code)

    def add(self, code: Code) -> None:
        """Also while it runs: a customer who was not there yesterday."""
        self._by_code[code.kind, code.code] = code
        self._by_local.update({(code.kind, system, local): code for system, local in code.local.items()})

    def get(self, kind: str, code: str) -> Code:
        return self._by_code[kind, code]

    def kind(self, kind: str) -> list[Code]:
        """All codes of a kind, in the order they were added."""
        return [code for code in self._by_code.values() if code.kind == kind]

    def all(self) -> list[Code]:
        return list(self._by_code.values())

    def local(self, kind: str, system: str, code: str) -> str:
        """What `system` calls the shared code."""
        return self._by_code[kind, code].local[system]

    def shared(self, kind: str, system: str, local: str) -> str:
        """The shared code behind what `system` says."""
        return self._by_local[kind, system, local].code

    def translate(self, kind: str, local: str, *, source: str, target: str) -> str | None:
        """`source`'s word in `target`'s words; None where either does not know it."""
        code = self._by_local.get((kind, source, local))
        return code.local.get(target) if code else None
