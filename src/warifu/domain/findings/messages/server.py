"""Messages whose keys begin with `server.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
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
