"""Messages whose keys begin with `pair.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "pair.help": Text(
        "Judge two ends that connect to each other, in both directions.\n"
        "A and B are files (chain, container) or HOST:PORT. Each presents its chain, as server and as client, and judges "
        "the other's by its own trust store: --trust-a/-b FILE, else the roots in its own file, else, for an address, this "
        "machine's. With --profile the stricter rules of a target stand beside path validation. With --live real mutual "
        "handshakes are made, and it is said which side refused what. Exit code 0: both ways hold, 1: not, 5: could not look.",
        "互いに接続する二者を、両方向について判定します。\n"
        "A と B はファイル (チェーン、コンテナー) または HOST:PORT です。それぞれがサーバーとして、またクライアントとしてチェーンを提示し、"
        "相手のチェーンを自分のトラスト ストアで検証します。トラスト ストアは --trust-a/-b FILE、なければ自分のファイル内のルート、"
        "アドレスではこのマシンのものです。--profile を付けると、対象製品のより厳しい規則による判定をパス検証と並べます。"
        "--live を付けると実際に相互 TLS のハンドシェイクを行い、どちらが何を拒否したかを示します。"
        "終了コード 0: 双方向とも成立、1: 不成立、5: 確認できないものあり。",
    ),
    "pair.option-profile": Text(
        "Target whose stricter rules are judged besides, for example dell-ome-migration.",
        "あわせて判定する対象製品のプロファイルです (例: dell-ome-migration)。",
    ),
    "pair.option-live": Text(
        "Make real mutual handshakes with the addresses, each with the other end's certificate and key.",
        "アドレスに対し、相手側の証明書と鍵を使って実際に相互 TLS のハンドシェイクを行います。",
    ),
    "pair.option-trust": Text("Trust store of {end}.", "{end} のトラスト ストアです。"),
    "pair.option-identity": Text(
        "File with the certificate and key that {end} presents when it calls (for --live).",
        "{end} が接続するときに提示する証明書と鍵のファイルです (--live 用)。",
    ),
    "pair.option-name": Text(
        "Name that {end} is called by and must carry; for HOST:PORT it is HOST.",
        "{end} の接続先名です。証明書はこの名前を持つ必要があります。HOST:PORT では HOST になります。",
    ),
    "pair.option-clock": Text(
        "Time by {end}'s own clock; it judges the other by it.",
        "{end} 自身の時計の時刻です。相手の検証に使います。",
    ),
    "pair.same-ends": Text(
        "{subject} is named twice; a pair has two ends.",
        "{subject} が 2 回指定されています。異なる二者を指定してください。",
    ),
    "pair.no-certificate": Text(
        "{path} holds no certificate; name a file with a chain, or HOST:PORT.",
        "{path} に証明書がありません。チェーンのファイルか HOST:PORT を指定してください。",
    ),
    "pair.no-identity": Text(
        "{end} cannot call the other end: {path} holds no key that belongs to its certificate; "
        "give both with --identity-a or --identity-b.",
        "{end} は接続できません。{path} に、証明書に対応する秘密鍵がありません。"
        "--identity-a または --identity-b で証明書と鍵を指定してください。",
    ),
    "pair.nothing-live": Text(
        "neither of {ends} is an address: there is nobody to call; leave --live out.",
        "{ends} のどちらもアドレスではないため接続できません。--live を外してください。",
    ),
    "pair.end": Text(
        "{end}: {label}; {chain:certificate|certificates}, trusts {anchors:anchor|anchors}, its time is {at}.",
        "{end}: {label}。証明書 {chain} 枚、トラスト アンカー {anchors} 個、時刻 {at}。",
    ),
    "pair.heading-a-to": Text("A: ISSUED TO", "A: 発行先"),
    "pair.heading-a-by": Text("A: ISSUED BY", "A: 発行者"),
    "pair.heading-b-to": Text("B: ISSUED TO", "B: 発行先"),
    "pair.heading-b-by": Text("B: ISSUED BY", "B: 発行者"),
    "pair.heading-client": Text("CALLS", "接続元"),
    "pair.heading-server": Text("IS CALLED", "接続先"),
    "pair.heading-standard": Text("BY PATH VALIDATION", "パス検証による結果"),
    "pair.reach-unasked": Text(
        "one-way: the client accepts the server, which asks for no client certificate",
        "片方向 (クライアントは受け入れ、サーバーはクライアント証明書を要求せず)",
    ),
    "pair.reach-mutual": Text("holds, both sides accept", "成立 (双方が受け入れ)"),
    "pair.reach-one-way": Text("one-way only: the client is refused", "片方向のみ (クライアントを拒否)"),
    "pair.reach-none": Text("fails: the server is refused", "不成立 (サーバーを拒否)"),
    "pair.reach-unknown": Text("undecided", "判定不能"),
    "pair.standard-holds": Text(
        "Standard (path validation): valid, either end may call.",
        "標準 (パス検証): 有効。どちらからも接続できます。",
    ),
    "pair.standard-fails": Text("Standard (path validation): invalid.", "標準 (パス検証): 無効。"),
    "pair.target-holds": Text("{profile}: valid.", "{profile}: 有効。"),
    "pair.target-fails": Text("{profile}: invalid.", "{profile}: 無効。"),
    "pair.target-stricter": Text(
        "Handshakes would succeed; {profile} refuses all the same, because it asks for more.",
        "ハンドシェイクは成功しますが、{profile} はそれ以上を求めるため拒否します。",
    ),
    "pair.look-server": Text(
        "{acceptor} judges {presenter} as a server: {outcome}",
        "{acceptor} が {presenter} をサーバーとして検証: {outcome}",
    ),
    "pair.look-client": Text(
        "{acceptor} judges {presenter} as a client: {outcome}",
        "{acceptor} が {presenter} をクライアントとして検証: {outcome}",
    ),
    "pair.by-target": Text("{label}, by {profile}: {outcome}", "{label}、{profile} による判定: {outcome}"),
    "pair.live": Text(
        "Handshake, {client} calls {server}: {outcome}", "ハンドシェイク、{client} から {server}: {outcome}"
    ),
    "pair.live-not-asked": Text(
        "{server} asked for no client certificate: it does not verify who calls.",
        "{server} はクライアント証明書を求めませんでした。接続元を検証していません。",
    ),
    "pair.live-server-refused": Text(
        "{server} refused the certificate of {client}; its alert: {said}.",
        "{server} が {client} の証明書を拒否しました。アラート: {said}。",
    ),
    "pair.live-ended": Text(
        "the handshake of {client} with {server} ended: {said}.",
        "{client} と {server} のハンドシェイクが終了しました: {said}。",
    ),
    "pair.live-server-took": Text(
        "{server} took the certificate of {client}.", "{server} は {client} の証明書を受け入れました。"
    ),
    "pair.not-live": Text(
        "{label} is a file: nobody calls it; that direction is judged on paper alone.",
        "{label} はファイルのため接続できません。その方向は机上の判定だけです。",
    ),
}
