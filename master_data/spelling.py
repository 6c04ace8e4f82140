"""How each system's local codes are compared: exactly, unless the system declares that blanks or case do not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from master_data.local_codes import EXACT, LocalForm, restated
from master_data.proposed import AddCrossReference, Batch, Change, EndCrossReference

Reference = TypeVar("Reference", AddCrossReference, EndCrossReference)


class SystemSpelling(BaseModel):
    """What one system declares. `kind` '' is every kind it does not declare by itself.

    `trim`: blanks at either end do not count. `fold`: neither does case; the code is kept, and written to the system, in capitals.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    system: str
    kind: str = ""
    trim: bool = False
    fold: bool = False

    @property
    def form(self) -> LocalForm:
        return LocalForm(trim=self.trim, fold_case=self.fold)


@dataclass(frozen=True, slots=True)
class Spellings:
    """The declarations of all systems by (system, kind)."""

    declared: Mapping[tuple[str, str], LocalForm] = field(default_factory=dict)

    @classmethod
    def of(cls, *declared: SystemSpelling) -> Spellings:
        """Of two for the same system and kind the later counts."""
        return cls({(each.system, each.kind): each.form for each in declared})

    def form(self, system: str, kind: str) -> LocalForm:
        """What the system declares for the kind, else for all kinds, else exactly."""
        return self.declared.get((system, kind)) or self.declared.get((system, "")) or EXACT

    def normal(self, system: str, kind: str, local_code: str) -> str:
        """The local code as the dictionary keeps it, looks it up and waits for it."""
        form = self.form(system, kind)
        return local_code if form == EXACT else restated(local_code, form)

    def spelled(self, change: Change) -> Change:
        """The change with its local codes in that form."""
        if isinstance(change, AddCrossReference):
            return self.reference(change)
        if isinstance(change, EndCrossReference):
            return self.reference(change)
        if isinstance(change, Batch):
            return change.model_copy(update={"changes": tuple(self.spelled(each) for each in change.changes)})
        return change

    def reference(self, change: Reference) -> Reference:
        """One cross-reference in that form."""
        local_code = self.normal(change.system, change.kind, change.local_code)
        return change.model_copy(update={"local_code": local_code})


EXACTLY = Spellings()
