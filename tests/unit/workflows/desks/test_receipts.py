"""Which of a node's kept reports is its receipt."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.domain.x509 import Sha256
from warifu.ports.node_books import Report
from warifu.wire.signed import Signed, canonical
from warifu.workflows.report_desk import INVENTORY, RECEIPT, receipt_in


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], None),
        ([(RECEIPT, 1, 0)], RECEIPT),
        ([(INVENTORY, 1, 0)], INVENTORY),
        ([(INVENTORY, 1, 0), (RECEIPT, 2, 60)], RECEIPT),
        ([(RECEIPT, 1, 0), (INVENTORY, 2, 60)], INVENTORY),
        ([(INVENTORY, 1, 0), (RECEIPT, 2, -300)], RECEIPT),  # the server's clock was put right in between
        ([(RECEIPT, 1, 0), (INVENTORY, 2, -300)], INVENTORY),
        (
            [(RECEIPT, 2, 0), (INVENTORY, 2, 1)],
            INVENTORY,
        ),  # asked for its entries, a node counts on or tells again
    ],
)
def test_the_report_that_the_node_counted_last_is_its_receipt(
    told: list[tuple[str, int, int]], expected: str | None, tmp_path: Path
) -> None:
    """Whatever the server's clock did meanwhile: an older word could prove what is true no more."""
    registry = DatabaseRegistry.open(str(tmp_path / "warifu.sqlite"))
    with registry.change() as books:
        for kind, counter, seconds in told:
            document = canonical(Signed(kind, Sha256.of(b""), "")).encode()
            books.reports.put([Report("web-1", kind, NOW + timedelta(seconds=seconds), counter, document)])
        found = receipt_in(books.reports, "web-1")
    registry.close()
    assert expected == (found and found.payload)
