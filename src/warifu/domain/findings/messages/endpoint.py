"""Messages about a node's endpoint store: keys that begin with `endpoint.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # Who may.
    "endpoint.not-permitted": Text(
        "{user} has no right to `{right}` in the endpoint store {store}. Its owner {owner} or root grants it: "
        "`warifu endpoint permission grant {store} {user} --right {right}`.",
        "{user} にはエンドポイント ストア {store} の `{right}` の権限がありません。所有者 {owner} か root が付与できます: "
        "`warifu endpoint permission grant {store} {user} --right {right}`。",
    ),
    "endpoint.not-owner": Text(
        "Only the owner {owner} and root may do this with the endpoint store {store}, not {user}.",
        "エンドポイント ストア {store} に対するこの操作は、所有者 {owner} と root だけができます ({user} にはできません)。",
    ),
    "endpoint.not-root": Text(
        "Only root and the user that the agent runs as may do this, not {user}.",
        "この操作は root とエージェントの実行ユーザーだけができます ({user} にはできません)。",
    ),
    "endpoint.owner-has-all": Text(
        "{user} owns the store and has every right in it, so nothing can be granted or denied.",
        "{user} は所有者としてすべての権限を持つため、付与も拒否もできません。",
    ),
    "endpoint.no-such-right": Text(
        "There is no right `{word}`; there are: {known}.",
        "権限 `{word}` はありません。指定できるのは {known} です。",
    ),
    "endpoint.no-principal": Text(
        "{text} names nobody: write a user (`alice`), a group (`group:wheel`) or `EVERYONE`.",
        "{text} はユーザーやグループとして読めません。ユーザー (`alice`)、グループ (`group:wheel`)、`EVERYONE` のいずれかを指定してください。",
    ),
    "endpoint.no-such-act": Text(
        "An access list cannot be changed by `{act}`: there are `grant`, `revoke`, `deny` and `allow`.",
        "アクセス権は `{act}` では変更できません。`grant`、`revoke`、`deny`、`allow` のいずれかを使ってください。",
    ),
    # Stores and names.
    "endpoint.no-such-store": Text(
        "There is no endpoint store {store}. `warifu endpoint store list` shows those you may use.",
        "エンドポイント ストア {store} はありません。使えるものは `warifu endpoint store list` で確認できます。",
    ),
    "endpoint.store-there": Text(
        "There is an endpoint store {store} already; capitals do not tell names apart.",
        "エンドポイント ストア {store} はすでにあります (大文字と小文字は区別されません)。",
    ),
    "endpoint.too-many-stores": Text(
        "{user} owns {limit} endpoint stores, which is the most. Delete one that is not needed.",
        "{user} のエンドポイント ストアは上限の {limit} 個に達しています。不要なものを削除してください。",
    ),
    "endpoint.system-store": Text(
        "{store} is a system store and cannot be deleted. Its entries can: `warifu endpoint entry delete`.",
        "{store} はシステムのエンドポイント ストアのため削除できません。エントリーは `warifu endpoint entry delete` で削除できます。",
    ),
    "endpoint.system-store-there": Text(
        "{store} names a system store, which is always there. Choose another name.",
        "{store} はつねに存在するシステムのエンドポイント ストアの名前です。別の名前にしてください。",
    ),
    "endpoint.store-not-empty": Text(
        "The endpoint store {store} holds {count} entries, which would be deleted with it, keys included. "
        "Type its name to delete it: --confirm {store}",
        "エンドポイント ストア {store} には {count} 件のエントリーがあり、鍵も含めて一緒に削除されます。"
        "削除するには名前を指定してください: --confirm {store}",
    ),
    "endpoint.bad-store-name": Text(
        "`{store}` cannot name a store: 1 to {limit} characters that print on one line, no space around them.",
        "`{store}` は名前として使えません。1 行に表示できる {limit} 文字以内の文字列を、前後に空白を付けずに指定してください。",
    ),
    "endpoint.bad-alias": Text(
        "`{alias}` cannot be an alias: 1 to {limit} characters that print on one line, no space around them.",
        "`{alias}` はエイリアスとして使えません。1 行に表示できる {limit} 文字以内の文字列を、前後に空白を付けずに指定してください。",
    ),
    # Entries.
    "endpoint.no-such-entry": Text(
        "There is no entry {alias} in the endpoint store {store}. `warifu endpoint entry list {store}` shows them all.",
        "エンドポイント ストア {store} にエントリー {alias} はありません。一覧は `warifu endpoint entry list {store}` で確認できます。",
    ),
    "endpoint.found-nowhere": Text(
        "No entry that you may read fits {name}: an alias, a SHA-256 or SHA-1 fingerprint, a key id, a serial number "
        "or a subject.",
        "{name} に当てはまるエントリーは、読み取れる範囲にありません。エイリアス、SHA-256 か SHA-1 のフィンガープリント、鍵 ID、"
        "シリアル番号、サブジェクトのいずれかを指定してください。",
    ),
    "endpoint.ambiguous-entry": Text(
        "{name} fits {count} entries of the endpoint store {store} (by {how}); name one by its alias:{matches}",
        "{name} はエンドポイント ストア {store} の {count} 件のエントリーに当てはまります ({how})。"
        "エイリアスで 1 件を指定してください:{matches}",
    ),
    "endpoint.alias-taken": Text(
        "The alias {alias} is taken in the endpoint store {store} and what it holds differs. "
        "`warifu endpoint entry replace {store} {alias}` puts the new one in its place in one step.",
        "エンドポイント ストア {store} のエイリアス {alias} は、別の内容で使われています。"
        "`warifu endpoint entry replace {store} {alias}` を使うと 1 回の操作で入れ替えられます。",
    ),
    "endpoint.alias-missing": Text(
        "A secret needs an alias: --alias NAME.", "シークレットにはエイリアスが必要です: --alias NAME"
    ),
    "endpoint.nothing-offered": Text(
        "Give a certificate (--cert), with or without its key (--key), or a CRL (--crl), or a secret (--secret-file), "
        "and nothing else beside it.",
        "証明書 (--cert、必要なら --key も)、CRL (--crl)、シークレット (--secret-file) のいずれか 1 種類だけを指定してください。",
    ),
    "endpoint.one-certificate": Text(
        "{count} certificates stand in the file; a trusted certificate is one. Add each by itself.",
        "ファイルに証明書が {count} 枚あります。信頼する証明書は 1 枚ずつ追加してください。",
    ),
    "endpoint.wrong-kind": Text(
        "The endpoint store {store} takes entries of the kind {wanted}, not {kind}.",
        "エンドポイント ストア {store} に入れられるのは {wanted} のエントリーで、{kind} は入れられません。",
    ),
    "endpoint.key-kind": Text(
        "A private key of the kind {kind} is not kept; these are: {known}.",
        "{kind} の秘密鍵は保管できません。保管できるのは {known} です。",
    ),
    "endpoint.key-mismatch": Text(
        "The private key does not fit the certificate of {certificate}; nothing was changed.",
        "秘密鍵が {certificate} の証明書と一致しません。何も変更していません。",
    ),
    "endpoint.too-large": Text(
        "An entry takes at most {limit} bytes; nothing was changed.",
        "エントリーの上限は {limit} バイトです。何も変更していません。",
    ),
    "endpoint.bad-password": Text(
        "A password has 1 to {limit} bytes; nothing was changed.",
        "パスワードは 1 から {limit} バイトまでです。何も変更していません。",
    ),
    "endpoint.too-many-principals": Text(
        "An access list names at most {limit} users and groups; grant to a group instead.",
        "アクセス権に登録できるユーザーとグループは {limit} 件までです。グループに付与してください。",
    ),
    "endpoint.other-entry": Text(
        "The entry {alias} of the endpoint store {store} is not {expected}: it is {found}, key id {key_id}. "
        "Nothing was changed.",
        "エンドポイント ストア {store} のエントリー {alias} は {expected} ではなく {found} (鍵 ID {key_id}) です。"
        "何も変更していません。",
    ),
    "endpoint.managed": Text(
        "The entry {alias} of the endpoint store {store} is published in the trust domain {domain} and would come "
        "back. It leaves every node by `warifu plan retire-anchor --domain {domain} {fingerprint}`; to let this node "
        "alone differ for a time: `warifu endpoint exception add {store} {alias} ...`.",
        "エンドポイント ストア {store} のエントリー {alias} はトラスト ドメイン {domain} で公開されているため、削除しても元に戻ります。"
        "すべてのノードから外すには `warifu plan retire-anchor --domain {domain} {fingerprint}` を使います。"
        "このノードだけ一時的に変えるには"
        " `warifu endpoint exception add {store} {alias} ...` を使ってください。",
    ),
    "endpoint.managed-crl": Text(
        "The CRL {alias} of the endpoint store {store} is published in the trust domain {domain} and would come back. "
        "It goes with its anchor: `warifu plan retire-anchor --domain {domain} ANCHOR`.",
        "エンドポイント ストア {store} の CRL {alias} はトラスト ドメイン {domain} で公開されているため、削除しても元に戻ります。"
        "トラスト アンカーと一緒に外れます: `warifu plan retire-anchor --domain {domain} ANCHOR`",
    ),
    "endpoint.no-secret": Text(
        "The entry {alias} of the endpoint store {store} has neither a key nor a secret.",
        "エンドポイント ストア {store} のエントリー {alias} には鍵もシークレットもありません。",
    ),
    "endpoint.no-certificate": Text(
        "The entry {alias} of the endpoint store {store} is a secret; `warifu endpoint entry key` reads it.",
        "エンドポイント ストア {store} のエントリー {alias} はシークレットです。`warifu endpoint entry key` で読み取れます。",
    ),
    "endpoint.password-needed": Text(
        "The key of {alias} in the endpoint store {store} is under a password: give --password-file FILE, or --locked to "
        "get it as it is.",
        "エンドポイント ストア {store} の {alias} の鍵はパスワードで保護されています。--password-file FILE を指定するか、"
        "保護されたまま受け取るには --locked を付けてください。",
    ),
    "endpoint.entry-damaged": Text(
        "The entry {alias} of the endpoint store {store} is damaged: {reason}. Delete it and add it again.",
        "エンドポイント ストア {store} のエントリー {alias} が壊れています ({reason})。削除して追加し直してください。",
    ),
    # Exceptions.
    "endpoint.exception-local": Text(
        "The entry {alias} of the endpoint store {store} is this node's own, so there is nothing published to differ "
        "from. Delete or replace it as you like.",
        "エンドポイント ストア {store} のエントリー {alias} はこのノードだけのもので、公開されている内容との違いはありません。"
        "そのまま削除や入れ替えができます。",
    ),
    "endpoint.exception-past": Text(
        "An exception until {until} would have ended already.",
        "{until} までの例外は、すでに終わっています。",
    ),
    "endpoint.exception-reason": Text(
        "Say why the exception is needed, in at most {limit} characters.",
        "例外が必要な理由を {limit} 文字以内で書いてください。",
    ),
    "endpoint.no-exception": Text(
        "The entry {alias} of the endpoint store {store} has no exception.",
        "エンドポイント ストア {store} のエントリー {alias} に例外はありません。",
    ),
    # The agent and its files.
    "endpoint.not-running": Text(
        "No agent answers at {path}: {reason}. Start it on this node (`systemctl start warifu-agent`), or name its socket "
        "with --socket or WARIFU_ENDPOINT_SOCKET.",
        "{path} でエージェントが応答しません ({reason})。このノードで起動する (`systemctl start warifu-agent`) か、"
        "--socket または WARIFU_ENDPOINT_SOCKET でソケットを指定してください。",
    ),
    "endpoint.not-answered": Text(
        "The agent at {path} took the question and gave no answer; its log says why. Nothing is known of the outcome: "
        "look before you repeat it.",
        "{path} のエージェントから応答がありませんでした。理由はエージェントのログを確認してください。"
        "結果は不明なため、繰り返す前に状態を確かめてください。",
    ),
    "endpoint.unknown-answer": Text(
        "The agent refused for a reason that this release does not know: {said}. Use the release of the agent.",
        "エージェントが拒否しましたが、理由 {said} はこのリリースでは分かりません。エージェントと同じリリースを使ってください。",
    ),
    "endpoint.message-malformed": Text(
        "A message at the socket of the endpoint store is not understood, at {reason}.",
        "エンドポイント ストアのソケットのメッセージを解釈できません (位置 {reason})。",
    ),
    "endpoint.message-newer": Text(
        "The message has format {found}; this release knows {known}. Update the older of agent and program.",
        "メッセージの形式は {found} ですが、このリリースが扱えるのは {known} までです。エージェントとプログラムの古い方を更新してください。",
    ),
    "endpoint.fault": Text(
        "The agent met a fault of its own ({kind}) and did nothing. Please report it.",
        "エージェントの不具合 ({kind}) のため、何も行いませんでした。不具合として報告してください。",
    ),
    "endpoint.socket": Text(
        "The agent cannot listen at {path}: {reason}.",
        "エージェントは {path} で待ち受けできません ({reason})。",
    ),
    "endpoint.socket-busy": Text(
        "Another agent listens at {path}. Stop it first, or use another path.",
        "別のエージェントが {path} で待ち受けています。先に停止するか、別のパスを使ってください。",
    ),
    "endpoint.socket-other": Text(
        "{path} is no socket, so the agent does not listen there; nothing was changed.",
        "{path} はソケットではないため、エージェントは待ち受けできません。何も変更していません。",
    ),
    "endpoint.state": Text(
        "`endpoint(sqlite)`: the endpoint store {path} cannot be used: {reason}.",
        "`endpoint(sqlite)`: エンドポイント ストア {path} を利用できません ({reason})。",
    ),
    "endpoint.state-newer": Text(
        "The endpoint store {path} was written by a later release (format {found}, known here: {known}).",
        "エンドポイント ストア {path} は新しいリリースで書かれています (形式 {found}、このリリースで扱えるのは {known} まで)。",
    ),
    "endpoint.key-file": Text(
        "The data keys of the endpoint store cannot be used ({path}): {reason}. Without them no key or secret in it opens.",
        "エンドポイント ストアのデータ鍵を利用できません ({path}、{reason})。データ鍵がないと、保管した鍵やシークレットは開けません。",
    ),
    "endpoint.key-file-open": Text(
        "The data keys {path} can be read by others (mode {mode}), so they were not used. Close the file: chmod 0600 {path}",
        "データ鍵 {path} は他のユーザーが読めるため (モード {mode})、使いませんでした。権限を絞ってください: chmod 0600 {path}",
    ),
    "endpoint.file-lacks": Text(
        "{path} must hold exactly what is wanted of it: {wanted}. It holds none, several, or one that is locked.",
        "{path} に必要なのは {wanted} です。ファイルの中に見つからないか、複数あるか、パスワードで保護されています。",
    ),
    "endpoint.legacy-only": Text(
        "--text and --aliases choose a layout of --legacy; give that too.",
        "--text と --aliases は --legacy の表示形式の指定です。--legacy も付けてください。",
    ),
    # What was done.
    "endpoint.store-created": Text(
        "Made the endpoint store {store}.", "エンドポイント ストア {store} を作成しました。"
    ),
    "endpoint.store-deleted": Text(
        "Deleted the endpoint store {store}.", "エンドポイント ストア {store} を削除しました。"
    ),
    "endpoint.entry-created": Text("Added {alias} to {store}.", "{store} に {alias} を追加しました。"),
    "endpoint.entry-unchanged": Text(
        "{store} holds {alias} already; nothing was changed.",
        "{store} には {alias} がすでにあります。何も変更していません。",
    ),
    "endpoint.entry-replaced": Text("Replaced {alias} in {store}.", "{store} の {alias} を入れ替えました。"),
    "endpoint.entry-kept": Text(
        "{alias} is published in {store} already; it now stays here when it is published no longer.",
        "{store} の {alias} はすでに公開されています。今後は公開されなくなってもこのノードに残ります。",
    ),
    "endpoint.entry-deleted": Text("Deleted {alias} from {store}.", "{store} から {alias} を削除しました。"),
    "endpoint.entry-renamed": Text(
        "The entry in {store} is now {alias}.", "{store} のエントリーの名前を {alias} に変えました。"
    ),
    "endpoint.access-changed": Text(
        "Changed what {who} may do in {store}.", "{store} での {who} の権限を変更しました。"
    ),
    "endpoint.access-unchanged": Text(
        "Nothing to change: {who} in {store} is as asked.",
        "{store} での {who} の権限は指定どおりです。何も変更していません。",
    ),
    "endpoint.owned-by": Text("{store}, owner {owner}", "{store} (所有者 {owner})"),
    "endpoint.excepted-distrusted": Text(
        "This node does not trust {alias} of {store} until {until}.",
        "このノードは {until} まで {store} の {alias} を信頼しません。",
    ),
    "endpoint.excepted-kept": Text(
        "This node keeps and trusts {alias} of {store} until {until}, whatever is published.",
        "このノードは {until} まで、公開内容によらず {store} の {alias} を残して信頼します。",
    ),
    "endpoint.exception-ended": Text(
        "{alias} of {store} follows what is published again.",
        "{store} の {alias} は公開内容に従う状態に戻りました。",
    ),
    "endpoint.rotated": Text(
        "Every secret lies under the new data key {number}.",
        "すべてのシークレットを新しいデータ鍵 {number} で保護し直しました。",
    ),
    "endpoint.written": Text("Wrote {path}.", "{path} に書き込みました。"),
    "endpoint.written-private": Text(
        "Wrote {path}, readable by you alone.", "{path} に書き込みました (読み取れるのは本人だけです)。"
    ),
    "endpoint.more": Text(
        "{total} entries in all; the next page: --after {following}",
        "全 {total} 件。次のページ: --after {following}",
    ),
    "endpoint.distrusted": Text("not trusted", "信頼の停止"),
    "endpoint.kept": Text("kept", "保持"),
    "endpoint.state-distrusted-until": Text(
        "not trusted here until {until}", "{until} までこのノードでの信頼を停止"
    ),
    "endpoint.state-kept-until": Text("kept here until {until}", "{until} までこのノードで保持"),
    "endpoint.state-quarantined": Text("in quarantine", "隔離中"),
    "endpoint.state-no-key-id": Text("no key id", "鍵 ID なし"),
}
