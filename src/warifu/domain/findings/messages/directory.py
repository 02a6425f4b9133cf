"""Messages whose keys begin with `directory.`: published trust, its nodes and its people."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_NAMING: Mapping[str, Text] = {
    "directory.no-such-anchor": Text(
        "`{name}` names no anchor of trust domain {domain}. Give an alias, a fingerprint, a key id, a serial number or a "
        "whole subject.",
        "`{name}` に当たるトラスト アンカーはトラスト ドメイン {domain} にありません。"
        "エイリアス、フィンガープリント、鍵 ID、シリアル番号、サブジェクト全体のいずれかを指定してください。",
    ),
    "directory.no-such-key-id": Text(
        "`{name}` is the key id of no anchor of trust domain {domain}.",
        "`{name}` を鍵 ID に持つトラスト アンカーはトラスト ドメイン {domain} にありません。",
    ),
    "directory.fingerprint-not-key-id": Text(
        "`{name}`: this is a fingerprint, not a key id (of {subject}, whose key id is {id}).",
        "`{name}`: これは鍵 ID ではなくフィンガープリントです ({subject} のもので、鍵 ID は {id} です)。",
    ),
}
_NODES: Mapping[str, Text] = {
    "directory.version-went-back": Text(
        "Trust domain {domain} is offered at version {got}, and version {last} was followed before: nothing is taken over.",
        "トラスト ドメイン {domain} のバージョン {got} が届きましたが、すでにバージョン {last} に従っているため、何も反映しません。",
    ),
    "directory.managed-entry": Text(
        "`{alias}` in {store} follows trust domain {domain} and would come back. To take it out of trust everywhere: "
        "`warifu plan retire-anchor {fingerprint}`. To do without it on this node alone, make an exception with an end.",
        "{store} の `{alias}` はトラスト ドメイン {domain} に従うため、削除しても元に戻ります。すべてのノードで信頼を外すには "
        "`warifu plan retire-anchor {fingerprint}` を使ってください。このノードだけで外すには、期限付きの例外を設定してください。",
    ),
    "directory.managed-crl": Text(
        "The CRL `{alias}` follows trust domain {domain} and would come back. It goes by itself when a newer one is "
        "published, or when its anchor is retired.",
        "CRL `{alias}` はトラスト ドメイン {domain} に従うため、削除しても元に戻ります。"
        "新しい CRL が公開されるか、トラスト アンカーが廃止されると自動的になくなります。",
    ),
}
_TOKENS: Mapping[str, Text] = {
    "directory.token-malformed": Text(
        "This is no join token. Copy it whole, in one line: it begins with `warifu-join-1.`",
        "参加トークンではありません。`warifu-join-1.` で始まる全体を 1 行でコピーしてください。",
    ),
    "directory.token-mangled": Text(
        "This join token was cut or changed on the way. Copy it again, whole.",
        "参加トークンが途中で切れたか、書き換わっています。全体をコピーし直してください。",
    ),
    "directory.token-unknown": Text(
        "The server does not know this join token. Ask for a new one.",
        "この参加トークンはサーバーに登録されていません。新しいトークンを依頼してください。",
    ),
    "directory.token-other-node": Text(
        "This join token lets node {wanted} in, not {node}.",
        "この参加トークンはノード {wanted} 用で、{node} には使えません。",
    ),
    "directory.token-used": Text(
        "Node {node} joined by this token at {at}: it is good once. Ask for a new one; if that was not this machine, tell "
        "whoever gave it to you at once.",
        "このトークンでノード {node} が {at} に参加済みです。使えるのは 1 回だけなので、新しいトークンを依頼してください。"
        "このマシンでなければ、すぐに発行者へ知らせてください。",
    ),
    "directory.token-expired": Text(
        "This join token for node {node} expired at {at}. Ask for a new one.",
        "ノード {node} 用のこの参加トークンは {at} に期限切れになりました。新しいトークンを依頼してください。",
    ),
}
_ROLES: Mapping[str, Text] = {
    "directory.role-viewer": Text("viewer", "閲覧者"),
    "directory.role-operator": Text("operator", "運用者"),
    "directory.role-trust-administrator": Text("trust administrator", "トラスト管理者"),
    "directory.role-approver": Text("approver", "承認者"),
    "directory.role-host-administrator": Text("host administrator", "ホスト管理者"),
    "directory.not-allowed": Text(
        "Not allowed ({act}): that wants one of these roles: {roles}.",
        "許可されていません ({act})。次のいずれかのロールが必要です: {roles}。",
    ),
    "directory.own-plan": Text(
        "{name} made this plan: somebody else has to approve it.",
        "この計画は {name} が作成したものです。別の人の承認が必要です。",
    ),
    "directory.approved-already": Text(
        "{name} approved this plan already: what is missing is somebody else.",
        "{name} はこの計画をすでに承認しています。別の人の承認が必要です。",
    ),
    "directory.own-roles": Text(
        "{name} cannot change their own roles: somebody else has to.",
        "{name} は自分のロールを変更できません。別の人が変更してください。",
    ),
    "directory.confirmation-differs": Text(
        "To go on, type exactly: {wanted}",
        "続けるには、次のとおりに入力してください: {wanted}",
    ),
}
_ACTS: Mapping[str, Text] = {
    "directory.act-look": Text("look at everything", "すべての閲覧"),
    "directory.act-publish": Text("publish anchors", "トラスト アンカーの公開"),
    "directory.act-publish-crl": Text("publish a CRL", "CRL の公開"),
    "directory.act-plan-removal": Text("plan the removal of an anchor", "トラスト アンカー廃止の計画"),
    "directory.act-approve-removal": Text("approve the removal of an anchor", "トラスト アンカー廃止の承認"),
    "directory.act-restore": Text("restore an earlier version", "以前のバージョンの復元"),
    "directory.act-confirm-mass-removal": Text("confirm a mass removal", "大量削除の確認"),
    "directory.act-create-domain": Text("create a trust domain", "トラスト ドメインの作成"),
    "directory.act-import-root": Text(
        "import keys and roots of the signed bundles", "署名付きバンドルの鍵とルートの取り込み"
    ),
    "directory.act-put-estate": Text("put an estate", "管理対象環境の登録"),
    "directory.act-plan": Text("make a plan", "計画の作成"),
    "directory.act-approve-plan": Text("approve a plan", "計画の承認"),
    "directory.act-drive": Text("carry out an approved plan", "承認済み計画の適用"),
    "directory.act-waive": Text("waive a node or connection", "ノードや接続の免除"),
    "directory.act-confirm-step": Text("confirm a step as its owner", "担当者としての手順の確認"),
    "directory.act-refresh": Text("refresh nodes", "ノードの更新"),
    "directory.act-create-token": Text("let a node join", "ノードの参加許可"),
    "directory.act-fence-node": Text("fence a node", "ノードの切り離し"),
    "directory.act-reseed-node": Text("seed a node anew", "ノードの再作成"),
    "directory.act-remove-node": Text("remove a node", "ノードの削除"),
    "directory.act-add-person": Text("add a person", "ユーザーの追加"),
    "directory.act-change-person": Text("change a person's roles", "ユーザーのロールの変更"),
    "directory.act-remove-person": Text("remove a person", "ユーザーの削除"),
    "directory.act-read-audit": Text("read the audit trail", "監査証跡の閲覧"),
    "directory.act-verify-audit": Text("verify the audit trail", "監査証跡の検証"),
    "directory.act-back-up": Text("back the server up", "サーバーのバックアップ"),
    "directory.act-renew-server": Text("renew the server's certificate", "サーバー証明書の更新"),
}
_AUDIT: Mapping[str, Text] = {
    "directory.audit-changed": Text(
        "Entry {number} of the audit trail was changed after it was written.",
        "監査証跡の {number} 番目の記録が、書き込み後に変更されています。",
    ),
    "directory.audit-missing": Text(
        "Entry {number} of the audit trail is missing.", "監査証跡の {number} 番目の記録がありません。"
    ),
    "directory.audit-reordered": Text(
        "Entry {number} of the audit trail is not where it was.",
        "監査証跡の {number} 番目の記録が元の位置にありません。",
    ),
    "directory.audit-cut": Text(
        "The audit trail ends before entry {number}, which it is known to have had.",
        "監査証跡に、存在したはずの {number} 番目以降の記録がありません。",
    ),
    "directory.audit-value": Text(
        "What an audit entry rests on may not hold this: {name}.",
        "監査証跡の根拠に含められない値です: {name}。",
    ),
}
TABLE: Mapping[str, Text] = {**_NAMING, **_NODES, **_TOKENS, **_ROLES, **_ACTS, **_AUDIT}
