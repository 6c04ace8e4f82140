"""`hub clean`: the lists of several systems side by side, matched, one code each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from hub.cli.command import Answer, By, Command, Desk, Limit, argument, option, table, told
from hub.services import cleaning
from hub.services.errors import ChangeUnreadable
from hub.texts import Text

Cleaning = Annotated[int, argument("cleaning")]
Cluster = Annotated[int, argument("cluster")]


async def begin(
    desk: Desk, kind: Annotated[str, argument("kind")], by: By, lists: Annotated[list[str], option("list")],
    trust: Annotated[str, option("trust")] = "", zone: Annotated[str, option("zone")] = "Asia/Shanghai",
) -> Answer:  # fmt: skip
    """Match the lists; `--list erp=erp.xlsx` for each system."""
    files = dict(_list(one) for one in lists)
    async with desk.database() as db:
        number = await cleaning.begin(db, kind, files, by=by, trust=[one for one in trust.split(",") if one], zone=zone)
        left = await cleaning.remaining(db, number)
    value = {"cleaning": number, **left._asdict()}
    return Answer(value, told("cli-cleaning", cleaning=number, rows=left.rows, count=sum(left.clusters.values())))


async def clusters(desk: Desk, number: Cleaning, state: Annotated[str, option("state")] = "open", limit: Limit = 50) -> Answer:
    """The clusters, with the code proposed for each."""
    async with desk.database() as db:
        found = await cleaning.clusters(db, number, state=state, limit=limit)
    columns = ("cluster", "code", "new", "name", "score", "rows", "systems", "doubts", "differing", "proposal")
    shown = [
        (one.number, one.code, "*" if one.is_new else "", Text(one.zh, one.en or one.zh), one.score, one.rows, one.systems,
         _both(one.doubts), ", ".join(one.differing), one.proposal)
        for one in found
    ]  # fmt: skip
    return Answer(found, table(columns, shown))


async def show(desk: Desk, number: Cleaning, cluster: Cluster) -> Answer:
    """What the systems have in a cluster."""
    async with desk.database() as db:
        found = await cleaning.rows(db, number, cluster)
    shown = [
        (one.number, one.system, one.organisation, one.local_code, Text(one.zh, one.en or one.zh), _said(one.attributes)) for one in found
    ]
    return Answer(found, table(("row", "system", "organisation", "local-code", "name", "what"), shown))


async def apart(desk: Desk, number: Cleaning, cluster: Cluster, rows: Annotated[list[int], argument("row")]) -> Answer:
    """These rows are another thing."""
    async with desk.database() as db:
        made = await cleaning.take_apart(db, number, cluster, rows)
    return Answer({"cluster": made}, told("cli-cluster-apart", cluster=made))


async def accept(desk: Desk, number: Cleaning, wanted: Annotated[list[int], argument("cluster")], by: By) -> Answer:
    """Propose the code of each of these clusters."""
    async with desk.database() as db:
        found = await cleaning.accept(db, number, wanted, by=by)
    return _proposed(found)


async def rule(
    desk: Desk, number: Cleaning, by: By, score: Annotated[float, option("score")] = 95.0, systems: Annotated[int, option("systems")] = 1,
    differing: Annotated[bool, option("differing")] = False,
) -> Answer:  # fmt: skip
    """Propose the code of every cluster that is sure enough."""
    async with desk.database() as db:
        found = await cleaning.accept_by_rule(db, number, score=score, systems=systems, agreeing=not differing, by=by)
    return _proposed(found)


async def left(desk: Desk, number: Cleaning) -> Answer:
    """What is done and what is left."""
    async with desk.database() as db:
        found = await cleaning.remaining(db, number)
    return Answer(found, table(("state", "count"), [*found.clusters.items(), ("rows", f"{found.settled_rows}/{found.rows}")]))


def _proposed(found: list[int]) -> Answer:
    return Answer({"proposals": found}, told("cli-clusters-proposed", count=len(found)))


def _list(text: str) -> tuple[str, Path]:
    scope, _, file = text.partition("=")
    if not scope or not file:
        raise ChangeUnreadable(where="--list", what=text)
    return scope, Path(file)


def _said(attributes: object) -> str:
    return ", ".join(f"{name} {value}" for name, value in attributes.items()) if isinstance(attributes, dict) else ""


def _both(doubts: object) -> Text:
    found = list(doubts) if isinstance(doubts, list | tuple) else []
    return Text(";".join(one.zh for one in found), "; ".join(one.en for one in found))


CLEAN = (
    Command("begin", begin), Command("list", clusters), Command("show", show), Command("apart", apart), Command("accept", accept),
    Command("rule", rule), Command("left", left),
)  # fmt: skip
