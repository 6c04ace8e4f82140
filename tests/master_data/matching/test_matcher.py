"""One thing is found however it is written, and its neighbours are not taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher
from tests.master_data.matching.conftest import MATERIALS, match, record, said

SAME = {
    "signs": (record("外六角螺栓", "M8*30 8.8级"), "BOLT-30"),
    "dash": (record("外六角螺栓", "M8-30 8.8"), "BOLT-30"),
    "full width": (record("外六角螺栓", "Ｍ８Ｘ３０ ８．８级"), "BOLT-30"),
    "diameter": (record("圆柱销", "直径12*40"), "PIN-12"),
    "diameter sign": (record("圆柱销", "⌀12×40mm"), "PIN-12"),
    "inch": (record("不锈钢球阀", '1/2" PN16 304'), "BALL-15"),
    "inch in words": (record("不锈钢球阀", "3/4寸 PN16 304"), "BALL-20"),
    "material": (record("不锈钢球阀", "DN15 PN16 06Cr19Ni10"), "BALL-15"),
    "words of the specification": (record("不锈钢球阀", "SUS304 PN16 DN 15"), "BALL-15"),
    "words of the name": (record("球阀 不锈钢", "DN15 PN16 304"), "BALL-15"),
    "English": (record("", "M8X30 8.8", en="hexagon head bolts"), "BOLT-30"),
    "brand": (record("深沟球轴承", "6204-2RS", brand="斯凯孚"), "BEAR-SKF"),
    "brand in the name": (record("斯凯孚深沟球轴承", "6204 2RS"), "BEAR-SKF"),
    "same sound": (record("深沟球轴成", "6204-2RS", brand="SKF"), "BEAR-SKF"),
    "missing character": (record("深沟轴承", "6204-2RS", brand="SKF"), "BEAR-SKF"),
    "English typing": (record("", "DN15 PN16 304", en="Stainles steel ball vavle"), "BALL-15"),
    "units": (record("单级离心泵", "IS80-65-160 7500W", brand="Grundfos"), "PUMP"),
    "drawing without dashes": (record("左支架", drawing="jx210305012"), "BRACKET-L"),
    "drawing in the specification": (record("左支架", "JX2103.05.012 Rev.A"), "BRACKET-L"),
    "traditional": (record("深溝球軸承", "6204-2RS", brand="SKF"), "BEAR-SKF"),
    "folded": (record("外六角螺栓M8x30 8.8级"), "BOLT-30"),
}
OTHER = {
    "length": record("外六角螺栓", "M8×40 8.8级"),
    "thread": record("外六角螺栓", "M12×30 8.8级"),
    "swapped sizes": record("外六角螺栓", "M30×8 8.8级"),
    "strength": record("外六角螺栓", "M8×30 10.9级"),
    "nominal size": record("不锈钢球阀", "DN32 PN16 304"),
    "what is which": record("不锈钢球阀", "DN16 PN25 304"),
    "grade": record("不锈钢球阀", "DN15 PN16 304L"),
    "kind of valve": record("不锈钢蝶阀", "DN15 PN16 304"),
    "number of a bearing": record("深沟球轴承", "6206-2RS", brand="SKF"),
    "cover of a bearing": record("深沟球轴承", "6204-ZZ", brand="SKF"),
    "less said": record("深沟球轴承", "6204", brand="SKF"),
    "brand": record("深沟球轴承", "6204-2RS", brand="FAG"),
    "drawing": record("左支架", drawing="JX2103-05-014A"),
    "side": record("右支架", drawing="JX2103-05-012A"),
    "name alone": record("左支架"),
}


@pytest.mark.parametrize(("query", "code"), SAME.values(), ids=SAME)
def test_the_same_thing_is_found_first_and_said_to_be_a_duplicate(matcher: Matcher, query: Entry, code: str) -> None:
    assert said(matcher, query) == [code]


@pytest.mark.parametrize("query", OTHER.values(), ids=OTHER)
def test_a_neighbour_is_no_duplicate(matcher: Matcher, query: Entry) -> None:
    assert said(matcher, query) == []


def test_neighbours_are_candidates_all_the_same_and_say_what_differs(matcher: Matcher) -> None:
    first, *others = matcher.candidates(record("外六角螺栓", "M8*30 8.8级"))
    size = match(first, "spec")
    assert (first.code, size.score, size.why, size.theirs, size.ours) == ("BOLT-30", 100, "written", "M8*30 8.8级", "M8×30 8.8级")
    longer = match(next(one for one in others if one.code == "BOLT-35"), "spec")
    assert (longer.why, longer.detail) == ("differs", "30 / 35")
    assert (longer.reason("zh"), longer.reason("en")) == ("不同:30 / 35", "differs: 30 / 35")


def test_a_known_name_that_differs_in_a_character_is_another_thing_and_an_unknown_one_a_typing_error(matcher: Matcher) -> None:
    [gate, *_] = [one for one in matcher.candidates(record("不锈钢闸阀", "DN15 PN16 304")) if one.code == "BALL-15"]
    [mistake, *_] = [one for one in matcher.candidates(record("不锈钢求阀", "DN15 PN16 304")) if one.code == "BALL-15"]
    assert gate.score < matcher.threshold <= mistake.score


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("lxb", "PUMP"), ("lixinbeng", "PUMP"), ("djlxb", "PUMP"), ("离心泵", "PUMP"), ("centrifugal", "PUMP"), ("螺栓 m8*35", "BOLT-35"),
        ("M10x30", "BOLT-M10"), ("球阀 dn20", "BALL-20"),
        ("skf 6205", "BEAR-6205"), ("jx2103-05-013", "BRACKET-R"), ("BEAR-NSK", "BEAR-NSK"),
        ("深沟球轴承 6204-2RS NSK", "BEAR-NSK"),
    ],
)  # fmt: skip
def test_typed_text_finds(matcher: Matcher, typed: str, code: str) -> None:
    assert matcher.candidates(typed)[0].code == code


def test_no_more_than_asked_for_and_none_for_nothing(matcher: Matcher) -> None:
    assert len(matcher.candidates(record("外六角螺栓", "M8×30"), limit=2)) == 2
    assert Matcher("material").candidates(record("外六角螺栓", "M8×30")) == []
    assert Matcher("material").candidates("螺栓") == []


def test_entries_come_and_go() -> None:
    matcher = Matcher("material", MATERIALS)
    query = record("外六角螺栓", "M8×30 8.8级")
    matcher.remove("BOLT-30")
    assert said(matcher, query) == []
    matcher.add(MATERIALS[0])
    assert said(matcher, query) == ["BOLT-30"]
    matcher.add(MATERIALS[0]._replace(attributes={"spec": "M8×31 8.8级"}))
    assert (said(matcher, query), len(matcher)) == ([], len(MATERIALS))
    for entry in MATERIALS:
        matcher.remove(entry.code)
    matcher.remove("BOLT-30")
    assert (len(matcher), list(matcher), matcher.candidates(query)) == (0, [], [])


@given(st.lists(st.sampled_from(MATERIALS), max_size=20))
def test_a_matcher_that_changed_answers_as_one_built_anew(changes: list[Entry]) -> None:
    matcher = Matcher("material", MATERIALS)
    for entry in changes:
        if entry.code in matcher:
            matcher.remove(entry.code)
        else:
            matcher.add(entry)
    anew = Matcher("material", [entry for entry in MATERIALS if entry.code in matcher])
    for query in (record("外六角螺栓", "M8*30 8.8级"), record("不锈钢球阀", '1/2" PN16 304'), "skf 6204", "lxb"):
        assert matcher.candidates(query) == anew.candidates(query)


def test_one_entry_is_compared_whatever_the_score(matcher: Matcher) -> None:
    found = matcher.compare(record("圆柱销", "Φ12×40"), "PUMP")
    assert found is not None
    assert (found.code, found.score < 50, matcher.compare(record("圆柱销"), "none")) == ("PUMP", True, None)


def test_brands_of_the_dictionary_are_known_in_names_without_being_in_the_table() -> None:
    matcher = Matcher("material", [Entry("V1", "闸阀", "", {"spec": "Z41H DN50", "brand": "某某阀业"})])
    assert said(matcher, record("某某阀业闸阀", "Z41H DN50")) == ["V1"]
