"""Findings of the room `estate`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry, reissue
from warifu.domain.findings.text import Text

_BY_A_CA = Text(
    " A CA is replaced by `warifu plan replace-ca OLD.pem NEW.pem`.",
    "CA の交換は `warifu plan replace-ca OLD.pem NEW.pem` です。",
)

ENTRIES: Mapping[Code, Entry] = {
    Code.NOT_SEEN: Entry(
        title=Text(
            "{subject} could not be looked at: {reason}.", "{subject} を確認できませんでした ({reason})。"
        ),
        clause="",
        remedy=Text(
            "Look whether it is there, under that name, and may be read by who runs this. In an estate, declare in its file "
            "what you saw yourself, or run the scan with more rights.",
            "その名前のものがあり、実行ユーザーが読めるかを確かめてください。管理対象環境では、ご自身で確認した内容を"
            "管理対象環境ファイルに記述するか、より高い権限でスキャンします。",
        ),
        otherwise={
            ("kind", "address"): Text(
                "Look whether the service runs and listens there (`ss -ltnp` on its node), whether a firewall lets this "
                "machine through, and whether name and port are right.",
                "サービスが動作して待ち受けているか (そのノードで `ss -ltnp`)、ファイアウォールがこのマシンからの接続を"
                "許可しているか、名前とポートが正しいかを確かめてください。",
            ),
        },
    ),
    Code.PAIR_REFUSED: Entry(
        title=Text(
            "Connection {subject}: {acceptor} refuses what {presenter} holds ({where}).",
            "接続 {subject}: {acceptor} は {presenter} の証明書を拒否します ({where})。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Read the findings on {leaf} below it; `warifu plan replace-identity` or `warifu plan add-anchor` repairs it.",
            "{leaf} についての検出事項をご覧ください。"
            "`warifu plan replace-identity` または `warifu plan add-anchor` で修復できます。",
        ),
    ),
    Code.LIVE_REFUSED: Entry(
        title=Text(
            "Connection {subject} does not hold now: {address} answered: {reason}.",
            "接続 {subject} は現在成立していません。{address} の応答: {reason}。",
        ),
        clause="RFC 8446 §4.4.2, §6.2",
        remedy=Text(
            "See the service's own log; `warifu check {address}` judges what it serves.",
            "サービスのログを確かめてください。`warifu check {address}` で提示内容を判定できます。",
        ),
    ),
    Code.LIVE_DIFFERS: Entry(
        title=Text(
            "Connection {subject}: our verdict is {verdict}, and the live handshake says {live}.",
            "接続 {subject}: こちらの判定は {verdict} ですが、実際のハンドシェイクの結果は {live} です。",
        ),
        clause="",
        remedy=Text(
            "Check that the estate file names the right consumer, server name and files for {subject}.",
            "管理対象環境ファイルの {subject} で、検証側ライブラリ、サーバー名、ファイルが正しいか確かめてください。",
        ),
    ),
    Code.PRESENTS_NOTHING: Entry(
        title=Text(
            "Connection {subject}: {service} requires a client certificate and {clients} presents none.",
            "接続 {subject}: {service} はクライアント証明書を要求しますが、{clients} は提示しません。",
        ),
        clause="RFC 8446 §4.4.2.4",
        remedy=Text(
            "Give the client an identity, or declare the slot it uses as `client-identities`.",
            "クライアントに証明書と鍵を用意するか、使っているスロットを `client-identities` に書いてください。",
        ),
    ),
    Code.SUBJECT_NOT_ACCEPTED: Entry(
        title=Text(
            "Connection {subject}: {presenter} carries {names}, and the server lets in {accepted} only.",
            "接続 {subject}: {presenter} の名前は {names} ですが、サーバーが許可するのは {accepted} だけです。",
        ),
        clause="RFC 6125 §6.4",
        remedy=Text(
            "Renew the client's certificate with an accepted name, or add its name to `accepted-subjects`.",
            "許可された名前でクライアント証明書を更新するか、`accepted-subjects` に名前を加えてください。",
        ),
    ),
    Code.VERIFIES_NOTHING: Entry(
        title=Text(
            "Connection {subject}: {side} verifies nothing; anybody could answer in the peer's place.",
            "接続 {subject}: {side} は何も検証していません。誰でも相手になりすませます。",
        ),
        clause="RFC 8446 §4.4.2.4",
        remedy=Text(
            "Turn verification on and declare the trust store it uses as a slot.",
            "検証を有効にし、使用するトラスト ストアをスロットとして宣言してください。",
        ),
    ),
    Code.TRUST_UNKNOWN: Entry(
        title=Text(
            "Connection {subject}: what {side} verifies by is not known.",
            "接続 {subject}: {side} が何で検証しているか分かりません。",
        ),
        clause="",
        remedy=Text(
            "Find its trust store, declare it as a slot, name it as `client-trusts` and take `unknown-trust` away.",
            "トラスト ストアを調べてスロットとして宣言し、`client-trusts` に書いて `unknown-trust` を外してください。",
        ),
    ),
    Code.LEAVES_DIFFER: Entry(
        title=Text(
            "Identity {subject} is split: its slots hold different certificates ({slots}).",
            "証明書と鍵の組 {subject} の証明書がスロットごとに異なります ({slots})。",
        ),
        clause="",
        remedy=Text(
            "Bring them together: `warifu plan replace-identity {subject}`; or declare two identities.",
            "`warifu plan replace-identity {subject}` でそろえるか、別の組 (証明書と鍵) として宣言してください。",
        ),
    ),
    Code.STORES_DIFFER: Entry(
        title=Text(
            "Trust store {subject} differs between its slots: {slots}.",
            "トラスト ストア {subject} の内容がスロットごとに異なります: {slots}。",
        ),
        clause="",
        remedy=Text(
            "Bring them together: `warifu plan add-anchor` or `warifu plan retire-anchor`; or declare two trust stores.",
            "`warifu plan add-anchor` か `warifu plan retire-anchor` でそろえるか、別のトラスト ストアとして宣言してください。",
        ),
    ),
    Code.NOT_AS_PROVEN: Entry(
        title=Text(
            "Slot {subject} holds {on_disk}; a rollout proved {proven} last.",
            "スロット {subject} の内容は {on_disk} ですが、最後の適用で証明された値は {proven} です。",
        ),
        clause="",
        remedy=Text(
            "Find out who changed it; `warifu plan rollback` leads back to what was proven.",
            "誰が変更したか確かめてください。証明された値には `warifu plan rollback` で戻せます。",
        ),
    ),
    Code.EXPIRING: Entry(
        title=Text(
            "{subject} expires at {not_after}, in {time_left}.",
            "{subject} は {not_after} に期限切れになります (残り {time_left})。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=reissue(Text("Renew it in time:", "期限前に更新してください。"), _BY_A_CA),
    ),
    Code.SHARED_KEY: Entry(
        title=Text(
            "One private key (SHA-256 of the public one: {subject}) lies on several nodes, {nodes}, under several identities: "
            "{identities}. Who takes it from one of them has it for all.",
            "1 つの秘密鍵 (公開鍵の SHA-256: {subject}) が複数のノード {nodes} に、複数の組 (証明書と鍵) {identities} として置かれています。"
            "1 つのノードから漏れると、すべてに影響します。",
        ),
        clause="NIST SP 800-57 part 1 §5.2",
        remedy=Text(
            "Make a key for each node, or, if it is shared on purpose, declare one identity and name it in each slot: it is then "
            "renewed and revoked as one.",
            "ノードごとに鍵を作るか、意図して共有する場合は 1 組の証明書と鍵として宣言し、各スロットから参照してください。"
            "更新と失効をまとめて扱えます。",
        ),
    ),
    Code.EXPIRED_IN_USE: Entry(
        title=Text(
            "{subject} expired at {not_after} and is in use ({where}).",
            "{subject} は {not_after} に期限切れとなりましたが、使用中です ({where})。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=reissue(
            Text(
                "What verifies by it refuses new connections already. Renew it:",
                "これで検証する側は、すでに新しい接続を拒否しています。更新してください。",
            ),
            _BY_A_CA,
        ),
    ),
    Code.EXPIRED_UNDECIDED: Entry(
        title=Text(
            "{subject} expired at {not_after} ({where}); whether it is in use cannot be told as long as {unmet} was not seen.",
            "{subject} は {not_after} に期限切れとなりました ({where})。{unmet} を確認できないため、使用中かどうか判断できません。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=Text(
            "Make {unmet} visible to this machine, or take it off what is watched where it is gone for good; the next look "
            "then tells whether the certificate has to be renewed or removed. Remove nothing before.",
            "{unmet} をこのマシンから確認できるようにするか、廃止済みであれば確認の対象から外してください。次の確認で、"
            "更新と削除のどちらが必要かを判断できます。それまでは削除しないでください。",
        ),
    ),
    Code.EXPIRED_UNUSED: Entry(
        title=Text(
            "Expired and unused: {count:entry is|entries are} still to be removed ({where}).",
            "期限切れで未使用のエントリーが {count} 件残っています ({where})。",
        ),
        clause="",
        remedy=Text(
            "Remove each from its trust store; in an estate `warifu plan retire-anchor` proves first that nothing needs it any more.",
            "1 件ずつトラスト ストアから削除してください。管理対象環境では、必要とするものがないことを `warifu plan retire-anchor` で先に証明できます。",
        ),
    ),
    Code.CHANGED_OUTSIDE: Entry(
        title=Text(
            "{subject} changed outside any rollout: it held {expected} and now holds {seen}.",
            "{subject} に Warifu の適用以外の変更がありました。以前は {expected}、現在は {seen} です。",
        ),
        clause="",
        remedy=Text(
            "Find out who changed it. If it is right, `warifu watch accept` takes it as right from now on.",
            "誰が変更したか確かめてください。正しい変更であれば `warifu watch accept` で以後の基準にできます。",
        ),
    ),
    Code.SHARED_LEAF: Entry(
        title=Text(
            "One certificate is declared as several identities: {identities} (slots {slots}).",
            "1 枚の証明書が複数の組 (証明書と鍵) として宣言されています: {identities} (スロット {slots})。",
        ),
        clause="",
        remedy=Text(
            "Declare one identity and name it in each slot, so that it is renewed as one.",
            "1 組の証明書と鍵として宣言し、各スロットから参照してください。まとめて更新されます。",
        ),
    ),
}
