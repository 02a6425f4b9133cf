"""Messages whose keys begin with `diagnosis.`: vendors' messages, listings and procedures."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_HELP: Mapping[str, Text] = {
    "diagnosis.verb-diagnose": Text(
        "Find the true cause behind a vendor's message.", "ベンダーのメッセージから本当の原因を調べます。"
    ),
    "diagnosis.verb-listing": Text(
        "Join what vendors' tools list, and say what may go.",
        "ベンダーのツールの一覧をまとめ、不要なものを示します。",
    ),
    "diagnosis.verb-procedure": Text(
        "List and show vendors' procedures.", "ベンダーの手順書を一覧、表示します。"
    ),
    "diagnosis.help-diagnose": Text(
        "Find the true cause behind a vendor's message.\n"
        "\n"
        "FILE is a log, an answer in JSON, a log bundle (zip, tar), or a file that the message is about: a certificate, "
        "chain, request or key; each is known by its content. Causes that the vendor documents for the message are looked "
        "for in those files. Exit code 1: a cause was found; 5: undecided; 0: nothing is wrong with the files.",
        "ベンダーのメッセージから本当の原因を調べます。\n"
        "\n"
        "FILE はログ、JSON の応答、ログ バンドル (zip、tar)、またはメッセージの対象となるファイル (証明書、チェーン、証明書要求、鍵) "
        "です。種類は中身で判断します。メッセージについてベンダーが示す原因を、それらのファイルで 1 つずつ確かめます。"
        "終了コード 1: 原因が見つかりました。5: 判定できません。0: ファイルに問題はありません。",
    ),
    "diagnosis.help-listing": Text(
        "Join what vendors' tools list, and say what may go.\n"
        "\n"
        "FILE is what `dir-cli trustedcert list`, `vecs-cli entry list`, `certutil` or `keytool -list` printed, one file a "
        "node, or NODE=FILE, or NODE/STORE=FILE. With the certificates that are in use it is told which anchor is expired "
        "and unused, and which is still needed and by whom.",
        "ベンダーのツールの一覧をまとめ、不要なものを示します。\n"
        "\n"
        "FILE は `dir-cli trustedcert list`、`vecs-cli entry list`、`certutil`、`keytool -list` の出力で、ノードごとに 1 つ指定します "
        "(NODE=FILE、NODE/STORE=FILE でノードとトラスト ストアの名前を付けられます)。使用中の証明書も指定すると、期限切れで使われていないトラスト アンカーと、"
        "まだ必要とされているトラスト アンカーおよびその利用元を示します。",
    ),
    "diagnosis.help-procedure": Text(
        "List and show vendors' procedures.", "ベンダーの手順書を一覧、表示します。"
    ),
    "diagnosis.help-procedure-used": Text(
        "List which procedures were written out with --out: from which revision, whether that was known to be stale, and "
        "to which page.",
        "--out で書き出した手順書を一覧します。元にした改訂、古い可能性の有無、書き出し先が分かります。",
    ),
    "diagnosis.help-procedure-list": Text(
        "List the procedures with their products, releases and review dates.",
        "手順書を、製品、リリース、確認日とともに一覧します。",
    ),
    "diagnosis.help-procedure-show": Text(
        "Show a procedure with its parameters, steps, gates and disputed points.",
        "手順書のパラメーター、各手順、確認項目、出典が食い違う点を表示します。",
    ),
    "diagnosis.help-plan-procedure": Text(
        "Write a vendor's procedure for this environment: steps by hand, with gates.\n"
        "\n"
        "Nothing is carried out. Passwords stand in no command: the tools ask for them. With --out it is recorded beside "
        "the estate which revision the page was made from: `warifu procedure used`.",
        "ベンダーの手順書を管理対象環境に合わせて書き出します (手作業の手順と確認項目)。\n"
        "\n"
        "何も実行しません。パスワードはコマンドに含めず、ツールに求められたときに入力します。"
        "--out を指定すると、元にした改訂を管理対象環境に記録します (`warifu procedure used`)。",
    ),
    "diagnosis.option-message": Text(
        "A message as it was read on a screen, or its code.", "画面で見たメッセージ、またはそのコードです。"
    ),
    "diagnosis.option-other": Text("A chain of the other side of a pair.", "もう一方の側のチェーンです。"),
    "diagnosis.option-anchors": Text(
        "The trust store of whoever refused.", "拒否した側のトラスト ストアです。"
    ),
    "diagnosis.option-profile": Text(
        "The product's profile with its release, for example `cisco-expressway@X15.5:C`.",
        "製品のプロファイルをリリースとともに指定します (例: `cisco-expressway@X15.5:C`)。",
    ),
    "diagnosis.profile-unrelated": Text(
        "--profile {profile} is of another product than the messages, which are judged by: {products}; leave it out, or name "
        "a release of one of these (`warifu profile list`)",
        "--profile {profile} は、メッセージの製品のものではありません (判定に使うプロファイル: {products})。"
        "指定を外すか、これらの製品のリリースを指定してください (`warifu profile list`)。",
    ),
    "diagnosis.profile-unasked": Text(
        "--profile {profile}: there is no message that it could tell the release of. `warifu check FILE --profile {profile}` "
        "judges files by themselves.",
        "--profile {profile}: リリースを補うべきメッセージがありません。ファイルだけを判定するには "
        "`warifu check FILE --profile {profile}` を使ってください。",
    ),
    "diagnosis.option-name": Text("Name the peer was asked for.", "接続先として使った名前です。"),
    "diagnosis.option-at": Text(
        "The target's own time, where its clock differs.", "対象機器自身の時刻です (時計がずれている場合)。"
    ),
    "diagnosis.option-used": Text(
        "Certificates in use: a file or folder.", "使用中の証明書のファイルまたはフォルダーです。"
    ),
    "diagnosis.option-window": Text(
        "How long before its end an anchor counts as expiring.",
        "有効期限までの残りがこの長さ以下のトラスト アンカーを期限間近とします。",
    ),
    "diagnosis.option-state": Text(
        "Only anchors of this state.", "この状態のトラスト アンカーだけを表示します。"
    ),
    "diagnosis.option-page": Text("Page to show, from 1.", "表示するページです (1 から)。"),
    "diagnosis.option-size": Text(
        "Anchors a page; 0: all.", "1 ページに表示するトラスト アンカーの数です (0 はすべて)。"
    ),
    "diagnosis.option-show": Text(
        "Only the anchor of this key id or subject.",
        "この鍵 ID またはサブジェクトのトラスト アンカーだけを表示します。",
    ),
    "diagnosis.option-entries": Text(
        "Also every entry by itself: where it lies, alias, subject, issuer, key id, validity and key usage.",
        "エントリーごとの内容 (場所、エイリアス、サブジェクト、発行者、鍵 ID、有効期間、鍵用途) も表示します。",
    ),
    "diagnosis.option-set": Text("A parameter, NAME=VALUE.", "パラメーターです (NAME=VALUE)。"),
}

_ERRORS: Mapping[str, Text] = {
    "diagnosis.use-unreadable": Text(
        "{path} is no record of a procedure that was written out: {reason}.",
        "{path} は書き出した手順書の記録として読み取れません: {reason}",
    ),
    "diagnosis.listing-count": Text(
        "{path}: {tool} says {said} entries, and {found} follow. The output was cut or is mixed with another; take it anew, whole.",
        "{path}: {tool} の件数は {said} ですが、エントリーは {found} 件です。途中で切れているか、別の出力が混ざっています。すべてを取り直してください。",
    ),
    "diagnosis.listing-record": Text(
        "{path}: entry {record} is not whole. Take the output anew, without a pager.",
        "{path}: エントリー {record} が不完全です。ページャーを使わずに出力を取り直してください。",
    ),
    "diagnosis.listing-unknown": Text(
        "{path} is no listing of a tool that is known here: dir-cli, vecs-cli, certutil, keytool.",
        "{path} は、ここで読めるツール (dir-cli、vecs-cli、certutil、keytool) の一覧ではありません。",
    ),
    "diagnosis.fingerprint-for-id": Text(
        "{text}: this is a fingerprint, not a key id (of {subject}). The directory goes by the key id, here {id}.",
        "{text}: これは鍵 ID ではなくフィンガープリントです ({subject})。ディレクトリでは鍵 ID を使います。鍵 ID: {id}",
    ),
    "diagnosis.several-anchors": Text(
        "{text}: {count} matches. Name one by its key id: {ids}.",
        "{text}: 該当が {count} 件あります。鍵 ID で指定してください: {ids}",
    ),
    "diagnosis.no-such-anchor": Text(
        "No anchor that was listed is {text}.", "一覧にあるトラスト アンカーに {text} はありません。"
    ),
    "diagnosis.nothing-given": Text(
        "Give a file, or a message with --message.",
        "ファイルを指定するか、--message でメッセージを指定してください。",
    ),
    "diagnosis.procedure-faulty": Text(
        "The procedure {name} has a fault: {fault}. The installation may not be whole.",
        "手順書 {name} に誤りがあります: {fault}。インストールが不完全な可能性があります。",
    ),
    "diagnosis.procedure-unknown": Text(
        "There is no procedure {id}. There are: {known}.",
        "手順書 {id} はありません。利用できる手順書: {known}",
    ),
    "diagnosis.procedure-value": Text(
        "The procedure {id} cannot be written; give the values with --set NAME=VALUE:",
        "手順書 {id} を書き出せません。--set NAME=VALUE で値を指定してください:",
    ),
    "diagnosis.procedure-not-applicable": Text(
        "The procedure {id} is not applicable to {product} {version}; it is for {scope}. No step was written.",
        "手順書 {id} は {product} {version} には適用できません (対象: {scope})。手順は書き出していません。",
    ),
    "diagnosis.procedure-build-unknown": Text(
        "The procedure {id} is for {product} {scope}; {version} is the number of a build, and which release it belongs to "
        "is not known here: give the release instead, as `--set version=RELEASE`. No step was written.",
        "手順書 {id} の対象は {product} {scope} です。{version} はビルド番号で、どのリリースのものかはここでは分かりません。"
        "`--set version=リリース` でリリースを指定してください。手順は書き出していません。",
    ),
    "diagnosis.procedure-too-old": Text(
        "The procedure {id} is not applicable to {product} {version}: {because}. It is for {scope}. No step was written.",
        "手順書 {id} は {product} {version} には適用できません。{because} (対象: {scope})。手順は書き出していません。",
    ),
    "diagnosis.field-unknown": Text(
        "{field}: no such parameter; there are {known}.",
        "{field}: そのパラメーターはありません。利用できるもの: {known}",
    ),
    "diagnosis.field-missing": Text("{field}: missing.", "{field}: 指定がありません。"),
    "diagnosis.field-choice": Text(
        "{field}: {value} is none of {choices}.", "{field}: {value} は使えません。使える値: {choices}"
    ),
    "diagnosis.field-unfit": Text(
        "{field}: {value} has not the form of its kind ({kind}).",
        "{field}: {value} は種類 ({kind}) の形式に合いません。",
    ),
    "diagnosis.field-fingerprint": Text(
        "{field}: {value}: this is a fingerprint, not a key id (64 digits, as SHA-256 has).",
        "{field}: {value}: これは鍵 ID ではなくフィンガープリントです (SHA-256 と同じ 64 桁)。",
    ),
    "diagnosis.field-alias": Text(
        "{field}: {value}: this is a fingerprint, not a key id (an alias is the SHA-1 of its certificate).",
        "{field}: {value}: これは鍵 ID ではなくフィンガープリントです (エイリアスは証明書の SHA-1 です)。",
    ),
    "diagnosis.set-form": Text(
        "--set {text}: give NAME=VALUE.", "--set {text}: NAME=VALUE の形で指定してください。"
    ),
}

_SHOWN: Mapping[str, Text] = {
    "diagnosis.symptom": Text("{vendor} {id} ({phase})", "{vendor} {id} ({phase})"),
    "diagnosis.symptom-says": Text("  says: {text}", "  メッセージ: {text}"),
    "diagnosis.symptom-means": Text("  that is: {text}", "  意味: {text}"),
    "diagnosis.symptom-advises": Text("  the vendor advises: {text}", "  ベンダーの案内: {text}"),
    "diagnosis.message-line": Text("  {source}:{line} {when} {said}", "  {source}:{line} {when} {said}"),
    "diagnosis.message-often": Text("    {times:time|times}, last {last}", "    {times} 回、最後は {last}"),
    "diagnosis.outcome-shown": Text("  The files show the cause.", "  ファイルから原因を確認しました。"),
    "diagnosis.outcome-named": Text(
        "  The message names the cause; no file was given that could contradict it.",
        "  メッセージが原因を示しています。それを否定できるファイルは指定されていません。",
    ),
    "diagnosis.outcome-open": Text(
        "  Undecided: these causes are left.", "  判定できません。次の原因が残っています。"
    ),
    "diagnosis.outcome-unexplained": Text(
        "  Undecided: none of the known causes is in the files, and the message gives a reason that is not known here.",
        "  判定できません。既知の原因はどれもファイルになく、メッセージは別の理由を示しています。",
    ),
    "diagnosis.unexplained": Text("      as it stands: {reason}", "      原文のまま: {reason}"),
    "diagnosis.judged-by": Text(
        "  The files are judged by the profile {profile}.", "  判定に使ったプロファイル: {profile}"
    ),
    "diagnosis.asks": Text("  To be told: {text}", "  要確認: {text}"),
    "diagnosis.beside": Text(
        "  Beside these causes, the files have these faults:",
        "  これらの原因のほかに、ファイルには次の問題があります。",
    ),
    "diagnosis.outcome-stale": Text(
        "  The files do not have the fault that the message names: it is older than they are, or about others.",
        "  メッセージが示す問題はファイルにありません。メッセージがファイルより古いか、別のファイルについてのものです。",
    ),
    "diagnosis.outcome-cleared": Text(
        "  None of the known causes is in the files.", "  既知の原因はどれもファイルにありません。"
    ),
    "diagnosis.confidence": Text("  confidence: {level}", "  確からしさ: {level}"),
    "diagnosis.confidence-high": Text("high, the files show it", "高 (ファイルで確認済み)"),
    "diagnosis.confidence-medium": Text("medium, the message alone says so", "中 (メッセージだけが根拠)"),
    "diagnosis.confidence-low": Text("low, nothing decides yet", "低 (決め手なし)"),
    "diagnosis.standing-holds": Text("holds", "該当"),
    "diagnosis.standing-named": Text("named", "メッセージの示すとおり"),
    "diagnosis.standing-possible": Text("open", "未確定"),
    "diagnosis.standing-ruled-out": Text("ruled out", "否定"),
    "diagnosis.candidate": Text("  [{standing}] {title}", "  [{standing}] {title}"),
    "diagnosis.seen": Text("      seen: {text}", "      確認した内容: {text}"),
    "diagnosis.rule": Text("      finding: {code}", "      検出事項: {code}"),
    "diagnosis.check": Text("      decided by: {text}", "      判定方法: {text}"),
    "diagnosis.remedy": Text("      do: {text}", "      対処: {text}"),
    "diagnosis.next": Text(
        "      procedure: `warifu procedure show {id}`", "      手順書: `warifu procedure show {id}`"
    ),
    "diagnosis.unknown-message": Text(
        "Not in the catalogue, as it stands: {code} {text}",
        "カタログにないメッセージ (原文のまま): {code} {text}",
    ),
    "diagnosis.unknown-argument": Text("  argument: {argument}", "  引数: {argument}"),
    "diagnosis.unknown-property": Text("  about: {property}", "  対象: {property}"),
    "diagnosis.unknown-severity": Text("  severity: {severity}", "  重大度: {severity}"),
    "diagnosis.redacted": Text(
        "*** stands for what looked like a password, a token or a private key. Whoever may read the log can read it there: "
        "change it.",
        "*** は、パスワード、トークン、秘密鍵と思われる部分です。ログを読める人には見えるため、変更してください。",
    ),
    "diagnosis.check-instead": Text(
        "No message that is known here was given, so that no cause was looked for. `warifu check {files}` judges the certificates by themselves.",
        "既知のメッセージがないため、原因は調べていません。証明書そのものを判定するには `warifu check {files}` を使ってください。",
    ),
    "diagnosis.nothing-found": Text(
        "No message that is known here, and no file that shows one.",
        "既知のメッセージも、それを示すファイルもありません。",
    ),
    "diagnosis.file-read": Text(
        "Looked at {path}: certificates {certificates}, requests {requests}, private keys {keys}",
        "{path} を確認しました: 証明書 {certificates} 枚、証明書要求 {requests} 件、秘密鍵 {keys} 件",
    ),
    "diagnosis.file-silent": Text(
        "No message that is known here in {path}.", "{path} に既知のメッセージはありません。"
    ),
    "diagnosis.product-file": Text("{product}: {path}", "{product}: {path}"),
    "diagnosis.problem-too-large": Text(
        "{path} is larger than is read; it was left out.", "{path} は大きすぎるため読みませんでした。"
    ),
    "diagnosis.problem-too-deep": Text(
        "{path} lies too deep in bundles; it was left out.",
        "{path} はバンドルの入れ子が深すぎるため読みませんでした。",
    ),
    "diagnosis.problem-too-many": Text(
        "{path} holds more files than are read; the rest was left out.",
        "{path} はファイル数が多すぎるため、残りを読みませんでした。",
    ),
    "diagnosis.problem-too-telling": Text(
        "{path} holds one word in more than 50,000 lines; later lines with it were left out. Give the part that matters as "
        "a file of its own.",
        "{path} では同じ語が 5 万行を超えて現れるため、それ以降の該当行は読みませんでした。必要な部分だけを別のファイルにして指定してください。",
    ),
    "diagnosis.problem-unread": Text(
        "{path} is no file that can be read; it was left out.",
        "{path} は読み取れるファイルではないため、対象から外しました。",
    ),
    "diagnosis.problem-cut": Text(
        "{path} ends in the middle; what is there was read.",
        "{path} は途中で切れています。残っている部分だけを読みました。",
    ),
    "diagnosis.problem-empty": Text("{path} holds no file.", "{path} にファイルがありません。"),
    "diagnosis.problem-unreadable": Text("{path} cannot be unpacked.", "{path} を展開できません。"),
    "diagnosis.phase-upload": Text("upload", "アップロード"),
    "diagnosis.phase-connection": Text("connection", "接続"),
    "diagnosis.phase-login": Text("login", "ログイン"),
    "diagnosis.phase-start": Text("start", "起動"),
    "diagnosis.phase-command": Text("command", "コマンド"),
    "diagnosis.state-expired": Text("expired", "期限切れ"),
    "diagnosis.state-expiring": Text("expiring", "期限間近"),
    "diagnosis.state-not-yet-valid": Text("not yet valid", "有効期間前"),
    "diagnosis.state-valid": Text("valid", "有効"),
    "diagnosis.state-unknown": Text("unknown", "不明"),
    "diagnosis.match-key-id": Text("by key id", "鍵 ID で一致"),
    "diagnosis.match-computed": Text("by the computed id", "計算した ID で一致"),
    "diagnosis.match-remainder": Text("left over, to be confirmed", "残り 1 件 (要確認)"),
    "diagnosis.match-subject": Text("by subject, to be confirmed", "サブジェクトで一致 (要確認)"),
    "diagnosis.match-none": Text("-", "(照合先なし)"),
    "diagnosis.head-id": Text("key id", "鍵 ID"),
    "diagnosis.head-subject": Text("subject", "サブジェクト"),
    "diagnosis.head-state": Text("state", "状態"),
    "diagnosis.head-until": Text("until", "有効期限"),
    "diagnosis.head-published": Text("published", "公開"),
    "diagnosis.head-nodes": Text("nodes", "ノード"),
    "diagnosis.head-needed": Text("needed by", "利用元"),
    "diagnosis.head-when": Text("when", "日時"),
    "diagnosis.head-source": Text("source", "出典"),
    "diagnosis.head-revision": Text("revision", "改訂"),
    "diagnosis.head-stale": Text("stale", "古い可能性"),
    "diagnosis.head-page": Text("page", "書き出し先"),
    "diagnosis.was-stale": Text("may be", "あり"),
    "diagnosis.was-current": Text("no", "なし"),
    "diagnosis.none-used": Text("No procedure was written out here.", "ここで書き出した手順書はありません。"),
    "diagnosis.no-key-id": Text("no SKI", "SKI なし"),
    "diagnosis.key-id-unknown": Text("not printed", "表示なし"),
    "diagnosis.lacks-key-id": Text(
        "{subject} carries no SubjectKeyIdentifier (no SKI): nothing is to be removed by its key id. Match its "
        "certificate with an id of the directory first.",
        "{subject} には自身の鍵 ID がありません (SKI なし)。鍵 ID を頼りに削除できません。"
        "先に証明書をディレクトリの ID と対応付けてください。",
    ),
    "diagnosis.head-node": Text("node", "ノード"),
    "diagnosis.head-store": Text("store", "ストア"),
    "diagnosis.head-alias": Text("alias", "エイリアス"),
    "diagnosis.head-issuer": Text("issuer", "発行者"),
    "diagnosis.head-from": Text("from", "開始"),
    "diagnosis.head-usage": Text("key usage", "鍵用途"),
    "diagnosis.not-published": Text("no", "未公開"),
    "diagnosis.not-judged": Text("not asked", "未確認"),
    "diagnosis.nobody": Text("nobody that was given", "指定された範囲にはなし"),
    "diagnosis.cannot-tell": Text("cannot be told from this listing", "この一覧からは判断不可"),
    "diagnosis.until-day": Text("{day}, local time", "{day} (現地時間)"),
    "diagnosis.nothing-listed": Text("Nothing is listed.", "一覧には何もありません。"),
    "diagnosis.page-line": Text(
        "Page {page} of {pages}, {count} anchors", "{page}/{pages} ページ、トラスト アンカー {count} 個"
    ),
    "diagnosis.alarm": Text("{severity}: {what}, {count} left", "{severity}: {what}、残り {count} 件"),
    "diagnosis.alarm-entry": Text(
        "  {node} {store} {alias}: {subject}", "  {node} {store} {alias}: {subject}"
    ),
    "diagnosis.alarm-expired-unused": Text("expired and unused", "期限切れで未使用"),
    "diagnosis.alarm-expired-needed": Text("expired and still needed", "期限切れだがまだ必要"),
    "diagnosis.alarm-expired-unjudged": Text(
        "expired; whether it is used was not asked (--used)", "期限切れ (使用状況は未確認、--used で指定)"
    ),
    "diagnosis.alarm-expired-unclear": Text(
        "expired; whether it is used cannot be told", "期限切れ (使用状況は判断不可)"
    ),
    "diagnosis.used-unread": Text(
        "{path}: not all of it could be read, so of no anchor is it said that nobody needs it. See why with "
        "`warifu check {path}`; mend the file or take it out, and list again.",
        "{path} には読めない部分があるため、どのトラスト アンカーも未使用とは判断できません。"
        "`warifu check {path}` で理由を確かめ、ファイルを直すか除いてから、もう一度実行してください。",
    ),
    "diagnosis.used-empty": Text(
        "No certificate was found in what --used names; so it cannot be told who needs an anchor.",
        "--used で指定した場所に証明書が見つからないため、どのトラスト アンカーが必要かは判断できません。",
    ),
    "diagnosis.alarm-expiring": Text("expiring", "期限間近"),
    "diagnosis.severity-critical": Text("critical", "重大"),
    "diagnosis.severity-warning": Text("warning", "警告"),
    "diagnosis.match-refused": Text(
        "Not matched: {subject} fits {count} ids ({ids}); a subject does not decide.",
        "対応付けできません: {subject} に合う ID が {count} 件あります ({ids})。サブジェクトだけでは決まりません。",
    ),
    "diagnosis.may-go": Text(
        "{subject} is expired and unused; its procedure:", "{subject} は期限切れで使われていません。手順書:"
    ),
    "diagnosis.may-go-command": Text(
        "  warifu plan procedure vecs-root-removal --set id={id} --set alias={alias} --set nodes={nodes}{more} --set version=RELEASE --set login=LOGIN",
        "  warifu plan procedure vecs-root-removal --set id={id} --set alias={alias} --set nodes={nodes}{more} --set version=RELEASE --set login=LOGIN",
    ),
    "diagnosis.confirm-first": Text(
        "  Confirm first that id {id} and this entry are the same certificate.",
        "  先に、ID {id} とこのエントリーが同じ証明書であることを確かめてください。",
    ),
}

_PAPER: Mapping[str, Text] = {
    "diagnosis.language-en": Text("in English", "英語版"),
    "diagnosis.language-ja": Text("in Japanese", "日本語版"),
    "diagnosis.procedure-head": Text(
        'For {product} {scope}. Source: {source}, "{title}" ({language}), revision {revision}; reviewed {reviewed}.',
        "対象: {product} {scope}。出典: {source}「{title}」({language})、改訂 {revision}、確認日 {reviewed}。",
    ),
    "diagnosis.source-kind": Text("Kind of document: {kind}.", "文書の種類: {kind}"),
    "diagnosis.source-samples": Text("Its samples: {samples}.", "掲載されている出力例: {samples}"),
    "diagnosis.stale-newer": Text(
        "This translation may be stale: written from revision {revision}; known upstream: {newer}.",
        "この訳文は古い可能性があります。基にした改訂: {revision}。より新しい原文: {newer}。",
    ),
    "diagnosis.stale-review": Text(
        "This procedure may be stale: it was last reviewed on {reviewed}.",
        "この手順書は古い可能性があります。最後の確認日: {reviewed}",
    ),
    "diagnosis.head-values": Text("Values", "値"),
    "diagnosis.head-steps": Text("Steps", "手順"),
    "diagnosis.head-disputed": Text("Where the sources disagree", "出典が食い違う点"),
    "diagnosis.step-owner": Text("Who: {owner}", "担当: {owner}"),
    "diagnosis.step-gate": Text("Go on when: {gate}", "次に進む条件: {gate}"),
    "diagnosis.step-undo": Text("Way back: {undo}", "切り戻し: {undo}"),
    "diagnosis.step-no-return": Text(
        "Point of no return. Way back: {undo}", "後戻りできない時点です。切り戻し: {undo}"
    ),
    "diagnosis.dispute-taken": Text("Taken here: {taken}", "ここでの扱い: {taken}"),
    "diagnosis.procedure-written": Text("The procedure is in {file}", "手順書を {file} に書き出しました"),
    "diagnosis.head-procedure": Text("procedure", "手順書"),
    "diagnosis.head-product": Text("product", "製品"),
    "diagnosis.head-releases": Text("releases", "リリース"),
    "diagnosis.head-reviewed": Text("reviewed", "確認日"),
    "diagnosis.head-title": Text("what it does", "内容"),
    "diagnosis.head-disputes": Text("disputed", "食い違い"),
}

TABLE: Mapping[str, Text] = {**_HELP, **_ERRORS, **_SHOWN, **_PAPER}
