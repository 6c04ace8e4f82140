"""Every example of every conversion is a promise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.errors import MappingFailed
from hub.mapping.functions import CONVERSIONS, REQUIRED, Conversion, Example
from hub.mapping.words import part_key
from hub.texts import TEXTS

EXAMPLES = [(conversion, example) for conversion in CONVERSIONS.values() for example in conversion.examples]


def _convert(conversion: Conversion, example: Example) -> Any:
    defaults = {name: each.default for name, each in conversion.parameters.items() if each.default is not REQUIRED}
    return conversion.function(example.given, **{**defaults, **example.using})


@pytest.mark.parametrize(("conversion", "example"), EXAMPLES, ids=lambda value: getattr(value, "name", repr(value)[:50]))
def test_an_example_holds(conversion: Conversion, example: Example) -> None:
    if example.error:
        with pytest.raises(MappingFailed) as raised:
            _convert(conversion, example)
        assert raised.value.code == example.error
        assert raised.value.code in TEXTS
    else:
        result = _convert(conversion, example)
        assert (type(result), result) == (type(example.gives), example.gives)


@pytest.mark.parametrize("conversion", CONVERSIONS.values(), ids=CONVERSIONS)
def test_a_conversion_has_examples_and_both_languages(conversion: Conversion) -> None:
    assert conversion.examples
    assert conversion.about.zh and conversion.about.en


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_decimal_is_never_changed(number: Decimal) -> None:
    decimal = CONVERSIONS["decimal"].function
    assert Decimal(decimal(str(number))) == number
    assert Decimal(decimal(f"{number:,f}")) == number
    assert decimal(decimal(number)) == decimal(number)


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
anything = st.one_of(scalars, st.lists(scalars), st.dictionaries(st.text(), scalars))


@given(anything)
def test_whatever_comes_a_conversion_answers_or_refuses(value: Any) -> None:
    for conversion in CONVERSIONS.values():
        for example in conversion.examples:
            try:
                _convert(conversion, example._replace(given=value))
            except MappingFailed as error:
                assert error.code in TEXTS


def test_a_plain_code_that_begins_with_a_bracket_is_one_part() -> None:
    assert [part_key(code, place=1) for code in ("[", "[M8", "[1]", '["A","red"]')] == ["[", "[M8", "[1]", "A"]
