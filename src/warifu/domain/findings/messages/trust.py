"""Messages whose keys begin with `trust.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "trust.certificate-unreadable": Text(
        "this is not a certificate that can be read: {reason}",
        "証明書として読み取れません: {reason}",
    ),
    "trust.request-unreadable": Text(
        "this is not a certificate request that can be read: {reason}",
        "証明書要求として読み取れません: {reason}",
    ),
    "trust.crl-unreadable": Text(
        "this is not a CRL that can be read: {reason}",
        "CRL として読み取れません: {reason}",
    ),
    "trust.key-unreadable": Text(
        "this is not a private key that can be read: {reason}",
        "秘密鍵として読み取れません: {reason}",
    ),
    "trust.not-a-fingerprint": Text(
        "{text} is not a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons, are wanted",
        "{text} は SHA-256 フィンガープリントではありません。16 進 64 桁 (コロンの有無は問いません) が必要です",
    ),
    "trust.not-a-key-id": Text(
        "{text} is not a key id: pairs of hexadecimal digits, with or without colons, are wanted",
        "{text} は鍵 ID ではありません。2 桁ずつの 16 進数 (コロンの有無は問いません) が必要です",
    ),
    "trust.fingerprint-not-key-id": Text(
        "{text}: this is a fingerprint, not a key id ({algorithm} of {subject}); its key id is {key_id}",
        "{text}: これは鍵 ID ではなくフィンガープリントです ({subject} の {algorithm})。鍵 ID は {key_id} です",
    ),
    "trust.key-id-unknown": Text(
        "no certificate here has the key id {text}; known are: {known}",
        "鍵 ID {text} の証明書はありません。あるのは {known} です",
    ),
    "trust.profile-unknown": Text(
        "there is no profile {name}; known are: {known}",
        "プロファイル {name} はありません。使えるのは {known} です",
    ),
    "trust.engine-missing": Text(
        "the engine {engine} is not installed here: {reason}",
        "検証エンジン {engine} がここにありません: {reason}",
    ),
    "trust.no-anchors": Text(
        "{path} holds no certificate to judge against; name a trust store with --anchors FILE "
        "(Debian's own comes with the package ca-certificates)",
        "{path} に判定の基準となる証明書がありません。--anchors FILE でトラスト ストアを指定してください "
        "(Debian では ca-certificates パッケージに入っています)",
    ),
    "trust.nothing-there": Text(
        "{path} is neither a file nor a folder, nor an address of the form HOST:PORT",
        "{path} はファイルでもフォルダーでも HOST:PORT 形式のアドレスでもありません",
    ),
    "trust.not-a-file": Text(
        "{path} is a device or a socket and was not read; give a file, a folder, a pipe or HOST:PORT",
        "{path} はデバイスかソケットのため読みませんでした。ファイル、フォルダー、パイプ、HOST:PORT を指定してください",
    ),
    "trust.too-much": Text(
        "{path} sends more than {limit} bytes; save what it sends to a file and check that",
        "{path} から {limit} バイトを超えるデータが届きました。ファイルに保存してからそれを指定してください",
    ),
    "trust.nothing-served": Text(
        "{address} served no certificate: {reason}",
        "{address} は証明書を返しませんでした: {reason}",
    ),
    "trust.help-check": Text(
        "Judge certificates in files and folders, and the chains that addresses serve.\n"
        "Every fault is told with its clause and remedy, beside what the verifying libraries at hand say. "
        "A path that exists is taken for a file, also a pipe (/dev/stdin); anything else of the form HOST:PORT is asked for its chain. "
        "Exit code 0: fine, 1: findings, 5: something could not be looked at.",
        "ファイルとフォルダーの証明書、アドレスが返すチェーンを判定します。\n"
        "すべての不備を根拠と対処とともに示し、手元の検証側ライブラリの判定を並べます。"
        "存在するパスはファイル (/dev/stdin などのパイプも可) とみなし、それ以外の HOST:PORT はチェーンを取得します。"
        "終了コード 0: 問題なし、1: 検出事項あり、5: 確認できないものあり。",
    ),
    "trust.option-profile": Text(
        "Rule set to judge by (default tls-server).", "判定に使うプロファイルです (既定は tls-server)。"
    ),
    "trust.option-anchors": Text(
        "PEM file of the trust store; without it this machine's own (/etc/ssl/certs/ca-certificates.crt).",
        "トラスト ストアの PEM ファイルです。省略するとこの機械のもの (/etc/ssl/certs/ca-certificates.crt) を使います。",
    ),
    "trust.option-name": Text(
        "Host name or IP address the certificate must carry; for HOST:PORT it is HOST unless given.",
        "証明書が持つべきホスト名または IP アドレスです。HOST:PORT では省略すると HOST になります。",
    ),
    "trust.option-at": Text(
        "Instant of judgement, ISO 8601 (default: now).",
        "判定する日時です。ISO 8601 で書きます (既定は現在)。",
    ),
    "trust.judged-by": Text(
        "Judged by profile {profile} at {at}, against the {count} certificate(s) of {path}.",
        "プロファイル {profile}、{at} 時点、{path} の証明書 {count} 枚に対する判定です。",
    ),
    "trust.kind-file": Text("file", "ファイル"),
    "trust.kind-address": Text("served chain", "返されたチェーン"),
    "trust.kind-chain": Text("chain", "チェーン"),
    "trust.kind-authorities": Text("CA certificates", "CA 証明書"),
    "trust.kind-anchors": Text("trust store", "トラスト ストア"),
    "trust.outcome-accepted": Text("accepted", "受け入れられます"),
    "trust.outcome-refused": Text("refused", "拒否されます"),
    "trust.outcome-unknown": Text("undecided", "判定できません"),
    "trust.state-judged": Text("{kind}, {outcome}", "{kind}、{outcome}"),
    "trust.state-fine": Text("{kind}, nothing found", "{kind}、検出事項はありません"),
    "trust.state-findings": Text("{kind}, findings below", "{kind}、検出事項があります"),
    "trust.could-not-look": Text("could not be looked at", "確認できませんでした"),
    "trust.certificate-line": Text(
        "{position}. {subject}, issued by {issuer}, {not_before} to {not_after}, SHA-256 {fingerprint}",
        "{position}. {subject}、発行者 {issuer}、{not_before} から {not_after} まで、SHA-256 {fingerprint}",
    ),
    "trust.engine-accepts": Text("{engine}: accepts", "{engine}: 受け入れます"),
    "trust.engine-refuses": Text("{engine}: refuses ({said})", "{engine}: 拒否します ({said})"),
    "trust.engine-unanswered": Text("{engine}: no answer ({said})", "{engine}: 回答なし ({said})"),
    "trust.sum": Text(
        "{all} looked at: {fine} fine, {findings} with findings, {failed} could not be looked at.",
        "{all} 件中、問題なし {fine} 件、検出事項あり {findings} 件、確認できず {failed} 件。",
    ),
}
