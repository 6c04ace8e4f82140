"""The whole dictionary against itself."""

from __future__ import annotations

import pytest

from master_data.matching.clusters import duplicates
from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher
from tests.master_data.matching.conftest import MATERIALS

AGAIN = (
    Entry("X-1", "外六角螺栓", "", {"spec": "M8*30 8.8"}),
    Entry("X-2", "六角螺栓 外", "", {"spec": "M8-30 8.8级"}),
    Entry("X-3", "左支架", "", {"drawing": "JX210305012"}),
)


def test_a_clean_dictionary_has_none() -> None:
    assert list(duplicates(Matcher("material", MATERIALS))) == []


def test_what_is_one_thing_stands_in_one_cluster_with_the_reasons() -> None:
    clusters = list(duplicates(Matcher("material", (*MATERIALS, *AGAIN))))
    assert [cluster.codes for cluster in clusters] == [("BOLT-30", "X-1", "X-2"), ("BRACKET-L", "X-3")]
    [pair] = clusters[1].pairs
    assert {pair.code, pair.found.code} == {"BRACKET-L", "X-3"}
    assert "drawing" in {match.field for match in pair.found.matches}


@pytest.mark.parametrize(("threshold", "found"), [(100, 0), (85, 1)])
def test_the_threshold_is_the_callers(threshold: float, found: int) -> None:
    entries = [MATERIALS[0], Entry("X", "外六角螺拴", "", {"spec": "M8×30 8.8级"})]
    assert len(list(duplicates(Matcher("material", entries), threshold))) == found
