"""What the verbs that ask a server say: keys that begin with `remote.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.messages.remote_help import HELP
from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    **HELP,
    "remote.bad-link": Text(
        "This is neither a one-time link (`https://HOST:PORT/?root=SHA256#TOKEN`, in quotes) nor the address of a server "
        "(`https://HOST:PORT`).",
        "使い捨てのリンク (`https://HOST:PORT/?root=SHA256#TOKEN`、引用符付き) でも、サーバーのアドレス (`https://HOST:PORT`) でもありません。",
    ),
    "remote.no-server": Text(
        "You have not signed in to a server. Sign in: `warifu login URL`.",
        "サーバーにサインインしていません。`warifu login URL` でサインインしてください。",
    ),
    "remote.server-unknown": Text(
        "You have not signed in to {server}. Sign in: `warifu login {server}`.",
        "{server} にサインインしていません。`warifu login {server}` でサインインしてください。",
    ),
    "remote.root-unfit": Text(
        "A root is named by its SHA-256: 64 hex digits.",
        "ルートは SHA-256 (16 進 64 桁) で指定してください。",
    ),
    "remote.no-ca": Text("{path} holds no certificate.", "{path} に証明書がありません。"),
    "remote.pair-half": Text(
        "A client certificate and its key belong together: name both (--certificate, --key).",
        "クライアント証明書と鍵は組で必要です。--certificate と --key の両方を指定してください。",
    ),
    "remote.link-alone": Text(
        "The link says who signs in: leave --person, --certificate and --key out.",
        "リンクがユーザーを示しています。--person、--certificate、--key は指定しないでください。",
    ),
    "remote.no-person": Text(
        "Who signs in? Name yourself (--person), or show a client certificate (--certificate, --key).",
        "サインインするユーザーを --person で指定するか、クライアント証明書 (--certificate、--key) を指定してください。",
    ),
    "remote.choose": Text(
        "Choose a password of 12 characters or more.", "12 文字以上の新しいパスワードを設定してください。"
    ),
    "remote.again": Text("The same once more.", "確認のため、もう一度入力してください。"),
    "remote.passwords-differ": Text(
        "The two passwords differ; nothing was done. The link is still good.",
        "2 回の入力が一致しません。何も変更していません。リンクはまだ使えます。",
    ),
    "remote.password-unfit": Text(
        "The password is no text in UTF-8.", "パスワードを UTF-8 の文字列として読み取れません。"
    ),
    "remote.signed-in": Text(
        "Signed in to {server} as {person}; roles: {roles}.",
        "{server} に {person} としてサインインしました。ロール: {roles}。",
    ),
    "remote.session-ends": Text("The session ends {ends}.", "セッションの期限: {ends}。"),
    "remote.signed-out": Text("Signed out of {server}.", "{server} からサインアウトしました。"),
    "remote.signed-out-here": Text(
        "{server} is forgotten here, but could not be asked: the session there ends by itself within 12 hours.",
        "{server} の情報をこのマシンから削除しました。サーバーに接続できなかったため、サーバー側のセッションは 12 時間以内に自動的に終了します。",
    ),
    "remote.you-are": Text("{person} at {server}.", "{server} のユーザー {person}。"),
    "remote.your-roles": Text("Roles: {roles}.", "ロール: {roles}。"),
    "remote.your-acts": Text("May: {acts}.", "許可されている操作: {acts}。"),
    "remote.by-password": Text("password", "パスワード"),
    "remote.by-certificate": Text("client certificate", "クライアント証明書"),
    "remote.person-stands": Text(
        "{person}: roles {roles}; client certificates {certificates}.",
        "{person}: ロール {roles}、クライアント証明書 {certificates}。",
    ),
    "remote.person-ended": Text(
        "{person} is shut out; their sessions have ended.",
        "{person} の利用を停止し、セッションを終了しました。",
    ),
    "remote.link-made": Text(
        "Within a day, {person} signs in once by this link: `warifu login '{link}'`",
        "{person} は 1 日以内に、次のリンクで 1 回サインインしてください: `warifu login '{link}'`",
    ),
    "remote.secret-written": Text(
        "Written to {path}, which nobody else can read. Hand it over by a way that you trust.",
        "{path} に書き込みました (他のユーザーは読めません)。安全な方法で渡してください。",
    ),
    "remote.exists": Text(
        "{path} exists already; nothing was overwritten. What was made is not shown again: make a new one, with another file.",
        "{path} はすでに存在するため、上書きしていません。作成したものは再表示できません。別のファイルを指定して作り直してください。",
    ),
    "remote.state-joined": Text("let in", "参加中"),
    "remote.state-fenced": Text("fenced", "切り離し"),
    "remote.state-removed": Text("removed", "削除済み"),
    "remote.yes": Text("yes", "はい"),
    "remote.no": Text("no", "いいえ"),
    "remote.fact": Text("{name}: {value}", "{name}: {value}"),
    "remote.every-domain": Text("every trust domain", "すべてのトラスト ドメイン"),
    "remote.nodes-count": Text(
        "{count:node|nodes}, {converged} of them follow the newest.",
        "ノード {count} 台、うち {converged} 台が最新に追従しています。",
    ),
    "remote.token-made": Text(
        "For {node}, until {ends}, once. There: `warifu agent join FILE`",
        "{node} 用のトークンです。期限は {ends}、使えるのは 1 回だけです。ノード側で `warifu agent join FILE` を実行してください。",
    ),
    "remote.node-fenced": Text(
        "{node} is fenced: nothing of it is taken until it joins again (`warifu node reseed {node}`).",
        "{node} を切り離しました。参加し直すまで受け付けません (`warifu node reseed {node}`)。",
    ),
    "remote.not-fenced": Text(
        "{node} is let in: it has nothing to be seeded anew for. Fence it first (`warifu node fence`), or give it a token "
        "(`warifu node token`).",
        "{node} は参加中のため、再作成は不要です。先に切り離す (`warifu node fence`) か、トークンを発行してください (`warifu node token`)。",
    ),
    "remote.node-removed": Text("{node} is removed.", "{node} を削除しました。"),
    "remote.follows": Text("{node} follows: {domains}.", "{node} の追従先: {domains}。"),
    "remote.follow-what": Text(
        "Name the trust domains that the node is to follow, or `--all`, and not both.",
        "ノードが追従するトラスト ドメインか `--all` の、どちらか一方を指定してください。",
    ),
    "remote.converged": Text("{done} of {count} converged.", "{count} 台中 {done} 台が収束しました。"),
    "remote.not-converged": Text(
        "{count:node has|nodes have} not said yet that the newest is followed: {nodes}. `warifu node show NODE` says what is "
        "known of one.",
        "{count} 台のノードから、最新に追従したという報告がまだありません: {nodes}。`warifu node show NODE` で詳細を確認できます。",
    ),
    "remote.approved": Text("Plan {digest} is approved by: {by}.", "計画 {digest} の承認者: {by}。"),
    "remote.confirmation-needed": Text(
        "This plan takes trust away, and nobody is at the terminal to confirm it. Confirm with `--confirm '{wanted}'`.",
        "この計画は信頼を取り除きますが、確認を入力できる端末がありません。`--confirm '{wanted}'` で確認してください。",
    ),
    "remote.type-confirmation": Text(
        "To confirm, type: {wanted}", "確認のため、次のとおり入力してください: {wanted}"
    ),
    "remote.digest-short": Text(
        "{digest} is too short for a digest: give {least} digits or more.",
        "{digest} はダイジェストとして短すぎます。{least} 桁以上を指定してください。",
    ),
    "remote.no-such-plan": Text(
        "No plan's digest begins with {digest}.", "ダイジェストが {digest} で始まる計画はありません。"
    ),
    "remote.plans-alike": Text(
        "Several plans begin with {digest}: {digests}. Give more of the digest.",
        "ダイジェストが {digest} で始まる計画が複数あります: {digests}。より長く指定してください。",
    ),
    "remote.plan-open": Text("open", "判断待ち"),
    "remote.plan-carried-out": Text("carried out", "実行済み"),
    "remote.plan-withdrawn": Text("withdrawn", "取り下げ"),
    "remote.plan-approval": Text("approved: {person}, {at} ({remark})", "承認: {person}、{at} ({remark})"),
    "remote.plan-step": Text(
        "step {step}: {what}: {state}; waits for {waits}", "手順 {step}: {what}: {state}、待ち: {waits}"
    ),
    "remote.head-unfit": Text(
        "{head} is no head of an audit trail: write `NUMBER:SEAL` as `warifu audit verify` prints it.",
        "{head} は監査証跡の末尾として読み取れません。`warifu audit verify` が表示する `NUMBER:SEAL` の形で指定してください。",
    ),
    "remote.audit-whole": Text(
        "The audit trail is whole: {count:entry|entries}. Note its head elsewhere: {head}",
        "監査証跡に破損はありません ({count} 件)。末尾を別の場所に控えてください: {head}",
    ),
    "remote.audit-written": Text(
        "{count:entry|entries} written to {path}; head {head}.",
        "{count} 件を {path} に書き込みました。末尾: {head}。",
    ),
    "remote.domain-created": Text(
        "Trust domain {domain} is there, and empty. Fill it: `warifu domain publish {domain} FILES`.",
        "トラスト ドメイン {domain} を作成しました (空です)。`warifu domain publish {domain} FILES` で公開してください。",
    ),
    "remote.removal-confirmed": Text(
        "Version {version} of trust domain {domain} is confirmed, and published again as version {newest}.",
        "トラスト ドメイン {domain} のバージョン {version} を確認し、バージョン {newest} として公開し直しました。",
    ),
    "remote.domain-head": Text(
        "Trust domain {domain}, version {version}, published {at}.",
        "トラスト ドメイン {domain}、バージョン {version}、公開日時 {at}。",
    ),
    "remote.standing-published": Text("published", "公開中"),
    "remote.standing-pinned": Text("pinned on purpose", "意図的に固定"),
    "remote.standing-quarantined": Text("in quarantine: distrusted", "隔離中 (信頼の対象外)"),
    "remote.found-several": Text(
        "{name} fits {count} anchors: name one by its SHA-256 where one is meant.",
        "{name} は {count} 個のトラスト アンカーに一致します。1 つを指定するには SHA-256 を使ってください。",
    ),
    "remote.nothing-differs": Text(
        "Versions {old} and {new} hold the same.", "バージョン {old} と {new} の内容は同じです。"
    ),
    "remote.alias-form": Text(
        "{given} is no alias: write `NAME=SHA256`.",
        "{given} をエイリアスとして読み取れません。`NAME=SHA256` の形で指定してください。",
    ),
    "remote.alias-of-nobody": Text(
        "{given} fits {count} of the certificates; it has to fit one alone. Give more of its SHA-256.",
        "{given} のエイリアスに一致する証明書が {count} 枚あります。1 枚だけに一致するよう、SHA-256 をより長く指定してください。",
    ),
    "remote.private-key": Text(
        "{path} holds a private key: nothing was sent. Give the file of the certificates alone.",
        "{path} に秘密鍵が含まれるため、何も送信していません。証明書だけのファイルを指定してください。",
    ),
    "remote.nothing-read": Text(
        "{path} holds something that is no certificate and no CRL, or cannot be read: nothing was sent. "
        "`warifu check {path}` says what is wrong.",
        "{path} に、証明書でも CRL でもないもの、または読み取れないものがあります。何も送信していません。"
        "`warifu check {path}` で原因を確認してください。",
    ),
    "remote.item-anchor": Text("anchor", "トラスト アンカー"),
    "remote.item-crl": Text("CRL", "CRL (失効リスト)"),
    "remote.outcome-created": Text("created", "作成"),
    "remote.outcome-unchanged": Text("unchanged", "変更なし"),
    "remote.outcome-replaced": Text("replaced", "置き換え"),
    "remote.outcome-refused": Text("refused", "拒否"),
    "remote.published": Text(
        "Trust domain {domain} is at version {version}. `warifu refresh` waits until every node follows it.",
        "トラスト ドメイン {domain} はバージョン {version} です。`warifu refresh` で、すべてのノードが追従するまで待てます。",
    ),
    "remote.publish-dry": Text(
        "Nothing was published; {domain} stays at version {version}.",
        "何も公開していません。{domain} はバージョン {version} のままです。",
    ),
    "remote.publish-refused": Text(
        "Refused: nothing was published in {domain}.", "拒否しました。{domain} には何も公開していません。"
    ),
    "remote.file-differs": Text(
        "{name} is not as the server lists it. Ask again; what was written so far is complete in itself.",
        "{name} がサーバーの一覧と一致しません。やり直してください。",
    ),
    "remote.exported": Text(
        "{count} signed files written to {folder}.",
        "署名済みファイル {count} 個を {folder} に書き込みました。",
    ),
    "remote.root-taken": Text(
        "The root is taken; signed anew: {files}.", "ルートを登録しました。署名し直したファイル: {files}。"
    ),
}
