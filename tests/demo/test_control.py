"""Scenes from another terminal: told line by line, and a sentence where nothing can be shown."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli import demo
from hub.demo import control
from hub.demo.scenes import SceneUnknown
from hub.texts import Text
from tests.demo.shortcut import World
from tests.demo.test_scenes import make_stage


async def told(world: World, name: str) -> list[Text | Mapping[str, Any]]:
    return [line async for line in control.told_of(name, make_stage(world))]


async def test_a_scene_says_where_to_look_then_shows_then_says_what_was_seen(finished: World) -> None:
    look, sides, seen = await told(finished, "payload")
    assert isinstance(look, Text) and isinstance(seen, Text)
    assert set(sides) == {"erp", "mes"}


async def test_where_nothing_suitable_goes_on_an_order_is_placed_and_the_scene_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(orders=1)
    monkeypatch.setattr(control, "PATIENCE_S", 1.0)
    lines = control.told_of("journey", make_stage(world))
    waits = await anext(lines)
    assert isinstance(waits, Text) and "SO-90001" in waits.zh
    with pytest.raises(control.SceneImpossible):
        await anext(lines)


async def test_an_unknown_scene_is_refused() -> None:
    with pytest.raises(SceneUnknown):
        await told(World(orders=1), "unheard-of")


def test_without_a_demo_the_command_says_so_in_both_languages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(control.NoDemoRunning):
        list(control.call("timeout"))
    found = CliRunner().invoke(demo.app, ["scene", "timeout"])
    assert found.exit_code == 1
    assert "本机没有正在运行的演示" in found.output and "No demo is running" in found.output


def test_an_unknown_sabotage_is_a_sentence_and_no_trace() -> None:
    found = CliRunner().invoke(demo.app, ["--sabotage", "sit", "--headless"])
    assert found.exit_code == 1
    assert "没有名为“sit”的破坏方式" in found.output and "Traceback" not in found.output
