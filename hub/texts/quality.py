"""The scorecard: what its figures are called, and what is said of a row that spoils one."""

from __future__ import annotations

from hub.texts.text import Text

QUALITY: dict[str, Text] = {
    "quality-figure-completeness": Text("完整率", "completeness"),
    "quality-figure-structured": Text("结构化录入率", "structured entry"),
    "quality-figure-uniqueness": Text("唯一性", "uniqueness"),
    "quality-figure-validity": Text("规范性", "validity"),
    "quality-figure-consistency": Text("一致性", "consistency"),
    "quality-figure-timeliness": Text("时效性(15 分钟内)", "timeliness (within 15 minutes)"),
    "quality-figure-wild": Text("每千条消息中的野生数据", "wild data per 1,000 messages"),
    "quality-attribute-empty": Text("“{code}”缺少属性 {attribute}。请补填。", "'{code}' lacks the attribute {attribute}. Fill it in."),
    "quality-name-empty": Text("“{code}”没有名称({language})。请补填。", "'{code}' has no name ({language}). Fill it in."),
    "quality-invalid": Text("{zh}", "{en}"),
    "quality-reference-missing": Text("“{code}”的 {attribute} 是“{value}”,字典中没有这个{of}。请更正。", "{attribute} of '{code}' is '{value}', which is no {of} of the dictionary. Correct it."),
    "quality-twice": Text("“{code}”可能与 {others} 重复。请核对后合并。", "'{code}' may be the same as {others}. Compare them, and merge what is the same."),
    "quality-not-coded": Text("“{key}”应填代码的 {field} 为空。请在现场用选择代替手写。", "{field} of '{key}' should be a code and is empty. Let it be chosen on the floor instead of written."),
    "quality-late": Text("“{key}”在发生 {minutes} 分钟后才报来。", "'{key}' was told {minutes} minutes after it had happened."),
    "quality-differs": Text("“{key}”的 {field}:{system} 是“{theirs}”,字典是“{ours}”。请与归口方核对。", "{field} of '{key}': {system} has '{theirs}', the dictionary '{ours}'. Settle it with the owner."),
    "quality-wild": Text("“{key}”使用了未登记的{name}编码“{value}”。", "'{key}' used the {name} code '{value}', which nobody had registered."),
}
