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
    Code.PRIVATE_KEY_READABLE: Entry(
        title=Text(
            "{subject}: others can read this private key (mode {mode}, owner {owner}).",
            "{subject}: この秘密鍵は他の利用者が読めます (モード {mode}、所有者 {owner})。",
        ),
        clause="RFC 5280 §9, NIST SP 800-57 part 1 §6.2.2",
        remedy=Text(
            "`chmod 0600 {subject}` (0640 where a group must read it); if others had access to the machine, replace the key: "
            "`warifu plan replace-identity`.",
            "`chmod 0600 {subject}` を実行してください (グループが読む必要があれば 0640)。他人が機械に入れた場合は鍵を交換してください: "
            "`warifu plan replace-identity`。",
        ),
    ),
    Code.PRIVATE_KEY_ENCRYPTED: Entry(
        title=Text(
            "{subject}: holds an encrypted private key; whether it belongs to the certificate was not checked.",
            "{subject}: 暗号化された秘密鍵があり、証明書と対応するかは確かめていません。",
        ),
        clause="RFC 7468 §11",
        remedy=Text(
            "Compare by hand: `openssl pkey -in {subject} -pubout` asks for the passphrase.",
            "`openssl pkey -in {subject} -pubout` (パスフレーズを尋ねます) で確かめてください。",
        ),
    ),
    Code.NOTHING_READ: Entry(
        title=Text(
            "{subject}: holds no certificate, key, request or CRL.",
            "{subject}: 証明書、秘密鍵、証明書要求、CRL のいずれもありません。",
        ),
        clause="RFC 7468 §5",
        remedy=Text(
            "Check that it is the right file: `file {subject}`; PKCS#7, PKCS#12 and JKS are not read yet.",
            "正しいファイルか `file {subject}` で確かめてください。PKCS#7、PKCS#12、JKS はまだ読めません。",
        ),
    ),
    Code.NOT_A_FILE: Entry(
        title=Text(
            "{subject}: is a pipe, a socket or a device, and was passed over.",
            "{subject}: パイプ、ソケット、デバイスのいずれかのため、読まずに進みました。",
        ),
        clause="POSIX.1-2017 <sys/stat.h>",
        remedy=Text(
            "Nothing has to be done; a pipe is read when it is named itself: `warifu check {subject}`.",
            "対処は要りません。パイプは `warifu check {subject}` のように名指しすると読み取ります。",
        ),
    ),
}
