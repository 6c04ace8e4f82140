"""A record deleted at its source: the entity is told once more as its mapping's `deleted` says, or a person is asked. Pure.

A deletion says nothing itself (a source that finds it by looking knows only the key), so it speaks of what was last told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from hub.model import decode
from hub.pipeline.errors import DeletedAtSource
from hub.pipeline.knowledge import Knowledge
from hub.pipeline.stages import Draft, Work, read, scope
from hub.pipeline.transitions import hash_of, named
from hub.pipeline.wire import Inbound, bytes_hash
from hub.storage.causes import Cause, CauseKind
from hub.storage.records import KeyPlace, RecordState

ARCHIVED_WITHIN_S = 2.0
"""How long to wait for the archive where it has not yet what was last told."""


class Told(NamedTuple):
    """An entity that the deleted record has told of: the place in the archive, and the hash of what stands there last."""

    place: KeyPlace
    hash: str


def told_by(record: Inbound, last: RecordState | None) -> list[Told]:
    """The entities that a record has told of."""
    return [Told((record.system, *named(name)), hash_of(told)) for name, told in (last.events if last else {}).items()]


def run(work: Work) -> Work:
    """As `stages.run`, for a deletion: drafts of what follows, none where nothing does. Raises DataError leaves."""
    read(work)
    scope(work)
    specs = work.known.rules.mappings.inbound(work.system.name, work.system.product, work.record.entity)
    work.specs = specs
    for told in told_by(work.record, work.last):
        data = _data(work.known, told)
        if data is None:
            _wait(work)
            continue
        work.drafts.extend(_drafts(work, told.place, data))
    return work


def _data(known: Knowledge, told: Told) -> dict[str, Any] | None:
    """What was last told; None: the archive has not got it yet."""
    found = known.told.get(told.place)
    if found is None or bytes_hash(found) != told.hash:
        return None
    data: dict[str, Any] = msgspec.json.decode(found)
    return data


def _wait(work: Work) -> None:
    until = work.now + timedelta(seconds=ARCHIVED_WITHIN_S)
    work.causes.append(Cause(CauseKind.TIME, work.system.name, "", f"{work.record.entity}/{work.record.key}", until.isoformat()))
    work.details.append("")


def _drafts(work: Work, place: KeyPlace, data: Mapping[str, Any]) -> Iterator[Draft]:
    _, entity, key = place
    spec = next((one for one in work.specs if one.entity == entity), None)
    if spec is None or not work.known.rules.boundaries.owns(entity, work.organisation, work.system.roles):
        return
    if not spec.deleted:
        targets = work.known.rules.routes.targets(entity, work.organisation, work.system.name, data)
        if targets:
            raise DeletedAtSource(system=work.system.name, entity=entity, key=key, targets=", ".join(targets))
        return
    left = spec.withdrawn(data)
    if left is not None:
        yield Draft(spec, left, content=decode(entity, left, plant=work.known.rules.plant))
