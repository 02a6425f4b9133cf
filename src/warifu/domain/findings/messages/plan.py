"""Messages whose keys begin with `plan.`: what the verb `plan` says."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_SHOWN: Mapping[str, Text] = {
    "plan.looking": Text("Looking at the estate {estate} ...", "管理対象環境 {estate} を確認しています..."),
    "plan.wave": Text(
        "Wave {number}: {purpose} (good until {until})", "ウェーブ {number}: {purpose} (有効期限 {until})"
    ),
    "plan.purpose-prepare": Text("prepare; nothing is loaded", "準備 (何も読み込みません)"),
    "plan.purpose-settle": Text("settle what is uncertain", "不確かな状態の確定"),
    "plan.purpose-trust": Text("spread trust", "新しい信頼の追加"),
    "plan.purpose-switch": Text("switch identities", "新しい証明書への切り替え"),
    "plan.purpose-retire": Text("retire what is no longer needed", "不要になったものの削除"),
    "plan.step": Text(
        "  {step}  {what}  {where} on {node}: {why}", "  {step}  {what}  {node} の {where}: {why}"
    ),
    "plan.waits": Text("  waits: {text}", "  待機: {text}"),
    "plan.remark": Text("  note: {text}", "  注意: {text}"),
    "plan.no-return": Text(
        "  point of no return: after this wave the way back needs approval",
        "  後戻りできない時点: このウェーブの後、切り戻しには承認が必要です",
    ),
    "plan.proof": Text(
        "Proven: {owed} connections hold in each of {mixtures} reachable mixtures (engines asked: {engines})",
        "証明: 到達しうる {mixtures} 通りの組み合わせすべてで接続 {owed} 件が成立します (照会した検証側ライブラリ: {engines})",
    ),
    "plan.engine": Text("{engine} {count:time|times}", "{engine} {count} 回"),
    "plan.broken": Text(
        "Broken already, and repaired by the end: {names}",
        "すでに切れており、最後には修復される接続: {names}",
    ),
    "plan.modelled": Text(
        "Modelled, not run (no engine at hand): {names}",
        "モデルによる判定のみ (検証側ライブラリを実行できません): {names}",
    ),
    "plan.waived": Text(
        "Waived: {subject}, by {by} until {until}: {reason}", "免除: {subject} ({by}、期限 {until}): {reason}"
    ),
    "plan.outage": Text(
        "Outage, allowed: {service} is interrupted for about {length}",
        "許可されたサービス中断: {service} が約 {length} 中断します",
    ),
    "plan.good-until": Text("Good until {until}", "有効期限: {until}"),
    "plan.written": Text(
        "The plan is in {file}; digest {digest}", "計画を {file} に書き出しました。ダイジェスト {digest}"
    ),
    "plan.document-written": Text("The change request is in {file}", "変更申請書を {file} に書き出しました"),
    "plan.next": Text("Next: warifu apply {file}{estate}", "次: warifu apply {file}{estate}"),
    "plan.nothing-to-do": Text(
        "Nothing is left to do: the estate is already as this plan wants it. Applying it changes nothing.",
        "実施する手順はありません。管理対象環境はすでにこの計画のとおりです。適用しても何も変わりません。",
    ),
    "plan.yes": Text("holds", "成立"),
    "plan.no": Text("breaks", "不成立"),
    "plan.head-wave": Text("wave", "ウェーブ"),
    "plan.head-presenter": Text("presents", "提示側"),
    "plan.head-shown": Text("leaf", "リーフ"),
    "plan.head-acceptor": Text("judges", "検証側"),
    "plan.head-trusted": Text("anchors", "トラスト アンカー"),
    "plan.head-holds": Text("holds", "結果"),
    "plan.head-until": Text("until", "期限"),
}

_NO_PLAN: Mapping[str, Text] = {
    "plan.refused": Text("Refused, for {count} reasons:", "次の {count} 件の理由により拒否しました:"),
    "plan.none-exists": Text(
        "No safe order exists: {count} demands cannot be met.",
        "安全な順序は存在しません。満たせない条件が {count} 件あります。",
    ),
    "plan.clash": Text("  {connection}: {why}", "  {connection}: {why}"),
    "plan.clash-sides": Text(
        "    {presenter} presents {shown}; {acceptor} trusts {trusted}",
        "    {presenter} は {shown} を提示、{acceptor} は {trusted} を信頼",
    ),
    "plan.schedule": Text(
        "The shortest way to break {broken} takes {count:load event|load events}:",
        "{broken} が切れる最短の手順 (読み込み {count} 回):",
    ),
    "plan.schedule-event": Text(
        "  {number}. {slot} takes up {value}", "  {number}. {slot} が {value} を読み込みます"
    ),
    "plan.offer": Text("Possible with: {text}", "次の方法で可能になります: {text}"),
    "plan.undecided": Text(
        "Undecided: {why}. Nothing is proven, so nothing is planned.",
        "判定できません: {why}。証明できないため計画は作りません。",
    ),
    "plan.waiver-incomplete": Text(
        "A waiver of {subject} needs --by NAME, --reason TEXT and --until TIME.",
        "{subject} の免除には --by NAME、--reason TEXT、--until TIME が必要です。",
    ),
    "plan.waiver-unknown": Text(
        "{subject} is neither a connection nor a node of the estate.",
        "{subject} は管理対象環境の接続でもノードでもありません。",
    ),
}

_HELP: Mapping[str, Text] = {
    "plan.help-plan": Text(
        "Make a proven plan; nothing is changed before `warifu apply`.",
        "証明済みの計画を作ります (`warifu apply` まで何も変更しません)。",
    ),
    "plan.help-replace-ca": Text(
        "Replace a root CA: trust the new one, renew everything beneath the old one, then let it go.\n\n"
        "OLD and NEW are a file, fingerprint, key id (with or without colons), alias or subject.\n"
        "Example: warifu plan replace-ca old-root.pem new-root.pem --issuer new-ca",
        "ルート CA を交換します: 新しい CA を信頼し、古い CA の下の証明書をすべて更新してから、古い CA を取り除きます。\n\n"
        "OLD と NEW はファイル、フィンガープリント、鍵 ID (コロンの有無は問いません)、エイリアス、サブジェクトで指定します。\n"
        "例: warifu plan replace-ca old-root.pem new-root.pem --issuer new-ca",
    ),
    "plan.help-replace-identity": Text(
        "Renew identities: a new key and certificate each, wherever they are used.",
        "証明書と鍵を更新します: 使われているすべての場所で新しいものに交換します。",
    ),
    "plan.help-add-anchor": Text(
        "Let trust stores trust further anchors.", "トラスト ストアにトラスト アンカーを追加します。"
    ),
    "plan.help-retire-anchor": Text(
        "Take anchors out of trust stores; refused while something alive needs them.",
        "トラスト ストアからトラスト アンカーを取り除きます (必要とするものがある間は拒否します)。",
    ),
    "plan.help-rollback": Text(
        "Make the way back of a rollout: a plan like any other.",
        "適用の切り戻しを計画します (通常の計画と同じ扱いです)。",
    ),
    "plan.option-issuer": Text(
        "Who signs; without it, each identity's own issuer.", "発行者です (省略時は各証明書の発行者)。"
    ),
    "plan.option-slot": Text(
        "Only this slot (repeatable); the split is warned of.",
        "対象とするスロットです (複数指定可)。スロット間で証明書が分かれる場合は警告します。",
    ),
    "plan.option-store": Text(
        "Only this trust store (repeatable); else all.",
        "対象とするトラスト ストアです (複数指定可、省略時はすべて)。",
    ),
    "plan.option-explain": Text(
        "Print every mixture of this connection.", "この接続のすべての組み合わせを表示します。"
    ),
    "plan.option-waive": Text(
        "Leave a connection or node out of the proof (repeatable; with --by, --reason, --until).",
        "接続またはノードを証明から除きます (複数指定可、--by --reason --until が必要)。",
    ),
    "plan.option-by": Text("Who decides the waivers.", "免除を決めた人です。"),
    "plan.option-reason": Text("Why.", "免除の理由です。"),
    "plan.option-until": Text("When the waivers expire.", "免除の期限です。"),
    "plan.option-outage": Text(
        "A service that may be interrupted (repeatable).", "中断してよいサービスです (複数指定可)。"
    ),
    "plan.option-ticket": Text("The change's number in your own system.", "変更管理システムの番号です。"),
    "plan.option-document": Text("Write the change request for your board here.", "変更申請書の出力先です。"),
    "plan.option-past-return": Text(
        "Approve going back from behind the point of no return.",
        "後戻りできない時点からの切り戻しを承認します。",
    ),
}

TABLE: Mapping[str, Text] = {**_SHOWN, **_NO_PLAN, **_HELP}
