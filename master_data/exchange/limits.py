"""How large a file may be: known before anything is unpacked."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`ratio`: how many times a part larger than `small_bytes` may grow when unpacked."""

    file_bytes: int = 100 * MB
    unpacked_bytes: int = 1024 * MB
    content_bytes: int = 300 * MB
    small_bytes: int = 8 * MB
    ratio: int = 250
    parts: int = 5_000
    rows: int = 300_000
    columns: int = 500


LIMITS = Limits()
