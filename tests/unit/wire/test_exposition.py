"""Numbers as Prometheus reads them."""

from __future__ import annotations

import math

import pytest

from warifu.wire.exposition import head, sample


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (0.25, "0.25"), (1_795_000_000.0, "1795000000"), (math.inf, "+Inf")]
)
def test_a_number_is_written_in_full(value: float, shown: str) -> None:
    """Whole ones without a point, and what has no end as the format has it."""
    assert f"ends {shown}" == sample("ends", {}, value)


def test_labels_keep_a_sample_on_its_line() -> None:
    """Quotes, backslashes and line breaks are escaped."""
    line = sample("ends", {"domain": 'a"b\\c\nd'}, 1)
    assert line.startswith('ends{domain="a\\"b\\\\c')
    assert "\n" not in line
    assert ["# HELP ends When.", "# TYPE ends gauge"] == list(head("ends", "When."))
