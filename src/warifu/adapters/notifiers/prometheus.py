"""A text file for the textfile collector of node_exporter.

Spec: Prometheus exposition formats, text format 0.0.4 (escapes in label values); node_exporter, textfile collector
(a file ends in `.prom` and is put in place by renaming).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from warifu.adapters.files.local import LocalFiles
from warifu.domain.findings.text import visible
from warifu.domain.watching import Kind, State
from warifu.ports.notifiers import Board, Standings


class PrometheusFile(Board):
    """Writes one file, readable by everybody, atomically."""

    def __init__(self, path: str) -> None:
        self._path = path

    def show(self, standings: Standings) -> None:
        """Write the file; see the port."""
        text = "".join(f"{line}\n" for line in _lines(standings))
        LocalFiles().write(self._path, text.encode(), mode=0o644)


def _lines(standings: Standings) -> Iterator[str]:
    at = standings.at
    count = Counter(
        (notice.kind, notice.state(at) is State.ACKNOWLEDGED)
        for notice in standings.notices
        if notice.closed is None
    )
    yield from _head("warifu_watch_notices", "Open notices.")
    for kind in Kind:
        for acknowledged in (False, True):
            labels = {"kind": kind.value, "acknowledged": "yes" if acknowledged else "no"}
            yield _sample("warifu_watch_notices", labels, count[kind, acknowledged])
    yield from _head(
        "warifu_watch_not_after_seconds", "End of a certificate at a place, in seconds since 1970."
    )
    ends = {
        _sample(
            "warifu_watch_not_after_seconds",
            {
                "node": entry.node,
                "place": entry.place,
                "store": entry.store,
                "subject": entry.subject,
                "fingerprint": entry.fingerprint,
                "standing": entry.standing.value,
            },
            int(entry.not_after.timestamp()),
        )
        for entry in standings.entries
    }
    yield from sorted(ends)
    yield from _head("warifu_watch_messages", "Messages by what is known of them.")
    yield _sample("warifu_watch_messages", {"sent": "pending"}, standings.waiting)
    yield _sample("warifu_watch_messages", {"sent": "uncertain"}, standings.uncertain)
    yield from _head("warifu_watch_looked_seconds", "The last look, in seconds since 1970.")
    yield _sample("warifu_watch_looked_seconds", {}, int(at.timestamp()))


def _head(name: str, help_text: str) -> Iterator[str]:
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} gauge"


def _sample(name: str, labels: dict[str, str], value: int) -> str:
    inside = ",".join(f'{key}="{_escaped(visible(text))}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {value}" if labels else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(
        '"', '\\"'
    )  # lines never break: what could do that shows as an escape
