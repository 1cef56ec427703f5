"""A page for Prometheus: counters, gauges and the process's own figures, as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Rows = Iterable[tuple[str | float, ...]]


class _Gathered(Collector):
    """Gives what was gathered for one page."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def page(metrics: Iterable[Metric], *others: Collector) -> bytes:
    """These, those of `others`, and the process's CPU seconds, memory and open files (where the machine tells)."""
    registry = CollectorRegistry()
    for collector in (_Gathered(list(metrics)), *others):
        registry.register(collector)
    ProcessCollector(registry=registry)
    return generate_latest(registry)


def gauge(name: str, text: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    """A gauge; each row holds the labels' values and its own."""
    return _filled(GaugeMetricFamily(name, text, labels=labels), rows)


def counter(name: str, text: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    """A counter, whose name will end in `_total`; rows as of a gauge."""
    return _filled(CounterMetricFamily(name, text, labels=labels), rows)


def _filled(made: GaugeMetricFamily | CounterMetricFamily, rows: Rows) -> Metric:
    for *values, amount in rows:
        made.add_metric([str(value) for value in values], float(amount))
    return made
