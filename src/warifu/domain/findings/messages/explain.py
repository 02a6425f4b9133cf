"""Messages whose keys begin with `explain.`: what findings mean."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "explain.help": Text(
        "Explain what findings mean.\n"
        "For each CODE, as findings show it: the sentence, the clause it rests on, what to do, how each profile weighs it, and "
        "an example. Without a code, every code is listed with its sentence, room by room. Nothing is looked at or changed.",
        "検出事項の意味を説明します。\n"
        "検出事項に表示される CODE ごとに、文、根拠、対処、各プロファイルでの重大度、例を表示します。"
        "コードを省くと、すべてのコードを分野ごとに一覧表示します。何も調べず、何も変更しません。",
    ),
    "explain.verb": Text("Explain what a finding means.", "検出事項の意味を説明します。"),
    "explain.unknown": Text(
        "There is no finding `{code}`. `warifu explain` lists them all.",
        "`{code}` という検出事項はありません。`warifu explain` で一覧できます。",
    ),
    "explain.unknown-near": Text(
        "There is no finding `{code}`. Did you mean {near}? `warifu explain` lists them all.",
        "`{code}` という検出事項はありません。{near} のことですか。`warifu explain` で一覧できます。",
    ),
    "explain.subject": Text("subject", "対象"),
    "explain.heading-code": Text("CODE", "コード"),
    "explain.heading-meaning": Text("MEANING", "意味"),
    "explain.how": Text(
        "`warifu explain CODE` says more of one; `docs/findings.md` has a page for each.",
        "詳しくは `warifu explain CODE` で表示します。`docs/findings.md` には各コードのページがあります。",
    ),
    "explain.head": Text("{code}: {title}", "{code}: {title}"),
    "explain.room": Text("about: {room}", "分野: {room}"),
    "explain.weight": Text("weight ({weight}): {profiles}", "重大度 ({weight}): {profiles}"),
    "explain.not-weighed": Text(
        "weight: the same whatever the profile; how much it weighs stands beside each finding.",
        "重大度: プロファイルによらず同じです。検出事項ごとに表示されます。",
    ),
    "explain.example": Text("example: {title}", "例: {title}"),
    "explain.example-remedy": Text("  what to do there: {remedy}", "  その場合の対処: {remedy}"),
    "explain.page": Text("more: {page}", "詳細: {page}"),
    "explain.room-x509": Text(
        "reading certificates, keys, requests and CRLs", "証明書、鍵、証明書要求、CRL の読み取り"
    ),
    "explain.room-trust": Text("whether a chain holds", "チェーンが成立するか"),
    "explain.room-target": Text(
        "what a target wants beyond path validation", "パス検証のほかに対象製品が求めること"
    ),
    "explain.room-estate": Text("the estate and its connections", "管理対象環境とその接続"),
    "explain.room-rotation": Text("plans and their proof", "計画とその証明"),
    "explain.room-issue": Text(
        "requests and the certificates that answer them", "申請と、それに対する証明書"
    ),
    "explain.room-directory": Text(
        "published trust, and what nodes make of it", "公開したトラスト アンカーと、ノードでの扱い"
    ),
    "explain.room-renewal": Text("renewals and what comes after them", "更新とその先の見通し"),
    "explain.room-install": Text(
        "putting files in place and proving them in use", "ファイルの配置と、使用中であることの証明"
    ),
    "explain.room-bundle": Text("signed trust bundles", "署名されたトラスト バンドル"),
    "explain.room-endpoint": Text("the endpoint store of a node", "ノードのエンドポイント ストア"),
}
