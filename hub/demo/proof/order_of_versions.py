"""Whether a document that the hub wrote ever went back to an older version."""

from __future__ import annotations

from collections.abc import Iterator

from hub.demo.proof.findings import Finding
from hub.sdk.simulation import Books


def check_versions(books: Books) -> Iterator[Finding]:
    """From the books' whole history: the revision that was written with a document never decreases."""
    last: dict[tuple[str, str, str], str] = {}
    for entry in books.history():
        revision = entry.custom.get("revision")
        if not revision:
            continue
        place = entry.kind, entry.organisation, entry.number
        before = last.get(place, revision)
        if _parts(revision) < _parts(before):
            yield Finding(
                "version-back", {"system": books.system, "kind": entry.kind, "number": entry.number, "before": before, "after": revision}
            )
        last[place] = revision


def _parts(revision: str) -> tuple[int, ...]:
    """`12` or `12.1` (revision and correction) as numbers."""
    return tuple(int(part) for part in revision.split(".") if part.isdigit())
