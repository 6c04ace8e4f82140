"""The command line in a folder of its own, embedded profile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.app import open_database
from hub.cli.main import build
from hub.config import load
from hub.db import Database
from hub.migrations import upgrade


class Shell:
    """`hub …` with the settings file of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "loopline.yaml"
        self._app = build()

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(self._app, [*words, "--config", str(self.file)])

    def json(self, *words: str) -> Any:
        """What a command prints with `--json`; it must end well."""
        result = self(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def prepare(self, work: Callable[[Database], Awaitable[Any]]) -> Any:
        """Work on the hub's own database, before commands look at it."""

        async def run() -> Any:
            settings = load(self.file)
            db = open_database(settings)
            try:
                await upgrade(settings.database_url())
                return await work(db)
            finally:
                await db.close()

        return asyncio.run(run())


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.file.write_text("profile: embedded\nlanguage: zh\nport: 0\n", encoding="utf-8")
    return shell
