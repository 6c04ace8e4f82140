"""The dictionary in memory: what it answers, and that it follows what is published, in order, never backwards."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from hub.db import Database
from hub.texts.snapshot import SNAPSHOT
from master_data import loading
from master_data.follower import Follower, load
from master_data.proposals import approve, propose
from master_data.proposed import AddConversion, AddCrossReference, ChangeCode, CreateCode, EndCrossReference, MergeCodes, SplitCodes
from master_data.publication import changes_after
from master_data.rows import local_spans, own_spans
from master_data.seeds import load_units, take_over
from master_data.snapshot import LocalCode, Names, Snapshot, Span
from master_data.snapshot_errors import DictionaryStale
from master_data.tables import codes, cross_references
from tests.master_data.conftest import NOON, agree, make_material, make_reference

ERP = ("material", "erp", "")
P1 = ("material", "erp", "P1")


def test_the_organisations_own_entry_wins_over_the_one_for_all() -> None:
    snapshot = Snapshot()
    snapshot.put_local(ERP, "A", [Span("M-1", "usable", None, None)])
    snapshot.put_local(P1, "A", [Span("M-2", "usable", None, None)])
    found = [snapshot.to_shared("material", "erp", organisation, "A") for organisation in ("P1", "P2", "")]
    assert found == ["M-2", "M-1", "M-1"]


def test_an_own_entry_out_of_date_leaves_the_one_for_all() -> None:
    snapshot = Snapshot()
    snapshot.put_local(ERP, "A", [Span("M-1", "usable", None, None)])
    snapshot.put_local(P1, "A", [Span("M-2", "usable", None, NOON)])
    found = [snapshot.to_shared("material", "erp", "P1", "A", NOON + timedelta(seconds=step)) for step in (-1, 0)]
    assert found == ["M-2", "M-1"]


def test_what_is_unknown_is_none() -> None:
    snapshot = Snapshot()
    assert snapshot.to_shared("material", "erp", "", "A") is None
    assert snapshot.to_local("material", "erp", "", "M-1") is None
    assert (snapshot.names("material", "M-1"), snapshot.status("material", "M-1")) == (None, None)


def test_a_local_code_that_cannot_be_used_says_why() -> None:
    snapshot = Snapshot()
    snapshot.put_own(P1, "M-1", [Span("A", "unassigned", None, None)])
    assert snapshot.to_local("material", "erp", "P1", "M-1") == LocalCode("A", False, "unassigned")


async def test_loading_and_following_end_in_the_same_snapshot(dictionary: Database) -> None:
    followed = await load(dictionary)
    await agree(dictionary, make_material("M-3", base_unit="H87", fractions=True))
    await agree(dictionary, make_reference("A", code="M-3"))
    await agree(dictionary, make_reference("B", code="M-3", organisation="P1", state="unaudited"))
    await agree(dictionary, make_reference("C", code="M-3", preferred=True, valid_to=NOON))
    await agree(dictionary, AddConversion(material="M-3", from_unit="KGM", to_unit="H87", numerator=3))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="A"))
    await agree(dictionary, ChangeCode(kind="material", code="M-3", en="Third", status="blocked"))
    async with dictionary.read() as session:
        for version, changes in await changes_after(session, followed.version):
            followed.apply(version, changes)
    loaded = await load(dictionary)
    assert {name: getattr(followed, name) for name in Snapshot.__slots__} == {name: getattr(loaded, name) for name in Snapshot.__slots__}
    assert (loaded.names("material", "M-3"), loaded.status("material", "M-3")) == (Names("物料M-3", "Third"), "blocked")


@pytest.mark.parametrize("seed", range(3))
async def test_loading_finds_for_every_key_what_its_rows_say(dictionary: Database, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of every sort and mixture, more than a page of them, against what each key's own rows amount to."""
    monkeypatch.setattr(loading, "STREAM", 7)
    rows = make_rows(Random(seed))
    async with dictionary.write() as session:
        for code in CODES:
            await session.execute(insert(codes).values(**CODE, code=code, folded=code))
        await session.execute(insert(cross_references), rows)
    loaded, wanted = await load(dictionary), Snapshot()
    async with dictionary.read() as session:
        for scope in {(row["kind"], row["system"], row["organisation"]) for row in rows}:
            for local in {row["local_code"] for row in rows}:
                wanted.put_local(scope, local, await local_spans(session, *scope, local))
            for code in CODES:
                wanted.put_own(scope, code, await own_spans(session, *scope, code))
    assert (loaded._shared, loaded._own) == (wanted._shared, wanted._own)


CODES = [f"C-{number}" for number in range(6)]
CODE = {
    "kind": "customer", "name_zh": "客户", "name_en": "", "organisations": [], "attributes": {}, "status": "active", "version": 1,
    "changed_at": NOON, "changed_by": "li",
}


def make_rows(random: Random) -> list[dict[str, object]]:
    """As the database lets them stand: one open entry for a local code, one open preferred one for a code."""
    rows: list[dict[str, object]] = []
    open_locals, preferred = set(), set()
    for number in range(120):
        scope = ("customer", random.choice(["crm", "erp"]), random.choice(["", "P1"]))
        local, code = f"L-{random.randrange(25)}", random.choice(CODES)
        ends = NOON + timedelta(days=number) if random.random() < 0.4 or (scope, local) in open_locals else None
        first = random.random() < 0.4 and (ends is not None or (scope, code) not in preferred)
        if ends is None:
            open_locals.add((scope, local))
            preferred |= {(scope, code)} if first else set()
        rows.append({
            "kind": scope[0], "system": scope[1], "organisation": scope[2], "local_code": local, "code": code, "preferred": first,
            "state": random.choice(["usable", "usable", "unaudited"]), "valid_from": random.choice([None, NOON - timedelta(days=9)]),
            "valid_to": ends, "origin": "seed", "version": random.randrange(9), "changed_at": NOON, "changed_by": "li",
        })  # fmt: skip
    return rows


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_names_come_out_as_they_went_in(zh: str, en: str) -> None:
    snapshot = Snapshot()
    snapshot.put_code("material", "M-1", zh=zh, en=en, status="active", attributes={})
    assert snapshot.names("material", "M-1") == Names(zh, en)


async def test_applying_a_version_twice_changes_nothing(dictionary: Database) -> None:
    await agree(dictionary, make_reference("A"))
    snapshot = await load(dictionary)
    async with dictionary.read() as session:
        [(version, changes)] = await changes_after(session, 1)
    snapshot.apply(version, changes)
    assert snapshot.to_shared("material", "erp", "P1", "A") == "M-1"


async def test_a_follower_has_an_approval_as_soon_as_its_version(dictionary: Database) -> None:
    async with Follower(dictionary, poll_s=0.01) as follower:
        for number in range(3):
            version = await agree(dictionary, make_reference(f"A-{number}"))
            snapshot = await asyncio.wait_for(follower.wait_for(version), 10)
            assert snapshot.to_shared("material", "erp", "P1", f"A-{number}") == "M-1"
    assert follower.age_s < 10


async def test_a_follower_never_goes_back_while_others_approve(dictionary: Database) -> None:
    """One local code changes its meaning over and over; a reader never sees an older one after a newer."""
    meanings = [f"M-{number}" for number in range(10, 18)]
    for code in meanings:
        await agree(dictionary, make_material(code))
    seen: list[str] = []
    async with Follower(dictionary, poll_s=0.005) as follower:

        async def read() -> None:
            while meanings[-1] not in seen:
                snapshot = await follower.wait_for(follower.snapshot.version + 1)
                found = snapshot.to_shared("material", "erp", "", "A")
                if found:
                    seen.append(found)

        reader = asyncio.create_task(read())
        for code in meanings:
            await agree(dictionary, make_reference("A", code=code))
            if code != meanings[-1]:
                await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="A"))
        await asyncio.wait_for(reader, 30)
    assert seen == sorted(seen)


async def test_concurrent_approvals_reach_every_follower_whole(dictionary: Database) -> None:
    waiting = [await propose(dictionary, make_reference(f"A-{number}"), by="wang") for number in range(8)]
    async with Follower(dictionary, poll_s=0.005) as one, Follower(dictionary, poll_s=0.01) as other:
        approved = await asyncio.gather(*(approve(dictionary, proposal, by="li") for proposal in waiting))
        newest = max(each.version for each in approved)
        for follower in (one, other):
            snapshot = await asyncio.wait_for(follower.wait_for(newest), 10)
            assert all(snapshot.to_shared("material", "erp", "", f"A-{number}") == "M-1" for number in range(8))


async def test_a_follower_outlives_a_database_that_is_away(dictionary: Database) -> None:
    async with Follower(dictionary, poll_s=0.01) as follower:
        there, follower.db = follower.db, Database.connect("sqlite:////nowhere/at/all.db")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(follower.wait_for(follower.snapshot.version + 1), 0.1)
        away, follower.db = follower.db, there
        await asyncio.wait_for(follower.wait_for(await agree(dictionary, make_reference("A"))), 10)
        await away.close()


async def test_a_process_that_cannot_follow_says_so_and_goes_on_when_it_can(dictionary: Database) -> None:
    async with Follower(dictionary, poll_s=0.005, stale_s=0.05) as follower:
        there, follower.db = follower.db, Database.connect("sqlite:////nowhere/at/all.db")
        with pytest.raises(DictionaryStale) as raised:
            while True:
                assert follower.snapshot.version == 1
                await asyncio.sleep(0)
        assert all(SNAPSHOT["dictionary-stale"].zh and name in raised.value.facts for name in ("seconds", "limit", "version"))
        away, follower.db = follower.db, there
        version = await agree(dictionary, make_reference("A"))
        snapshot = await asyncio.wait_for(follower.wait_for(version), 10)
        assert snapshot.to_shared("material", "erp", "", "A") == "M-1"
        follower.stale_s = 3600
        assert follower.snapshot is snapshot
        await away.close()


async def test_a_version_that_cannot_be_applied_stops_no_follower_and_none_goes_on_without_it(
    dictionary: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    def fail(*_: object) -> None:
        failed.set()
        raise KeyError("of")

    async with Follower(dictionary, poll_s=0.005, stale_s=0.05) as follower:
        with monkeypatch.context() as patched:
            patched.setattr(Snapshot, "apply", fail)
            version = await agree(dictionary, make_reference("A"))
            await asyncio.wait_for(failed.wait(), 10)
            with pytest.raises(DictionaryStale):
                while follower.snapshot.version < version:  # noqa: ASYNC110 - time makes it old
                    await asyncio.sleep(0)
        snapshot = await asyncio.wait_for(follower.wait_for(version), 10)
        assert snapshot.to_shared("material", "erp", "", "A") == "M-1"


async def test_a_merged_code_is_called_what_its_winner_is_called_until_it_is_split_back(database: Database) -> None:
    await load_units(database)
    traits = {"type": "raw", "base_unit": "KGM"}
    await take_over(database, [
        *(CreateCode(kind="material", code=code, zh=code, attributes=traits) for code in ("A", "B", "C")),
        AddCrossReference(kind="material", system="erp", local_code="1.3", code="C"),
    ], by="go-live")  # fmt: skip
    async with Follower(database, poll_s=3600) as follower:
        for change in (MergeCodes(kind="material", loser="A", winner="B"), MergeCodes(kind="material", loser="B", winner="C")):
            await approve(database, await propose(database, change, by="ann"), by="ben")
        await follower.catch_up()
        for snapshot in (follower.snapshot, await load(database)):
            assert snapshot.winner("material", "A") == "C"
            assert snapshot.to_local("material", "erp", "P1", "A") == LocalCode("1.3", True, "")
        await approve(database, await propose(database, SplitCodes(kind="material", loser="B"), by="ann"), by="ben")
        await follower.catch_up()
        for snapshot in (follower.snapshot, await load(database)):
            assert snapshot.winner("material", "A") == "B"
            assert snapshot.to_local("material", "erp", "P1", "A") is None
