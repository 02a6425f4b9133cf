"""Findings of the room `estate`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.NOT_SEEN: Entry(
        title=Text(
            "{subject} could not be looked at: {reason}.", "{subject} を確認できませんでした ({reason})。"
        ),
        clause="",
        remedy=Text(
            "Look at it yourself and declare in the estate file what it says, or run the scan with more rights.",
            "ご自身で確認し、内容をエステート ファイルに記述するか、より高い権限でスキャンしてください。",
        ),
    ),
}
