"""Messages about the retirement of anchors: keys that begin with `retire.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "retire.precondition": Text(
        "Precondition not met: {step} comes after {first}, which is not done.",
        "前提条件が満たされていません。{step} の前に {first} を完了してください。",
    ),
    "retire.target-changed": Text(
        "Target changed: under `{alias}` lies {found} now, and {wanted} was approved. Nothing was removed. Plan anew.",
        "対象が変わっています。`{alias}` は現在 {found} で、承認されたのは {wanted} です。何も削除していません。計画を作り直してください。",
    ),
    "retire.blocked": Text(
        "Something needs an anchor of this plan by now ({reasons}): {where}. Nothing was removed.",
        "この計画のトラスト アンカーが必要とされています ({reasons}): {where}。何も削除していません。",
    ),
    "retire.not-saved": Text(
        "{path} could not be read back as it was saved; nothing was unpublished.",
        "{path} を保存したとおりに読み出せません。公開は取り消していません。",
    ),
    "retire.no-retirement": Text(
        "Plan {digest} is no retirement of anchors but: {kind}.",
        "計画 {digest} はトラスト アンカーの廃止ではありません ({kind})。",
    ),
    "retire.not-of-this": Text(
        "Node {node} has no part in plan {digest}.", "ノード {node} は計画 {digest} の対象ではありません。"
    ),
    "retire.no-restart": Text(
        "This node's settings name no command that restarts {service}.",
        "このノードの設定に {service} を再起動するコマンドがありません。",
    ),
    "retire.set-misses": Text(
        "The set would miss these nodes: {nodes}. Each has to report exactly the published versions; nothing was kept.",
        "バックアップ一式に次のノードが欠けています: {nodes}。公開中のバージョンをすべてのノードが報告する必要があります。何も保存していません。",
    ),
    "retire.one-node": Text(
        "Restoring {nodes} alone is refused: it would have another truth than the rest. Missing: {missing}.",
        "{nodes} だけの復元はできません。ほかのノードと内容が食い違います。不足: {missing}。",
    ),
    "retire.restore-refused": Text(
        "Trust domain {domain} was not restored, no part of it: {reasons}.",
        "トラスト ドメイン {domain} は復元していません。一部も変更していません ({reasons})。",
    ),
    "retire.no-such-kind": Text(
        "There is no plan of the kind {kind}: one of {known}.",
        "{kind} という種類の計画はありません ({known} のいずれか)。",
    ),
    "retire.no-such-reason": Text(
        "A reason is one of {known}.",
        "理由は {known} のいずれかです。",
    ),
    "retire.of-a-domain-alone": Text(
        "{option} is for anchors of a trust domain: name it with --domain.",
        "{option} は、トラスト ドメインのトラスト アンカーに対するオプションです。--domain で指定してください。",
    ),
    "retire.of-an-estate-alone": Text(
        "{option} is for anchors of an estate: leave it out, or leave --domain out.",
        "{option} は、管理対象環境のトラスト アンカーに対するオプションです。{option} か --domain のどちらかを外してください。",
    ),
    "retire.verb": Text(
        "Carry an approved retirement out, and put everything back.",
        "承認済みの廃止を実行し、必要なら元に戻します。",
    ),
    "retire.help": Text(
        "Carry the retirement of anchors out, a step at a time.",
        "トラスト アンカーの廃止を 1 手順ずつ実行します。",
    ),
    "retire.help-show": Text(
        "Show how a retirement stands, and whom it waits for.",
        "廃止の進み具合と、待っている相手を表示します。",
    ),
    "retire.help-continue": Text(
        "Do everything that can be done now.\nAfter services were restarted it signs in anew and makes one call: what is asked for then is your password.",
        "今できる手順をすべて実行します。\nサービスの再起動後には改めてサインインして操作を 1 回行うため、パスワードの入力が必要です。",
    ),
    "retire.help-waive": Text(
        "Leave a node out, by name, for a reason, until a day.",
        "理由と期限を付けて、ノードを名前で免除します。",
    ),
    "retire.help-restore": Text(
        "Put everything back that a retirement took away, on every node.",
        "廃止で取り除いたものをすべてのノードで元に戻します。",
    ),
    "retire.help-restore-set": Text(
        "Put every trust domain back as a set of backups has it: all of it or nothing.",
        "すべてのトラスト ドメインをバックアップ一式の内容に戻します (一部だけの復元はしません)。",
    ),
    "retire.help-plan-publish": Text(
        "Plan to publish certificates and CRLs on a server, for somebody else to approve.",
        "サーバーでの証明書と CRL の公開を計画します (別の人が承認します)。",
    ),
    "retire.help-plan-restore": Text(
        "Plan to restore an earlier version of a trust domain, for somebody else to approve.",
        "トラスト ドメインの以前のバージョンの復元を計画します (別の人が承認します)。",
    ),
    "retire.help-trusted-by": Text(
        "List who trusts an anchor, since when, and when that was last confirmed.",
        "トラスト アンカーを信頼している場所と、その開始日時、最後に確認した日時を一覧します。",
    ),
    "retire.help-alarms": Text(
        "List expired anchors that nodes still keep, and published CRLs of which the next one is due; exits with 1 while there are any.",
        "ノードに残っている期限切れのトラスト アンカーと、次の発行が必要な公開中の CRL を一覧します (残っている間の終了コードは 1)。",
    ),
    "retire.help-exceptions": Text(
        "List every open exception with owner, reason and end; exits with 1 while there are any.",
        "有効な例外を、担当者、理由、期限とともに一覧します (ある間の終了コードは 1)。",
    ),
    "retire.option-of-domain": Text(
        "Trust domain on a server that the anchors leave, on every node (an estate's stores are changed without it).",
        "サーバー上のトラスト ドメインです。全ノードからトラスト アンカーを外します (省略時は管理対象環境のトラスト ストアが対象です)。",
    ),
    "retire.option-restart": Text(
        "With --domain: restart this service afterwards. Repeat it in the order that is wanted.",
        "--domain と併用し、廃止後に再起動するサービスを指定します。再起動する順に繰り返せます。",
    ),
    "retire.option-dry-run": Text(
        "With --domain: only say what speaks against it.",
        "--domain と併用し、妨げになるものだけを表示します。",
    ),
    "retire.option-password": Text(
        "File with your password for the sign-in; `-` asks for it.",
        "サインインに使うパスワードのファイルを指定します。`-` では入力を求めます。",
    ),
    "retire.option-until": Text(
        "When the waiver ends.",
        "免除の期限を指定します。",
    ),
    "retire.option-reason": Text(
        "Why the node is left out.",
        "ノードを免除する理由を指定します。",
    ),
    "retire.option-node": Text(
        "A node to put back; fewer than all are refused. May be repeated.",
        "元に戻すノードを指定します (繰り返し可)。全ノードでなければ拒否します。",
    ),
    "retire.option-domain": Text(
        "The trust domain to look in; otherwise all of them.",
        "調べるトラスト ドメインを指定します。省略するとすべてを調べます。",
    ),
    "retire.heading-node": Text(
        "node",
        "ノード",
    ),
    "retire.heading-store": Text(
        "store",
        "ストア",
    ),
    "retire.heading-alias": Text(
        "alias",
        "エイリアス",
    ),
    "retire.heading-until": Text(
        "until",
        "期限",
    ),
    "retire.heading-seen": Text(
        "seen",
        "確認日時",
    ),
    "retire.heading-blocks": Text(
        "blocks",
        "妨げ",
    ),
    "retire.heading-step": Text(
        "step",
        "手順",
    ),
    "retire.heading-state": Text(
        "state",
        "状態",
    ),
    "retire.heading-count": Text(
        "done",
        "完了数",
    ),
    "retire.heading-waits": Text(
        "waits for",
        "待機中",
    ),
    "retire.heading-since": Text(
        "since",
        "開始",
    ),
    "retire.heading-confirmed": Text(
        "confirmed",
        "最終確認",
    ),
    "retire.heading-kind": Text(
        "kind",
        "種類",
    ),
    "retire.heading-where": Text(
        "where",
        "場所",
    ),
    "retire.heading-owner": Text(
        "owner",
        "担当者",
    ),
    "retire.heading-reason": Text(
        "reason",
        "理由",
    ),
    "retire.blocks": Text(
        "blocks",
        "妨げ",
    ),
    "retire.never": Text(
        "never",
        "なし",
    ),
    "retire.refused": Text(
        "Not planned: each reason above has to go first.",
        "計画は作成していません。先に上記の理由をすべて解消してください。",
    ),
    "retire.planned": Text(
        "Planned. Somebody else approves it: `warifu approve {digest}`",
        "計画を作成しました。別の人が承認します: `warifu approve {digest}`",
    ),
    "retire.possible": Text(
        "Nothing speaks against it; nothing was kept.",
        "妨げになるものはありません。何も保存していません。",
    ),
    "retire.restored": Text(
        "Trust domain {domain} is back as it was, at version {version}. Nodes follow by themselves.",
        "トラスト ドメイン {domain} を元に戻しました (バージョン {version})。ノードには自動的に反映されます。",
    ),
    "retire.set-restored": Text(
        "Everything is back as of {made}; nodes: {nodes}.",
        "すべてを {made} の状態に戻しました。ノード: {nodes}。",
    ),
    "retire.done": Text(
        "Done: no node trusts it any more.",
        "完了しました。信頼しているノードはもうありません。",
    ),
    "retire.failed": Text(
        "A step failed. To put everything back: `warifu retire restore {digest}`",
        "失敗した手順があります。すべて元に戻すには: `warifu retire restore {digest}`",
    ),
    "retire.option-follow": Text(
        "Wait for nodes and people and go on, instead of ending with exit code 6.",
        "終了コード 6 で終わらず、ノードと担当者を待って続行します。",
    ),
    "retire.waits": Text(
        "{step}: {done} of {of}, waiting for {names}",
        "{step}: {of} 件中 {done} 件が完了、待機中: {names}",
    ),
    "retire.alarm": Text(
        "It came back: {where}.",
        "再び現れました: {where}。",
    ),
    "retire.nowhere": Text(
        "Nobody was seen to trust it.",
        "信頼している場所は確認されていません。",
    ),
    "retire.crls-end": Text(
        "CRLs of trust domain {domain} of which the next one is due",
        "トラスト ドメイン {domain} で、次の発行が必要な CRL",
    ),
    "retire.expired-kept": Text(
        "Expired anchors that nodes of trust domain {domain} keep: {count}",
        "トラスト ドメイン {domain} のノードに残る期限切れのトラスト アンカー: {count} 件",
    ),
    "retire.no-alarm": Text(
        "No node keeps an expired anchor.",
        "期限切れのトラスト アンカーが残っているノードはありません。",
    ),
    "retire.no-exception": Text(
        "No exception is open.",
        "有効な例外はありません。",
    ),
    "retire.state-done": Text(
        "done",
        "完了",
    ),
    "retire.state-ready": Text(
        "ready",
        "実行可",
    ),
    "retire.state-waiting": Text(
        "waiting",
        "待機中",
    ),
    "retire.state-failed": Text(
        "failed",
        "失敗",
    ),
    "retire.state-ahead": Text(
        "ahead",
        "未着手",
    ),
    "retire.step-approve": Text(
        "approve",
        "承認",
    ),
    "retire.step-back-up": Text(
        "back everything up",
        "全体のバックアップ",
    ),
    "retire.step-export": Text(
        "save the anchors and their CRLs",
        "トラスト アンカーと CRL の保存",
    ),
    "retire.step-quarantine": Text(
        "quarantine",
        "隔離",
    ),
    "retire.step-distrust": Text(
        "distrusted on every node",
        "全ノードでの隔離",
    ),
    "retire.step-unpublish": Text(
        "unpublish",
        "公開の取り消し",
    ),
    "retire.step-list": Text(
        "look that it is listed no more",
        "一覧にないことの確認",
    ),
    "retire.step-refresh": Text(
        "refresh every node",
        "全ノードの更新",
    ),
    "retire.step-converge": Text(
        "confirmed by every node",
        "全ノードの確認",
    ),
    "retire.step-delete": Text(
        "delete what is left",
        "残ったものの削除",
    ),
    "retire.step-prove": Text(
        "prove on every node",
        "全ノードでの証明",
    ),
    "retire.step-restart": Text(
        "restart services",
        "サービスの再起動",
    ),
    "retire.step-sign-in": Text(
        "sign in and manage",
        "サインインと操作の確認",
    ),
    "retire.step-watch": Text(
        "watch for its return",
        "再出現の監視",
    ),
    "retire.vendor-incomplete": Text(
        "A plan by hand names every controller and the root's key id; {key_id} is none.",
        "手作業の計画には、すべてのコントローラーとルートの鍵 ID を指定してください。{key_id} は鍵 ID ではありません。",
    ),
    "retire.vendor-future": Text(
        "{at} has not come yet (it is {now}): confirm what was done.",
        "{at} はまだ来ていません (現在 {now})。済んだことを確認してください。",
    ),
    "retire.vendor-empty": Text(
        "Nothing is attached for {node} ({step}): the plan waits for the evidence.",
        "{node} ({step}) の証跡が添付されていません。計画は証跡を待っています。",
    ),
    "retire.snapshots-unfit": Text(
        "The snapshot of {node} was taken while these ran: {running}. Power off all of them first.",
        "{node} のスナップショットの取得時に次のノードが稼働していました: {running}。先にすべて停止してください。",
    ),
    "retire.listing-differs": Text(
        "The listing of {node} does not show what it has to, with {id}: entries read {count}. The plan waits.",
        "{node} の一覧で {id} の有無が手順と一致しません (読み取ったエントリー: {count} 件)。計画は待機します。",
    ),
    "retire.vendor-powered-off": Text("power off", "停止"),
    "retire.vendor-snapshot": Text("snapshot while all are off", "全停止中のスナップショット"),
    "retire.vendor-powered-on": Text("power on again", "再起動"),
    "retire.vendor-listed-before": Text("listing that shows the root", "ルートがある一覧"),
    "retire.vendor-unpublished": Text("unpublish", "公開の取り消し"),
    "retire.vendor-listed-after": Text("listing without the root", "ルートがない一覧"),
    "retire.vendor-restarted": Text("restart services", "サービスの再起動"),
    "retire.vendor-signed-in": Text("sign in and manage", "サインインと操作の確認"),
    "retire.no-such-step": Text(
        "A step is one of {known}.",
        "手順は {known} のいずれかです。",
    ),
    "retire.help-vendor": Text(
        "Plan the retirement of a root in a vendor's own directory, by hand, each step with its evidence.",
        "ベンダーのディレクトリにあるルートの廃止を計画します (手作業で行い、手順ごとに証跡を添付します)。",
    ),
    "retire.help-confirm": Text(
        "Confirm a step of a retirement by hand, with what proves it.",
        "手作業の廃止の手順を、証跡を添えて確認します。",
    ),
    "retire.option-product": Text(
        "Product and release.",
        "製品とリリースを指定します。",
    ),
    "retire.option-controller": Text(
        "A controller of the federation. Repeat it for all of them.",
        "連携しているコントローラーを指定します。すべてについて繰り返してください。",
    ),
    "retire.option-dependent": Text(
        "A system that depends on them and belongs into the set of snapshots. May be repeated.",
        "これらに依存し、スナップショット一式に含めるシステムを指定します (繰り返し可)。",
    ),
    "retire.option-at": Text(
        "When it was so; of a snapshot, when it was taken.",
        "実施した日時を指定します。スナップショットでは取得した日時です。",
    ),
    "retire.option-attach": Text(
        "File with the evidence: a listing as the tool wrote it, a name, an answer.",
        "証跡のファイル (ツールが出力した一覧、スナップショット名、応答など) を指定します。",
    ),
    "retire.no-such-set": Text(
        "The server has no set of backups named {name}.",
        "{name} という名前のバックアップ一式はサーバーにありません。",
    ),
}
