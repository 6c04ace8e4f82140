"""The sentences about mapping files, routes and boundaries, and about records that a rule cannot map."""

from __future__ import annotations

from hub.texts.text import Text

_ZH = "(规则 {rule},目标“{to}”;本记录共有 {count} 条规则失败)"
_EN = "(rule {rule}, to '{to}'; failed rules in this record: {count})"

MAPPING: dict[str, Text] = {
    # files: nothing starts
    "mappings-wrong": Text("映射文件共有 {count} 处错误,请全部改正后再启动:", "The mapping files have {count} mistake(s). Mend them all, then start again:"),
    "yaml-mistaken": Text("{place}:文件有误。请改正。", "{place}: the file is mistaken. Mend it."),
    "yaml-unreadable": Text("{place}:无法读取:{words}。请改为有效的 UTF-8 YAML 文件。", "{place}: cannot be read: {words}. Make it a valid YAML file in UTF-8."),
    "yaml-key-twice": Text("{place}:键“{name}”重复,首次在第 {first} 行。请删去一个。", "{place}: key '{name}' stands twice, first in line {first}. Take one out."),
    "yaml-key-unknown": Text("{place}:未知的键“{name}”。是否应为 {nearest}?请改正或删去。", "{place}: unknown key '{name}'. Did you mean {nearest}? Correct it or take it out."),
    "yaml-key-missing": Text("{place}:缺少“{name}”。请补上。", "{place}: '{name}' is missing. Add it."),
    "yaml-type-wrong": Text("{place}:“{name}”应为 {wanted},现为“{value}”。请改正。", "{place}: '{name}' must be {wanted}, and is '{value}'. Correct it."),
    "yaml-name-unknown": Text("{place}:{what} 中没有“{name}”。是否应为 {nearest}?", "{place}: there is no {what} '{name}'. Did you mean {nearest}?"),
    "rule-source-unclear": Text(
        "{place}:from、const、expr 须恰好给出一个,现为:{found}。请保留一个。", "{place}: give exactly one of from, const, expr; found: {found}. Keep one."
    ),
    "rule-translation-unclear": Text(
        "{place}:code、document、lookup 至多给出一个(unit 只可与 code: unit 同用,且不写 places),现为:{names}。请保留一个。",
        "{place}: give at most one of code, document, lookup (beside unit only code: unit, without places); found: {names}. Keep one.",
    ),
    "rule-target-twice": Text(
        "{place}:目标“{name}”与规则 {first} 冲突。一条规则对应一个目标;同一目标须各有 when。",
        "{place}: target '{name}' collides with rule {first}. One rule, one target; the same target needs a 'when' in each of its rules.",
    ),
    "rule-path-wrong": Text("{place}:“{name}”的路径“{value}”无效。例:a.b[0].c、$.a、['a.b']。", "{place}: '{value}' is no path for '{name}'. Write it like a.b[0].c, $.a or ['a.b']."),
    "rule-expression-wrong": Text("{place}:“{name}”的表达式“{value}”有误:{words}。请改正。", "{place}: the expression '{value}' of '{name}' is wrong: {words}. Correct it."),
    "rule-parameter-wrong": Text("{place}:转换“{name}”的参数“{value}”缺失或有误。参数为:{known}。", "{place}: parameter '{value}' of conversion '{name}' is lacking or wrong. It takes: {known}."),
    "yaml-misplaced": Text("{place}:文件名与内容不符。请改名为 {wanted},或改正 entity 与 direction。", "{place}: the name does not say what is inside. Name it {wanted}, or correct entity and direction."),
    "case-outcome-unclear": Text(
        "{place}:expect、error、missing、skipped 须恰好给出一个,现为:{found}。请保留一个。", "{place}: give exactly one of expect, error, missing, skipped; found: {found}. Keep one."
    ),
    "case-not-covered": Text("规则 {rule}(目标“{to}”)的“{part}”没有用例覆盖。请补充用例。", "no case exercises '{part}' of rule {rule} (to '{to}'). Add a case."),
    "role-ambiguous": Text(
        "{place}:组织“{organisation}”中有多个系统担任“{role}”:{systems}。请在路由中直接写系统名。",
        "{place}: several systems play '{role}' for organisation '{organisation}': {systems}. Name the system in the route.",
    ),
    "role-unplaced": Text(
        "{place}:“{name}”未说明角色“{role}”。请列入 owner、may_request、receives 或 never。",
        "{place}: '{name}' does not say what role '{role}' may. Put it under owner, may_request, receives or never.",
    ),
    "owner-contradicted": Text("{place}:“{role}”既为所有者或可接收方,又列在 never 中。请只保留一处。", "{place}: '{role}' owns, asks for or receives this and is also in 'never'. Keep one of them."),
    # records: held
    "mapping-failed": Text("“{path}”的值“{value}”无法转换:{words}" + _ZH + "。请在源系统改正,或修改规则。", "'{value}' at '{path}' cannot be converted: {words} " + _EN + ". Correct it in the source, or change the rule."),
    "not-a-number": Text("“{path}”的值“{value}”不是数字" + _ZH + "。请在源系统改正。", "'{value}' at '{path}' is not a number " + _EN + ". Correct it in the source."),
    "not-whole": Text("“{path}”的值“{value}”不是整数" + _ZH + "。请在源系统改正。", "'{value}' at '{path}' is not a whole number " + _EN + ". Correct it in the source."),
    "not-a-boolean": Text("“{path}”的值“{value}”既非是也非否" + _ZH + "。请在源系统改正。", "'{value}' at '{path}' is neither true nor false " + _EN + ". Correct it in the source."),
    "not-a-time": Text("“{path}”的值“{value}”不是有效的日期或时间" + _ZH + "。请在源系统改正。", "'{value}' at '{path}' is no valid date or time " + _EN + ". Correct it in the source."),
    "zone-unknown": Text("“{path}”的值“{value}”没有时区,且系统时区“{zone}”无效" + _ZH + "。请在系统配置中设置时区。", "'{value}' at '{path}' has no zone, and the system's zone '{zone}' is unknown " + _EN + ". Set the system's zone."),
    "not-text": Text("“{path}”的值“{value}”不是文本" + _ZH + "。请修改规则的路径。", "'{value}' at '{path}' is not text " + _EN + ". Change the rule's path."),
    "not-a-list": Text("“{path}”的值“{value}”不是列表" + _ZH + "。请修改规则的路径。", "'{value}' at '{path}' is not a list " + _EN + ". Change the rule's path."),
    "not-an-object": Text("“{path}”中途的值“{value}”没有字段“{step}”" + _ZH + "。请修改规则的路径。", "on the way of '{path}', '{value}' has no field '{step}' " + _EN + ". Change the rule's path."),
    "not-in-table": Text("“{path}”的值“{value}”不在对照表中,表中有:{known}" + _ZH + "。请在源系统改正,或在规则的 lookup 中补充。", "'{value}' at '{path}' is not in the table, which has: {known} " + _EN + ". Correct it in the source, or add a row to the rule's lookup."),
    "empty-code": Text("“{path}”为空,此处需要“{kind}”编码" + _ZH + "。请在源系统填写,或在规则中用 default 允许为空。", "'{path}' is empty where a code of '{kind}' belongs " + _EN + ". Fill it in at the source, or allow it with the rule's default."),
    "not-a-quantity": Text("“{path}”的值“{value}”不是数量(应为 value 与 unit)" + _ZH + "。请修改规则的路径。", "'{value}' at '{path}' is no quantity, which has value and unit " + _EN + ". Change the rule's path."),
    "text-unfit": Text("“{path}”的值“{value}”不符合要求:{wanted}" + _ZH + "。请在源系统改正。", "'{value}' at '{path}' does not fit: {wanted} " + _EN + ". Correct it in the source."),
    "expression-failed": Text("“{path}”无法计算:{words}" + _ZH + "。请检查记录是否缺少字段,或修改表达式。", "'{path}' cannot be computed: {words} " + _EN + ". See whether the record lacks a field, or change the expression."),
    "field-absent": Text("“{path}”用到的字段“{name}”不在记录中" + _ZH + "。请在源系统补充,或修改表达式。", "'{path}' needs field '{name}', which the record has not " + _EN + ". Add it at the source, or change the expression."),
    "not-a-condition": Text("条件“{path}”的结果应为真或假,现为“{found}”" + _ZH + "。请修改表达式。", "condition '{path}' must be true or false, and is '{found}' " + _EN + ". Change the expression."),
    "operation-unclear": Text("operation 应为文本,现为“{value}”" + _ZH + "。请修改映射文件。", "the operation must be text, and is '{value}' " + _EN + ". Change the mapping file."),
    "context-unknown": Text("此处没有“@{name}”" + _ZH + "。请修改规则。", "there is no '@{name}' here " + _EN + ". Change the rule."),
}
