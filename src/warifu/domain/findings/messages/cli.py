"""Messages whose keys begin with `cli.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "cli.help": Text(
        "Change certificates, keys and trusted roots across an estate without breaking one connection.",
        "接続を一つも切らずに、管理対象環境の証明書・鍵・信頼するルートを入れ替えます。",
    ),
    "cli.verb-watch": Text(
        "Look again and again, and tell the right person before anything breaks.",
        "繰り返し確認し、障害になる前に担当者へ知らせます。",
    ),
    "cli.verb-check": Text(
        "Judge certificates, files and live addresses.",
        "証明書、ファイル、稼働中のアドレスを判定します。",
    ),
    "cli.verb-pair": Text(
        "Judge two ends that connect to each other, in both directions.",
        "互いに接続する二者を両方向について判定します。",
    ),
    "cli.verb-profile": Text(
        "What targets want of certificates: list and show rule sets.",
        "対象製品が証明書に求める内容 (プロファイル) を一覧、表示します。",
    ),
    "cli.verb-estate": Text(
        "Scan, check, show, import and export the estate file.",
        "管理対象環境ファイルの作成 (スキャン)、検査、表示、取り込み、書き出しを行います。",
    ),
    "cli.verb-plan": Text(
        "Work out a change and prove that it breaks nothing; changes nothing itself.",
        "変更の計画を作り、何も壊さないことを証明します (計画だけで、変更はしません)。",
    ),
    "cli.verb-apply": Text(
        "Carry out a plan that somebody approved by its digest.",
        "ダイジェストで承認された計画を適用します。",
    ),
    "cli.verb-rollout": Text(
        "Show, resume and report what is under way.",
        "適用中の計画の表示、再開、報告を行います。",
    ),
    "cli.verb-request": Text(
        "Certificate requests that others sign: list, hand out, take in.",
        "外部の CA が署名する証明書の申請を一覧表示し、受け渡しと取り込みを行います。",
    ),
    "cli.usage-line": Text("Usage: {usage}", "使い方: {usage}"),
    "cli.heading-options": Text("Options:", "オプション:"),
    "cli.heading-verbs": Text("Verbs:", "コマンド:"),
    "cli.required": Text("[required]", "[必須]"),
    "cli.option-help": Text("Show this help.", "このヘルプを表示します。"),
    "cli.option-json": Text("Answer with one JSON document.", "結果を 1 つの JSON 文書で出力します。"),
    "cli.option-lang": Text("Language of every sentence.", "表示する言語です。"),
    "cli.option-estate": Text(
        "Estate file, or a folder of them (default ./estate.toml).",
        "管理対象環境ファイル、またはそのフォルダーです (既定は ./estate.toml)。",
    ),
    "cli.option-password-file": Text(
        "File with a password for what is locked, readable by you alone; `-` asks at the terminal (may be repeated).",
        "ロックされたものを開くパスワードのファイルです (本人だけが読めること)。`-` を指定すると端末で尋ねます (繰り返し指定可)。",
    ),
    "cli.option-out": Text("File to write the result to.", "結果を書き込むファイルです。"),
    "cli.see-help": Text("`{command} --help` explains it.", "詳しくは `{command} --help` をご覧ください。"),
    "cli.no-such-verb": Text(
        "There is no verb `{verb}`. There are: {known}.",
        "`{verb}` というコマンドはありません。使えるのは {known} です。",
    ),
    "cli.no-such-option": Text("There is no option `{option}`.", "`{option}` というオプションはありません。"),
    "cli.no-such-option-near": Text(
        "There is no option `{option}`. Did you mean {near}?",
        "`{option}` というオプションはありません。{near} のことですか。",
    ),
    "cli.option-misused": Text(
        "The option `{option}` is not used like this: it wants one value, or none.",
        "オプション `{option}` の使い方が違います。値の有無を確かめてください。",
    ),
    "cli.missing-argument": Text(
        "`{command}` needs to be told what to work on: {wanted}",
        "`{command}` には対象の指定が必要です: {wanted}",
    ),
    "cli.wrong-usage": Text("The arguments are not understood: {said}", "引数を解釈できません: {said}"),
    "cli.missing": Text("`{parameter}` is missing.", "`{parameter}` が指定されていません。"),
    "cli.not-understood": Text(
        "The value of `{parameter}` is not understood.", "`{parameter}` の値を解釈できません。"
    ),
    "cli.extra-arguments": Text("Too many arguments: {arguments}", "引数が多すぎます: {arguments}"),
    "cli.not-one-of": Text(
        "`{option}` is `{value}`; it must be one of: {words}.",
        "`{option}` が `{value}` になっています。{words} のいずれかを指定してください。",
    ),
    "cli.not-a-time": Text(
        "`{option}`: `{value}` is no time; write ISO 8601, for example 2027-01-31T09:00+09:00 (without offset: UTC).",
        "`{option}`: `{value}` は日時ではありません。"
        "ISO 8601 で 2027-01-31T09:00+09:00 のように書いてください (オフセットがなければ UTC)。",
    ),
    "cli.not-a-host": Text(
        "`{option}`: `{value}` is no name that a certificate carries: write a host name or an address, without scheme, "
        "port and path, for example `{option} www.example.com`.",
        "`{option}`: `{value}` は証明書に記載される名前ではありません。"
        "ホスト名またはアドレスを、スキーム、ポート、パスを付けずに書いてください (例: `{option} www.example.com`)。",
    ),
    "cli.not-a-host-but": Text(
        "`{option}`: `{value}` is no name that a certificate carries: write it without scheme, port and path: "
        "`{option} {name}`.",
        "`{option}`: `{value}` は証明書に記載される名前ではありません。"
        "スキーム、ポート、パスを付けずに `{option} {name}` と書いてください。",
    ),
    "cli.empty-value": Text(
        "`{option}` is given without a value (an empty shell variable?): write one, or leave the option out.",
        "`{option}` の値が空です (シェル変数が空かもしれません)。値を書くか、オプションを省いてください。",
    ),
    "cli.not-a-count": Text(
        "`{option}`: `{value}` is no number from 1 to {limit}.",
        "`{option}`: `{value}` は 1 から {limit} までの数ではありません。",
    ),
    "cli.not-a-duration": Text(
        "`{option}`: `{value}` is no duration; write for example 90s, 15m, 1h30m, 2d or 1w.",
        "`{option}`: `{value}` は時間の長さではありません。90s、15m、1h30m、2d、1w のように書いてください。",
    ),
    "cli.not-a-scheme": Text(
        "`{value}://` is not known here; before `://` stands one of: {words}.",
        "`{value}://` は使えません。`://` の前に書けるのは {words} です。",
    ),
    "cli.not-an-address": Text(
        "`{option}`: `{value}` is no address; write HOST:PORT, for example web.example:443 or [2001:db8::1]:443.",
        "`{option}`: `{value}` はアドレスではありません。"
        "web.example:443 や [2001:db8::1]:443 のように HOST:PORT で書いてください。",
    ),
    "cli.option-alone": Text(
        "{option} changes nothing here; it goes with {wanted}. Add that, or leave {option} out.",
        "{option} はここでは意味を持ちません。{wanted} と一緒に使うか、{option} を外してください。",
    ),
    "cli.options-apart": Text(
        "{one} and {other} do not go together; leave one of them out.",
        "{one} と {other} は一緒に使えません。どちらか一方を外してください。",
    ),
    "cli.stopped": Text("Stopped.", "中断しました。"),
    "cli.interrupted": Text(
        "Stopped. Nothing is lost: `warifu rollout show` tells where it stands, `warifu rollout resume` goes on.",
        "中断しました。失われたものはありません。"
        "`warifu rollout show` で現在の状態を確かめ、`warifu rollout resume` で再開できます。",
    ),
    "cli.bug": Text(
        "Sorry, this is a fault of warifu itself: {kind} at {place}. Please report this line with what you did "
        "(warifu {version}, {system}). WARIFU_DEBUG=1 shows the traceback; look through it for secrets first.",
        "申し訳ありません。warifu 自体の不具合です ({place} で {kind} が発生)。この行と操作の内容をお知らせください "
        "(warifu {version}、{system})。WARIFU_DEBUG=1 でトレースバックを表示します。"
        "送る前に秘密情報が含まれていないか確かめてください。",
    ),
    "cli.severity-error": Text("error", "エラー"),
    "cli.severity-warning": Text("warning", "警告"),
    "cli.severity-note": Text("note", "注記"),
    "cli.finding-title": Text("{severity} {title}", "{severity}: {title}"),
    "cli.finding-evidence": Text("seen ({code}): {seen}", "確認した内容 ({code}): {seen}"),
    "cli.finding-clause": Text("clause: {clause}", "根拠: {clause}"),
    "cli.finding-remedy": Text("remedy: {remedy}", "対処: {remedy}"),
}
