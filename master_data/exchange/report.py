"""What a dry run found, row by row, packed; nothing is written anywhere by it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from master_data.exchange.columns import Header
from master_data.exchange.findings import Checked, Finding
from master_data.exchange.tabular import Form

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Checked)
BLOCK = 1 << 20


class Sheet(NamedTuple):
    """A sheet that was read, and its header."""

    name: str
    header: Header


@dataclass(slots=True)
class Report:
    """A dry run. `notices`: what is said of the file as a whole; `verdicts`: rows by verdict; `codes`: findings by code."""

    kind: str
    path: Path
    form: Form
    digest: str
    sheets: Sequence[Sheet]
    encoding: str = ""
    delimiter: str = ""
    notices: list[Finding] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    _packed: list[bytes] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self._packed)

    @property
    def refused(self) -> int:
        """How many rows have errors."""
        return self.verdicts["refused"]

    def add(self, checked: Checked) -> None:
        """Keep one row."""
        self._count(checked, 1)
        self._packed.append(_ENCODER.encode(checked))

    def put(self, place: int, checked: Checked) -> None:
        """Another verdict for a row that is there."""
        self._count(self.at(place), -1)
        self._count(checked, 1)
        self._packed[place] = _ENCODER.encode(checked)

    def at(self, place: int) -> Checked:
        """One row, in the order of reading, from 0."""
        return _DECODER.decode(self._packed[place])

    def __iter__(self) -> Iterator[Checked]:
        return map(_DECODER.decode, self._packed)

    def _count(self, checked: Checked, by: int) -> None:
        self.verdicts[checked.verdict] += by
        for finding in checked.findings:
            self.codes[finding.code] += by


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
