"""`hub check`: proves a configuration level by level, and moves no data.

Connection and account set → permissions → a sample through the mappings; the files come before, in `hub.cli`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from hub.errors import HubError
from hub.mapping.errors import MappingFailed
from hub.mapping.spec import MappingSpec, Missing
from hub.pipeline.knowledge import Rules, SystemView
from hub.registry import Opened
from hub.runtime.breaker import AccountSetDiffers
from hub.sdk import DocumentKey, Record
from hub.services.errors import ConnectorFailed
from hub.services.words import error_text, word
from hub.texts import LANGUAGES, Text

log = structlog.get_logger(__name__)

PROBE = "hub-check"
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One thing checked. `level`: files, database, bus, connection, permissions, mappings; `said`: how it is, or what to do."""

    level: str
    subject: str
    good: bool
    said: Text


def good(level: str, subject: str, key: str, /, **facts: Any) -> Line:
    """A line that holds."""
    return Line(level, subject, True, Text(*(word(key, language, **facts) for language in LANGUAGES)))


def bad(level: str, subject: str, error: HubError) -> Line:
    """A line that does not, with the error's own words."""
    return Line(level, subject, False, Text(*(error_text(error, language) for language in LANGUAGES)))


def _ours(opened: Opened, error: Exception) -> HubError:
    """What a connector raises by mistake is told as that; the log has where it came from."""
    if isinstance(error, HubError):
        return error
    log.exception("connector.failed", system=opened.name)
    return ConnectorFailed(system=opened.name, what=f"{type(error).__name__}: {error}"[:200])


async def check_system(opened: Opened, rules: Rules) -> AsyncIterator[Line]:
    """All levels of one system; a level that fails ends it, for the later ones would only fail after it."""
    try:
        found = await opened.system.identity()
        expected = opened.settings.account_set
        if expected and found != expected:
            raise AccountSetDiffers(system=opened.name, found=found, expected=expected)
    except Exception as error:
        yield bad("connection", opened.name, _ours(opened, error))
        return
    key = "check-account-set" if expected else "check-account-set-open"
    yield good("connection", opened.name, key, found=found)
    samples: dict[str, Sequence[Record]] = {}
    async for line in _may_read(opened, samples):
        yield line
    async for line in _may_write(opened, rules):
        yield line
    for form, records in samples.items():
        yield _through_mappings(opened, rules, form, records)


async def _may_read(opened: Opened, samples: dict[str, Sequence[Record]]) -> AsyncIterator[Line]:
    """The first page of every form that is polled; the cursor it gives is thrown away."""
    source, chosen = opened.system.source, opened.settings.entities
    forms = [card.entity for card in opened.connector.card.entities if card.polled and (chosen is None or card.entity in chosen)]
    for form in forms if source is not None else ():
        assert source is not None
        try:
            async for chunk in source.read(form, None):
                samples[form] = list(chunk.records)[:SAMPLE]
                if chunk.records:
                    break
        except Exception as error:
            yield bad("permissions", f"{opened.name} {form}", _ours(opened, error))
        else:
            yield good("permissions", f"{opened.name} {form}", "check-readable", count=len(samples.get(form, ())))


async def _may_write(opened: Opened, rules: Rules) -> AsyncIterator[Line]:
    """A form that is written must at least be searchable: we look for a document that cannot be there."""
    sink = opened.system.sink
    view = rules.systems[opened.name]
    wanted = {spec.form for spec in rules.mappings.of(view.name, view.product) if spec.direction == "out"}
    forms = [card.entity for card in opened.connector.card.entities if card.steps and card.entity in wanted]
    organisation = next(iter(view.organisations), "")
    for form in forms if sink is not None else ():
        assert sink is not None
        try:
            await sink.find(DocumentKey(entity=form, organisation=organisation, key=f"{PROBE}/{PROBE}", number=PROBE, id=""))
        except Exception as error:
            yield bad("permissions", f"{opened.name} {form}", _ours(opened, error))
        else:
            yield good("permissions", f"{opened.name} {form}", "check-searchable")


def _through_mappings(opened: Opened, rules: Rules, form: str, records: Sequence[Record]) -> Line:
    """A sample in the words of the mapping files; codes that nobody has answered yet are told, not blamed."""
    view, subject = rules.systems[opened.name], f"{opened.name} {form}"
    specs = rules.mappings.inbound(view.name, view.product, form)
    if not specs:
        return good("mappings", subject, "check-not-mapped")
    missing: Counter[str] = Counter()
    mapped = 0
    for record in records:
        try:
            mapped += _map(view, specs, record, missing)
        except MappingFailed as error:
            return bad("mappings", subject, error)
    codes = ", ".join(f"{kind} '{value}'" for kind, value in sorted(tuple(name.split("\x1f")) for name in missing)[:10])
    key = "check-mapped-missing" if missing else "check-mapped"
    return good("mappings", subject, key, records=len(records), mapped=mapped, codes=codes, count=len(missing))


def _map(view: SystemView, specs: Sequence[MappingSpec], record: Record, missing: Counter[str]) -> int:
    """How many files read the record. Raises MappingFailed."""
    look = _Unknowing({"organisation": view.organisations.get(record.organisation, ""), "zone": view.zone, "system": view.name})
    applied = [spec.apply(dict(record.payload), look) for spec in specs if spec.applies(dict(record.payload))]
    missing.update(f"{one.name}\x1f{one.value}" for each in applied for one in each.missing)
    return len(applied)


class _Unknowing:
    """Look-ups without a dictionary: every code is still to be answered, every document is there."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context

    def code(self, kind: str, value: str) -> str | Missing:
        return Missing("code", kind, value)

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return f"{self._context['organisation']}/{value}"

    def context(self, name: str) -> Any:
        return self._context.get(name)
