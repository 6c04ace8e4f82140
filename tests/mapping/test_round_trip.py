"""What is mapped out and in again is what it was, for rules that can be undone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping import MappingSet, load_mappings
from tests.mapping.make import HEAD_IN, HEAD_OUT, make_file

OUT = """rules:
  - {to: 编号, from: number, using: {name: add_prefix, prefix: CN-}}
  - {to: 客户.编码, from: customer, code: customer}
  - {to: 状态, from: state, lookup: {confirmed: 已确认, cancelled: 已取消}}
  - {to: 时间, from: ordered_at, using: datetime_out}
  - {to: 毫秒, from: changed_at, using: epoch_ms}
  - {to: 税率, from: plant.tax_rate, using: percent_out}
  - to: 明细
    each: lines
    rules:
      - {to: 物料, from: material, code: material}
      - {to: 数量, from: quantity.value, using: [decimal, negate]}
      - {to: 单位, from: quantity.unit, code: unit}
      - {to: 备注, from: remark}
"""
IN = """rules:
  - {to: number, from: 编号, using: {name: strip_prefix, prefix: CN-}}
  - {to: customer, from: 客户.编码, code: customer}
  - {to: state, from: 状态, lookup: {已确认: confirmed, 已取消: cancelled}}
  - {to: ordered_at, from: 时间, using: datetime}
  - {to: changed_at, from: 毫秒, using: datetime}
  - {to: plant.tax_rate, from: 税率, using: percent}
  - to: lines
    each: 明细
    rules:
      - {to: material, from: 物料, code: material}
      - {to: quantity.value, from: 数量, using: negate}
      - {to: quantity.unit, from: 单位, code: unit}
      - {to: remark, from: 备注}
"""


class Mirror:
    """Every code and its mirror image."""

    def code(self, kind: str, value: str) -> str:
        return value[::-1]

    def document(self, entity: str, value: str, internal_id: bool) -> str:
        return value[::-1]

    def context(self, name: str) -> Any:
        return {"zone": "Asia/Shanghai"}[name]


@pytest.fixture(scope="module")
def mappings(tmp_path_factory: pytest.TempPathFactory) -> MappingSet:
    root: Path = tmp_path_factory.mktemp("mappings")
    make_file(root, HEAD_OUT + OUT, "acme/sales_order_out.yaml")
    make_file(root, HEAD_IN + IN)
    return load_mappings(root)


codes = st.text("ABC-123", min_size=1, max_size=8)
moments = st.integers(10**9, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z"))
amounts = st.decimals(-(10**9), 10**9, places=4).map(lambda number: format(number.normalize() if number else Decimal(0), "f"))
lines = st.fixed_dictionaries(
    {"material": codes, "quantity": st.fixed_dictionaries({"value": amounts, "unit": codes})},
    optional={"remark": st.one_of(st.none(), st.text())},
)
orders = st.fixed_dictionaries(
    {
        "number": codes, "customer": codes, "state": st.sampled_from(["confirmed", "cancelled"]), "ordered_at": moments,
        "lines": st.lists(lines),
    },
    optional={"changed_at": moments, "plant": st.fixed_dictionaries({"tax_rate": amounts})},
)


@given(order=orders)
def test_an_order_comes_back_as_it_went(mappings: MappingSet, order: dict[str, Any]) -> None:
    [out] = mappings.outbound("erp", "acme", "sales_order")
    [back] = mappings.inbound("erp", "acme", "order")
    there = out.apply(order, Mirror())
    here = back.apply(there.data, Mirror())
    assert (there.missing, here.missing) == ((), ())
    assert _exactly(here.data) == _exactly(order)


def _exactly(order: dict[str, Any]) -> dict[str, Any]:
    """Percentages may gain zeros at the end: the same number."""
    return {**order, "plant": {"tax_rate": Decimal(order["plant"]["tax_rate"])}} if "plant" in order else order
