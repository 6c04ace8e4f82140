"""Every text that people read: there in both languages, with the same facts, in the words that were agreed on."""

from __future__ import annotations

import re

from hub.incidents import RULES
from hub.texts.text import Text
from tests.architecture.tree import errors, texts

NEVER = {
    "交货": "a delivery is a 写入记录, a shipment is 发货",
    "汇报": "an operation report is a 报工单",
    "有效性": "OEE's performance is 性能稼动率",
    "稽核": "reconciliation is 对账",
}
"""Words that no text uses, whatever it says."""

AGREED: tuple[tuple[str, str, str], ...] = (
    (r"\bproduction orders?\b", "生产工单", ""),
    (r"\boperation reports?\b", "报工", "汇报"),
    (r"\bcross-references?\b", "对照", "映射"),
    (r"\bfirst[- ]pass yield\b", "一次合格率", "直通率"),
    (r"\brolled (?:throughput )?yield\b", "直通率", "一次合格率"),
    (r"\baudit trail\b", "操作审计", "审核"),
    (r"\bsteward's inbox\b", "待办编码", ""),
    (r"\breconciliation\b", "对账", "稽核"),
    (r"\bjourneys?\b", "全程跟踪", ""),
    (r"\bheld\b|\bholds?\b", "", "冻结"),
    (r"\b(?:messages?|holds?) .{0,20}released?\b|\breleased? (?:the|a|this|that) (?:message|hold)", "放行", "下达"),
)
"""Where the English says this, the Chinese has this word, and not that one."""

BARE_WORK_ORDER = re.compile(r"(?<!生产)(?<!派)(?<!服务)(?<!报)工单")
FACT = re.compile(r"{(\w+)}")


def test_every_error_code_has_its_sentence() -> None:
    known = texts()
    silent = {f"{error.__module__}.{error.__qualname__}: {error.code}" for error in errors() if error.code not in known}
    assert not silent


def test_every_incident_has_its_sentence() -> None:
    assert not {rule.kind for rule in RULES if f"incident-{rule.kind}" not in texts()}


def test_every_text_is_there_in_both_languages() -> None:
    assert not {key for key, text in texts().items() if not text.zh.strip() or not text.en.strip()}


def test_both_languages_tell_the_same_facts() -> None:
    assert not {key for key, text in texts().items() if _facts(text.zh) != _facts(text.en)}


def test_no_text_mixes_the_words() -> None:
    mixed = {f"{key}: {word} ({why})" for key, text in texts().items() for word, why in NEVER.items() if word in text.zh}
    assert not mixed


def test_a_work_order_says_which_kind_it_is() -> None:
    assert not {f"{key}: {text.zh}" for key, text in texts().items() if BARE_WORK_ORDER.search(text.zh)}


def test_agreed_words_stand_where_they_belong() -> None:
    assert not [f"{key}: {why}" for key, text in texts().items() for why in _disagreements(text)]


def _disagreements(text: Text) -> list[str]:
    wrong = []
    for english, wanted, unwanted in AGREED:
        if re.search(english, text.en, re.IGNORECASE):
            if wanted not in text.zh:
                wrong.append(f"'{wanted}' is missing in '{text.zh}'")
            if unwanted and unwanted in text.zh:
                wrong.append(f"'{unwanted}' stands in '{text.zh}'")
    return wrong


def _facts(sentence: str) -> set[str]:
    """The facts a sentence is filled with; one that comes once a language (`what`, `what_en`; or `zh`, `en`) is one fact."""
    return {re.sub("^(zh|en)$|_(zh|en)$", "", fact) for fact in FACT.findall(sentence)}
