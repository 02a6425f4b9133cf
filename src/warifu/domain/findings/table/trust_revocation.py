"""Findings about CRLs and OCSP responses: what they say, and why one does not count."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry, reissue
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.REVOKED: Entry(
        title=Text(
            "{who} was revoked by {issuer} at {revoked} (serial {serial}, reason {cause}, said by {through}).",
            "{who} は {issuer} が {revoked} に失効させました "
            "(シリアル番号 {serial}、理由: {cause}、{through} による)。",
        ),
        clause="RFC 5280 §5.3.1, §6.3.3; RFC 6960 §2.2",
        remedy=reissue(
            Text(
                "Replace certificate and key; a revoked one never comes back, unless its CA lifts a certificateHold "
                "in its next CRL.",
                "証明書と鍵を交換してください。失効は取り消せません。一時停止 (certificateHold) だけは、CA が次の CRL で解除できます。",
            )
        ),
    ),
    Code.CRL_MISSING: Entry(
        title=Text(
            "No CRL signed by {issuer} is at hand for {who}, and CRLs are required.",
            "{who} に必要な、{issuer} が署名した CRL がありません。",
        ),
        clause="RFC 5280 §6.3",
        remedy=Text(
            "Fetch the CRL of {issuer} and name it: `--crl FILE`, in an estate the trust store's CRL file. Where a CA "
            'lacks one, the leaf alone can be covered: `--crl-mode leaf`, in an estate `crl-mode = "leaf"`.',
            "{issuer} の CRL を取得し、`--crl FILE` で指定してください (管理対象環境ではトラスト ストアの CRL ファイル)。"
            'CA の証明書に対する CRL だけがない場合は、リーフだけを対象にできます (`--crl-mode leaf`、管理対象環境では `crl-mode = "leaf"`)。',
        ),
        titles={
            ("reason", "crl-signature"): Text(
                "The CRL at hand that names {issuer} was not signed by its key, and says nothing of {who}: its signature "
                "is wrong.",
                "手元にある {issuer} の CRL は、その鍵による署名が正しくないため、{who} の確認に使えません。",
            )
        },
        otherwise={
            ("reason", "crl-signature"): Text(
                "The CRL was altered, or is another CA's of that name: fetch it again from {issuer}; "
                "`openssl crl -noout -CAfile CA.pem -in CRL` checks its signature.",
                "CRL が書き換えられたか、同名の別の CA のものです。{issuer} から取得し直してください。"
                "署名は `openssl crl -noout -CAfile CA.pem -in CRL` で確かめられます。",
            ),
            ("mode", "leaf"): Text(
                "Fetch the CRL of {issuer} and name it: `--crl FILE`, in an estate the trust store's CRL file.",
                "{issuer} の CRL を取得し、`--crl FILE` で指定してください (管理対象環境ではトラスト ストアの CRL ファイル)。",
            ),
        },
    ),
    Code.CRL_EXPIRED: Entry(
        title=Text(
            "The CRL of {issuer} for {who} is good from {this_update} to {next_update}, not at {now}.",
            "{who} のための {issuer} の CRL は {this_update} から {next_update} まで有効で、{now} では使えません。",
        ),
        clause="RFC 5280 §5.1.2.4, §5.1.2.5",
        remedy=Text(
            "Publish a fresh CRL of {issuer} and put it into the trust store's CRL file at once; from then on do so before "
            "each next update.",
            "{issuer} の新しい CRL を発行し、すぐにトラスト ストアの CRL ファイルに入れてください。以後は次回更新の日時より前に更新してください。",
        ),
    ),
    Code.CRL_SIGN_MISSING: Entry(
        title=Text(
            "The CRL for {who} does not count: the key usage of {issuer} lacks cRLSign.",
            "{who} のための CRL は使えません。{issuer} の鍵用途に cRLSign がありません。",
        ),
        clause="RFC 5280 §4.2.1.3, §6.3.3 (f)",
        remedy=Text(
            "Have the certificate of {issuer} issued again, with the same key and "
            "`keyUsage = critical, keyCertSign, cRLSign`.",
            "{issuer} の証明書を、同じ鍵のまま `keyUsage = critical, keyCertSign, cRLSign` で再発行してください。",
        ),
    ),
    Code.CRL_OUT_OF_SCOPE: Entry(
        title=Text(
            "The CRL of {issuer} at hand says nothing of {who}: {reason}.",
            "手元にある {issuer} の CRL は {who} を対象にしていません ({reason})。",
        ),
        clause="RFC 5280 §5.2.5, §6.3.3 (b)",
        remedy=Text(
            "Fetch the CRL that the certificate names: `openssl x509 -noout -ext crlDistributionPoints -in CERT`.",
            "証明書が示す CRL を取得してください: `openssl x509 -noout -ext crlDistributionPoints -in CERT`。",
        ),
    ),
    Code.CRL_UNJUDGED: Entry(
        title=Text(
            "The CRL of {issuer} for {who} is not judged here: {reason}.",
            "{who} のための {issuer} の CRL は判定の対象外です ({reason})。",
        ),
        clause="RFC 5280 §5.2, §5.2.4, §5.2.5",
        remedy=Text(
            "Use a complete CRL that {issuer} issues itself, without critical extensions of its own.",
            "{issuer} 自身が発行し、独自のクリティカル拡張を持たない完全な CRL を使ってください。",
        ),
        titles={
            ("reason", "listed"): Text(
                "A CRL at hand that names {issuer} lists {who} (serial {serial}) as revoked; its signature cannot be "
                "checked, for the certificate of {issuer} is missing.",
                "手元にある {issuer} の CRL は {who} (シリアル番号 {serial}) を失効済みとして載せています。"
                "ただし {issuer} の証明書がないため、CRL の署名を確かめられません。",
            ),
            ("reason", "not-listed"): Text(
                "A CRL at hand that names {issuer} does not list {who} (serial {serial}); its signature cannot be "
                "checked, for the certificate of {issuer} is missing.",
                "手元にある {issuer} の CRL に {who} (シリアル番号 {serial}) は載っていません。"
                "ただし {issuer} の証明書がないため、CRL の署名を確かめられません。",
            ),
        },
        otherwise=dict.fromkeys(
            (("reason", "listed"), ("reason", "not-listed")),
            Text(
                "Put the certificate of {issuer} behind the others in the file, and look again.",
                "{issuer} の証明書をファイルの最後に加えて、もう一度確かめてください。",
            ),
        ),
    ),
    Code.CRL_UNFIT: Entry(
        title=Text(
            "The CRL of {issuer} for {who} is not written as the standard asks: {reason}.",
            "{who} のための {issuer} の CRL は標準どおりの形ではありません ({reason})。",
        ),
        clause="RFC 5280 §5.1.2.5, §5.2.3, §5.3.1; CA/Browser Forum BR §7.2",
        remedy=Text(
            "Publish the CRL of {issuer} again; look at it with `openssl crl -noout -text -in CRL`.",
            "{issuer} の CRL を発行し直してください。`openssl crl -noout -text -in CRL` で確かめられます。",
        ),
    ),
    Code.OCSP_UNKNOWN: Entry(
        title=Text(
            "The OCSP responder of {issuer} does not know {who} (serial {serial}).",
            "{issuer} の OCSP レスポンダーは {who} (シリアル番号 {serial}) を知りません。",
        ),
        clause="RFC 6960 §2.2",
        remedy=Text(
            "Ask {issuer} whether it issued this certificate; if it did, its responder lacks the record.",
            "この証明書を発行したかを {issuer} に確かめてください。発行済みなら、レスポンダー側の記録が不足しています。",
        ),
    ),
    Code.OCSP_EXPIRED: Entry(
        title=Text(
            "The OCSP response for {who} is good from {this_update} to {next_update}, not at {now}.",
            "{who} の OCSP レスポンスは {this_update} から {next_update} まで有効で、{now} では使えません。",
        ),
        clause="RFC 6960 §3.2, §4.2.2.1",
        remedy=Text(
            "Fetch a fresh response from the responder of {issuer}; where a server staples it, let it fetch again.",
            "{issuer} のレスポンダーから新しいレスポンスを取得してください。サーバーが OCSP ステープリングを行っている場合は再取得させてください。",
        ),
    ),
    Code.OCSP_UNFIT: Entry(
        title=Text(
            "The OCSP response for {who} does not count as one of {issuer}: {reason}.",
            "{who} の OCSP レスポンスは {issuer} のものとして使えません ({reason})。",
        ),
        clause="RFC 6960 §3.2, §4.2.2.2",
        remedy=Text(
            "Ask the responder that the certificate names: `openssl x509 -noout -ocsp_uri -in CERT`.",
            "証明書が示すレスポンダーに問い合わせてください: `openssl x509 -noout -ocsp_uri -in CERT`。",
        ),
    ),
    Code.OCSP_UNRELATED: Entry(
        title=Text(
            "The OCSP response at hand is about other certificates (serial {serial}): {reason}.",
            "手元の OCSP レスポンスは別の証明書 (シリアル番号 {serial}) についてのものです ({reason})。",
        ),
        clause="RFC 6960 §3.2, §4.1.1",
        remedy=Text(
            "Ask for this certificate and its issuer: `openssl ocsp -issuer ISSUER -cert CERT -url URL`.",
            "この証明書とその発行者について問い合わせてください: `openssl ocsp -issuer ISSUER -cert CERT -url URL`。",
        ),
    ),
}
