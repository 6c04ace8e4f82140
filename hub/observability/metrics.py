"""The metrics of `/metrics`: one row each, and their text in Prometheus' format. The numbers come from `hub.services.status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
Samples = Sequence[tuple[tuple[str, ...], float]]
"""(label values, value)"""


class Row(NamedTuple):
    """One metric."""

    name: str
    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    about: str


METRICS: tuple[Row, ...] = (
    Row("loopline_messages_total", "counter", ("loop", "system", "outcome"), "How messages ended: published, echo, history, held, …"),
    Row("loopline_lag_messages", "gauge", ("group",), "Messages that a consumer group has not done yet"),
    Row("loopline_lag_seconds", "gauge", ("group",), "Age of the oldest message that a group has not done yet"),
    Row("loopline_holds", "gauge", ("group", "state"), "Held messages"),
    Row("loopline_hold_causes", "gauge", ("kind",), "What held messages wait for, by kind of cause"),
    Row("loopline_incidents", "gauge", ("grade",), "Open incidents; grade 1: the line stops"),
    Row("loopline_open_deliveries", "gauge", ("state",), "Writes under way: writing, in_doubt, settled"),
    Row("loopline_outbox", "gauge", (), "Messages written with a transaction and not yet published"),
    Row("loopline_dictionary_version", "gauge", (), "The newest version of the dictionary"),
    Row("loopline_snapshot_age_seconds", "gauge", (), "How long ago this process last asked for a newer dictionary"),
    Row("loopline_webhooks_total", "counter", ("system", "result"), "Webhooks of this process: accepted, forged, too_large, unavailable"),
)


class Webhooks:
    """Counts what became of webhooks in this process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, system: str, result: str) -> None:
        """One more."""
        self._counts[(system, result)] += 1

    def samples(self) -> Samples:
        """The counts so far."""
        return [(labels, float(count)) for labels, count in sorted(self._counts.items())]


def exposition(numbers: Mapping[str, Samples]) -> bytes:
    """The text that Prometheus reads; a metric without numbers is left out."""
    registry = CollectorRegistry()
    registry.register(_Once(numbers))
    return generate_latest(registry)


class _Once(Collector):
    def __init__(self, numbers: Mapping[str, Samples]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """Every row with numbers."""
        for row in METRICS:
            if row.name in self._numbers:
                yield _family(row, self._numbers[row.name])


def _family(row: Row, samples: Samples) -> Metric:
    kind = CounterMetricFamily if row.kind == "counter" else GaugeMetricFamily
    family = kind(row.name, row.about, labels=row.labels)
    for labels, value in samples:
        family.add_metric(list(labels), value)
    return family
