"""Findings of the room `rotation`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

ENTRIES: Mapping[Code, Entry] = {
    Code.WOULD_BREAK: Entry(
        title=Text(
            "{subject} would break in wave {wave} (0: as things stand): {presenter} may present {shown}, which {acceptor} refuses "
            "(steps before: {schedule}).",
            "{subject} はウェーブ {wave} (0 は現状) で切れます: {presenter} が {shown} を提示し、{acceptor} が拒否します "
            "(経過した手順: {schedule})。",
        ),
        clause="",
        remedy=Text(
            "Something changed since the plan was made. See `warifu estate check`, put it right or make a new plan.",
            "計画後に何かが変わりました。`warifu estate check` で確認し、元に戻すか計画を作り直してください。",
        ),
    ),
    Code.SUCCESSOR_NOT_VALID: Entry(
        title=Text(
            "{subject} cannot come in: it is not valid at {now} ({not_before} to {not_after}).",
            "{subject} は {now} の時点で有効でないため使えません ({not_before} から {not_after})。",
        ),
        clause="RFC 5280 §4.1.2.5",
        remedy=Text(
            "Give the certificate that is valid now, or plan again from {not_before}: `warifu check FILE` shows its dates.",
            "現在有効な証明書を指定するか、{not_before} 以降に計画し直してください。日付は `warifu check FILE` で確認できます。",
        ),
    ),
    Code.NO_SUCCESSOR: Entry(
        title=Text(
            "{subject} would trust nothing that is valid after {removed} has gone.",
            "{removed} を外すと、{subject} には有効なトラスト アンカーが残りません。",
        ),
        clause="RFC 5280 §6.1.1 (d)",
        remedy=Text(
            "Add a successor first: `warifu plan add-anchor CERT --store STORE`, or use `warifu plan replace-ca`.",
            "先に後継を追加してください: `warifu plan add-anchor CERT --store STORE`、または `warifu plan replace-ca`。",
        ),
    ),
    Code.NOT_AN_ANCHOR: Entry(
        title=Text(
            "{subject} ({certificate}) is not a CA certificate and cannot be an anchor.",
            "{subject} ({certificate}) は CA 証明書ではないため、トラスト アンカーにできません。",
        ),
        clause="RFC 5280 §4.2.1.9",
        remedy=Text(
            "Name the CA above it: `warifu check FILE` lists the certificates of a file.",
            "その上位の CA を指定してください。ファイル内の証明書は `warifu check FILE` で一覧できます。",
        ),
    ),
    Code.STILL_NEEDED: Entry(
        title=Text(
            "Anchor {anchor} cannot go: service {service} still presents {identity} beneath it in {subject}.",
            "トラスト アンカー {anchor} は外せません。サービス {service} が {subject} で、その下の {identity} をまだ提示しています。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Renew that certificate first: `warifu plan replace-identity {subject}`, or both at once: `warifu plan replace-ca {anchor} NEW`.",
            "先にその証明書を更新してください: `warifu plan replace-identity {subject}`。まとめて行うには `warifu plan replace-ca {anchor} NEW`。",
        ),
    ),
    Code.UNCOVERED_SLOT: Entry(
        title=Text(
            "No connection of the estate uses {slots}: what the plan changes there is proven for nobody who connects.",
            "{slots} を使う接続が管理対象環境にありません。この計画によるそこでの変更は、どの接続元についても証明されていません。",
        ),
        clause="docs/estate.md, [connections]",
        remedy=Text(
            "Find out who connects there (`warifu estate scan` while they are connected, or their owners) and declare "
            "the connections, then plan again; or know that nobody does.",
            "接続元を調べて (接続中に `warifu estate scan` を実行するか、担当者に確認)、接続を記述してから計画し直してください。"
            "接続元がないと分かっていれば、このままで構いません。",
        ),
    ),
    Code.NO_ISSUER: Entry(
        title=Text(
            "{subject} must be renewed (slots {slots}) and nobody is named to sign it.",
            "{subject} の更新が必要ですが (スロット {slots})、署名する発行者が決まっていません。",
        ),
        clause="docs/estate.md, [identities]",
        remedy=Text(
            'Give `--issuer NAME`, or write `issuer = "NAME"` under [identities.{subject}] in the estate file.',
            '`--issuer NAME` を指定するか、管理対象環境ファイルの [identities.{subject}] に `issuer = "NAME"` と書いてください。',
        ),
    ),
    Code.ISSUER_UNKNOWN: Entry(
        title=Text(
            "{subject} must be renewed (slots {slots}), and the estate has no issuer {issuer} to sign it.",
            "{subject} の更新が必要ですが (スロット {slots})、署名する発行者 {issuer} が管理対象環境にありません。",
        ),
        clause="docs/estate.md, [issuers]",
        remedy=Text(
            "See which there are with `warifu issuer list`, or write [issuers.{issuer}] into the estate file.",
            "`warifu issuer list` で名前を確かめるか、管理対象環境ファイルに [issuers.{issuer}] を書いてください。",
        ),
    ),
    Code.ISSUER_CHAIN_MISSING: Entry(
        title=Text(
            "{subject} must be renewed (slots {slots}); what issuer {issuer} signs with is not known: it has no `chain`.",
            "{subject} の更新が必要ですが (スロット {slots})、発行者 {issuer} に `chain` がなく、"
            "どの CA で署名されるか分かりません。",
        ),
        clause="docs/estate.md, [issuers] chain",
        remedy=Text(
            'Write `chain = "FILE"` under [issuers.{issuer}]: PEM, the issuing certificate first, root last.',
            '[issuers.{issuer}] に `chain = "FILE"` を書いてください (PEM、発行する CA の証明書からルートまでの順)。',
        ),
    ),
    Code.ISSUER_NOT_BENEATH: Entry(
        title=Text(
            "Issuer {issuer} does not sign beneath {root}: its chain ends in {ends_in}, so {subject} would stay outside.",
            "発行者 {issuer} は {root} の下にありません (チェーンの終端は {ends_in})。{subject} は新しい CA の下に入りません。",
        ),
        clause="RFC 5280 §6.1",
        remedy=Text(
            "Name an issuer beneath the new anchor with `--issuer`, or put its chain right in [issuers.{issuer}].",
            "新しいトラスト アンカーの下の発行者を `--issuer` で指定するか、[issuers.{issuer}] の chain を直してください。",
        ),
    ),
    Code.NO_BACKUP: Entry(
        title=Text(
            "{subject} has no kept value {digest} to go back to.",
            "{subject} には戻し先の値 {digest} が保存されていません。",
        ),
        clause="docs/estate.md, [nodes] state",
        remedy=Text(
            "List what is kept with `warifu rollout show`, and plan the way forward instead.",
            "保存されている値を `warifu rollout show` で確認し、戻すのではなく先に進む計画を作ってください。",
        ),
    ),
    Code.OUTAGE_NOT_ALLOWED: Entry(
        title=Text(
            "{subject} takes up certificates only by a restart and nothing stands in for it: about {seconds} s of outage ({steps}).",
            "{subject} は再起動でしか証明書を読み込まず、その間代わりに応答するものがありません。約 {seconds} 秒のサービス中断になります ({steps})。",
        ),
        clause="docs/estate.md, [groups] max-unavailable",
        remedy=Text(
            "Ask its owner, then plan with `--allow-outage {subject}`; or give it a group of two and more.",
            "担当者の了承を得て `--allow-outage {subject}` を付けて計画するか、2 つ以上のサービスのグループにしてください。",
        ),
    ),
    Code.SPLIT_IDENTITY: Entry(
        title=Text(
            "Certificate {subject} is split: {moves} get another one, {stays} keep it.",
            "証明書 {subject} が分かれます。{moves} は新しい証明書になり、{stays} は今のままです。",
        ),
        clause="RFC 5280 §4.1",
        remedy=Text(
            "Renew all slots together by naming none with `--slot`, or say in the ticket why they part.",
            "`--slot` を付けずに全スロットをまとめて更新するか、分ける理由をチケットに記録してください。",
        ),
    ),
    Code.BROKEN_NOW: Entry(
        title=Text(
            "Connection {subject} does not hold now; the plan need only make it hold in the end.",
            "接続 {subject} は現在成立していません。計画では、最後に成立すれば足ります。",
        ),
        clause="RFC 8446 §4.4.2",
        remedy=Text(
            "See why with `warifu estate check`; `warifu plan ... --explain {subject}` shows each mixture.",
            "理由は `warifu estate check` で、各組み合わせは `warifu plan ... --explain {subject}` で確認できます。",
        ),
    ),
}
