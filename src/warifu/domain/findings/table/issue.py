"""Findings about requests and the certificates that answer them."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

_APPROVE = Text(
    "Ask the CA for a certificate as the request says, or approve the difference when `warifu apply` shows it.",
    "証明書要求どおりの証明書を CA に求めるか、`warifu apply` が示したときにこの相違を承認してください。",
)

ENTRIES: Mapping[Code, Entry] = {
    Code.REQUEST_VOID: Entry(
        title=Text(
            "No matching key: the certificate {subject} ({about}) in {source} answers the request {request}; "
            "the request was discarded on {voided}. Nothing was uploaded.",
            "鍵が一致しません。{source} の証明書 {subject} ({about}) は申請 {request} への回答ですが、"
            "この申請は {voided} に破棄されました。何もアップロードしていません。",
        ),
        clause="RFC 2986 §3",
        remedy=Text(
            "Make a new request with `warifu plan replace-identity ...` and have the CA sign that one.",
            "`warifu plan replace-identity ...` で新しい申請を作り、CA にはそちらへの署名を求めてください。",
        ),
    ),
    Code.ISSUED_ISSUER_DIFFERS: Entry(
        title=Text(
            "{who} was issued by {issuer} through {got}, or that chain does not verify up to the planned root; "
            "the plan was proven with {wanted}.",
            "{who} の発行者は {issuer} (チェーン {got}) です。計画で証明したチェーン {wanted} と異なるか、"
            "計画のルートまで検証できません。",
        ),
        clause="RFC 5280 §6.1.3 (a)(1), (4)",
        remedy=_APPROVE,
    ),
    Code.ISSUED_NAMES_DIFFER: Entry(
        title=Text(
            "{who} carries other names than planned: missing {missing}; beyond the plan {extra}.",
            "{who} の名前が計画と異なります。不足: {missing}、計画外: {extra}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=_APPROVE,
    ),
    Code.ISSUED_PURPOSES_DIFFER: Entry(
        title=Text(
            "{who} carries other extended key usages than planned: missing {missing}; beyond the plan {extra}.",
            "{who} の拡張鍵用途が計画と異なります。不足: {missing}、計画外: {extra}。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=_APPROVE,
    ),
    Code.ISSUED_USAGE_UNFIT: Entry(
        title=Text(
            "{who} does not serve TLS: key usage {usage}, CA {ca}.",
            "{who} は TLS に使えません。鍵用途: {usage}、CA: {ca}。",
        ),
        clause="RFC 5280 §4.2.1.3, §4.2.1.9",
        remedy=Text(
            "Ask the CA for an end-entity certificate with digitalSignature.",
            "digitalSignature を含むエンド エンティティ証明書を CA に求めてください。",
        ),
    ),
    Code.ISSUED_KEY_DIFFERS: Entry(
        title=Text(
            "{who} has a key of kind {got}; the plan was proven with {wanted}.",
            "{who} の鍵の種類は {got} です。計画は {wanted} で証明しました。",
        ),
        clause="RFC 5280 §4.1.2.7",
        remedy=_APPROVE,
    ),
    Code.ISSUED_SUBJECT_DIFFERS: Entry(
        title=Text(
            "{who} is about {got}; {wanted} was planned.",
            "{who} のサブジェクトは {got} です。計画では {wanted} でした。",
        ),
        clause="RFC 5280 §4.1.2.6",
        remedy=_APPROVE,
    ),
    Code.ISSUED_VALIDITY_DIFFERS: Entry(
        title=Text(
            "{who} is valid from {not_before} to {not_after} ({got:day|days}); a lifetime of {wanted:day|days} was planned.",
            "{who} の有効期間は {not_before} から {not_after} ({got} 日) です。計画では {wanted} 日でした。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=_APPROVE,
    ),
    Code.ISSUED_CLIPPED: Entry(
        title=Text(
            "{who} ends at {not_after}, with its issuer; {wanted} was asked for.",
            "{who} の有効期限は、発行者の期限に合わせて {not_after} になりました。申請した期限は {wanted} でした。",
        ),
        clause="RFC 5280 §6.1.3 (a)(2)",
        remedy=Text(
            "Renew the issuing CA before the next renewal: `warifu plan replace-ca`.",
            "次の更新の前に、`warifu plan replace-ca` で発行 CA を更新してください。",
        ),
    ),
    Code.REQUEST_UNMATCHED: Entry(
        title=Text(
            "No matching key: the certificate {subject} ({about}) in {source} answers no request on record.",
            "鍵が一致しません。{source} の証明書 {subject} ({about}) に対応する申請がありません。",
        ),
        clause="RFC 2986 §3",
        remedy=Text(
            "It was left where it is. See which requests are open: `warifu request list`.",
            "ファイルはそのまま残しました。未完了の申請は `warifu request list` で確かめてください。",
        ),
    ),
    Code.REQUEST_ALREADY_INSTALLED: Entry(
        title=Text(
            "{source}: the request {request} already has a certificate in use ({installed}); {subject} was not taken.",
            "{source}: 申請 {request} の証明書はすでに使用中です ({installed})。{subject} は取り込みませんでした。",
        ),
        clause="RFC 2986 §3",
        remedy=Text(
            "To use another certificate, plan it: `warifu plan replace-identity ...`.",
            "別の証明書を使うには `warifu plan replace-identity ...` で計画してください。",
        ),
    ),
    Code.ANSWER_NOT_READ: Entry(
        title=Text(
            "{subject} was not read: {reason}.",
            "{subject} は読み取りませんでした ({reason})。",
        ),
        clause="RFC 7468 §2",
        remedy=Text(
            "Put a plain file with certificates there (PEM or DER, at most {limit} bytes).",
            "証明書 (PEM または DER、{limit} バイト以下) の通常ファイルを置いてください。",
        ),
    ),
    Code.KEY_TRAVELS: Entry(
        title=Text(
            "The key of {subject} is made on this machine and travels to {nodes}; "
            "approving the plan approves that.",
            "{subject} の鍵はこのマシンで作られ、{nodes} に送られます。計画を承認すると、この送信も承認したことになります。",
        ),
        clause="NIST SP 800-57 part 1 §8.1.5.2",
        remedy=Text(
            "To keep keys where they are used, give each node an identity of its own in the estate file.",
            "鍵を使う場所から動かさないためには、管理対象環境ファイルでノードごとに証明書と鍵を分けてください。",
        ),
    ),
}
