"""Findings of the room `endpoint`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.ENDPOINT_ENTRY_DAMAGED: Entry(
        title=Text(
            "{subject} in the endpoint store {endpoint_store} is damaged: {reason}.",
            "エンドポイント ストア {endpoint_store} の {subject} が壊れています ({reason})。",
        ),
        clause="",
        remedy=Text(
            "Delete it with `warifu endpoint entry delete`, and add it again; what is published comes back by itself.",
            "`warifu endpoint entry delete` で削除して追加し直してください。公開されているものは自動的に元に戻ります。",
        ),
    ),
}
