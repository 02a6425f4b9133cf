"""Messages whose keys begin with `rotation.`: reasons of steps, and what planning answers."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_WHY: Mapping[str, Text] = {
    "rotation.why-add-anchor": Text("so that it is trusted here", "ここで信頼するため"),
    "rotation.why-adopt": Text(
        "so that certificate and key change in one instant", "証明書と鍵を同時に切り替えられるようにするため"
    ),
    "rotation.why-issue": Text(
        "a new certificate, proven as bytes before anything is switched to it",
        "切り替え前に実物で検証する新しい証明書を用意するため",
    ),
    "rotation.why-put-back": Text("back to what it was", "元の状態に戻すため"),
    "rotation.why-renew": Text(
        "its chain ends in the CA that goes", "チェーンが廃止する CA で終わっているため"
    ),
    "rotation.why-replace-ca": Text(
        "the old CA goes, the new one takes its place", "古い CA を新しい CA に交換するため"
    ),
    "rotation.why-replace-identity": Text("it is to be renewed", "更新するため"),
    "rotation.why-retire-anchor": Text(
        "nothing that stays needs it any more", "必要とするものがなくなるため"
    ),
    "rotation.why-settle": Text(
        "what is loaded and what lies on disk differ, or nobody could see it",
        "読み込み済みの内容とディスク上の内容が異なる、または確認できないため",
    ),
    "rotation.why-spread": Text(
        "it has to accept what will be presented to it", "これから提示されるものを受け入れるため"
    ),
    "rotation.wait-sessions-for": Text(
        "sessions that resume past a removed anchor must have ended: it begins {detail} after the last switch before it",
        "取り除くトラスト アンカーを使って再開できるセッションが終了していること: 直前の切り替えから {detail} 後に始まります",
    ),
    "rotation.wait-sessions": Text(
        "sessions that resume past a removed anchor go on until they end; nothing waits for them, because no service "
        "concerned declares `session-lifetime`.",
        "取り除くトラスト アンカーを使って再開できるセッションは終了するまで続きます。関係するサービスに `session-lifetime` の"
        "宣言がないため、終了を待ちません。",
    ),
    "rotation.wait-window": Text(
        "what interrupts starts only inside a maintenance window: {detail}",
        "サービス中断を伴う手順はメンテナンス時間帯の中でだけ始まります: {detail}",
    ),
    "rotation.wait-window-next": Text(
        "what interrupts starts only inside a maintenance window ({windows}); the next one that is long enough is open "
        "from {opens} to {closes}.",
        "サービス中断を伴う手順はメンテナンス時間帯 ({windows}) の中でだけ始まります。十分な長さの次の時間帯は {opens} から {closes} までです。",
    ),
}

_ANSWERS: Mapping[str, Text] = {
    "rotation.clash-now": Text(
        "a value that may be loaded at any moment already breaks it",
        "いつ読み込まれてもおかしくない値があり、読み込まれると接続が切れます",
    ),
    "rotation.clash-end": Text("the goal itself breaks it", "目標の状態そのもので接続が切れます"),
    "rotation.clash-always": Text(
        "every order of its two sides breaks it", "両側をどの順序で変更しても接続が切れます"
    ),
    "rotation.clash-order": Text(
        "it demands an order that other connections forbid", "ほかの接続が許さない順序を必要とします"
    ),
    "rotation.budget-spent": Text(
        "{subjects} orders were tried and the budget is spent",
        "{subjects} 通りの順序を試し、上限に達しました",
    ),
    "rotation.modelled": Text(
        "no engine at hand can judge {subjects}; a canary handshake or a waiver settles it.",
        "{subjects} を判定できる検証側ライブラリが手元にありません。試験ハンドシェイクまたは免除が必要です。",
    ),
    "rotation.unknown-trust": Text(
        "nobody knows what the clients of {subjects} trust, and what they are shown is to change; declare their trust "
        "store in the estate file, or waive the connection.",
        "{subjects} のクライアントが何を信頼しているか不明なまま、提示する証明書が変わります。管理対象環境ファイルに"
        "トラスト ストアを記述するか、接続を免除してください。",
    ),
    "rotation.proof-disagrees": Text(
        "the proof refuses what the search found, at {subjects}; please report this.",
        "探索の結果を証明が認めません ({subjects})。不具合としてご報告ください。",
    ),
    "rotation.offer-cross-sign": Text(
        "a cross-signed chain for {subject}, so that old and new trust stores both accept it",
        "{subject} のクロス署名チェーン (新旧どちらのトラスト ストアでも受け入れられます)",
    ),
    "rotation.offer-second-anchor": Text(
        "a second anchor in {subject} ({detail} holds one only)",
        "{subject} への 2 つ目のトラスト アンカー ({detail} は 1 つのみ)",
    ),
    "rotation.offer-settle": Text(
        "putting {subject} right first: its files hold what is not loaded",
        "先に {subject} を整えること (読み込まれていない内容があります)",
    ),
    "rotation.offer-weaken": Text(
        "a named, time-boxed weakening of {subject}", "{subject} の期限付きの一時的な緩和"
    ),
    "rotation.offer-window": Text(
        "a maintenance window on exactly {subject}", "{subject} だけを対象とするメンテナンス時間帯"
    ),
    "rotation.offer-waive": Text(
        "a waiver: --waive {subject} --by NAME --reason TEXT --until TIME",
        "免除: --waive {subject} --by NAME --reason TEXT --until TIME",
    ),
}

_ERRORS: Mapping[str, Text] = {
    "rotation.digest-differs": Text(
        "The plan was changed after it was made: its digest is {found}, and it says {noted}. Make it again.",
        "計画が作成後に変更されています (ダイジェストは {found}、記載は {noted})。作り直してください。",
    ),
    "rotation.document-malformed": Text(
        "At `{path}` of the document: {found}.",
        "文書の `{path}`: {found}。",
    ),
    "rotation.format-unknown": Text(
        "The document has format {found}; this version reads format {known}.",
        "文書の形式は {found} ですが、このバージョンが読めるのは {known} です。",
    ),
    "rotation.no-such-connection": Text(
        "There is no connection {name} in the proof; `warifu estate show` lists them.",
        "接続 {name} は証明の対象にありません。`warifu estate show` で一覧できます。",
    ),
    "rotation.not-one-certificate": Text(
        "{file} holds {found} certificates, and one is meant.",
        "{file} には証明書が {found} 枚あります。1 枚だけ指定してください。",
    ),
}

TABLE: Mapping[str, Text] = {**_WHY, **_ANSWERS, **_ERRORS}
