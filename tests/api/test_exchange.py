"""Workbooks over HTTP: a template, a check, the marked file, an import that another approves, an export that changes nothing."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from tests.services.builders import BY, OTHER

GOOD = "编码,名称,原因类别\nR-1,砂眼,scrap\nR-2,气孔,scrap\n"
BAD = GOOD + "R-3,裂纹,nonsense\n"


def asked(name: str = "reasons.csv", **more: str) -> dict[str, str]:
    return {"kind": "reason", "name": name, **more}


async def imported(client: httpx.AsyncClient, content: str) -> int:
    answer = await client.post("/api/v1/imports", params=asked(by=BY), content=content.encode())
    assert answer.status_code == 201, answer.text
    return int(answer.json()["import"])


async def test_a_template_is_a_workbook(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/imports/template", params={"kind": "reason"})
    assert "reason.xlsx" in answer.headers["content-disposition"]
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0].max_column > 5


async def test_a_check_names_cell_and_fault_and_changes_nothing(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/v1/imports/check", params=asked(), content=BAD.encode())).json()
    assert (answer["rows"], answer["verdicts"]) == (3, {"new": 2, "refused": 1})
    (fault,) = answer["findings"]
    assert fault["place"] == "C4" and "nonsense" in fault["text"]["zh"] and "nonsense" in fault["text"]["en"]
    assert (await client.get("/api/v1/codes", params={"kind": "reason"})).json() == []


async def test_the_marked_file_comes_back_in_the_readers_language(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/imports/marked", params=asked(), content=BAD.encode(), headers={"Accept-Language": "en"})
    assert "expected" in answer.content.decode("utf-8-sig").splitlines()[3]


async def test_an_import_is_applied_when_another_person_approves_it_and_taken_back_as_one(client: httpx.AsyncClient) -> None:
    number = await imported(client, GOOD)
    assert (await client.post(f"/api/v1/imports/{number}/approve", json={"by": BY})).status_code == 403
    assert (await client.post(f"/api/v1/imports/{number}/approve", json={"by": OTHER})).json()["state"] == "applied"
    assert [row["code"] for row in (await client.get("/api/v1/codes", params={"kind": "reason"})).json()] == ["R-1", "R-2"]
    assert (await client.post(f"/api/v1/imports/{number}/approve", json={"by": OTHER})).status_code == 409
    assert (await client.post(f"/api/v1/imports/{number}/undo", json={"by": OTHER, "reason": "wrong file"})).json()["state"] == "undone"
    assert [row["state"] for row in (await client.get("/api/v1/imports")).json()] == ["undone"]


async def test_an_import_with_errors_is_refused_as_a_whole_and_what_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/imports", params=asked(by=BY), content=BAD.encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "rows-refused")
    assert (await client.get("/api/v1/imports/99")).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_an_export_that_is_checked_again_changes_nothing_and_leaves_no_file_behind(
    client: httpx.AsyncClient, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    number = await imported(client, GOOD)
    await client.post(f"/api/v1/imports/{number}/approve", json={"by": OTHER})
    file = (await client.get("/api/v1/exports", params={"kind": "reason", "form": form})).content
    again = (await client.post("/api/v1/imports/check", params=asked(f"back.{form}"), content=file)).json()
    assert again["verdicts"] == {"unchanged": 2}
    assert (await client.get("/api/v1/exports", params={"kind": "nonsense", "form": form})).status_code == 404
    assert left_behind(tmp_path) == []


def left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("loopline-*"))
