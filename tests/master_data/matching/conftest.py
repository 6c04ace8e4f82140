"""A small dictionary of neighbours, and short ways to ask it."""

from __future__ import annotations

import pytest

from master_data.matching.entry import Entry
from master_data.matching.matcher import Candidate, Match, Matcher

MATERIALS = (
    Entry("BOLT-30", "外六角螺栓", "Hexagon head bolt", {"spec": "M8×30 8.8级", "base_unit": "H87"}),
    Entry("BOLT-35", "外六角螺栓", "Hexagon head bolt", {"spec": "M8×35 8.8级", "base_unit": "H87"}),
    Entry("BOLT-M10", "外六角螺栓", "Hexagon head bolt", {"spec": "M10×30 8.8级", "base_unit": "H87"}),
    Entry("SCREW-30", "内六角圆柱头螺钉", "Socket head cap screw", {"spec": "M8×30 8.8级", "base_unit": "H87"}),
    Entry("BALL-15", "不锈钢球阀", "Stainless steel ball valve", {"spec": "DN15 PN16 304"}),
    Entry("BALL-20", "不锈钢球阀", "Stainless steel ball valve", {"spec": "DN20 PN16 304"}),
    Entry("BALL-15-316", "不锈钢球阀", "Stainless steel ball valve", {"spec": "DN15 PN16 316"}),
    Entry("BALL-16-25", "不锈钢球阀", "", {"spec": "DN25 PN16 304"}),
    Entry("GATE-15", "不锈钢闸阀", "Stainless steel gate valve", {"spec": "DN15 PN16 304"}),
    Entry("BEAR-SKF", "深沟球轴承", "Deep groove ball bearing", {"spec": "6204-2RS", "brand": "SKF"}),
    Entry("BEAR-NSK", "深沟球轴承", "Deep groove ball bearing", {"spec": "6204-2RS", "brand": "NSK"}),
    Entry("BEAR-6205", "深沟球轴承", "Deep groove ball bearing", {"spec": "6205-2RS", "brand": "SKF"}),
    Entry("PUMP", "单级离心泵", "Single-stage centrifugal pump", {"spec": "IS80-65-160 7.5kW", "brand": "格兰富"}),
    Entry("PIN-12", "圆柱销", "Parallel pin", {"spec": "Φ12×40"}),
    Entry("BRACKET-L", "左支架", "Left bracket", {"drawing": "JX2103-05-012A"}),
    Entry("BRACKET-R", "右支架", "Right bracket", {"drawing": "JX2103-05-013A"}),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher("material", MATERIALS)


def record(zh: str = "", spec: str = "", en: str = "", **attributes: str) -> Entry:
    return Entry("", zh, en, {name: value for name, value in {"spec": spec, **attributes}.items() if value})


def said(matcher: Matcher, query: Entry) -> list[str]:
    """The codes said to be duplicates of a record."""
    return [one.code for one in matcher.candidates(query) if one.score >= matcher.threshold]


def match(candidate: Candidate, field: str) -> Match:
    return next(one for one in candidate.matches if one.field == field)
