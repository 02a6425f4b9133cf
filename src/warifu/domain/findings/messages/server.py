"""Messages whose keys begin with `server.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_HELP: Mapping[str, Text] = {
    "server.verb": Text(
        "The server of trust domains and agents, on its own machine.",
        "トラスト ドメインとエージェントのサーバーを起動、管理します。",
    ),
    "server.help": Text(
        "The server of trust domains and agents, on its own machine.\n"
        "`warifu server` alone starts it. The first start makes everything that it needs in one folder: a database, CAs of "
        "its own, a first root marked as a trial, and a one-time link by which its first administrator signs in.",
        "トラスト ドメインとエージェントのサーバー (サーバー機で実行します)。\n"
        "`warifu server` だけで起動します。最初の起動で、必要なものを 1 つのフォルダーに作成します: データベース、サーバー自身の CA、"
        "試用と表示される最初のルート、最初の管理者がサインインするための使い捨てのリンク。",
    ),
    "server.help-run": Text(
        "Start the server and run until SIGTERM; SIGHUP reads certificates again.\n"
        "As a service: packaging/systemd/warifu-server.service. Its log is JSON lines on standard error.",
        "サーバーを起動し、SIGTERM を受けるまで動作します。SIGHUP で証明書を読み直します。\n"
        "サービスとしての設定例: packaging/systemd/warifu-server.service。ログは標準エラー出力に JSON で 1 行ずつ出力します。",
    ),
    "server.help-renew": Text(
        "Make the server a new certificate with a new key; a server that runs shows it within seconds.\n"
        "It needs no sign-in and no agent: nodes whose own identities expired meanwhile come back by themselves.",
        "サーバーの証明書を新しい鍵で作り直します。動作中のサーバーは数秒以内に新しい証明書を使います。\n"
        "サインインもエージェントも不要です。その間に証明書が期限切れになったノードも自動的に復帰します。",
    ),
    "server.help-link": Text(
        "Make a one-time link for the first administrator, as long as nobody can sign in and manage people.\n"
        "NAME is the administrator's; the link before is void.",
        "人を管理できる人が誰もサインインできない間に限り、最初の管理者向けの使い捨てのリンクを作成します。\n"
        "NAME は管理者の名前です。以前のリンクは無効になります。",
    ),
    "server.help-backup": Text(
        "Write database and keys to one private file while the server runs; it is read again before it counts.",
        "サーバーの動作中に、データベースと鍵を非公開の 1 ファイルに書き出します。書き出した内容は読み直して確認します。",
    ),
    "server.help-restore": Text(
        "Put a backup into an empty data folder.\n"
        "The restored server counts on from above what nodes have seen: to them it goes on, not back.",
        "バックアップを空のデータ フォルダーに復元します。\n"
        "復元したサーバーは、ノードが見たバージョンより先の番号から続けます。ノードからは巻き戻りに見えません。",
    ),
    "server.option-data": Text(
        "The server's data folder (/var/lib/warifu-server for root, else below the home).",
        "サーバーのデータ フォルダーです (root は /var/lib/warifu-server、それ以外はホーム以下)。",
    ),
    "server.option-listen": Text(
        "Address and port to listen at (0.0.0.0:8443; [::]:8443 listens on IPv6, too).",
        "待ち受けるアドレスとポートです (0.0.0.0:8443。[::]:8443 で IPv6 も待ち受けます)。",
    ),
    "server.option-address": Text(
        "How nodes and people reach the server, such as https://trust.example:8443; may be given again. The first start "
        "makes a certificate for these hosts.",
        "ノードと人がサーバーに接続するアドレスです (例: https://trust.example:8443)。複数指定できます。"
        "最初の起動で、これらのホスト名の証明書を作成します。",
    ),
    "server.option-people-ca": Text(
        "File of CAs whose client certificates people may sign in with.",
        "クライアント証明書でのサインインを認める CA のファイルです。",
    ),
    "server.option-admin": Text("Name of the first administrator.", "最初の管理者の名前です。"),
    "server.option-name": Text(
        "DNS name or address that the certificate is to have from now on; may be given again. None keeps those it has.",
        "今後の証明書に含める DNS 名またはアドレスです。複数指定できます。省略すると現在の名前のままです。",
    ),
    "server.fresh": Text(
        "A new server in {folder}, reached at {addresses}. Its first root: SHA-256 {root}.",
        "新しいサーバーを {folder} に作成しました。アドレス: {addresses}。最初のルートの SHA-256: {root}。",
    ),
    "server.fresh-trial": Text(
        "The root is a trial: one key, which lies on this machine. Before production replace it by keys that lie elsewhere: "
        "`warifu domain keys --help`.",
        "このルートは試用です (鍵は 1 本で、このマシン上にあります)。本番利用の前に、別の場所で保管する鍵に置き換えてください: "
        "`warifu domain keys --help`。",
    ),
    "server.fresh-link": Text(
        "Within a day, {administrator} signs in once by this link: warifu login '{link}'",
        "{administrator} は 1 日以内に、次のリンクで 1 回サインインしてください: warifu login '{link}'",
    ),
    "server.renewed": Text(
        "The server has a new certificate: SHA-256 {fingerprint}, until {until}.",
        "サーバーの証明書を作り直しました。SHA-256 {fingerprint}、期限 {until}。",
    ),
    "server.backed-up": Text(
        "Backed up to {path}: {count} files, as of {made}. It holds every key of the server: keep it like one.",
        "{path} にバックアップしました ({count} ファイル、{made} 時点)。サーバーのすべての鍵を含むため、鍵と同様に保管してください。",
    ),
    "server.restored": Text(
        "Restored {path} (made {made}) to {folder}; generation {generation}. Start the server: `warifu server`.",
        "{path} ({made} 作成) を {folder} に復元しました (世代 {generation})。`warifu server` で起動してください。",
    ),
    "server.bad-address": Text(
        "{address} is no address of a server: write https://HOST:PORT.",
        "{address} はサーバーのアドレスではありません。https://HOST:PORT の形で指定してください。",
    ),
    "server.no-data": Text(
        "There is no server in {path}. Start one (`warifu server`), or name its folder (--data).",
        "{path} にサーバーがありません。`warifu server` で開始するか、--data でフォルダーを指定してください。",
    ),
    "server.not-signed-in": Text(
        "Sign in first: `warifu login URL`.", "先にサインインしてください: `warifu login URL`。"
    ),
    "server.private-key-sent": Text(
        "What was sent holds a private key: it was not taken, and counts as known to others now. Send certificates and "
        "CRLs alone.",
        "送信された内容に秘密鍵が含まれていました。受け付けていません。その鍵は漏えいしたものとして扱ってください。"
        "証明書と CRL だけを送信してください。",
    ),
    "server.nothing-to-publish": Text(
        "{count} objects of what was sent cannot be read: nothing was published.",
        "送信された内容のうち {count} 件を読み取れません。何も公開していません。",
    ),
}

TABLE: Mapping[str, Text] = {
    **_HELP,
    "server.title-wrong": Text("The request is wrong", "リクエストの誤り"),
    "server.title-refused": Text("Refused", "拒否"),
    "server.title-partly": Text("Done in part", "一部のみ完了"),
    "server.title-unseen": Text("Something could not be asked", "確認不能"),
    "server.title-waiting": Text("Waiting for somebody else", "待機中"),
    "server.title-unexpected": Text("A fault of the server", "サーバーの障害"),
    "server.cannot-listen": Text(
        "The server cannot listen on {address}: {reason}.", "{address} で接続を待ち受けられません: {reason}。"
    ),
    "server.not-started": Text(
        "The server ended before it served anything; its log says why.",
        "サーバーは起動の途中で終了しました。理由はログにあります。",
    ),
    "server.swap-unsure": Text(
        "The server did not answer within {seconds:second|seconds}; whether the new certificates hold is not known.",
        "サーバーが {seconds} 秒以内に応答しませんでした。新しい証明書が有効になったかは不明です。",
    ),
    "server.without-tls": Text(
        "This server was started without TLS: it has no certificate to replace.",
        "このサーバーは TLS なしで起動しているため、交換する証明書がありません。",
    ),
    "server.key-mismatch": Text(
        "The key does not belong to the certificate {subject}. What was served before stays.",
        "鍵が証明書 {subject} のものではありません。以前の証明書を引き続き使用します。",
    ),
    "server.material-unusable": Text(
        "OpenSSL cannot use the server's certificate, key, CAs or CRLs: {reason}. What was served before stays.",
        "サーバーの証明書、鍵、CA、CRL のいずれかを OpenSSL が使用できません: {reason}。以前のものを引き続き使用します。",
    ),
    "server.not-found": Text("There is nothing at {path}.", "{path} には何もありません。"),
    "server.wrong-method": Text(
        "{method} is not possible here; possible are {allowed}.",
        "{method} はここでは使用できません。使用できるのは {allowed} です。",
    ),
    "server.malformed": Text(
        "The request is not what the API describes: {reason}.",
        "リクエストが API の定義に合いません: {reason}。",
    ),
    "server.not-http": Text("This is not an HTTP request.", "HTTP のリクエストではありません。"),
    "server.head-too-large": Text(
        "The head of the request is too large.", "リクエストのヘッダーが大きすぎます。"
    ),
    "server.too-deep": Text("The request is nested too deeply.", "リクエストの入れ子が深すぎます。"),
    "server.too-large": Text(
        "The request is too large; {limit} bytes are allowed.",
        "リクエストが大きすぎます。上限は {limit} バイトです。",
    ),
    "server.too-many": Text(
        "Too many attempts; come again in {seconds:second|seconds}.",
        "試行回数が多すぎます。{seconds} 秒後にやり直してください。",
    ),
    "server.too-slow": Text(
        "No answer was ready within {seconds:second|seconds}. What was asked for may still be done; look before you ask "
        "again.",
        "{seconds} 秒以内に応答できませんでした。処理は続いていることがあるため、やり直す前に結果を確認してください。",
    ),
    "server.unexpected": Text(
        "The server met a fault of its own. Its log has the reason under request {request}.",
        "サーバーで想定外の障害が起きました。理由はログのリクエスト {request} にあります。",
    ),
    "server.not-ready": Text("Not ready: {what}.", "準備ができていません: {what}。"),
    "server.no-certificate": Text(
        "This takes the client certificate of a node; none was shown.",
        "ノードのクライアント証明書が必要ですが、提示されませんでした。",
    ),
    "server.cursor-malformed": Text(
        "The cursor is none that this list gave; begin without one.",
        "カーソルがこの一覧のものではありません。カーソルなしで先頭から読み直してください。",
    ),
    "server.limit-malformed": Text(
        "A page has 1 to {most} rows, not {limit}.",
        "1 ページの行数は 1 から {most} までです ({limit} は指定できません)。",
    ),
    "server.key-malformed": Text(
        "An Idempotency-Key has 1 to 128 letters, digits or signs.",
        "Idempotency-Key は英数字と記号で 1 文字以上 128 文字以下です。",
    ),
    "server.key-reused": Text(
        "This Idempotency-Key belongs to another request; use a new one.",
        "この Idempotency-Key は別のリクエストで使用済みです。新しいものを使ってください。",
    ),
    "server.key-running": Text(
        "The same request is being answered at this moment; ask again later.",
        "同じリクエストを処理中です。後でやり直してください。",
    ),
}
