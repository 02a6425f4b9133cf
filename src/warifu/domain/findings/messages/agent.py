"""Messages whose keys begin with `agent.` or `orders.`: what a node and its server have to say about each other."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "agent.signature-wrong": Text(
        "The message is not signed by the identity {expected} (it names {by}): nothing of it was taken.",
        "メッセージは証明書 {expected} の鍵で署名されていません (記載された署名者: {by})。内容は採用していません。",
    ),
    "agent.key-unfit": Text(
        "A key of the kind {kind} cannot sign messages. Use an EC, Ed25519 or RSA key.",
        "種類 {kind} の鍵ではメッセージに署名できません。EC、Ed25519、RSA のいずれかの鍵を使ってください。",
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
