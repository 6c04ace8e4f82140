"""The sentences about settings."""

from __future__ import annotations

from hub.texts.text import Text

CONFIG: dict[str, Text] = {
    "settings-missing": Text("找不到配置文件“{file}”。请运行 hub init,或用 --config 指定。", "There is no configuration file '{file}'. Run `hub init`, or name one by --config."),
    "settings-wrong": Text("配置文件“{file}”的“{where}”有误:{what}。请更正后重试。", "In '{file}' the setting '{where}' is wrong: {what}. Mend it and try again."),
    "secret-missing": Text("配置文件“{file}”引用的“{name}”不存在。请设置这些环境变量(export 名称=值)或文件。", "'{file}' refers to '{name}', which is not there. Set such environment variables (export NAME=value) or files."),
    "not-filled-in": Text("配置文件“{file}”还有未填写的 CHANGE-ME:“{places}”。请逐项填写后重试。", "'{file}' still says CHANGE-ME at '{places}'. Fill these in and try again."),
    "connector-unknown": Text("系统“{system}”的连接器“{connector}”不存在。可用:{known}。", "System '{system}' names the connector '{connector}', which is not installed. Installed: {known}."),
    "system-settings-wrong": Text("系统“{system}”的设置“{where}”有误:{what}。请更正后重试。", "The setting '{where}' of system '{system}' is wrong: {what}. Mend it and try again."),
    "account-set-differs": Text("系统“{system}”的账套是“{found}”,配置为“{expected}”。不会写入任何数据,请核对是否连到了测试账套。", "System '{system}' is the account set '{found}', configured is '{expected}'. Nothing is written; check whether this is the test account set."),
    "database-missing": Text("profile 为 cluster 时必须配置 database。请填写 postgresql+asyncpg:// 地址。", "With profile cluster the setting database is needed. Fill in a postgresql+asyncpg:// address."),
}
