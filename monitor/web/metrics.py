"""Metrics for Prometheus, computed from the database for each request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from monitor.model import DeliveryState, FeedRecord
from monitor.store import Reader, delivery_list, feeds
from monitor.store.hits import totals
from monitor.store.notification_latency import latency_counts

BUCKETS_S = (10, 30, 60, 120, 300, 600, 1800, 3600, 14_400)
LATENCY_SPAN = timedelta(days=7)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Observed:
    """The values from which the metrics are computed."""

    entries: int
    hits: int
    by_state: dict[str, int]
    oldest_due_s: float  # how long the delivery that is overdue longest has been due; 0: none is
    feeds: tuple[FeedRecord, ...]
    latency: tuple[list[int], float]  # number of messages up to each of BUCKETS_S, and of all; the sum of seconds
    daemon: dict[str, Any] | None


def observe(db: Reader, now: datetime) -> Observed:
    """Return the values for the metrics that the database contains.

    Args:
        db: A reader of the database.
        now: The current time.
    """
    entries, hits = totals(db)
    waiting = delivery_list.list_deliveries(db, {DeliveryState.OPEN, DeliveryState.PENDING})
    overdue = [(now - delivery.due_at).total_seconds() for delivery in waiting]
    return Observed(
        entries,
        hits,
        delivery_list.count_with_sent(db),
        max([0.0, *overdue]),
        tuple(feeds.load_feeds(db)),
        latency_counts(db, now - LATENCY_SPAN, BUCKETS_S),
        None,
    )


class _Collector:
    def __init__(self, observed: Observed, now: datetime) -> None:
        self._observed = observed
        self._now = now

    def collect(self) -> Iterable[Metric]:
        seen = self._observed
        daemon = seen.daemon
        yield GaugeMetricFamily("monitor_up", "1 if a daemon is running, else 0", 1 if daemon else 0)
        problems = len(daemon["problems"]) if daemon else 0
        yield GaugeMetricFamily("monitor_problems", "Problems that monitor status lists", problems)
        yield CounterMetricFamily(
            "monitor_entries", "Stored entries; decreases when retention deletes old ones", seen.entries
        )
        yield CounterMetricFamily("monitor_hits", "Stored hits; decreases when retention deletes old ones", seen.hits)
        by_state = GaugeMetricFamily("monitor_deliveries", "Deliveries by state", labels=["state"])
        for state in DeliveryState:
            by_state.add_metric([str(state)], seen.by_state.get(str(state), 0))
        yield by_state
        yield GaugeMetricFamily(
            "monitor_queue_age_seconds", "How long the longest overdue delivery has been due", seen.oldest_due_s
        )
        yield from self._feeds()
        counts, total_s = seen.latency
        names = [*(str(float(bound)) for bound in BUCKETS_S), "+Inf"]
        yield HistogramMetricFamily(
            "monitor_notification_latency_seconds",
            "Time from the publication of an entry to the acceptance of its alert, over the last 7 days",
            buckets=list(zip(names, counts, strict=True)),
            sum_value=total_s,
        )

    def _feeds(self) -> Iterable[Metric]:
        by_state: dict[str, int] = {}
        for record in self._observed.feeds:
            by_state[str(record.state)] = by_state.get(str(record.state), 0) + 1
        states = GaugeMetricFamily("monitor_feeds", "Feeds by state", labels=["state"])
        for state, number in sorted(by_state.items()):
            states.add_metric([state], number)
        yield states
        age = GaugeMetricFamily(
            "monitor_feed_age_seconds", "Time since the last successful poll of a feed", labels=["feed"]
        )
        failures = GaugeMetricFamily("monitor_feed_failures", "Failed polls of a feed in a row", labels=["feed"])
        latency = GaugeMetricFamily(
            "monitor_feed_latency_seconds", "Duration of the last successful poll of a feed", labels=["feed"]
        )
        for record in self._observed.feeds:
            failures.add_metric([record.key], record.failures)
            if record.last_success_at:
                age.add_metric([record.key], (self._now - record.last_success_at).total_seconds())
            if record.latency_s is not None:
                latency.add_metric([record.key], record.latency_s)
        yield from (age, failures, latency)


def metrics_text(observed: Observed, now: datetime) -> bytes:
    """Return the metrics in the text format of Prometheus.

    Args:
        observed: Values from the database and from the daemon.
        now: The current time.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(observed, now))
    return generate_latest(registry)
