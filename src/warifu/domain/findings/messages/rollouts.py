"""Messages whose keys begin with `rollouts.`: estates and rollouts that a server keeps and drives."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "rollouts.estate-version": Text(
        "Somebody has put another version of the estate {estate} meanwhile: the newest is {found}. Read it, and put "
        "yours on top of it. Nothing was changed.",
        "管理対象環境 {estate} はその間に更新されています (最新のバージョンは {found})。最新のバージョンを確認してから登録し直してください。"
        "何も変更していません。",
    ),
    "rollouts.no-files": Text(
        "No estate file came along: send at least one TOML file.",
        "管理対象環境のファイルが送られていません。TOML ファイルを 1 つ以上送ってください。",
    ),
    "rollouts.estate-unknown": Text(
        "The server keeps no estate {estate} of this version. A host administrator puts one.",
        "サーバーにこのバージョンの管理対象環境 {estate} はありません。ホスト管理者が登録してください。",
    ),
    "rollouts.estate-gone": Text(
        "The version of the estate {estate} that the plan was made for is not there any more. Plan again.",
        "計画の元になった管理対象環境 {estate} のバージョンが見つかりません。計画を作り直してください。",
    ),
    "rollouts.estate-changed": Text(
        "The estate {estate} was changed after the plan was made: its newest version is {version}. Plan again; nothing was "
        "done.",
        "計画の作成後に管理対象環境 {estate} が変更されました (最新のバージョンは {version})。計画を作り直してください。何も変更していません。",
    ),
    "rollouts.node-local": Text(
        "{where}: the node {node} is this machine, and on a server that is the server itself. Have its agent look after it "
        '(`reach = "agent"`).',
        "{where}: ノード {node} は自機の指定で、サーバーではサーバー自身を意味します。エージェントに管理させてください "
        '(`reach = "agent"`)。',
    ),
    "rollouts.path-outside": Text(
        "{where}: {path} of {slot} does not lie beside the estate. Name it without `..`.",
        "{where}: {slot} の {path} は管理対象環境のフォルダーの外にあります。`..` を使わずに指定してください。",
    ),
    "rollouts.listing-unfit": Text(
        "{path} is no listing: a node that people serve names it by a relative path, and it holds certificates and no key. "
        "Nothing was kept.",
        "{path} は一覧として使えません。人が操作するノードが相対パスで指定した、証明書だけを含むファイルが必要です (鍵は不可)。"
        "何も保存していません。",
    ),
    "rollouts.change-unknown": Text(
        "{change} of {names} is no change that can be planned here: one of {known}; replace-ca takes the old anchor and the "
        "new one.",
        "{names} に対する {change} は計画できません。指定できるのは {known} です。replace-ca には古いトラスト アンカーと新しい"
        "トラスト アンカーを指定します。",
    ),
    "rollouts.shared-key": Text(
        "The identity {identity} is used on {nodes}, and its key would have to travel to a node that makes its own keys. "
        "Declare one identity for each node; nothing was done.",
        "証明書 {identity} は {nodes} で共有されており、自分で鍵を作るノードへ鍵を送る必要があります。"
        "ノードごとに別の証明書を定義してください。何も変更していません。",
    ),
    "rollouts.other-plan": Text(
        "The plan {digest} is a {kind} plan, not one of an estate: it is not carried out as a rollout.",
        "計画 {digest} は管理対象環境の計画ではなく ({kind})、ここでは適用できません。",
    ),
    "rollouts.not-your-word": Text(
        "{owner} owns the step, and {name} cannot speak for them: the owner confirms it, or for a team somebody of it who "
        "does not carry the rollout out.",
        "この手順の担当は {owner} で、{name} が代わりに確認することはできません。担当者本人、またはチームの場合はこの適用を"
        "実行していないメンバーが確認します。",
    ),
    "rollouts.waiver-over": Text(
        "A waiver of {node} needs a reason and an end that lies ahead (given: {until}, now {now}).",
        "{node} の免除には理由と、現在より後の期限が必要です (指定: {until}、現在 {now})。",
    ),
    "rollouts.told-to-end": Text(
        "Somebody wants rollout {rollout} to end: it stops here.",
        "適用 {rollout} の中止が求められたため、ここで停止します。",
    ),
    "rollouts.no-passphrase": Text(
        "The issuer {issuer} has no passphrase file, and nobody is at the server's terminal. Name one in the estate "
        "(`passphrase-file`).",
        "発行者 {issuer} にはパスフレーズのファイルがなく、サーバーの端末では入力できません。管理対象環境で "
        "`passphrase-file` を指定してください。",
    ),
    "rollouts.evidence-unsigned": Text(
        "What was said of {slot} is not signed by an identity of {node}: it does not count, and the step is not done.",
        "{slot} についての報告は {node} の証明書で署名されていません。証跡として扱わず、手順は完了としません。",
    ),
    "rollouts.evidence-old": Text(
        "What {node} said of {slot} is of {at}, and it is {now}: too old to count. Check the node's clock; then "
        "`warifu rollout resume`.",
        "{slot} についての {node} の証跡は {at} のもので、現在 ({now}) の証跡としては古すぎます。ノードの時計を確認してから "
        "`warifu rollout resume` を実行してください。",
    ),
    "rollouts.evidence-lacking": Text(
        "{node} says that {slot} is done, and its evidence does not show it in use: the step is not done.",
        "{node} は {slot} の完了を報告しましたが、使用中であることを示す証跡がありません。手順は完了としません。",
    ),
    "rollouts.option-server": Text(
        "Ask the server of this address (https://HOST:PORT), not this machine; --estate is a name then.",
        "このマシンではなく、指定したアドレス (https://HOST:PORT) のサーバーで行います。--estate には登録名を指定します。",
    ),
    "rollouts.option-listing": Text(
        "PEM file of what a node that people serve holds now, by the path that the estate names (repeatable).",
        "人が操作するノードの現在の証明書の一覧 (PEM ファイル) です。管理対象環境に書いた相対パスで指定します (複数指定できます)。",
    ),
    "rollouts.option-basis": Text(
        "The version that this one was made from; refused if there is a newer one.",
        "変更の元にしたバージョンです。より新しいバージョンがあれば拒否します。",
    ),
    "rollouts.help-put": Text(
        "Put an estate on a server.\n"
        "The server plans and carries out changes of it through agents, ssh and people. Its nodes name how they are reached; "
        'none is "local".\n\n'
        "`warifu estate put estate.toml`",
        "管理対象環境をサーバーに登録します。\n"
        'サーバーはエージェント、SSH、人の作業を通じて変更を計画し、適用します。各ノードには到達方法を指定し、"local" は使えません。\n\n'
        "`warifu estate put estate.toml`",
    ),
    "rollouts.help-waive": Text(
        "Have a rollout on a server go on without a node, for a while.\n"
        "An approver does so. The node's steps stay undone and are shown; when the waiver ends before the rollout does, they "
        "block again.\n\n"
        "`warifu rollout waive db-2 --reason 'disk is gone' --until 2026-12-24T18:00`",
        "サーバー上の適用を、期限付きで特定のノードを除いて進めます。\n"
        "承認者が行います。そのノードの手順は未完了のまま表示され、適用の完了前に免除の期限が過ぎると再び待ちになります。\n\n"
        "`warifu rollout waive db-2 --reason 'disk is gone' --until 2026-12-24T18:00`",
    ),
    "rollouts.estate-which": Text(
        "Which estate? Name one of {known} with --estate.",
        "対象の管理対象環境を --estate で指定してください (登録済み: {known})。",
    ),
    "rollouts.estate-put": Text(
        "The server keeps the estate {estate} as version {version}.",
        "管理対象環境 {estate} をバージョン {version} として登録しました。",
    ),
    "rollouts.planned": Text(
        "Planned. Somebody else approves it: `warifu approve {digest}`; then: `warifu apply {digest} --server URL`.",
        "計画を作成しました。別の人が `warifu approve {digest}` で承認し、その後 `warifu apply {digest} --server URL` で適用します。",
    ),
    "rollouts.to-type": Text(
        "Anchors are removed: whoever begins it types `{wanted}`.",
        "トラスト アンカーを取り除くため、開始する人は `{wanted}` と入力します。",
    ),
    "rollouts.no-plan": Text(
        "There is no plan: what stands above speaks against it ({subjects}).",
        "上記の理由により計画を作成できません ({subjects})。",
    ),
    "rollouts.will-end": Text(
        "Rollout {rollout} ends as soon as the step under way is over.",
        "適用 {rollout} は、進行中の手順が終わりしだい中止します。",
    ),
    "rollouts.waived": Text(
        "Rollout {rollout} goes on without {node} until {until}.",
        "適用 {rollout} は {until} まで {node} を除いて進みます。",
    ),
    "rollouts.blocks": Text("  blocked by {who} ({step}): {why}", "  {who} で待機中 ({step}): {why}"),
    "rollouts.halted": Text(
        "A step was refused or failed. When its cause is gone: `warifu rollout resume {rollout} --server URL`.",
        "手順が拒否されたか失敗しました。原因を取り除いたら `warifu rollout resume {rollout} --server URL` を実行してください。",
    ),
    "rollouts.head-witness": Text("witness", "証拠の種類"),
    "rollouts.head-at": Text("seen at", "確認日時"),
    "rollouts.head-signed": Text("signed by", "署名者"),
}
