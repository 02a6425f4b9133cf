"""Findings of the room `install`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text


def _entry(title_en: str, title_ja: str, remedy_en: str, remedy_ja: str, clause: str = "") -> Entry:
    return Entry(title=Text(title_en, title_ja), clause=clause, remedy=Text(remedy_en, remedy_ja))


ENTRIES: Mapping[Code, Entry] = {
    Code.KEY_MISSING: _entry(
        "{subject}: there is no private key for this certificate.",
        "{subject}: この証明書の秘密鍵がありません。",
        "Bring the key with the certificate, or make a new key and request: `warifu plan replace-identity`.",
        "証明書と一緒に鍵を用意するか、`warifu plan replace-identity` で鍵と証明書要求を作り直してください。",
    ),
    Code.NO_ANCHORS: _entry(
        "{subject}: the trust store would be empty, so every peer would be refused.",
        "{subject}: トラスト ストアが空になり、すべての相手を拒否することになります。",
        "Keep at least the anchor that the peers' certificates end at.",
        "相手の証明書がたどり着くトラスト アンカーを少なくとも 1 つ残してください。",
        "RFC 5280 §6.1.1 (d)",
    ),
    Code.KEY_OWNER_DIFFERS: _entry(
        "{subject} belongs to {found}, not to {wanted}.",
        "{subject} の所有者は {wanted} ではなく {found} です。",
        "Run `chown {wanted} {subject}`, or correct `user` in the estate file.",
        "`chown {wanted} {subject}` を実行するか、管理対象環境ファイルの `user` を直してください。",
    ),
    Code.FILE_ABSENT: _entry(
        "{subject}: no file lies here.",
        "{subject}: ファイルがありません。",
        "Correct the path in the estate file, or put the file there.",
        "管理対象環境ファイルのパスを直すか、ファイルを置いてください。",
    ),
    Code.FILE_UNREADABLE: _entry(
        "{subject} cannot be read: {reason}.",
        "{subject} を読み取れません ({reason})。",
        "Give the account that Warifu uses on this node the right to read it (`sudo = true` where sudo is set up).",
        "このノードで Warifu が使うアカウントに読み取りを許してください (sudo があれば `sudo = true`)。",
    ),
    Code.WRITE_FAILED: _entry(
        "{subject} could not be written: {reason}. What was there before is untouched.",
        "{subject} に書き込めません ({reason})。元のファイルはそのままです。",
        "Make room or give the right to write (`df -h`, `ls -ld` of its folder), then resume.",
        "空き容量や書き込みの権限を確かめ (`df -h`、フォルダーの `ls -ld`)、再開してください。",
    ),
    Code.CHECK_FAILED: _entry(
        "{subject}: the service's own check refuses the new files (`{command}`): {said}",
        "{subject}: サービス自身の検査が新しいファイルを受け付けません (`{command}`): {said}",
        "Nothing was loaded and the old files are back. Correct what the check names, then resume.",
        "何も読み込まれておらず、ファイルは元に戻してあります。検査が指摘した点を直して再開してください。",
    ),
    Code.LOAD_FAILED: _entry(
        "{subject}: the load command `{command}` failed (exit {code}): {said}",
        "{subject}: 読み込みのコマンド `{command}` が失敗しました (終了コード {code}): {said}",
        "Run the command by hand on the node and correct what it says, then resume.",
        "ノード上でコマンドを手で実行し、指摘された点を直してから再開してください。",
    ),
    Code.SERVICE_SAID: _entry(
        "{subject} wrote in its log: {said}",
        "{subject} のログ: {said}",
        "Correct what the log names, then resume.",
        "ログが指摘した点を直してから再開してください。",
    ),
    Code.SERVICE_DOWN: _entry(
        "{subject} does not run any more, and the estate file names no command that starts it.",
        "{subject} は動作しておらず、起動するコマンドが管理対象環境ファイルにありません。",
        "Start it by hand now; its old files are back. Add `restart = [...]` to the service.",
        "ファイルは元に戻してあります。今すぐ手で起動し、サービスに `restart = [...]` を書いてください。",
    ),
    Code.NOT_ANSWERING: _entry(
        "{subject} answers no TLS handshake: {reason}.",
        "{subject} は TLS ハンドシェイクに応答しません ({reason})。",
        "See whether the service runs and listens there: `ss -ltnp`, then its log.",
        "サービスが動作し待ち受けているかを `ss -ltnp` とログで確かめてください。",
    ),
    Code.DEPLOYED_NOT_LIVE: _entry(
        "{subject}: deployed, not live: {expected} lies on disk, and {seen} is still presented.",
        "{subject}: 配置済みですが反映されていません。ディスク上は {expected}、提示されているのは {seen} です。",
        "The service has not taken up its files, whatever its reload command said: see its log, or restart it.",
        "再読み込みのコマンドの結果にかかわらず、サービスは読み込んでいません。ログを見るか、再起動してください。",
    ),
    Code.SERVED_CHAIN_DIFFERS: _entry(
        "{subject} presents the right leaf with another chain: {sent} certificates instead of these {wanted}.",
        "{subject} は正しいリーフを提示していますが、チェーンが異なります ({wanted} 枚のはずが {sent} 枚)。",
        "Name the file that the service takes its chain from as `chain` of the slot.",
        "サービスがチェーンを読むファイルを、スロットの `chain` に書いてください。",
        "RFC 8446 §4.4.2",
    ),
    Code.CA_NAMES_DIFFER: _entry(
        "{subject} asks for clients of other CAs ({seen}) than its trust store holds ({expected}).",
        "{subject} が求めるクライアントの CA ({seen} 件) は、トラスト ストア ({expected} 件) と異なります。",
        "The service has not taken up the new trust store: see its log, or restart it.",
        "サービスは新しいトラスト ストアを読み込んでいません。ログを見るか、再起動してください。",
        "RFC 8446 §4.2.4",
    ),
    Code.OLD_NOT_LIVE: _entry(
        "{subject}: the old files are back, and {service} is still not seen to use them.",
        "{subject}: ファイルは元に戻しましたが、{service} がそれを使っていることを確認できません。",
        "Act now: look at the service on its node, start it, and check it with `warifu check`.",
        "至急、ノード上のサービスを確かめて起動し、`warifu check` で確認してください。",
    ),
    Code.OLD_LIVE_AGAIN: _entry(
        "{subject}: what was there before is in use again ({standing}).",
        "{subject}: 変更前のものが再び使われています ({standing})。",
        "Remove the cause named beside this, then resume.",
        "一緒に示した原因を取り除いてから再開してください。",
    ),
    Code.NOT_AS_BEFORE: _entry(
        "{subject} is not as it was when the backup {folder} was taken.",
        "{subject} はバックアップ {folder} を取ったときと異なります。",
        "Compare the two and put back by hand what is missing.",
        "両者を比べ、足りないものを手で戻してください。",
    ),
}
