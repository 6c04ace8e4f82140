"""The command line: every group and command in one table, built into a typer application."""

from __future__ import annotations

import typer

from hub.cli import cleaning, codes, demo, exchange, holds, life, quality, running, setting_up, units, watching
from hub.cli.command import Command, add, both
from hub.observability.logs import configure

TOP: tuple[Command, ...] = (*setting_up.TOP, *running.TOP, *watching.TOP, *exchange.TOP)
GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("hold", holds.COMMANDS),
    ("code", (*codes.CODE, quality.USED, *life.LIFE)),
    ("xref", codes.XREF),
    ("unit", units.UNIT),
    ("clean", cleaning.CLEAN),
    ("import", exchange.IMPORT),
    ("quality", quality.QUALITY),
    ("message", watching.MESSAGE),
    ("incident", watching.INCIDENT),
    ("system", watching.SYSTEM),
    ("mapping", setting_up.MAPPING),
    ("topics", setting_up.TOPICS),
    ("connector", setting_up.CONNECTOR),
    ("projection", watching.PROJECTION),
)


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(help=both("command-hub"), no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    for command in TOP:
        add(app, command, command.name)
    for name, commands in GROUPS:
        group = typer.Typer(help=both(f"command-{name}"), no_args_is_help=True)
        for command in commands:
            add(group, command, f"{name}-{command.name}")
        app.add_typer(group, name=name)
    app.add_typer(demo.app, name="demo")
    return app


def run() -> None:
    """The console script `hub`."""
    configure(as_json=False, level="warning")
    build()()


if __name__ == "__main__":
    run()
