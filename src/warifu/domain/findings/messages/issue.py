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
        "この対象製品の鍵と一致しないため、何もインストールしていません。",
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
        "{subject} is not a subject: write it like CN=shop.example,O=Example,C=JP (RFC 4514).",
        "{subject} はサブジェクトとして読めません。CN=shop.example,O=Example,C=JP のように書いてください (RFC 4514)。",
    ),
    "issue.subject-part": Text(
        "{part}: not `TYPE=VALUE`. A comma, plus sign or backslash inside a value has a backslash before it.",
        "{part}: `TYPE=VALUE` の形ではありません。値の中のカンマ、プラス記号、円記号 (バックスラッシュ) の前には円記号を付けてください。",
    ),
    "issue.subject-type": Text(
        "{part}: {name} is not a type of attribute that is known. Its number will do, as in 2.5.4.5=VALUE.",
        "{part}: {name} という属性の種類は分かりません。2.5.4.5=VALUE のように数字の OID で書いてください。",
    ),
    "issue.subject-country": Text(
        "{part}: a country is two letters (ISO 3166-1), such as JP",
        "{part}: 国は JP のような 2 文字 (ISO 3166-1) で書いてください",
    ),
    "issue.subject-empty": Text("{part}: the value is missing", "{part}: 値がありません"),
    "issue.subject-long": Text(
        "{part}: the common name has {found} characters, and may have {limit}.",
        "{part}: コモン ネームが {found} 文字あります。{limit} 文字以内にしてください。",
    ),
    "issue.bad-key-kind": Text(
        "{key} is not a kind of key that is made here: rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384, ed25519.",
        "{key} の鍵は作れません。rsa-2048、rsa-3072、rsa-4096、ec-p256、ec-p384、ed25519 から選んでください。",
    ),
    "issue.request-not-made": Text(
        "openssl made no request from the key {path}: exit code {code}: {said}",
        "openssl は鍵 {path} から証明書要求を作れませんでした (終了コード {code}): {said}",
    ),
    "issue.request-not-as-planned": Text(
        "The request made from {path} is not as planned in: {differs}. "
        "Another key may lie there; move it away and resume.",
        "{path} から作った証明書要求が計画と異なります ({differs})。別の鍵が置かれている場合は、"
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
        "{issuer} のパスフレーズが必要ですが、尋ねる端末がありません。管理対象環境ファイルの passphrase-file か "
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
        "下記の証明書要求それぞれに、記載どおりの署名を CA に求めてください。戻ってきたものは、形式や順序を問わず"
        "フォルダー {folder} に置いてください。チェーンや複数の証明書が 1 つのファイルでも構いません。"
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
    "issue.manifest-key": Text(
        "Key: {key}, already in the request", "鍵: {key} (証明書要求に含まれています)"
    ),
    "issue.manifest-lifetime": Text("Validity: {days} days", "有効期間: {days} 日"),
    "issue.manifest-chain": Text(
        "Issuing certificate: SHA-256 {issuer}", "発行する CA 証明書: SHA-256 {issuer}"
    ),
    "issue.manifest-since": Text("Written: {since}", "作成: {since}"),
    # The command line.
    "issue.verb-issuer": Text(
        "Make and list the CAs that sign for the estate.",
        "管理対象環境の証明書に署名する CA の作成と一覧を行います。",
    ),
    "issue.help-issuer": Text(
        "Make a local CA, or list the issuers of the estate. Nothing of the estate changes.",
        "ローカル CA の作成と、管理対象環境の発行者の一覧を行います。管理対象環境は変更しません。",
    ),
    "issue.help-create": Text(
        "Make a local CA in a folder and print its table for the estate file.\n"
        "Its keys are encrypted with a passphrase, from a file or asked for at the terminal.",
        "フォルダーにローカル CA を作り、管理対象環境ファイルに書くテーブルを出力します。\n"
        "鍵はパスフレーズで暗号化します。パスフレーズはファイルから読むか、端末で尋ねます。",
    ),
    "issue.help-list": Text("List the issuers of the estate.", "管理対象環境の発行者を一覧表示します。"),
    "issue.option-folder": Text(
        "Folder to make; it must be empty or absent.", "作成するフォルダーです (空か未作成)。"
    ),
    "issue.option-common-name": Text("Common name of the root.", "ルートのコモン ネームです。"),
    "issue.option-intermediate": Text(
        "Make an intermediate as well, which signs the leaves.", "リーフに署名する中間 CA も作ります。"
    ),
    "issue.option-key": Text("Kind of the keys (default ec-p256).", "鍵の種類です (既定は ec-p256)。"),
    "issue.option-lifetime": Text(
        "Lifetime of the root (default 3650d); an intermediate lives half as long.",
        "ルートの有効期間です (既定は 3650d)。中間 CA はその半分です。",
    ),
    "issue.option-passphrase": Text(
        "File with the passphrase, readable by its owner alone; without it the terminal is asked.",
        "パスフレーズのファイルです (所有者だけが読めるもの)。省略すると端末で尋ねます。",
    ),
    "issue.ca-made": Text(
        "Made the CA in {folder}: root SHA-256 {root}, issuing certificate SHA-256 {issuing}, valid until {until}.",
        "{folder} に CA を作成しました。ルート SHA-256 {root}、発行する証明書 SHA-256 {issuing}、有効期限 {until}。",
    ),
    "issue.ca-block": Text(
        "Put this into the estate file:", "管理対象環境ファイルに次の内容を書いてください:"
    ),
    "issue.chain-empty": Text(
        "The chain of the issuer {issuer}, {path}, holds no certificate. Put the issuing certificate there (PEM), "
        "then those above it up to the root.",
        "発行者 {issuer} のチェーン {path} に証明書がありません。"
        "発行する CA の証明書 (PEM) と、その上位の証明書をルートまで順に入れてください。",
    ),
    "issue.chain-damaged": Text(
        "The chain of the issuer {issuer}, {path}, cannot be read whole: {reason}. Export it again from the CA.",
        "発行者 {issuer} のチェーン {path} の一部を読み取れません: {reason}。CA からもう一度書き出してください。",
    ),
    "issue.help-request": Text(
        "Requests for certificates: what is open, what came back, what is given up.",
        "証明書の申請を扱います。未完了の申請の確認、回答の取り込み、破棄ができます。",
    ),
    "issue.help-request-list": Text("List every request on record.", "記録にある申請を一覧表示します。"),
    "issue.help-request-show": Text(
        "Show a request with its PEM text.", "申請の内容と PEM テキストを表示します。"
    ),
    "issue.help-request-discard": Text(
        "Discard a request: no certificate for it is accepted any more.\n"
        "One that the CA has is discarded only when its name is typed.",
        "申請を破棄します。以後、その申請への証明書は受け取りません。\n"
        "CA に送付済みの申請は、申請名の入力があるときだけ破棄します。",
    ),
    "issue.help-request-deliver": Text(
        "Take in certificates that came back, in any order and form, and match them to open requests by key.",
        "戻ってきた証明書を取り込み、鍵によって申請と対応付けます。順序と形式は問いません。",
    ),
    "issue.help-request-accept": Text(
        "Accept that a certificate which came has lost something on purpose: a name, a purpose, a key usage.\n"
        "Exactly what is named is accepted; it is kept with the request, with who said so and when, and stands in the "
        "rollout's journal. Then `warifu rollout resume` goes on. Exit code 1: other losses are left, which still stop it.",
        "届いた証明書から名前、用途、鍵用途が意図して外されたことを承認します。\n"
        "承認されるのは指定したものだけで、承認者と日時とともに申請に記録し、適用の記録にも残ります。その後 `warifu rollout resume` "
        "で続行できます。終了コード 1 は、承認されていない不足が残っている (先に進めない) ことを示します。",
    ),
    "issue.option-loss": Text(
        "What may be lost, as it was told, for example DNS:old.example or clientAuth; may be given again.",
        "なくなってよいものを表示どおりに指定します (例: DNS:old.example、clientAuth)。繰り返し指定できます。",
    ),
    "issue.option-by": Text("Who accepts it.", "承認する人の名前です。"),
    "issue.option-reason": Text(
        "Why, for those who read it later.", "理由です。後で読む人のために記録します。"
    ),
    "issue.losses-accepted": Text(
        "Accepted for {request}: {losses} (by {by}). Go on with `warifu rollout resume`.",
        "申請 {request} について承認しました: {losses} (承認者: {by})。`warifu rollout resume` で続行できます。",
    ),
    "issue.losses-left": Text(
        "Not accepted, and still stopping it: {losses}.",
        "承認されていないため、まだ先に進めません: {losses}。",
    ),
    "issue.no-such-loss": Text(
        "{loss} is not lost by this certificate, so nobody can accept that. Lost: {lost}.",
        "{loss} はこの証明書で失われていないため、承認できません。失われるもの: {lost}。",
    ),
    "issue.accept-not-now": Text(
        "The request {request} is {state}: losses are accepted once its certificate is here, and before it is in use.",
        "申請 {request} の状態は {state} です。不足の承認は、証明書が届いてから使用を始めるまでの間に限ります。",
    ),
    "issue.fact-accepted": Text(
        "loss accepted: {loss} (by {by}, {at}; reason: {reason})",
        "承認された不足: {loss} (承認者: {by}、{at}、理由: {reason})",
    ),
    "issue.option-confirm": Text(
        "The request's name, typed again: discards it although a certificate is outstanding.",
        "申請名を再入力します。証明書が未着でも破棄します。",
    ),
    "issue.discard-ask": Text(
        "The request {request} is {state} (sent {since}): a certificate for it may come any day and would be "
        "worthless. Type {request} to discard it:",
        "申請 {request} の状態は {state} です (送付 {since})。まもなく届く証明書が使えなくなります。"
        "破棄するには {request} と入力してください:",
    ),
    "issue.discarded": Text(
        "Discarded the request {request} at {voided}. Its key stays where it is: {path} on node {node}.",
        "申請 {request} を {voided} に破棄しました。鍵はノード {node} の {path} に残っています。",
    ),
    "issue.delivered": Text(
        "{request}: the certificate of {identity} is here, SHA-256 {leaf}.",
        "{request}: {identity} の証明書を受け取りました (SHA-256 {leaf})。",
    ),
    "issue.delivered-nothing": Text(
        "No certificate answers an open request; nothing was taken.",
        "未完了の申請に対応する証明書はありません。何も取り込んでいません。",
    ),
    "issue.heading-request": Text("request", "申請"),
    "issue.heading-state": Text("state", "状態"),
    "issue.heading-identity": Text("identity", "証明書と鍵"),
    "issue.heading-issuer": Text("issuer", "発行者"),
    "issue.heading-created": Text("created", "作成日時"),
    "issue.fact-node": Text("node of the key", "鍵のあるノード"),
    "issue.fact-key": Text("key file", "鍵のファイル"),
    "issue.fact-names": Text("names", "名前"),
    "issue.fact-submitted": Text("submitted", "送付日時"),
    "issue.fact-issued": Text("issued", "受領日時"),
    "issue.fact-installed": Text("installed", "使用開始日時"),
    "issue.fact-voided": Text("discarded", "破棄日時"),
    "issue.fact-fingerprint": Text("SHA-256 of the request", "証明書要求の SHA-256"),
    "issue.fact-leaf": Text("SHA-256 of the certificate", "証明書の SHA-256"),
    "issue.heading-name": Text("name", "名前"),
    "issue.heading-kind": Text("kind", "種類"),
    "issue.heading-issuing": Text("issuing certificate", "発行する証明書"),
    "issue.heading-until": Text("until", "期限"),
    "issue.heading-folder": Text("folder", "フォルダー"),
}
