"""Findings of the room `directory`: why an anchor may not go."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.STILL_PRESENTED: Entry(
        title=Text(
            "{certificate} cannot go: {count:chain is|chains are} presented beneath it without another way ({where}).",
            "{certificate} は廃止できません。その下のチェーンが {count} 件提示されており、ほかに検証できる経路がありません ({where})。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Give each of them a certificate beneath an anchor that stays, switch to it, and look again.",
            "残るトラスト アンカーの下の証明書にそれぞれ切り替えてから、もう一度確かめてください。",
        ),
    ),
    Code.STILL_EMBEDDED: Entry(
        title=Text(
            "{certificate} cannot go: {count:chain lies|chains lie} beneath it in key stores and files ({where}).",
            "{certificate} は廃止できません。その下のチェーンがキーストアやファイルに {count} 件あります ({where})。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Whatever loads them presents them at its next start: replace key and chain there, or delete what nobody uses.",
            "次の起動時に読み込まれて提示されます。鍵とチェーンを交換するか、使っていないものを削除してください。",
        ),
    ),
    Code.CALLER_BENEATH: Entry(
        title=Text(
            "{certificate} cannot go: {count:client calls|clients call} with a certificate beneath it, last seen at {last} ({where}).",
            "{certificate} は廃止できません。その下の証明書で接続してくるクライアントが {count} 件あります "
            "(最後の観測は {last}、{where})。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Such a client may come once a night or once a quarter. Ask its owner to renew its certificate; it is settled when "
            "it was seen with the new one.",
            "このようなクライアントは夜間や四半期に 1 回だけ接続することがあります。担当者に証明書の更新を依頼してください。"
            "新しい証明書での接続を観測すれば解消します。",
        ),
    ),
    Code.STORE_NEEDS_ANCHOR: Entry(
        title=Text(
            "{certificate} cannot go: {count:trust store relies|trust stores rely} on it, and nothing else there is known to do ({where}).",
            "{certificate} は廃止できません。これに頼るトラスト ストアが {count} 件あり、代わりになるものが確認できません ({where})。",
        ),
        clause="RFC 5280 §6.1.1 (d)",
        remedy=Text(
            "These are not managed here. Put the successor into each, and let it be seen what they verify; then take this "
            "one out.",
            "ここで管理していないトラスト ストアです。それぞれに後継を加え、何を検証しているかを観測してから、これを外してください。",
        ),
    ),
    Code.ANCHOR_PINNED: Entry(
        title=Text(
            "{certificate} cannot go: it is pinned in {count:place|places} ({where}).",
            "{certificate} は廃止できません。ピン留めされている箇所が {count} 件あります ({where})。",
        ),
        clause="",
        remedy=Text(
            "Add the pin of the successor there, let it be loaded, then remove this one.",
            "後継のピンを追加して読み込ませてから、このピンを外してください。",
        ),
    ),
    Code.CRL_SIGNER_NEEDED: Entry(
        title=Text(
            "{certificate} cannot go: it signs {count:CRL|CRLs} by which something is checked ({where}).",
            "{certificate} は廃止できません。検証に使われている CRL {count} 件の署名者です ({where})。",
        ),
        clause="RFC 5280 §6.3.3 (f)",
        remedy=Text(
            "Where a CRL is required and its signer is not trusted, everything is refused. Take the CRL out of use there "
            "first; those that the directory brought leave by themselves.",
            "CRL が必須で署名者が信頼されていなければ、すべて拒否されます。先にその CRL の使用をやめてください。"
            "トラスト ドメインが配布した CRL は自動的になくなります。",
        ),
    ),
    Code.NODE_NOT_HEARD: Entry(
        title=Text(
            "{certificate} cannot go: {count:node was|nodes were} not heard, and nobody knows what is needed there ({where}).",
            "{certificate} は廃止できません。報告のないノードが {count} 件あり、何を必要としているか分かりません ({where})。",
        ),
        clause="",
        remedy=Text(
            "Bring them back and let them report, or waive each by its name, for a reason.",
            "ノードを復旧して報告させるか、理由を付けてノードごとに免除してください。",
        ),
    ),
    Code.WOULD_BE_PUBLISHED_AGAIN: Entry(
        title=Text(
            "{certificate} would come back by itself: {count:publisher brings|publishers bring} it ({where}).",
            "{certificate} は廃止しても元に戻ります。自動的に公開するものが {count} 件あります ({where})。",
        ),
        clause="",
        remedy=Text(
            "Take it out there first: a CA that publishes its own chain, a configuration tool, another directory.",
            "先にそちらから外してください (自身のチェーンを公開する CA、構成管理ツール、別のディレクトリなど)。",
        ),
    ),
    Code.LOCAL_COPY_HELD: Entry(
        title=Text(
            "{certificate} would stay trusted: it was added on the node itself in {count:place|places} ({where}).",
            "{certificate} は廃止しても信頼され続けます。ノード上で追加されたものが {count} 件あります ({where})。",
        ),
        clause="",
        remedy=Text(
            "Delete it there, or end the exception that keeps it; in quarantine such a copy is distrusted, too.",
            "そのノードで削除するか、例外を終了してください。隔離すれば、このような複製も信頼されなくなります。",
        ),
    ),
    Code.SUCCESSOR_LACKING: Entry(
        title=Text(
            "There is no valid successor: without {certificate} trust domain {name} has no anchor.",
            "有効な後継がありません。{certificate} を廃止すると、トラスト ドメイン {name} にトラスト アンカーがなくなります。",
        ),
        clause="RFC 5280 §6.1.1 (d)",
        remedy=Text(
            "Publish its successor first, move everything beneath it, then retire this one.",
            "先に後継を公開し、その下のすべてを移してから、これを廃止してください。",
        ),
        titles={
            ("reason", "successor-early"): Text(
                "There is no valid successor: without {certificate} trust domain {name} has only anchors that are not valid "
                "yet ({good}).",
                "有効な後継がありません。{certificate} を廃止すると、トラスト ドメイン {name} には"
                "まだ有効でないトラスト アンカー ({good}) しか残りません。",
            ),
            ("reason", "successor-expired"): Text(
                "There is no valid successor: without {certificate} trust domain {name} has only anchors that expired ({good}).",
                "有効な後継がありません。{certificate} を廃止すると、トラスト ドメイン {name} には"
                "期限切れのトラスト アンカー ({good}) しか残りません。",
            ),
        },
    ),
    Code.RETIRE_REASON_MISSING: Entry(
        title=Text(
            "{certificate} is valid until {not_after} and nobody revoked it: retiring it wants a reason.",
            "{certificate} は {not_after} まで有効で、失効もしていません。廃止には理由が必要です。",
        ),
        clause="",
        remedy=Text(
            "Say whether it is superseded or distrusted; an expired one, or one that a CRL lists, needs no other reason.",
            "後継に置き換えたのか、信頼できなくなったのかを指定してください。期限切れの場合や CRL に載って失効した場合は、理由の指定は不要です。",
        ),
    ),
    Code.RETIRE_REASON_UNTRUE: Entry(
        title=Text(
            "{certificate} cannot be retired for the reason given: {reason} (it is valid until {not_after}).",
            "{certificate} は指定された理由では廃止できません: {reason} ({not_after} まで有効)。",
        ),
        clause="",
        remedy=Text(
            "Give the reason that holds. If its CA revoked it, publish the CRL that lists it first.",
            "実際の理由を指定してください。CA が失効させた場合は、それを載せた CRL を先に公開してください。",
        ),
    ),
    Code.SNAPSHOTS_MISS_NODES: Entry(
        title=Text(
            "The set of snapshots misses {count:node|nodes}: {where}.",
            "スナップショット一式に {count} 台のノードが欠けています: {where}。",
        ),
        clause="KB 326288",
        remedy=Text(
            "Take one of each node of the federation while all of them are off: a set that misses one brings nothing back.",
            "連携しているすべてのノードを停止した状態で、それぞれのスナップショットを取ってください。1 台でも欠けると元に戻せません。",
        ),
    ),
    Code.SNAPSHOT_WHILE_RUNNING: Entry(
        title=Text(
            "The snapshot of {subject} was taken at {taken} while others ran: {where}.",
            "{subject} のスナップショットの取得時 ({taken}) に、稼働中のノードがありました: {where}。",
        ),
        clause="KB 326288",
        remedy=Text(
            "What was being replicated may be half there. Power off all of them, and take every snapshot anew.",
            "複製が途中の状態で保存された可能性があります。すべてのノードを停止し、全スナップショットを取り直してください。",
        ),
    ),
    Code.SNAPSHOTS_INCOMPLETE: Entry(
        title=Text(
            "The set of snapshots is incomplete: {where} depends on these nodes and is not in it.",
            "スナップショット一式が不完全です。これらのノードに依存する {where} が含まれていません。",
        ),
        clause="KB 326288",
        remedy=Text(
            "Take a snapshot of it as well: going back without it leaves it with newer data than the nodes have.",
            "こちらのスナップショットも取ってください。含めずに戻すと、ノードより新しいデータが残ります。",
        ),
    ),
}
