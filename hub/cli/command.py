"""What every command has in common: `--config`, `--language`, `--json`, how it prints, and how it fails (a sentence and status 1)."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from hub.app import load_rules, open_bus, open_database
from hub.bus.base import Bus
from hub.cli import event_loop
from hub.config import Settings, load
from hub.db import Database
from hub.errors import HubError
from hub.migrations import upgrade
from hub.pipeline.knowledge import Rules
from hub.registry import connectors
from hub.services.errors import ChangeUnreadable
from hub.services.plain import plain
from hub.services.words import error_text, word
from master_data.plant import put_in_force
from master_data.seeds import first_units

Language = Literal["zh", "en"]


def both(key: str) -> str:
    """A help text: English with the Chinese beside it."""
    return f"{word(key, 'en')} · {word(key, 'zh')}"


def argument(key: str) -> Any:
    """A positional argument with its help."""
    return typer.Argument(help=both(f"option-{key}"), show_default=False)


def option(key: str, *names: str) -> Any:
    """A named option with its help."""
    return typer.Option(*(names or (f"--{key}",)), help=both(f"option-{key}"))


By = Annotated[str, option("by")]
Reason = Annotated[str, option("reason")]
Limit = Annotated[int, option("limit")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: `value` for `--json`, `shown` for people, `good` False for exit status 1."""

    value: Any
    shown: Callable[[Language], RenderableType]
    good: bool = True


class Desk:
    """What a command works with; each thing is opened when it is asked for."""

    def __init__(self, config: Path | None, language: Language | None) -> None:
        self._config = config
        self._language = language

    @cached_property
    def settings(self) -> Settings:
        """Raises ConfigError leaves."""
        return load(self._config)

    @property
    def language(self) -> Language:
        """The one asked for, else the configured one, else Chinese."""
        if self._language:
            return self._language
        try:
            return self.settings.language
        except HubError:
            return "zh"

    def rules(self) -> Rules:
        """Mappings, routes and boundaries in force. Raises ConfigError leaves."""
        return load_rules(self.settings, connectors())

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The state's database, with every table."""
        put_in_force(self.settings.dictionary)
        db = open_database(self.settings)
        try:
            await upgrade(self.settings.database_url())
            await first_units(db)
            yield db
        finally:
            await db.close()

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[Bus]:
        """The bus, for asking only: a command never publishes."""
        bus = open_bus(self.settings)
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()


Run = Callable[..., Coroutine[Any, Any, Answer | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name within its group, and an async function whose first parameter is the desk."""

    name: str
    run: Run
    prints: bool = True


CONFIG = Annotated[Path | None, option("config", "--config", "-c")]
LANGUAGE = Annotated[Language | None, option("language", "--language", "-l")]
JSON = Annotated[bool, option("json", "--json")]


def add(app: typer.Typer, command: Command, key: str) -> None:
    """Register a command; its help is the text `command-<key>`."""
    app.command(command.name, help=both(f"command-{key}"), no_args_is_help=False)(_entry(command))


def _entry(command: Command) -> Callable[..., None]:
    """The function that typer sees: the command's own parameters and the common ones."""

    def entry(config: Path | None, language: Language | None, as_json: bool = False, **given: Any) -> None:
        desk = Desk(config, language)
        try:
            answer = event_loop.run(command.run(desk, **given))
        except HubError as error:
            _fail(error_text(error, desk.language))
        except (SQLAlchemyError, OSError) as error:
            _fail(word("cli-unreachable", desk.language, what=str(getattr(error, "orig", error)).splitlines()[0][:200]))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        if answer is not None:
            _print(answer, desk.language, as_json)

    hints = get_type_hints(command.run, include_extras=True)
    own = list(inspect.signature(command.run).parameters.values())[1:]
    parameters = [one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    common = [("config", CONFIG), ("language", LANGUAGE)] + ([("as_json", JSON)] if command.prints else [])
    for name, annotation in common:
        default: Any = False if name == "as_json" else None
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
    entry.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    entry.__annotations__ = {one.name: one.annotation for one in parameters}
    return entry


def proposed(number: int) -> Answer:
    """What every command that proposes something says."""
    return Answer({"proposal": number}, told("cli-proposed", proposal=number))


def json_of(text: str, where: str) -> Any:
    """JSON that was given as an argument or option. Raises ChangeUnreadable."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise ChangeUnreadable(where=where, what=str(error)) from error


def _print(answer: Answer, language: Language, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(plain(answer.value), ensure_ascii=False, indent=2) + "\n")
    else:
        Console(soft_wrap=False, markup=False, emoji=False).print(answer.shown(language))   # a text may begin with [code]
    if not answer.good:
        raise typer.Exit(1)


def _fail(text: str) -> None:
    typer.echo(text, err=True)
    raise typer.Exit(1)


def told(key: str, **facts: Any) -> Callable[[Language], RenderableType]:
    """One sentence."""
    return lambda language: word(key, language, **facts)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Callable[[Language], RenderableType]:
    """A table; `columns` are the texts `column-<name>`. A cell that is a pair of texts shows the one of the language."""

    def shown(language: Language) -> RenderableType:
        if not rows:
            return word("cli-nothing", language)
        found = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            found.add_column(word(f"column-{column}", language), overflow="fold")  # Chinese has no blanks to break at
        for row in rows:
            found.add_row(*(_cell(value, language) for value in row))
        return found

    return shown


def together(*parts: Callable[[Language], RenderableType]) -> Callable[[Language], RenderableType]:
    """Several things one below the other."""
    return lambda language: Group(*(part(language) for part in parts))


def _cell(value: Any, language: Language) -> str:
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return str(value.astimezone().strftime("%m-%d %H:%M:%S"))
    return str(getattr(value, language)) if hasattr(value, language) else str(value)

