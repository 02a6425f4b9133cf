"""Findings about chains: what path validation and profiles refuse."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table import trust_form, trust_leaf, trust_revocation
from warifu.domain.findings.table.entry import Entry, reissue
from warifu.domain.findings.text import Text

_MANUALS = (
    "openssl-verification-options(1), X509_STORE_CTX_get_error(3); cryptography.io: X.509 Verification; "
    "GnuTLS: Verifying a certificate; NSS: SSL functions, error codes; Java: PKI Programmer's Guide"
)
_LOOK_UP = Text(
    "If none names the reason: run `openssl verify -show_chain -purpose sslserver -auth_level 2 -verify_hostname NAME "
    "-attime SECONDS -CAfile ANCHORS.pem -untrusted CHAIN.pem LEAF.pem` (seconds since 1970, `date -d TIME +%s`) and look the error up in `man X509_STORE_CTX_get_error`; of cryptography, "
    'read "Certificate Profile" in its page "X.509 Verification". Then issue the certificate it names again.',
    "理由にあたるものがなければ、`openssl verify -show_chain -purpose sslserver -auth_level 2 -verify_hostname NAME "
    "-attime SECONDS -CAfile ANCHORS.pem -untrusted CHAIN.pem LEAF.pem` (1970 年からの秒数、`date -d TIME +%s`) を実行して `man X509_STORE_CTX_get_error` でエラーを調べてください。"
    "cryptography なら文書 X.509 Verification の Certificate Profile を見てください。"
    "そのうえで、示された証明書を再発行してください。",
)

_INTO_THE_STORE: Mapping[tuple[str, object], Text] = {
    ("form", "leaf"): Text(
        "The file for this target holds the leaf alone: put the certificates of {issuer} and of the CAs above it into the "
        "target's trust store, and name them here as well: `cat intermediate.pem root.pem > trusted.pem`, `--anchors trusted.pem`.",
        "この対象製品のファイルに入れられるのはリーフだけです。{issuer} とその上位の CA の証明書を対象製品のトラスト ストアに入れ、"
        "ここでも指定してください: `cat intermediate.pem root.pem > trusted.pem`、`--anchors trusted.pem`。",
    )
}

_STAYS = Text(
    "Leave this one (SHA-256 {fingerprint}) in: without it, all that was issued beneath it is refused.",
    "このトラスト アンカー (SHA-256 {fingerprint}) は外さないでください。外すと、その下で発行された証明書がすべて拒否されます。",
)

_PATH: Mapping[Code, Entry] = {
    Code.SIGNATURE_WRONG: Entry(
        title=Text(
            "{who} names {issuer} as its issuer, but that key did not sign it (tried {issuer_fingerprint}).",
            "{who} は発行者を {issuer} としていますが、その鍵による署名ではありません ({issuer_fingerprint} で検証)。",
        ),
        clause="RFC 5280 §6.1.3 (a)(1)",
        remedy=Text(
            "Two CAs share a name, or the file was altered. Get the CA certificate whose key signed it, and send it as an "
            "intermediate or put it into the trust store of whoever verifies (in an estate: `warifu plan add-anchor CA.pem`).",
            "同名の CA が複数あるか、ファイルが書き換えられています。署名した鍵の CA 証明書を入手し、中間証明書として送るか、"
            "検証側のトラスト ストアに入れてください (管理対象環境では `warifu plan add-anchor CA.pem`)。",
        ),
    ),
    Code.ISSUER_NOT_TRUSTED: Entry(
        title=Text(
            "The chain ends at {who}; its issuer {issuer} (key id {key_id}) is neither in it nor in the trust store.",
            "チェーンは {who} で終わり、その発行者 {issuer} (鍵 ID {key_id}) はチェーンにもトラスト ストアにもありません。",
        ),
        clause="RFC 5280 §6.1.1 (d)",
        remedy=Text(
            "If {issuer} is an intermediate CA, its certificate lacks: put it behind the others in the certificate file, "
            "`cat fullchain.pem missing.pem > new.pem`. If it is a root to be trusted, put it into the trust store of whoever "
            "verifies first, and name it here: `--anchors ROOT.pem` (in an estate: `warifu plan add-anchor ROOT.pem`). "
            "Otherwise install a certificate of a CA that is trusted.",
            "{issuer} が中間 CA なら、その証明書が足りません。証明書ファイルの最後に加えてください: "
            "`cat fullchain.pem missing.pem > new.pem`。信頼すべきルートなら、先に検証側のトラスト ストアに入れ、"
            "ここでは `--anchors ROOT.pem` で指定してください (管理対象環境では `warifu plan add-anchor ROOT.pem`)。"
            "どちらでもなければ、信頼済みの CA の証明書をインストールしてください。",
        ),
        otherwise=_INTO_THE_STORE,
    ),
    Code.ISSUER_MISSING: Entry(
        title=Text(
            "The issuer of {who} ({issuer}, key id {key_id}) is neither sent nor in the trust store.",
            "{who} の発行者 ({issuer}、鍵 ID {key_id}) は送られておらず、トラスト ストアにもありません。",
        ),
        clause="RFC 5280 §6.1, RFC 8446 §4.4.2",
        remedy=Text(
            "Put the issuing CA's certificate behind the leaf in the certificate file: "
            "`cat leaf.pem intermediate.pem > fullchain.pem`; if the issuer is a root, put it into the trust store of whoever "
            "verifies, and name it here: `--anchors ROOT.pem` (in an estate: `warifu plan add-anchor ROOT.pem`).",
            "証明書ファイルのリーフの後に発行 CA の証明書を置いてください: "
            "`cat leaf.pem intermediate.pem > fullchain.pem`。発行者がルートなら検証側のトラスト ストアに入れ、"
            "ここでは `--anchors ROOT.pem` で指定してください (管理対象環境では `warifu plan add-anchor ROOT.pem`)。",
        ),
        otherwise=_INTO_THE_STORE,
    ),
    Code.ISSUER_NAMESAKE: Entry(
        title=Text(
            "{who} has the name of the CA that signed {below}, and another key: key id {key_id}, wanted is {wanted}.",
            "{who} は {below} に署名した CA と同じ名前ですが、鍵が異なります (鍵 ID {key_id}、必要な鍵 ID {wanted})。",
        ),
        clause="RFC 5280 §4.2.1.1, §6.1.3 (a) (1)",
        remedy=Text(
            "Ask the CA for its certificate with key id {wanted} and put it in the place of this one; CAs keep their name "
            "when they change their key.",
            "鍵 ID {wanted} を持つ CA 証明書を CA から入手し、この証明書と入れ替えてください。CA が鍵を替えても名前は変わらないことがあります。",
        ),
        titles={
            ("kind", "anchor"): Text(
                "The anchor {who} (SHA-256 {fingerprint}) has the name of the CA that signed {below}, and another key: "
                "key id {key_id}, wanted is {wanted}.",
                "トラスト アンカー {who} (SHA-256 {fingerprint}) は {below} に署名した CA と同じ名前ですが、鍵が異なります "
                "(鍵 ID {key_id}、必要な鍵 ID {wanted})。",
            ),
            ("kind", "anchor-beside-root"): Text(
                "The anchor {who} (SHA-256 {fingerprint}) has the name of the root that the chain ends in (SHA-256 {root}), "
                "and another key: key id {key_id}, the root's is {wanted}.",
                "トラスト アンカー {who} (SHA-256 {fingerprint}) はチェーンの終端のルート (SHA-256 {root}) と同じ名前ですが、"
                "鍵が異なります (鍵 ID {key_id}、ルートの鍵 ID {wanted})。",
            ),
        },
        otherwise={
            ("kind", "anchor"): Text(
                "Ask the CA for its certificate with key id {wanted}, compare its fingerprint with the CA's word, and add it "
                f"beside this anchor: `warifu plan add-anchor ROOT.pem`. {_STAYS.en}",
                "鍵 ID {wanted} を持つ CA 証明書を CA から入手し、フィンガープリントを CA の公表値と照合してから、"
                f"このトラスト アンカーに加えて追加してください: `warifu plan add-anchor ROOT.pem`。{_STAYS.ja}",
            ),
            ("kind", "anchor-beside-root"): Text(
                "If that root is to be trusted, compare its fingerprint with the CA's word, and add it beside this anchor: "
                f"`warifu plan add-anchor ROOT.pem`. {_STAYS.en}",
                "そのルートを信頼すべきなら、フィンガープリントを CA の公表値と照合してから、"
                f"このトラスト アンカーに加えて追加してください: `warifu plan add-anchor ROOT.pem`。{_STAYS.ja}",
            ),
        },
    ),
    Code.NAME_ENCODED_OTHERWISE: Entry(
        title=Text(
            "{who} writes the name of its issuer {issuer} in other octets than the issuer does; {consumer} compares octets.",
            "{who} に書かれた発行者 {issuer} の名前は、発行者自身のものとバイト列が異なります。{consumer} はバイト列で比べます。",
        ),
        clause="RFC 5280 §4.1.2.4, §7.1",
        remedy=Text(
            "Have it issued again by a CA that copies its own subject octet by octet, as RFC 5280 asks.",
            "RFC 5280 のとおり、自身のサブジェクトをそのままのバイト列で写す CA で再発行してください。",
        ),
    ),
    Code.SELF_SIGNED_NOT_TRUSTED: Entry(
        title=Text(
            "{who} is signed by itself and is not in the trust store.",
            "{who} は自己署名であり、トラスト ストアにありません。",
        ),
        clause="RFC 5280 §6.1.1 (d)",
        remedy=reissue(
            Text(
                "If it is a root to be trusted, put it into the trust store of whoever verifies, and name it here: "
                "`--anchors ROOT.pem` (in an estate: `warifu plan add-anchor ROOT.pem`). If it is a server's own certificate, "
                "have a CA sign one.",
                "信頼すべきルートなら、検証側のトラスト ストアに入れ、ここでは `--anchors ROOT.pem` で指定してください "
                "(管理対象環境では `warifu plan add-anchor ROOT.pem`)。"
                "サーバー自身の証明書なら、CA に署名させてください。",
            )
        ),
    ),
    Code.ANCHOR_NOT_SELF_SIGNED: Entry(
        title=Text(
            "The trust store holds {who}, which is not a root; this library wants its issuer {issuer} too.",
            "トラスト ストアの {who} はルートではありません。この検証側ライブラリは発行者 {issuer} も必要とします。",
        ),
        clause="RFC 5280 §6.1.1 (d); openssl-verify(1) -partial_chain",
        remedy=Text(
            "Put the root into the trust store as well (in an estate: `warifu plan add-anchor ROOT.pem`); in an estate, set "
            "`partial_chain = true` where the service is configured so.",
            "ルートもトラスト ストアに入れてください (管理対象環境では `warifu plan add-anchor ROOT.pem`)。管理対象環境でサービスがそう"
            "設定されていれば `partial_chain = true` を指定してください。",
        ),
    ),
    Code.FIRST_ISSUER_TAKEN: Entry(
        title=Text(
            "{consumer} takes {who} as the issuer, because it comes first, and does not come back to {good}, which would do.",
            "{consumer} は先に見つかる {who} を発行者とし、正しい {good} には戻りません。",
        ),
        clause="RFC 4158 §2.4.2; openssl 3.0 X509_STORE_CTX_get1_issuer",
        remedy=Text(
            "Put {good} before {subject} in the file, or remove {subject} (in an estate: `warifu plan retire-anchor {subject}`).",
            "ファイルの中で {good} を {subject} より前に置くか、{subject} を外してください "
            "(管理対象環境では `warifu plan retire-anchor {subject}`)。",
        ),
    ),
    Code.NOT_A_CA: Entry(
        title=Text(
            "{who} signs certificates, but is not marked as a CA.",
            "{who} は証明書に署名していますが、CA と指定されていません (basicConstraints)。",
        ),
        clause="RFC 5280 §4.2.1.9, §6.1.4 (k)",
        remedy=Text(
            "Have the CA certificate issued again with `basicConstraints = critical, CA:TRUE`; until then use another chain.",
            "`basicConstraints = critical, CA:TRUE` を付けて CA 証明書を再発行し、それまでは別のチェーンを使ってください。",
        ),
    ),
    Code.PATH_TOO_LONG: Entry(
        title=Text(
            "{who} allows {allowed:CA|CAs} beneath it; here are {beneath}.",
            "{who} の下に置ける CA は {allowed} 個ですが、{beneath} 個あります。",
        ),
        clause="RFC 5280 §4.2.1.9, §6.1.4 (l), (m)",
        remedy=Text(
            "Issue the leaf from a CA higher up, or issue {who} again with a larger pathLenConstraint.",
            "上位の CA からリーフを発行するか、pathLenConstraint を大きくして {who} を再発行してください。",
        ),
    ),
    Code.DEPTH_EXCEEDED: Entry(
        title=Text(
            "{who} is one CA too many: {beneath} stand between leaf and anchor, and at most {allowed} may.",
            "{who} で中間 CA の上限を超えます。リーフとトラスト アンカーの間に {beneath} 個あり、上限は {allowed} 個です。",
        ),
        clause=Text(
            "RFC 5280 §6.1 (a limit of the verifier, beside §4.2.1.9)",
            "RFC 5280 §6.1 (§4.2.1.9 とは別の、検証側の上限)",
        ),
        remedy=Text(
            "Have the leaf issued by a CA nearer to the anchor, or raise the verifier's depth (openssl: `-verify_depth`).",
            "トラスト アンカーにより近い CA からリーフを発行するか、検証側の深さ (openssl なら `-verify_depth`) を"
            "大きくしてください。",
        ),
    ),
    Code.CERT_SIGN_MISSING: Entry(
        title=Text(
            "{who} signs certificates, but its key usage ({key_usage}) lacks keyCertSign.",
            "{who} は証明書に署名していますが、鍵用途 ({key_usage}) に keyCertSign がありません。",
        ),
        clause="RFC 5280 §4.2.1.3, §6.1.4 (n)",
        remedy=Text(
            "Issue the CA certificate again with `keyUsage = critical, keyCertSign, cRLSign`.",
            "`keyUsage = critical, keyCertSign, cRLSign` を付けて CA 証明書を再発行してください。",
        ),
    ),
    Code.KEY_USAGE_MISSING: Entry(
        title=Text(
            "The CA {who} has no keyUsage; some libraries (cryptography) refuse what is beneath it.",
            "CA {who} に keyUsage がありません。下位の証明書を拒否するライブラリがあります (cryptography など)。",
        ),
        clause=Text(
            "RFC 5280 §4.2.1.3 (a CA MUST include it); §6.1.4 (n) passes its absence",
            "RFC 5280 §4.2.1.3 (CA には必須)、§6.1.4 (n) (なくても検証は通ります)",
        ),
        remedy=Text(
            "Issue the CA certificate again with the same key and `keyUsage = critical, keyCertSign, cRLSign`; "
            "until then keep clients that use such a library away from this chain.",
            "同じ鍵で `keyUsage = critical, keyCertSign, cRLSign` を付けて CA 証明書を再発行してください。"
            "それまで、そのライブラリを使うクライアントにはこのチェーンを使わせないでください。",
        ),
    ),
    Code.ISSUER_PURPOSE_MISSING: Entry(
        title=Text(
            "{who} limits what is beneath it to {purposes}; {wanted} is not among them.",
            "{who} は下位の用途を {purposes} に限っており、{wanted} が含まれません。",
        ),
        clause="RFC 5280 §4.2.1.12; CA/Browser Forum BR §7.1.2.2",
        remedy=Text(
            "Issue the leaf from a CA whose extendedKeyUsage is absent or names {wanted}.",
            "extendedKeyUsage がないか {wanted} を含む CA から、リーフを発行してください。",
        ),
    ),
    Code.NAME_CONSTRAINED: Entry(
        title=Text(
            "{who} may not sign for {name} (in {beneath}).",
            "{who} は {name} ({beneath} の名前) に署名できません (名前制約)。",
        ),
        clause="RFC 5280 §4.2.1.10, §6.1.3 (b), (c)",
        remedy=Text(
            "Issue the leaf without {name}, or from a CA without this constraint.",
            "{name} を含めずに発行するか、この制約のない CA から発行してください。",
        ),
    ),
    Code.NAME_CONSTRAINT_UNJUDGED: Entry(
        title=Text(
            "{who} constrains names of a kind that is not judged here, and {beneath} carries such a name.",
            "{who} はここで判定できない種類の名前を制約しており、{beneath} がその種類の名前を持ちます。",
        ),
        clause="RFC 5280 §4.2.1.10",
        remedy=Text(
            "Leave URI and other names out of {beneath}, or compare by hand: "
            "`openssl x509 -noout -ext nameConstraints -in CA.pem`.",
            "{beneath} から URI などの名前を除くか、`openssl x509 -noout -ext nameConstraints -in CA.pem` で確かめてください。",
        ),
    ),
    Code.NAME_CONSTRAINT_UNFIT: Entry(
        title=Text(
            "{who} holds the constraint {part}:{limit}, which is not written as the standard asks; cryptography "
            "refuses it, and openssl reads a leading dot before a DNS name as at least one label more.",
            "{who} の制約 {part}:{limit} は標準どおりの形ではありません。cryptography は拒否し、"
            "openssl は DNS 名の先頭のドットを「1 ラベル以上の追加が必要」と解釈します。",
        ),
        titles={
            ("limit", '""'): Text(
                "{who} holds a name constraint that is empty ({part}); cryptography refuses it, others take it for every name.",
                "{who} の名前制約 ({part}) が空です。cryptography は拒否し、すべての名前とみなすライブラリもあります。",
            )
        },
        otherwise={
            ("limit", '""'): Text(
                "Issue the CA certificate again with a name in the constraint, or without it. To exclude every name of a "
                "kind, permit one that nobody has (`permitted;DNS:invalid`).",
                "制約に名前を入れるか、制約を外して CA 証明書を再発行してください。ある種類の名前をすべて禁止するには、"
                "誰も使わない名前だけを許可します (`permitted;DNS:invalid`)。",
            )
        },
        clause=Text(
            "RFC 5280 §4.2.1.10 (a leading dot is for hosts of URIs and e-mail addresses alone)",
            "RFC 5280 §4.2.1.10 (先頭のドットを使えるのは URI とメール アドレスのホストだけです)",
        ),
        remedy=Text(
            "Issue the CA certificate again, with the constraint `{part}:{right}` where this shows one (every DNS name "
            "that ends in it is meant already), else with a host, a mailbox or a domain.",
            "CA 証明書を再発行してください。「正しい形」が示されていれば制約を `{part}:{right}` とし (DNS 名の制約は下位の名前を"
            "すべて含みます)、示されていなければホスト、メールボックス、ドメインのいずれかにしてください。",
        ),
    ),
    Code.KEY_ID_MISMATCH: Entry(
        title=Text(
            "{who} asks for an issuer whose {hint} is {wanted}; {issuer} has {found}.",
            "{who} が求める発行者の {hint} は {wanted} ですが、{issuer} では {found} です。",
        ),
        clause="RFC 5280 §4.2.1.1, §4.2.1.2",
        remedy=Text(
            "Use the CA certificate whose {hint} is {wanted}, or issue {who} again under {issuer}.",
            "{hint} が {wanted} の CA 証明書を使うか、{issuer} から {who} を再発行してください。",
        ),
    ),
    Code.KEY_ID_UNFIT: Entry(
        title=Text(
            "{who} has {part} in its authority key id, where a key id alone should stand.",
            "{who} の発行者の鍵 ID (authorityKeyIdentifier) には {part} があります。鍵 ID だけを置くべきところです。",
        ),
        clause="RFC 5280 §4.2.1.1; CA/Browser Forum BR §7.1.2.1.3, §7.1.2.11.1",
        remedy=Text(
            "Have it issued again with `authorityKeyIdentifier = keyid:always`.",
            "`authorityKeyIdentifier = keyid:always` として再発行してください。",
        ),
    ),
    Code.KEY_ID_MISSING: Entry(
        title=Text(
            "{who} has no {missing}; among issuers of equal name some libraries will take the wrong one.",
            "{who} に {missing} がありません。同名の発行者があると、誤った方を選ぶライブラリがあります。",
        ),
        clause="RFC 5280 §4.2.1.1, §4.2.1.2",
        remedy=Text(
            "Have it issued with `{missing}` next time; until then keep no second CA of the same name in the trust store.",
            "次の発行では `{missing}` を付けてください。それまで、同名の CA をトラスト ストアに並べないでください。",
        ),
    ),
    Code.CHAIN_UNORDERED: Entry(
        title=Text(
            "Certificate {position} of the chain, {who}, did not sign the one before it, {follows}.",
            "チェーンの {position} 番目 {who} は、直前の {follows} の発行者ではありません。",
        ),
        clause="RFC 5246 §7.4.2, RFC 8446 §4.4.2",
        remedy=Text(
            "Write the file in this order: {order}.",
            "次の順に並べてください: {order}。",
        ),
    ),
    Code.CHAIN_INCOMPLETE: Entry(
        title=Text(
            "{who} is sent without {missing}; it holds only where a trust store happens to have that certificate.",
            "{who} は {missing} なしで送られています。その証明書を偶然持つトラスト ストアでしか検証できません。",
        ),
        clause="RFC 8446 §4.4.2",
        remedy=Text(
            "Append {missing} to the certificate file: `cat leaf.pem intermediate.pem > fullchain.pem`.",
            "証明書ファイルに {missing} を加えてください: `cat leaf.pem intermediate.pem > fullchain.pem`。",
        ),
    ),
    Code.CHAIN_DUPLICATE: Entry(
        title=Text("{who} is sent {times:time|times}.", "{who} が {times} 回送られています。"),
        clause="RFC 8446 §4.4.2",
        remedy=Text(
            "Keep the first copy in the file and delete the others.",
            "ファイルの最初のものだけを残し、他を削除してください。",
        ),
    ),
    Code.CHAIN_UNRELATED: Entry(
        title=Text(
            "{who} (SHA-256 {fingerprint}) is sent, but does not belong to the chain of {leaf}.",
            "{who} (SHA-256 {fingerprint}) が送られていますが、{leaf} のチェーンに属しません。",
        ),
        clause="RFC 8446 §4.4.2",
        remedy=Text("Delete it from the certificate file.", "証明書ファイルから削除してください。"),
    ),
    Code.CHAIN_HOLDS_ROOT: Entry(
        title=Text(
            "The root {who} is sent; who trusts it has it already.",
            "ルート {who} が送られています。信頼する側はすでに持っています。",
        ),
        clause="RFC 8446 §4.4.2",
        remedy=Text(
            "It may be deleted from the certificate file, unless the product asks for it.",
            "製品が求めていなければ、証明書ファイルから削除できます。",
        ),
    ),
    Code.OUTLIVES_ISSUER: Entry(
        title=Text(
            "{who} lasts until {not_after}, but {issuer} above it only until {issuer_not_after}.",
            "{who} の期限は {not_after} ですが、上位の {issuer} は {issuer_not_after} までです。",
        ),
        clause="RFC 5280 §6.1.3 (a)(2)",
        remedy=Text(
            "Renew {issuer} before {issuer_not_after} (in an estate: `warifu plan replace-ca`).",
            "{issuer_not_after} より前に {issuer} を更新してください (管理対象環境では `warifu plan replace-ca`)。",
        ),
    ),
    Code.SEARCH_EXHAUSTED: Entry(
        title=Text(
            "{subject}: so many certificates, or so many names and constraints, that the search stopped at its "
            "limit ({limit}); undecided.",
            "{subject}: 証明書、または名前と制約が多すぎるため、上限 ({limit}) で打ち切りました。判定できません。",
        ),
        clause="RFC 4158 §2.4, §5.1",
        remedy=Text(
            "Remove from chain and trust store what does not belong there, and check again.",
            "不要な証明書をチェーンとトラスト ストアから取り除き、もう一度確かめてください。",
        ),
    ),
    Code.ENGINE_REFUSED: Entry(
        title=Text(
            "{engine} refuses it, and is what verifies here, or may be. It says: {said}",
            "{engine} が拒否しました (ここで検証するライブラリか、その可能性があるもの)。出力: {said}",
        ),
        clause=_MANUALS,
        remedy=Text(
            "Cure the findings beside this one. " + _LOOK_UP.en,
            "一緒に表示されている検出事項の原因を解消してください。" + _LOOK_UP.ja,
        ),
    ),
    Code.OTHER_ENGINE_REFUSED: Entry(
        title=Text(
            "{engine} would refuse it, though it does not verify here. It says: {said}",
            "ここでは検証しない {engine} なら拒否します。出力: {said}",
        ),
        clause=_MANUALS,
        remedy=Text(
            "Before a client that uses {engine} connects, cure the findings beside this one. " + _LOOK_UP.en,
            "{engine} を使うクライアントがつながる前に、一緒に表示されている検出事項の原因を解消してください。"
            + _LOOK_UP.ja,
        ),
    ),
    Code.CLEAR_TEXT_LOGIN: Entry(
        title=Text(
            "{address} also lets clients log in without TLS ({dialect}).",
            "{address} は TLS なしのログインも受け付けます ({dialect})。",
        ),
        clause="RFC 9325 §3.2",
        remedy=Text(
            "Require TLS there: PostgreSQL `hostssl` instead of `host` in pg_hba.conf; SQL Server *Force Encryption*; "
            "Dovecot `ssl = required`; Exim `auth_advertise_hosts` where `$tls_in_cipher` is set; NATS without "
            "`allow_non_tls`. First see that every client of it uses TLS.",
            "TLS を必須にしてください。PostgreSQL では pg_hba.conf の `host` を `hostssl` に、SQL Server では "
            "*Force Encryption* を有効に、Dovecot では `ssl = required`、Exim では `$tls_in_cipher` がある場合だけの "
            "`auth_advertise_hosts` にします。NATS では `allow_non_tls` を外します。事前に、すべてのクライアントが TLS を"
            "使っていることを確かめてください。",
        ),
    ),
    Code.ENGINE_NOT_RUN: Entry(
        title=Text(
            "Modelled, not run: {consumer} was not at hand or cannot express the question. {said}",
            "モデルによる判定です。{consumer} は手元にないか、この条件での検証を指定できません。{said}",
        ),
        clause="",
        remedy=Text(
            "Settle it by a canary handshake from a client that uses {consumer}.",
            "{consumer} を使うクライアントからの試験ハンドシェイクで確かめてください。",
        ),
        otherwise={
            ("consumer", "unknown"): Text(
                "Settle it by a canary handshake from a client that will connect there.",
                "実際に接続するクライアントからの試験ハンドシェイクで確かめてください。",
            )
        },
    ),
}

ENTRIES: Mapping[Code, Entry] = {
    **trust_leaf.ENTRIES,
    **trust_form.ENTRIES,
    **trust_revocation.ENTRIES,
    **_PATH,
}
