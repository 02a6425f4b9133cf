"""Two thousand nodes are listed without asking the database for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event

from support.signed_in import office, real_now
from warifu.domain.directory.fencing import NodeSeen
from warifu.ports.node_books import Node, NodeState, Report
from warifu.wire.signed import canonical
from warifu.workflows.report_desk import SEEN, NodeNow

COUNT = 2_000


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database."""
    seen: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_page_costs_the_same_however_long_it_is(tmp_path: Path) -> None:
    """Ten nodes or five hundred: as many statements; every node is on one page, and once."""
    with office(tmp_path) as place:
        now, token = real_now(), place.token()
        with place.server.room.registry.change() as books:
            reports = []
            for number in range(COUNT):
                name = f"web-{number:04}"
                books.nodes.put(Node(name, NodeState.JOINED, now, now))
                said = NodeNow(NodeSeen(name, versions={"shop": 1, "warifu": 3}), now)
                reports.append(Report(name, SEEN, now, 3, canonical(said).encode()))
            books.reports.put(reports)
        place.ask("GET", "/v1/nodes?limit=1", token=token)
        costs = {}
        for limit in (10, 500):
            with counted() as seen:
                status, page = place.ask("GET", f"/v1/nodes?limit={limit}", token=token)
            asked = [one for one in seen if "node" in one]
            costs[limit] = len(asked)
            assert (200, limit) == (status, len(page["items"]))
            assert all(one["converged"] for one in page["items"])
        assert costs[500] <= costs[10] + 2, costs  # what does not fit into one statement takes another
        names, cursor = [], ""
        while True:
            page = place.ask("GET", f"/v1/nodes?limit=500&cursor={cursor}", token=token)[1]
            names += [one["name"] for one in page["items"]]
            cursor = page["next"]
            if not cursor:
                break
        assert [f"web-{number:04}" for number in range(COUNT)] == names
