"""Messages whose keys begin with `watch.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_HELP: Mapping[str, Text] = {
    "watch.help": Text(
        "Look again and again, and tell the right person before anything breaks.\n"
        "`warifu watch` alone looks once (see `warifu watch once --help`): for a systemd timer, cron or Nagios. "
        "What is found opens a notice; each cause has one, told to its owner step by step, until a look has seen that the "
        "cause is gone. Who is told, when and how stands in the table [watch] of the estate file, or in a file of its own "
        "(--config).",
        "繰り返し確認し、障害になる前に担当者へ知らせます。\n"
        "`warifu watch` だけで 1 回確認します (`warifu watch once --help` 参照)。systemd タイマー、cron、Nagios から使えます。"
        "検出した原因ごとに通知が 1 件作成され、段階的に担当者へ送られます。原因がなくなったことを実際に観測するまで未解決のままです。"
        "送信先、時刻、方法は管理対象環境ファイルの [watch] テーブル、または専用のファイル (--config) に書きます。",
    ),
    "watch.help-once": Text(
        "Look once at an estate or a list, remember what was seen, and send what is due.\n"
        "Told are: certificates that are expiring, expired and in use, unused, or not known to be either; what is in use but differs from "
        "disk; broken connections; changes outside any rollout; what could not be looked at. With --every it runs on until "
        "it gets SIGTERM. Exit code 0: nothing open (or all acknowledged), 1: open notices, 5: something could not be told. "
        "With --format nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
        "管理対象環境またはリストを 1 回確認し、結果を記録して、送るべき通知を送ります。\n"
        "対象: 期限切れが近い証明書、期限切れの証明書 (使用中、未使用、使用中か不明)、ディスク上と異なる使用中の内容、成立しない接続、"
        "適用によらない変更、確認できなかったもの。--every を付けると SIGTERM を受けるまで動き続けます。"
        "終了コード 0: 未解決の通知なし (確認済みのみの場合を含む)、1: 未解決の通知あり、5: 知らせられなかったものあり。"
        "--format nagios では 0 OK、1 WARNING、2 CRITICAL、3 UNKNOWN です。",
    ),
    "watch.help-list": Text(
        "List the notices that are open, and messages that did not arrive for certain.",
        "未解決の通知と、届いたと確認できないメッセージを一覧表示します。",
    ),
    "watch.help-show": Text(
        "Show everything known of a notice: findings, places, who was told what, who knows.\n"
        "ID is the notice's id, or its beginning.",
        "通知 1 件について、検出事項、場所、送信の記録、確認した人をすべて表示します。\n"
        "ID は通知の ID、またはその先頭です。",
    ),
    "watch.help-ack": Text(
        "Acknowledge a notice: it stays open and silent until a date.\n"
        "It speaks again when the date has passed, when the certificate has expired in the meantime, or when an entry is "
        "added that it was not about.",
        "通知を確認済みにします。指定日までは未解決のまま、何も送りません。\n"
        "指定日を過ぎたとき、その間に証明書が期限切れになったとき、対象のエントリーが増えたときに、再び送ります。",
    ),
    "watch.help-accept": Text(
        "Take a change outside any rollout as right: what lies there now is what later looks compare with.",
        "適用によらない変更を正しいものとして受け入れます。以後は現在の内容を基準に比べます。",
    ),
    "watch.option-list": Text(
        "Watch what a file lists instead of an estate, in the form of `warifu check --list`; paths are seen from its "
        "folder.",
        "管理対象環境の代わりに、ファイルに書かれたものを確認します。形式は `warifu check --list` と同じで、"
        "パスはそのフォルダーから見たものです。",
    ),
    "watch.option-config": Text(
        "TOML file with the table [watch], in place of the estate's own.",
        "[watch] テーブルを持つ TOML ファイルです。管理対象環境の設定の代わりに使います。",
    ),
    "watch.option-state": Text(
        "File that notices are remembered in; by default in the folder .warifu beside what is watched.",
        "通知を記録するファイルです。既定では、確認する対象と同じ場所の .warifu フォルダー内です。",
    ),
    "watch.option-anchors": Text(
        "Trust store that addresses of a list are judged by; by default this machine's.",
        "リストのアドレスを検証するトラスト ストアです。既定ではこのマシンのものです。",
    ),
    "watch.option-every": Text(
        "Run on and look every DURATION, for example 1h.",
        "動き続け、DURATION ごとに確認します (例: 1h)。",
    ),
    "watch.option-format": Text(
        "Form of the answer: text, or nagios (one line with performance data, and that world's exit codes).",
        "出力の形式です。text、または nagios (パフォーマンス データ付きの 1 行と Nagios の終了コード) を指定します。",
    ),
    "watch.option-closed": Text("Closed notices, too.", "解決済みの通知も表示します。"),
    "watch.option-until": Text(
        "Silent until the end of that day where the settings say people live, or until an instant (ISO 8601).",
        "この日の終わり (設定のタイムゾーン) まで、または日時 (ISO 8601) まで送りません。",
    ),
    "watch.option-by": Text("Who says so.", "確認した人の名前です。"),
    "watch.option-reason": Text("Why.", "理由です。"),
}

_SHOWN: Mapping[str, Text] = {
    "watch.head-id": Text("notice", "通知"),
    "watch.head-weight": Text("severity", "重大度"),
    "watch.head-kind": Text("kind", "種類"),
    "watch.head-state": Text("state", "状態"),
    "watch.head-what": Text("what", "内容"),
    "watch.head-step": Text("step", "段階"),
    "watch.head-channel": Text("channel", "経路"),
    "watch.head-to": Text("to", "宛先"),
    "watch.head-sent": Text("sent", "送信"),
    "watch.head-message": Text("message id", "メッセージ ID"),
    "watch.head-reason": Text("last error", "最後のエラー"),
    "watch.critical": Text("critical", "重大"),
    "watch.warning": Text("warning", "警告"),
    "watch.nothing-open": Text("Nothing is open.", "未解決の通知はありません。"),
    "watch.count": Text("{count} {kind}", "{kind} {count} 件"),
    "watch.closed": Text("Notice {notice} is closed: {why}.", "通知 {notice} を解決済みにしました: {why}。"),
    "watch.sent": Text("{count} messages were sent.", "メッセージを {count} 件送りました。"),
    "watch.waiting": Text(
        "{count:message waits|messages wait} to be sent, and will be tried again.",
        "送信待ちのメッセージが {count} 件あります。再び送信を試みます。",
    ),
    "watch.uncertain": Text(
        "Whether step {step} of notice {notice} reached {to} is not known: it was cut while it went, and is not sent again "
        "(message id {id}).",
        "通知 {notice} の段階 {step} が {to} に届いたかどうか分かりません。送信の途中で切れたため、再送しません "
        "(メッセージ ID {id})。",
    ),
    "watch.told": Text("Told: step {step} at {at}.", "知らせた段階: {step} ({at})。"),
    "watch.known-to": Text(
        "Acknowledged by {by} at {at}, until {until}: {reason}",
        "{by} が {at} に確認済み、{until} まで: {reason}",
    ),
    "watch.acknowledged": Text(
        "Notice {notice} is acknowledged by {by} until {until}. It stays open.",
        "通知 {notice} は {by} が確認済みとしました ({until} まで)。通知は未解決のままです。",
    ),
    "watch.accepted": Text(
        "What {place} holds is right, says {by}. Notice {notice} is closed.",
        "{place} の現在の内容を {by} が正しいと認めました。通知 {notice} を解決済みにしました。",
    ),
}

_LETTERS: Mapping[str, Text] = {
    "watch.subject": Text("[Warifu {estate}] warning: {title}", "[Warifu {estate}] 警告: {title}"),
    "watch.subject-urgent": Text("[Warifu {estate}] critical: {title}", "[Warifu {estate}] 重大: {title}"),
    "watch.entry": Text(
        "node {node}, kept in {store}, alias {alias} ({place}): {subject}, valid until {until}, {standing}",
        "ノード {node}、保管先 {store}、エイリアス {alias} ({place}): {subject}、有効期限 {until}、{standing}",
    ),
    "watch.entry-of-address": Text(
        "node {node} ({place}): {subject}, valid until {until}, {standing}",
        "ノード {node} ({place}): {subject}、有効期限 {until}、{standing}",
    ),
    "watch.entry-of-file": Text(
        "kept in {store}, alias {alias}: {subject}, valid until {until}, {standing}",
        "保管先 {store}、エイリアス {alias}: {subject}、有効期限 {until}、{standing}",
    ),
    "watch.more-entries": Text("... and {count} more.", "... ほか {count} 件あります。"),
    "watch.about-notice": Text(
        "Notice {notice} of {estate}, open since {opened}. It closes when a look sees that the cause is gone.",
        "{estate} の通知 {notice} ({opened} から)。原因がなくなったことを観測すると解決済みになります。",
    ),
    "watch.how-to-acknowledge": Text(
        "To be told no more for a while: `warifu watch ack {notice} --until DATE --by NAME {place}`",
        "しばらく通知を止めるには `warifu watch ack {notice} --until DATE --by NAME {place}` を実行してください。",
    ),
}

_ERRORS: Mapping[str, Text] = {
    "watch.not-sent": Text(
        "notifier({channel}): the message {id} to {to} was not sent: {reason}; it is tried again.",
        "通知経路 ({channel}): {to} へのメッセージ {id} を送れませんでした ({reason})。再び送信を試みます。",
    ),
    "watch.cut": Text(
        "notifier({channel}): the message {id} to {to} was cut before the answer: {reason}; it may have arrived.",
        "通知経路 ({channel}): {to} へのメッセージ {id} は応答の前に切れました ({reason})。届いた可能性があります。",
    ),
    "watch.secret": Text(
        "the password or token in {path} cannot be used: {reason}; it must be one line in a file that only its owner and "
        "group can read.",
        "{path} のパスワードまたはトークンを使えません ({reason})。所有者とグループだけが読めるファイルに 1 行で書いてください。",
    ),
    "watch.state": Text(
        "the notices in {path} cannot be read or written: {reason}",
        "{path} の通知の記録を読み書きできません ({reason})",
    ),
    "watch.state-newer": Text(
        "{path} was written by a newer Warifu (format {found}, known here: {known}); use that one.",
        "{path} は新しいバージョンの Warifu で書かれています (形式 {found}、対応するのは {known} まで)。そちらを使ってください。",
    ),
    "watch.busy": Text(
        "another process sends the notices of {path} now; this one leaves them to it.",
        "{path} の通知は別のプロセスが送信中です。送信はそちらに任せます。",
    ),
    "watch.no-such-notice": Text(
        "there is no notice {notice}; `warifu watch list --closed` lists all.",
        "通知 {notice} はありません。`warifu watch list --closed` ですべて表示できます。",
    ),
    "watch.ambiguous": Text(
        "{notice} could be any of {matching}; write more of it.",
        "{notice} に当てはまる通知が複数あります ({matching})。もう少し長く指定してください。",
    ),
    "watch.is-closed": Text(
        "notice {notice} was closed at {closed}", "通知 {notice} は {closed} に解決済みになっています"
    ),
    "watch.not-a-change": Text(
        "notice {notice} is about no change that a person could accept: it closes when a look sees that its cause is gone; "
        "`warifu watch ack` keeps it silent for a while.",
        "通知 {notice} は受け入れられる変更ではありません。原因がなくなったことを観測すると解決済みになります。"
        "しばらく止めるには `warifu watch ack` を使ってください。",
    ),
    "watch.until-past": Text(
        "{until} is past (now {now}); name a date to come.",
        "{until} は過去の日時です (現在 {now})。将来の日付を指定してください。",
    ),
    "watch.no-name": Text(
        "--by is empty; write who says so.", "--by が空です。確認した人の名前を指定してください。"
    ),
    "watch.empty-list": Text(
        "{path} lists nothing; write HOST:PORT, a file or a folder, one a line.",
        "{path} に何も書かれていません。HOST:PORT、ファイル、フォルダーを 1 行に 1 件書いてください。",
    ),
    "watch.option-at": Text(
        "Instant to take for now, to rehearse what will be told and when; it wants a --state of its own.",
        "現在とみなす日時です。いつ何が通知されるかを試すためのもので、専用の --state が必要です。",
    ),
    "watch.rehearsal-alone": Text(
        "--at rehearses: it wants a file of notices of its own (--state FILE), and does not run on with --every",
        "--at は試行のためのものです: 専用の通知ファイル (--state FILE) が必要で、--every とは同時に指定できません",
    ),
    "watch.nagios-alone": Text(
        "--format nagios is one line for a monitoring system; it goes without --json.",
        "--format nagios は監視システム向けの 1 行です。--json と同時に指定できません。",
    ),
    "watch.one-list": Text(
        "--list is given more than once ({lists}): each list has its own file of notices; write all of it into one, or "
        "watch each by itself.",
        "--list が複数回指定されています ({lists})。通知の記録はリストごとに分かれます。1 つのリストにまとめるか、"
        "別々に実行してください。",
    ),
    "watch.every-alone": Text(
        "--every runs on and writes a log; it goes with neither --json nor --format nagios",
        "--every は動き続けてログを書くため、--json や --format nagios と同時に指定できません",
    ),
}

TABLE: Mapping[str, Text] = {**_HELP, **_SHOWN, **_LETTERS, **_ERRORS}
