"""What cannot be translated, as something to wait for."""

from __future__ import annotations

import pytest

from hub.mapping import Missing
from hub.pipeline.knowledge import cause_of
from hub.storage.causes import Cause, CauseKind
from master_data.errors import DualUnitNotConverted


def test_b31_a_factor_is_waited_for_in_no_system_and_organisation_for_it_is_the_same_in_all() -> None:
    assert cause_of(Missing("conversion", "M-1", "KGM>H87"), "erp", "P1") == Cause(CauseKind.CONVERSION, "", "", "M-1", "KGM>H87")
    assert cause_of(Missing("target-code", "unit", "H87"), "erp", "P1") == Cause(CauseKind.TARGET_CODE, "erp", "P1", "unit", "H87")


def test_b34_a_factor_between_two_measured_units_is_nothing_to_wait_for() -> None:
    with pytest.raises(DualUnitNotConverted) as raised:
        cause_of(Missing("dual-unit", "M-1", "KGM>H87"), "erp", "P1")
    assert raised.value.facts == {"material": "M-1", "from_unit": "KGM", "to_unit": "H87"}
