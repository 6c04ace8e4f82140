"""The sentences about messages on the road: why one waits, and what to do."""

from __future__ import annotations

from hub.texts.text import Text

PIPELINE: dict[str, Text] = {
    "unreadable-record": Text("系统“{system}”发来的内容无法解析:{what}。请让该系统重新发送,或丢弃并注明原因。", "What system '{system}' sent cannot be read: {what}. Have it sent again, or discard it with a reason."),
    "organisation-unknown": Text("系统“{system}”的组织“{organisation}”未配置。请在该系统的 organisations 中补充。", "Organisation '{organisation}' of system '{system}' is not configured. Add it to the system's organisations."),
    "field-not-owned": Text("系统“{system}”改动了不归它管的字段“{fields}”({entity} {key})。请在归口系统“{owner}”修改,或恢复原值。", "System '{system}' changed '{fields}' of {entity} '{key}', which it does not own. Change it in '{owner}', or put the old value back."),
    "entity-not-owned": Text("系统“{system}”不归口管理“{entity}”({key})。请检查边界设置。", "System '{system}' has nothing to say about {entity} '{key}'. Check the boundaries."),
    "deleted-at-source": Text("系统“{system}”删除了 {entity}“{key}”,而 {targets} 中已有此单据。请在 {targets} 中作废或关闭它,然后丢弃本条并注明原因;若为误删,请在“{system}”恢复。", "System '{system}' has deleted {entity} '{key}', which {targets} holds. Cancel or close it in {targets}, then discard this with a reason; if it was deleted by mistake, restore it in '{system}'."),
    "must-not-receive": Text("“{entity}”的“{fields}”不得发往系统“{target}”。请修正映射。", "'{fields}' of {entity} must never reach system '{target}'. Mend the mapping."),
    "change-outdated": Text("系统“{system}”的 {entity}“{key}”是在版本 {base} 上修改的,而最新版本已是 {last}。请在来源系统打开最新版本重新修改;确认要覆盖最新版本时才放行。", "{entity} '{key}' of system '{system}' was changed from version {base}, but version {last} has come since. Open the newest version there and make the change again; release this one only if it shall undo the newest."),
    "not-foreseen": Text("处理“{what}”时程序出错:{error}。消息已保留,请 IT 检查映射或联系支持,更正后放行。", "Our program failed at '{what}': {error}. The message is kept; have IT check the mapping or call support, then release it."),
    "code-too-long": Text("系统“{system}”在{field}编码的位置给出了 {length} 个字符(“{value}…”),不是编码。请在该系统更正后重新发送。", "System '{system}' gives {length} characters where a {field} code belongs ('{value}…'). Correct it there and send it again."),
    "unknown-code": Text("系统“{system}”的{kind}编码“{value}”不在编码对照中。请主数据管理员在待办编码中答复。", "The {kind} code '{value}' of system '{system}' is not in the dictionary. The data steward answers it in the inbox."),
    "waits-for": Text("等待:{what}。", "Waits for: {what}."),
    "cause-code": Text("{system} 的{name}编码“{value}”(请主数据管理员在待办编码中答复:hub code inbox)", "the {name} code '{value}' of {system} (the data steward answers it: hub code inbox)"),
    "cause-target-code": Text("{name}“{value}”在 {system} 中还没有编码", "{system}'s own code of {name} '{value}'"),
    "cause-target-state": Text("{name}“{value}”在 {system} 中审核、分配或启用", "{name} '{value}' to be audited, assigned or enabled in {system}"),
    "cause-conversion": Text("单位换算 {value}(物料“{name}”;空表示通用系数):请主数据管理员提出并由另一人批准换算系数", "the unit conversion {value} of material '{name}' (empty: a general one): the data steward proposes the factor, another person approves it"),
    "cause-document": Text("{system} 提到的 {name}“{value}”", "the {name} '{value}' that {system} speaks of"),
    "cause-target-document": Text("{name}“{value}”在 {system} 中建立(并审核)", "{name} '{value}' to be there (and audited) in {system}"),
    "cause-time": Text("到 {value} 自动重试", "the time {value}, then it is tried again"),
    "cause-period": Text("{system} 的会计期间:{value}", "the accounting period of {system}: {value}"),
    "cause-person": Text("人工处理", "a person"),
    "system-stopped": Text("系统“{system}”已停止:{what}。", "System '{system}' is stopped: {what}."),
    "version-conflict": Text("系统“{system}”的 {entity}“{key}”版本 {revision} 出现两种内容,以先到的为准。请核对该记录。", "{entity} '{key}' of system '{system}' came with two contents under version {revision}; the first one stands. Compare the record."),
}
