"""Approval routes as data: which one fits, whose turn it is, when to remind; and what is wrong in a file, with its line."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master_data.errors import DictionaryFileInvalid
from master_data.route_files import read_routes
from master_data.routes import Route, shipped_routes
from tests.master_data.conftest import NOON

LABEL = {"zh": "会签", "en": "Signatures"}


def make_step(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": LABEL, "roles": [name]} | more


def make_route(*steps: dict[str, Any], **more: Any) -> Route:
    return Route.model_validate({"name": "r", "label": LABEL, "kind": "material", "actions": ["create_code"], "steps": list(steps)} | more)


FOUR = make_route(
    make_step("engineering", fields=["spec"]), make_step("purchasing", fields=["brand"]),
    make_step("warehouse", together=True), make_step("auditor", mandatory=False), make_step("finance"),
)  # fmt: skip


def turn(*signed: str) -> list[str]:
    return [step.name for step in FOUR.waiting(signed)]


def test_steps_come_one_after_the_other_or_side_by_side() -> None:
    assert turn() == ["engineering"]
    assert turn("engineering") == ["purchasing", "warehouse"]
    assert turn("engineering", "warehouse") == ["purchasing"]
    assert turn("engineering", "warehouse", "purchasing") == ["auditor", "finance"]


def test_a_step_that_is_not_mandatory_holds_nothing_up() -> None:
    assert [step.name for step in FOUR.missing(["engineering", "warehouse", "purchasing"])] == ["finance"]
    assert FOUR.missing(["engineering", "warehouse", "purchasing", "finance"]) == []


@given(st.lists(st.integers(0, 4), max_size=12))
def test_whatever_the_order_of_signatures_nobody_signs_before_their_turn(choices: list[int]) -> None:
    signed: list[str] = []
    for choice in choices:
        waiting = FOUR.waiting(signed)
        if not waiting:
            break
        step = waiting[choice % len(waiting)]
        stage = next(number for number, stage in enumerate(FOUR.stages) if step in stage)
        assert all(each.name in signed for before in FOUR.stages[:stage] for each in before if each.mandatory)
        signed.append(step.name)
    assert bool(FOUR.missing(signed)) or not [step for step in FOUR.waiting(signed) if step.mandatory]


def test_a_step_waits_since_the_last_signature_before_its_stage() -> None:
    signed = {"engineering": NOON, "purchasing": NOON + timedelta(hours=2), "warehouse": NOON + timedelta(hours=1)}
    since = {step.name: FOUR.since(step, NOON - timedelta(hours=1), signed) for step in FOUR.steps}
    assert since == {
        "engineering": NOON - timedelta(hours=1), "purchasing": NOON, "warehouse": NOON,
        "auditor": NOON + timedelta(hours=2), "finance": NOON + timedelta(hours=2),
    }  # fmt: skip


@pytest.mark.parametrize(("hours", "due"), [(0, 0), (7.9, 0), (8, 1), (11.9, 1), (12, 2), (28, 6)])
def test_reminders_fall_due_after_a_time_and_then_every_so_often(hours: float, due: int) -> None:
    step = make_route(make_step("a", remind_after_h=8, remind_every_h=4)).steps[0]
    assert step.reminders_due(NOON, NOON + timedelta(hours=hours)) == due


def test_a_route_holds_for_its_kind_its_actions_and_its_values_only() -> None:
    route = make_route(make_step("a"), when={"procurement": ["buy", "subcontract"]})
    assert route.fits("create_code", "material", {"procurement": "buy"})
    assert not route.fits("create_code", "material", {"procurement": "make"})
    assert not route.fits("create_code", "material", {})
    assert not route.fits("change_code", "material", {"procurement": "buy"})
    assert not route.fits("create_code", "customer", {"procurement": "buy"})


def test_as_it_is_shipped_one_other_person_approves_everything() -> None:
    book = read_routes()
    assert book.routes
    assert book.rules
    assert not [each.name for each in (*book.routes, *book.rules) if each.active]


STEPS = "steps: [{name: a, label: {zh: 甲, en: A}, roles: [a]}]"
OWN = f"""
routes:
  - {{name: ours, label: {{zh: 甲, en: A}}, kind: material, actions: [create_code], {STEPS}}}
switch_on: [purchased-material, same-code]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "routes.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plants_own_file_lies_over_the_shipped_one(tmp_path: Path) -> None:
    book = read_routes(write(tmp_path, OWN))
    assert [route.name for route in book.routes if route.active] == ["ours", "purchased-material"]
    assert [rule.name for rule in book.rules if rule.active] == ["same-code"]
    instead = OWN.replace("name: ours", "name: purchased-material").replace("[purchased-material, same-code]", "[]")
    again = read_routes(write(tmp_path, instead))
    assert [(route.name, len(route.steps)) for route in again.routes if route.active] == [("purchased-material", 1)]
    assert len(again.routes) == len(shipped_routes().routes)


ROUTE = f"routes:\n  - name: r\n    label: {{zh: 甲, en: A}}\n    kind: material\n    actions: [create_code]\n    {STEPS}\n"
RULE = "automatic:\n  - name: r\n    label: {zh: 甲, en: A}\n    actions: [change_code]\n"
WRONG = [
    (ROUTE.replace("material", "colour"), 4, "colour", "material"),
    (ROUTE.replace("roles: [a]", "roles: [a], fields: [zh, weight]"), 6, "weight", "base_unit"),
    (ROUTE + "    when: {procured: [buy]}\n", 7, "procured", "procurement"),
    (ROUTE.replace("roles: [a]", "signers: [a]"), 6, "not permitted", "Remove it"),
    (ROUTE.replace(", roles: [a]", ""), 6, "roles", "Correct"),
    (ROUTE.replace("roles: [a]", "roles: [a], together: true"), 2, "together", "Correct"),
    (ROUTE.replace("roles: [a]", "roles: [a], mandatory: false"), 2, "mandatory", "Correct"),
    (ROUTE.replace("}]", "}, {name: a, label: {zh: 甲, en: A}, roles: [b]}]"), 2, "'a' stands twice", "Correct"),
    (ROUTE.replace("create_code", "make_code"), 5, "create_code", "Correct"),
    (ROUTE + "switch_on:\n  - r\n  - material-route\n", 9, "material-route", "purchased-material"),
    (RULE, 2, "approves everything", "Correct"),
    (RULE + "    kinds: [material]\n    only: [brand, weight]\n", 6, "weight", "brand"),
]


@pytest.mark.parametrize(("text", "line", "what", "remedy"), WRONG)
def test_what_is_wrong_in_a_file_is_told_with_its_line_and_remedy(tmp_path: Path, text: str, line: int, what: str, remedy: str) -> None:
    with pytest.raises(DictionaryFileInvalid) as caught:
        read_routes(write(tmp_path, text))
    facts = caught.value.facts
    assert (facts["file"], facts["line"]) == ("routes.yaml", line)
    assert what in facts["what"]
    assert remedy in facts["remedy"]
