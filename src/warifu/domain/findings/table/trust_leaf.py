"""Findings about one certificate: its dates, names, purposes, key and form."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import OF_TEMPLATE, Entry, reissue
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.EXPIRED: Entry(
        title=Text(
            "{who} expired at {not_after} (judged at {now}).",
            "{who} は {not_after} に期限切れになりました ({now} で判定)。",
        ),
        titles={
            ("reason", "last-second"): Text(
                "{who} is valid to the end of the second {not_after}, at which it is judged; {consumer} takes it for expired.",
                "{who} は判定日時 {not_after} のその秒の終わりまで有効ですが、{consumer} は期限切れとみなします。",
            )
        },
        clause="RFC 5280 §4.1.2.5, §6.1.3 (a)(2)",
        remedy=reissue(
            Text("Renew it.", "更新してください。"),
            Text(
                " In an estate a CA is replaced by `warifu plan replace-ca OLD.pem NEW.pem`.",
                "管理対象環境では CA の交換は `warifu plan replace-ca OLD.pem NEW.pem` です。",
            ),
        ),
    ),
    Code.NOT_YET_VALID: Entry(
        title=Text(
            "{who} is valid only from {not_before} (judged at {now}).",
            "{who} は {not_before} から有効です ({now} で判定)。",
        ),
        clause="RFC 5280 §4.1.2.5, §6.1.3 (a)(2)",
        remedy=Text(
            "Check the clock of the machine that judges; otherwise do not use it before {not_before}. "
            "One that ends before it begins is never valid: issue it again.",
            "判定するマシンの時計を確かめてください。正しければ {not_before} まで使わないでください。"
            "終了が開始より前の証明書は決して有効になりません。再発行してください。",
        ),
    ),
    Code.KEY_MISMATCH: Entry(
        title=Text(
            "The private key ({key}) does not belong to the certificate {who} ({certificate_key}).",
            "秘密鍵 ({key}) は証明書 {who} ({certificate_key}) のものではありません。",
        ),
        clause="RFC 8446 §4.4.3",
        remedy=reissue(
            Text(
                "Find the key its request was made with; compare `openssl pkey -in KEY -pubout` with "
                "`openssl x509 -in CERT -noout -pubkey`. Where it is lost, make a new one.",
                "証明書要求を作ったときの鍵を探してください。`openssl pkey -in KEY -pubout` と "
                "`openssl x509 -in CERT -noout -pubkey` を比べます。見つからなければ作り直してください。",
            )
        ),
    ),
    Code.LEAF_AS_ANCHOR: Entry(
        title=Text(
            "{who}: end-entity certificate used as trust anchor.",
            "{who}: サーバーやクライアント自身の証明書がトラスト アンカーとして使われています。",
        ),
        clause="RFC 5280 §6.1.1 (d), RFC 5914 §1",
        remedy=Text(
            "First put the CA that signs its successor into the trust store and switch the service to it; then remove this "
            "anchor. In an estate: `warifu plan add-anchor CA.pem`, then `warifu plan retire-anchor {subject}`.",
            "先に後継を署名する CA をトラスト ストアに入れてサービスを切り替え、それからこのトラスト アンカーを外してください。"
            "管理対象環境では `warifu plan add-anchor CA.pem`、続いて `warifu plan retire-anchor {subject}` です。",
        ),
    ),
    Code.NAME_MISMATCH: Entry(
        title=Text(
            "{who} does not carry the name {name}; it carries {names}.",
            "{who} には名前 {name} がありません。あるのは {names} です。",
        ),
        clause="RFC 9525 §6",
        remedy=Text(
            "Issue it with {name} in the subjectAltName, or connect by one of the names it carries.",
            "サブジェクト代替名 (subjectAltName) に {name} を入れて再発行するか、証明書にある名前で接続してください。",
        ),
    ),
    Code.NAMES_MISSING: Entry(
        title=Text(
            "{who} has no subjectAltName; most libraries no longer look at the common name.",
            "{who} にサブジェクト代替名 (subjectAltName) がありません。多くのライブラリはコモン ネームを見ません。",
        ),
        clause="RFC 9525 §6.3, RFC 2818 §3.1",
        remedy=Text(
            "Issue it again with `subjectAltName = DNS:host.example`.",
            "`subjectAltName = DNS:host.example` を付けて再発行してください。",
        ),
        otherwise={
            ("purpose", "clientAuth"): Text(
                "Where the server looks for the client's name in the subjectAltName, issue it again with it: "
                "`subjectAltName = email:user@client.example`, or `DNS:client.example` for a machine; a server that asks for "
                "the common name alone needs none.",
                "サーバーがクライアントの名前をサブジェクト代替名 (subjectAltName) で調べる場合は、"
                "`subjectAltName = email:user@client.example` (機器なら `DNS:client.example`) を付けて再発行してください。"
                "コモン ネームだけを調べるサーバーでは不要です。",
            )
        },
    ),
    Code.NAME_IN_COMMON_NAME_ONLY: Entry(
        title=Text(
            "{who} carries {name} in its common name only; most libraries no longer look there.",
            "{who} は {name} をコモン ネームにしか持ちません。多くのライブラリはこれを見ません。",
        ),
        clause="RFC 9525 §2, §6.3",
        remedy=Text(
            "Issue it again with `subjectAltName = DNS:{name}`.",
            "`subjectAltName = DNS:{name}` を付けて再発行してください。",
        ),
    ),
    Code.ADDRESS_AS_DNS_NAME: Entry(
        title=Text(
            "{who} carries the address {name} as a DNS name; clients look for an address among its IP addresses.",
            "{who} ではアドレス {name} が DNS 名として入っています。クライアントはアドレスを IP アドレスの中から探します。",
        ),
        clause="RFC 9525 §6.4; RFC 5280 §4.2.1.6",
        remedy=Text(
            "Issue it again with `subjectAltName = IP:{name}`, or connect by a host name it carries.",
            "`subjectAltName = IP:{name}` を付けて再発行するか、証明書にあるホスト名で接続してください。",
        ),
    ),
    Code.WILDCARD_UNFIT: Entry(
        title=Text(
            "{who} carries {pattern}, a wildcard that libraries do not match.",
            "{who} のワイルドカード {pattern} は、どの名前にも一致しません。",
        ),
        clause="RFC 9525 §6.3",
        remedy=Text(
            "Use `*.` in front of at least two labels, for example `*.shop.example`, or list the names.",
            "`*.shop.example` のように、2 つ以上のラベルの前に `*.` を置くか、名前を列挙してください。",
        ),
    ),
    Code.WILDCARD_TOO_WIDE: Entry(
        title=Text(
            "{who} carries {pattern}, which stands for names of many owners.",
            "{who} のワイルドカード {pattern} は、所有者の異なる多くの名前に一致します。",
        ),
        clause=Text(
            "CA/Browser Forum BR §3.2.2.6; RFC 9525 §7.1; Public Suffix List (a short part of it is known here)",
            "CA/Browser Forum BR §3.2.2.6、RFC 9525 §7.1、`publicsuffix.org` (ここではその一部だけを使用)",
        ),
        remedy=Text(
            "Have it issued again for a domain of your own: `*.NAME` beneath the suffix, or the names themselves.",
            "自分のドメインの `*.NAME` か、個々の名前で再発行してください。",
        ),
    ),
    Code.NAME_UNFIT: Entry(
        title=Text(
            "{who} carries the name {name}, which is not written as its kind asks; libraries differ in what they make of it.",
            "{who} の名前 {name} は、その種類の書き方に合っていません。扱いはライブラリによって異なります。",
        ),
        titles={
            ("name", "-"): Text(
                "{who} has a subjectAltName that holds no name at all; libraries differ in what they make of it.",
                "{who} のサブジェクト代替名 (subjectAltName) に名前が 1 つもありません。扱いはライブラリによって異なります。",
            )
        },
        otherwise={
            ("name", "-"): Text(
                "Have it issued again with the names of its host: `subjectAltName = DNS:host.example`.",
                "ホストの名前を `subjectAltName = DNS:host.example` として付けて再発行してください。",
            )
        },
        clause="RFC 5280 §4.2.1.6; RFC 1034 §3.5; RFC 1123 §2.1; RFC 3986 §3.1",
        remedy=Text(
            "Have it issued again: letters, digits and hyphens between dots in a DNS name, an address as `IP:`, "
            "one `@` in a mailbox.",
            "再発行してください。DNS 名はドットで区切った英数字とハイフン、IP アドレスは `IP:` を付け、"
            "メールボックスの `@` は 1 つです。",
        ),
    ),
    Code.NAME_NOT_PUBLIC: Entry(
        title=Text(
            "{who} carries {name}, which no public CA may certify: {reason}.",
            "{who} の {name} は、パブリック CA が証明してはならない名前です ({reason})。",
        ),
        clause="CA/Browser Forum BR §4.2.2, §7.1.2.7.12; RFC 6761, RFC 6762, RFC 6890",
        remedy=Text(
            "Use a name beneath a domain of your own that is registered in the public DNS; names and addresses inside a "
            "network alone are for a private CA.",
            "公開 DNS に登録した自分のドメインの名前を使ってください。ネットワーク内部だけの名前やアドレスには、"
            "プライベート CA の証明書を使います。",
        ),
    ),
    Code.COMMON_NAME_UNLISTED: Entry(
        title=Text(
            "{who} has the common name {name}, which is none of its names letter for letter ({names}).",
            "{who} のコモン ネーム {name} は、証明書の名前 ({names}) のどれとも一字一句同じではありません。",
        ),
        clause="CA/Browser Forum BR §7.1.4.3; RFC 9525 §2",
        remedy=Text(
            "Have it issued again with one of its names as common name, or with none.",
            "名前のどれかをコモン ネームにするか、コモン ネームなしで再発行してください。",
        ),
    ),
    Code.PURPOSE_UNSTATED: Entry(
        title=Text(
            "{who} does not say what it is for: it has no extKeyUsage.",
            "{who} には extKeyUsage がなく、用途が示されていません。",
        ),
        clause=Text(
            "CA/Browser Forum BR §7.1.2.7.6 (RFC 5280 §4.2.1.12 passes it)",
            "CA/Browser Forum BR §7.1.2.7.6 (RFC 5280 §4.2.1.12 では許容)",
        ),
        remedy=Text(
            "Have it issued again with `extendedKeyUsage = serverAuth`.",
            "`extendedKeyUsage = serverAuth` を付けて再発行してください。",
        ),
    ),
    Code.PURPOSE_UNFIT: Entry(
        title=Text(
            "{who} says that it is for {purposes}, which a certificate of its kind must not.",
            "{who} には、この種類の証明書が持ってはならない用途 {purposes} があります。",
        ),
        clause="CA/Browser Forum BR §7.1.2.1.2 (roots: none), §7.1.2.7.10 (leaves: serverAuth and clientAuth)",
        remedy=Text(
            "Have it issued again without {purposes}; use a certificate of its own for what else is signed.",
            "{purposes} を外して再発行し、ほかの署名には別の証明書を使ってください。",
        ),
    ),
    Code.PURPOSE_MISSING: Entry(
        title=Text(
            "{who} lacks the purpose {wanted}; its extKeyUsage: {purposes}.",
            "{who} の拡張鍵用途 ({purposes}) に {wanted} がありません。",
        ),
        clause="RFC 5280 §4.2.1.12",
        remedy=Text(
            "Issue it again with `extendedKeyUsage = {needed}`.",
            "`extendedKeyUsage = {needed}` を付けて再発行してください。",
        ),
        otherwise={
            ("wanted", "clientAuth"): Text(
                "Issue it again with `extendedKeyUsage = {needed}`. Public CAs are ending clientAuth: use a private CA for "
                "clients.",
                "`extendedKeyUsage = {needed}` を付けて再発行してください。パブリック CA は clientAuth 付きの発行を終了しつつあるため、"
                "クライアントにはプライベート CA を使ってください。",
            )
        },
        where_known=OF_TEMPLATE,
    ),
    Code.NETSCAPE_TYPE_UNFIT: Entry(
        title=Text(
            "{who} is for {types} by Netscape's certificate type, not for {wanted}: OpenSSL, NSS and Java refuse it.",
            "{who} の Netscape 証明書タイプは {types} で、{wanted} がありません。OpenSSL、NSS、Java は拒否します。",
        ),
        clause="openssl x509v3_config(5), Netscape Certificate Type; RFC 5280 §4.2.1.12",
        remedy=Text(
            "Issue it again without `nsCertType`; `extendedKeyUsage = {needed}` says the same today.",
            "`nsCertType` を付けずに再発行してください。現在は `extendedKeyUsage = {needed}` で同じことを指定します。",
        ),
    ),
    Code.ENCIPHERMENT_UNSTATED: Entry(
        title=Text(
            "{who} has an RSA key that may not encipher ({key_usage}): programs that verify with NSS refuse it as a server's.",
            "{who} の RSA 鍵の鍵用途 ({key_usage}) に keyEncipherment がありません。NSS で検証するプログラムは、"
            "サーバー証明書としての使用を拒否します。",
        ),
        clause=Text(
            "RFC 5280 §4.2.1.3 (passes it; TLS 1.3 enciphers nothing with it, RFC 8446 §4.4.2.2)",
            "RFC 5280 §4.2.1.3 (この規格では許容。TLS 1.3 では鍵による暗号化なし: RFC 8446 §4.4.2.2)",
        ),
        remedy=Text(
            "Where clients use NSS (curl and LDAP programs of some systems), issue it again with "
            "`keyUsage = critical, digitalSignature, keyEncipherment`; otherwise leave it.",
            "NSS を使うクライアント (一部のシステムの curl や LDAP のプログラムなど) があれば、`keyUsage = critical, digitalSignature, keyEncipherment` を付けて"
            "再発行してください。なければ、このままで構いません。",
        ),
        where_known=OF_TEMPLATE,
    ),
    Code.ENCIPHERMENT_UNFIT: Entry(
        title=Text(
            "The key usage of {who} names {usage}, which a key of its kind ({key}) must not carry: it cannot encipher.",
            "{who} の鍵用途に {usage} がありますが、この種類の鍵 ({key}) は暗号化に使えないため、付けてはなりません。",
        ),
        clause="RFC 8813 §3 (EC), RFC 9295 §3 (Ed25519, Ed448)",
        remedy=Text(
            "Nothing refuses it for that, as a rule. Leave {usage} out at the next issue; where a product demands it, "
            "make the request with an RSA key.",
            "通常、これだけで拒否されることはありません。次の発行では {usage} を外してください。製品が求める場合は、RSA 鍵で証明書要求を作ってください。",
        ),
        where_known=OF_TEMPLATE,
    ),
    Code.KEY_USAGE_UNFIT: Entry(
        title=Text(
            "The key usage of {who} is {key_usage}; a handshake with its key needs at least one of these: {wanted}.",
            "{who} の鍵用途は {key_usage} です。この鍵によるハンドシェイクには次のいずれかが必要です: {wanted}。",
        ),
        clause="RFC 5280 §4.2.1.3, RFC 8446 §4.4.2.2, RFC 5246 §7.4.2",
        remedy=Text(
            "Issue it again with `keyUsage = critical, digitalSignature`.",
            "`keyUsage = critical, digitalSignature` を付けて再発行してください。",
        ),
        where_known=OF_TEMPLATE,
    ),
    Code.CA_AS_LEAF: Entry(
        title=Text(
            "{who} is a CA certificate, but answers as a server or client itself.",
            "{who} は CA 証明書ですが、サーバーやクライアント自身の証明書として使われています。",
        ),
        clause="RFC 5280 §4.2.1.9; CA/Browser Forum BR §7.1.2.7",
        remedy=Text(
            "Have it sign a leaf with `basicConstraints = CA:FALSE`, and install that one.",
            "この CA で `basicConstraints = CA:FALSE` のリーフに署名し、それをインストールしてください。",
        ),
    ),
    Code.CRITICAL_EXTENSION_UNKNOWN: Entry(
        title=Text(
            "{who} has a critical extension {oid} that is not understood.",
            "{who} に理解できないクリティカル拡張 {oid} があります。",
        ),
        clause="RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)",
        remedy=Text(
            "Have it issued without extension {oid}, or with that extension not critical.",
            "拡張 {oid} を外すか、クリティカルでない形で再発行してください。",
        ),
        otherwise={
            ("oid", oid): Text(
                f"Have it issued without `{name}`, or use a library that processes policies: the standard wants this extension "
                "critical.",
                f"`{name}` を外して再発行するか、ポリシーを処理できるライブラリを使ってください。この拡張は、標準ではクリティカルでなければ"
                "なりません。",
            )
            for oid, name in (
                ("2.5.29.33", "policyMappings"),
                ("2.5.29.36", "policyConstraints"),
                ("2.5.29.54", "inhibitAnyPolicy"),
            )
        },
    ),
    Code.EXTENSION_UNREADABLE: Entry(
        title=Text(
            "{who}: its {part} cannot be read: {reason}.", "{who}: {part} を読み取れません ({reason})。"
        ),
        clause="RFC 5280 §4.1, §4.2",
        remedy=Text(
            "Have it issued again by a CA that encodes it rightly; see `openssl asn1parse -i -in CERT`.",
            "正しく符号化する CA で再発行してください。`openssl asn1parse -i -in CERT` で確かめられます。",
        ),
    ),
    Code.VERSION_UNFIT: Entry(
        title=Text(
            "{who} is an X.509 version {version} certificate; extensions need version 3.",
            "{who} は X.509 バージョン {version} の証明書です。拡張にはバージョン 3 が必要です。",
        ),
        clause="RFC 5280 §4.1.2.1",
        remedy=Text(
            "Issue it again as version 3 (`openssl x509 -req -extfile EXT ...`).",
            "バージョン 3 で再発行してください (`openssl x509 -req -extfile EXT ...`)。",
        ),
    ),
    Code.SERIAL_UNFIT: Entry(
        title=Text(
            "{who} has the serial number {serial}: it must be positive and fit into 20 octets.",
            "{who} のシリアル番号 {serial} は、20 オクテット以内の正の数でなければなりません。",
        ),
        clause="RFC 5280 §4.1.2.2",
        remedy=Text(
            "Have it issued again with a random positive serial number.",
            "正の乱数のシリアル番号で再発行してください。",
        ),
    ),
    Code.DATE_FORM_UNFIT: Entry(
        title=Text(
            "{who} writes a date before 2050 as GeneralizedTime; some libraries (cryptography) refuse it.",
            "{who} では 2050 年より前の日時が GeneralizedTime で書かれています。拒否するライブラリがあります (cryptography など)。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=Text(
            "Have it issued again by a CA that writes such dates as UTCTime.",
            "このような日時を UTCTime で書く CA で再発行してください。",
        ),
    ),
    Code.NAME_CHARACTER_UNFIT: Entry(
        title=Text(
            "{who}: its {part} has `{characters}` in a string of type {kind}, which has no such character; "
            "some libraries refuse it.",
            "{who}: {part} の {kind} 型の文字列に、この型では使えない文字 `{characters}` があります。"
            "拒否するライブラリがあります。",
        ),
        clause="RFC 5280 §4.1.2.4, X.680 §41.4",
        remedy=Text(
            "Have it issued again by a CA that writes such names as UTF8String; of a CA, what it signed too.",
            "このような名前を UTF8String で書く CA で再発行してください。CA 証明書なら、その CA が署名した証明書も再発行が必要です。",
        ),
    ),
    Code.WEAK_KEY: Entry(
        title=Text(
            "{who} has a key that is too weak: {key}.",
            "{who} の鍵 {key} は弱すぎます。",
        ),
        clause="RFC 9325 §4.5, NIST SP 800-57 part 1 §5.6.1",
        remedy=Text(
            "Make a new key (`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, or RSA of at least {least} bits) "
            "and have it certified.",
            "新しい鍵を作り (`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`、または {least} ビット以上の RSA)、"
            "CA から証明書の発行を受けてください。",
        ),
    ),
    Code.WEAK_SIGNATURE: Entry(
        title=Text(
            "{who} is signed with {hash}, which no longer protects.",
            "{who} の署名に使われた {hash} は、もう安全ではありません。",
        ),
        clause="RFC 9155 §2, RFC 9325 §4.1",
        remedy=Text(
            "Have the same request signed again with SHA-256: `openssl x509 -req -sha256 ...`.",
            "同じ証明書要求に SHA-256 で署名し直してください: `openssl x509 -req -sha256 ...`。",
        ),
    ),
}
