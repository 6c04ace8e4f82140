"""What a cleaning says: its refusals, and why a person must look at a cluster."""

from __future__ import annotations

from hub.texts.text import Text

CLEANING: dict[str, Text] = {
    "no-such-cleaning": Text("没有编号为“{cleaning}”的清洗。请用 hub clean list 查看。", "There is no cleaning '{cleaning}'. Look at `hub clean list`."),
    "no-such-cluster": Text("清洗“{cleaning}”中没有编号为“{cluster}”的组。", "The cleaning '{cleaning}' has no cluster '{cluster}'."),
    "cluster-decided": Text("组“{cluster}”已处理({state}),不能再改。请先驳回其申请。", "The cluster '{cluster}' has been decided ({state}) and cannot be changed. Refuse its proposal first."),
    "listed-twice": Text("系统“{system}”的清单中,编码“{local}”出现了两次。请在清单中去重。", "The list of '{system}' names the code '{local}' twice. Take one of them out."),
    "doubt-two-codes": Text("两个已有编码看来是同一物", "two existing codes seem to be one thing"),
    "doubt-twice": Text("同一系统中出现了两次", "one system has it twice"),
}
