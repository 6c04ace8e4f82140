"""The sentences of this connector's own error codes."""

from __future__ import annotations

from hub.sdk import Text

TEXTS: dict[str, Text] = {
    "jiandaoyun-rate-limited": Text(
        "{system} 请求过于频繁(简道云 8303):{what}。稍后自动重试。",
        "{system} says we ask too often (Jiandaoyun 8303): {what}. It is tried again by itself.",
    ),
    "jiandaoyun-form-missing": Text(
        "{system} 的应用中没有表单“{form}”,现有:{known}。请新建该表单,或给密钥开放权限。",
        "The app of {system} has no form '{form}'; it has: {known}. Create the form, or give the API key access to it.",
    ),
    "jiandaoyun-label-twice": Text(
        "{system} 的表单“{form}”中字段标题“{label}”出现两次。请改成不同的标题。",
        "In form '{form}' of {system} two fields are labelled '{label}'. Give them different labels.",
    ),
    "jiandaoyun-label-unknown": Text(
        "{system} 的表单“{form}”没有字段“{label}”,现有:{known}。请添加该字段,或修改映射文件。",
        "Form '{form}' of {system} has no field '{label}'; it has: {known}. Add the field, or change the mapping file.",
    ),
    "jiandaoyun-number-too-long": Text(
        "字段“{label}”的数字“{value}”超出简道云可准确保存的位数。请修改来源单据。",
        "Field '{label}': the number '{value}' has more digits than Jiandaoyun can keep exactly. Change it in the source.",
    ),
    "jiandaoyun-not-a-number": Text(
        "字段“{label}”的值“{value}”不是数字。请修改来源单据或映射文件。",
        "Field '{label}': '{value}' is not a number. Change it in the source or in the mapping file.",
    ),
    "jiandaoyun-form-not-read-yet": Text(
        "{system} 的表单“{form}”字段表尚未读取。简道云会再次推送。",
        "The fields of form '{form}' of {system} are not read yet. Jiandaoyun will push again.",
    ),
    "jiandaoyun-webhook-unreadable": Text(
        "{system} 推送的内容无法读取:{what}。请在简道云检查数据推送设置;轮询会补上数据。",
        "The webhook body from {system} cannot be read: {what}. Check the data push in Jiandaoyun; polling brings the data anyway.",
    ),
    "jiandaoyun-operation-unknown": Text(
        "表单“{form}”不支持操作“{operation}”,只支持 upsert。请修改映射文件。",
        "Form '{form}' knows no operation '{operation}', only 'upsert'. Change the mapping file.",
    ),
}
