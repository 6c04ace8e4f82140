"""What the use cases say: refusals, states of holds, whom something is for, what the checks and the invariants find."""

from __future__ import annotations

from hub.texts.text import Text

REFUSALS: dict[str, Text] = {
    "refused-use": Text("无法按要求执行。请核对后重试。", "This cannot be done as asked. Check it and try again."),
    "no-such-hold": Text("没有编号为“{hold}”的待处理消息。请用 hub hold list 查看。", "There is no held message '{hold}'. Look at `hub hold list`."),
    "hold-closed": Text("待处理消息“{hold}”已结束({how}),无需再处理。", "The held message '{hold}' is closed ({how}); nothing more is needed."),
    "waits-for-more": Text("待处理消息“{hold}”仍在等待:{what_zh}。补齐后自动放行,或丢弃并注明原因。", "The held message '{hold}' still waits for {what}. It goes on by itself once that is there; or discard it with a reason."),
    "not-correctable": Text("待处理消息“{hold}”不是来源记录,不能更正重发。请在来源系统更正,或放行、丢弃。", "The held message '{hold}' is not a readable record of a source and cannot be corrected here. Correct it at its source, release or discard it."),
    "no-correction": Text("待处理消息“{hold}”没有待批准的更正。请用 hub hold show {hold} 查看。", "No correction of the held message '{hold}' waits for approval. Look at `hub hold show {hold}`."),
    "correction-open": Text("待处理消息“{hold}”已有“{by}”提出的更正待批准。请先批准或拒绝。", "A correction of the held message '{hold}', made by '{by}', waits for approval already. Approve or refuse it first."),
    "correction-own": Text("待处理消息“{hold}”的更正由“{by}”提出,须由另一人批准。", "The correction of the held message '{hold}' was made by '{by}'; another person must approve it."),
    "reason-needed": Text("必须注明原因。请填写原因后重试。", "A reason is needed. Give one and try again."),
    "no-such-incident": Text("没有编号为“{incident}”的未关闭事件。请用 hub incident list 查看。", "There is no open incident '{incident}'. Look at `hub incident list`."),
    "no-such-system": Text("没有系统“{system}”。已配置:{known}。", "There is no system '{system}'. Configured: {known}."),
    "system-not-stopped": Text("系统“{system}”没有停止,无需恢复。", "System '{system}' is not stopped; there is nothing to resume."),
    "nothing-found": Text("没有与“{number}”有关的记录。请核对单号,或先确认该系统已读取。", "Nothing is known about '{number}'. Check the number, and whether its system has been read."),
    "database-unreachable": Text("数据库“{database}”无法使用:{what}。请检查 database 的地址、账号、密码和网络。", "The database '{database}' cannot be used: {what}. Check address, user and password in 'database', and the network."),
    "connector-failed": Text("系统“{system}”的连接器程序出错:{what}。这是连接器自身的问题,请把这句话和日志交给它的开发方。", "The connector of system '{system}' failed: {what}. It is a fault of the connector itself: give this sentence and the log to whoever made it."),
    "tables-unknown": Text("数据库“{database}”的数据表属于其他版本的程序。请改用该版本,或换一个数据库。", "The tables of the database '{database}' belong to another release of the program. Run that release, or use another database."),
    "clock-differs": Text("本机与数据库“{database}”的时钟相差 {seconds} 秒,上限 {most} 秒,租约会出错。请在两台机器上校时(NTP)。", "Our clock and that of the database '{database}' differ by {seconds} s, {most} s are borne: leases would go wrong. Set both machines by a time server (NTP)."),
    "file-there": Text("文件“{file}”已存在,不会覆盖。请换一个文件夹,或先移走该文件。", "The file '{file}' exists and is never overwritten. Choose another folder, or move it away."),
    "factor-unreadable": Text("“{factor}”不是大于零的数。请写成 20、1/3 或 0.5。", "'{factor}' is no number greater than zero. Write it as 20, 1/3 or 0.5."),
    "not-converted": Text("没有从 {from_unit} 到 {to_unit} 的换算系数(物料“{material}”;{why})。请提出换算系数并由另一人批准。", "There is no factor from {from_unit} to {to_unit} for material '{material}' ({why}). Propose one, and have another person approve it."),
    "no-such-figure": Text("没有指标“{figure}”。可选:{known}。", "There is no figure '{figure}'. Known are {known}."),
    "change-unreadable": Text("变更申请的“{where}”有误:{what}。请更正后重新提交。", "The proposed change is wrong at '{where}': {what}. Correct it and propose again."),
}

WEB: dict[str, Text] = {
    "api-token-missing": Text("未配置 api_token,接口不开放。请在配置文件中设置 api_token 后重启。", "No api_token is configured, so nobody may call the API. Set api_token in the settings and restart."),
    "api-token-wrong": Text("缺少令牌或令牌不对。请在 Authorization 头中携带 Bearer 令牌。", "The token is missing or wrong. Send it in the Authorization header as a Bearer token."),
    "body-too-large": Text("请求超过 {limit} 字节。请分批推送,或调大 max_body_bytes。", "The body is larger than {limit} bytes. Push in smaller parts, or raise max_body_bytes."),
    "webhook-signature-wrong": Text("系统“{system}”的推送签名不对,已拒绝。请核对两边的密钥。", "The signature of this push from '{system}' is wrong; it was refused. Compare the secret on both sides."),
    "webhook-not-kept": Text("系统“{system}”的推送暂时无法保存。请稍后重发。", "The push from '{system}' cannot be kept just now. Send it again later."),
    "request-wrong": Text("请求的“{where}”有误:{what}。请更正后重试。", "The request is wrong at '{where}': {what}. Correct it and try again."),
    "idempotency-key-wrong": Text("Idempotency-Key“{key}”无效。请使用最多 {longest} 个可见 ASCII 字符。", "The Idempotency-Key '{key}' cannot be used: it has 1 to {longest} visible ASCII characters."),
    "idempotency-key-reused": Text("Idempotency-Key“{key}”已用于另一请求。请为每个请求使用新的键。", "The Idempotency-Key '{key}' belongs to another request. Use a new one for each request."),
    "idempotency-under-way": Text("键“{key}”的首个请求仍在处理。请稍后用同一个键重试。", "The first request under the key '{key}' is still being carried out. Send it again later under the same key."),
    "idempotency-outcome-unknown": Text("键“{key}”的首个请求没有得到答复,是否已执行不明。请先查看结果,需要时用新的键重发。", "The first request under the key '{key}' was never answered, and may have been carried out or not. Look first, then send it under a new key if it is needed."),
    "precondition-failed": Text("对象已被修改:您看到的是 {seen},现在是 {now}。请重新读取后再改。", "It was changed meanwhile: you saw {seen}, now it is {now}. Read it again before you change it."),
}

HOLDS: dict[str, Text] = {
    "hold-waiting": Text("等待", "waiting"),
    "hold-behind": Text("排在同一单据的前一条消息之后", "behind an earlier message of its lane"),
    "hold-ready": Text("即将处理", "about to go on"),
    "hold-correction-proposed": Text("“{by}”提出的更正待另一人批准:hub hold approve {hold}", "another person's approval of the correction by '{by}': hub hold approve {hold}"),
    "hold-closed-as": Text("已结束({how})", "closed ({how})"),
    "concerns-steward": Text("主数据管理员", "the data steward"),
    "concerns-it": Text("IT", "IT"),
    "concerns-system": Text("{system} 负责人", "whoever is responsible for {system}"),
    "hold-copied": Text(
        "【待处理 {id}】{entity} {key}({system})\n等待:{waits_for}\n负责:{concerns}\n自 {since} 起;其后 {behind} 条同单据消息、{documents} 条其他消息在等它。\n处理:hub hold show {id}",
        "[held {id}] {entity} {key} ({system})\nwaits for: {waits_for}\nfor: {concerns}\nsince {since}; {behind} messages behind it, {documents} others wait for it.\nsee: hub hold show {id}",
    ),
}

CHECKS: dict[str, Text] = {
    "check-files": Text("配置、映射、路由、边界均可用", "settings, mappings, routes and boundaries are good"),
    "check-no-systems": Text("尚未配置系统。请在 systems 中填写", "no systems are configured yet; fill in 'systems'"),
    "check-account-set": Text("已连接,账套“{found}”与配置一致", "connected, account set '{found}' is the configured one"),
    "check-account-set-open": Text("已连接,账套“{found}”。请填入 account_set,以免写错账套", "connected, account set '{found}'; put it into account_set, so that no other is ever written"),
    "check-database": Text("数据库“{database}”可用", "the database '{database}' answers"),
    "check-tables-present": Text("数据表为当前版本", "its tables are the present ones"),
    "check-tables-empty": Text("还没有数据表,首次启动时自动建立", "it has no tables yet; the first start makes them"),
    "check-tables-behind": Text("数据表为旧版本,下次启动时自动升级,请先备份", "its tables are older ones; the next start migrates them, so make a backup first"),
    "check-clock": Text("与数据库的时钟相差 {seconds} 秒", "its clock and ours differ by {seconds} s"),
    "check-bus": Text("Kafka“{bus}”可用", "Kafka at '{bus}' answers"),
    "check-topics": Text("{count} 个主题齐全,分区数与配置一致", "all {count} topics are there, with as many partitions as configured"),
    "check-topics-missing": Text("{count} 个主题中还缺 {missing} 个,首次启动时或用 hub topics create 建立", "{missing} of {count} topics are not there yet; the first start or `hub topics create` makes them"),
    "check-readable": Text("可读,首页 {count} 条", "readable, {count} records on the first page"),
    "check-searchable": Text("可查询", "searchable"),
    "check-not-mapped": Text("没有映射文件读取它,将被忽略", "no mapping file reads it; it will be left out"),
    "check-mapped": Text("样本 {records} 条,映射出 {mapped} 条", "{records} sampled records became {mapped} canonical ones"),
    "check-mapped-missing": Text("样本 {records} 条,映射出 {mapped} 条;待答复编码 {count} 个:{codes}", "{records} sampled records became {mapped}; {count} codes to be answered: {codes}"),
    "level-files": Text("文件", "files"),
    "level-database": Text("数据库", "database"),
    "level-bus": Text("消息总线", "bus"),
    "level-connection": Text("连接与账套", "connection and account set"),
    "level-permissions": Text("权限", "permissions"),
    "level-mappings": Text("映射", "mappings"),
}

INVARIANTS: dict[str, Text] = {
    "verify-beyond-offset": Text("待处理消息 {id}({group},{topic},位移 {offset})超出已处理位移。请联系支持。", "Held message {id} ({group}, {topic}, offset {offset}) lies beyond what its group has done. Call support."),
    "verify-outbox-old": Text("发件箱第 {id} 条({topic})超过 60 秒未发布。请检查 housekeeping 环节是否在运行。", "Outbox row {id} ({topic}) has not been published for 60 s. Check that the housekeeping loop runs."),
    "verify-head-behind": Text("待处理消息 {id}({group})排在最前却无人唤醒。请联系支持。", "Held message {id} ({group}) is the head of its lane and nobody wakes it. Call support."),
    "verify-cause-gone": Text("待处理消息 {id} 等待的 {cause} 已具备超过 60 秒。请检查 housekeeping 环节是否在运行。", "Held message {id} waits for {cause}, which has been there for 60 s. Check that the housekeeping loop runs."),
    "verify-causeless": Text("待处理消息 {id}({group})没有等待原因。请放行。", "Held message {id} ({group}) waits for nothing. Release it."),
    "verify-open-twice": Text("“{document}”在 {target} 有 {count} 条未完成的写入记录。请联系支持。", "'{document}' has {count} open deliveries to {target}. Call support."),
    "verify-unconfirmed": Text("{system} 的 {entity}“{key}”版本 {revision} 已分配但未确认发布(已确认 {confirmed})。下次读取时会重发。", "Revision {revision} of {entity} '{key}' of {system} was given out and not confirmed (confirmed: {confirmed}). The next read publishes it again."),
    "verify-unheard-of": Text("{system} 的 {entity}“{key}”状态版本 {revision} 从未分配。请联系支持。", "The state of {entity} '{key}' of {system} has revision {revision}, which was never given out. Call support."),
    "verify-done-without-document": Text("写入记录 {id}({target},{document})已完成,但没有对应的单据记录。请用 hub message find 核对。", "Delivery {id} ({target}, {document}) is done, yet no such document is noted. Look with `hub message find`."),
    "verify-not-accounted": Text("{topic} 位移 {offset} 的“{key}”没有去向。请联系支持。", "'{key}' at {topic}, offset {offset}, is not accounted for. Call support."),
}

ENTITY_NAMES: dict[str, Text] = {
    "entity-organisation": Text("组织", "organisation"), "entity-person": Text("人员", "person"),
    "entity-customer": Text("客户", "customer"), "entity-customer_profile": Text("客户资料", "customer profile"),
    "entity-material": Text("物料", "material"), "entity-unit_conversion": Text("单位换算", "unit conversion"),
    "entity-lot": Text("批号", "lot"), "entity-serial": Text("序列号", "serial number"),
    "entity-operation": Text("工序", "operation"), "entity-work_center": Text("工作中心", "work centre"),
    "entity-reason_code": Text("原因代码", "reason code"), "entity-bom": Text("物料清单", "bill of materials"),
    "entity-routing": Text("工艺路线", "routing"), "entity-sales_order": Text("销售订单", "sales order"),
    "entity-production_plan": Text("生产计划", "production plan"), "entity-production_order": Text("生产工单", "production order"),
    "entity-job_order": Text("派工单", "dispatch job"), "entity-operation_report": Text("报工单", "operation report"),
    "entity-quality_inspection": Text("质量检验", "quality inspection"), "entity-nonconformance": Text("不合格品", "nonconformance"),
    "entity-equipment_status": Text("设备状态", "equipment status"), "entity-material_issue": Text("领料单", "material issue"),
    "entity-material_consumption": Text("物料耗用", "material consumption"), "entity-goods_receipt": Text("完工入库单", "goods receipt"),
    "entity-purchase_receipt": Text("采购入库单", "purchase receipt"), "entity-stock_balance": Text("库存余额", "stock balance"),
    "entity-shipment": Text("发货单", "shipment"), "entity-invoice": Text("发票", "invoice"), "entity-payment": Text("收款", "payment"),
    "entity-cost_actual": Text("实际成本", "actual cost"), "entity-order_progress": Text("订单进度", "order progress"),
}

SERVICES: dict[str, Text] = REFUSALS | WEB | HOLDS | CHECKS | INVARIANTS | ENTITY_NAMES
