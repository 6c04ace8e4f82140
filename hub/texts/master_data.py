"""The sentences of the dictionary's refusals."""

from __future__ import annotations

from hub.texts.text import Text

MASTER_DATA: dict[str, Text] = {
    "dictionary-file-invalid": Text(
        "字典文件 {file} 第 {line} 行 “{path}” 有误:{what}。{remedy}。",
        "Dictionary file {file}, line {line}, at '{path}': {what}. {remedy}.",
    ),
    "unknown-kind": Text("没有编码类别 “{kind}”。可用类别:{known}。", "There is no kind of code '{kind}'. Known kinds: {known}."),
    "no-such-code": Text("字典中没有 {kind} 编码 “{value}”。请先申请新增,或改用已有编码。", "The dictionary has no {kind} code '{value}'. Propose it first, or use one that exists."),
    "code-taken": Text("{kind} 编码 “{value}” 已存在(“{there}”,不区分大小写)。请改用该编码或换一个。", "The {kind} code '{value}' exists already as '{there}' (case does not count). Use that one or choose another."),
    "code-obsolete": Text("{kind} 编码 “{value}” 已作废,不能再引用。请改用有效编码。", "The {kind} code '{value}' is obsolete. Refer to one that is in use."),
    "code-rule-broken": Text("{kind} 编码 “{value}” 不符合编码规则:{rule}。请按规则修改。", "The {kind} code '{value}' breaks the code rule: {rule}. Change it to fit."),
    "name-rule-broken": Text("{kind} 名称 “{value}” 不符合命名规则:{rule}。请修改名称。", "The {kind} name '{value}' breaks the name rule: {rule}. Change the name."),
    "attribute-missing": Text("{kind} “{value}” 缺少必填属性 “{attribute}”。请补填。", "The {kind} '{value}' lacks the mandatory attribute '{attribute}'. Fill it in."),
    "attribute-wrong": Text("{kind} 属性 “{attribute}” 的值 “{value}” 有误,应为:{expected}。", "The {kind} attribute '{attribute}' has the value '{value}'; expected: {expected}."),
    "status-change-not-allowed": Text("{kind} “{value}” 不能由状态 “{before}” 变为 “{after}”。", "The {kind} '{value}' cannot go from status '{before}' to '{after}'. Choose a status that follows it."),
    "changed-meanwhile": Text("{kind} “{value}” 在此期间已被修改(申请时版本 {seen},现版本 {now})。请重新查看后再申请。", "The {kind} '{value}' was changed meanwhile (version {seen} was seen, now {now}). Look at it again and propose anew."),
    "cross-reference-collision": Text(
        "编码对照冲突:系统 “{system}” 组织 “{organisation}” 的 {kind} 本地编码 “{local}” 已对应 “{there}”,不能再对应 “{wanted}”。请先终止原对照,或核对哪一个正确。",
        "Two meanings for one local code: {kind} '{local}' of system '{system}', organisation '{organisation}', is '{there}' and cannot be '{wanted}' at the same time. End the one there first, or check which is right.",
    ),
    "no-such-cross-reference": Text(
        "系统 “{system}” 组织 “{organisation}” 的 {kind} 本地编码 “{local}” 没有有效的编码对照。请核对系统、组织和编码。",
        "There is no cross-reference in force for {kind} '{local}' of system '{system}', organisation '{organisation}'. Check system, organisation and code.",
    ),
    "conversion-collision": Text(
        "物料 “{material}” 的换算冲突:已有 {there},不能再有 {wanted}。如系数改变,请填写生效日期。",
        "Two factors at one time for material '{material}': there is {there}, wanted is {wanted}. If the factor changes, say from when.",
    ),
    "dual-unit-not-converted": Text(
        "物料 “{material}” 为双计量浮动换算,不能按系数换算 {from_unit} 与 {to_unit}。请在来源单据中填写两个数量。",
        "Material '{material}' is measured in two units and never converted between '{from_unit}' and '{to_unit}'. Enter both quantities at the source.",
    ),
    "factor-wrong": Text(
        "{from_unit} 与 {to_unit} 之间的通用系数 “{value}” 不成立:不同量纲的换算只能针对具体物料。",
        "A general factor '{value}' between '{from_unit}' and '{to_unit}' cannot be: across dimensions a factor belongs to one material. Name the material.",
    ),
    "fraction-of-count": Text(
        "物料 “{material}” 的计数单位 “{unit}” 不允许小数数量 “{value}”。请改为整数,或在物料上允许小数件数。",
        "Material '{material}' is counted in '{unit}', which takes no fraction '{value}'. Correct the quantity, or allow fractions on the material.",
    ),
    "person-missing": Text("未写明操作人。请填写姓名或账号。", "Nobody is named as the one who does this. Give a name."),
    "reason-missing": Text("未写明原因。请填写原因。", "No reason is given. Give one."),
    "no-such-proposal": Text("没有编号为 “{proposal}” 的申请。请查看待审批列表。", "There is no proposal '{proposal}'. Look at the list of open ones."),
    "proposal-closed": Text("申请 “{proposal}” 已由 “{by}” 处理({state})。", "Proposal '{proposal}' is closed ({state}, by '{by}'). Nothing more is needed."),
    "same-person": Text("申请 “{proposal}” 由 “{by}” 提出,须由另一人审批。", "Proposal '{proposal}' was made by '{by}'; another person must approve it."),
    "no-such-unknown-code": Text("待办编码中没有 “{unknown}”。请刷新列表。", "There is no unknown code '{unknown}' in the inbox. Look at the list again."),
    "already-answered": Text(
        "系统 “{system}” 的编码 “{local}” 已由 “{by}” 处理({state})。请刷新列表。",
        "The code '{local}' of system '{system}' has been answered by '{by}' ({state}). Look at the list again.",
    ),
}
