"""The sentences of the error codes that belong to no single package: what happened, and what to do."""

from __future__ import annotations

from hub.texts.text import Text

ERRORS: dict[str, Text] = {
    "hub-error": Text("出现错误。", "Something went wrong."),
    "config": Text("配置有误:{what}。{remedy}", "The configuration is wrong: {what}. {remedy}"),
    "transient": Text("{system} 暂时不可用:{what}。稍后自动重试。", "{system} cannot be reached for now: {what}. It is tried again by itself."),
    "in-doubt": Text("{system} 未答复,可能已写入:{what}。稍后查询核实。", "{system} did not answer and may have written: {what}. It is asked after settling."),
    "data": Text("数据有误:{what}。", "The data is wrong: {what}."),
    "unreachable": Text("{system} 无法连接:{what}。请核对地址与网络;中枢会自动重试。", "{system} cannot be reached: {what}. Check its address and the network; the hub tries again by itself."),
    "not-read-back": Text("{system} 已收到写入,但未能读回结果:{what}。稍后查询核实。", "{system} was sent the write, and what then stands there could not be read: {what}. It is asked after settling."),
    "no-answer": Text("{system} 未答复:{what}。可能已写入,稍后查询核实。", "{system} gave no answer: {what}. It may have been done; it is asked after settling."),
    "refused": Text("{system} 拒绝:“{words}”。请联系该系统负责人。", "{system} refused: '{words}'. Ask whoever is responsible for that system."),
    "credentials-rejected": Text(
        "{system} 不接受当前凭据:“{words}”。已停止该系统,请更换凭据后恢复。",
        "{system} rejects our credentials: '{words}'. The system is stopped; put in new credentials and resume it.",
    ),
}
