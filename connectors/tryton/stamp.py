"""Our key and mark where Tryton's standard records have room for them: a sale's description, a production's reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

SIGN = "Loopline"
BETWEEN = "; "


class Stamp(NamedTuple):
    """Whose document it is, and the last change of ours that it shows."""

    key: str
    mark: str
    revision: int

    @property
    def text(self) -> str:
        """As it stands in a sale's description."""
        return f"{SIGN} {self.key} {self.mark} {self.revision}"


def stamp_of(description: str | None) -> Stamp | None:
    """The stamp of a description; None: nobody's, or somebody has written over it."""
    sign, _, rest = (description or "").partition(" ")
    parts = rest.rsplit(" ", 2)
    if sign != SIGN or len(parts) != 3 or not parts[2].isdigit():
        return None
    return Stamp(parts[0], parts[1], int(parts[2]))


def receipts_of(reference: str | None) -> Sequence[str]:
    """The keys of the goods receipts that a production's reference lists."""
    return [part for part in (reference or "").split(BETWEEN) if part.startswith("goods_receipt/")]


def with_receipt(reference: str | None, key: str) -> str:
    """The reference with one more; what people wrote there stays."""
    return BETWEEN.join(part for part in (reference, key) if part)
