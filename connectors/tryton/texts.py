"""What people read about this connector."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import Text

TEXTS: Mapping[str, Text] = {
    "tryton-server-unwell": Text("{system}(Tryton)暂时不正常:“{words}”。稍后自动重试;若一直如此,请检查服务器与数据库名称。", "{system} (Tryton) is not well for now: '{words}'. It is tried again by itself; if it stays so, check the server and the database's name."),
    "tryton-record-busy": Text("{system}:记录同时被他人修改:“{words}”。稍后自动重试。", "{system}: somebody changed the record at the same time: '{words}'. It is tried again by itself."),
    "tryton-logins-limited": Text("{system}:登录次数过多,Tryton 暂时拒绝登录:“{words}”。请等待,并核对用户与密码。", "{system}: too many logins, Tryton refuses them for a while: '{words}'. Wait, and check user and password."),
    "tryton-session-lost": Text("{system}:登录会话已丢失:“{words}”。稍后重新登录。", "{system}: the session was lost: '{words}'. It logs in again after a pause."),
    "tryton-components-short": Text("{system}:生产单“{number}”的组件库存不足,未能预留。补货后自动继续;若不检查库存,请设置 assign: force。", "{system}: components of production '{number}' are short in stock, so it was not assigned. It goes on by itself once they are there; to start without stock set assign: force."),
    "tryton-answer-unclear": Text("{system} 对“{what}”的答复不明:“{words}”。可能已写入,稍后查询核实。", "{system} gave no clear answer to '{what}': '{words}'. It may have been done; it is asked after settling."),
    "tryton-nothing-done": Text("{system} 对“{what}”答复成功,但回读记录未见变化。稍后查询核实。", "{system} answered '{what}' with success, but reading back shows no change. It is asked after settling."),
    "tryton-no-such-record": Text("{system} 中没有 {field} 为“{value}”的 {model}。请在 Tryton 中建立,或修正对照代码。", "{system} has no {model} whose {field} is '{value}'. Make it in Tryton, or mend the cross-reference."),
    "tryton-sale-not-open": Text("{system}:销售订单“{number}”状态为“{state}”,确认后不能再改。请由 Tryton 的人员决定:手工修改,或退回并重开订单。", "{system}: sale '{number}' is '{state}'; it cannot be changed after confirmation. A person at Tryton decides: change it by hand, or return it and order anew."),
    "tryton-reversal-by-hand": Text("{system}:入库“{key}”是冲销,Tryton 的生产单不能退回产出。请在 Tryton 中手工处理库存,然后放弃此消息。", "{system}: receipt '{key}' is a reversal; a production in Tryton cannot take output back. Correct the stock by hand in Tryton, then discard this message."),
    "tryton-unit-differs": Text("{system}:入库单位“{unit}”与生产单“{number}”的单位“{expected}”不同。请修正单位对照或换算。", "{system}: the receipt's unit '{unit}' is not the unit '{expected}' of production '{number}'. Mend the unit's cross-reference or conversion."),
}
