"""Findings about reading certificates, keys, requests and CRLs."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.UNREADABLE: Entry(
        title=Text(
            "{subject}: what begins at byte {offset} ({label}) cannot be read: {reason}.",
            "{subject}: {offset} バイト目から始まる {label} を読み取れません ({reason})。",
        ),
        clause="RFC 7468 §2, RFC 5280 §4.1",
        remedy=Text(
            "Export the object again from where it came; compare with `openssl asn1parse -in {subject}`.",
            "元の場所からもう一度書き出し、`openssl asn1parse -in {subject}` と比べてください。",
        ),
    ),
    Code.TRUNCATED: Entry(
        title=Text(
            "{subject}: a block {label} begins at byte {offset} and never ends.",
            "{subject}: {offset} バイト目から始まる {label} ブロックが終わっていません。",
        ),
        clause="RFC 7468 §2",
        remedy=Text(
            "The file was cut off: copy it again, whole, and compare its size with the original.",
            "ファイルが途中で切れています。全体をもう一度コピーし、元のサイズと比べてください。",
        ),
    ),
    Code.PRIVATE_KEY_EXPOSED: Entry(
        title=Text(
            "{subject}: a private key lies where only certificates belong.",
            "{subject}: 証明書だけを置く場所に秘密鍵があります。",
        ),
        clause="RFC 5280 §9",
        remedy=Text(
            "Remove the key from this file, and replace the key pair if others could read the file.",
            "このファイルから秘密鍵を取り除き、他人が読めた場合は鍵ペアを交換してください。",
        ),
    ),
}
