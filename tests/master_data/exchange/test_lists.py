"""Several values in one cell, and values that look like formulas: written and read back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master_data.exchange.csv_reading import guarded, unguarded
from master_data.exchange.lists import joined, parted
from master_data.exchange.tabular import column_name, column_number
from master_data.exchange.xlsx_reading import plain
from master_data.exchange.xml_texts import xml_text

VALUES = st.text(alphabet=st.sampled_from('ab;；"[],\n \'1=é'), min_size=1, max_size=6)


@given(st.lists(VALUES, max_size=5))
def test_values_of_a_cell_come_back_as_they_were(values: list[str]) -> None:
    assert parted(joined(values)) == values


def test_a_compound_code_is_not_looked_into() -> None:
    assert parted('["P1;x","红"];A') == ['["P1;x","红"]', "A"]


@pytest.mark.parametrize("text", ['"a', 'a;"b', '"a"b;c'])
def test_quotes_that_do_not_close_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match='"'):
        parted(text)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\ra1"), max_size=6))
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.integers(0, 20_000))
def test_columns_have_their_names(column: int) -> None:
    assert column_number(column_name(column)) == column


@given(st.text(alphabet=st.sampled_from("a_x000D<&>\r\x0b\n\"'"), max_size=12))
def test_a_text_in_xml_comes_back(text: str) -> None:
    written = xml_text(text)
    assert "\x0b" not in written and "<" not in written
    assert plain(written.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) == text
