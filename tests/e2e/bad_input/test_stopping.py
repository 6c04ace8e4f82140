"""What must not begin does not, and what must stop stops once: wrong files, another account set, credentials that no longer hold."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.app import Hub, open_road
from hub.config import Settings, SystemSettings
from hub.demo.factory import seed
from hub.demo.factory.catalogue import codes
from hub.demo.plant import CONNECTORS, ORGANISATIONS
from hub.errors import ConfigError
from hub.incidents import list_incidents
from hub.registry import connectors
from hub.runtime.road import Road
from hub.sdk.simulation import Faults, MemoryBooks, serve
from hub.services.systems import list_systems, resume_system
from tests.e2e.variants.people import CUSTOMER, Planning, Sales
from tests.road.toy import eventually

READ = {"crm": ("客户",), "erp": ("BD_MATERIAL",), "mes": ("jobs",)}
KEYS = {"crm": "api_key", "erp": "app_secret", "mes": "api_key"}
"""Where each vendor keeps what it expects of us."""


@dataclass
class Vendor:
    """One simulated system behind a counter of the calls it gets."""

    name: str
    books: MemoryBooks
    simulator: Any = None
    calls: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls.append(scope["path"])
        await self.simulator.app(scope, receive, send)

    def settings(self, url: str, **changes: Any) -> SystemSettings:
        return SystemSettings(
            connector=CONNECTORS[self.name], roles=frozenset({self.name}), organisations=ORGANISATIONS[self.name], poll_s=0.05,
            entities=READ[self.name], settings=dict(self.simulator.settings(url)), **changes,
        )  # fmt: skip


@contextlib.asynccontextmanager
async def served(**changes: Mapping[str, Any]) -> AsyncIterator[tuple[dict[str, Vendor], dict[str, SystemSettings]]]:
    """The three vendors, a customer in the CRM and a material in the ERP; `changes` to the settings by system."""
    known = codes()
    books = {"crm": Sales(known).books, "erp": Planning(known).books, "mes": MemoryBooks("mes")}
    async with contextlib.AsyncExitStack() as stack:
        vendors, settings = {name: Vendor(name, each) for name, each in books.items()}, {}
        for name, vendor in vendors.items():
            make = connectors()[CONNECTORS[name]].simulator
            assert make is not None
            vendor.simulator = make(vendor.books, Faults())
            stack.push_async_callback(vendor.simulator.close)
            settings[name] = vendor.settings(await stack.enter_async_context(serve(vendor)), **changes.get(name, {}))
        yield vendors, settings


@contextlib.asynccontextmanager
async def hub_over(folder: Path, systems: Mapping[str, SystemSettings]) -> AsyncIterator[Road]:
    """A hub at work between them, whose dictionary knows the customer."""
    customers = {"codes": {"customer": [row for row in seed()["codes"]["customer"] if row["code"] == CUSTOMER]}}
    dictionary = folder / "dictionary.yaml"
    dictionary.write_text(yaml.safe_dump(customers, allow_unicode=True), encoding="utf-8")
    settings = Settings(
        folder=folder / "hub", systems=dict(systems), seeds=(dictionary,), tick_s=0.05, sweep_s=0.5, instance="a", partitions=1
    )
    async with open_road(settings) as road:
        task = asyncio.create_task(Hub(road).run())
        try:
            yield road
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def open_incidents(road: Road) -> list[tuple[str, str]]:
    async with road.db.read() as session:
        return [(row["kind"], row["subject"]) for row in await list_incidents(session)]


async def passes(vendor: Vendor, calls: int = 8) -> None:
    """As long as it takes a vendor that is well to be asked so many times more: the clock of what must not happen meanwhile."""
    wanted = len(vendor.calls) + calls
    await eventually(lambda: len(vendor.calls) >= wanted)


@pytest.mark.parametrize("name", KEYS)
async def test_credentials_that_stop_working_stop_that_system_once_and_only_that_one(tmp_path: Path, name: str) -> None:
    other = "mes" if name == "crm" else "crm"
    async with served() as (vendors, systems), hub_over(tmp_path, systems) as road:
        vendor = vendors[name]
        await passes(vendor, 3)
        held = getattr(vendor.simulator, KEYS[name])
        setattr(vendor.simulator, KEYS[name], "another")
        await eventually(lambda: _is(road, [("credentials-rejected", name)]))
        await passes(vendors[other], 2)                 # what was under way has ended
        asked = len(vendor.calls)
        await passes(vendors[other])
        assert len(vendor.calls) == asked, vendor.calls[asked:]
        (why,) = [view for view in await list_systems(road.db, road.settings) if view.state == "stopped"]
        assert why.name == name and "凭据" in why.why.zh and "credentials" in why.why.en
        assert await open_incidents(road) == [("credentials-rejected", name)]
        setattr(vendor.simulator, KEYS[name], held)
        if name != "erp":       # its client waits ten seconds before anybody's word counts
            await resume_system(road.db, road.settings, name, by="王芳", now=road.now())
            await passes(vendor, 3)
            assert await open_incidents(road) == []


async def test_into_another_account_set_nothing_is_written_and_it_says_which_one_it_is(tmp_path: Path) -> None:
    async with served(erp={"account_set": "正式账套"}) as (vendors, systems), hub_over(tmp_path, systems) as road:
        await eventually(lambda: _is(road, [("account-set-differs", "erp")]))
        await passes(vendors["crm"])
        (view,) = [view for view in await list_systems(road.db, road.settings) if view.state == "stopped"]
    actual = vendors["erp"].simulator.name
    assert vendors["erp"].books.entries("customer") == []
    assert not any("Save" in call for call in vendors["erp"].calls)
    for said in (view.why.zh, view.why.en):
        assert "正式账套" in said and actual in said


UNMAPPED = "product: kingdee\ndocument: BD_Customer\nentity: customer\ndirection: out\nrules:\n  - {to: FNumber, frm: code}\n"


def _mapping(folder: Path, file: str, text: str) -> dict[str, Any]:
    path = folder / "plant" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {"mappings": folder / "plant"}


@dataclass(frozen=True)
class Misconfigured:
    """A mistake in a file of ours, and what both texts name."""

    mistake: str
    names: str
    settings: Callable[[Path], dict[str, Any]] = lambda folder: {}
    system: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)


MISTAKES = (
    Misconfigured("a connector that is not there", "kingdeee", system={"connector": "kingdeee"}),
    Misconfigured("a setting that is misspelt", "acct_idd", own={"acct_idd": "1"}),
    Misconfigured("a setting that cannot be", "app_id", own={"app_id": "half"}),
    Misconfigured("a mapping with a misspelt key", "frm", lambda folder: _mapping(folder, "kingdee/customer_out.yaml", UNMAPPED)),
    Misconfigured("a route to nobody", "erpp", lambda folder: _mapping(folder, "routes.yaml", "routes: [{entity: customer, to: erpp}]\n")),
    Misconfigured("a boundary without an owner", "owner",
                  lambda folder: _mapping(folder, "boundaries.yaml", "customer: {receives: [erp]}\n")),
    Misconfigured("a field of the plant's that is none", "fields.yaml",
                  lambda folder: _mapping(folder, "fields.yaml", "sales_order: [heat]\n")),
)  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.mistake)
async def test_a_wrong_file_begins_nothing_and_says_where_the_mistake_is(tmp_path: Path, case: Misconfigured) -> None:
    async with served() as (vendors, systems):
        erp = systems["erp"]
        systems["erp"] = erp.model_copy(update={"settings": {**erp.settings, **case.own}, **case.system})
        settings = Settings(folder=tmp_path / "hub", systems=systems, instance="a", **case.settings(tmp_path))
        with pytest.raises(ConfigError) as refused:
            async with open_road(settings):
                pass
    for language in ("zh", "en"):
        assert case.names in refused.value.text(language)
    assert not (tmp_path / "hub" / "state.db").exists()
    assert [vendor.calls for vendor in vendors.values()] == [[], [], []]


async def _is(road: Road, wanted: list[tuple[str, str]]) -> bool:
    return await open_incidents(road) == wanted
