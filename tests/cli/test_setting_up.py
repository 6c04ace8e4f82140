"""`hub init` writes what `hub check` then proves, against a simulator where a system is needed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from hub.cli.main import build
from hub.cli.running import choose
from hub.cli.setting_up import check
from hub.config import NotFilledIn, SecretMissing, load
from hub.errors import ConfigError
from hub.registry import connectors, open_systems
from hub.sdk.simulation import Faults, MemoryBooks, serve
from hub.services.checking import Line
from tests.cli.conftest import Shell


def init(folder: Path, *words: str):
    return CliRunner().invoke(build(), ["init", str(folder), *words, "--language", "en"])


def test_init_writes_a_commented_file_that_can_be_read_once_its_secrets_are_there(tmp_path: Path) -> None:
    result = init(tmp_path, "--crm", "jiandaoyun", "--mes", "mes_rest")
    secrets = {"CRM_API_KEY": "k", "CRM_WEBHOOK_SECRET": "s", "MES_API_KEY": "m"}
    assert result.exit_code == 0 and all(name in result.stdout for name in secrets)
    fill_in(tmp_path)
    settings = load(tmp_path / "loopline.yaml", secrets)
    assert {name: system.connector for name, system in settings.systems.items()} == {"crm": "jiandaoyun", "mes": "mes_rest"}
    assert settings.mappings == tmp_path / "mappings" and (tmp_path / "mappings" / "README.md").is_file()
    asyncio.run(closed(settings))


def fill_in(folder: Path) -> None:
    file = folder / "loopline.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("CHANGE-ME", "http://127.0.0.1:9"), encoding="utf-8")


def test_everything_that_is_still_missing_is_told_at_once(tmp_path: Path) -> None:
    init(tmp_path, "--crm", "jiandaoyun", "--erp", "kingdee")
    with pytest.raises(NotFilledIn) as unfilled:
        load(tmp_path / "loopline.yaml", {})
    assert "systems.erp.settings.url" in unfilled.value.text("en") and "systems.crm.settings.app_id" in unfilled.value.text("zh")
    fill_in(tmp_path)
    with pytest.raises(SecretMissing) as missing:
        load(tmp_path / "loopline.yaml", {"CRM_API_KEY": "k"})
    assert missing.value.facts["name"] == "${CRM_WEBHOOK_SECRET}, ${ERP_APP_SECRET}"


async def closed(settings) -> None:
    for opened in open_systems(settings, connectors()).values():
        await opened.close()


def test_init_explains_every_setting_of_a_connector(tmp_path: Path) -> None:
    init(tmp_path, "--erp", "kingdee")
    text = (tmp_path / "loopline.yaml").read_text(encoding="utf-8")
    for name, field in connectors()["kingdee"].settings.model_fields.items():
        assert f"{name}:" in text and (field.description or "") in text


def test_init_asks_where_nothing_is_chosen(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["init", str(tmp_path)], input="jiandaoyun\nkingdee\n-\n")
    assert result.exit_code == 0
    assert list(yaml.safe_load((tmp_path / "loopline.yaml").read_text(encoding="utf-8"))["systems"]) == ["crm", "erp"]


def test_init_never_overwrites(tmp_path: Path) -> None:
    init(tmp_path, "--crm", "jiandaoyun")
    before = (tmp_path / "loopline.yaml").read_bytes()
    again = init(tmp_path, "--erp", "kingdee")
    assert again.exit_code == 1 and "[file-there]" in again.stderr
    assert (tmp_path / "loopline.yaml").read_bytes() == before


def test_init_names_the_connectors_there_are(tmp_path: Path) -> None:
    result = init(tmp_path, "--erp", "sapp")
    assert result.exit_code == 1 and "kingdee" in result.stderr and not (tmp_path / "loopline.yaml").exists()


def test_check_says_which_file_is_wrong_before_anything_else(shell: Shell) -> None:
    shell.file.write_text("systems:\n  mes: {connector: mes_restt, roles: [mes], organisations: {F1: P1}}\n", encoding="utf-8")
    result = shell("check", "--json")
    (line,) = json.loads(result.stdout)
    assert result.exit_code == 1 and line["level"] == "files" and "mes_restt" in line["said"]["zh"]


def test_check_of_a_good_file_without_systems_passes(shell: Shell) -> None:
    (line,) = shell.json("check")
    assert line["good"] and "systems" in line["said"]["en"]


def test_check_of_a_cluster_looks_at_its_database_and_its_bus(shell: Shell) -> None:
    shell.file.write_text("profile: cluster\nbus: {servers: '127.0.0.1:9'}\n", encoding="utf-8")
    result = shell("check", "--json")
    wrong = [line for line in json.loads(result.stdout) if not line["good"]]
    assert result.exit_code == 1 and [line["level"] for line in wrong] == ["database", "bus"]
    assert "database" in wrong[0]["said"]["zh"]


class Simulated:
    """A MES of the mes_rest kind over empty books, and the desk of a hub that is configured for it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "loopline.yaml"
        simulate = connectors()["mes_rest"].simulator
        assert simulate is not None
        self.simulator = simulate(MemoryBooks("mes"), Faults(0))

    async def checked(self, url: str, **changed: object) -> list[Line]:
        from hub.cli.command import Desk

        system = {"connector": "mes_rest", "roles": ["mes"], "organisations": {"F1": "P1"}, "settings": dict(self.simulator.settings(url))}
        self.file.write_text(yaml.safe_dump({"systems": {"mes": system | changed}}, allow_unicode=True), encoding="utf-8")
        return (await check(Desk(self.file, "en"))).value


async def test_check_goes_through_every_level_of_a_system(tmp_path: Path) -> None:
    simulated = Simulated(tmp_path)
    async with serve(simulated.simulator.app) as url:
        lines = await simulated.checked(url)
    await simulated.simulator.close()
    assert [line for line in lines if not line.good] == []
    assert list(dict.fromkeys(line.level for line in lines)) == ["files", "connection", "permissions", "mappings"]


async def test_check_stops_at_a_wrong_account_set(tmp_path: Path) -> None:
    simulated = Simulated(tmp_path)
    async with serve(simulated.simulator.app) as url:
        lines = await simulated.checked(url, account_set="another")
    await simulated.simulator.close()
    assert [(line.level, line.good) for line in lines] == [("files", True), ("connection", False)]
    assert "another" in lines[-1].said.en


async def test_check_says_that_nobody_answers(tmp_path: Path) -> None:
    simulated = Simulated(tmp_path)
    lines = await simulated.checked("http://127.0.0.1:9")
    await simulated.simulator.close()
    assert [(line.level, line.good) for line in lines] == [("files", True), ("connection", False)]


def test_loops_are_chosen_by_name() -> None:
    assert choose("deliver, intake") == ("deliver", "intake")
    with pytest.raises(ConfigError, match="normalise"):
        choose("normalise")
