"""Sentences about entities that do not fit the model or break a rule of behaviour."""

from __future__ import annotations

from hub.texts.text import Text

MODEL: dict[str, Text] = {
    "rule-broken": Text("{key}:内容自相矛盾。请在来源系统更正。", "{key} contradicts itself. Correct it in the source system."),
    "unknown-entity": Text("没有名为“{name}”的实体。可用的有:{known}。", "There is no entity named '{name}'. Known ones: {known}."),
    "model-violated": Text(
        "{entity} 有 {count} 处不符合模型:{zh}。请在来源系统更正数据,或由 IT 修改映射文件后重发。",
        "{entity} does not fit the model in {count} places: {en}. Correct it in the source system, or mend the mapping file, and send it again.",
    ),
    "model.missing": Text("缺少必填字段“{path}”", "the field '{path}' is missing"),
    "model.unknown-field": Text("字段“{path}”(值“{value}”)不在模型中", "the field '{path}' (value '{value}') is not in the model"),
    "model.not-one-of": Text("“{path}”的值“{value}”不在允许范围:{expected}", "'{path}' is '{value}', which is none of {expected}"),
    "model.json-broken": Text("不是有效的 JSON:{error}", "it is not valid JSON: {error}"),
    "model.empty": Text("“{path}”不能为空", "'{path}' is empty"),
    "model.no-rows": Text("“{path}”至少需要 {min_length} 行", "'{path}' needs at least {min_length} row"),
    "model.not-a-number": Text("“{path}”的值“{value}”不是数字", "'{path}' is '{value}', which is not a number"),
    "model.too-many-digits": Text(
        "“{path}”的值“{value}”位数过多(最多 28 位,小数 12 位)", "'{path}' is '{value}', which has more than 28 digits or 12 decimal places"
    ),
    "model.not-a-time": Text("“{path}”的值“{value}”不是 ISO 8601 时间", "'{path}' is '{value}', which is not an ISO 8601 time"),
    "model.time-without-zone": Text("“{path}”的时间“{value}”没有时区", "'{path}' is '{value}', a time without a zone"),
    "model.order-line-twice": Text("“{path}”中同一订单行出现两次", "'{path}' names an order line twice"),
    "model.wrong-form": Text("“{path}”的值“{value}”格式不符({pattern})", "'{path}' is '{value}', which has not the form {pattern}"),
    "model.too-long": Text("“{path}”超过 {max_length} 个字符", "'{path}' is longer than {max_length} characters"),
    "model.too-small": Text("“{path}”的值“{value}”过小", "'{path}' is '{value}', which is too small"),
    "model.not-whole": Text("“{path}”的值“{value}”不是整数", "'{path}' is '{value}', which is not a whole number"),
    "model.not-yes-no": Text("“{path}”的值“{value}”不是 true 或 false", "'{path}' is '{value}', which is neither true nor false"),
    "model.not-a-date": Text("“{path}”的值“{value}”不是日期(年-月-日)", "'{path}' is '{value}', which is not a date (year-month-day)"),
    "model.not-text": Text("“{path}”的值“{value}”不是文本", "'{path}' is '{value}', which is not text"),
    "model.not-rows": Text("“{path}”的值“{value}”不是列表", "'{path}' is '{value}', which is not a list"),
    "model.not-an-object": Text("“{path}”的值“{value}”不是对象", "'{path}' is '{value}', which is not an object"),
    "model.plant-undeclared": Text(
        "工厂字段“{path}”(值“{value}”)未在 mappings/fields.yaml 中声明",
        "the plant's field '{path}' (value '{value}') is not declared in mappings/fields.yaml",
    ),
    "model.plant-wrong-type": Text("工厂字段“{path}”的值“{value}”不是 {type}", "the plant's field '{path}' is '{value}', which is not {type}"),
    "model.other": Text("“{path}”的值“{value}”有误:{words}", "'{path}' is '{value}': {words}"),
    "plant-fields-wrong": Text("{file} 第 {line} 行:{zh}。", "{file}, line {line}: {en}."),
    "plant.yaml-broken": Text("不是有效的 YAML:{words}", "it is not valid YAML: {words}"),
    "plant.not-fields": Text("应为 fields: 加字段列表", "it should be 'fields:' and a list of fields"),
    "plant.key-twice": Text("“{key}”出现两次", "'{key}' is written twice"),
    "plant.row-wrong": Text("{words_zh}", "{words_en}"),
    "plant.unknown-entity": Text("没有名为“{entity}”的实体。可用的有:{known}", "there is no entity named '{entity}'. Known ones: {known}"),
    "plant.declared-twice": Text("{entity} 的字段“{name}”声明了两次", "the field '{name}' of {entity} is declared twice"),
    "plant.name-taken": Text(
        "“{name}”已是 {entity} 的标准字段,请直接映射到该字段", "'{name}' is a field of {entity} already; map to that one"
    ),
    "plant.name-denied": Text(
        "“{name}”像是价格、联系方式或薪资,不能放在 MES 可见的 {entity} 上;请放到商务实体",
        "'{name}' reads like a price, a contact or pay, and a MES may see {entity}; put it on a commercial entity",
    ),
    "quantities-disagree": Text(
        "{key}:加工数量“{processed}”不等于 合格+让步+报废+返工+返修 之和“{sum}”(B1)。请在 MES 中核对该报工单并更正。",
        "{key}: processed '{processed}' is not the sum '{sum}' of good, concession, scrap, rework and repair (B1). Check the report in the MES and correct it.",
    ),
    "times-impossible": Text(
        "{key}:时间不合理:{zh}(B11)。数量照常计入,不计入时间类指标;请核对来源系统的时钟或录入。",
        "{key}: impossible times: {en} (B11). Quantities count, time figures leave it out; check the source's clock or the entry.",
    ),
    "times.end-early": Text("{end}“{ended}”早于 {start}“{began}”", "{end} '{ended}' is before {start} '{began}'"),
    "times.in-future": Text("{field}“{time}”晚于当前时间“{now}”", "{field} '{time}' is later than now, '{now}'"),
    "times.shift-too-long": Text("一个班次内 {hours} 小时", "{hours} hours on one shift"),
    "times.minutes-too-many": Text("人员“{person}”{minutes} 分钟", "{minutes} minutes of person '{person}'"),
    "count-broken": Text(
        "{key}:“{path}”为“{value}”,计数单位“{unit}”不允许小数(B33)。请更正数量,或在物料上允许小数。",
        "{key}: '{path}' is '{value}', but the count unit '{unit}' allows no fraction (B33). Correct the quantity, or let the material have fractions.",
    ),
    "quantity-negative": Text(
        "{key}:“{path}”为负数“{value}”。更正须用冲销单(写明被冲销的单号),请在来源系统更正。",
        "{key}: '{path}' is negative: '{value}'. Corrections are reversals that name what they reverse; correct it in the source system.",
    ),
    "reversal-not-negative": Text(
        "{key}:冲销单的“{path}”为“{value}”,应为负数(B13)。请检查映射或来源系统。",
        "{key}: '{path}' of a reversal is '{value}' and must be negative (B13). Check the mapping or the source system.",
    ),
    "header-differs-from-lines": Text(
        "{key}:表头“{path}”为“{header}”,各行合计“{lines}”,相差“{difference}”。不会自动分摊,请在来源系统更正。",
        "{key}: the header's '{path}' is '{header}', its lines add up to '{lines}', a difference of '{difference}'. It is not spread; correct it in the source system.",
    ),
    "transition-forbidden": Text(
        "{key}:状态不能从“{before}”变为“{after}”,已暂停传递。如属误改,请在来源系统改回;如确需恢复,请新建单据;各方都已确认要原单恢复的,可放行本条。",
        "{key}: the state cannot go from '{before}' to '{after}', so it went no further. If it is a mistake, put it back in the source system; if it is meant to return, make a new document; where everybody has agreed that this very one returns, release it.",
    ),
}
