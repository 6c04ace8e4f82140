"""Cleaning: the lists of three systems side by side become one code each, accepted by the cluster or by the rule."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from hub.db import Database
from master_data.cleaning.clustering import clusters
from master_data.cleaning.desk import Rule, accept, accept_by_rule, begin, open_clusters, remaining, rows_of, take_apart
from master_data.cleaning.errors import ClusterDecided, ListedTwice, NoSuchCleaning, NoSuchCluster
from master_data.cleaning.golden import golden
from master_data.cleaning.listed import Clustered, Listed
from master_data.kind import shipped_kinds
from master_data.matching.entry import Entry
from master_data.proposals import approve, refuse
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import load_units, take_over
from master_data.tables import cross_references

ANN, BEN = "ann", "ben"
MATERIAL = shipped_kinds()["material"]
TRAITS = {"type": "raw", "base_unit": "KGM"}


def row(system: str, local: str, zh: str, spec: str = "", number: int = 0, **more: object) -> Listed:
    return Listed(number, system, "", local, zh, "", {"spec": spec, **TRAITS, **more})


LISTS: Sequence[Listed] = (
    row("crm", "C-1", "内六角螺栓", "M8×30"), row("erp", "1.01.001", "螺栓 内六角", "M8*30"), row("mes", "B0830", "内六角螺栓", "M8x30"),
    row("crm", "C-2", "内六角螺栓", "M8×35"), row("erp", "1.01.002", "内六角螺栓", "M8*35"),
    row("mes", "P-7", "离心泵", "DN50"),
)  # fmt: skip


def together(found: Sequence[Clustered]) -> set[frozenset[str]]:
    return {frozenset(one.local_code for one in cluster.rows) for cluster in found}


@pytest.fixture
async def dictionary(database: Database) -> Database:
    await load_units(database)
    return database


async def lists(db: Database, rows: Sequence[Listed] = LISTS) -> int:
    return await begin(db, "material", rows, by=ANN, trust=["erp", "mes"])


def test_the_same_thing_is_one_cluster_and_a_neighbouring_size_another() -> None:
    listed = [one._replace(number=number) for number, one in enumerate(LISTS, 1)]
    assert together(clusters("material", listed, [])) == {
        frozenset({"C-1", "1.01.001", "B0830"}), frozenset({"C-2", "1.01.002"}), frozenset({"P-7"}),
    }


def test_what_is_cross_referenced_already_stays_together_whatever_it_is_called() -> None:
    listed = [row("erp", "1", "泵", "DN50", 1)._replace(known="M-1"), row("mes", "2", "完全不同的名称", "X", 2)._replace(known="M-1")]
    (found,) = clusters("material", listed, [Entry("M-1", "泵", "", {"spec": "DN50"})])
    assert (found.code, found.score, found.doubts) == ("M-1", 100.0, ())


def test_two_codes_that_seem_one_thing_are_not_joined_but_shown() -> None:
    entries = [Entry("M-1", "离心泵", "", {"spec": "DN50"}), Entry("M-2", "离心泵", "", {"spec": "DN 50"})]
    listed = [row("erp", "1", "离心泵", "DN50", 1)._replace(known="M-1"), row("mes", "2", "离心泵", "DN50", 2)._replace(known="M-2")]
    found = clusters("material", listed, entries)
    assert [(one.code, one.doubts) for one in found] == [("M-1", ("two-codes",)), ("M-2", ("two-codes",))]


def test_the_trusted_system_speaks_first_and_disagreement_is_named() -> None:
    cluster = Clustered((row("crm", "C-1", "螺栓", "M8×30", 1), row("erp", "1.01", "内六角螺栓", "M8*30", 2, type="buy")), "", 96.0, ())
    found = golden(MATERIAL, cluster, ["erp"])
    assert (found.code, found.is_new, found.zh, found.attributes["spec"]) == ("1.01", True, "内六角螺栓", "M8*30")
    assert found.differing["spec"] == {"M8*30": ["erp"], "M8×30": ["crm"]}


async def test_accepted_clusters_become_codes_with_their_cross_references_once_another_approves(dictionary: Database) -> None:
    cleaning = await lists(dictionary)
    first = (await open_clusters(dictionary, cleaning))[0]
    (proposal,) = await accept(dictionary, cleaning, [first.number], by=ANN)
    assert (await remaining(dictionary, cleaning)).clusters == {"open": 2, "proposed": 1}
    await approve(dictionary, proposal, by=BEN)
    done = await remaining(dictionary, cleaning)
    assert (done.rows, done.settled_rows, done.clusters) == (6, 3, {"accepted": 1, "open": 2})
    async with dictionary.read() as session:
        said = (await session.execute(select(cross_references.c.system, cross_references.c.local_code, cross_references.c.code))).all()
    assert {tuple(one) for one in said} == {("crm", "C-1", "1.01.001"), ("erp", "1.01.001", "1.01.001"), ("mes", "B0830", "1.01.001")}


async def test_a_rule_accepts_what_is_sure_and_leaves_the_rest(dictionary: Database) -> None:
    cleaning = await lists(dictionary)
    accepted = await accept_by_rule(dictionary, cleaning, Rule(least_score=85, least_systems=2, agreeing=False), by=ANN)
    assert len(accepted) == 2
    assert [one.zh for one in await open_clusters(dictionary, cleaning)] == ["离心泵"]
    assert await accept_by_rule(dictionary, cleaning, Rule(least_score=100.1), by=ANN) == []


async def test_rows_that_are_another_thing_are_taken_apart(dictionary: Database) -> None:
    cleaning = await lists(dictionary)
    first = (await open_clusters(dictionary, cleaning))[0]
    wrong = next(one for one in await rows_of(dictionary, cleaning, first.number) if one.system == "mes")
    apart = await take_apart(dictionary, cleaning, first.number, [wrong.number])
    assert [one.local_code for one in await rows_of(dictionary, cleaning, apart)] == ["B0830"]
    assert [one.local_code for one in await rows_of(dictionary, cleaning, first.number)] == ["C-1", "1.01.001"]
    with pytest.raises(NoSuchCluster):
        await take_apart(dictionary, cleaning, apart, [wrong.number])


async def test_a_decided_cluster_is_not_decided_again_until_its_proposal_is_refused(dictionary: Database) -> None:
    cleaning = await lists(dictionary)
    (first, *_) = await open_clusters(dictionary, cleaning)
    (proposal,) = await accept(dictionary, cleaning, [first.number], by=ANN)
    with pytest.raises(ClusterDecided):
        await accept(dictionary, cleaning, [first.number], by=ANN)
    await refuse(dictionary, proposal, by=BEN, reason="two things")
    assert (await remaining(dictionary, cleaning)).clusters == {"open": 3}
    assert await accept(dictionary, cleaning, [first.number], by=ANN)


async def test_a_list_cleaned_again_leaves_nothing_to_do(dictionary: Database) -> None:
    await take_over(dictionary, [
        CreateCode(kind="material", code="M-1", zh="离心泵", attributes={**TRAITS, "spec": "DN50"}),
        AddCrossReference(kind="material", system="mes", local_code="P-7", code="M-1"),
    ], by="go-live")  # fmt: skip
    cleaning = await lists(dictionary, LISTS[-1:])
    assert (await remaining(dictionary, cleaning)).clusters == {"left": 1}


async def test_wrong_lists_are_refused(dictionary: Database) -> None:
    with pytest.raises(ListedTwice, match=r"C-1"):
        await lists(dictionary, (LISTS[0], LISTS[0]))
    with pytest.raises(NoSuchCleaning):
        await remaining(dictionary, 99)
