"""The sentences of a code's life: status, proposals and their routes, merging and splitting."""

from __future__ import annotations

from hub.texts.text import Text

LIFE_OF_CODES: dict[str, Text] = {
    "code-merged": Text(
        "{kind} 编码 “{value}” 已合并到 “{winner}”。请改用 “{winner}”。",
        "The {kind} code '{value}' has been merged into '{winner}'. Use '{winner}' instead.",
    ),
    "code-not-released": Text(
        "{kind} 编码 “{value}” 尚未启用(状态 {status}),不能引用。请先完成审核并启用。",
        "The {kind} code '{value}' is not active yet (status {status}) and cannot be referred to. Have it reviewed and activated first.",
    ),
    "not-assigned": Text(
        "{kind} “{value}” 未分配给组织 “{organisation}”(已分配:{assigned})。请先分配,或改选组织。",
        "The {kind} '{value}' is not assigned to organisation '{organisation}' (assigned: {assigned}). Assign it first, or choose another organisation.",
    ),
    "merge-with-itself": Text(
        "{kind} 编码 “{value}” 不能与自身合并。请选择两个不同的编码。",
        "The {kind} code '{value}' cannot be merged with itself. Choose two different codes.",
    ),
    "not-merged": Text(
        "{kind} 编码 “{value}” 没有合并到其他编码,无法拆回。请核对编码。",
        "The {kind} code '{value}' is not merged into another one, so there is nothing to split back. Check the code.",
    ),
    "merged-on": Text(
        "{kind} “{value}” 合并到 “{winner}” 之后,“{winner}” 又合并到 “{further}”。请先把 “{winner}” 从 “{further}” 拆回。",
        "The {kind} '{value}' was merged into '{winner}', and '{winner}' into '{further}' since. Split '{winner}' back from '{further}' first.",
    ),
    "merge-conflict": Text(
        "合并 {kind} “{loser}” 到 “{winner}” 时属性不一致:{conflicts}。请逐项选择以哪一方为准(stands)。",
        "Merging the {kind} '{loser}' into '{winner}': both have their own value for {conflicts}. Choose for each whose value stands (`stands`).",
    ),
    "no-such-field": Text(
        "{kind} 没有字段 “{field}”。可用字段:{known}。",
        "A {kind} has no field '{field}'. Known fields: {known}.",
    ),
    "changed-since-merge": Text(
        "{kind} “{loser}” 合并到 “{winner}” 之后已有修改:{what}。请先改回,或选择保留这些修改(keep_changed)再拆回。",
        "Since the {kind} '{loser}' was merged into '{winner}' this was changed: {what}. Change it back first, or split and keep these changes (`keep_changed`).",
    ),
    "not-a-signer": Text(
        "“{by}” 现在不能会签申请 “{proposal}”。待签步骤:{steps}。请由相应部门的人员签署。",
        "'{by}' cannot sign proposal '{proposal}' now. Steps that wait: {steps}. Let a person of that department sign.",
    ),
    "already-signed": Text(
        "“{by}” 已在步骤 “{step}” 签署过申请 “{proposal}”,每人只能签署一个步骤。请由其他人处理。",
        "'{by}' has signed step '{step}' of proposal '{proposal}'; one person signs one step. Let somebody else decide.",
    ),
    "fields-not-yours": Text(
        "申请 “{proposal}” 的步骤 “{step}” 不能填写字段 {fields},只能填写:{allowed}。请去掉这些字段。",
        "Step '{step}' of proposal '{proposal}' may not fill in {fields}, only: {allowed}. Leave these fields out.",
    ),
    "fields-of-which": Text(
        "申请 “{proposal}” 新增或修改的编码不是正好一个({codes}),无法确定字段属于哪一个。请分别申请。",
        "Proposal '{proposal}' does not make or change exactly one code ({codes}), so it is not clear whose the fields are. Propose each on its own.",
    ),
    "routes-differ": Text(
        "该批申请需走不同的会签流程({routes})。请按流程分开申请。",
        "This batch would take different approval routes ({routes}). Propose the changes of each route on their own.",
    ),
    "reserved-name": Text(
        "“{by}” 是系统规则的名称,不能作为操作人。请填写姓名或账号。",
        "'{by}' is the name of a rule, not of a person. Give a person's name.",
    ),
    "not-refused": Text(
        "申请 “{proposal}” 未被退回(状态 {state}),不能重新申请。请直接处理原申请。",
        "Proposal '{proposal}' has not been refused (state {state}), so it cannot be proposed again. Deal with that one.",
    ),
    "proposed-again": Text(
        "申请 “{proposal}” 已由申请 “{again}” 重新提出。请处理 “{again}”。",
        "Proposal '{proposal}' has been proposed again already, as '{again}'. Deal with '{again}'.",
    ),
    "comment-unfit": Text(
        "意见长度为 {length} 字,应为 1 至 {longest} 字。请修改后再提交。",
        "The comment has {length} characters; it must have 1 to {longest}. Change it and send it again.",
    ),
    "unknown-code-not-refused": Text(
        "系统 “{system}” 的编码 “{local}” 未被拒绝(状态 {state}),无需重新打开。请刷新列表。",
        "The code '{local}' of system '{system}' was not refused (state {state}), so there is nothing to open again. Look at the list again.",
    ),
}
