"""Messages whose keys begin with `renewal.`: certificates compared, requests prepared, what is to come."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # Names and topologies.
    "renewal.names-unfit": Text(
        "{where}: names that can stand in no certificate: {count}",
        "{where}: 証明書に使えない名前が {count} 個あります",
    ),
    "renewal.name-unfit": Text(
        "{where}: {name} is neither a DNS name nor an address, e-mail address or URL; write names like "
        "DNS:www.example.com, IP:192.0.2.1.",
        "{where}: {name} は DNS 名、IP アドレス、メール アドレス、URL のいずれでもありません。"
        "DNS:www.example.com, IP:192.0.2.1 のように書いてください。",
    ),
    "renewal.name-numeric": Text(
        "{where}: {name} ends in a number, as an address does, but is no address; a DNS name ends in a label with letters "
        "(RFC 1123 §2.1). Look for a typing error.",
        "{where}: {name} の末尾は IP アドレスのように数字だけですが、IP アドレスとして正しくありません。"
        "DNS 名の最後のラベルには英字が必要です (RFC 1123 §2.1)。入力の誤りがないか確認してください。",
    ),
    "renewal.name-hyphen": Text(
        "{where}: {name} is no DNS name: each label between its dots begins and ends with a letter or a digit, not with a "
        "hyphen (RFC 5280 §4.2.1.6, RFC 1034 §3.5).",
        "{where}: {name} は DNS 名として正しくありません。ドットで区切った各ラベルの先頭と末尾は英数字とし、"
        "ハイフンにはできません (RFC 5280 §4.2.1.6、RFC 1034 §3.5)。",
    ),
    "renewal.topology-not-toml": Text(
        "{path}: line {line} is not TOML: {reason}; a topology is a TOML document, see docs/renewals.md.",
        "{path}: {line} 行目が TOML ではありません ({reason})。トポロジーは TOML 文書です。書き方は docs/renewals.md を参照してください。",
    ),
    "renewal.topology-faults": Text(
        "{path} is not a topology that can be used; faults found: {count}.",
        "{path} はトポロジーとして使えません。不備は {count} 件です。",
    ),
    "renewal.topology-empty": Text(
        "{path}: no list holds a name; begin with one of: {known}.",
        "{path}: 名前が一つもありません。{known} のいずれかを書いてください。",
    ),
    "renewal.topology-name-unfit": Text(
        "{path}: {key}: {name} can stand in no certificate; a DNS name, an address or a URL is wanted.",
        "{path}: {key} の {name} は証明書に使えません。DNS 名、IP アドレス、URL を書いてください。",
    ),
    "renewal.topology-lacks": Text(
        "{path} lacks names that {profile} needs",
        "{path} に {profile} に必要な名前がありません",
    ),
    "renewal.topology-list-missing": Text(
        "{path}: {key} is missing or empty",
        "{path}: {key} がないか、空です",
    ),
    # Requests.
    "renewal.bad-key": Text(
        "{key} is not a kind of key; use one of: {known}.",
        "{key} という種類の鍵は使えません。{known} から選んでください。",
    ),
    "renewal.nothing-to-ask": Text(
        "No name to ask for: give the old certificate, `--topology FILE` or `--names NAMES`.",
        "申請する名前がありません。古い証明書、`--topology ファイル`、`--names 名前` のいずれかを指定してください。",
    ),
    "renewal.only-others": Text(
        "Requests made here ask for DNS names and addresses, and {names} is neither: name a DNS name or an address too "
        "(`--names NAMES`), or give the old certificate.",
        "ここで作る証明書要求に入れられるのは DNS 名と IP アドレスです。指定された {names} はどちらでもありません。"
        "DNS 名か IP アドレスも `--names 名前` で指定するか、古い証明書を指定してください。",
    ),
    "renewal.old-names-nothing": Text(
        "The old certificate has no DNS name or address to ask for again: name them with `--topology FILE` or "
        "`--names NAMES`.",
        "古い証明書には、引き継ぐ DNS 名も IP アドレスもありません。`--topology ファイル` か `--names 名前` で指定してください。",
    ),
    "renewal.form-refused": Text(
        "No key and no request were made: the request would be refused.",
        "証明書要求が拒否されるため、鍵も証明書要求も作りませんでした。",
    ),
    "renewal.out-exists": Text(
        "{path} exists already and is not written over; name another file.",
        "{path} はすでにあるため上書きしません。別のファイルを指定してください。",
    ),
    "renewal.preview": Text(
        "The request {identity} will hold exactly this:",
        "証明書要求 {identity} の内容は次のとおりです:",
    ),
    "renewal.dry-run": Text(
        "Nothing was made (--dry-run).",
        "何も作成していません (--dry-run)。",
    ),
    "renewal.filed": Text(
        "Request {request} is pending in {folder}. Key (0600): {path}",
        "申請 {request} を {folder} に保留として登録しました。鍵 (0600): {path}",
    ),
    "renewal.filed-before": Text(
        "Request {request} of the same content is on record already, in {folder}; nothing new was made. Key: {path}",
        "同じ内容の申請 {request} がすでに {folder} にあります。新しいものは作っていません。鍵: {path}",
    ),
    "renewal.what-next": Text(
        "Send the request to the CA; take its answer in with `warifu request deliver FILE`.",
        "証明書要求を CA に送り、回答は `warifu request deliver FILE` で取り込んでください。",
    ),
    # Issuers' rules.
    "renewal.issuer-not-toml": Text(
        "{path}: line {line} is not TOML: {reason}; rules of an issuer are a TOML document, see docs/renewals.md.",
        "{path}: {line} 行目が TOML ではありません ({reason})。発行者の規則は TOML 文書です。書き方は docs/renewals.md を参照してください。",
    ),
    "renewal.issuer-faults": Text(
        "{path}: these rules of an issuer cannot be used; faults found: {count}.",
        "{path} は発行者の規則として使えません。不備は {count} 件です。",
    ),
    "renewal.issuer-unknown": Text(
        "There are no rules for an issuer {name}; known are: {known}. A TOML file of your own will do, too.",
        "発行者 {name} の規則はありません。使えるのは {known} です。自分で書いた TOML ファイルも指定できます。",
    ),
    "renewal.issuer-not-recognised": Text(
        "{issuer} is none of the issuers whose rules are known ({known}); name one with --issuer. For a private CA "
        "give a TOML file of its rules with --issuer; without one there is no forecast.",
        "{issuer} は規則の分かっている発行者 ({known}) ではありません。--issuer で指定してください。"
        "プライベート CA の場合は、規則を書いた TOML ファイルを --issuer で指定してください。指定がなければ予測できません。",
    ),
    # What is read.
    "renewal.no-certificate": Text(
        "{path} holds no certificate.",
        "{path} に証明書がありません。",
    ),
    "renewal.no-pool": Text(
        "{path} holds no certificate to complete chains with.",
        "{path} にチェーンを補う証明書がありません。",
    ),
    # The command line.
    "renewal.verb": Text(
        "Compare a new certificate with the old one, prepare requests, foresee renewals that break.",
        "新旧の証明書を比べ、証明書要求を準備し、使えなくなる更新を予測します。",
    ),
    "renewal.help": Text(
        "Renewals: the new certificate beside the old one, requests, and what is to come.",
        "証明書の更新を扱います。新旧の比較、証明書要求の準備、今後の予測ができます。",
    ),
    "renewal.help-diff": Text(
        "Compare a new certificate with the one it replaces.\n"
        "Names, purposes, key usages, subject, issuer, key, signature and validity are laid side by side; what is lost is an "
        "error. It says whether peers must trust another CA first, and which certificates. With --profile every rule of the "
        "target is answered. OLD and NEW are files or HOST:PORT. Exit code 1: something weighs more than a note.",
        "新しい証明書を、置き換える証明書と比べます。\n"
        "名前、用途、鍵用途、サブジェクト、発行者、鍵、署名、有効期間を並べ、失われるものをエラーとして示します。"
        "相手側が先に別の CA を信頼する必要があるか、その証明書はどれかも示します。--profile を付けると対象製品の全規則を判定します。"
        "OLD と NEW はファイルか HOST:PORT です。終了コード 1 は、注記を超える重大度の検出事項があることを示します。",
    ),
    "renewal.help-csr": Text(
        "Make a key and a request for a renewal, and file it as pending.\n"
        "Names, subject, purposes and kind of key come from the old certificate, from a topology file, or from the options, in "
        "this order; the profile and the key policy judge them first. What is shown is what the request will hold. Nothing is "
        "asked, and nothing that is there is overwritten. Without an estate file it is filed in ./.warifu.",
        "更新のための鍵と証明書要求を作り、保留中の申請として登録します。\n"
        "名前、サブジェクト、用途、鍵の種類は、古い証明書、トポロジー ファイル、オプションの順に決まり、"
        "作る前にプロファイルと鍵の方針で判定します。表示される内容がそのまま証明書要求に入ります。途中で入力は求めず、既存のものは上書きしません。"
        "管理対象環境のファイルがなければ ./.warifu に登録します。",
    ),
    "renewal.help-forecast": Text(
        "Foresee which renewal will break the target, on which day, and why.\n"
        "Rules of issuers are dated data with sources (`warifu renewal issuers`). The issuer is told by the certificate, or by "
        "--issuer. Exit code 1: the next renewal breaks something.",
        "どの更新で、いつ、なぜ対象製品が使えなくなるかを予測します。\n"
        "発行者の規則は日付と出典の付いたデータです (`warifu renewal issuers`)。発行者は証明書から、または --issuer で決まります。"
        "終了コード 1 は、次の更新で問題が起きることを示します。",
    ),
    "renewal.help-issuers": Text(
        "List the issuers whose dated rules are known, with their sources and where sources disagree.",
        "日付の付いた規則が分かっている発行者を、出典と出典の食い違いとともに一覧表示します。",
    ),
    "renewal.option-csr": Text(
        "File with the request that NEW should answer.",
        "NEW が対応するはずの証明書要求のファイルです。",
    ),
    "renewal.option-pool": Text(
        "CA certificates to complete chains with: a file or folder; may be given again.",
        "チェーンを補う CA 証明書のファイルまたはフォルダーです。繰り返し指定できます。",
    ),
    "renewal.option-profile": Text(
        "Target, as `warifu profile list` shows it: every rule of it is answered.",
        "対象製品です (`warifu profile list` の名前)。全規則を判定します。",
    ),
    "renewal.option-key-reuse": Text(
        "What it weighs that the new certificate has the old key: warn (default), refuse or allow.",
        "古い鍵を使い続けることの扱いです。warn (既定、警告)、refuse (拒否)、allow (許可) から選びます。",
    ),
    "renewal.option-at": Text("Instant of judgement (ISO 8601).", "判定する時点です (ISO 8601)。"),
    "renewal.option-topology": Text(
        "Topology file (TOML): who must be named; see docs/renewals.md.",
        "トポロジー ファイルです (TOML)。必要な名前を書きます。docs/renewals.md を参照してください。",
    ),
    "renewal.option-names": Text(
        "Further names, such as DNS:a.example,IP:192.0.2.1; may be given again.",
        "追加する名前です (例: DNS:a.example,IP:192.0.2.1)。繰り返し指定できます。",
    ),
    "renewal.option-subject": Text(
        "Subject (RFC 4514), such as CN=shop.example,O=Example,C=JP.",
        "サブジェクトです (RFC 4514、例: CN=shop.example,O=Example,C=JP)。",
    ),
    "renewal.option-key": Text(
        "Kind of key: rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384, ed25519.",
        "鍵の種類です。rsa-2048、rsa-3072、rsa-4096、ec-p256、ec-p384、ed25519 から選びます。",
    ),
    "renewal.option-identity": Text(
        "What the request is called; the first name unless given.",
        "申請の名前です。省略時は最初の名前になります。",
    ),
    "renewal.option-out": Text(
        "Also write the request there (PEM); an existing file is not overwritten.",
        "証明書要求 (PEM) をこのファイルにも書きます。既存のファイルは上書きしません。",
    ),
    "renewal.option-dry-run": Text(
        "Only show what the request would hold.",
        "証明書要求の内容を表示するだけで、何も作りません。",
    ),
    "renewal.option-filed-issuer": Text(
        "Name of who is to sign; it is filed with the request.",
        "署名を依頼する発行者の名前です。申請とともに記録します。",
    ),
    "renewal.option-issuer": Text(
        "Issuer whose rules hold: a name of `warifu renewal issuers`, or a TOML file.",
        "規則を適用する発行者です。`warifu renewal issuers` の名前、または TOML ファイルを指定します。",
    ),
    "renewal.option-renew-before": Text(
        "How long before its end a certificate is renewed (default 30d).",
        "有効期限のどれだけ前に更新するかです (既定は 30d)。",
    ),
    "renewal.heading-item": Text("ITEM", "項目"),
    "renewal.heading-old": Text("OLD", "旧"),
    "renewal.heading-new": Text("NEW", "新"),
    "renewal.heading-standing": Text("VERDICT", "判定"),
    "renewal.heading-rule": Text("RULE", "規則"),
    "renewal.heading-answer": Text("ANSWER", "結果"),
    "renewal.heading-name": Text("NAME", "名前"),
    "renewal.heading-title": Text("ISSUER", "発行者"),
    "renewal.heading-limits": Text("LONGEST VALIDITY", "最長の有効期間"),
    "renewal.heading-ends": Text("PURPOSES THAT END", "終了する用途"),
    "renewal.heading-revision": Text("REVISION", "改訂"),
    "renewal.heading-disputed": Text("DISPUTED", "出典の食い違い"),
    "renewal.standing-equal": Text("equal", "同じ"),
    "renewal.standing-changed": Text("changed", "変更"),
    "renewal.standing-lost": Text("LOST", "不足"),
    "renewal.standing-gained": Text("gained", "追加"),
    "renewal.item-dns-names": Text("DNS names", "DNS 名"),
    "renewal.item-ip-names": Text("addresses", "IP アドレス"),
    "renewal.item-email-names": Text("e-mail addresses", "メール アドレス"),
    "renewal.item-uri-names": Text("URIs", "URI"),
    "renewal.item-other-names": Text("names of other kinds", "その他の種類の名前"),
    "renewal.item-purposes": Text("extended key usage", "拡張鍵用途"),
    "renewal.item-key-usage": Text("key usage", "鍵用途"),
    "renewal.item-subject": Text("subject", "サブジェクト"),
    "renewal.item-issuer": Text("issuer", "発行者"),
    "renewal.item-authority-key-id": Text(
        "key id of the issuer (AKI)", "発行者の鍵 ID (authorityKeyIdentifier)"
    ),
    "renewal.item-key": Text("key", "鍵"),
    "renewal.item-signature-hash": Text("signature hash", "署名のハッシュ"),
    "renewal.item-valid-from": Text("valid from", "有効期間の開始"),
    "renewal.item-valid-until": Text("valid until", "有効期限"),
    "renewal.passes": Text("kept", "適合"),
    "renewal.fails": Text("BROKEN", "不適合"),
    "renewal.unjudged": Text("not judged", "未判定"),
    "renewal.heading-give": Text("TO HAVE IT JUDGED", "判定に必要なもの"),
    "renewal.give-request": Text("`--csr FILE`", "`--csr FILE`"),
    "renewal.give-topology": Text("`--topology FILE`", "`--topology FILE`"),
    "renewal.give-file": Text("NEW as a file", "NEW をファイルで指定"),
    "renewal.give-chain": Text("`--pool` with the CA certificates", "`--pool` で CA 証明書を指定"),
    "renewal.give-above": Text(
        "`--pool` with the CA certificates (the leaf keeps it)",
        "`--pool` で CA 証明書を指定 (リーフは適合)",
    ),
    "renewal.give-trust": Text(
        "`warifu check --anchors FILE NEW`",
        "`warifu check --anchors FILE NEW`",
    ),
    "renewal.give-crl": Text("`warifu check --crl FILE NEW`", "`warifu check --crl FILE NEW`"),
    "renewal.give-ocsp": Text("`warifu check --ocsp FILE NEW`", "`warifu check --ocsp FILE NEW`"),
    "renewal.topology-alone": Text(
        "--topology says what a target asks for: name the target with --profile.",
        "--topology は対象製品が求める名前を示すものです。対象製品を --profile で指定してください。",
    ),
    "renewal.judged-by": Text("Rules of {profile}:", "{profile} の規則:"),
    "renewal.peers-nothing": Text(
        "Peers must trust nothing new first: the issuer is the same.",
        "相手側で先に信頼するものはありません。発行者は同じです。",
    ),
    "renewal.peers-first": Text(
        "Peers must trust these certificates before it is installed:",
        "インストールの前に、相手側で次の証明書を信頼する必要があります:",
    ),
    "renewal.peers-unknown": Text(
        "What peers must trust first cannot be told: give the CA's certificates with --pool.",
        "相手側で先に信頼すべきものが分かりません。CA の証明書を --pool で指定してください。",
    ),
    "renewal.fact-subject": Text("subject: {value}", "サブジェクト: {value}"),
    "renewal.fact-names": Text("names: {value}", "名前: {value}"),
    "renewal.fact-bare-names": Text("names for a form: {value}", "入力欄用の名前: {value}"),
    "renewal.fact-purposes": Text("extended key usage: {value}", "拡張鍵用途: {value}"),
    "renewal.fact-key": Text("key: {value}", "鍵: {value}"),
    "renewal.forecast-fine": Text(
        "{subject}: no renewal from {issuer} that is foreseen breaks {profile}.",
        "{subject}: {issuer} からの今後の更新で {profile} が使えなくなる予測はありません。",
    ),
    "renewal.forecast-by": Text(
        "{subject}: rules of {issuer} (revision {revision}, {source}); target {profile}; renewed {before} days before the end.",
        "{subject}: {issuer} の規則 (改訂 {revision}、{source})、対象製品 {profile}、期限の {before} 日前に更新。",
    ),
}
