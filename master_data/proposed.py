"""What can be proposed: one frozen model each, the same for Python, REST and CLI. `Change` is any of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Status = Literal["draft", "in_review", "active", "phase_out", "blocked", "obsolete"]
State = Literal["usable", "unaudited", "unassigned", "disabled"]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Window(_Proposed):
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ordered(self) -> _Window:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_from is not before valid_to")
        return self


class CreateCode(_Window):
    """A new code, by itself active once approved. `organisations`: shared codes where it is assigned, empty: everywhere.

    A draft may lack mandatory attributes; it must have them before it goes on.
    """

    action: Literal["create_code"] = "create_code"
    kind: Text
    code: Text
    zh: str
    en: str = ""
    attributes: dict[str, Any] = {}
    organisations: tuple[str, ...] = ()
    status: Literal["draft", "in_review", "active"] = "active"


class ChangeCode(_Window):
    """What is None stays; an attribute given as None goes. `expected_version`: the code's version the proposer saw.

    `statuses`: the status in single organisations where it is another one ("blocked" in "P2" only); None: as everywhere again.
    """

    action: Literal["change_code"] = "change_code"
    kind: Text
    code: Text
    zh: str | None = None
    en: str | None = None
    attributes: dict[str, Any] = {}
    organisations: tuple[str, ...] | None = None
    status: Status | None = None
    statuses: dict[str, Status | None] = {}
    expected_version: int | None = None


class RetireCode(_Proposed):
    """The code becomes obsolete: it stays, is never given out again, and old documents still translate.

    `organisation`: only there; '' is everywhere.
    """

    action: Literal["retire_code"] = "retire_code"
    kind: Text
    code: Text
    organisation: str = ""
    expected_version: int | None = None


class MergeCodes(_Proposed):
    """Two codes for one thing: the loser becomes a dated alias of the winner, which takes over what the systems call it.

    `stands`: whose value stands, by attribute (or `zh`, `en`). Needed where both have different ones; else the winner's own
    stands, and the loser's where the winner has none. Names stand as the winner's.
    """

    action: Literal["merge_codes"] = "merge_codes"
    kind: Text
    loser: Text
    winner: Text
    stands: dict[str, Literal["winner", "loser"]] = {}
    loser_version: int | None = None
    winner_version: int | None = None


class SplitCodes(_Proposed):
    """Undo a merge: cross-references, status and values as they were. `keep_changed`: what was changed since stays as it is."""

    action: Literal["split_codes"] = "split_codes"
    kind: Text
    loser: Text
    keep_changed: bool = False


class AddCrossReference(_Window):
    """`local_code` is in the form of `local_codes.local_code`; `organisation` '' holds in every organisation of the system."""

    action: Literal["add_cross_reference"] = "add_cross_reference"
    kind: Text
    system: Text
    organisation: str = ""
    local_code: Annotated[str, Field(min_length=1, max_length=400)]
    code: Text
    preferred: bool | None = None          # None: if it is the first
    state: State = "usable"


class EndCrossReference(_Proposed):
    """The local code stops meaning its code at `at` (None: when approved)."""

    action: Literal["end_cross_reference"] = "end_cross_reference"
    kind: Text
    system: Text
    organisation: str = ""
    local_code: str
    at: AwareDatetime | None = None


class AddConversion(_Window):
    """1 `from_unit` = numerator/denominator `to_unit`; `material` '' is general. A later factor ends the one before at its start."""

    action: Literal["add_conversion"] = "add_conversion"
    material: str = ""
    from_unit: Text
    to_unit: Text
    numerator: int = Field(gt=0, lt=2**63)
    denominator: int = Field(default=1, gt=0, lt=2**63)


class Batch(_Proposed):
    """Several changes that are approved as one, in order: a new code with its cross-references."""

    action: Literal["batch"] = "batch"
    changes: tuple[Single, ...] = Field(min_length=1)


One = CreateCode | ChangeCode | RetireCode | MergeCodes | SplitCodes | AddCrossReference | EndCrossReference | AddConversion
Single = Annotated[One, Field(discriminator="action")]
Change = Annotated[One | Batch, Field(discriminator="action")]
Batch.model_rebuild()
CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def singles(change: Change) -> tuple[One, ...]:
    """The changes of a batch, or the one there is."""
    return change.changes if isinstance(change, Batch) else (change,)


def overlap(start: datetime | None, end: datetime | None, other_start: datetime | None, other_end: datetime | None) -> bool:
    """Whether two windows share a moment; None is open."""
    begins_in_time = end is None or other_start is None or other_start < end
    return begins_in_time and (other_end is None or start is None or start < other_end)
