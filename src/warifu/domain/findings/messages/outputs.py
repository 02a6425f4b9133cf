"""Messages whose keys begin with `outputs.`: trust written out where programs read it."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # --- settings
    "outputs.bad-name": Text(
        "{where}: `{key}` is {found}; a name has lower-case letters, digits and hyphens, and 63 of them at most.",
        "{where}: `{key}` の値が {found} です。名前には英小文字、数字、ハイフンを 63 文字まで使えます。",
    ),
    "outputs.key-of-others": Text(
        "{where}: `{key}` means something for {kinds} alone. Leave it out.",
        "{where}: `{key}` は {kinds} でだけ意味を持ちます。削除してください。",
    ),
    "outputs.one-password": Text(
        '{where}: this kind has a password. Write `{key} = "FILE"`, or `default-password = true` for `changeit`; not both.',
        '{where}: この種類にはパスワードが要ります。`{key} = "FILE"` か、`changeit` でよければ '
        "`default-password = true` の、どちらか一方だけを書いてください。",
    ),
    "outputs.not-absolute": Text(
        "{where}: `{key}` is {found}; a path on a node begins with `/`.",
        "{where}: `{key}` の値が {found} です。ノード上のパスは `/` で始めてください。",
    ),
    "outputs.not-owner": Text(
        '{where}: `{key}` is {found}; write a user, a group or both, such as `"root:ssl"` or `":ssl"`.',
        '{where}: `{key}` の値が {found} です。`"root:ssl"` や `":ssl"` のように、ユーザー、グループ、'
        "またはその両方を書いてください。",
    ),
    "outputs.not-mode": Text(
        '{where}: `{key}` is {found}; write four octal digits such as `"0644"`. The owner reads, nobody else writes, '
        "and nothing is run.",
        '{where}: `{key}` の値が {found} です。`"0644"` のように 8 進数で書いてください。'
        "所有者は読み取れ、他の人は書き込めず、実行はできない値に限ります。",
    ),
    "outputs.not-utf8": Text(
        "{path}: a settings file is UTF-8, and this is not.",
        "{path}: 設定ファイルは UTF-8 でなければなりませんが、そうなっていません。",
    ),
    "outputs.name-twice": Text(
        "{where}: another output is called {name} already. Give each its own name.",
        "{where}: {name} という名前の出力先がすでにあります。それぞれ別の名前にしてください。",
    ),
    "outputs.path-twice": Text(
        "{where}: {path} meets a path of the output {other}. Each has its own place.",
        "{where}: {path} が出力先 {other} のパスと重なっています。それぞれ別の場所にしてください。",
    ),
    # --- writing
    "outputs.empty": Text(
        "{name}: nothing that this node trusts goes in here, so every peer would be refused. What was there stays. "
        "See whether `domains` names the right trust domains; `may-be-empty = true` says that an empty one is meant.",
        "{name}: このノードが信頼するもののうち、ここに入るものがありません。空にするとすべての相手を拒否することになるため、"
        "元のままにしました。`domains` のトラスト ドメイン名を確かめてください。空でよければ `may-be-empty = true` と書きます。",
    ),
    "outputs.empty-store": Text(
        "A PKCS#12 file without a certificate is no trust store for Java. What was there stays.",
        "証明書が 1 枚もない PKCS#12 ファイルは、Java のトラスト ストアになりません。元のままにしました。",
    ),
    "outputs.no-password": Text(
        "{path}: the first line is no password. Write one there, for the owner alone (`chmod 600`).",
        "{path}: 1 行目にパスワードがありません。パスワードを書き、所有者だけが読めるように (`chmod 600`) してください。",
    ),
    "outputs.not-a-file": Text(
        "{path} is no plain file, so nothing is written there. Move it away, or correct `path`.",
        "{path} は通常のファイルではないので、書き込みません。移動するか、`path` を直してください。",
    ),
    "outputs.not-a-folder": Text(
        "{path} is no folder, so nothing is written there. Move it away, or correct `path`.",
        "{path} はフォルダーではないので、書き込みません。移動するか、`path` を直してください。",
    ),
    "outputs.holds-no-file": Text(
        "{path} lies in a hashed directory and is no plain file. Move it away: nothing here would keep it.",
        "{path} はハッシュ形式のフォルダーの中にありますが、通常のファイルではありません。残せないので移動してください。",
    ),
    "outputs.holds-keys": Text(
        "{path} holds private keys ({names}), which no trust store has. Nothing was changed. Move them away first.",
        "{path} に秘密鍵があります ({names})。トラスト ストアに秘密鍵は置けません。"
        "何も変更していません。先に移動してください。",
    ),
    "outputs.present-unreadable": Text(
        "{path}: what lies there already cannot be read as a whole ({names}), so it cannot be kept. Nothing was "
        "changed. Look at it with `warifu check {path}`, then move it away.",
        "{path}: すでにある内容の一部を読み取れません ({names})。残せないので、何も変更していません。"
        "`warifu check {path}` で確かめてから移動してください。",
    ),
    "outputs.present-foreign": Text(
        "{path}: {count} things lie there that nobody published ({names}), and programs may need them. Nothing was "
        'changed. Publish them, or write `present = "carry"` to keep them beside what is published, or move them away.',
        "{path}: 公開されていないものが {count} 件あります ({names})。プログラムが必要としているかもしれないので、"
        '何も変更していません。公開するか、`present = "carry"` と書いて一緒に残すか、移動してください。',
    ),
    "outputs.no-system-store": Text(
        "This system's own trust store was not found (looked at {looked}). Install `ca-certificates`, or write `path` "
        "and `update`.",
        "このシステムのトラスト ストアが見つかりません (確認した場所: {looked})。`ca-certificates` を導入するか、"
        "`path` と `update` を書いてください。",
    ),
    "outputs.update-failed": Text(
        "`{command}` failed (exit {code}): {said}. Our files are in place; the next writing runs it again.",
        "`{command}` が失敗しました (終了コード {code}): {said}。ファイルは配置済みで、次の書き込みのときにもう一度実行します。",
    ),
    # --- command line
    "outputs.verb": Text(
        "Write trust stores where programs read them, and see whether they lie there.",
        "プログラムが読む場所へトラスト ストアを書き出し、書き出した状態を確かめます。",
    ),
    "outputs.help": Text(
        "Write trust stores where programs read them, and see whether they lie there.",
        "プログラムが読む場所へトラスト ストアを書き出し、書き出した状態を確かめます。",
    ),
    "outputs.help-show": Text(
        "Show the outputs of a settings file.", "設定ファイルに書かれた出力先を表示します。"
    ),
    "outputs.help-check": Text(
        "Tell whether each output lies as it should, changing nothing.\n"
        "Exit code 0: all do. 1: one differs or is not there. 5: one could not be looked at.",
        "それぞれの出力先が正しい状態かどうかを、何も変更せずに確かめます。\n"
        "終了コードは、すべて一致すれば 0、異なるか存在しないものがあれば 1、確認できないものがあれば 5 です。",
    ),
    "outputs.help-write": Text(
        "Write each output that differs, have its service load it, and see that it did.\n"
        "Exit code 0: all are as they should be. 4: some are not.",
        "異なる出力先を書き出し、サービスに読み込ませて、読み込んだことを確かめます。\n"
        "終了コードは、すべて正しい状態なら 0、そうでないものがあれば 4 です。",
    ),
    "outputs.option-from": Text(
        "File with anchors and CRLs, in any form. Repeat for more.",
        "トラスト アンカーと CRL のファイルです。形式は問いません。複数指定できます。",
    ),
    "outputs.option-domain": Text(
        "Trust domain that they are taken to be of.",
        "読み込んだものを、このトラスト ドメインのものとみなします。",
    ),
    "outputs.option-state": Text(
        "Folder for records and copies; without it, the one that everything else of Warifu on this machine uses.",
        "記録と控えを置くフォルダーです。省略すると、このマシンの Warifu 全体で使うフォルダーになります。",
    ),
    "outputs.heading-name": Text("Output", "出力先"),
    "outputs.heading-kind": Text("Kind", "種類"),
    "outputs.heading-path": Text("Path", "パス"),
    "outputs.heading-domains": Text("Domains", "ドメイン"),
    "outputs.heading-service": Text("Service", "サービス"),
    "outputs.heading-state": Text("State", "状態"),
    "outputs.heading-seen": Text("Seen", "確認した内容"),
    "outputs.missing": Text("{count} missing: {names}", "不足 {count} 件: {names}"),
    "outputs.more": Text("{count} more: {names}", "余分 {count} 件: {names}"),
    "outputs.rights": Text("mode or owner differs", "権限または所有者が異なります"),
    "outputs.unadopted": Text(
        "not laid out by Warifu yet: the next `write` adopts it",
        "まだ Warifu の配置ではありません (次の `write` で移行します)",
    ),
    "outputs.no-anchors-given": Text(
        "{paths}: no certificate or CRL was found there.", "{paths}: 証明書も CRL も見つかりません。"
    ),
}
