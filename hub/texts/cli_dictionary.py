"""What the commands of the dictionary are called: `hub code used`, `hub quality`, and their options and columns."""

from __future__ import annotations

from hub.texts.text import Text

CLI_DICTIONARY: dict[str, Text] = {
    "command-code-used": Text("编码用在何处,处置后会怎样", "where a code is used, and what becomes of each use"),
    "command-quality": Text("主数据质量记分卡", "the scorecard of the dictionary"),
    "command-quality-show": Text("各项指标与目标", "every figure with its target"),
    "command-quality-rows": Text("某指标背后的问题行", "the rows that spoil a figure"),
    "command-quality-trend": Text("某指标的逐日变化", "a figure day by day"),
    "command-unit": Text("计量单位", "units"),
    "command-unit-list": Text("字典中的单位", "list the units of the dictionary"),
    "command-unit-factors": Text("换算系数", "the factors of a material, or the general ones"),
    "command-unit-convert": Text("精确换算一个数量", "what a quantity is in another unit, exactly"),
    "command-unit-add": Text("申请新增换算系数", "propose a factor"),
    "option-from-unit": Text("从单位", "unit"), "option-to-unit": Text("到单位", "other unit"),
    "option-quantity": Text("数量", "quantity"), "option-factor": Text("系数(20、1/3、0.5)", "factor: 20, 1/3, 0.5"),
    "option-material": Text("物料编码;空表示通用", "material; empty: general"),
    "column-dimension": Text("量纲", "dimension"), "column-factor": Text("系数", "factor"),
    "option-figure": Text("指标(completeness、validity 等)", "figure: completeness, validity, …"),
    "option-steward": Text("责任人", "whose codes"),
    "column-steward": Text("责任人", "steward"), "column-target": Text("目标", "target"), "column-good-of": Text("合格/总数", "good of"),
    "column-reached": Text("达标", "reached"), "column-examples": Text("例如", "such as"), "column-merged": Text("并入后", "when merged"),
    "column-blocked": Text("冻结后", "when blocked"), "column-retired": Text("停用后", "when retired"),
}
