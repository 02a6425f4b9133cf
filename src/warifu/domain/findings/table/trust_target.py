"""Findings about what a target wants beyond path validation: `domain.trust.rules.target`, `file_form`, `stored`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import OF_TEMPLATE, Entry, in_profile
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.REQUEST_KEY_DIFFERS: Entry(
        title=Text(
            "{who} does not answer the request of this target ({request}): its public key is another one.",
            "{who} はこの対象製品の証明書要求 ({request}) に対する証明書ではありません。公開鍵が異なります。",
        ),
        clause=in_profile("RFC 2986 §3"),
        remedy=Text(
            "Have a certificate issued for the request that is pending on this very target, and upload that one. "
            "Was the request discarded or made again since? Then its key is gone: make a new request.",
            "この対象製品で保留中の証明書要求に対して証明書を発行し、それをアップロードしてください。"
            "証明書要求を破棄または再作成した場合、以前の鍵は失われています。新しい証明書要求を作成してください。",
        ),
    ),
    Code.REQUEST_SIGNATURE_WEAK: Entry(
        title=Text(
            "{who}: the request is signed with {hash}, which no longer protects; its signature is right, but CAs refuse it.",
            "{who}: 証明書要求の署名に使われた {hash} は、もう安全ではありません。署名は正しいものの、CA は受け付けません。",
        ),
        clause=in_profile("RFC 2986 §4.2; RFC 9155 §2"),
        remedy=Text(
            "Make the request again with the same key and SHA-256 (`openssl req -new -sha256 -key KEY -config CONF`), or a new "
            "one from the certificate it renews: `warifu renewal csr OLD.pem`.",
            "同じ鍵と SHA-256 で証明書要求を作り直すか (`openssl req -new -sha256 -key KEY -config CONF`)、"
            "更新する証明書から新しく作ってください (`warifu renewal csr OLD.pem`)。",
        ),
    ),
    Code.NOT_BASE64: Entry(
        title=Text(
            "The file of {who} is {found}; the target reads Base64 text alone (PEM).",
            "{who} のファイルは {found} です。この対象製品は Base64 テキスト (PEM) だけを読み取ります。",
        ),
        clause=in_profile("RFC 7468 §5.1"),
        remedy=Text(
            "Write it as Base64: `warifu pack FILE --for PROFILE --out FILE.pem`, or choose Base-64 when exporting from the CA.",
            "Base64 で書き出してください: `warifu pack FILE --for PROFILE --out FILE.pem`。CA からのエクスポートでは Base-64 を選びます。",
        ),
    ),
    Code.FILE_HOLDS_MORE: Entry(
        title=Text(
            "The file holds {found:certificate|certificates}; the target takes {who} alone.",
            "ファイルに証明書が {found} 枚あります。この対象製品は {who} だけを受け付けます。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Write the leaf by itself: `warifu pack FILE --form leaf --out LEAF.pem`; its issuers go to the trust store.",
            "リーフだけを書き出してください: `warifu pack FILE --form leaf --out LEAF.pem`。"
            "発行者の証明書はトラスト ストアに入れます。",
        ),
    ),
    Code.ROOT_NOT_SENT: Entry(
        title=Text(
            "The file of {who} does not hold the root {root}, which the target wants in it.",
            "{who} のファイルに、この対象製品が必要とするルート {root} がありません。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Append the root: `warifu pack FILE --form chain-with-root --pool ROOT.pem --out CHAIN.pem`.",
            "ルートを加えてください: `warifu pack FILE --form chain-with-root --pool ROOT.pem --out CHAIN.pem`。",
        ),
    ),
    Code.KEY_USAGE_INCOMPLETE: Entry(
        title=Text(
            "{who} lacks the key usage {missing}, which the target demands (it has: {key_usage}; key: {key}).",
            "{who} に、この対象製品が求める鍵用途 {missing} がありません (現在: {key_usage}、鍵: {key})。",
        ),
        clause=in_profile("RFC 5280 §4.2.1.3"),
        remedy=Text(
            "Enable {missing} in the CA's certificate template and issue it again. keyEncipherment does not apply to EC "
            "keys and CAs leave it out there: request with an RSA key of at least 2048 bits.",
            "CA の証明書テンプレートで {missing} を有効にし、再発行してください。keyEncipherment は EC 鍵には適用されず、"
            "CA も付けません。2048 ビット以上の RSA 鍵で証明書要求を作ってください。",
        ),
        where_known=OF_TEMPLATE,
    ),
    Code.COMMON_NAME_MISSING: Entry(
        title=Text(
            "{who} has no commonName in its subject; the target wants one.",
            "{who} のサブジェクトにコモン ネームがありません。この対象製品では必須です。",
        ),
        clause=in_profile(),
        otherwise={
            ("ca", True): Text(
                "Issue the CA's certificate again, with the same key and a commonName in its subject "
                "(`CN=Example Issuing CA`); what it signed names its issuer and has to be issued again, too.",
                "CA の証明書を、同じ鍵のまま、サブジェクトにコモン ネーム (`CN=Example Issuing CA`) を付けて再発行してください。"
                "この CA が署名した証明書には発行者の名前が入っているため、それらも再発行が必要です。",
            )
        },
        remedy=Text(
            "Issue it again with the host's full name as commonName (`CN=host.example`) beside the subjectAltName.",
            "サブジェクト代替名 (subjectAltName) に加え、ホストの完全修飾ドメイン名 (FQDN) をコモン ネーム (`CN=host.example`) として再発行してください。",
        ),
    ),
    Code.WILDCARD_REFUSED: Entry(
        title=Text(
            "{who} carries the wildcard {pattern}; the target takes none.",
            "{who} にワイルドカード {pattern} があります。この対象製品では使えません。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Issue it again with each host's full name in place of {pattern}.",
            "{pattern} の代わりに各ホストの完全修飾ドメイン名 (FQDN) を並べて再発行してください。",
        ),
    ),
    Code.CHAIN_TOO_DEEP: Entry(
        title=Text(
            "The chain of {who} has {found:certificate|certificates}; the target takes {limit} at most.",
            "{who} のチェーンには証明書が {found} 枚あります。この対象製品では {limit} 枚までです。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Issue the leaf from a CA nearer to the root, or leave out what does not belong to the chain.",
            "ルートに近い CA からリーフを発行するか、チェーンに属さない証明書を除いてください。",
        ),
    ),
    Code.KEY_KIND_UNFIT: Entry(
        title=Text(
            "The key of {who} is {key}; the target takes {wanted}.",
            "{who} の鍵は {key} です。この対象製品で使えるのは {wanted} です。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Make a request with such a key and have it certified: `warifu renewal csr OLD.pem --key rsa-2048`.",
            "その種類の鍵で証明書要求を作り (`warifu renewal csr OLD.pem --key rsa-2048`)、CA から証明書の発行を受けてください。",
        ),
    ),
    Code.SIGNATURE_KIND_UNFIT: Entry(
        title=Text(
            "{who} is signed with {scheme}; the target takes {wanted}.",
            "{who} の署名方式は {scheme} です。この対象製品で使えるのは {wanted} です。",
        ),
        clause=in_profile("RFC 4055 §3 (RSASSA-PSS), §5"),
        remedy=Text(
            "Have it issued again by a CA that signs with {wanted}. AD CS: a CA set up with `AlternateSignatureAlgorithm=1` "
            "signs with RSASSA-PSS; `certutil -setreg CA\\csp\\AlternateSignatureAlgorithm 0`, restart it, and renew its own "
            "certificate as well if that is the one named here.",
            "{wanted} で署名する CA から再発行してください。AD CS では、`AlternateSignatureAlgorithm=1` で構成した CA は "
            "RSASSA-PSS で署名します。`certutil -setreg CA\\csp\\AlternateSignatureAlgorithm 0` を実行して CA を再起動し、"
            "ここに示されたのが CA 自身の証明書ならそれも更新してください。",
        ),
    ),
    Code.DNS_NAME_MISSING: Entry(
        title=Text(
            "{who} carries no DNS name; the target wants its full host name in the subjectAltName (it has: {names}).",
            "{who} に DNS 名がありません。この対象製品ではサブジェクト代替名 (subjectAltName) に完全修飾ドメイン名 (FQDN) が必要です "
            "(現在: {names})。",
        ),
        clause=in_profile("RFC 5280 §4.2.1.6"),
        remedy=Text(
            "Issue it again with `subjectAltName = DNS:host.example`, the host's full name; an address may stand beside it.",
            "ホストの完全修飾ドメイン名 (FQDN) を `subjectAltName = DNS:host.example` として付けて再発行してください。"
            "IP アドレスを併記することもできます。",
        ),
    ),
    Code.NAMES_TOO_MANY: Entry(
        title=Text(
            "{who} carries {found:name|names}; the target takes {limit} at most.",
            "{who} の名前は {found} 個です。この対象製品では {limit} 個までです。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Leave out names that nobody asks for, or split the certificate in two.",
            "使われていない名前を除くか、証明書を 2 つに分けてください。",
        ),
    ),
    Code.NAMES_TOO_LONG: Entry(
        title=Text(
            "The names of {who} are {found} characters long together; the target has room for {limit}.",
            "{who} の名前は合わせて {found} 文字です。この対象製品の上限は {limit} 文字です。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Leave out names that nobody asks for, or split the certificate in two.",
            "使われていない名前を除くか、証明書を 2 つに分けてください。",
        ),
    ),
    Code.NAME_NOT_COVERED: Entry(
        title=Text(
            "{who} does not cover {name}, which the target answers to; it covers {names}.",
            "{who} は、この対象製品が名乗る {name} を含みません (含む名前: {names})。",
        ),
        clause=in_profile("RFC 9525 §6"),
        remedy=Text(
            "Make a request with every name of the topology and have it certified: "
            "`warifu renewal csr --topology FILE`.",
            "トポロジーのすべての名前を含む証明書要求を作り (`warifu renewal csr --topology FILE`)、CA から証明書の発行を受けてください。",
        ),
    ),
    Code.VALIDITY_TOO_LONG: Entry(
        title=Text(
            "{who} lasts {found:day|days}; for certificates issued since {since} the limit is {limit} ({source}).",
            "{who} の有効期間は {found} 日です。{since} 以降に発行されたものの上限は {limit} 日です ({source})。",
        ),
        clause=in_profile("CA/Browser Forum BR §6.3.2"),
        remedy=Text(
            "Issue it again for at most {limit:day|days}, and let the renewal run by itself.",
            "有効期間を {limit} 日以下にして再発行し、更新を自動化してください。",
        ),
    ),
    Code.PURPOSE_ENDED: Entry(
        title=Text(
            "{who} carries {purpose}; a public certificate issued since {since} may not ({source}).",
            "{who} に {purpose} があります。{since} 以降に発行されたパブリック証明書では認められません ({source})。",
        ),
        clause=in_profile("RFC 5280 §4.2.1.12"),
        remedy=Text(
            "Split the identity: a public certificate for the server, and one of a private CA for the client.",
            "証明書を分けてください。サーバー用はパブリック CA、クライアント用はプライベート CA から発行します。",
        ),
    ),
    Code.DIRECTORY_ATTRIBUTE_MISSING: Entry(
        title=Text(
            "{who} carries no attribute {missing} in the directoryName of its subjectAltName.",
            "{who} のサブジェクト代替名 (subjectAltName) の directoryName に属性 {missing} がありません。",
        ),
        clause="TCG EK Credential Profile for TPM 2.0, §3.1.2 and §3.2.9",
        remedy=Text(
            "Is it an endorsement key certificate at all? Read the TPM's own: `tpm2_getekcertificate`.",
            "EK 証明書かどうか確かめてください。TPM 自身のものは `tpm2_getekcertificate` で読み取れます。",
        ),
    ),
    Code.ANCHOR_NAME_TAKEN: Entry(
        title=Text(
            "Two self-signed certificates are named {name}; the target trusts only one of them, {who} or {also}.",
            "{name} という名前の自己署名証明書が 2 枚あります。この対象製品は {who} と {also} の一方しか信頼しません。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Give one of them another commonName and issue it again, or have both services certified by one CA.",
            "一方のコモン ネームを変えて再発行するか、両方のサービスの証明書を 1 つの CA から発行してください。",
        ),
    ),
    Code.ANCHOR_NAME_SHARED: Entry(
        title=Text(
            "{who} shares its commonName {name} with {also}; the target may take the wrong one.",
            "{who} のコモン ネーム {name} は {also} と同じです。この対象製品が誤った方を使うおそれがあります。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Keep one of them: remove the one that no certificate hangs from.",
            "一方だけを残し、どの証明書も依存していない方を取り除いてください。",
        ),
    ),
    Code.WEAK_ANCHOR_SIGNATURE: Entry(
        title=Text(
            "{who} is signed with {hash}; the target does not take such an anchor.",
            "{who} の署名は {hash} です。この対象製品はそのようなトラスト アンカーを受け付けません。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Publish the CA's newer certificate, signed with SHA-256 or better, and retire this one.",
            "SHA-256 以上で署名された新しい CA 証明書を公開し、これは外してください。",
        ),
    ),
    Code.CLOCK_SKEWED: Entry(
        title=Text(
            "The clock of {subject} says {now}, {skew} away from ours.",
            "{subject} の時計は {now} を示しており、こちらと {skew} ずれています。",
        ),
        titles={
            ("hint", "--target-clock"): Text(
                "The target's clock says {now} (`--target-clock`), {skew} away from ours.",
                "対象製品の時計は {now} を示しており (`--target-clock`)、こちらと {skew} ずれています。",
            )
        },
        clause="RFC 5280 §6.1.1 (b); RFC 9110 §6.6.1",
        remedy=Text(
            "Set the target's clock (NTP) before anything else: it judges validity by its own time.",
            "まず対象製品の時計を合わせてください (NTP)。有効期間は対象製品自身の時計で判定されます。",
        ),
    ),
    Code.ISSUERS_DIFFER: Entry(
        title=Text(
            "The issuers of {subject} differ: {mine} here, {theirs} there (the same on both sides: {same}).",
            "{subject} の発行者が異なります。一方は {mine}、他方は {theirs} です (共通: {same})。",
        ),
        clause=in_profile(),
        remedy=Text(
            "Have both certificates issued by one CA, through the same intermediates up to the same root, and upload "
            "both chains again. By path validation alone the pair may hold; this target asks for more.",
            "両方の証明書を同じ発行 CA (中間 CA からルートまで同じ) から発行し、両方のチェーンをアップロードし直してください。"
            "パス検証だけなら成立する組でも、この対象製品はそれ以上を求めます。",
        ),
    ),
    Code.ISSUERS_ALIKE: Entry(
        title=Text(
            "{subject}: both chains name the CA {issuer}, but its keys are different ones ({certificates}).",
            "{subject}: 両方のチェーンに CA {issuer} がありますが、鍵が異なります ({certificates})。",
        ),
        clause=in_profile("RFC 5280 §6.1.3 (a)(1)"),
        remedy=Text(
            "A comparison by name passes and the handshake fails all the same: have both certificates issued "
            "beneath one key, or let each side trust both.",
            "名前の比較では一致しますが、ハンドシェイクは失敗します。同じ鍵の CA から両方を発行するか、"
            "双方に両方の CA を信頼させてください。",
        ),
    ),
}
