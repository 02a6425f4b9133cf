"""What a look at a file rests on, as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.diagnosis.looks import Seen
from warifu.domain.diagnosis.scene import Form
from warifu.domain.findings import Lang, Text

FORMS: Mapping[Form, Text] = {
    Form.PEM: Text("Base64 (PEM)", "Base64 (PEM) 形式"),
    Form.DER: Text("binary (DER)", "バイナリ (DER) 形式"),
    Form.UTF_16: Text("text in UTF-16", "UTF-16 のテキスト"),
    Form.BARE_BASE64: Text("Base64 without BEGIN and END lines", "BEGIN 行と END 行のない Base64 形式"),
    Form.OTHER: Text("of no form that is known here", "不明な形式"),
}

SEEN: Mapping[str, Text] = {
    "no-file": Text("No file was given that could show it.", "確かめられるファイルが指定されていません。"),
    "no-request": Text(
        "The request it was issued for was not given; the key of {who} is {key}.",
        "{who} の発行に使われた証明書要求が指定されていません。{who} の鍵は {key} です。",
    ),
    "request-fits": Text(
        "The key of {who} is the one of a request that was given.",
        "{who} の鍵は、指定された証明書要求の鍵と一致します。",
    ),
    "request-other-key": Text(
        "The key of {who} in {path} is of none of the requests given ({count}).",
        "{path} の {who} の鍵は、指定された証明書要求 {count} 件のどれとも一致しません。",
    ),
    "chain-stranger": Text(
        "{path} also holds {extra}, which belongs to no place in the chain.",
        "{path} には、チェーンのどこにも入らない {extra} もあります。",
    ),
    "issuer-missing": Text(
        "{missing}, the issuer of {who}, is missing in {path}.",
        "{path} に、{who} の発行者 {missing} がありません。",
    ),
    "signature-wrong": Text(
        "{who} in {path} was not signed by the key of {issuer}, though the names agree.",
        "{path} の {who} は、名前は合っていますが {issuer} の鍵で署名されていません。",
    ),
    "order-wrong": Text(
        "The certificates of {path} stand in the wrong order; right is: {order}.",
        "{path} の証明書の順序が違います。正しい順序: {order}",
    ),
    "chain-whole": Text(
        "Certificates: {count}, each signed by the next, up to the root {root}.",
        "証明書 {count} 枚が、ルート {root} まで順に署名されています。",
    ),
    "common-name-missing": Text(
        "{path}: the certificate {who} has no common name.",
        "{path}: 証明書 {who} にコモン ネームがありません。",
    ),
    "wildcard": Text(
        "{path}: {who} carries the wildcard {pattern}.",
        "{path}: {who} にワイルドカード {pattern} があります。",
    ),
    "common-names-fine": Text(
        "Certificates: {count}; each has a common name, and none a wildcard.",
        "証明書 {count} 枚のすべてにコモン ネームがあり、ワイルドカードはありません。",
    ),
    "purpose-missing": Text(
        "{path}: the extended key usage of {who} lacks {missing}; it has {purposes}.",
        "{path}: {who} の拡張鍵用途に {missing} がありません。現在の値: {purposes}",
    ),
    "purposes-fine": Text(
        "{who} is for {wanted}, which is all that the product wants.",
        "{who} の用途に、製品が求める {wanted} がそろっています。",
    ),
    "encipherment-missing": Text(
        "{path}: the key usage of {who} is {usage}, without keyEncipherment.",
        "{path}: {who} の鍵用途は {usage} で、keyEncipherment がありません。",
    ),
    "encipherment-of-no-rsa": Text(
        "{path}: the key usage of {who} is {usage}; its key ({key}) is not RSA, and keyEncipherment is for RSA keys.",
        "{path}: {who} の鍵用途は {usage} です。鍵 ({key}) が RSA ではなく、keyEncipherment は RSA 鍵のためのものです。",
    ),
    "encipherment-fine": Text(
        "The key usage of {who} has keyEncipherment.", "{who} の鍵用途に keyEncipherment があります。"
    ),
    "not-base64": Text("{path} is {form}, not Base64.", "{path} は {form} で、Base64 ではありません。"),
    "not-whole": Text(
        "{path} is Base64, but not all of it can be read.",
        "{path} は Base64 ですが、読めない部分があります。",
    ),
    "container": Text(
        "{path} is a PKCS#7 container, not a plain certificate; sources differ on whether it is taken.",
        "{path} は単独の証明書ではなく PKCS#7 形式です。使えるかどうかは出典によって異なります。",
    ),
    "key-not-rsa": Text(
        "The private key in {path} is {key}, not RSA.", "{path} の秘密鍵は {key} で、RSA ではありません。"
    ),
    "base64-fine": Text("{path} is Base64 and read whole.", "{path} は Base64 で、すべて読めました。"),
    "several": Text("{path} holds {count} certificates.", "{path} には証明書が {count} 枚あります。"),
    "single": Text("{path} holds one certificate.", "{path} の証明書は 1 枚です。"),
    "too-deep": Text(
        "{path} holds {count} certificates; at most {limit} are taken.",
        "{path} には証明書が {count} 枚あります。上限は {limit} 枚です。",
    ),
    "depth-fine": Text(
        "Certificates: {count}; at most {limit} are taken.",
        "証明書は {count} 枚です。上限は {limit} 枚です。",
    ),
    "form-refused": Text(
        "{path} holds its certificates in a form that Java and OpenSSL do not read.",
        "{path} の証明書は、Java や OpenSSL では読めない形で書かれています。",
    ),
    "expired": Text(
        "{who} expired at {not_after}; judged at {now}.",
        "{who} は {not_after} に期限切れになりました ({now} で判定)。",
    ),
    "not-yet-valid": Text(
        "{who} is valid only from {not_before}; judged at {now}.",
        "{who} は {not_before} から有効です ({now} で判定)。",
    ),
    "dates-fine": Text(
        "Valid from {not_before} until {not_after}; judged at {now}.",
        "{not_before} から {not_after} まで有効です ({now} で判定)。",
    ),
    "expiring": Text(
        "{who} ends at {not_after}, in {days} days.",
        "{who} の有効期限は {not_after} で、残り {days} 日です。",
    ),
    "no-other": Text(
        "The chains of both sides are needed; one was not given.",
        "両側のチェーンが必要ですが、片方が指定されていません。",
    ),
    "authority-differs": Text(
        "Issued by {ours} on one side and by {theirs} on the other.",
        "一方の発行者は {ours}、もう一方の発行者は {theirs} です。",
    ),
    "other-not-told": Text(
        "Several chains were given as one side; give the other side's with `--other`.",
        "複数のチェーンが片側として指定されています。もう一方の側のチェーンは `--other` で指定してください。",
    ),
    "sides-whole": Text("The chains of both sides are whole.", "両側のチェーンに欠けはありません。"),
    "authorities-same": Text(
        "Both sides name the same issuers: {names}.", "両側に書かれた発行者は同じです: {names}"
    ),
    "authorities-namesakes": Text(
        "The CAs of both sides have the same names and other keys, so neither side can verify the other: {names}.",
        "両側の CA は名前が同じで鍵が異なるため、互いを検証できません: {names}",
    ),
    "no-request-given": Text("The request was not given.", "証明書要求が指定されていません。"),
    "request-wildcard": Text(
        "The subject of the request {who} carries the wildcard {pattern}.",
        "証明書要求 {who} のサブジェクトにワイルドカード {pattern} があります。",
    ),
    "request-incomplete": Text(
        "The subject of the request {who} lacks {missing}.",
        "証明書要求 {who} のサブジェクトに {missing} がありません。",
    ),
    "request-name-wildcard": Text(
        "The request {who} asks for the wildcard {pattern} as alternative name.",
        "証明書要求 {who} のサブジェクト代替名にワイルドカード {pattern} があります。",
    ),
    "request-name-long": Text(
        "The request {who} asks for an alternative name of {count} characters; at most {limit} are taken.",
        "証明書要求 {who} のサブジェクト代替名に {count} 文字のものがあります。上限は {limit} 文字です。",
    ),
    "request-unreadable": Text(
        "The extensions of the request {who} cannot be read.",
        "証明書要求 {who} の拡張を読めません。",
    ),
    "request-names": Text(
        "The request {who} asks for {count} alternative names; at most {limit} are taken.",
        "証明書要求 {who} のサブジェクト代替名は {count} 件です。上限は {limit} 件です。",
    ),
    "request-fine": Text(
        "The requests given have every field, no wildcard, and names that are taken.",
        "指定された証明書要求に、項目の不足、ワイルドカード、使えない名前はありません。",
    ),
    "no-anchors": Text(
        "The trust store of the one that refused was not given; {who} was issued by {issuer}.",
        "拒否した側のトラスト ストアが指定されていません。{who} の発行者は {issuer} です。",
    ),
    "no-anchors-self": Text(
        "{who} is self-signed: it must itself stand in the trust store, which was not given.",
        "{who} は自己署名です。それ自体がトラスト ストアに必要ですが、トラスト ストアが指定されていません。",
    ),
    "anchors-unread": Text(
        "{who} was issued by {issuer}, and the trust store that was given could not be read whole: {lost:object|objects} lost.",
        "{who} の発行者は {issuer} です。指定されたトラスト ストアに読めない部分が {lost} か所あります。",
    ),
    "untrusted": Text(
        "None of the anchors given ({count}) stands above {who}, issued by {issuer}.",
        "指定されたトラスト アンカー {count} 個のどれも、{issuer} の発行した {who} の上にありません。",
    ),
    "trusted": Text(
        "{who} chains to the anchor {anchor}.", "{who} はトラスト アンカー {anchor} につながります。"
    ),
    "no-name": Text(
        "The name that was asked for was not told; {who} carries {names}.",
        "接続先の名前が指定されていません。{who} にある名前: {names}",
    ),
    "name-fits": Text("{who} carries the name {name}.", "{who} には名前 {name} があります。"),
    "name-missing": Text(
        "{who} does not carry the name {name}; it carries {names}.",
        "{who} には名前 {name} がありません。ある名前: {names}",
    ),
    "no-key": Text(
        "Certificate and private key are needed; one was not given.",
        "証明書と秘密鍵が必要ですが、片方が指定されていません。",
    ),
    "key-fits": Text("The private key is the one of {who}.", "秘密鍵は {who} のものです。"),
    "key-other": Text(
        "The private key given is not the one of {who} in {path}.",
        "指定された秘密鍵は、{path} の {who} のものではありません。",
    ),
}
"""By the word that a look gives."""


def say_seen(seen: Seen, lang: Lang) -> str:
    """Return what a look saw, a sentence for each fault."""
    values = dict(seen.values)
    form = values.get("form")
    if isinstance(form, Form):
        values["form"] = FORMS[form].fill(lang, {})
    said = [SEEN[seen.word].fill(lang, values), *(say_seen(one, lang) for one in seen.more)]
    return " ".join(said)
