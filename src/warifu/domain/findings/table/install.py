"""Findings of the room `install`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry

ENTRIES: Mapping[Code, Entry] = {}
