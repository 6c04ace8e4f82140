"""What several partitions bring is written in portions that keep each partition's order and leave nothing out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.bus.base import Partition
from hub.runtime.project import Batch, Told, portions
from hub.storage.ownership import Owned


def make_batches(lengths: list[int]) -> list[Batch]:
    return [
        Batch(Owned("project", Partition("canonical.sales_order", number), 1), [Told(offset) for offset in range(length)], {"erp": 1})
        for number, length in enumerate(lengths)
    ]


@given(lengths=st.lists(st.integers(1, 40), max_size=6), size=st.integers(1, 25))
def test_every_message_is_in_one_portion_in_its_order(lengths: list[int], size: int) -> None:
    found = list(portions(make_batches(lengths), size))
    told: dict[int, list[int]] = {}
    for portion in found:
        assert 0 < sum(len(batch.told) for batch in portion) <= size
        assert len({batch.owned.partition for batch in portion}) == len(portion)
        for batch in portion:
            told.setdefault(batch.owned.partition.number, []).extend(one.offset for one in batch.told)
    assert told == {number: list(range(length)) for number, length in enumerate(lengths)}
    assert len(found) == -(-sum(lengths) // size)


@given(lengths=st.lists(st.integers(1, 40), max_size=6), size=st.integers(1, 25))
def test_a_zombie_is_counted_once(lengths: list[int], size: int) -> None:
    counted = [batch.zombies for portion in portions(make_batches(lengths), size) for batch in portion if batch.zombies]
    assert len(counted) == len(lengths)
