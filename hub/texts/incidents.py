"""What an incident says: what happened, and what to do."""

from __future__ import annotations

from hub.texts.text import Text

INCIDENTS: dict[str, Text] = {
    "incident-credentials-rejected": Text("系统“{system}”不接受当前凭据,已停止,不再登录:{words}。请更换凭据,然后运行 hub system resume {system}。", "System '{system}' rejects our credentials and is stopped, no login is tried again: {words}. Put in new ones, then `hub system resume {system}`."),
    "incident-account-set-differs": Text("系统“{system}”的账套是“{found}”,配置为“{expected}”,不写入。请核对是否连到测试账套。", "System '{system}' is account set '{found}', not '{expected}' as configured; nothing is written. Check whether it is the test account set."),
    "incident-target-unreachable": Text("写不进系统“{system}”:{what}。消息在总线上等待,恢复后自动继续。请检查该系统和网络。", "System '{system}' cannot be written to: {what}. Messages wait on the bus and go on by themselves. Check the system and the network."),
    "incident-source-unreachable": Text("读不到系统“{system}”的“{entity}”:{what}。恢复后从断点继续。请检查该系统和网络。", "'{entity}' of system '{system}' cannot be read: {what}. Reading goes on from where it was. Check the system and the network."),
    "incident-still-in-doubt": Text("系统“{system}”是否已写入“{key}”一直无法确认。请在该系统中查找此单据。", "Whether system '{system}' has written '{key}' cannot be found out. Look for the document there."),
    "incident-document-refused": Text("系统“{system}”拒绝了“{key}”:“{words}”。请该系统负责人处理后放行。", "System '{system}' refused '{key}': '{words}'. Whoever is responsible for it mends the cause and releases it."),
    "incident-document-delayed": Text("系统“{system}”多次未能接收“{key}”:{what}。仍在自动重试,请检查该单据是否被占用。", "System '{system}' has put '{key}' off many times: {what}. It is tried on; check whether somebody keeps the document locked there."),
    "incident-code-not-learned": Text("系统“{system}”把“{key}”建为“{local}”,但编码对照未能记录:{why} 请主数据管理员更正对照,否则引用它的单据会一直等待。", "System '{system}' made '{key}' as '{local}', but the dictionary could not note it: {why_en} The steward mends the cross-references; documents that refer to it wait until then."),
    "incident-document-doubled": Text("系统“{system}”中“{key}”有 {count} 张单据:{numbers}。请在该系统作废多余的单据。", "System '{system}' holds {count} documents of '{key}': {numbers}. Cancel the ones too many there."),
    "incident-document-set-back": Text("系统“{system}”中“{key}”不是我们最后写入的状态,已重新写入最新状态。请查明是谁改动。", "'{key}' in system '{system}' is not what we wrote last; the newest state is written again. Find out who changed it."),
    "incident-too-many-errors": Text("系统“{system}”最近 {count} 条消息有 {wrong} 条出错,已暂停处理。多半是映射或配置有误,请更正后重启;若数据确实如此,请运行 hub system resume {system},出错的转为待处理。", "{wrong} of the last {count} messages of system '{system}' are wrong; it is paused. Most likely a mapping or setting is wrong: mend it and restart. If the data really are like that, `hub system resume {system}` goes on and holds what is wrong."),
    "too-many-errors": Text("最近 {count} 条消息有 {wrong} 条出错,已暂停。请更正映射或配置。", "{wrong} of the last {count} messages are wrong; paused. Mend the mapping or the settings."),
    "incident-version-conflict": Text("系统“{system}”的 {entity}“{key}”版本 {revision} 有两种内容,以先到的为准。请核对。", "{entity} '{key}' of system '{system}' came with two contents as version {revision}; the first stands. Compare it."),
    "incident-waits-for-each-other": Text("以下消息互相等待:{members}。请放行或丢弃其中一条。", "These messages wait for each other: {members}. Release or discard one of them."),
    "incident-loop-failing": Text("环节“{loop}”反复出错:{what}。消息未丢失,仍在重试。请联系支持。", "Loop '{loop}' fails again and again: {what}. Nothing is lost, it is tried on. Call support."),
}
