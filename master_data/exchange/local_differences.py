"""What a row says of local codes against what the dictionary has, and against the rows before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hub.errors import HubError
from master_data.as_of import status_in
from master_data.codes import NOT_YET
from master_data.errors import CodeObsolete, CrossReferenceCollision
from master_data.exchange.cells import CLEAR
from master_data.exchange.columns import Field
from master_data.exchange.findings import found, refused
from master_data.exchange.known import OBSOLETE, Known, Local
from master_data.proposed import AddCrossReference, EndCrossReference
from master_data.refusals import CodeNotReleased

if TYPE_CHECKING:
    from master_data.exchange.differences import Entry

Claims = dict[tuple[str, str, str], tuple[str, int]]
"""(system, organisation, local code) → the code and the row of the file that first named it."""
LOCAL_LENGTH = 400


def local_changes(
    entry: Entry, known: Known, claims: Claims, *, new: bool
) -> Iterator[AddCrossReference | EndCrossReference]:
    """Local codes to add and to end. One that is left out is not ended: only an emptied cell ends."""
    for column, of in entry.header.fields.items():
        wanted = entry.values.get(of.key) if of.sort == "local" else None
        there = known.locals.get(entry.code, {}).get((of.system, of.organisation), [])
        if wanted is CLEAR:
            yield from (_end(known.kind, of, local.local) for local in there)
        elif wanted:
            yield from _adds(entry, column, of, wanted, there, known, claims, new)


def _adds(
    entry: Entry, column: int, of: Field, wanted: list[str], there: list[Local], known: Known, claims: Claims, new: bool
) -> Iterator[AddCrossReference]:
    unusable = None if set(wanted) <= {local.local for local in there} else _unusable(entry, of, known, new)
    if unusable is not None:
        entry.findings.append(refused(column, unusable))
        return
    left_out = [local.local for local in there if local.local not in wanted]
    if left_out:
        entry.findings.append(found(column, "local-left-out", grave=False, system=of.system, local=";".join(left_out)))
    for local in dict.fromkeys(wanted):
        if _may_mean(entry, column, of, local, known, claims) and local not in {each.local for each in there}:
            yield AddCrossReference(kind=known.kind, local_code=local, code=entry.code, system=of.system, organisation=of.organisation)
    yield from _preferred(entry, of, wanted, there, known)


def _unusable(entry: Entry, of: Field, known: Known, new: bool) -> HubError | None:
    """Why no local code may be added to the code: its status there, after the row's own change."""
    row = None if new else known.codes[entry.code]
    status = entry.values.get("status") or (row.status if row is not None else "active")
    status = status_in(status, row.statuses if row is not None else {}, of.organisation)
    if status == OBSOLETE:
        return CodeObsolete(kind=known.kind, value=entry.code)
    return CodeNotReleased(kind=known.kind, value=entry.code, status=status) if status in NOT_YET else None


def _may_mean(entry: Entry, column: int, of: Field, local: str, known: Known, claims: Claims) -> bool:
    place = (of.system, of.organisation, local)
    facts: dict[str, Any] = {"kind": known.kind, "system": of.system, "organisation": of.organisation, "local": local}
    meaning = known.meanings.get(place)
    if len(local) > LOCAL_LENGTH:
        entry.findings.append(found(column, "local-too-long", limit=LOCAL_LENGTH, **facts))
        return False
    if meaning is not None and meaning != entry.code:
        entry.findings.append(refused(column, CrossReferenceCollision(there=meaning, wanted=entry.code, **facts)))
        return False
    first, row = claims.setdefault(place, (entry.code, entry.row))
    if first != entry.code:
        entry.findings.append(found(column, "local-twice", there=first, row=row, wanted=entry.code, **facts))
        return False
    return True


def _preferred(entry: Entry, of: Field, wanted: list[str], there: list[Local], known: Known) -> Iterator[AddCrossReference]:
    """The first named is the one written, where the one that is written now is named after it."""
    now = next((local for local in there if local.preferred), None)
    first = next((local for local in there if local.local == wanted[0]), None)
    if now is None or now.local not in wanted[1:]:
        return
    state = first.state if first is not None else "usable"
    yield AddCrossReference(
        kind=known.kind, local_code=wanted[0], code=entry.code, system=of.system, organisation=of.organisation, preferred=True,
        state=state,  # type: ignore[arg-type]
    )  # fmt: skip


def _end(kind: str, of: Field, local: str) -> EndCrossReference:
    return EndCrossReference(kind=kind, system=of.system, organisation=of.organisation, local_code=local)
