"""Findings of the room `directory`: what may be published, and what nodes make of it."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table import retirement
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.PUBLICATION_EMPTY: Entry(
        title=Text(
            "Nothing was named that trust domain {subject} should take or let go.",
            "トラスト ドメイン {subject} に対して、追加または削除するものが指定されていません。",
        ),
        clause="",
        remedy=Text(
            "Name at least one certificate or CRL; a file without any is no change.",
            "証明書または CRL を 1 つ以上指定してください。どちらも含まないファイルでは何も変わりません。",
        ),
    ),
    Code.ANCHOR_IN_QUARANTINE: Entry(
        title=Text(
            "{certificate} ({subject}) lies in quarantine: it was taken out of trust on purpose.",
            "{certificate} ({subject}) は隔離中です。意図して信頼から外されています。",
        ),
        clause="",
        remedy=Text(
            "Restore it if it is to be trusted again: publishing does not undo what two people decided.",
            "再び信頼するには復元してください。2 人で決めたことを公開の操作で取り消すことはできません。",
        ),
    ),
    Code.ANCHOR_NAME_CLASH: Entry(
        title=Text(
            "{who} has the same name as another anchor with another key, {also}.",
            "{who} は、別の鍵を持つトラスト アンカー {also} と同じ名前です。",
        ),
        clause="RFC 5280 §4.2.1.1, §4.2.1.2",
        remedy=Text(
            "Where both have a key id of their own, verifiers tell them apart. Where one has none, some take the first in "
            "their file and refuse what the other signed: have it issued again with a key id, or under another name.",
            "両方に異なる鍵 ID があれば、検証側はどちらかを判別できます。鍵 ID がない場合、ファイルの先頭にある方を使い、"
            "もう一方が署名したものを拒否する検証側があります。鍵 ID を付けるか、名前を変えて再発行してください。",
        ),
    ),
    Code.ANCHOR_ISSUER_ABSENT: Entry(
        title=Text(
            "{who} was signed by {issuer}, which neither comes with it nor is published.",
            "{who} を署名した {issuer} が、同時に指定されておらず、公開もされていません。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Give the whole chain, each issuer behind what it signed, up to the root: many libraries end a chain in a root "
            "alone and would refuse everything beneath this anchor.",
            "ルートまでのチェーン全体を、証明書の直後にその発行者が来る順で指定してください。"
            "ルートでしかチェーンを終えられないライブラリが多く、このトラスト アンカーの下はすべて拒否されます。",
        ),
    ),
    Code.ALIAS_TAKEN: Entry(
        title=Text(
            "The alias {name} of {subject} is also that of {also}.",
            "{subject} のエイリアス {name} は {also} も使っています。",
        ),
        clause="",
        remedy=Text(
            "Give another alias; capitals make no difference.",
            "別のエイリアスを指定してください。大文字と小文字は区別されません。",
        ),
    ),
    Code.ALIAS_UNFIT: Entry(
        title=Text(
            "The alias {name} of {subject} cannot be used.",
            "{subject} のエイリアス {name} は使えません。",
        ),
        clause="",
        remedy=Text(
            "An alias has at most {limit} characters, no blank at either end and none that cannot be seen.",
            "エイリアスは {limit} 文字以内とし、前後の空白や表示できない文字を含めないでください。",
        ),
    ),
    Code.ANCHOR_NOT_PUBLISHED: Entry(
        title=Text(
            "Trust domain {name} publishes no certificate with the fingerprint {subject}.",
            "トラスト ドメイン {name} は、フィンガープリントが {subject} の証明書を公開していません。",
        ),
        clause="",
        remedy=Text(
            "Look at what is published and name it by its SHA-256: a certificate of the same key or name is another one.",
            "公開中の一覧を確認し、SHA-256 で指定してください。鍵や名前が同じ証明書でも、バイト列が異なれば別のものです。",
        ),
    ),
    Code.RESTORE_UNFIT: Entry(
        title=Text(
            "Version {version} of {name} cannot be restored in trust domain {subject}, which is at version {found}.",
            "{name} のバージョン {version} を、バージョン {found} のトラスト ドメイン {subject} に復元することはできません。",
        ),
        clause="",
        remedy=Text(
            "Name an earlier version of the same trust domain. Where this one went back, it has to be seeded anew.",
            "同じトラスト ドメインの以前のバージョンを指定してください。このドメイン自体が古い状態に戻っている場合は、再作成が必要です。",
        ),
    ),
    Code.CRL_SIGNER_UNKNOWN: Entry(
        title=Text(
            "No anchor that trust domain {subject} trusts signed this CRL of {issuer} (anchors of that name: {seen}).",
            "{issuer} のこの CRL に署名したトラスト アンカーが、トラスト ドメイン {subject} にありません "
            "(同名のトラスト アンカー: {seen})。",
        ),
        clause="RFC 5280 §6.3.3 (f), (g)",
        remedy=Text(
            "Publish the certificate of the CA that signed it as an anchor, together with its chain; if an anchor of that "
            "name is there, the CRL was altered or is another CA's.",
            "署名した CA の証明書を、チェーンと一緒にトラスト アンカーとして公開してください。"
            "同名のトラスト アンカーがある場合は、CRL が書き換えられたか、別の CA のものです。",
        ),
    ),
    Code.CRL_GOES_BACK: Entry(
        title=Text(
            "This CRL of {issuer} (number {got}, {this_update}) is not newer than the published one (number {expected}, {last}).",
            "{issuer} のこの CRL (番号 {got}、{this_update}) は、公開中のもの (番号 {expected}、{last}) より新しくありません。",
        ),
        clause="RFC 5280 §5.2.3",
        remedy=Text(
            "Fetch the newest CRL of {issuer}: an older one would make revoked certificates good again.",
            "{issuer} の最新の CRL を取得してください。古い CRL では、失効した証明書が再び有効とみなされます。",
        ),
    ),
    Code.CRL_ENDING: Entry(
        title=Text(
            "The published CRL of {issuer} is good until {next_update} (now {now}).",
            "公開中の {issuer} の CRL は {next_update} まで有効です (現在 {now})。",
        ),
        clause="RFC 5280 §5.1.2.5",
        remedy=Text(
            "Publish the next CRL of {issuer} before then: whoever requires CRLs refuses everything beneath it afterwards.",
            "それまでに {issuer} の次の CRL を公開してください。過ぎると、CRL を必須とする検証側がその下をすべて拒否します。",
        ),
    ),
    Code.MASS_REMOVAL_HELD: Entry(
        title=Text(
            "Version {version} of trust domain {subject} is held: {count:anchor|anchors} would go at once, and {left} would stay.",
            "トラスト ドメイン {subject} のバージョン {version} の反映を保留しています。"
            "{count} 個のトラスト アンカーが一度になくなり、残りは {left} 個になります。",
        ),
        clause="",
        remedy=Text(
            "The last good set stays in use. If this is meant, a trust administrator confirms exactly this version: "
            "`warifu domain confirm-removal {subject} --version {version}`. If not, "
            "publish again what is missing. A version that carries out an approved plan names its digest and is not held.",
            "直前の正しい状態を使い続けます。意図した変更なら、トラスト管理者がこのバージョンを確認してください: "
            "`warifu domain confirm-removal {subject} --version {version}`。"
            "そうでなければ、足りないものを公開し直してください。承認済みの計画によるバージョンは、そのダイジェストを示すため保留されません。",
        ),
    ),
    Code.RESURRECTED: Entry(
        title=Text(
            "{subject} was deleted from {where} on this node and is back: trust domain {name} publishes it.",
            "{subject} はこのノードの {where} から削除されましたが、トラスト ドメイン {name} が公開しているため元に戻りました。",
        ),
        clause="",
        remedy=Text(
            "To take it out of trust everywhere, retire it in the directory: `warifu plan retire-anchor --domain {name} {subject}`. To do "
            "without it on this node alone, make an exception with an end (`warifu endpoint exception add`). If nobody here "
            "deleted it, find out who did.",
            "すべてのノードで信頼を外すには、公開元から廃止してください: `warifu plan retire-anchor --domain {name} {subject}`。"
            "このノードだけで外すには、期限付きの例外を設定してください (`warifu endpoint exception add`)。"
            "意図しない削除なら、誰が行ったかを調べてください。",
        ),
    ),
    Code.LOCAL_COPY_STAYS: Entry(
        title=Text(
            "Trust domain {name} publishes {subject} no longer, but somebody added it on this node: it stays in {where} "
            "(still trusted: {trusted}).",
            "トラスト ドメイン {name} は {subject} の公開をやめましたが、このノードで追加されたものでもあるため、{where} に残ります "
            "(信頼が続くか: {trusted})。",
        ),
        clause="",
        remedy=Text(
            "Delete it on the node if it is needed no more: from now on that is a local entry, and deleting it holds.",
            "不要ならノード上で削除してください。今後はローカルのエントリーなので、削除しても元に戻りません。",
        ),
    ),
    Code.EXCEPTION_KEEPS: Entry(
        title=Text(
            "{subject} differs from what is published until {on}, as {by} decided: {reason}.",
            "{subject} は {by} の判断により、{on} まで公開内容と異なる状態です (理由: {reason})。",
        ),
        clause="",
        remedy=Text(
            "Nothing, as long as it is meant; it ends by itself. End it earlier if the reason is gone.",
            "意図したものなら何もする必要はなく、期限が来れば終わります。理由がなくなったら早めに終了してください。",
        ),
    ),
    Code.EXCEPTION_ENDED: Entry(
        title=Text(
            "The exception that {by} made for {subject} ended at {on}: the node follows what is published again.",
            "{by} が {subject} に設定した例外は {on} に終わり、ノードは再び公開内容に従います。",
        ),
        clause="",
        remedy=Text(
            "If the reason still holds, make it again, with an end.",
            "理由がまだあるなら、期限を付けて設定し直してください。",
        ),
    ),
    Code.NODE_CLONED: Entry(
        title=Text(
            "Node {subject} runs twice: boot {got} reports again after boot {before} did.",
            "ノード {subject} が 2 台で動いています。起動 {before} の後に、起動 {got} から再び報告がありました。",
        ),
        clause="",
        remedy=Text(
            "Find the copy (a clone of the machine, or a virtual machine snapshot that was started beside it) and stop it; "
            "then let the right one join again with a new token, which gives it a key of its own.",
            "複製 (マシンのクローン、または並行して起動した仮想マシンのスナップショット) を探して停止してください。"
            "その後、正しい方を新しいトークンで参加させ直すと、専用の鍵が作られます。",
        ),
    ),
    Code.REPORT_GOES_BACK: Entry(
        title=Text(
            "Report {got} of node {subject} came after its report {before}.",
            "ノード {subject} の報告 {got} が、報告 {before} の後に届きました。",
        ),
        clause="",
        remedy=Text(
            "The machine was put back to an older state, or runs twice. Let it join again with a new token: its state is "
            "then built anew.",
            "マシンが以前の状態に戻されたか、2 台で動いています。新しいトークンで参加させ直すと、状態が作り直されます。",
        ),
    ),
    Code.VERSION_GOES_BACK: Entry(
        title=Text(
            "Node {subject} says that it follows version {got} of trust domain {name}; it followed {before} before.",
            "ノード {subject} はトラスト ドメイン {name} のバージョン {got} に従っていると報告しましたが、以前は {before} でした。",
        ),
        clause="",
        remedy=Text(
            "The machine was put back to an older state and may trust what was removed since. It is fenced: let it join again "
            "with a new token.",
            "マシンが以前の状態に戻され、その後に外したものを信頼しているおそれがあるため、切り離しました。"
            "新しいトークンで参加させ直してください。",
        ),
    ),
    Code.NODE_FENCED: Entry(
        title=Text(
            "Node {subject} is fenced since {since}: nothing that it says counts.",
            "ノード {subject} は {since} から切り離されており、その報告は使われません。",
        ),
        clause="",
        remedy=Text(
            "The finding of that time says why. Let it join again with a new token once that is put right.",
            "理由はその時点の検出事項にあります。解消してから、新しいトークンで参加させ直してください。",
        ),
    ),
    **retirement.ENTRIES,
}
