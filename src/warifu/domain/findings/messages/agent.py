"""Messages whose keys begin with `agent.` or `orders.`: what a node and its server have to say about each other."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_HELP: Mapping[str, Text] = {
    "agent.verb": Text(
        "This node's agent: join a server, run, say how it stands.",
        "このノードのエージェントを参加させ、実行し、状態を表示します。",
    ),
    "agent.help": Text(
        "This node's agent: join a server, run, say how it stands.\n"
        "An agent keeps this node's trust stores as they are published, makes keys where they live, carries out steps of "
        "rollouts, and signs what it saw. It works without its server, too.",
        "このノードのエージェント。サーバーへの参加、実行、状態の表示を行います。\n"
        "エージェントは、このノードのトラスト ストアを公開内容に合わせて保ち、鍵をこのノード上で作成し、適用の手順を実行し、"
        "確認した内容に署名します。サーバーに接続できない間も動作します。",
    ),
    "agent.help-join": Text(
        "Join a server by a one-time token.\n"
        "FILE holds the token that a host administrator made (`warifu node token NODE`); `-` reads it from standard input. "
        "The token names the node, the server and the root that its bundles are verified by; it is good once.",
        "使い捨てのトークンでサーバーに参加します。\n"
        "FILE には、ホスト管理者が作成したトークン (`warifu node token NODE`) を入れておきます。`-` は標準入力から読み取ります。"
        "トークンには、ノード名、サーバー、バンドルの検証に使うルートが含まれ、1 回だけ使えます。",
    ),
    "agent.help-run": Text(
        "Run until SIGTERM: follow what is published, serve the endpoint store, carry out orders.\n"
        "SIGHUP looks at once. As a service: packaging/systemd/warifu-agent.service.",
        "SIGTERM を受けるまで動作します。公開内容に追従し、エンドポイント ストアを提供し、指示を実行します。\n"
        "SIGHUP ですぐに確認します。サービスとしての設定例: packaging/systemd/warifu-agent.service。",
    ),
    "agent.help-look": Text(
        "Look once: read what is published, take it up, report, and end.",
        "1 回だけ確認します。公開内容を読み取り、反映し、報告して終了します。",
    ),
    "agent.help-status": Text(
        "Say who this node is, what it follows, and what is wrong; asks nobody.",
        "このノードの身元、追従している内容、問題点を表示します。サーバーには問い合わせません。",
    ),
    "agent.help-journal": Text(
        "List what the agent did, the newest last.", "エージェントの動作記録を古い順に表示します。"
    ),
    "agent.option-state": Text(
        "Folder of the agent's state (/var/lib/warifu-agent for root, else below the home).",
        "エージェントの状態を置くフォルダーです (root は /var/lib/warifu-agent、それ以外はホーム以下)。",
    ),
    "agent.option-socket": Text(
        "Socket of the endpoint store (/run/warifu/endpoint.sock for root without --state, else in the state folder); `none` serves none.",
        "エンドポイント ストアのソケットです (--state のない root は /run/warifu/endpoint.sock、それ以外は状態フォルダー内)。`none` で提供しません。",
    ),
    "agent.option-outputs": Text(
        "TOML file that says where trust stores are written for programs (docs/trust-stores.md).",
        "プログラム向けのトラスト ストアの書き出し先を記述した TOML ファイルです (docs/trust-stores.md)。",
    ),
    "agent.option-every": Text(
        "Seconds between two looks that nothing woke.", "通知がない場合の確認の間隔 (秒) です。"
    ),
    "agent.option-count": Text("How many lines.", "表示する行数です。"),
    "agent.joined": Text(
        "This node is {node}. Its servers: {servers}. Its identity is good until {until} and is renewed by itself. Start the "
        "agent: `warifu agent run`, or `systemctl enable --now warifu-agent`.",
        "このノードは {node} です。サーバー: {servers}。証明書の期限は {until} で、自動的に更新されます。"
        "`warifu agent run` または `systemctl enable --now warifu-agent` でエージェントを開始してください。",
    ),
    "agent.looked": Text("Followed: {versions}.", "追従中: {versions}。"),
    "agent.stands": Text(
        "Node {node}; servers {servers}; identity until {until}.",
        "ノード {node}。サーバー {servers}。証明書の期限 {until}。",
    ),
    "agent.heading-domain": Text("trust domain", "トラスト ドメイン"),
    "agent.heading-version": Text("version", "バージョン"),
    "agent.heading-published": Text("published", "公開日時"),
    "agent.heading-number": Text("number", "番号"),
    "agent.heading-at": Text("at", "日時"),
    "agent.heading-kind": Text("kind", "種類"),
    "agent.heading-details": Text("details", "詳細"),
}

TABLE: Mapping[str, Text] = {
    **_HELP,
    "agent.signature-wrong": Text(
        "The message is not signed by the identity {expected} (it names {by}): nothing of it was taken.",
        "メッセージは証明書 {expected} の鍵で署名されていません (記載された署名者: {by})。内容は採用していません。",
    ),
    "agent.joined-already": Text(
        "This node has joined already, as {node} ({servers}). To join it anew, remove it on the server first "
        "(`warifu node remove {node}`), then delete the agent's state folder.",
        "このノードはすでに {node} として参加しています ({servers})。参加し直すには、先にサーバーで "
        "`warifu node remove {node}` を実行し、エージェントの状態フォルダーを削除してください。",
    ),
    "agent.not-joined": Text(
        "This node has not joined a server. Ask a host administrator for a token (`warifu node token NODE`), then run "
        "`warifu agent join TOKEN-FILE`.",
        "このノードはまだサーバーに参加していません。ホスト管理者にトークンを発行してもらい (`warifu node token NODE`)、"
        "`warifu agent join TOKEN-FILE` を実行してください。",
    ),
    "agent.over": Text(
        "The identity of {node} expired at {ended}, too long ago to be renewed by its key. Ask for a new token "
        "(`warifu node token {node}`) and join again.",
        "{node} の証明書は {ended} に期限切れになり、鍵だけで更新できる期間も過ぎました。新しいトークンを発行してもらい "
        "(`warifu node token {node}`)、参加し直してください。",
    ),
    "agent.fenced": Text(
        "The server has fenced {node} and takes nothing of it any more: {reason}. Look at the node; then a host "
        "administrator lets it in again (`warifu node reseed {node}`).",
        "サーバーは {node} を隔離し、このノードからの報告を受け付けていません ({reason})。ノードを確認してから、"
        "ホスト管理者が `warifu node reseed {node}` で再び受け入れてください。",
    ),
    "agent.no-control": Text(
        "The server publishes no CA of its own that verifies from the root named in the token: {reason}. Check that the "
        "token is of this server, and ask for a new one.",
        "トークンに記載されたルートから検証できる、サーバー自身の CA が公開されていません ({reason})。"
        "トークンがこのサーバーのものか確認し、新しいトークンを発行してもらってください。",
    ),
    "agent.identity-unfit": Text(
        "The server's answer is no identity for {node}: {reason}. Nothing was taken from it.",
        "サーバーの応答は {node} の証明書として使えません ({reason})。内容は採用していません。",
    ),
    "agent.epoch-lower": Text(
        "The order comes from a driver that was overtaken: epoch {epoch} of journal {journal}, and {obeyed} was obeyed "
        "already. Nothing was done.",
        "この指示は、すでに交代した適用処理からのものです (ジャーナル {journal} の世代 {epoch}。世代 {obeyed} の指示を実行済み)。"
        "何も変更していません。",
    ),
    "agent.order-not-ours": Text(
        "The order {order} is for {node}, and this is {own}: nothing was done.",
        "指示 {order} は {node} 宛てで、このノードは {own} です。何も変更していません。",
    ),
    "agent.order-late": Text(
        "The order {order} was good until {until}, and it is {now}: whoever gave it may have been overtaken, and nothing "
        "was done.",
        "指示 {order} の有効期限は {until} で、現在は {now} です。指示を出した適用処理が交代した可能性があるため、"
        "何も変更していません。",
    ),
    "agent.key-name-unfit": Text(
        "{name} is no name for a key file: nothing was done.",
        "{name} は鍵ファイルの名前として使えません。何も変更していません。",
    ),
    "orders.node-away": Text(
        "The node {node} did not answer ({kind}): its agent is away, or not done. It goes on as soon as it answers; to go "
        "on without it, waive it by name.",
        "ノード {node} から応答がありません ({kind})。エージェントが停止中か、まだ処理中です。応答があれば続行します。"
        "このノードなしで続行するには、名前を指定して免除してください。",
    ),
    "orders.answer-unfit": Text(
        "What the node {node} answered does not fit what it was asked: nothing was taken from it.",
        "ノード {node} の応答が依頼の内容と一致しません。内容は採用していません。",
    ),
    "orders.answer-unread": Text(
        "The server's answer to {path} (HTTP {status}) is not understood: is it another release?",
        "{path} に対するサーバーの応答 (HTTP {status}) を解釈できません。サーバーのバージョンが異なる可能性があります。",
    ),
    "orders.certificate-unfit": Text(
        "The client certificate {path} cannot be used: check that the file and its key exist and belong together.",
        "クライアント証明書 {path} を使用できません。ファイルと鍵があり、対になっているか確認してください。",
    ),
    "orders.saved-unreadable": Text(
        "The file of saved servers {path} is not understood. Delete it and sign in again (`warifu login`).",
        "保存されたサーバーのファイル {path} を解釈できません。削除してから、もう一度サインインしてください (`warifu login`)。",
    ),
    "orders.lease-over": Text(
        "The lease of the rollout {rollout} ran out at {until}: no order was given. Whoever drives it now goes on.",
        "適用 {rollout} のリースは {until} に期限を過ぎたため、指示は出していません。現在の適用処理が続行します。",
    ),
    "orders.unknown": Text("There is no order {order}.", "指示 {order} はありません。"),
    "orders.not-yours": Text(
        "The order {order} was not given to {node}: the answer is not taken.",
        "指示 {order} は {node} 宛てではありません。回答は採用していません。",
    ),
    "orders.unreachable": Text(
        "The server {server} could not be asked: {reason}. What is here goes on working; it is tried again.",
        "サーバー {server} に問い合わせできません: {reason}。手元のものは引き続き使えます。後で再試行します。",
    ),
    "orders.not-believed": Text(
        "The certificate of the server {server} is not accepted: {reason}. Nothing was sent to it. On the server, "
        "`warifu server renew` makes a new one.",
        "サーバー {server} の証明書を受け入れられません: {reason}。何も送信していません。サーバー側で "
        "`warifu server renew` を実行すると新しい証明書が作成されます。",
    ),
    "orders.identity-refused": Text(
        "The server {server} does not accept our certificate ({alert}).",
        "サーバー {server} はこちらの証明書を受け入れませんでした ({alert})。",
    ),
    "orders.identity-unfit": Text(
        "The identity {fingerprint} cannot be used: its key does not fit its certificate.",
        "証明書 {fingerprint} は使用できません。鍵と証明書が対になっていません。",
    ),
    "orders.refused": Text(
        "The server refused (HTTP {status}, {reason}): {told}",
        "サーバーが拒否しました (HTTP {status}, {reason}): {told}",
    ),
}
