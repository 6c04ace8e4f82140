"""Specifications are read by their numbers, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master_data.matching.sizes import Number, SizeReader, left_over
from master_data.matching.words import shipped_words

READER = SizeReader(shipped_words())
ALIKE = [
    ("M8×30", "M8*30", "M8-30", "M8x30", "Ｍ８Ｘ３０", "M8 × 30mm", "M 8×30"),
    ("Φ12", "⌀12", "ø12", "φ12", "直径12", "Ø 12 mm", "DIA12"),
    ("DN15", '1/2"', "1/2寸", "½″", "4分", "DN 15", "公称通径15"),
    ("DN40", '1-1/2"', '1 1/2"', "1.5寸"),
    ("304", "SUS304", "06Cr19Ni10", "S30408", "1.4301"),
    ("45#", "45号钢", "45钢", "S45C"),
    ("7.5kW", "7500W", "7.5 千瓦"),
    ("GB/T5783", "GB 5783-2016", "ISO4017", "DIN 933"),
    ("1.6MPa", "16bar"),
    ("8.8级", "8.80", "8.8"),
]


@pytest.mark.parametrize("texts", ALIKE, ids=lambda texts: texts[0])
def test_spellings_of_one_size_read_alike(texts: tuple[str, ...]) -> None:
    first = READER.read(texts[0])
    for text in texts[1:]:
        other = READER.read(text)
        assert left_over(first.numbers, other.numbers) == ([], []), text
        assert (first.grades, first.standards) == (other.grades, other.standards), text


def test_an_inch_after_a_number_of_the_model_is_read_by_itself() -> None:
    assert READER.read('D71X-16 1/2"').numbers == (Number("71"), Number("16"), Number("15", "dn"))


def test_what_is_no_size_is_the_name() -> None:
    parsed = READER.read("内六角螺钉(M8x30 镀锌)")
    assert parsed.rest == ("内六角螺钉", "镀锌")


@pytest.mark.parametrize(("theirs", "ours"), [("M8×30", "M8×35"), ("M30×8", "M8×30"), ("PN16 DN25", "DN16 PN25"), ("6204", "6205")])
def test_numbers_that_differ_are_left_over(theirs: str, ours: str) -> None:
    mine, others = left_over(READER.read(theirs).numbers, READER.read(ours).numbers)
    assert mine
    assert others


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert len(READER.read(text)) == 5


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=5), st.sampled_from(["×", "*", "x", "X", " * "]))
def test_the_sign_between_numbers_does_not_matter(numbers: list[int], sign: str) -> None:
    texts = [each.join(map(str, numbers)) for each in ("×", sign)]
    assert READER.read(texts[0]).numbers == READER.read(texts[1]).numbers
