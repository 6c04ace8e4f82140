"""What the commands print and how they fail. They are sync here: each command has its own event loop, as in a shell."""

from __future__ import annotations

import json

import pytest

from hub.incidents import open_incident
from hub.storage.systems import set_state
from tests.cli.conftest import Shell
from tests.services.builders import BY, NOW, OTHER, held_record, make_code, person, unknown

EMPTY = ["hold list", "code inbox", "code list", "incident list", "system list", "mapping list"]


@pytest.mark.parametrize("words", EMPTY)
def test_a_list_of_nothing_is_an_empty_list(shell: Shell, words: str) -> None:
    assert shell.json(*words.split()) == []
    assert shell(*words.split()).stdout.strip() == "没有。"
    assert shell(*words.split(), "--language", "en").stdout.strip() == "Nothing."


def test_a_hold_is_listed_shown_and_released(shell: Shell) -> None:
    hold = str(shell.prepare(lambda db: held_record(db, person())))
    assert [str(row["id"]) for row in shell.json("hold", "list")] == [hold]
    assert "SO-1" in shell("hold", "show", hold).stdout
    assert "放行" in shell("hold", "release", hold, "--by", BY).stdout
    assert shell.json("hold", "show", hold)["hold"]["state"] == "ready"


def test_a_discard_needs_a_reason(shell: Shell) -> None:
    hold = str(shell.prepare(lambda db: held_record(db, unknown())))
    assert shell("hold", "discard", hold, "--by", BY).exit_code == 2
    assert shell("hold", "discard", hold, "--by", BY, "--reason", " ").exit_code == 1
    assert shell.json("hold", "discard", hold, "--by", BY, "--reason", "试单")["wish"] == "discard"


def test_a_corrected_record_is_read_from_a_file_and_approved_by_another(shell: Shell) -> None:
    hold = str(shell.prepare(lambda db: held_record(db, person())))
    file = shell.folder / "fixed.json"
    file.write_text(json.dumps({"订单编号": "SO-1", "数量": "5"}), encoding="utf-8")
    assert f"hub hold approve {hold}" in shell("hold", "resend", hold, str(file), "--by", BY, "--reason", "数量写错").stdout
    assert "数量写错" in shell("hold", "show", hold).stdout
    assert "[correction-own]" in shell("hold", "approve", hold, "--by", BY).stderr
    assert "已发出" in shell("hold", "approve", hold, "--by", OTHER).stdout
    assert "[no-correction]" in shell("hold", "refuse", hold, "--by", OTHER, "--reason", "x").stderr
    file.write_text("{", encoding="utf-8")
    assert "[change-unreadable]" in shell("hold", "resend", hold, str(file), "--by", BY, "--reason", "x").stderr


def test_an_unknown_code_is_answered_and_approved_by_two(shell: Shell) -> None:
    async def fill(db) -> None:
        await held_record(db, unknown("ABC-1"))
        await make_code(db, "R-1")

    shell.prepare(fill)
    (row,) = shell.json("code", "inbox")
    assert row["messages"] == 1
    number = str(shell.json("code", "answer", str(row["id"]), "--code", "R-1", "--by", BY)["proposal"])
    assert "[same-person]" in shell("code", "approve", number, "--by", BY).stderr
    assert shell.json("code", "approve", number, "--by", OTHER)["freed"] == 1
    (reference,) = shell.json("xref", "list", "reason", "R-1")
    assert reference["local_code"] == "ABC-1"


def test_a_cross_reference_is_proposed_and_ended(shell: Shell) -> None:
    shell.prepare(lambda db: make_code(db, "R-1"))
    for words in (("add", "reason", "R-1", "mes", "报废01"), ("end", "reason", "mes", "报废01")):
        number = str(shell.json("xref", *words, "--by", BY)["proposal"])
        assert shell("code", "approve", number, "--by", OTHER).exit_code == 0
    (reference,) = shell.json("xref", "list", "reason", "R-1")
    assert reference["valid_to"] is not None


def test_an_incident_is_listed_in_the_language_and_closed(shell: Shell) -> None:
    async def fill(db) -> None:
        async with db.write() as session:
            await open_incident(session, "target-unreachable", "erp", {"system": "erp", "what": "time-out"}, NOW)

    shell.prepare(fill)
    (row,) = shell.json("incident", "list")
    assert shell("incident", "close", str(row["id"]), "--by", BY, "--reason", "已修复").exit_code == 0
    assert shell.json("incident", "list") == []
    assert len(shell.json("incident", "list", "--closed")) == 1


def test_a_stopped_system_is_resumed_once(shell: Shell) -> None:
    shell.file.write_text("systems:\n  mes:\n    connector: mes_rest\n    roles: [mes]\n    organisations: {F1: P1}\n", encoding="utf-8")

    async def stop(db) -> None:
        async with db.write() as session:
            await set_state(session, "mes", "stopped", "credentials-rejected", {"system": "mes", "words": "401"}, NOW)

    shell.prepare(stop)
    (row,) = shell.json("system", "list")
    assert row["state"] == "stopped" and "401" in row["why"]["zh"]
    assert shell("system", "resume", "mes", "--by", BY).exit_code == 0
    assert "[system-not-stopped]" in shell("system", "resume", "mes", "--by", BY).stderr
    assert "[no-such-system]" in shell("system", "resume", "wms", "--by", BY).stderr


def test_status_shows_every_loop_and_verify_finds_nothing(shell: Shell) -> None:
    status = shell.json("status")
    assert [loop["group"] for loop in status["loops"]] == ["normalize", "project"]
    assert all(loop["messages"] == 0 for loop in status["loops"])
    assert shell.json("verify") == []
    assert "不变式全部成立" in shell("verify").stdout


def test_verify_ends_with_one_where_something_is_wrong(shell: Shell) -> None:
    shell.prepare(lambda db: held_record(db, person(), offset=5))
    result = shell("verify", "--json")
    assert result.exit_code == 1
    assert [row["code"] for row in json.loads(result.stdout)] == ["beyond-offset"]


def test_a_number_that_nobody_knows_says_so(shell: Shell) -> None:
    for words in (("journey", "SO-404"), ("message", "find", "SO-404")):
        result = shell(*words)
        assert result.exit_code == 1 and "[nothing-found]" in result.stderr and "SO-404" in result.stderr


def test_a_message_is_found_by_its_number(shell: Shell) -> None:
    shell.prepare(lambda db: held_record(db, person()))
    found = shell.json("message", "find", "SO-1")
    assert [step["kind"] for step in found["steps"]] == ["hold"]


def test_the_report_of_an_empty_hub_says_why_there_is_no_figure(shell: Shell) -> None:
    figures = shell.json("report")["figures"]
    assert figures and all(figure["value"] is None and figure["reason"] for figure in figures if figure["unit"] == "ratio")
    assert shell("projection", "rebuild").exit_code == 0


def test_topics_are_listed_and_created(shell: Shell) -> None:
    names = {row["name"] for row in shell.json("topics", "list")}
    assert {"canonical.sales_order", "deliveries"} <= names
    assert {row["name"] for row in shell.json("topics", "create")} == names


def test_conversions_are_described_in_both_languages(shell: Shell) -> None:
    assert shell("mapping", "docs", "--language", "en").stdout != shell("mapping", "docs", "--language", "zh").stdout


def test_without_a_settings_file_a_sentence_says_what_to_do(shell: Shell) -> None:
    shell.file.unlink()
    result = shell("hold", "list", "--language", "en")
    assert result.exit_code == 1 and "hub init" in result.stderr and "Traceback" not in result.output


def test_a_wrong_setting_is_named_in_the_language(shell: Shell) -> None:
    shell.file.write_text("langage: zh\n", encoding="utf-8")
    result = shell("status", "--language", "zh")
    assert result.exit_code == 1 and "langage" in result.stderr and "有误" in result.stderr


def test_a_database_that_cannot_be_reached_is_a_sentence_too(shell: Shell) -> None:
    shell.file.write_text("profile: cluster\ndatabase: postgresql+asyncpg://nobody@127.0.0.1:1/none\n", encoding="utf-8")
    result = shell("hold", "list")
    assert result.exit_code == 1 and "数据库" in result.stderr and "Traceback" not in result.output
