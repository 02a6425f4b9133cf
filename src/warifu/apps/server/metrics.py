"""What the server counts, as Prometheus reads it. Names of nodes and people are never among the labels."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from warifu.wire.exposition import head, sample

BUCKETS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0)
"""Upper bounds of the classes of a duration, in seconds."""


class Kind(StrEnum):
    """How a number behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One name, with what it counts and by which labels."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


REQUESTS = Metric("warifu_requests_total", Kind.COUNTER, "Requests answered.", ("route", "method", "status"))
DURATION = Metric(
    "warifu_request_seconds",
    Kind.HISTOGRAM,
    "Seconds until a request was answered, streams left out.",
    ("route",),
)
REFUSED = Metric(
    "warifu_refused_total", Kind.COUNTER, "Connections and requests that a limit ended.", ("why",)
)
HANDSHAKES = Metric(
    "warifu_handshakes_total",
    Kind.COUNTER,
    "TLS handshakes by what became of them: let in as node, person or nobody, or why not.",
    ("outcome",),
)
CONNECTIONS = Metric("warifu_connections", Kind.GAUGE, "Connections open now.")
NODES = Metric("warifu_connected_nodes", Kind.GAUGE, "Nodes that hold a connection now.")
MEMBERS = Metric("warifu_nodes", Kind.GAUGE, "Nodes by whether they are let in.", ("state",))
VERSION = Metric("warifu_domain_version", Kind.GAUGE, "The newest version of a trust domain.", ("domain",))
ENDS = Metric(
    "warifu_domain_not_after_seconds",
    Kind.GAUGE,
    "The first end of what a trust domain publishes, in seconds since 1970.",
    ("domain", "kind"),
)
STREAMS = Metric("warifu_streams", Kind.GAUGE, "Streams open now.")
DROPPED = Metric(
    "warifu_streams_dropped_total", Kind.COUNTER, "Streams ended because their reader was too slow."
)
CUT = Metric(
    "warifu_connections_cut_total", Kind.COUNTER, "Open connections ended because they are let in no more."
)
SWAPS = Metric(
    "warifu_material_swaps_total",
    Kind.COUNTER,
    "Certificate, CAs or CRLs replaced while serving.",
    ("outcome",),
)
NOT_AFTER = Metric(
    "warifu_certificate_not_after_seconds",
    Kind.GAUGE,
    "End of the server's certificate, in seconds since 1970.",
)

METRICS = (
    REQUESTS,
    DURATION,
    REFUSED,
    HANDSHAKES,
    CONNECTIONS,
    NODES,
    MEMBERS,
    VERSION,
    ENDS,
    STREAMS,
    DROPPED,
    CUT,
    SWAPS,
    NOT_AFTER,
)
"""Every metric of the serving stack; docs/server.md lists them, and a test compares."""

_Labels = tuple[str, ...]


class Metrics:
    """Counts, from any thread.

    Args:
        metrics: what may be counted; each has a bounded set of labels.
    """

    def __init__(self, metrics: tuple[Metric, ...] = METRICS) -> None:
        self._metrics = metrics
        self._lock = threading.Lock()
        self._numbers: dict[Metric, dict[_Labels, float]] = {metric: {} for metric in metrics}
        self._classes: dict[tuple[Metric, _Labels], list[int]] = {}

    def add(self, metric: Metric, *labels: str, by: float = 1) -> None:
        """Count up."""
        with self._lock:
            held = self._numbers[metric]
            held[labels] = held.get(labels, 0) + by

    def put(self, metric: Metric, *labels: str, to: float) -> None:
        """Say what a number is now."""
        with self._lock:
            self._numbers[metric][labels] = to

    def note(self, metric: Metric, *labels: str, seconds: float) -> None:
        """Note one duration."""
        with self._lock:
            held = self._classes.setdefault((metric, labels), [0] * (len(BUCKETS) + 1))
            held[bisect_left(BUCKETS, seconds)] += 1
            sums = self._numbers[metric]
            sums[labels] = sums.get(labels, 0) + seconds

    def of(self, metric: Metric, *labels: str) -> float:
        """Return what a number is now; of durations, their sum."""
        with self._lock:
            return self._numbers[metric].get(labels, 0)

    def text(self) -> str:
        """Return everything, as Prometheus fetches it."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for metric in self._metrics:
            yield from head(metric.name, metric.help, metric.kind)
            for values, number in sorted(self._numbers[metric].items()):
                labels = dict(zip(metric.labels, values, strict=True))
                if metric.kind is Kind.HISTOGRAM:
                    yield from _histogram(metric.name, labels, self._classes[metric, values], number)
                else:
                    yield sample(metric.name, labels, number)


def _histogram(name: str, labels: Mapping[str, str], classes: list[int], total: float) -> Iterator[str]:
    seen = 0
    for bound, count in zip((*(f"{bound:g}" for bound in BUCKETS), "+Inf"), classes, strict=True):
        seen += count
        yield sample(f"{name}_bucket", {**labels, "le": bound}, seen)
    yield sample(f"{name}_sum", labels, total)
    yield sample(f"{name}_count", labels, seen)
