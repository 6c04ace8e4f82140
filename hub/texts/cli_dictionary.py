"""What the commands of the dictionary are called: `hub code used`, `hub quality`, and their options and columns."""

from __future__ import annotations

from hub.texts.text import Text

CLI_DICTIONARY: dict[str, Text] = {
    "command-code-used": Text("编码用在何处,处置后会怎样", "where a code is used, and what becomes of each use"),
    "command-quality": Text("主数据质量记分卡", "the scorecard of the dictionary"),
    "command-quality-show": Text("各项指标与目标", "every figure with its target"),
    "command-quality-rows": Text("某指标背后的问题行", "the rows that spoil a figure"),
    "command-quality-trend": Text("某指标的逐日变化", "a figure day by day"),
    "option-figure": Text("指标(completeness、validity 等)", "figure: completeness, validity, …"),
    "option-steward": Text("责任人", "whose codes"),
    "column-steward": Text("责任人", "steward"), "column-target": Text("目标", "target"), "column-good-of": Text("合格/总数", "good of"),
    "column-reached": Text("达标", "reached"), "column-examples": Text("例如", "such as"), "column-merged": Text("并入后", "when merged"),
    "column-blocked": Text("冻结后", "when blocked"), "column-retired": Text("停用后", "when retired"),
}
