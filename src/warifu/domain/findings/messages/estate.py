"""Messages whose keys begin with `estate.`: what is wrong with estate files and ledgers, and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_FILE: Mapping[str, Text] = {
    "estate.invalid": Text(
        "The estate cannot be used as it is written ({count} to correct):",
        "管理対象環境ファイルをこのままでは使えません (修正箇所 {count} 件):",
    ),
    "estate.not-toml": Text(
        "{where}: this is not TOML: {reason}.", "{where}: TOML として読めません ({reason})。"
    ),
    "estate.unknown-key": Text(
        "{where}: `{key}` is not known here. Known here: {known}.",
        "{where}: `{key}` はここでは使えません。使えるのは {known} です。",
    ),
    "estate.unknown-key-near": Text(
        "{where}: `{key}` is not known here. Did you mean `{near}`?",
        "{where}: `{key}` はここでは使えません。`{near}` のことですか。",
    ),
    "estate.missing-key": Text(
        "{where}: `{key}` is missing or empty. Write for example `{example}`.",
        "{where}: `{key}` がないか、空です。たとえば `{example}` と書いてください。",
    ),
    "estate.missing-choice": Text(
        "{where}: `{key}` is missing. Write one of: {known}.",
        "{where}: `{key}` がありません。{known} のいずれかを書いてください。",
    ),
    "estate.not-choice": Text(
        "{where}: `{key}` is `{found}`; it must be one of: {known}.",
        "{where}: `{key}` が `{found}` になっています。{known} のいずれかにしてください。",
    ),
    "estate.not-text": Text(
        "{where}: `{key}` is {found}; it must be a text in quotes.",
        "{where}: `{key}` が {found} になっています。引用符で囲んだ文字列にしてください。",
    ),
    "estate.not-texts": Text(
        '{where}: `{key}` is {found}; it must be a list of texts such as `["a", "b"]`.',
        '{where}: `{key}` が {found} になっています。`["a", "b"]` のような文字列のリストにしてください。',
    ),
    "estate.not-flag": Text(
        "{where}: `{key}` is {found}; it must be `true` or `false`.",
        "{where}: `{key}` が {found} になっています。`true` か `false` にしてください。",
    ),
    "estate.not-number": Text(
        "{where}: `{key}` is {found}; it must be a whole number of at least {least}.",
        "{where}: `{key}` が {found} になっています。{least} 以上の整数にしてください。",
    ),
    "estate.not-duration": Text(
        '{where}: `{key}` is {found}; it must be a duration such as "90d", "12h", "30m" or "45s".',
        '{where}: `{key}` が {found} になっています。"90d"、"12h"、"30m"、"45s" のような期間にしてください。',
    ),
    "estate.spread-too-long": Text(
        "{where}: `{key}` is longer than the shortest window ({shortest}): a notice could come after the end it warns of.",
        "{where}: `{key}` が `windows` の最短の値 ({shortest}) を超えています。期限が過ぎてから通知するおそれがあります。",
    ),
    "estate.not-moment": Text(
        "{where}: `{key}` is {found}; it must be an instant with its offset, without quotes, "
        "such as `2027-01-31T09:00:00+09:00`.",
        "{where}: `{key}` が {found} になっています。"
        "`2027-01-31T09:00:00+09:00` のように、オフセット付きの日時を引用符なしで書いてください。",
    ),
    "estate.not-time": Text(
        '{where}: `{key}` is {found}; it must be a time of day such as "22:00".',
        '{where}: `{key}` が {found} になっています。"22:00" のような時刻にしてください。',
    ),
    "estate.not-freeze": Text(
        '{where}: `{key}` has {found}; each entry must be a first and a last day such as ["2026-12-20", "2027-01-05"].',
        '{where}: `{key}` に {found} があります。["2026-12-20", "2027-01-05"] のように初日と最終日を書いてください。',
    ),
    "estate.not-address": Text(
        '{where}: `{key}` has `{found}`; it must be "host:port" or "[IPv6]:port" with a port from 1 to 65535.',
        "{where}: `{key}` に `{found}` があります。"
        '"ホスト:ポート" または "[IPv6]:ポート" (ポートは 1 から 65535) にしてください。',
    ),
    "estate.not-table": Text(
        "{where}: `{key}` is {found}; it must be a table: `[{key}]`.",
        "{where}: `{key}` が {found} になっています。`[{key}]` のようなテーブルにしてください。",
    ),
    "estate.not-tables": Text(
        "{where}: `{key}` is {found}; it must be a list of tables, each headed `[[{key}]]`.",
        "{where}: `{key}` が {found} になっています。`[[{key}]]` で始まるテーブルの並びにしてください。",
    ),
    "estate.bad-name": Text(
        "{where}: `{key}` has the name {found}; a name begins with a letter or digit "
        "and goes on with those and `. _ @ : + -`.",
        "{where}: `{key}` に {found} という名前があります。"
        "名前は文字か数字で始め、続きには文字、数字、`. _ @ : + -` だけを使ってください。",
    ),
    "estate.no-zone": Text(
        '{where}: `{key}` is `{found}`, which is no time zone known here; write one such as "Asia/Tokyo".',
        '{where}: `{key}` の `{found}` というタイムゾーンはここにはありません。"Asia/Tokyo" のように書いてください。',
    ),
    "estate.not-mail": Text(
        "{where}: `{key}` is {found}; it must be one mail address such as `pki@example.com`, without a name around it.",
        "{where}: `{key}` が {found} になっています。`pki@example.com` のようなメール アドレスを 1 件だけ書いてください。",
    ),
    "estate.not-url": Text(
        "{where}: `{key}` is {found}; it must begin with `https://` or `http://`, name a host and hold no password.",
        "{where}: `{key}` が {found} になっています。`https://` か `http://` で始まり、ホストを含み、パスワードを含まない URL にしてください。",
    ),
    "estate.clear-secret": Text(
        "{where}: with this `{key}` a password or token would go over the network in clear; use TLS.",
        "{where}: この `{key}` ではパスワードまたはトークンが暗号化されずに送られます。TLS を使ってください。",
    ),
    "estate.not-prom": Text(
        "{where}: `{key}` is {found}; the textfile collector reads only names that end in `.prom`.",
        "{where}: `{key}` が {found} になっています。textfile collector が読むのは `.prom` で終わる名前だけです。",
    ),
}

_REFERENCES: Mapping[str, Text] = {
    "estate.unknown-reference": Text(
        "{where}: `{key}` names `{found}`, which `[{section}]` does not declare. Declared: {known}.",
        "{where}: `{key}` の `{found}` は `[{section}]` で宣言されていません。宣言されているのは {known} です。",
    ),
    "estate.unknown-reference-none": Text(
        "{where}: `{key}` names `{found}`, and `[{section}]` declares nothing.",
        "{where}: `{key}` の `{found}` は `[{section}]` で宣言されていません。`[{section}]` には宣言がありません。",
    ),
    "estate.unknown-reference-near": Text(
        "{where}: `{key}` names `{found}`, which `[{section}]` does not declare. Did you mean `{near}`?",
        "{where}: `{key}` の `{found}` は `[{section}]` で宣言されていません。`{near}` のことですか。",
    ),
    "estate.twice": Text(
        "{where}: `{key}` uses a name that {first} declares already; names are unique over all files read together.",
        "{where}: `{key}` の名前は {first} ですでに宣言されています。"
        "一緒に読み込むファイル全体で名前を一意にしてください。",
    ),
    "estate.two-names": Text(
        "{where}: `{key}` is `{found}`, but another file calls the estate `{first}`; keep one of them.",
        "{where}: `{key}` は `{found}` ですが、別のファイルでは管理対象環境の名前が `{first}` です。どちらか 1 つにしてください。",
    ),
    "estate.names-nobody": Text(
        "{where}: `{key}` names a server, and `no-sni = true` says that the client names none. Keep one of the two.",
        "{where}: `{key}` はサーバー名を指定していますが、`no-sni = true` はクライアントが名前を送らないことを示します。"
        "どちらか一方だけを残してください。",
    ),
    "estate.group-and-service": Text(
        "{where}: the group `{key}` has the name of a service ({first}); rename one, so that the end of a "
        "connection means one thing.",
        "{where}: グループ `{key}` がサービスと同じ名前です ({first})。"
        "接続の端が 1 つに決まるように、どちらかの名前を変えてください。",
    ),
    "estate.address-twice": Text(
        "{where}: `{key}` has {found}, where `{first}` on the same machine listens already.",
        "{where}: `{key}` の {found} では、同じマシンの `{first}` がすでに待ち受けています。",
    ),
    "estate.ambiguous-default": Text(
        "{where}: `{key}` is left out, but `{service}` has several that fit: {found}. Name them, for example `{example}`.",
        "{where}: `{key}` が省略されていますが、`{service}` には候補が複数あります: {found}。"
        "`{example}` のように書いてください。",
    ),
    "estate.no-slot": Text(
        "{where}: `{key}` is left out, and `{service}` has no slot of that kind; declare it below `[services.{service}]`.",
        "{where}: `{key}` が省略されていますが、`{service}` にはその種類のスロットがありません。"
        "`[services.{service}]` の下に宣言してください。",
    ),
    "estate.verifies-nothing": Text(
        "{where}: `{key}` is left out, and `{service}` has no trust store; declare one below "
        "`[services.{service}.trusts]`, or write `client-trusts = []` if it verifies nothing.",
        "{where}: `{key}` が省略されていますが、`{service}` にはトラスト ストアがありません。"
        "`[services.{service}.trusts]` の下に宣言するか、何も検証しないなら `client-trusts = []` と書いてください。",
    ),
    "estate.presents-nothing": Text(
        "{where}: `{key}` is left out and a client certificate is required, but `{service}` has no identity; declare "
        "one below `[services.{service}.identities]`, or write `client-identities = []` if it presents nothing.",
        "{where}: クライアント証明書が必須で `{key}` が省略されていますが、`{service}` には証明書と鍵がありません。"
        "`[services.{service}.identities]` の下に宣言するか、何も提示しないなら `client-identities = []` と書いてください。",
    ),
    "estate.uncovered-end": Text(
        "{where}: `{key}` names no slot of `{service}`, which is an end of this connection too; add one.",
        "{where}: `{key}` に、この接続の端である `{service}` のスロットがありません。加えてください。",
    ),
}

_NAMES: Mapping[str, Text] = {
    "estate.no-such-identity": Text(
        "`{name}` is the certificate {fingerprint}, which no slot of the estate presents.",
        "`{name}` は証明書 {fingerprint} ですが、これを提示するスロットは管理対象環境にありません。",
    ),
    "estate.no-such-certificate": Text(
        "`{name}` names no certificate that was seen. Give a file, a fingerprint, a key id, a slot, an identity, "
        "a trust store or a whole subject: `warifu estate show` lists them.",
        "`{name}` に当たる証明書は見つかりません。ファイル、フィンガープリント、鍵 ID、スロット、証明書と鍵、"
        "トラスト ストア、サブジェクト全体のいずれかを指定してください。一覧は `warifu estate show` で確認できます。",
    ),
    "estate.fingerprint-of-nobody": Text(
        "`{name}` is the SHA-256 fingerprint of no certificate that was seen (a key id has 40 digits, not 64).",
        "`{name}` は SHA-256 フィンガープリントの形ですが、当たる証明書がありません (鍵 ID なら 64 桁ではなく 40 桁です)。",
    ),
    "estate.key-id-of-nobody": Text(
        "`{name}` is neither the key id nor the SHA-1 fingerprint of any certificate that was seen.",
        "`{name}` を鍵 ID または SHA-1 フィンガープリントに持つ証明書は見つかりません。",
    ),
    "estate.ambiguous-name": Text(
        "`{name}` is ambiguous ({how}): {count} matches. Name one by its SHA-256 or key id:{matches}",
        "`{name}` は 1 つに決まりません ({how}): {count} 件が一致します。"
        "SHA-256 または鍵 ID で 1 つを指定してください:{matches}",
    ),
    "estate.ambiguous-identity": Text(
        "`{name}` is presented by several identities: {found}. Name one of them.",
        "`{name}` は複数の組 (証明書と鍵) として提示されています: {found}。いずれかを指定してください。",
    ),
}

_LEDGER: Mapping[str, Text] = {
    "estate.no-files": Text(
        "There is no estate file at {path}. `warifu estate scan` or `warifu estate import FILE.csv` makes one.",
        "{path} に管理対象環境ファイルがありません。"
        "`warifu estate scan` または `warifu estate import FILE.csv` で作成できます。",
    ),
    "estate.not-utf8": Text(
        "{where}: an estate file is UTF-8, and this is not.",
        "{where}: 管理対象環境ファイルは UTF-8 でなければなりませんが、そうなっていません。",
    ),
    "estate.no-encoding": Text(
        "`{encoding}` is no encoding of a ledger; take one of: {known}.",
        "`{encoding}` は台帳の文字コードとして使えません。{known} のいずれかにしてください。",
    ),
    "estate.cannot-encode": Text(
        "{encoding} cannot carry {count} characters of this estate; nothing was written. "
        "Take `--encoding utf-8-sig`, or change:",
        "この管理対象環境には {encoding} で表せない文字が {count} 個あるため、何も書き出していません。"
        "`--encoding utf-8-sig` を使うか、次の箇所を変えてください:",
    ),
    "estate.lost-character": Text(
        "row {line}, `{column}`: {code} `{sign}` in `{text}`",
        "{line} 行目、`{column}`: `{text}` の {code} `{sign}`",
    ),
    "estate.ledger-empty": Text("{where}: the ledger is empty.", "{where}: 台帳が空です。"),
    "estate.ledger-encoding": Text(
        "{where}: the ledger is neither UTF-8 nor CP932; save it as CSV UTF-8.",
        "{where}: 台帳が UTF-8 でも CP932 でもありません。CSV UTF-8 として保存してください。",
    ),
    "estate.ledger-broken": Text(
        "{where}: the row is no CSV: {reason}.", "{where}: CSV として読めない行です ({reason})。"
    ),
    "estate.ledger-heading": Text(
        "{where}: the heading `{found}` is not known (closest: {near}).",
        "{where}: 見出し `{found}` は使えません (近いもの: {near})。",
    ),
    "estate.ledger-heading-twice": Text(
        "{where}: the heading `{found}` stands twice.", "{where}: 見出し `{found}` が 2 回あります。"
    ),
    "estate.ledger-no-kind": Text(
        "{where}: the column `{column}` is missing; each row says whether it is an identity, a trust, "
        "a service or a connection.",
        "{where}: 列 `{column}` (種別) がありません。各行は証明書、トラスト ストア、サービス、接続のいずれかです。",
    ),
    "estate.ledger-too-long": Text(
        "{where}: the row has more than {count} cells.", "{where}: 行のセルが {count} 個を超えています。"
    ),
    "estate.ledger-missing": Text(
        "{where}, column `{column}`: the cell is empty and must not be.",
        "{where}、列 `{column}`: セルが空ですが、値が必要です。",
    ),
    "estate.ledger-wrong": Text(
        "{where}, column `{column}`: `{found}` does not fit (closest: {near}). Possible: {known}.",
        "{where}、列 `{column}`: `{found}` は使えません (近いもの: {near})。使えるのは {known} です。",
    ),
    "estate.ledger-contradicts": Text(
        "{where}, column `{column}`: this row says otherwise of `{found}` than {first}.",
        "{where}、列 `{column}`: `{found}` についての記述が {first} と食い違っています。",
    ),
    "estate.ledger-twice": Text(
        "{where}, column `{column}`: `{found}` stands at {first} already.",
        "{where}、列 `{column}`: `{found}` はすでに {first} にあります。",
    ),
    "estate.ledger-kind": Text("kind", "種別"),
    "estate.ledger-name": Text("name", "名前"),
    "estate.ledger-node": Text("node", "ノード"),
    "estate.ledger-reach": Text("reach", "到達方法"),
    "estate.ledger-service": Text("service", "サービス"),
    "estate.ledger-target": Text("target", "対象製品"),
    "estate.ledger-addresses": Text("addresses", "アドレス"),
    "estate.ledger-holds": Text("identity or store", "証明書またはトラスト ストア"),
    "estate.ledger-file": Text("file", "ファイル"),
    "estate.ledger-key": Text("key", "鍵"),
    "estate.ledger-more": Text("chain or CRLs", "チェーンまたは CRL"),
    "estate.ledger-sni": Text("SNI", "SNI"),
    "estate.ledger-names": Text("names", "証明書の名前"),
    "estate.ledger-issuer": Text("issuer", "発行者"),
    "estate.ledger-owner": Text("owner", "担当者"),
    "estate.ledger-clients": Text("clients", "クライアント"),
    "estate.ledger-servers": Text("servers", "サーバー"),
    "estate.ledger-server-identities": Text("server identities", "サーバー証明書スロット"),
    "estate.ledger-client-trusts": Text("client trusts", "クライアントの検証スロット"),
    "estate.ledger-client-certificate": Text("client certificate", "クライアント証明書"),
    "estate.ledger-client-identities": Text("client identities", "クライアント証明書スロット"),
    "estate.ledger-server-trusts": Text("server trusts", "サーバーの検証スロット"),
    "estate.ledger-server-name": Text("server name", "サーバー名"),
    "estate.ledger-relation": Text("relation", "関係"),
}

_SHOWN: Mapping[str, Text] = {
    "estate.help-estate": Text(
        "Show and check an estate, and move it in and out of ledgers.",
        "管理対象環境を表示・検査し、台帳から取り込み、台帳へ書き出します。",
    ),
    "estate.help-show": Text(
        "Draw the estate: nodes, services, slots, certificates with days left, connections with verdicts.\n"
        "Looks at files and live addresses; changes nothing.",
        "管理対象環境を表示します: ノード、サービス、スロット、証明書の残り日数、接続の判定。\n"
        "ファイルと稼働中のアドレスを見るだけで、何も変更しません。",
    ),
    "estate.help-check": Text(
        "Verify every connection in both directions, on disk and live, and list drift.\n"
        "Exit code: 0 fine, 1 findings, 2 the file is wrong, 5 something could not be looked at.",
        "すべての接続を双方向に、ディスク上と稼働中の両方で検証し、ずれを一覧します。\n"
        "終了コード: 0 問題なし、1 検出事項あり、2 ファイルの誤り、5 確認できないものあり。",
    ),
    "estate.help-scan": Text(
        "Write an estate file from what runs: nginx, HAProxy, PostgreSQL and who connects to them.\n\n"
        "Without NODE: every node of the estate file, or this machine where there is none yet. A NODE that the file "
        "does not know is a destination of ssh. Where a file exists, what is new is added to it, differences are "
        "shown, and nothing that stands in it is changed.",
        "稼働中の nginx、HAProxy、PostgreSQL とその接続元から管理対象環境ファイルを作成します。\n\n"
        "NODE を省くと、管理対象環境ファイルの全ノード (ファイルがなければこのマシン) が対象です。ファイルにない NODE は "
        "ssh の接続先とみなします。ファイルがある場合は新しいものだけを追加し、差分を表示し、既存の記述は変更しません。",
    ),
    "estate.scanned": Text(
        "Seen: {services} services, {identities} identities, {stores} trust stores, {connections} connections.",
        "確認: サービス {services} 件、証明書と鍵 {identities} 組、トラスト ストア {stores} 件、接続 {connections} 件。",
    ),
    "estate.scan-unseen": Text(
        "Not seen ({count}); declare these yourself where they matter:",
        "確認できなかったもの ({count} 件)。必要に応じてご自身で記述してください:",
    ),
    "estate.scan-needs-file": Text(
        "{path} does not exist. For a first scan give a file that ends in .toml.",
        "{path} がありません。初回のスキャンでは .toml で終わるファイルを指定してください。",
    ),
    "estate.help-import": Text(
        "Add what a CSV ledger lists (UTF-8 or CP932); nothing that stands in the file is changed.",
        "CSV 台帳 (UTF-8 または CP932) の内容を追加します。ファイルの既存の記述は変更しません。",
    ),
    "estate.help-export": Text(
        "Write the estate as a CSV ledger, one row for each slot and connection.",
        "管理対象環境を CSV 台帳として書き出します (スロットと接続ごとに 1 行)。",
    ),
    "estate.option-within": Text(
        "Certificates that expire within this time are findings.",
        "この期間内に期限が切れる証明書を検出事項とします。",
    ),
    "estate.option-dry-run": Text(
        "Show the difference and write nothing.", "差分を表示するだけで、何も書き込みません。"
    ),
    "estate.option-format": Text("Form of the ledger.", "台帳の形式です。"),
    "estate.option-encoding": Text("Encoding of the ledger.", "台帳の文字コードです。"),
    "estate.looking": Text("Looking at the estate", "管理対象環境を確認しています"),
    "estate.written": Text("Written: {path}", "書き込みました: {path}"),
    "estate.would-write": Text("Would be written: {path}", "書き込む予定: {path}"),
    "estate.head-identity": Text("identity", "証明書と鍵"),
    "estate.head-fingerprint": Text("SHA-256", "SHA-256"),
    "estate.head-key-id": Text("key id", "鍵 ID"),
    "estate.head-until": Text("until", "有効期限"),
    "estate.head-days": Text("days left", "残り"),
    "estate.head-slots": Text("slots", "スロット"),
    "estate.head-connection": Text("connection", "接続"),
    "estate.head-ends": Text("client → server", "クライアント → サーバー"),
    "estate.head-client-certificate": Text("client certificate", "クライアント証明書"),
    "estate.head-relation": Text("relation", "関係"),
    "estate.head-provenance": Text("known from", "把握元"),
    "estate.head-verdict": Text("verdict", "判定"),
    "estate.head-live": Text("live", "現在"),
    "estate.ends-soon": Text("{length}: expiring", "{length}: まもなく期限切れ"),
    "estate.ended-since": Text("expired {length} ago", "{length} 前に期限切れ"),
    "estate.modelled": Text("{verdict} (modelled)", "{verdict} (モデルによる)"),
    "estate.live-unseen": Text("not seen", "未確認"),
    "estate.live-holds": Text("holds", "成立"),
    "estate.live-refused": Text("refused", "不成立"),
    "estate.standing-live": Text("live", "使用中"),
    "estate.standing-deployed": Text("deployed, not live", "配置済み、未反映"),
    "estate.standing-not-seen": Text("on disk; loaded not seen", "ディスク上に存在、読み込みは未確認"),
    "estate.standing-absent": Text("not seen", "未確認"),
    "estate.only-live": Text("(live only)", "(稼働中のみ)"),
    "estate.no-anchors": Text("no anchors", "トラスト アンカーなし"),
    "estate.about-connection": Text("Connection {connection}:", "接続 {connection}:"),
    "estate.sum": Text(
        "{count:connection|connections}: {accepted} accepted, {refused} refused, {unknown} unknown; {held} seen to hold now.",
        "接続 {count} 件: 受け入れ {accepted} 件、拒否 {refused} 件、不明 {unknown} 件。現在の成立を確認したもの {held} 件。",
    ),
    "estate.diff-none": Text("Nothing new and nothing different.", "追加も相違もありません。"),
    "estate.diff-added": Text("added: {key}", "追加: {key}"),
    "estate.diff-changed": Text(
        "differs: {where}: `{key}` is {in_file} in the file and {seen} where it was seen; the file is left as it is.",
        "相違: {where}: `{key}` はファイルでは {in_file}、確認した値は {seen} です。ファイルは変更していません。",
    ),
    "estate.diff-vanished": Text(
        "not seen any more: {where}: `{key}`; the file is left as it is.",
        "見つからなくなったもの: {where}: `{key}`。ファイルは変更していません。",
    ),
    "estate.diff-held-back": Text(
        "not added, because the file would contradict itself: {key}",
        "ファイルの内容と矛盾するため追加していません: {key}",
    ),
}

TABLE: Mapping[str, Text] = {**_SHOWN, **_FILE, **_REFERENCES, **_NAMES, **_LEDGER}
