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
            "{subject}: {offset} バイト目から始まる {label} ブロックに END 行がなく、途中で切れています。",
        ),
        clause="RFC 7468 §2",
        remedy=Text(
            "The file was cut off: copy it again, whole, and compare its size with the original.",
            "ファイルが途中で切れています。全体をもう一度コピーし、元のサイズと比べてください。",
        ),
    ),
    Code.CONTAINER_LOCKED: Entry(
        title=Text(
            "{subject}: what is locked at byte {offset} ({kind}) cannot be opened (passwords tried: {tried}), or it is damaged.",
            "{subject}: {offset} バイト目の {kind} を開けません。パスワードで保護されているか、壊れています "
            "(試したパスワード: {tried} 個)。",
        ),
        clause="RFC 7292 §4, RFC 5958 §3",
        remedy=Text(
            "Write the password into a file that you alone can read and name it: "
            "`warifu check {subject} --password-file FILE`; `-` asks at the terminal.",
            "パスワードを自分だけが読めるファイルに書き、`warifu check {subject} --password-file FILE` と指定してください。"
            "`-` と書くと端末で尋ねます。",
        ),
    ),
    Code.TOO_LARGE: Entry(
        title=Text(
            "{subject}: has {size} bytes and was not read; {limit} are the most.",
            "{subject}: {size} バイトあり、上限の {limit} バイトを超えるため読んでいません。",
        ),
        clause="RFC 7468 §5",
        remedy=Text(
            "Check that it is the right file: `file {subject}`; divide it where it is.",
            "正しいファイルか `file {subject}` で確かめ、正しければ分割してください。",
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
            "{subject}: この秘密鍵は他のユーザーが読めます (モード {mode}、所有者 {owner})。",
        ),
        clause="RFC 5280 §9, NIST SP 800-57 part 1 §6.2.2",
        remedy=Text(
            "`chmod 0600 {subject}` (0640 where a group must read it); if others had access to the machine, replace the key: "
            "`warifu plan replace-identity`.",
            "`chmod 0600 {subject}` を実行してください (グループが読む必要があれば 0640)。他人がこのマシンにアクセスできた場合は鍵を交換してください: "
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
            "Give its password, and it is compared: `warifu check {subject} --password-file FILE`; `-` asks at the terminal.",
            "`warifu check {subject} --password-file FILE` でパスワードを渡すと照合します。`-` と書くと端末で尋ねます。",
        ),
    ),
    Code.CONTAINER_UNPROVEN: Entry(
        title=Text(
            "{subject}: was read, but nothing proves that nobody changed it: no password given fits the seal of its {kind} "
            "(tried: {tried}).",
            "{subject}: 読み取りましたが、改変がないとは確かめられません ({kind} の検査値に合うパスワードがありません。"
            "試したパスワード: {tried} 個)。",
        ),
        clause="RFC 7292 §4; Java Cryptography Architecture Reference Guide, key stores",
        remedy=Text(
            "Give its password: `warifu check {subject} --password-file FILE`; Java's own trust store has `changeit`.",
            "`warifu check {subject} --password-file FILE` でパスワードを指定してください "
            "(Java 付属のトラスト ストアは `changeit`)。",
        ),
    ),
    Code.LABEL_MISFIT: Entry(
        title=Text(
            "{subject}: the block that begins at byte {offset} is labelled {label} and holds something else: {kind}; "
            "other programs refuse it.",
            "{subject}: {offset} バイト目から始まるブロックは {label} と書かれていますが、中身は別のもの ({kind}) です。"
            "多くのプログラムは拒否します。",
        ),
        clause="RFC 7468 §4",
        remedy=Text(
            "Have it exported again in the right form, or write what is in the block as what it is: `{command}`.",
            "正しい形式で書き出し直すか、ブロックの中身を本来の形式で書き出してください: `{command}`。",
        ),
    ),
    Code.ODD_FORM: Entry(
        title=Text(
            "{subject}: {form}. It was read all the same; who refuses it or loses a part: {refused_by}.",
            "{subject}: {form}。ここでは読み取りましたが、拒否するか一部を失うものがあります: {refused_by}。",
        ),
        clause="RFC 7468 §2, §3, §5.1",
        remedy=Text("Write it in plain form: `{command}`.", "通常の形式に直してください: `{command}`。"),
    ),
    Code.PASSED_OVER: Entry(
        title=Text(
            "{subject}: what begins at byte {offset} ({label}) is of a kind that is not judged here, and was passed over.",
            "{subject}: {offset} バイト目から始まる {label} はここで判定しない種類のため、読み飛ばしました。",
        ),
        clause="RFC 7468 §3",
        remedy=Text(
            "Nothing has to be done, unless a certificate was meant: compare with `openssl asn1parse -in {subject}`.",
            "証明書を入れたつもりでなければ、対処は要りません。`openssl asn1parse -in {subject}` で確かめられます。",
        ),
    ),
    Code.NOTHING_READ: Entry(
        title=Text(
            "{subject}: holds no certificate, key, request or CRL.",
            "{subject}: 証明書、秘密鍵、証明書要求、CRL のいずれもありません。",
        ),
        clause="RFC 7468 §5",
        remedy=Text(
            "Check that it is the right file: `file {subject}`.",
            "正しいファイルか `file {subject}` で確かめてください。",
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
