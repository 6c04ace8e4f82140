"""The sentences of this connector's own error codes."""

from __future__ import annotations

from hub.sdk import Text

TEXTS: dict[str, Text] = {
    "mes-rest-rate-limited": Text(
        "{system} 请求过于频繁(HTTP 429):{what}。稍后自动重试。",
        "{system} says we ask too often (HTTP 429): {what}. It is tried again by itself.",
    ),
    "mes-rest-nothing-written": Text(
        "{system} 答复成功,但没有找到写入的内容:{what}。稍后查询核实。",
        "{system} answered success, and what we wrote is not there: {what}. It is asked again after settling.",
    ),
    "mes-rest-operation-unknown": Text(
        "“{resource}”不支持操作“{operation}”,只支持 upsert;暂停、取消和结案写在状态里。请修改映射文件。",
        "'{resource}' knows no operation '{operation}', only 'upsert'; hold, cancel and close are states. Change the mapping file.",
    ),
}
