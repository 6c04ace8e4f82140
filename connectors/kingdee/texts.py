"""What people read about this connector."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import Text

TEXTS: Mapping[str, Text] = {
    "kingdee-server-unwell": Text("{system}(金蝶云星空)暂时不正常:“{words}”。稍后自动重试。", "{system} (K3Cloud) is not well for now: '{words}'. It is tried again by itself."),
    "kingdee-document-locked": Text("{system}:单据被他人占用(网络控制):“{words}”。稍后自动重试;若一直如此,请在金蝶“网络控制管理”中解除。", "{system}: somebody has the document open (network control): '{words}'. It is tried again; if it stays so, free it in K3Cloud's network control."),
    "kingdee-document-moved": Text("{system}:“{what}”之前,单据状态已被他人改变。稍后按最新状态重试。", "{system}: somebody changed the document's state just before '{what}'. It is tried again from what stands there now."),
    "kingdee-calls-limited": Text("{system}:超过调用次数限制:“{words}”。稍后自动重试;若频繁出现,请降低调用频率。", "{system}: too many calls: '{words}'. It is tried again; if it happens often, lower the pace."),
    "kingdee-session-lost": Text("{system}:登录会话已丢失:“{words}”。稍后重新登录。", "{system}: the session was lost: '{words}'. It logs in again after a pause."),
    "kingdee-licence-missing": Text("{system}:金蝶许可不足:“{words}”。请管理员释放或增加许可。", "{system}: no free K3Cloud licence: '{words}'. Ask the administrator to free or add one."),
    "kingdee-answer-unclear": Text("{system} 对“{what}”的答复不明:“{words}”。可能已写入,稍后查询核实。", "{system} gave no clear answer to '{what}': '{words}'. It may have been done; it is asked after settling."),
    "kingdee-nothing-done": Text("{system} 对“{what}”答复成功,但回读单据未见变化。稍后查询核实。", "{system} answered '{what}' with success, but reading back shows no change. It is asked after settling."),
    "kingdee-account-set-unknown": Text("{system} 的服务器没有账套“{acct_id}”。请核对 acct_id 与服务器地址。", "The server of {system} has no account set '{acct_id}'. Check acct_id and the address."),
    "kingdee-wrong-account-set": Text("{system} 连到的账套是“{actual}”,配置的是“{configured}”。未写入任何数据;请核对是测试账套还是正式账套。", "{system} is the account set '{actual}', configured is '{configured}'. Nothing was written; check whether it is the test or the live one."),
}
