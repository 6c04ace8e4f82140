"""The sentences of the bus's errors."""

from __future__ import annotations

from hub.texts.text import Text

BUS: dict[str, Text] = {
    "bus-unavailable": Text(
        "消息总线 '{bus}' 暂时不可用:{what}。稍后自动重试;如持续出现,请检查磁盘空间或 Kafka 服务。",
        "The bus '{bus}' cannot be used for now: {what}. It is tried again by itself; if it lasts, check the disk or the Kafka broker.",
    ),
    "message-too-large": Text(
        "主题 '{topic}' 上键为 '{key}' 的消息过大:{size} 字节,上限 {limit} 字节。请在来源系统中拆分单据或去掉附件。",
        "A message with key '{key}' for topic '{topic}' is too large: {size} bytes, the limit is {limit}. Split the document in its source, or leave attachments out.",
    ),
    "key-missing": Text(
        "发往主题 '{topic}' 的消息没有键,无法保证顺序。请在映射中给出单据所属的主单号。",
        "A message for topic '{topic}' has no key, so it has no order. Give the lane (the root document's key) in the mapping.",
    ),
    "topic-missing": Text(
        "主题 '{topic}' 不存在。已有主题:{known}。请先启动 hub 建立主题,并检查系统名称。",
        "The topic '{topic}' does not exist. Known topics: {known}. Start the hub once so that it creates its topics, and check the system's name.",
    ),
    "partitions-differ": Text(
        "主题 '{topic}' 已有 {there} 个分区,配置为 {wanted} 个。请改回配置:分区数决定顺序,运行中的中枢不会更改。",
        "The topic '{topic}' has {there} partitions, the settings say {wanted}. Set them back: partitions keep the order, a running hub never changes their number.",
    ),
    "topic-refused": Text(
        "Kafka 拒绝建立或修改主题 '{topic}':“{words}”。请检查权限、副本数和主题设置。",
        "Kafka refuses to create or change the topic '{topic}': '{words}'. Check permissions, replication and the topic's settings.",
    ),
    "bus-taken": Text(
        "另一个进程正在使用消息文件 '{path}'。请先停止它,或改用集群方式运行多个进程。",
        "Another process works on the message file '{path}'. Stop it first, or run several processes with the cluster profile.",
    ),
}
