"""Messages whose keys begin with `sweep.`: checking many."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "sweep.option-list": Text(
        "File of subjects, one a line (`-`: standard input): paths, HOST:PORT, ranges web[01-20].example:443, "
        "networks 192.0.2.0/28:443, ports host:443,8443; `#` begins a comment (may be repeated).",
        "対象を 1 行に 1 つ書いたファイルです (`-` は標準入力)。パス、HOST:PORT、範囲 web[01-20].example:443、"
        "ネットワーク 192.0.2.0/28:443、複数ポート host:443,8443 を書けます。`#` 以降はコメントです (繰り返し指定可)。",
    ),
    "sweep.option-out": Text(
        "File to write a row for each to: .jsonl, .csv or .sqlite. Ended early, the same command goes on where it was.",
        "1 件を 1 行として書き込むファイルです (.jsonl、.csv、.sqlite)。途中で終わっても、同じコマンドで続きから再開します。",
    ),
    "sweep.option-pool": Text(
        "File of CA certificates that may stand between the leaves of a pile and the trust store (may be repeated).",
        "リーフを集めたファイルの各証明書とトラスト ストアの間に置ける CA 証明書のファイルです (繰り返し指定可)。",
    ),
    "sweep.option-jobs": Text(
        "Processes that judge (default: one for each processor).",
        "判定を行うプロセスの数です (既定はプロセッサーの数)。",
    ),
    "sweep.option-parallel": Text(
        "Addresses that are asked at the same time (default 32).",
        "同時に接続するアドレスの数です (既定は 32)。",
    ),
    "sweep.option-replace": Text(
        "Begin anew: forget what was kept of an earlier run, and replace the file of --out.",
        "最初から行います。以前の途中経過は破棄し、--out のファイルを置き換えます。",
    ),
    "sweep.line-too-long": Text("it is longer than {limit} characters", "{limit} 文字を超えています"),
    "sweep.line-unprintable": Text(
        "it holds a character that cannot be shown: {text}", "表示できない文字が含まれています: {text}"
    ),
    "sweep.no-such-scheme": Text(
        "`{scheme}://` is not known here; before `://` stands one of: {known}.",
        "`{scheme}://` は使えません。`://` の前に書けるのは {known} です。",
    ),
    "sweep.no-host": Text(
        "`{text}` is no host; write web.example, 192.0.2.1 or [2001:db8::1].",
        "`{text}` はホストではありません。web.example、192.0.2.1、[2001:db8::1] のように書いてください。",
    ),
    "sweep.no-port": Text(
        "`{text}` is no port; write 443, 443,8443 or 8000-8010, from 1 to 65535.",
        "`{text}` はポートではありません。443、443,8443、8000-8010 のように 1 から 65535 の範囲で書いてください。",
    ),
    "sweep.no-range": Text(
        "`[{text}]` is no range; write [01-20] or [1,3,7-9], the smaller number first.",
        "`[{text}]` は範囲ではありません。[01-20] や [1,3,7-9] のように小さい数から書いてください。",
    ),
    "sweep.no-network": Text(
        "`{text}` is no network; write 192.0.2.0/28 or [2001:db8::]/120, and a path with / or ./ in front.",
        "`{text}` はネットワークではありません。192.0.2.0/28 や [2001:db8::]/120 のように書いてください。"
        "パスは先頭に / か ./ を付けます。",
    ),
    "sweep.host-bits": Text(
        "`{text}` begins within a network; its network is {network}.",
        "`{text}` はネットワークの途中から始まっています。ネットワークは {network} です。",
    ),
    "sweep.too-many": Text(
        "`{text}` stands for {count} subjects, and a line for {limit} at most; write several lines.",
        "`{text}` は {count} 件になります。1 行で指定できるのは {limit} 件までです。複数の行に分けてください。",
    ),
    "sweep.list-line": Text("{place}: {reason}", "{place}: {reason}"),
    "sweep.bad-list": Text(
        "{count:line|lines} of the list cannot be understood, so nothing was looked at:",
        "リストに解釈できない行が {count} 行あるため、何も確認していません:",
    ),
    "sweep.list-not-text": Text(
        "{path} is no text in UTF-8 (byte {offset}); a list has one subject a line.",
        "{path} は UTF-8 のテキストではありません ({offset} バイト目)。リストには 1 行に 1 つの対象を書きます。",
    ),
    "sweep.nothing": Text(
        "the lists hold no subject: one stands in each line, comments begin with `#`.",
        "リストに対象がありません。1 行に 1 つ書きます (`#` 以降はコメント)。",
    ),
    "sweep.out-kind": Text(
        "`--out {path}`: the suffix tells how rows are written; use one of: {known}.",
        "`--out {path}`: 書き込む形式は拡張子で決まります。使えるのは {known} です。",
    ),
    "sweep.no-authorities": Text(
        "{path} holds no CA certificate; --pool takes those that may stand above the leaves.",
        "{path} に CA 証明書がありません。--pool にはリーフの上位に置ける CA 証明書を指定します。",
    ),
    "sweep.already-there": Text(
        "{path} is there already and was left as it is; --replace writes it anew.",
        "{path} はすでに存在するため、変更していません。--replace を付けると置き換えます。",
    ),
    "sweep.other-question": Text(
        "{path} was begun with another question (different: {differs}); repeat that command to go on with it, "
        "or begin anew with --replace.",
        "{path} は別の条件で始められたものです (違い: {differs})。続けるには同じコマンドを実行し、"
        "最初から行うには --replace を付けてください。",
    ),
    "sweep.changed": Text(
        "what is being checked has changed since it was begun, at {place} or before it; begin anew with --replace.",
        "開始後に、{place} またはそれより前の対象が変わりました。--replace を付けて最初から行ってください。",
    ),
    "sweep.gone": Text(
        "there is less to check than when it was begun: files or lines are gone; begin anew with --replace.",
        "開始後に対象が減りました (ファイルまたは一覧の行がなくなっています)。--replace を付けて最初から行ってください。",
    ),
    "sweep.in-use": Text(
        "another process is at work on {path}; wait for its end.",
        "{path} は別のプロセスが使用中です。終わるまでお待ちください。",
    ),
    "sweep.cannot-keep": Text(
        "results: {path} cannot be written: {reason}. What was kept so far stays.",
        "結果を {path} に書き込めません: {reason}。それまでの途中経過は残っています。",
    ),
    "sweep.worker-ended": Text(
        "one of the {jobs} processes that judge was ended from outside (too little memory?); "
        "what was kept stays: the same command goes on, with fewer --jobs if need be.",
        "判定を行う {jobs} 個のプロセスの 1 つが外部から終了されました (メモリー不足の可能性があります)。"
        "途中経過は残っています。必要なら --jobs を減らし、同じコマンドで再開してください。",
    ),
    "sweep.stopped": Text(
        "Stopped. What was found so far ({count:more row|more rows}) is kept in {path}.unfinished; the same command goes on from there.",
        "中断しました。ここまでの結果 (今回 {count} 行) は {path}.unfinished にあり、同じコマンドで続きから再開します。",
    ),
    "sweep.stopped-unkept": Text(
        "Stopped after {count:row|rows}. With --out FILE they are kept, and the same command goes on.",
        "{count} 行で中断しました。--out FILE を付けると途中経過が残り、同じコマンドで再開できます。",
    ),
    "sweep.archive-broken": Text(
        "{path} is an archive that cannot be read: broken, cut short, or locked with a password. Unpack it and check the folder.",
        "{path} はアーカイブとして読めません (破損、途中切れ、またはパスワード付き)。展開したフォルダーを指定してください。",
    ),
    "sweep.archive-bomb": Text(
        "{path} unpacks to more than {ratio} times its size; no certificates do, so it was not read further.",
        "{path} は展開すると {ratio} 倍を超えます。証明書ではあり得ないため、それ以上は読みませんでした。",
    ),
    "sweep.archive-deep": Text(
        "{path} is an archive within {limit} others, and was not opened; unpack the outer ones.",
        "{path} は {limit} 重のアーカイブの中にあるため、開いていません。外側を展開してください。",
    ),
    "sweep.archive-held": Text(
        "{path} is a zip within another archive and larger than {limit} bytes; unpack the outer one.",
        "{path} は別のアーカイブの中にある zip で、{limit} バイトを超えています。外側を展開してください。",
    ),
    "sweep.archive-members": Text(
        "{path} holds more than {limit} members; the rest was not looked at.",
        "{path} には {limit} 個を超えるファイルがあります。残りは確認していません。",
    ),
    "sweep.progress": Text("{count:row|rows}, {rate} a second{left}", "{count} 行、毎秒 {rate} 行 {left}"),
    "sweep.working": Text("at work for {time}; {count} told", "確認中です ({time} 経過、{count} 件を表示)"),
    "sweep.left": Text(", {time} left", "(残り {time})"),
    "sweep.line": Text("{place}: {verdict}: {said}", "{place}: {verdict}: {said}"),
    "sweep.more": Text(" and {count} more", " ほか {count} 件"),
    "sweep.verdict-accepted": Text("accepted", "受け入れ"),
    "sweep.verdict-refused": Text("refused", "拒否"),
    "sweep.verdict-unknown": Text("undecided", "判定不能"),
    "sweep.verdict-fine": Text("nothing found", "検出事項なし"),
    "sweep.verdict-findings": Text("findings", "検出事項あり"),
    "sweep.verdict-unseen": Text("could not be looked at", "確認不能"),
    "sweep.sum": Text(
        "{rows:row|rows} for {places:place|places}, by our rules; {fine} of them fine:",
        "{places} か所を {rows} 行にまとめました (判定は Warifu 自身の規則によります)。問題なし {fine} 行:",
    ),
    "sweep.count": Text("{count} {what}", "{what}: {count} 件"),
    "sweep.findings": Text("What was found, the worst first:", "検出事項 (重大度の高い順):"),
    "sweep.met": Text(
        "{count:time|times}, {weight}: {title}; first at {first}",
        "{count} 件、{weight}: {title}。最初は {first}",
    ),
    "sweep.ends": Text("When certificates end:", "有効期限:"),
    "sweep.expired": Text("expired", "期限切れ"),
    "sweep.within": Text("within {days} days", "{days} 日以内"),
    "sweep.later": Text("later", "それ以降"),
    "sweep.issuers": Text("Most frequent issuers:", "多い発行者:"),
    "sweep.unseen": Text(
        "{count} could not be looked at; why, the most frequent reason first:",
        "{count} 件を確認できませんでした。理由 (件数の多い順):",
    ),
    "sweep.unseen-met": Text("{count} times: {why}; first: {first}", "{count} 件: {why}。最初は {first}"),
    "sweep.unseen-alike": Text("{count} of a kind; the first: {what}", "同種 {count} 件。最初の例: {what}"),
    "sweep.written": Text("{rows} rows are in {path}.", "{rows} 行を {path} に書き込みました。"),
}
