"""Scenes: each makes something happen, says where to look, and says afterwards what was seen."""

from __future__ import annotations

from threading import Event

import pytest

from hub.demo.factory.catalogue import ALIAS
from hub.demo.scenes import SCENES, SceneImpossible, SceneUnknown, Stage, begin
from hub.sdk.simulation import Fault, Faults
from tests.demo.shortcut import World

SENT = {
    "erp": [
        {"Model": {"F_HUB_KEY": "sales_order/P1/SO-00001", "FSaleOrderEntry": [{"FTaxPrice": 2380}]}},
        {"Model": {"F_HUB_KEY": "sales_order/P1/SO-00002", "FSaleOrderEntry": [{"FTaxPrice": 99}]}},
    ],
    "mes": [
        {"orders": [{"order_no": "MO00001", "planned_qty": "8", "demand_links": [{"order_ref": "P1/SO-00001", "line": 10}]}]},
        {"orders": [{"order_no": "MO00002", "planned_qty": "5", "demand_links": []}]},
    ],
}
KILLED = Event()


def make_stage(world: World) -> Stage:
    return Stage(world.factory, {"erp": Faults()}, lambda system: SENT[system], kill=KILLED.set, settings="plant/loopline.yaml")


def play(world: World, name: str) -> tuple[str, str]:
    """What to look at, and what was seen, in Chinese."""
    scene = begin(name, make_stage(world))
    while (seen := scene.seen()) is None and world.seconds < 200:
        world.pass_time(0.4)
    assert seen is not None
    assert "{" not in scene.look.zh + scene.look.en + seen.zh + seen.en
    return scene.look.zh, seen.zh


def test_an_unknown_scene_lists_the_known_ones() -> None:
    with pytest.raises(SceneUnknown) as caught:
        begin("unheard-of", make_stage(World(orders=1)))
    assert all(name in caught.value.text("en") for name in SCENES)


def test_a_time_out_strikes_the_next_sales_order_and_no_other_write() -> None:
    world = World(orders=2)
    stage = make_stage(world)
    world.books["erp"].subscribe(lambda entry: stage.faults["erp"].strike(Fault.TIMEOUT_AFTER) if entry.version == 1 else None)
    scene = begin("timeout", stage)
    while scene.seen() is None and world.seconds < 60:
        world.pass_time(0.4)
    seen = scene.seen()
    assert seen is not None and " 1 " in seen.zh
    assert KILLED.is_set()
    assert stage.faults["erp"].counts[Fault.TIMEOUT_AFTER] >= 1


def test_an_order_with_an_unknown_code_and_its_neighbour_both_arrive() -> None:
    look, seen = play(World(orders=3), "unknown-code")
    assert ALIAS in look
    assert "SO-90001" in seen and "SO-90002" in seen


def test_unaudit_needs_an_order_that_has_begun() -> None:
    with pytest.raises(SceneImpossible):
        begin("unaudit", make_stage(World(orders=3)))


def test_unaudit_freezes_the_mes_and_ends_with_the_right_quantity() -> None:
    world = World(orders=6)
    world.pass_time(3)
    stage = make_stage(world)
    while world.seconds < 100:
        try:
            scene = begin("unaudit", stage)
            break
        except SceneImpossible:
            world.pass_time(0.4)
    while scene.seen() is None and world.seconds < 200:
        world.pass_time(0.4)
    seen = scene.seen()
    assert seen is not None and "暂停" in seen.zh and "on hold" in seen.en
    world.run_to_the_end()
    assert world.factory.finished()


def test_the_journey_names_every_step(finished: World) -> None:
    look, seen = play(finished, "journey")
    assert "XSCK" in look and "--config plant/loopline.yaml" in look
    assert all(prefix in seen for prefix in ("SO-", "MO", "RK", "XSCK"))


def test_payloads_side_by_side_show_prices_on_one_side_only(finished: World) -> None:
    look, seen = play(finished, "payload")
    assert "P1/SO-00001" in look
    assert "1 个价格字段" in seen and "收到 0 个" in seen
