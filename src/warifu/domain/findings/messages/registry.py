"""Messages about what a server's database keeps and does: keys that begin with `registry.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "registry.no-people-ca": Text(
        "{path} holds no certificate: name the file of the CAs of people's client certificates.",
        "{path} に証明書がありません。人のクライアント証明書の CA を入れたファイルを指定してください。",
    ),
    "registry.server-pair": Text(
        "{path} does not hold the server's key and certificate. `warifu server renew` makes them anew.",
        "{path} にサーバーの鍵と証明書がありません。`warifu server renew` で作り直せます。",
    ),
    # The database.
    "registry.database": Text(
        "The server's database {path} cannot be used: {reason}.",
        "サーバーのデータベース {path} を利用できません ({reason})。",
    ),
    "registry.newer": Text(
        "{path} was written by a later release (revision {found}; this one knows {known}). It was not changed. "
        "Start that release, or restore a backup that this one made.",
        "{path} は新しいリリースが書いたデータベースです (リビジョン {found}、このリリースが扱えるのは {known} まで)。"
        "変更していません。新しいリリースを起動するか、このリリースで作成したバックアップを復元してください。",
    ),
    "registry.not-set-up": Text(
        "This server has no contents yet. Run `warifu server` once, with the names by which it is reached.",
        "このサーバーはまだ初期設定されていません。サーバーの名前を指定して `warifu server` を一度実行してください。",
    ),
    "registry.set-up-already": Text(
        "The data folder holds a server already; it was not changed.",
        "データ フォルダーにはすでにサーバーがあります。変更していません。",
    ),
    "registry.no-names": Text(
        "A server needs at least one name or address by which it is reached.",
        "サーバーには接続に使う名前かアドレスが 1 つ以上必要です。",
    ),
    "registry.lease-held": Text(
        "{name} is done by another process until {until}.",
        "{name} は別のプロセスが {until} まで担当しています。",
    ),
    "registry.lease-lost": Text(
        "The right to do {name} (epoch {epoch}) has gone to another process; nothing was written.",
        "{name} の担当 (エポック {epoch}) は別のプロセスに移りました。何も書き込んでいません。",
    ),
    "registry.key-taken": Text(
        "The idempotency key was used by {actor} already.",
        "この冪等キーは {actor} がすでに使っています。",
    ),
    "registry.audit-number": Text(
        "The audit trail ends at entry {head}; entry {number} does not follow it. Nothing was written.",
        "監査証跡の末尾は {head} 番です。{number} 番はその続きではありません。何も書き込んでいません。",
    ),
    # Backups.
    "registry.backup-there": Text(
        "Something lies at {path} already. Name a file that does not exist.",
        "{path} にはすでにファイルがあります。存在しないファイル名を指定してください。",
    ),
    "registry.backup-damaged": Text(
        "{path} is no whole backup of a server: {reason}.",
        "{path} はサーバーの完全なバックアップではありません ({reason})。",
    ),
    "registry.data-there": Text(
        "{path} is there already: a backup is restored only where no server is. Move the old data away first.",
        "{path} がすでにあります。バックアップはサーバーのない場所にだけ復元できます。先に古いデータを退避してください。",
    ),
    "registry.frozen": Text(
        "A backup of everything is being made ({by}): nothing is published until it is done, at {until} at the latest.",
        "全体のバックアップを作成中です ({by})。完了するまで ({until} まで) 何も公開できません。",
    ),
    # Trust domains.
    "registry.domain-exists": Text(
        "The trust domain {domain} exists already.", "トラスト ドメイン {domain} はすでにあります。"
    ),
    "registry.domain-unknown": Text(
        "There is no trust domain {domain}.", "トラスト ドメイン {domain} はありません。"
    ),
    "registry.domain-name": Text(
        "{name} cannot be the name of a trust domain: small letters, digits and hyphens, at most 63.",
        "{name} はトラスト ドメインの名前に使えません。英小文字、数字、ハイフンを 63 文字以内で使ってください。",
    ),
    "registry.version-unknown": Text(
        "The trust domain {domain} has no version {version}.",
        "トラスト ドメイン {domain} にバージョン {version} はありません。",
    ),
    "registry.version-taken": Text(
        "The trust domain {domain} is at version {newest} already; version {version} was not written.",
        "トラスト ドメイン {domain} はすでにバージョン {newest} です。バージョン {version} は書き込んでいません。",
    ),
    "registry.basis-moved": Text(
        "The trust domain {domain} is at version {newest}, and the change was made for version {basis}. Look at it again.",
        "トラスト ドメイン {domain} は現在バージョン {newest} ですが、変更はバージョン {basis} に対するものです。"
        "もう一度確認してください。",
    ),
    # Plans.
    "registry.plan-unknown": Text(
        "No plan has the digest {digest}.", "ダイジェストが {digest} の計画はありません。"
    ),
    "registry.plan-closed": Text(
        "The plan {digest} is closed ({state}).", "計画 {digest} は終了しています ({state})。"
    ),
    "registry.plan-not-approved": Text(
        "Nobody but its author {by} has approved the plan {digest}. Somebody else runs `warifu approve {digest}`.",
        "計画 {digest} は作成者 {by} 以外の承認を得ていません。別の人が `warifu approve {digest}` を実行してください。",
    ),
    "registry.plan-other": Text(
        "The plan {digest} is about the trust domain {domain}, and does not name: {outside}.",
        "計画 {digest} の対象はトラスト ドメイン {domain} です。計画に含まれていないもの: {outside}。",
    ),
    # The server's own CAs.
    "registry.ca-key-missing": Text(
        "The key of the CA {ca} cannot be read from {path}. Restore it from a backup of this server.",
        "CA {ca} の鍵を {path} から読み取れません。このサーバーのバックアップから復元してください。",
    ),
    "registry.ca-key-unfit": Text(
        "A key of the kind {key} is not signed for.", "{key} の鍵は署名の対象になりません。"
    ),
    "registry.ca-prepared": Text(
        "The next CA for {use} is prepared already. Switch to it first.",
        "{use} の次の CA はすでに準備されています。先にその CA に切り替えてください。",
    ),
    "registry.ca-not-prepared": Text(
        "No next CA for {use} is prepared.", "{use} の次の CA が準備されていません。"
    ),
    "registry.ca-not-everywhere": Text(
        "These nodes have not confirmed the next CA for {use}: {nodes}. Wait for them, or waive them by name.",
        "{use} の次の CA を受け取ったことを確認できていないノード: {nodes}。"
        "確認を待つか、ノードを名前で指定して免除してください。",
    ),
    "registry.ca-in-use": Text(
        "The CA {ca} is in use by the server itself, or identities beneath it are alive. Rotate it first.",
        "CA {ca} はサーバー自身が使用中か、その CA が発行した有効な証明書が残っています。先に CA を交代してください。",
    ),
    "registry.control-refused": Text(
        "The control domain does not take it: {findings}.",
        "制御用のトラスト ドメインに公開できません: {findings}。",
    ),
    # Nodes.
    "registry.node-name": Text(
        "{name} cannot be the name of a node: small letters, digits, hyphens and dots, at most 63.",
        "{name} はノードの名前に使えません。英小文字、数字、ハイフン、ドットを 63 文字以内で使ってください。",
    ),
    "registry.node-unknown": Text("There is no node {node}.", "ノード {node} はありません。"),
    "registry.not-let-in": Text(
        "{who} is not let in: the certificate is unknown, expired or revoked, or the node is fenced.",
        "{who} は接続を許可されていません。証明書が未登録、期限切れ、失効のいずれかか、ノードが隔離されています。",
    ),
    "registry.identity-too-old": Text(
        "The identity of {node} expired on {not_after}, too long ago to be renewed. It needs a new token: "
        "`warifu node token {node}`.",
        "{node} の証明書は {not_after} に期限切れになり、更新できる期間を過ぎました。新しいトークンが必要です: "
        "`warifu node token {node}`",
    ),
    "registry.identity-superseded": Text(
        "A newer identity was issued to {node}; this one is renewed no more.",
        "{node} にはより新しい証明書を発行済みのため、この証明書は更新できません。",
    ),
    "registry.renewals-too-many": Text(
        "{node} has renewed expired identities {most} times within a day. Find out why, or give it a new token.",
        "{node} は期限切れの証明書を 1 日に {most} 回更新しました。原因を調べるか、新しいトークンを発行してください。",
    ),
    "registry.request-key-unfit": Text(
        "The request's key ({key}, signed with {digest}) is not taken: EC P-256, Ed25519, or RSA of 3072 to 8192 bits, "
        "signed with SHA-256 or better.",
        "申請の鍵 ({key}、署名 {digest}) は受け付けられません。EC P-256、Ed25519、または 3072 から 8192 ビットの RSA を使い、"
        "SHA-256 以上で署名してください。",
    ),
    "registry.key-of-other-node": Text(
        "The key that {node} shows is that of {other}: a copied machine needs a key of its own.",
        "{node} が提示した鍵は {other} の鍵です。複製したマシンには新しい鍵が必要です。",
    ),
    "registry.key-revoked": Text(
        "The key that {node} shows was revoked. The node needs a new key.",
        "ノード {node} が提示した鍵は失効しています。新しい鍵を作成してください。",
    ),
    "registry.certificate-taken": Text(
        "The client certificate {fingerprint} is {person}'s.",
        "クライアント証明書 {fingerprint} は {person} のものです。",
    ),
}
