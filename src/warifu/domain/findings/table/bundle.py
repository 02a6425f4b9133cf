"""Findings of the room `bundle`: signed trust bundles as a reader meets them."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Text

_TUF = "TUF 1.0.31 "


def _entry(title_en: str, title_ja: str, remedy_en: str, remedy_ja: str, clause: str = "") -> Entry:
    return Entry(title=Text(title_en, title_ja), clause=clause, remedy=Text(remedy_en, remedy_ja))


ENTRIES: Mapping[Code, Entry] = {
    Code.BUNDLE_SIGNATURE_WRONG: _entry(
        "{subject}: too few of the keys that must sign this file have signed it; the file was not accepted.",
        "{subject}: このファイルに必要な数の署名がないため、受け入れませんでした。",
        "What was held before stays in force. Look at the server and at what lies between; where the online key was "
        "lost or replaced, publish the next root: `warifu domain keys root`.",
        "これまでの内容を引き続き使います。サーバーと途中の経路を調べてください。オンライン鍵を失くした場合や"
        "交換した場合は、次のルートを公開してください (`warifu domain keys root`)。",
        _TUF + "§5.3.4, §5.4.2",
    ),
    Code.BUNDLE_ROLLED_BACK: _entry(
        "{subject}: version {found} was offered where {before} is known; the file was not accepted.",
        "{subject}: 既知のバージョン {before} に対してバージョン {found} が示されたため、受け入れませんでした。",
        "Somebody serves old files: a mirror that lags, a restored copy of the server, or an attacker. Compare with the "
        "files on the server itself.",
        "古いファイルが配布されています。更新の遅れたミラー、復元されたサーバー、攻撃者のいずれかが考えられます。"
        "サーバーにあるファイルと比べてください。",
        _TUF + "§5.4.3, §5.5.5",
    ),
    Code.BUNDLE_FILE_DIFFERS: _entry(
        "{subject}: length or SHA-256 is not what the signed list says; the file was not accepted.",
        "{subject}: 長さまたは SHA-256 が署名された一覧と一致しないため、受け入れませんでした。",
        "Files of different moments are mixed, or one was changed on its way. Copy all files to the mirror again, "
        "`timestamp.json` last.",
        "異なる時点のファイルが混ざっているか、途中で変更されています。すべてのファイルをミラーへコピーし直してください "
        "(`timestamp.json` は最後に)。",
        _TUF + "§5.5.2, §5.6.2, §5.7.3",
    ),
    Code.BUNDLE_FILE_TOO_LARGE: _entry(
        "{subject}: more than {limit} bytes came, and reading stopped there.",
        "{subject}: {limit} バイトを超えたため、読み取りを打ち切りました。",
        "Look at what answers under this name on the server, or at what lies between.",
        "サーバー上でこの名前に応答しているものと、途中の経路を調べてください。",
        _TUF + "§5.3.3, §5.4.1",
    ),
    Code.BUNDLE_FILE_UNREADABLE: _entry(
        "{subject}: what came is no signed file of this kind.",
        "{subject}: 届いた内容は、この種類の署名ファイルではありません。",
        "Fetch it by hand and look at it: a proxy or a sign-in page may have answered in its place.",
        "手動で取得して中身を確かめてください。プロキシやサインイン ページが代わりに応答していることがあります。",
    ),
    Code.BUNDLE_FILE_MISSING: _entry(
        "{subject}: the server has no such file.",
        "{subject}: サーバーにこのファイルがありません。",
        "Copy all files to where they are served, `timestamp.json` last.",
        "すべてのファイルを配布場所へコピーしてください (`timestamp.json` は最後に)。",
    ),
    Code.BUNDLE_PATH_OUTSIDE: _entry(
        "{subject}: this trust domain lists {path}, which is not its own; nothing of it was accepted.",
        "{subject}: このトラスト ドメインの一覧に、範囲外の {path} があるため、受け入れませんでした。",
        "Only the online key can have signed this: look at what was done on the server, and replace the key if nobody "
        "of yours did it.",
        "署名できるのはオンライン鍵だけです。サーバーでの操作を調べ、正当な操作でなければ鍵を交換してください。",
        _TUF + "§5.6.7",
    ),
    Code.BUNDLE_EXPIRED: _entry(
        "{subject}: expired at {not_after}. Nothing new is accepted; what is held stays in force.",
        "{subject}: {not_after} に期限切れになりました。新しい内容は受け入れず、これまでの内容を引き続き使います。",
        "Check this machine's clock, then whether the server runs: it signs again by itself. A root is renewed with "
        "`warifu domain keys root`.",
        "このマシンの時計を確かめ、次にサーバーが動いているか確かめてください (署名はサーバーが自動で更新します)。"
        "ルートの場合は `warifu domain keys root` で更新してください。",
        _TUF + "§5.3.10, §5.4.4, §5.5.6, §5.6.5",
    ),
    Code.BUNDLE_DOMAIN_UNKNOWN: _entry(
        "{subject}: no trust domain of this name is published.",
        "{subject}: この名前のトラスト ドメインは公開されていません。",
        "Correct the name, or publish something in this trust domain first.",
        "名前を直すか、先にこのトラスト ドメインで公開してください。",
    ),
    Code.BUNDLE_HOLDS_KEY: _entry(
        "{subject}: a private key stands at {part} of the trust bundle; it was set aside, the rest was read.",
        "{subject}: トラスト バンドルの {part} に秘密鍵があります。これを除いて残りを読み取りました。",
        "Everybody who reads the bundle has this key: replace it wherever it is used, and publish the certificate alone.",
        "バンドルを読める全員にこの鍵が渡っています。使用箇所の鍵をすべて交換し、証明書だけを公開し直してください。",
    ),
    Code.BUNDLE_ENTRY_DIFFERS: _entry(
        "{subject}: {part} of the trust bundle has the SHA-256 {found} and not {expected}; it was set aside.",
        "{subject}: トラスト バンドルの {part} の SHA-256 は {expected} ではなく {found} です。この項目は除外しました。",
        "Publish this object again; the rest of the trust domain is in force.",
        "この項目を公開し直してください。トラスト ドメインの残りは有効です。",
    ),
    Code.BUNDLE_ENTRY_UNREADABLE: _entry(
        "{subject}: {part} of the trust bundle was set aside: {reason}. The rest was read.",
        "{subject}: トラスト バンドルの {part} を除外しました ({reason})。残りは読み取りました。",
        "Publish this object again; the rest of the trust domain is in force.",
        "この項目を公開し直してください。トラスト ドメインの残りは有効です。",
    ),
    Code.BUNDLE_ROOT_EXPIRING: _entry(
        "{subject}: the root of the trust bundles expires at {not_after}, in {days} days.",
        "{subject}: トラスト バンドルのルートは {not_after} に期限切れになります (残り {days} 日)。",
        "Make the next root with the offline keys: `warifu domain keys root`, then have it signed.",
        "オフライン鍵で次のルートを作ってください。`warifu domain keys root` で作り、署名を集めます。",
    ),
    Code.BUNDLE_ROOT_TRIAL: _entry(
        "{subject}: the root of the trust bundles is a trial: one key that lies on the server stands for all.",
        "{subject}: トラスト バンドルのルートは試用です。サーバー上にある 1 つの鍵だけで成り立っています。",
        "Make root keys off the server and replace it before it guards anything: `warifu domain keys make`.",
        "本番で使う前に、サーバーの外でルート鍵を作って置き換えてください (`warifu domain keys make`)。",
    ),
}
