"""The sentences about the dictionary in memory."""

from __future__ import annotations

from hub.texts.text import Text

SNAPSHOT: dict[str, Text] = {
    "dictionary-stale": Text(
        "本进程已 {seconds} 秒（上限 {limit} 秒）无法从数据库更新编码字典，停在第 {version} 版。为免用旧编码处理消息，本进程已暂停，消息不会丢失，恢复后自动继续。请检查数据库及到数据库的连接。",
        "This process has not been able to follow the dictionary for {seconds} s (limit: {limit} s) and knows it up to version {version}. So that no message is handled with old codes it has paused; nothing is lost, and it goes on by itself. Check the database and the connection to it.",
    ),
}
