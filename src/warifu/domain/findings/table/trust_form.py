"""Findings about the form of certificates that RFC 5280 passes and some libraries refuse."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry, reissue
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.CRITICAL_MARK_MISSING: Entry(
        title=Text(
            "{who} carries {extension} without marking it as critical; some libraries (cryptography) refuse it.",
            "{who} の {extension} はクリティカルになっていません。拒否するライブラリがあります (cryptography など)。",
        ),
        clause="RFC 5280 §4.2.1.6, §4.2.1.9, §4.2.1.10",
        remedy=Text(
            "Have it issued again with `{extension} = critical, ...`, a CA with the same key; then put the new "
            "certificate in place of the old one.",
            "`{extension} = critical, ...` として再発行し (CA なら同じ鍵で)、新しい証明書に置き換えてください。",
        ),
    ),
    Code.CRITICAL_MARK_UNFIT: Entry(
        title=Text(
            "{who} marks {extension} as critical; some libraries refuse a certificate that does.",
            "{who} の {extension} はクリティカルになっています。拒否するライブラリがあります。",
        ),
        clause=Text(
            "RFC 5280 §4.2.1.1, §4.2.1.2 (key ids: never), §4.2.1.6 (names beside a subject: should not), "
            "§4.2.1.4, §4.2.1.12 (the CA may choose); CA/Browser Forum BR §7.1.2",
            "RFC 5280 §4.2.1.1、§4.2.1.2 (鍵 ID は不可)、§4.2.1.6 (サブジェクトがあるときの名前は非推奨)、"
            "§4.2.1.4、§4.2.1.12 (CA が選べます)、CA/Browser Forum BR §7.1.2",
        ),
        remedy=Text(
            "Have it issued again with `{extension}` not critical.",
            "`{extension}` をクリティカルにせずに再発行してください。",
        ),
    ),
    Code.CA_EXTENSION_ON_LEAF: Entry(
        title=Text(
            "{who} is no CA, yet carries {part}; some libraries (cryptography) refuse it.",
            "{who} は CA ではないのに {part} を持っています。拒否するライブラリがあります (cryptography など)。",
        ),
        clause="RFC 5280 §4.2.1.9 (keyCertSign, pathLenConstraint), §4.2.1.10 (nameConstraints)",
        remedy=reissue(
            Text(
                "Have the leaf issued again without {part}.", "{part} を付けずにリーフを再発行してください。"
            )
        ),
    ),
    Code.NAME_EMPTY: Entry(
        title=Text(
            "{who} does not name its issuer: that name is empty.",
            "{who} は発行者を示していません (発行者の名前が空です)。",
        ),
        clause=Text(
            "RFC 5280 §4.1.2.4 (issuers), §4.1.2.6 (subjects of CAs)",
            "RFC 5280 §4.1.2.4 (発行者)、§4.1.2.6 (CA のサブジェクト)",
        ),
        remedy=Text(
            "Name the CA (`CN=...`), and have what it signed issued again.",
            "CA に名前 (`CN=...`) を付け、その CA が署名したものを再発行してください。",
        ),
    ),
    Code.SIGNATURE_ALGORITHM_DIFFERS: Entry(
        title=Text(
            "{who} names one signature algorithm in what was signed and another beside the signature.",
            "{who} は、署名対象 (tbsCertificate) の中と署名の直前とで、異なる署名アルゴリズムを示しています。",
        ),
        clause="RFC 5280 §4.1.1.2, §4.1.2.3",
        remedy=Text(
            "The file was altered or made wrongly: get the certificate again from its CA.",
            "書き換えられたか、作り方が誤っています。CA から証明書を取り直してください。",
        ),
    ),
    Code.KEY_UNCOMMON: Entry(
        title=Text(
            "{who} has a key of a kind that TLS libraries need not know: {key}.",
            "{who} の鍵 ({key}) は、TLS ライブラリが対応しているとは限らない種類です。",
        ),
        clause="RFC 8446 §4.2.3; CA/Browser Forum BR §6.1.5",
        remedy=reissue(
            Text(
                "Use RSA with 2048 bits or more, or EC on P-256, P-384 or P-521.",
                "RSA 2048 ビット以上か、P-256、P-384、P-521 の EC 鍵を使ってください。",
            ),
            Text(
                " In an estate a CA is replaced by `warifu plan replace-ca OLD.pem NEW.pem`.",
                "管理対象環境では CA の交換は `warifu plan replace-ca OLD.pem NEW.pem` です。",
            ),
        ),
    ),
    Code.SIGNATURE_UNCOMMON: Entry(
        title=Text(
            "{who} is signed with {hash}, which TLS 1.3 does not name; some libraries refuse or cannot verify it.",
            "{who} の署名のハッシュ {hash} は TLS 1.3 で定められていません。拒否するか検証できないライブラリがあります。",
        ),
        clause="RFC 8446 §4.2.3; CA/Browser Forum BR §7.1.3.2",
        remedy=Text(
            "Have it issued again, signed with SHA-256, SHA-384 or SHA-512.",
            "SHA-256、SHA-384、SHA-512 のいずれかの署名で再発行してください。",
        ),
    ),
}
