"""Writes the conversions' documentation from their table, for docs/mapping.md and docs/mapping.zh.md."""

from __future__ import annotations

import json
from typing import Any, Final

from hub.mapping.functions import CONVERSIONS, REQUIRED, Conversion, Example
from hub.texts import Text

_HEAD: Final = Text("| 转换 | 作用 | 参数 | 例 |", "| conversion | what it does | parameters | examples |")
_REFUSED: Final = Text("拒绝", "refused")


def functions_markdown(language: str) -> str:
    """A table of every conversion: name, what it does, parameters with their defaults, examples."""
    return "\n".join([_said(_HEAD, language), "|---|---|---|---|", *(_row(conversion, language) for conversion in CONVERSIONS.values())])


def _row(conversion: Conversion, language: str) -> str:
    shown = "<br>".join(_example(example, language) for example in conversion.examples[:4])
    return f"| `{conversion.name}` | {_said(conversion.about, language)} | {_parameters(conversion)} | {shown} |"


def _parameters(conversion: Conversion) -> str:
    parts = [f"`{name}`" + ("" if parameter.default is REQUIRED else f" = {_json(parameter.default)}")
             for name, parameter in conversion.parameters.items()]  # fmt: skip
    return ", ".join([*parts, f"`{conversion.asks}` = @{conversion.asks}"] if conversion.asks else parts)


def _example(example: Example, language: str) -> str:
    using = f" {{{', '.join(f'{name}: {value}' for name, value in example.using.items())}}}" if example.using else ""
    result = f"{_said(_REFUSED, language)} ({example.error})" if example.error else f"{_json(example.gives)}"
    return f"{_json(example.given)}{using} → {result}".replace("|", "\\|")


def _json(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _said(text: Text, language: str) -> str:
    return text.zh if language == "zh" else text.en
