"""`python -m hub.cli.reference`: draws docs/reference.md and docs/reference.zh.md from the code: settings, commands, error codes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import BaseModel

import hub
import master_data
from hub.cli.main import GROUPS, TOP, build
from hub.config import Settings
from hub.errors import HubError
from hub.registry import connectors
from hub.texts import TEXTS, Text
from hub.texts.cli import SETTINGS_ZH

DOCS = Path(hub.__file__).parent.parent / "docs"
FILES: Mapping[str, str] = {"en": "reference.md", "zh": "reference.zh.md"}
KINDS = ("ConfigError", "TransientError", "InDoubtError", "DataError", "RefusedError", "CredentialsRejected", "Refused")
SCRIPTS = ("__main__", ".env")
"""Modules that do something when they are imported."""
WORDS: dict[str, Text] = {
    "title": Text("参考:设置、命令、错误代码", "Reference: settings, commands, error codes"),
    "drawn": Text(
        "本页由 `python -m hub.cli.reference` 生成,请勿手改。", "This page is drawn by `python -m hub.cli.reference`; do not edit it."
    ),
    "settings": Text("设置(`loopline.yaml`)", "Settings (`loopline.yaml`)"),
    "settings-head": Text("| 设置 | 默认 | 说明 |", "| setting | default | what it is |"),
    "connector": Text("连接器“{name}”的设置(`systems.<名称>.settings`)", "Settings of connector `{name}` (`systems.<name>.settings`)"),
    "commands": Text("命令", "Commands"),
    "commands-note": Text(
        "每个命令都有 `--config`、`--language`,有输出的都有 `--json`。结束码:0 成功,1 未成或有发现,2 用法有误。",
        "Every command takes `--config` and `--language`, every one that prints takes `--json`. "
        "Exit status: 0 done, 1 not done or findings, 2 wrong usage.",
    ),
    "commands-head": Text("| 命令 | 作用 | 参数 |", "| command | what it does | parameters |"),
    "errors": Text("错误代码", "Error codes"),
    "errors-head": Text("| 代码 | 类别 | 含义与处理 |", "| code | kind | what it says |"),
    "required": Text("必填", "required"),
}  # fmt: skip


def page(language: str) -> str:
    """One of the two pages, whole."""
    parts = [f"# {_say('title', language)}", _say("drawn", language), *_settings(language), *_commands(language), *_errors(language)]
    return "\n\n".join(parts) + "\n"


def settings_names() -> list[str]:
    """Every setting by its path, `systems.<name>.` and `bus.` included."""
    return [path for path, _ in _fields(Settings)]


def error_codes() -> dict[str, type[HubError]]:
    """Every code that can be raised, with the class that raises it: every HubError below the packages of the product."""
    brought = [importlib.import_module(connector.settings.__module__.rpartition(".")[0]) for connector in connectors().values()]
    packages = [hub, master_data, *brought]
    for package in packages:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(SCRIPTS):
                importlib.import_module(module.name)
    ours = tuple(package.__name__ for package in packages)
    return {kind.code: kind for kind in sorted(below(HubError), key=lambda kind: kind.code) if kind.__module__.startswith(ours)}


def sentences() -> dict[str, Text]:
    """The hub's sentences and those of the connectors."""
    return {code: text for connector in connectors().values() for code, text in connector.texts.items()} | TEXTS


def _settings(language: str) -> Iterator[str]:
    yield f"## {_say('settings', language)}"
    rows = [f"| `{path}` | {_default(field, language)} | {_about(path, field, language)} |" for path, field in _fields(Settings)]
    yield _table(_say("settings-head", language), rows)
    for name, connector in sorted(connectors().items()):
        yield f"### {_say('connector', language).format(name=name)}"
        own = [f"| `{path}` | {_default(field, language)} | {_cell(field.description)} |" for path, field in _fields(connector.settings)]
        yield _table(_say("settings-head", language), own)


def _fields(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield f"{before}{name}", field
        for inner, step in _inner(field.annotation):
            yield from _fields(inner, f"{before}{name}.{step}")


def _inner(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The models inside a field: itself, or the values of a table."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation, ""
    for argument in get_args(annotation):
        if inspect.isclass(argument) and issubclass(argument, BaseModel):
            yield argument, "<name>."


def _default(field: Any, language: str) -> str:
    if field.is_required():
        return _say("required", language)
    value = field.get_default(call_default_factory=True)
    shown = sorted(value) if isinstance(value, frozenset | set) else value
    return "" if shown in (None, "", (), {}) or isinstance(shown, BaseModel) else f"`{shown}`"


def _about(path: str, field: Any, language: str) -> str:
    return _cell(SETTINGS_ZH.get(path) if language == "zh" else field.description)


def _commands(language: str) -> Iterator[str]:
    yield f"## {_say('commands', language)}"
    yield _say("commands-note", language)
    command_line: Any = typer.main.get_command(build())
    rows = [f"| `hub {name}` | {_cell(getattr(TEXTS[f'command-{key}'], language))} | {_parameters(command_line, name, language)} |"
            for name, key in command_names()]  # fmt: skip
    yield _table(_say("commands-head", language), rows)


def command_names() -> list[tuple[str, str]]:
    """Every command as it is typed after `hub`, and the key of its text."""
    top = [(command.name, command.name) for command in TOP]
    return top + [(f"{group} {command.name}", f"{group}-{command.name}") for group, commands in GROUPS for command in commands]


def _parameters(command_line: Any, name: str, language: str) -> str:
    command = command_line
    for part in name.split():
        command = command.commands[part]
    shown = [_parameter(one, language) for one in command.params if one.name not in ("config", "language", "as_json", "help")]
    return "<br>".join(shown)


def _parameter(one: Any, language: str) -> str:
    name = one.opts[0] if one.param_type_name == "option" else f"<{one.name}>"
    english, _, chinese = (one.help or "").partition(" · ")
    return f"`{name}` {_cell(chinese if language == 'zh' else english)}"


def _errors(language: str) -> Iterator[str]:
    yield f"## {_say('errors', language)}"
    said = sentences()
    codes = [(code, kind) for code, kind in error_codes().items() if code in said]
    rows = [f"| `{code}` | {_kind(kind)} | {_cell(getattr(said[code], language))} |" for code, kind in codes]
    yield _table(_say("errors-head", language), rows)


def _kind(error: type[HubError]) -> str:
    return next((kind.__name__ for kind in error.__mro__ if kind.__name__ in KINDS), "")


def below(kind: type[HubError]) -> Iterator[type[HubError]]:
    """Every class that inherits from a kind of error."""
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def _table(head: str, rows: Sequence[str]) -> str:
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", "<br>")


def _say(key: str, language: str) -> str:
    return str(getattr(WORDS[key], language))


def main() -> None:
    """Write both pages."""
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
