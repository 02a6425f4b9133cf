"""Findings about chains: what path validation and profiles refuse."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.EXPIRED: Entry(
        title=Text(
            "{subject} expired at {not_after} (judged at {now}).",
            "{subject} は {not_after} に期限切れになりました ({now} で判定)。",
        ),
        clause="RFC 5280 §4.1.2.5, §6.1.3 (a)(2)",
        remedy=Text(
            "Renew it: `warifu plan replace-identity {subject}` for a leaf, `warifu plan replace-ca` for a CA.",
            "更新してください。リーフは `warifu plan replace-identity {subject}`、CA は `warifu plan replace-ca` です。",
        ),
    ),
    Code.NOT_YET_VALID: Entry(
        title=Text(
            "{subject} is valid only from {not_before} (judged at {now}).",
            "{subject} は {not_before} から有効です ({now} で判定)。",
        ),
        clause="RFC 5280 §4.1.2.5, §6.1.3 (a)(2)",
        remedy=Text(
            "Check the clock of the machine that judges; otherwise wait until {not_before} before it is used.",
            "判定する機械の時計を確かめてください。正しければ {not_before} まで使わないでください。",
        ),
    ),
}
