"""Messages whose keys begin with `io.`: the world could not be asked or changed."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "io.no-such-file": Text(
        "There is no file {path}. Check the path; a relative one begins at the present folder.",
        "ファイル {path} がありません。パスを確かめてください (相対パスは現在のフォルダーから始まります)。",
    ),
    "io.is-folder": Text(
        "{path} is a folder; name the file in it that is meant.",
        "{path} はフォルダーです。その中の目的のファイルを指定してください。",
    ),
    "io.too-large": Text(
        "{path} has {size} bytes and was not read; {limit} are the most. Check that it is the right file.",
        "{path} は {size} バイトあり、上限の {limit} バイトを超えるため読んでいません。正しいファイルか確かめてください。",
    ),
    "io.not-a-file": Text(
        "{path} is a folder, a device, a pipe or a socket, so nothing was written there; name a file.",
        "{path} はフォルダー、デバイス、パイプ、ソケットのいずれかのため、何も書き込んでいません。ファイルを指定してください。",
    ),
    "io.no-output-stream": Text(
        "This verb writes a file of its own and nothing to standard output: name a file in place of `-`.",
        "このコマンドは標準出力ではなくファイルに書き込みます。`-` の代わりにファイルを指定してください。",
    ),
    "io.no-such-folder": Text(
        "{path} cannot be written: there is no folder {folder}. Make it first: mkdir -p {folder}",
        "{path} を書き込めません。フォルダー {folder} がありません。先に作成してください: mkdir -p {folder}",
    ),
    "io.cannot-read": Text(
        "files(local): cannot read {path}: {reason}.",
        "files(local): {path} を読み取れません ({reason})。",
    ),
    "io.password-file-open": Text(
        "The password file {path} can be read by others (mode {mode}), so it was not used. "
        "Close it: chmod 0600 {path}",
        "パスワード ファイル {path} は他のユーザーが読めるため (モード {mode})、使いませんでした。"
        "権限を絞ってください: chmod 0600 {path}",
    ),
    "io.password-empty": Text(
        "The password from {path} is empty; write it into the first line.",
        "{path} のパスワードが空です。1 行目に書いてください。",
    ),
    "io.password-prompt": Text("Password: ", "パスワード: "),
    "io.cannot-write": Text(
        "files(local): cannot write {path}: {reason}; what was there is unchanged.",
        "files(local): {path} に書き込めません ({reason})。元の内容は変わっていません。",
    ),
    "io.not-sealed-by-us": Text(
        "What is sealed for {what} does not open with the key {path}: another key sealed it, or it was changed. Restore "
        "both from the same backup.",
        "「{what}」用に暗号化されたデータを鍵 {path} で開けません。別の鍵で暗号化されたか、変更されています。"
        "同じバックアップから両方を復元してください。",
    ),
    "io.sealing-key-unfit": Text(
        "The sealing key {path} has {size} bytes, and needs {wanted}.",
        "暗号化用の鍵 {path} は {size} バイトです。{wanted} バイト必要です。",
    ),
    "io.journal": Text(
        "journals(sqlite): the journal {path} cannot be used: {reason}.",
        "journals(sqlite): ジャーナル {path} を利用できません ({reason})。",
    ),
    "io.host-cannot-read": Text(
        "{host}: cannot read {path}: {reason}. Check the path and the rights of the user Warifu runs as there.",
        "{host}: {path} を読み取れません: {reason}。パスと、そのホストで Warifu が使うユーザーの権限を確認してください。",
    ),
    "io.host-cannot-run": Text(
        "{host}: the command could not be run to its end: {command}: {reason}.",
        "{host}: コマンドを最後まで実行できませんでした: {command}: {reason}。",
    ),
    "io.host-cannot-dial": Text(
        "{host}: cannot connect to {address}: {reason}.",
        "{host}: {address} に接続できません: {reason}。",
    ),
    "io.host-cannot-change": Text(
        "{host}: stopped at operation {number} of {total} ({operation} {path}): {reason}. "
        "What was done before it stays; doing it again is safe.",
        "{host}: {total} 件中 {number} 件目の操作 ({operation} {path}) で停止しました: {reason}。"
        "それより前の操作は完了しています。もう一度実行しても安全です。",
    ),
    "io.host-fenced": Text(
        "{host}: driven by journal {journal} at epoch {epoch} ({order}); nothing was changed. "
        "Finish or end that rollout first; the fence is {path}.",
        "{host}: ジャーナル {journal} (エポック {epoch}、{order}) が適用中のため、何も変更していません。"
        "先にその適用を完了または終了してください。フェンス ファイルは {path} です。",
    ),
    "io.host-fence-unreadable": Text(
        "{host}: the fence file {path} cannot be understood, so nothing was changed. "
        "Make sure that no rollout drives this node, then delete the file.",
        "{host}: フェンス ファイル {path} を解釈できないため、何も変更していません。"
        "このノードに適用中のものがないことを確かめてから、ファイルを削除してください。",
    ),
    "io.host-by-hand": Text(
        "{host} is reached by people alone: nothing is changed there from here. Its hand-over page says what to do.",
        "{host} は手作業で変更するノードです。ここからは変更しません。作業内容は手順書を参照してください。",
    ),
    "io.host-by-agent": Text(
        "{host} is looked after by its agent: it is changed through the server alone (--server URL).",
        "{host} はエージェントが管理するノードです。変更はサーバー経由 (--server URL) でのみ行います。",
    ),
    "io.name-unknown": Text(
        "The name {name} leads to no address: {reason}.",
        "名前 {name} のアドレスが見つかりません: {reason}。",
    ),
    "io.bad-server-name": Text(
        "{name} cannot be sent as a server name: {reason}.",
        "{name} はサーバー名として送信できません: {reason}。",
    ),
    "io.data-missing": Text(
        "the installation of Warifu is not whole: {kind}/{name} is missing or cannot be read. Install it again.",
        "Warifu のインストールが不完全です。{kind}/{name} がないか読み取れません。もう一度インストールしてください。",
    ),
    "io.no-clock": Text(
        "{address} does not tell its time over HTTPS ({reason}); give it yourself: --target-clock 2026-06-01T12:00:00Z.",
        "{address} から HTTPS で時刻を取得できません ({reason})。--target-clock 2026-06-01T12:00:00Z のように指定してください。",
    ),
}
