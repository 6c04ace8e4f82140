"""Setting up: `hub init`, `hub check`, `hub topics`, `hub mapping`, `hub connector`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from hub.app import SHIPPED, load_rules, open_bus, open_database
from hub.cli.command import Answer, Command, Desk, argument, option, table, told
from hub.config import Settings
from hub.errors import HubError
from hub.registry import connectors, open_systems
from hub.services import checking, foundation, mappings, setup, topics
from hub.services.checking import Line
from hub.services.words import word
from hub.texts import Text


async def init(
    desk: Desk,
    folder: Annotated[Path, argument("folder")],
    crm: Annotated[str, option("crm")] = "",
    erp: Annotated[str, option("erp")] = "",
    mes: Annotated[str, option("mes")] = "",
) -> Answer:
    """Write a commented configuration for the systems chosen; asks where none is."""
    chosen = {name: connector for name, connector in (("crm", crm), ("erp", erp), ("mes", mes)) if connector}
    files = setup.write_configuration(folder, chosen or _ask(desk), connectors())
    secrets = setup.secrets(files[0].read_text(encoding="utf-8"))
    said = told("cli-initialised", files=", ".join(map(str, files)), file=files[0], secrets=", ".join(secrets) or "–")
    return Answer({"files": files, "secrets": secrets}, said)


def _ask(desk: Desk) -> dict[str, str]:
    """Role by role, which installed connector; nothing leaves the role out."""
    installed = connectors()
    by_role = {role: [name for name in installed if role in installed[name].card.roles] for role in ("crm", "erp", "mes")}
    answers = {
        role: typer.prompt(word("cli-which", desk.language, role=role.upper(), known=", ".join(known)), default=known[0] if known else "-")
        for role, known in by_role.items()
    }
    return {role: name for role, name in answers.items() if name.strip(" -")}


async def check(desk: Desk) -> Answer:
    """Level by level; moves no data."""
    lines: list[Line] = []
    try:
        installed = connectors()
        opened = open_systems(desk.settings, installed)
        rules = load_rules(desk.settings, installed)
    except HubError as error:
        lines.append(checking.bad("files", "", error))
        return _checked(lines)
    lines.append(checking.good("files", "", "check-files" if opened else "check-no-systems"))
    lines += [line async for line in _cluster(desk.settings)]
    for system in opened.values():
        lines += [line async for line in checking.check_system(system, rules)]
        await system.close()
    return _checked(lines)


async def _cluster(settings: Settings) -> AsyncIterator[Line]:
    """What the cluster profile stands on; the embedded one makes its own files when it starts."""
    if settings.profile != "cluster":
        return
    try:
        db = open_database(settings)
    except HubError as error:
        yield checking.bad("database", "", error)
    else:
        async for line in foundation.check_database(db):
            yield line
        await db.close()
    async for line in foundation.check_bus(open_bus(settings), settings):
        yield line


def _checked(lines: list[Line]) -> Answer:
    rows = [("✓" if line.good else "✗", Text(*(word(f"level-{line.level}", each) for each in ("zh", "en"))), line.subject, line.said)
            for line in lines]  # fmt: skip
    return Answer(lines, table(("good", "level", "subject", "what"), rows), good=all(line.good for line in lines))


async def list_topics(desk: Desk) -> Answer:
    """The table of topics."""
    found = topics.declared(desk.settings)
    return Answer(found, table(("topic", "partitions", "retention"), [(one.name, one.partitions, one.retention_days) for one in found]))


async def create_topics(desk: Desk) -> Answer:
    """Create what is missing."""
    async with desk.bus() as bus:
        found = await topics.create(bus, desk.settings)
    return Answer(found, told("cli-topics-created", count=len(found)))


async def list_mappings(desk: Desk) -> Answer:
    """Every mapping file in force."""
    found = mappings.list_mappings(desk.rules())
    columns = ("system", "file", "direction", "form", "entity", "version")
    return Answer(found, table(columns, [(one.system, one.file, one.direction, one.form, one.entity, one.version) for one in found]))


async def run_cases(
    desk: Desk, wanted: Annotated[str, option("wanted")] = "", shipped: Annotated[bool, option("shipped")] = True,
) -> Answer:  # fmt: skip
    """Run the cases beside the mapping files."""
    folders = [*([SHIPPED] if shipped else []), *_plant(desk)]
    results = mappings.run_mapping_cases(folders, wanted)
    wrong = [one for one in results if not one.passed]
    if not wrong:
        return Answer(results, told("cli-cases-passed", count=len(results)))
    rows = [(f"{one.file}:{one.line}", one.case, Text(one.wrong_zh, one.wrong_en)) for one in wrong]
    return Answer(results, table(("file", "case", "what"), rows), good=False)


def _plant(desk: Desk) -> list[Path]:
    """The plant's own folder; the shipped files can be proven without any settings."""
    try:
        own = desk.settings.mappings
    except HubError:
        return []
    return [own] if own and own.is_dir() else []


async def describe_conversions(desk: Desk) -> Answer:
    """The named conversions that rules can use."""
    said = mappings.describe_conversions(desk.language)
    return Answer({"markdown": said}, lambda _language: said)


async def list_connectors(desk: Desk) -> Answer:
    """Every installed connector: what it is for and what it can do."""
    cards = [(name, connector.card) for name, connector in sorted(connectors().items())]
    rows = [(name, card.vendor, card.versions, ", ".join(card.roles), len(card.entities)) for name, card in cards]
    return Answer(dict(cards), table(("connector", "vendor", "versions", "roles", "forms"), rows))


TOP = (Command("init", init), Command("check", check))
TOPICS = (Command("list", list_topics), Command("create", create_topics))
MAPPING = (Command("list", list_mappings), Command("test", run_cases), Command("docs", describe_conversions))
CONNECTOR = (Command("list", list_connectors),)
