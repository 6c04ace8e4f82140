"""Rules and words are data; a plant adds its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from master_data.errors import DictionaryFileInvalid
from master_data.kind import shipped_kinds
from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher
from master_data.matching.rule import FieldRule, MatchingRule, read_rules, rule_of
from master_data.matching.words import read_words


def test_every_kind_has_a_rule() -> None:
    assert all(rule_of(kind).fields for kind in shipped_kinds())
    assert rule_of("no such kind") == read_rules()[0]


def test_a_plants_brand_is_known_beside_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "words.yaml"
    own.write_text("brands: {ZXP: [中兴泵]}\nwords: [[冒口, riser]]\n", encoding="utf-8")
    words = read_words(own)
    assert (words.brand_of["中兴泵"], words.brand_of["斯凯孚"], words.concept_of["riser"]) == ("zxp", "skf", "冒口")
    matcher = Matcher("material", [Entry("P", "水泵", "", {"spec": "IS80", "brand": "ZXP"})], words=words)
    [found] = matcher.candidates(Entry("", "水泵", "", {"spec": "IS80", "brand": "中兴泵"}))
    assert found.score == 100


def test_a_word_file_with_an_unknown_part_is_refused_with_its_name(tmp_path: Path) -> None:
    own = tmp_path / "words.yaml"
    own.write_text("brand: {A: [B]}\n", encoding="utf-8")
    with pytest.raises(DictionaryFileInvalid, match=r"words\.yaml"):
        read_words(own)


def test_a_field_that_decides_is_enough() -> None:
    name = FieldRule(field="name", how="name", of=["zh"], weight=4)
    fields = [name, FieldRule(field="id", how="identifier", of=["id"], weight=6, decides=True)]
    matcher = Matcher("thing", [Entry("A", "甲物", "", {"id": "77-1"})], rule=MatchingRule(fields=fields))
    [found] = matcher.candidates(Entry("", "乙物", "", {"id": "771"}))
    assert found.score >= 95
