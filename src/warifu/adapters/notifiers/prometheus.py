"""A text file for the textfile collector of node_exporter.

Spec: node_exporter, textfile collector (a file ends in `.prom` and is put in place by renaming).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from warifu.adapters.files.local import LocalFiles
from warifu.domain.watching import Kind, State
from warifu.ports.notifiers import Board, Standings
from warifu.wire.exposition import head, sample


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
    yield from head("warifu_watch_notices", "Open notices.")
    for kind in Kind:
        for acknowledged in (False, True):
            labels = {"kind": kind.value, "acknowledged": "yes" if acknowledged else "no"}
            yield sample("warifu_watch_notices", labels, count[kind, acknowledged])
    yield from head(
        "warifu_watch_not_after_seconds", "End of a certificate at a place, in seconds since 1970."
    )
    ends = {
        sample(
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
    yield from head("warifu_watch_messages", "Messages by what is known of them.")
    yield sample("warifu_watch_messages", {"sent": "pending"}, standings.waiting)
    yield sample("warifu_watch_messages", {"sent": "uncertain"}, standings.uncertain)
    yield from head("warifu_watch_looked_seconds", "The last look, in seconds since 1970.")
    yield sample("warifu_watch_looked_seconds", {}, int(at.timestamp()))
