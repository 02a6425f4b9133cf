"""The text file for Prometheus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from support.notices import met
from support.pki import DAY, NOW, make_ca
from warifu.adapters.notifiers.prometheus import PrometheusFile
from warifu.ports.notifiers import Standings


def test_nothing_in_a_name_breaks_out_of_its_label(tmp_path: Path) -> None:
    """A subject may hold quotes, backslashes and new lines: each is written as the text format has it."""
    entry = met(make_ca("Root").leaf("web.example", end=NOW + DAY)).entry
    evil = replace(entry, subject='CN=a"} 1\nwarifu_watch_notices 0\\')
    path = tmp_path / "warifu.prom"
    PrometheusFile(str(path)).show(Standings(NOW, (), (evil,)))
    lines = path.read_text().split("\n")
    (line,) = [one for one in lines if one.startswith("warifu_watch_not_after_seconds{")]
    assert r'subject="CN=a\"} 1\nwarifu_watch_notices 0\\"' in line
    assert not [one for one in lines if one.startswith("warifu_watch_notices 0")]
