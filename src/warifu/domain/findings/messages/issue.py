"""Messages about requests, keys and issuers: keys that begin with `issue.`, and what the issuers' port raises."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # Custody.
    "issue.illegal-move": Text(
        "The request {request} is {state}: {move} is not possible.",
        "申請 {request} の状態は {state} のため、{move} はできません。",
    ),
    "issue.request-void": Text(
        "No matching key: the request {request} was discarded on {voided}; nothing was uploaded.",
        "鍵が一致しません。申請 {request} は {voided} に破棄されました。何もアップロードしていません。",
    ),
    "issue.key-not-matched": Text(
        "The certificate {certificate} does not carry the key of the request {request}: "
        "key of this target not matched; nothing was installed.",
        "証明書 {certificate} の鍵は申請 {request} の鍵ではありません。"
        "この対象の鍵と一致しないため、何もインストールしていません。",
    ),
    "issue.discard-unconfirmed": Text(
        "The request {request} is {state} (sent {since}): a certificate for it may come any day, and would be "
        "worthless once it is discarded. Type the request's name to discard it, or pass --confirm {request}.",
        "申請 {request} の状態は {state} です (送付 {since})。証明書がまもなく届く可能性があり、破棄すると"
        "その証明書は使えなくなります。破棄するには申請名を入力するか --confirm {request} を付けてください。",
    ),
    "issue.no-such-request": Text(
        "There is no request {request} in {folder}. `warifu request list` shows those on record.",
        "{folder} に申請 {request} はありません。`warifu request list` で一覧を確かめてください。",
    ),
    "issue.request-file-unreadable": Text(
        "{path} is not a request's record of this program: {reason}.",
        "{path} は本プログラムの申請記録として読み取れません ({reason})。",
    ),
    "rotation.waiting-for-certificate": Text(
        "Waiting for the certificate of {identity}: request {request}, sent to {issuer} on {since}. "
        "Put the answer into the issuer's folder or run `warifu request deliver FILE`, then `warifu rollout resume`.",
        "{identity} の証明書を待っています (申請 {request}、{since} に {issuer} へ送付)。回答を発行者のフォルダーに"
        "置くか `warifu request deliver FILE` を実行し、その後 `warifu rollout resume` を実行してください。",
    ),
    # Keys and requests.
    "issue.bad-name": Text(
        "{name} can be neither a DNS name nor an address of a certificate.",
        "{name} は証明書の DNS 名としても IP アドレスとしても使えません。",
    ),
    "issue.bad-purpose": Text(
        "{purpose} is not an extended key usage: use serverAuth, clientAuth or a dotted number.",
        "{purpose} は拡張鍵用途ではありません。serverAuth、clientAuth または数字の OID を使ってください。",
    ),
    "issue.bad-subject": Text(
        "{subject} is not a subject: write it like CN=shop.example,O=Example (RFC 4514).",
        "{subject} はサブジェクトとして読めません。CN=shop.example,O=Example のように書いてください (RFC 4514)。",
    ),
    "issue.bad-key-kind": Text(
        "{key} is not a kind of key that is made here: rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384, ed25519.",
        "{key} の鍵は作れません。rsa-2048、rsa-3072、rsa-4096、ec-p256、ec-p384、ed25519 から選んでください。",
    ),
    "issue.request-not-made": Text(
        "openssl made no request from the key {path}: exit code {code}: {said}",
        "openssl は鍵 {path} から申請書を作れませんでした (終了コード {code}): {said}",
    ),
    "issue.request-not-as-planned": Text(
        "The request made from {path} is not as planned in: {differs}. "
        "Another key may lie there; move it away and resume.",
        "{path} から作った申請書が計画と異なります ({differs})。別の鍵が置かれている場合は、"
        "退避してから再開してください。",
    ),
    # Issuers.
    "io.issuer-refused": Text(
        "The issuer {issuer} refuses the request {request}: it differs from what was planned in {differs}.",
        "発行者 {issuer} は申請 {request} を拒否しました。計画との相違: {differs}。",
    ),
    "issue.unknown-issuer": Text(
        "{identity}: the estate has no issuer named {issuer}.",
        "{identity}: 管理対象環境に発行者 {issuer} がありません。",
    ),
    "issue.ca-missing": Text(
        "{folder} holds no local CA ({file} is missing or not a certificate). "
        "Make one: `warifu issuer create NAME --folder {folder} ...`.",
        "{folder} にローカル CA がありません ({file} がないか証明書ではありません)。"
        "`warifu issuer create NAME --folder {folder} ...` で作成してください。",
    ),
    "issue.ca-exists": Text(
        "{folder} exists and is not empty: a CA is never made over another. Choose another folder.",
        "{folder} は空ではありません。既存の CA を上書きしないよう、別のフォルダーを指定してください。",
    ),
    "issue.ca-not-valid": Text(
        "The CA {issuer} is valid from {not_before} to {not_after}; it signs nothing at {now}.",
        "CA {issuer} の有効期間は {not_before} から {not_after} です。{now} には署名しません。",
    ),
    "issue.ca-locked": Text(
        "The key {path} does not open with this passphrase.",
        "このパスフレーズでは鍵 {path} を開けません。",
    ),
    "issue.ca-write-failed": Text(
        "The CA in {folder} cannot be written: {reason}.",
        "{folder} の CA に書き込めません ({reason})。",
    ),
    "issue.passphrase-file-open": Text(
        "The passphrase file {path} can be read by everybody on this machine (mode {mode}). Run: chmod 600 {path}",
        "パスフレーズのファイル {path} は誰でも読めます (モード {mode})。chmod 600 {path} を実行してください。",
    ),
    "issue.passphrase-file-unreadable": Text(
        "The passphrase file {path} cannot be read: {reason}.",
        "パスフレーズのファイル {path} を読み取れません ({reason})。",
    ),
    "issue.passphrase-empty": Text(
        "The passphrase of {issuer} is empty.",
        "{issuer} のパスフレーズが空です。",
    ),
    "issue.passphrase-no-terminal": Text(
        "The passphrase of {issuer} is needed and there is no terminal to ask at: "
        "name a file with passphrase-file in the estate file, or --passphrase-file.",
        "{issuer} のパスフレーズが必要ですが、尋ねる端末がありません。管理対象環境のファイルの passphrase-file か "
        "--passphrase-file でファイルを指定してください。",
    ),
    "issue.passphrase-prompt": Text(
        "Passphrase of the CA {issuer}: ",
        "CA {issuer} のパスフレーズ: ",
    ),
    # The page that goes with a batch of requests.
    "issue.manifest-title": Text("Certification requests for {issuer}", "{issuer} への証明書の申請"),
    "issue.manifest-how": Text(
        "Have the CA sign each request below exactly as it says. Put what comes back, in any form and order, "
        "into the folder {folder}; chains and several certificates in one file are fine. No key is ever sent.",
        "下記の申請書それぞれに、記載どおりの署名を CA に求めてください。戻ってきたものは、形式や順序を問わず"
        "フォルダー {folder} に置いてください。チェーンや複数の証明書が一つのファイルでも構いません。"
        "秘密鍵を送ることはありません。",
    ),
    "issue.manifest-none": Text("No request is outstanding.", "未回答の申請はありません。"),
    "issue.manifest-file": Text(
        "File: {file} (SHA-256 {fingerprint})", "ファイル: {file} (SHA-256 {fingerprint})"
    ),
    "issue.manifest-subject": Text("Subject: {subject}", "サブジェクト: {subject}"),
    "issue.manifest-names": Text("Subject alternative names: {names}", "サブジェクト代替名: {names}"),
    "issue.manifest-purposes": Text("Extended key usage: {purposes}", "拡張鍵用途: {purposes}"),
    "issue.manifest-usage": Text("Key usage (critical): {usage}", "鍵用途 (クリティカル): {usage}"),
    "issue.manifest-key": Text("Key: {key}, already in the request", "鍵: {key} (申請書に含まれています)"),
    "issue.manifest-lifetime": Text("Validity: {days} days", "有効期間: {days} 日"),
    "issue.manifest-chain": Text(
        "Issuing certificate: SHA-256 {issuer}", "発行する CA 証明書: SHA-256 {issuer}"
    ),
    "issue.manifest-since": Text("Written: {since}", "作成: {since}"),
}
