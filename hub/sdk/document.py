"""What a connector writes: a document in the vendor's shape, and what the vendor answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """Which document of ours: `key` is the canonical document key (`sales_order/100/SO-1`), the same for every change of it.

    `number` is the vendor's own document number to use or to look for where the mapping gives one, `id` the vendor's
    internal id once known.
    """

    entity: str
    organisation: str
    key: str
    number: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One change to write to one target document, begun at `step` (one of the card's steps for `entity`).

    `entity` is the vendor's form. `mark` is the event's id and `revision` its order: stored at the vendor where it can be.
    `operation` is what the mapping asks for: 'upsert', or a named operation of the connector ('cancel', 'close', …).
    `id` and `number` are the vendor's, where known from an earlier step or change; `payload` is the vendor's shape.
    `last` is False where another step follows at once: a sink may leave it to that one to read back what stands there.
    """

    entity: str
    organisation: str
    key: DocumentKey
    mark: str
    revision: int
    operation: str
    step: str
    payload: Mapping[str, Any]
    id: str | None = None
    number: str | None = None
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in the target: its id and number, the mark and revision it carries (None: it cannot), the step reached.

    `usable` is False with `why` (a vendor state such as 'unaudited', 'disabled', 'unassigned') when it exists but other
    documents cannot refer to it yet.
    """

    id: str
    number: str
    step: str
    mark: str | None = None
    revision: int | None = None
    usable: bool = True
    why: str = ""
