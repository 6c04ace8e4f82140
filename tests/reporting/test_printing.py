"""What the CLI and the API get: JSON, in either language, with a text for every code."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hub.db import Database
from hub.reporting import printing
from hub.reporting.figures import Period
from hub.reporting.findings import findings
from hub.reporting.journeys import find
from hub.reporting.kpis import report
from hub.reporting.milestones import STEPS
from hub.reporting.projections import project
from hub.texts import TEXTS
from tests.reporting.factory import START, make_report, make_story


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_everything_prints_as_json(database: Database, language: str) -> None:
    async with database.write() as session:
        await project(session, [*make_story(), make_report("RP-5", 8, 20, 7)])
    period = Period(begins=START, ends=START + timedelta(days=60), as_of=START + timedelta(days=60))
    async with database.read() as session:
        journeys = [printing.journey(one, language) for one in await find(session, "SO-1")]
        figures = [printing.figure(one, language) for one in await report(session, period)]
        found = [printing.finding(one, language) for one in await findings(session)]
    assert json.loads(json.dumps([journeys, figures, found])) == [journeys, figures, found]
    assert sum(row["duration_s"] for row in journeys[0]["stages"]) == journeys[0]["total_s"]
    assert all(row["name"] and row["formula"] and row["as_of"] for row in figures)
    assert found


def test_every_milestone_holder_and_wait_has_its_words() -> None:
    for step in STEPS.values():
        assert {f"milestone-{step.code}", f"holder-{step.holder}", f"waits-for-{step.waits_for}"} <= TEXTS.keys()
    assert {f"stage-t{number}" for number in range(1, 10)} <= TEXTS.keys()
