"""Why two entries are alike or not, field by field."""

from __future__ import annotations

from hub.texts.text import Text

MATCHING: dict[str, Text] = {
    "match-same": Text("相同", "the same"),
    "match-written": Text("相同,写法不同", "the same, written otherwise"),
    "match-order": Text("词序不同", "the same words in another order"),
    "match-sound": Text("同音 {detail}", "sounds the same {detail}"),
    "match-meaning": Text("含义相同 {detail}", "means the same {detail}"),
    "match-language": Text("语言不同,无法比较", "in another language, not comparable"),
    "match-part": Text("一方包含另一方", "one is part of the other"),
    "match-short": Text("简称", "a shorter form"),
    "match-typing": Text("疑似录入错误 {detail}", "probably a typing error {detail}"),
    "match-alike": Text("相近", "alike"),
    "match-another": Text("字典中另有此名称:{detail}", "another name of the dictionary: {detail}"),
    "match-differs": Text("不同:{detail}", "differs: {detail}"),
    "match-revision": Text("图号相同,版本不同:{detail}", "same drawing, revision {detail}"),
    "match-theirs-only": Text("仅来源一方填写", "only the source says it"),
    "match-ours-only": Text("仅字典一方填写", "only the dictionary says it"),
    "match-theirs-more": Text("来源多写:{detail}", "the source also says {detail}"),
    "match-ours-more": Text("字典多写:{detail}", "the dictionary also says {detail}"),
}
