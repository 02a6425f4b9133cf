"""The file for Prometheus: what strangers named stays inside its label."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from support.notices import met
from support.pki import NOW, make_ca
from warifu.adapters.notifiers.prometheus import PrometheusFile
from warifu.ports.notifiers import Standings

SAMPLE = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)*\})? -?\d+')


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ('CN=a"b\\c', r'subject="CN=a\"b\\c"'),
        (
            'x"} 1\nwarifu_watch_notices 0\r\u2028\x1b',
            r'subject="x\"} 1\\x0awarifu_watch_notices 0\\x0d\\u2028\\x1b"',
        ),
        (b"\xff".decode("utf-8", "surrogateescape"), r'subject="\\udcff"'),
    ],
)
def test_a_name_stays_inside_its_label(tmp_path: Path, named: str, expected: str) -> None:
    """Text format 0.0.4: a backslash, a quote and a line feed are escaped; nothing that moves the line gets that far."""
    found = met(make_ca("Root"))
    file = tmp_path / "w.prom"
    PrometheusFile(str(file)).show(Standings(NOW, (), (replace(found.entry, subject=named),)))
    lines = file.read_text().splitlines()
    assert all(line.startswith("# ") or SAMPLE.fullmatch(line) for line in lines)
    assert 1 == sum(expected in line for line in lines)
