"""Findings about renewals: the new certificate beside the old one, requests before they are made, what is to come."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry, in_profile
from warifu.domain.findings.text import Text

_FORM = in_profile()
_ISSUE_AGAIN = Text(
    "Do not install it. Make a request with everything the old one had (`warifu renewal csr OLD`) and have that signed; "
    "many CAs take names and purposes from their own order form, not from the request. In an estate, a loss that is meant "
    "is accepted by name: `warifu request accept`.",
    "インストールしないでください。古い証明書の内容をすべて含む証明書要求を作り (`warifu renewal csr OLD`)、署名を受けてください。"
    "名前や用途を、証明書要求からではなく CA 自身の注文フォームから取る CA も多くあります。管理対象環境では、意図した不足を `warifu request accept` で個別に承認できます。",
)
_WAYS_OUT = Text(
    "Ways out: (1) a private CA that gives both purposes, its root spread to every peer first; (2) split the identity: the "
    "server certificate from this issuer, a client certificate from a private CA, on a release that takes two ({good}). "
    "Last instant at which a renewal still gains time: {last}.",
    "選択肢: (1) 両方の用途を付けられるプライベート CA に移り、先に相手側すべてへルートを配布します。(2) 証明書と鍵を分ける: "
    "サーバー証明書はこの発行者、クライアント証明書はプライベート CA とし、2 枚に対応するリリースを使います (対応するリリース: {good})。"
    "更新で時間を稼げる期限: {last}。",
)
_WAY_OUT = Text(
    "Way out: a private CA that gives both purposes, its root spread to every peer first. Last instant at which a renewal "
    "still gains time: {last}.",
    "選択肢: 両方の用途を付けられるプライベート CA に移り、先に相手側すべてへルートを配布します。更新で時間を稼げる期限: {last}。",
)
"""Where no release of the target is known that takes two certificates."""

ENTRIES: Mapping[Code, Entry] = {
    Code.RENEWAL_IS_THE_OLD: Entry(
        title=Text(
            "The new certificate is the old one ({who}, until {not_after}): the same bytes.",
            "新しい証明書は古い証明書そのものです ({who}、有効期限 {not_after})。",
        ),
        clause="",
        remedy=Text(
            "Look for the file that the CA sent; compare dates before you upload it.",
            "CA から届いたファイルを確かめ、アップロードの前に有効期間を比べてください。",
        ),
    ),
    Code.RENEWAL_NAMES_LOST: Entry(
        title=Text(
            "{who} lacks names that the old certificate has: {missing}.",
            "{who} に、古い証明書にあった名前がありません: {missing}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=_ISSUE_AGAIN,
    ),
    Code.RENEWAL_LOSS_ACCEPTED: Entry(
        title=Text(
            "{who} lacks {missing} on purpose: accepted by {by}.",
            "{who} に {missing} がないことは意図したものです (承認者: {by})。",
        ),
        clause="",
        remedy=Text(
            "Nothing, if that is so. `warifu request show REQUEST` tells who accepted it, when and why.",
            "そのとおりであれば対応は不要です。承認者、日時、理由は `warifu request show REQUEST` で確認できます。",
        ),
    ),
    Code.RENEWAL_REQUEST_NAMES_LOST: Entry(
        title=Text(
            "{who} lacks names that its request asks for: {missing}.",
            "{who} に、証明書要求に書かれた名前がありません: {missing}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=Text(
            "Ask the CA for every name of the request; its template may take names from elsewhere.",
            "証明書要求のすべての名前を CA に求めてください。CA のテンプレートが別の所から名前を取っていることがあります。",
        ),
    ),
    Code.RENEWAL_PURPOSES_LOST: Entry(
        title=Text(
            "{who} lacks extended key usages that the old certificate has: {missing} (it has: {purposes}).",
            "{who} に、古い証明書にあった拡張鍵用途がありません: {missing} (現在: {purposes})。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=Text(
            "Have it issued with both server and client authentication where peers verify it as a client. Public CAs end "
            "clientAuth: a private CA, or two certificates. `warifu renewal forecast FILE` tells until when.",
            "クライアントとしても検証される場合は、サーバー認証とクライアント認証の両方を付けて発行してください。パブリック CA は "
            "clientAuth を終了します。プライベート CA に移るか、2 枚に分けてください。期限は `warifu renewal forecast FILE` で分かります。",
        ),
    ),
    Code.RENEWAL_USAGE_LOST: Entry(
        title=Text(
            "{who} lacks key usages that the old certificate has: {missing} (it has: {key_usage}).",
            "{who} に、古い証明書にあった鍵用途がありません: {missing} (現在: {key_usage})。",
        ),
        clause="RFC 5280 §4.2.1.3, RFC 8813 §3",
        remedy=_ISSUE_AGAIN,
    ),
    Code.RENEWAL_ENDS_EARLIER: Entry(
        title=Text(
            "{who} ends at {not_after}, before the certificate that it replaces ({before}).",
            "{who} の有効期限 {not_after} は、置き換える証明書の有効期限 ({before}) より前です。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=Text(
            "Check that it is the right file; an issuing CA near its own end gives short certificates: renew that one first.",
            "正しいファイルか確かめてください。発行 CA の期限が近いと短い証明書になります。その場合は先に CA を更新してください。",
        ),
    ),
    Code.RENEWAL_KEY_REUSED: Entry(
        title=Text(
            "{who} has the key of the old certificate ({key}, in use since {since}).",
            "{who} は古い証明書と同じ鍵です ({key}、使用開始 {since})。",
        ),
        clause="NIST SP 800-57 part 1 §5.3",
        remedy=Text(
            "Make a new key with each renewal: `warifu renewal csr OLD`. Where a peer pins the key, keep it on purpose: "
            "`--key-reuse allow`.",
            "更新のたびに新しい鍵を作ってください: `warifu renewal csr OLD`。相手側が鍵をピン留めしている場合だけ、"
            "`--key-reuse allow` で意図して使い続けます。",
        ),
    ),
    Code.RENEWAL_KEY_SMALLER: Entry(
        title=Text(
            "{who} has a smaller key ({key}) than the old certificate ({before}).",
            "{who} の鍵 ({key}) は、古い証明書の鍵 ({before}) より小さくなっています。",
        ),
        clause="RFC 9325 §4.5",
        remedy=Text(
            "Name the size in the request: `warifu renewal csr OLD --key rsa-3072`.",
            "証明書要求で大きさを指定してください: `warifu renewal csr OLD --key rsa-3072`。",
        ),
    ),
    Code.RENEWAL_KEY_KIND_CHANGED: Entry(
        title=Text(
            "{who} has a key of another kind ({key}) than the old certificate ({before}).",
            "{who} の鍵の種類 ({key}) は、古い証明書 ({before}) と異なります。",
        ),
        clause="RFC 5280 §4.1.2.7",
        remedy=Text(
            "Nothing, if every peer knows this kind; old clients and appliances know RSA alone.",
            "すべての相手側がこの種類に対応していれば問題ありません。古いクライアントや機器は RSA にしか対応しません。",
        ),
    ),
    Code.RENEWAL_HASH_SHORTER: Entry(
        title=Text(
            "{who} was signed with {hash}; the old certificate with {before}.",
            "{who} の署名は {hash} です。古い証明書は {before} でした。",
        ),
        clause="RFC 9325 §4.1",
        remedy=Text(
            "Ask the CA for SHA-256 or longer, if this one is shorter.",
            "SHA-256 より短い場合は、SHA-256 以上を CA に求めてください。",
        ),
    ),
    Code.RENEWAL_SUBJECT_DIFFERS: Entry(
        title=Text(
            "The subject is {got}; the old certificate has {before}.",
            "サブジェクトは {got} です。古い証明書は {before} でした。",
        ),
        clause="RFC 5280 §4.1.2.6",
        remedy=Text(
            "Check who compares subjects: databases that map them to users, allow lists, pins.",
            "サブジェクトを比べる相手 (ユーザーに対応付けるデータベース、許可リスト、ピン留め) を確かめてください。",
        ),
    ),
    Code.RENEWAL_PURPOSES_NARROWED: Entry(
        title=Text(
            "{who} names its extended key usages ({purposes}); the old certificate named none, which stands for all.",
            "{who} には拡張鍵用途 ({purposes}) があります。古い証明書には指定がなく、すべての用途に使えました。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=Text(
            "Make sure that it is used for nothing else, as a client for instance.",
            "クライアントとしての利用など、ほかの用途がないことを確かめてください。",
        ),
    ),
    Code.RENEWAL_PURPOSES_UNSTATED: Entry(
        title=Text(
            "{who} names no extended key usage; the old certificate named {purposes}.",
            "{who} には拡張鍵用途の指定がありません。古い証明書には {purposes} がありました。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=_ISSUE_AGAIN,
    ),
    Code.RENEWAL_NAMES_GAINED: Entry(
        title=Text(
            "{who} has names that the old certificate lacks: {extra}.",
            "{who} には、古い証明書になかった名前があります: {extra}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=Text(
            "Nothing, if they were asked for.",
            "求めた名前であれば、対応は不要です。",
        ),
    ),
    Code.RENEWAL_PURPOSES_GAINED: Entry(
        title=Text(
            "{who} has extended key usages that the old certificate lacks: {extra}.",
            "{who} には、古い証明書になかった拡張鍵用途があります: {extra}。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=Text(
            "Nothing, if they were asked for.",
            "求めた用途であれば、対応は不要です。",
        ),
    ),
    Code.ISSUER_CHANGED: Entry(
        title=Text(
            "Another CA signed {who}: {issuer} (the old certificate: {before}; told by {basis}). Peers must trust first: {wanted}.",
            "{who} は別の CA が署名しています: {issuer} (古い証明書: {before}、判断の根拠: {basis})。"
            "先に相手側で信頼する証明書: {wanted}。",
        ),
        clause="RFC 5280 §4.2.1.1, §6.1",
        remedy=Text(
            "Before installing it, put the certificates of the CA that signed it into the trust store of every peer: "
            "`warifu plan add-anchor CA.pem`.",
            "インストールの前に、署名した CA の証明書をすべての相手側のトラスト ストアに入れてください: `warifu plan add-anchor CA.pem`。",
        ),
    ),
    Code.ISSUER_ROOT_CHANGED: Entry(
        title=Text(
            "The same CA signed {who} ({issuer}), and another root stands above that CA now: what is sent does not verify "
            "under {before}. Peers must trust first: {wanted}.",
            "{who} に署名した CA ({issuer}) は同じですが、その上のルートが変わっています。送信するチェーンは {before} "
            "では検証できません。先に相手側で信頼する証明書: {wanted}。",
        ),
        clause="RFC 5280 §6.1, RFC 4158 §1.4",
        remedy=Text(
            "Put the new root into the trust store of every peer first (`warifu plan add-anchor CA.pem`), or send the CA's "
            "certificate from {before} as before.",
            "先に新しいルートをすべての相手側のトラスト ストアに入れてください (`warifu plan add-anchor CA.pem`)。"
            "または、これまでどおり {before} が発行した CA 証明書を送信してください。",
        ),
    ),
    Code.ISSUER_CHANGE_UNKNOWN: Entry(
        title=Text(
            "Whether the same CA signed {who} cannot be told: the name is equal ({issuer}), a key id is missing, and no "
            "certificate of it is at hand.",
            "{who} に署名した CA が同じかどうか判断できません。名前 ({issuer}) は同じですが、鍵 ID がなく、CA の証明書もありません。",
        ),
        clause="RFC 5280 §4.2.1.1",
        remedy=Text(
            "Give the certificates of the CA, old and new: `--pool FILE|DIR`. Until then take it for another CA.",
            "新旧の CA 証明書を `--pool FILE|DIR` で指定してください。それまでは別の CA として扱います。",
        ),
    ),
    Code.ISSUER_NAME_REUSED: Entry(
        title=Text(
            "Two CAs have the name {issuer} and different keys: what compares names sees no change in {who}.",
            "名前が {issuer} で鍵の異なる CA が 2 つあります。名前だけを比べる製品には {who} の違いが見えません。",
        ),
        clause="RFC 5280 §4.2.1.1, RFC 4158 §3.5.12",
        remedy=Text(
            "Tell them apart by key id or fingerprint. A peer with the old CA alone refuses the new certificate although "
            "issued-to and issued-by read the same.",
            "鍵 ID かフィンガープリントで区別してください。古い CA しか持たない相手側は、発行先と発行者の表示が同じでも新しい証明書を拒否します。",
        ),
    ),
    Code.ISSUER_NOT_AT_HAND: Entry(
        title=Text(
            "The chain ends at {who}: its issuer {issuer} (key id {key_id}) is not among the certificates given.",
            "チェーンは {who} で途切れています。発行者 {issuer} (鍵 ID {key_id}) が指定された証明書の中にありません。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Get the certificate of {issuer} from the CA and give it: `--pool FILE|DIR`.",
            "{issuer} の証明書を CA から入手し、`--pool FILE|DIR` で指定してください。",
        ),
    ),
    Code.ISSUER_REISSUED: Entry(
        title=Text(
            "{issuer} has {times:certificate|certificates} of one key; {good} ends last.",
            "{issuer} には同じ鍵の証明書が {times} 枚あります。有効期限が最も遅いのは {good} です。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Peers with an older one go on trusting until it ends; give them the newer one before that day.",
            "古い証明書を持つ相手側も、その期限までは信頼し続けます。期限の前に新しい証明書を配布してください。",
        ),
    ),
    Code.ISSUER_UNCHANGED: Entry(
        title=Text(
            "The same CA signed {who}: {issuer} (told by {basis}). Steps that spread trust are skipped for this reason.",
            "{who} に署名した CA は同じです: {issuer} (判断の根拠: {basis})。このため、信頼を配布する手順は省きます。",
        ),
        clause="RFC 5280 §4.2.1.1",
        remedy=Text(
            "Nothing: no peer needs another CA for it.",
            "この点での対応は不要です (相手側への CA の配布は必要ありません)。",
        ),
    ),
    Code.REQUEST_FIELD_MISSING: Entry(
        title=Text(
            "The subject of the request {subject} lacks {missing}, which the target's form must have.",
            "証明書要求 {subject} のサブジェクトに、この対象製品の必須項目 {missing} がありません。",
        ),
        clause=_FORM,
        remedy=Text(
            "Give the whole subject: `--subject 'CN=...,OU=...,O=...,L=...,ST=...,C=..'` (an e-mail address as "
            "`emailAddress=...`), or `[subject]` of the topology file.",
            "サブジェクト全体を指定してください: `--subject 'CN=...,OU=...,O=...,L=...,ST=...,C=..'` (メール アドレスは "
            "`emailAddress=...`)、またはトポロジー ファイルの `[subject]`。",
        ),
    ),
    Code.REQUEST_FIELD_UNFIT: Entry(
        title=Text(
            "The target does not take {found} as {missing} of the request {subject}.",
            "証明書要求 {subject} の {missing} に {found} は使えません。",
        ),
        clause=_FORM,
        remedy=Text(
            "Write an address such as admin@example.com.", "admin@example.com のように書いてください。"
        ),
    ),
    Code.REQUEST_NAMES_TOO_MANY: Entry(
        title=Text(
            "The request {subject} has {found:name|names}; the target's form takes {limit} at most.",
            "証明書要求 {subject} の名前は {found} 個です。この対象製品のフォームでは {limit} 個までです。",
        ),
        clause=_FORM,
        remedy=Text(
            "Leave out names that nobody asks for, or make the key and request elsewhere where the target allows it.",
            "使われていない名前を除くか、対象製品が許せば鍵と証明書要求を別の場所で作ってください。",
        ),
    ),
    Code.REQUEST_NAME_UNFIT: Entry(
        title=Text(
            "{name} is {found} characters long; the target's form takes {limit} at most.",
            "{name} は {found} 文字です。この対象製品のフォームでは {limit} 文字までです。",
        ),
        clause=_FORM,
        remedy=Text("Use a shorter name.", "短い名前を使ってください。"),
    ),
    Code.REQUEST_LABEL_TOO_SHORT: Entry(
        title=Text(
            "The last part of {name} has {found} characters; the target's form wants {least} at least.",
            "{name} の最後のラベルは {found} 文字です。この対象製品のフォームでは {least} 文字以上が必要です。",
        ),
        clause=_FORM,
        remedy=Text("Use the full DNS name.", "完全修飾ドメイン名 (FQDN) を使ってください。"),
    ),
    Code.REQUEST_NAMES_NOT_CARRIED: Entry(
        title=Text(
            "Names of these kinds are not put into requests here: {names}.",
            "次の種類の名前は、ここで作る証明書要求に入りません: {names}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=Text(
            "Ask the CA for them, or make the request with openssl.",
            "CA に直接求めるか、openssl で証明書要求を作ってください。",
        ),
    ),
    Code.REQUEST_NAME_REPEATED: Entry(
        title=Text(
            "Names that were said more than once stand in the request once: {names}.",
            "重複していた名前は、証明書要求に一度だけ入ります: {names}。",
        ),
        clause="RFC 5280 §4.2.1.6",
        remedy=Text(
            "Nothing: case and order do not count.", "対応は不要です。大文字と小文字、順序は区別しません。"
        ),
    ),
    Code.FORECAST_PURPOSE_ENDS: Entry(
        title=Text(
            "The renewal of {who} from {issuer} due on {on} (number {renewal} from now) will break {target}: from {since} on "
            "this issuer gives no {purpose}, which the target needs ({document}).",
            "{on} に予定される {issuer} からの {who} の更新 (今から {renewal} 回目) で {target} が使えなくなります。"
            "この発行者は {since} 以降、対象製品に必要な {purpose} を付けません ({document})。",
        ),
        clause="",
        remedy=_WAYS_OUT,
        otherwise={("good", "-"): _WAY_OUT},
    ),
    Code.FORECAST_PURPOSE_REFUSED: Entry(
        title=Text(
            "The renewal of {who} from {issuer} due on {on} (number {renewal} from now) will break {target}: certificates "
            "issued from {since} on may not carry {purpose} there ({document}).",
            "{on} に予定される {issuer} からの {who} の更新 (今から {renewal} 回目) で {target} が使えなくなります。"
            "{since} 以降に発行される証明書は {purpose} を持てません ({document})。",
        ),
        clause="",
        remedy=Text(
            "Have it issued without {purpose} from then on, and give clients a certificate of their own from a private CA.",
            "それ以降は {purpose} を付けずに発行し、クライアントにはプライベート CA から別の証明書を発行してください。",
        ),
    ),
    Code.FORECAST_LIFETIME_REFUSED: Entry(
        title=Text(
            "The renewal of {who} from {issuer} due on {on} (number {renewal} from now) will break {target} if it lasts "
            "{found} days again: from {since} on the target takes {limit:day|days} at most ({document}).",
            "{on} に予定される {issuer} からの {who} の更新 (今から {renewal} 回目) は、再び {found} 日とすると {target} に拒否されます。"
            "{since} 以降の上限は {limit} 日です ({document})。",
        ),
        clause="",
        remedy=Text(
            "Ask for {limit} days or less from then on, and renew by a program.",
            "それ以降は {limit} 日以下で発行し、更新を自動化してください。",
        ),
    ),
    Code.FORECAST_LIFETIME_SHORTER: Entry(
        title=Text(
            "From {since} on {issuer} gives {limit:day|days} at most, {before} before that ({document}). {who} lasts "
            "{found:day|days}; what is renewed on {on} is the first to last less. It is renewed {lead} days before its end.",
            "{since} 以降、{issuer} の有効期間は最長 {limit} 日になります (それまでは {before} 日、{document})。"
            "{who} の有効期間は {found} 日で、{on} の更新から短くなります。更新は期限の {lead} 日前に行われます。",
        ),
        titles={
            ("before", "-"): Text(
                "From {since} on {issuer} gives {limit:day|days} at most ({document}). {who} lasts {found:day|days}; what is "
                "renewed on {on} is the first to last less. It is renewed {lead} days before its end.",
                "{since} 以降、{issuer} の有効期間は最長 {limit} 日です ({document})。"
                "{who} の有効期間は {found} 日で、{on} の更新から短くなります。更新は期限の {lead} 日前に行われます。",
            )
        },
        clause="",
        remedy=Text(
            "Renew by a program, and begin less than {limit} days before the end.",
            "更新を自動化し、更新を始める時期は、期限前 {limit} 日未満に設定してください。",
        ),
    ),
}
