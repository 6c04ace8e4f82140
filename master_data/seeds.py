"""Seed files: codes, cross-references and conversions of go-live, taken over as facts, recorded as such; loading again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.local_codes import local_code
from master_data.proposals import Means, apply
from master_data.proposed import AddConversion, AddCrossReference, Change, CreateCode
from master_data.publication import begin, dictionary_version
from master_data.reading import read_model
from master_data.tables import codes

UNITS = Path(__file__).parent / "shipped" / "units.yaml"
CHUNK = 500

Local = str | list[str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SeedCode(_Part):
    """One code. `local`: what systems call it, by `system` or `system/organisation`; the first of several is preferred.

    A local code in double brackets is compound: `[[P1, red]]`.
    """

    code: str
    zh: str
    en: str = ""
    attributes: dict[str, Any] = {}
    organisations: list[str] = []
    local: dict[str, str | list[Local]] = {}


class SeedConversion(_Part):
    """`factor` is exact: `20`, `1/3`, `0.5`."""

    material: str = ""
    from_unit: str
    to_unit: str
    factor: str

    @field_validator("factor")
    @classmethod
    def _exact(cls, factor: str) -> str:
        if Fraction(factor) <= 0:
            raise ValueError("a factor is greater than zero")
        return factor


class Seed(_Part):
    """A seed file: codes by kind (kinds in the order in which they refer to each other), then conversions."""

    codes: dict[str, list[SeedCode]] = {}
    conversions: list[SeedConversion] = []


class Seeded(NamedTuple):
    """How many keys a load touched, and the dictionary version it became; both are 0 when all was there."""

    touched: int
    version: int


async def load_seed(db: Database, path: Path, *, by: str = "go-live", means: Means | None = None) -> Seeded:
    """Take over one file. What is there stays as it is; a local code that means something else there raises CrossReferenceCollision.

    Raises DictionaryFileInvalid for the file's form and what the kinds refuse for its content.
    """
    return await take_over(db, list(_changes(read_model(path, Seed))), by=by, means=means)


async def load_units(db: Database, *, means: Means | None = None) -> Seeded:
    """The units that come with the hub, with the conversions inside each dimension."""
    return await load_seed(db, UNITS, means=means)


async def first_units(db: Database) -> None:
    """The shipped units, where the dictionary is still empty: nothing can be said of materials before there are units."""
    async with db.read() as session:
        is_empty = await dictionary_version(session) == 0
    if is_empty:
        await load_units(db)


async def take_over(db: Database, changes: Sequence[Change], *, by: str, means: Means | None = None) -> Seeded:
    """Apply changes as facts of go-live, some hundred per dictionary version."""
    means = means or Means()
    written, version = 0, 0
    for start in range(0, len(changes), CHUNK):
        async with db.write() as session:
            unchanged = await session.begin_nested()
            publication = await begin(session, means.kinds, by=by, at=means.now(), origin="seed")
            for change in await _fresh(session, changes[start : start + CHUNK]):
                await apply(publication, change)
            if not publication.touched:
                await unchanged.rollback()
                continue
            await publication.finish(means.mark)
            written, version = written + len(publication.touched), publication.version
    return Seeded(written, version)


async def _fresh(session: AsyncConnection, changes: Sequence[Change]) -> list[Change]:
    """Without the codes that exist."""
    named: dict[str, set[str]] = {}
    for change in changes:
        if isinstance(change, CreateCode):
            named.setdefault(change.kind, set()).add(change.code)
    there: set[tuple[str, str]] = set()
    for kind, some in named.items():
        found = await session.scalars(select(codes.c.code).where(codes.c.kind == kind, codes.c.code.in_(sorted(some))))
        there |= {(kind, code) for code in found}
    return [change for change in changes if not (isinstance(change, CreateCode) and (change.kind, change.code) in there)]


def _changes(seed: Seed) -> Iterator[Change]:
    for kind, entries in seed.codes.items():
        for entry in entries:
            yield CreateCode(
                kind=kind, code=entry.code, zh=entry.zh, en=entry.en, attributes=entry.attributes, organisations=tuple(entry.organisations)
            )
    for kind, entries in seed.codes.items():
        for entry in entries:
            yield from _references(kind, entry.code, entry.local)
    for conversion in seed.conversions:
        yield _conversion(conversion)


def _references(kind: str, code: str, local: Mapping[str, str | list[Local]]) -> Iterator[AddCrossReference]:
    for scope, value in local.items():
        system, _, organisation = scope.partition("/")
        for each in [value] if isinstance(value, str) else value:
            yield AddCrossReference(kind=kind, system=system, organisation=organisation, local_code=local_code(each), code=code)


def _conversion(conversion: SeedConversion) -> AddConversion:
    factor = Fraction(conversion.factor)
    return AddConversion(
        material=conversion.material, from_unit=conversion.from_unit, to_unit=conversion.to_unit,
        numerator=factor.numerator, denominator=factor.denominator,
    )  # fmt: skip
