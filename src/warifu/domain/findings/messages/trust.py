"""Messages whose keys begin with `trust.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "trust.certificate-unreadable": Text(
        "this is not a certificate that can be read: {reason}",
        "証明書として読み取れません: {reason}",
    ),
    "trust.container-unreadable": Text(
        "this is no container that can be read: byte {offset}: {reason}",
        "コンテナーとして読み取れません: {offset} バイト目: {reason}",
    ),
    "trust.container-locked": Text(
        "it is locked and no password opens it, or it is damaged: {reason}",
        "開けるパスワードがないか、壊れています: {reason}",
    ),
    "trust.request-unreadable": Text(
        "this is not a certificate request that can be read: {reason}",
        "証明書要求として読み取れません: {reason}",
    ),
    "trust.crl-unreadable": Text(
        "this is not a CRL that can be read: {reason}",
        "CRL として読み取れません: {reason}",
    ),
    "trust.ocsp-unreadable": Text(
        "this is not an OCSP response that can be read: {reason}",
        "OCSP レスポンスとして読み取れません: {reason}",
    ),
    "trust.key-unreadable": Text(
        "this is not a private key that can be read: {reason}",
        "秘密鍵として読み取れません: {reason}",
    ),
    "trust.not-a-fingerprint": Text(
        "{text} is not a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons, are wanted.",
        "{text} は SHA-256 フィンガープリントではありません。16 進 64 桁 (コロンの有無は問いません) が必要です。",
    ),
    "trust.not-a-key-id": Text(
        "{text} is not a key id: pairs of hexadecimal digits, with or without colons, are wanted.",
        "{text} は鍵 ID ではありません。2 桁ずつの 16 進数 (コロンの有無は問いません) が必要です。",
    ),
    "trust.profile-unknown": Text(
        "there is no profile {name}; known are: {known}.",
        "プロファイル {name} はありません。使えるのは {known} です。",
    ),
    "trust.profile-not-toml": Text(
        "{path}: line {line} is not TOML: {reason}; a profile is a TOML document, see `warifu profile show mutual --toml`.",
        "{path}: {line} 行目が TOML ではありません ({reason})。プロファイルは TOML 文書です。"
        "書き方は `warifu profile show mutual --toml` を参照してください。",
    ),
    "trust.profile-faults": Text(
        "{path} is not a profile that can be used; faults found: {count}.",
        "{path} はプロファイルとして使えません。不備は {count} 件です。",
    ),
    "trust.profile-wants-table": Text(
        "{path}: {key} must be a table, and is {found}",
        "{path}: {key} はテーブルで書きます ({found} は使えません)",
    ),
    "trust.profile-wants-tables": Text(
        "{path}: {key} must be a list of tables (`[[{key}]]`), and is {found}",
        "{path}: {key} はテーブルの配列 (`[[{key}]]`) で書きます ({found} は使えません)",
    ),
    "trust.profile-wants-text": Text(
        "{path}: {key} must be text in quotes, and is {found}",
        "{path}: {key} は引用符で囲んだ文字列で書きます ({found} は使えません)",
    ),
    "trust.profile-wants-texts": Text(
        "{path}: {key} must be a list of texts, and is {found}",
        "{path}: {key} は文字列の配列で書きます ({found} は使えません)",
    ),
    "trust.profile-wants-one-of": Text(
        "{path}: {key} cannot be {found}; it can be: {known}.",
        "{path}: {key} に {found} は使えません。使えるのは {known} です。",
    ),
    "trust.profile-wants-date": Text(
        "{path}: {key} must be a date such as 2027-03-15, and is {found}",
        "{path}: {key} は 2027-03-15 のような日付で書きます ({found} は使えません)",
    ),
    "trust.profile-wants-number": Text(
        "{path}: {key} must be a whole number from {least} to {most}, and is {found}",
        "{path}: {key} は {least} から {most} までの整数で書きます ({found} は使えません)",
    ),
    "trust.profile-numbers-crossed": Text(
        "{path}: {key} leaves no size at all: `rsa-bits` is {found}, and `rsa-most` is {most}.",
        "{path}: {key} では使える大きさがありません。`rsa-bits` は {found}、`rsa-most` は {most} です。",
    ),
    "trust.profile-wants-switch": Text(
        "{path}: {key} must be true or false, and is {found}",
        "{path}: {key} は true か false で書きます ({found} は使えません)",
    ),
    "trust.profile-wants-code": Text(
        "{path}: {key} names {found}, which is no finding; `docs/findings.md` lists them.",
        "{path}: {key} の {found} という検出事項はありません。一覧は `docs/findings.md` にあります。",
    ),
    "trust.profile-wants-two-sources": Text(
        "{path}: {key} must name at least two sources that disagree, and names {found}",
        "{path}: {key} には食い違う出典を 2 つ以上書きます (現在は {found})",
    ),
    "trust.profile-unknown-key": Text(
        "{path}: there is no key {key}; known here are: {known}.",
        "{path}: {key} というキーはありません。使えるのは {known} です。",
    ),
    "trust.profile-releases-unordered": Text(
        "{path}: {key} must be listed from oldest to newest, each with a number: {found}",
        "{path}: {key} は番号を付けて古い順に並べます (現在は {found})",
    ),
    "trust.profile-name-unfit": Text(
        "{path}: {key} may hold letters, digits, `-`, `.` and `_`, and is {found}",
        "{path}: {key} に使えるのは英数字と `-`、`.`、`_` です (現在は {found})",
    ),
    "trust.profile-name-taken": Text(
        "{path}: there is a profile {name} already; give yours another name.",
        "{path}: プロファイル {name} はすでにあります。別の名前にしてください。",
    ),
    "trust.profile-release-unknown": Text(
        "{name}: {given} is no release it knows; known are: {known}.",
        "{name}: {given} というリリースはありません。使えるのは {known} です。",
    ),
    "trust.profile-release-too-old": Text(
        "{name} does not apply to release {given}; the oldest it knows is {oldest}.",
        "{name} はリリース {given} には適用できません。対応するのは {oldest} 以降です。",
    ),
    "trust.profile-variant-wanted": Text(
        "{name} differs by role: write {name}:ROLE, given was {given}; roles are: {known}.",
        "{name} は役割により異なります。「{name}:役割」の形で指定してください (指定は {given})。役割は {known} です。",
    ),
    "trust.profile-feature-unknown": Text(
        "{name} knows no feature {given}; features are: {known}.",
        "{name} に機能 {given} はありません。使えるのは {known} です。",
    ),
    "trust.help-profile": Text(
        "Rule sets: what a target wants of a certificate, a file or a trust store, and who says so.",
        "プロファイル (対象製品が証明書、ファイル、トラスト ストアに求める内容とその出典) を扱います。",
    ),
    "trust.help-profile-list": Text(
        "List every profile with its releases, roles and features.",
        "プロファイルの一覧を、リリース、役割、機能とともに表示します。",
    ),
    "trust.help-profile-show": Text(
        "Show what one profile wants.\n"
        "PROFILE is NAME[@RELEASE][:ROLE][+FEATURE]..., for example cisco-expressway@X14:E+mra, or the path of a TOML file "
        "of your own in the same form. Of a release that is not listed, the rules of the newest one before it hold.",
        "プロファイルの内容を表示します。\n"
        "PROFILE は「名前[@リリース][:役割][+機能]...」の形で、例えば cisco-expressway@X14:E+mra、または同じ形式で書いた "
        "TOML ファイルのパスです。一覧にないリリースには、それより前の最新のものを適用します。",
    ),
    "trust.option-toml": Text(
        "Print the document itself, to begin one of your own with; built-in profiles have none.",
        "自分のプロファイルを書くための元になる文書そのものを出力します (組み込みのプロファイルには文書がありません)。",
    ),
    "trust.profile-has-no-document": Text(
        '{name} is built in and has no document; begin yours with `extends = "{name}"`, as in '
        "`warifu profile show mutual --toml`",
        '{name} は組み込みのため文書がありません。`extends = "{name}"` と書き始めてください '
        "(例: `warifu profile show mutual --toml`)",
    ),
    "trust.heading-profile": Text("PROFILE", "プロファイル"),
    "trust.heading-title": Text("WHAT IT IS FOR", "対象"),
    "trust.heading-releases": Text("RELEASES", "リリース"),
    "trust.heading-variants": Text("ROLES", "役割"),
    "trust.heading-features": Text("FEATURES", "機能"),
    "trust.heading-revision": Text("REVISION", "改訂"),
    "trust.heading-disputed": Text("DISPUTED", "出典の食い違い"),
    "trust.heading-setting": Text("SETTING", "設定"),
    "trust.heading-value": Text("VALUE", "値"),
    "trust.heading-finding": Text("FINDING", "検出事項"),
    "trust.heading-weight": Text("WEIGHT", "重大度"),
    "trust.weight-off": Text("left out", "対象外"),
    "trust.profile-how": Text(
        "`warifu profile show NAME` shows one; `warifu check --profile NAME FILE` judges by it.",
        "内容は `warifu profile show NAME`、判定は `warifu check --profile NAME FILE` で行います。",
    ),
    "trust.profile-source": Text("Revision {revision}. Source: {source}", "改訂 {revision}。出典: {source}"),
    "trust.profile-aliases": Text("Also called: {names}", "別名: {names}"),
    "trust.profile-cases": Text(
        "Releases: {releases}. Roles: {variants}. Features: {features}.",
        "リリース: {releases}。役割: {variants}。機能: {features}。",
    ),
    "trust.profile-common-only": Text(
        "This is what all roles have in common; {name}:ROLE shows one of them: {known}.",
        "ここに示したのは全役割に共通の内容です。役割 ({known}) は「{name}:役割」の形で指定します。",
    ),
    "trust.profile-others-error": Text(
        "Every other finding about chains and targets is an error.",
        "チェーンと対象製品に関するその他の検出事項は、すべてエラーです。",
    ),
    "trust.profile-disputed": Text("Disputed, {rule}: {question}", "出典の食い違い ({rule}): {question}"),
    "trust.title-tls-server": Text("server of a TLS connection", "TLS サーバー"),
    "trust.title-tls-client": Text("client of a TLS connection", "TLS クライアント"),
    "trust.title-rfc5280": Text("path validation of RFC 5280 alone", "RFC 5280 のパス検証のみ"),
    "trust.title-openssl": Text("what openssl enforces by itself", "openssl がそれ自体で強制する内容"),
    "trust.engine-missing": Text(
        "the engine {engine} gives no answer here: {reason}",
        "検証エンジン {engine} の判定が得られません: {reason}",
    ),
    "trust.no-anchors": Text(
        "{path} holds no certificate to judge against; name a trust store with --anchors FILE "
        "(Debian's own comes with the package ca-certificates).",
        "{path} に判定の基準となる証明書がありません。--anchors FILE でトラスト ストアを指定してください "
        "(Debian では ca-certificates パッケージに入っています)。",
    ),
    "trust.nothing-there": Text(
        "{path} is neither a file nor a folder, nor an address of the form HOST:PORT",
        "{path} はファイルでもフォルダーでも HOST:PORT 形式のアドレスでもありません",
    ),
    "trust.not-a-file": Text(
        "{path} is a device or a socket and was not read; give a file, a folder, a pipe or HOST:PORT.",
        "{path} はデバイスかソケットのため読みませんでした。ファイル、フォルダー、パイプ、HOST:PORT を指定してください。",
    ),
    "trust.link-to-nowhere": Text(
        "{path} is a link to {link}, and nothing is there.",
        "{path} は {link} へのリンクですが、リンク先に何もありません。",
    ),
    "trust.folders-deep": Text(
        "{path} was not entered: it lies more than {limit} folders deep. Name it by itself.",
        "{path} の中は読んでいません。フォルダーが {limit} 段より深くなっています。このフォルダーを直接指定してください。",
    ),
    "trust.too-much": Text(
        "{path} sends more than {limit} bytes; save what it sends to a file and check that.",
        "{path} から {limit} バイトを超えるデータが届きました。ファイルに保存してからそれを指定してください。",
    ),
    "trust.option-timeout": Text(
        "Wait so many seconds for the answer of an address (5).",
        "アドレスの応答をこの秒数まで待ちます (既定値は 5)。",
    ),
    "trust.nothing-served": Text(
        "{address} served no certificate: {reason}",
        "{address} は証明書を返しませんでした: {reason}",
    ),
    "trust.help-check": Text(
        "Judge certificates in files and folders, and the chains that addresses serve.\n"
        "Every fault is told with its clause and remedy, beside what the verifying libraries at hand say. "
        "A path that exists is taken for a file, also a pipe (/dev/stdin); archives (zip, tar, gzip, bzip2, xz) are opened; anything else of the form HOST:PORT is asked for its chain. "
        "How TLS begins there is told by the port (25 and 587 SMTP, 110 POP3, 143 IMAP, 389 LDAP, 1433 SQL Server, 3306 MySQL, "
        "4222 NATS, 5432 PostgreSQL, others TLS at once) or by a scheme: smtp://HOST:PORT, imap://, pop3://, ldap://, "
        "mysql://, nats://, postgresql://, tds://, tds8:// (SQL Server, strict), tls://. "
        "Exit code 0: fine, 1: findings, 5: something could not be looked at.",
        "ファイルとフォルダーの証明書、アドレスが返すチェーンを判定します。\n"
        "すべての不備を根拠と対処とともに示し、手元の検証側ライブラリの判定を並べます。"
        "存在するパスはファイル (/dev/stdin などのパイプも可) とみなし、アーカイブ (zip、tar、gzip、bzip2、xz) は中も確認します。それ以外の HOST:PORT はチェーンを取得します。"
        "TLS の始まり方はポート番号 (25 と 587 は SMTP、110 は POP3、143 は IMAP、389 は LDAP、1433 は SQL Server、3306 は MySQL、"
        "4222 は NATS、5432 は PostgreSQL、ほかは直接の TLS) か、smtp://HOST:PORT、imap://、pop3://、ldap://、mysql://、nats://、"
        "postgresql://、tds://、tds8:// (SQL Server の厳密モード)、tls:// の形で決まります。"
        "終了コード 0: 問題なし、1: 検出事項あり、5: 確認できないものあり。",
    ),
    "trust.option-profile": Text(
        "Rule set to judge by, NAME[@RELEASE][:ROLE][+FEATURE]... or a TOML file (default tls-server); "
        "`warifu profile list` lists them.",
        "判定に使うプロファイルです。名前[@リリース][:役割][+機能]... または TOML ファイルで指定します (既定は tls-server)。"
        "一覧は `warifu profile list` で表示できます。",
    ),
    "trust.option-anchors": Text(
        "PEM file of the trust store; without it this machine's own (/etc/ssl/certs/ca-certificates.crt).",
        "トラスト ストアの PEM ファイルです。省略するとこのマシンのもの (/etc/ssl/certs/ca-certificates.crt) を使います。",
    ),
    "trust.option-name": Text(
        "Host name or IP address the certificate must carry; for HOST:PORT it is HOST unless given.",
        "証明書が持つべきホスト名または IP アドレスです。HOST:PORT では省略すると HOST になります。",
    ),
    "trust.option-covers": Text(
        "Name the certificate must carry besides; may be given several times.",
        "ほかに証明書が持つべき名前です。繰り返し指定できます。",
    ),
    "trust.option-csr": Text(
        "File of the target's pending request; the certificate must answer it.",
        "対象製品で保留中の証明書要求のファイルです。証明書はこの証明書要求に対するものでなければなりません。",
    ),
    "trust.option-crl": Text(
        "File of CRLs, in any form. What they must cover is an error where it is not; what they revoke is an error in any "
        "case, as is what a CRL in the checked file revokes. May be given several times.",
        "CRL のファイルです (形式は問いません)。確かめる範囲の証明書に対応する CRL がなければエラーになります。"
        "失効した証明書は、範囲の外でも、検査するファイルの中の CRL によるものでもエラーになります。繰り返し指定できます。",
    ),
    "trust.option-crl-mode": Text(
        "What the CRLs must cover: the leaf (default), or the whole chain.",
        "CRL で確かめる範囲です。leaf はリーフだけ (既定)、chain はチェーン全体です。",
    ),
    "trust.option-ocsp": Text(
        "File of an OCSP response (DER as a responder sends it, or PEM). May be given several times.",
        "OCSP レスポンスのファイル (DER または PEM) です。繰り返し指定できます。",
    ),
    "trust.no-crls": Text(
        "{path} holds no CRL; name a file of the issuing CA (`BEGIN X509 CRL`, or DER).",
        "{path} に CRL がありません。発行 CA のファイル (`BEGIN X509 CRL` または DER) を指定してください。",
    ),
    "trust.crl-mode-alone": Text(
        "--crl-mode says what CRLs must cover, and none is given: name them with --crl FILE",
        "--crl-mode には --crl FILE も必要です (CRL で確かめる範囲を示すオプションのため)",
    ),
    "trust.ocsp-file-unreadable": Text(
        "{path} is not an OCSP response that can be read: {reason}. Save what the responder sends "
        "(`openssl ocsp ... -respout FILE`).",
        "{path} は OCSP レスポンスとして読み取れません: {reason}。レスポンダーの応答を保存したものを指定してください "
        "(`openssl ocsp ... -respout FILE`)。",
    ),
    "trust.no-requests": Text(
        "{path} holds no certificate request; name the file that the target made (BEGIN CERTIFICATE REQUEST).",
        "{path} に証明書要求がありません。対象製品が作成したファイル (BEGIN CERTIFICATE REQUEST) を指定してください。",
    ),
    "trust.option-consumer": Text(
        "The library that verifies there: it must accept, beside the rules of the profile, and a refusal of another is a "
        "warning. With `unknown` every engine at hand must accept; without the option openssl and cryptography must.",
        "相手側の検証ライブラリです。プロファイルの規則に加えて、このライブラリの受け入れが必要です。ほかのライブラリの拒否は"
        "警告になります。`unknown` では使えるすべての検証エンジンの受け入れが必要です。省略時は openssl と cryptography の"
        "受け入れが必要です。",
    ),
    "trust.judged-as": Text(
        "As a client or server that verifies with {consumer}.",
        "検証側ライブラリを {consumer} として判定します。",
    ),
    "trust.option-at": Text(
        "Instant of judgement, ISO 8601 (default: now).",
        "判定する日時です。ISO 8601 で書きます (既定は現在)。",
    ),
    "trust.option-target-clock": Text(
        "Judge by the target's own clock: its time, or HOST:PORT of its web console, which is asked for it.",
        "対象製品自身の時計で判定します。時刻、または時刻を取得する Web コンソールの HOST:PORT を指定します。",
    ),
    "trust.two-clocks": Text(
        "--at and --target-clock cannot be given together: one instant decides.",
        "--at と --target-clock は同時に指定できません。判定する日時は 1 つです。",
    ),
    "trust.judged-by": Text(
        "Judged by profile {profile} at {at}, against the {count:certificate|certificates} of {path}.",
        "プロファイル {profile}、{at} 時点、{path} の証明書 {count} 枚に対する判定です。",
    ),
    "trust.kind-file": Text("file", "ファイル"),
    "trust.kind-address": Text("served chain", "返されたチェーン"),
    "trust.kind-leaf": Text("certificate alone", "証明書 (単体)"),
    "trust.kind-chain": Text("chain", "チェーン"),
    "trust.kind-authorities": Text("CA certificates", "CA 証明書"),
    "trust.kind-anchors": Text("trust store", "トラスト ストア"),
    "trust.outcome-accepted": Text("accepted", "受け入れ"),
    "trust.outcome-refused": Text("refused", "拒否"),
    "trust.outcome-unknown": Text("undecided", "判定不能"),
    "trust.state-judged": Text("{kind}, {outcome}", "{kind}、判定: {outcome}"),
    "trust.state-accepted-beside": Text(
        "{kind}, path {outcome}, errors beside it below", "{kind}、パスの判定: {outcome}、ほかにエラーあり"
    ),
    "trust.state-fine": Text("{kind}, nothing found", "{kind}、検出事項なし"),
    "trust.state-findings": Text("{kind}, findings below", "{kind}、検出事項あり"),
    "trust.could-not-look": Text("could not be looked at", "確認不能"),
    "trust.certificate-template": Text(
        "   issued from the certificate template {template}", "   発行元の証明書テンプレート: {template}"
    ),
    "trust.certificate-line": Text(
        "{position}. {subject}, issued by {issuer}, {not_before} to {not_after}, SHA-256 {fingerprint}",
        "{position}. {subject}、発行者 {issuer}、{not_before} から {not_after} まで、SHA-256 {fingerprint}",
    ),
    "trust.certificate-alias": Text("alias in the key store: {alias}", "キーストアでのエイリアス: {alias}"),
    "trust.tpm-line": Text(
        "TPM: maker {maker}, model {model}, version {version}",
        "TPM: 製造元 {maker}、モデル {model}、バージョン {version}",
    ),
    "trust.tpm-named": Text("TPM {tpm}", "TPM {tpm}"),
    "trust.clear-text-let-in": Text("without TLS: logins are let in too", "TLS なしのログインも受け付けます"),
    "trust.clear-text-barred": Text("without TLS: no login is let in", "TLS なしのログインは受け付けません"),
    "trust.engine-accepts": Text("{engine}: accepts", "{engine}: 受け入れ"),
    "trust.engine-refuses": Text("{engine}: refuses ({said})", "{engine}: 拒否 ({said})"),
    "trust.engine-unanswered": Text("{engine}: no answer ({said})", "{engine}: 回答なし ({said})"),
    "trust.sum": Text(
        "{all} looked at: {fine} fine, {findings} with findings, {failed} could not be looked at.",
        "{all} 件中、問題なし {fine} 件、検出事項あり {findings} 件、確認できず {failed} 件。",
    ),
}
