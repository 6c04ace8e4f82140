"""Which unit a system's spelling probably means: a shipped table, for filling in answers beforehand. It never translates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from master_data.reading import read_model

SPELLINGS = Path(__file__).parent / "shipped" / "unit_spellings.yaml"


class _Spellings(RootModel[dict[str, list[str]]]):
    """Unit code → how it is spelt."""


def unit_for(spelling: str) -> str | None:
    """The code of the unit that is probably meant; None where the table has it not, or for two units."""
    exact, alike = _tables()
    return exact.get(spelling.strip()) or alike.get(plain(spelling))


def spellings() -> Mapping[str, list[str]]:
    """The shipped table: unit code → spellings. Raises DictionaryFileInvalid."""
    return read_model(SPELLINGS, _Spellings).root


def plain(spelling: str) -> str:
    """What two spellings are compared by: width and case made one, no blanks, no full stop at the end; ㎡ and m² are m2."""
    return "".join(unicodedata.normalize("NFKC", spelling).casefold().split()).rstrip(".")


@lru_cache(maxsize=1)
def _tables() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """As they are written, and as they are compared. A code spells itself, unless it is a number, which may be anything."""
    pairs = [(spelling, code) for code, some in spellings().items() for spelling in (*some, *([] if code.isdigit() else [code]))]
    return _of_one(pairs), _of_one([(plain(spelling), code) for spelling, code in pairs])


def _of_one(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Without what is said of two units."""
    meant: dict[str, set[str]] = {}
    for spelling, code in pairs:
        meant.setdefault(spelling, set()).add(code)
    return {spelling: next(iter(codes)) for spelling, codes in meant.items() if len(codes) == 1}
