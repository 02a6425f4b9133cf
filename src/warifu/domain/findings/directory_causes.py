"""Reasons that published trust, its server and its nodes note as words."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

DIRECTORY_CAUSES: Mapping[str, Text] = {
    # What a server answers a node that joins.
    "no-anchors": Text("no CA is known that could vouch for it", "確認に使える CA がありません"),
    "no-first-root": Text("it serves no first root", "最初のルートを配布していません"),
    "nothing-published": Text("nothing that it serves verifies", "検証できるものを配布していません"),
    "another-key": Text("it is for another node or another key", "別のノードまたは別の鍵のものです"),
    "not-readable": Text("it cannot be read", "読み取れません"),
    "server-error": Text("the server is in trouble", "サーバー側でエラーが発生しています"),
    # Trust bundles.
    "entry-form": Text("it does not have the form of its kind", "項目の形式が正しくありません"),
    "entry-not-base64": Text("its bytes are not Base64", "中身が Base64 ではありません"),
    "entry-twice": Text("it is listed twice", "重複しています"),
    "entry-alias": Text("its alias cannot be a name", "エイリアスが名前として使えません"),
    "entry-absent": Text("its file is not there", "ファイルがありません"),
    "root-unreadable": Text("it is no signed root", "署名されたルートではありません"),
    "root-version": Text("it is not the version that follows", "現在のルートの次のバージョンではありません"),
    "root-old-signatures": Text(
        "too few keys of the root before it have signed", "前のルートの鍵による署名が足りません"
    ),
    "root-new-signatures": Text(
        "too few of its own keys have signed", "そのルート自身の鍵による署名が足りません"
    ),
    "root-expired": Text("it has expired", "期限切れです"),
    "root-key-twice": Text("it names one key twice", "同じ鍵が重複しています"),
    "root-key-absent": Text("it names a key that it does not hold", "指定された鍵が含まれていません"),
    "root-keys-shared": Text(
        "a root key of it is an online key, too", "ルート鍵がオンライン鍵としても使われています"
    ),
    # Retiring an anchor.
    "no-other-anchor": Text("no other one is published", "ほかに公開されているものがありません"),
    "successor-early": Text("the others are not valid yet", "ほかのものはまだ有効ではありません"),
    "successor-expired": Text("the others expired", "ほかのものは期限切れです"),
    "not-expired": Text("it has not expired", "期限は過ぎていません"),
    "not-revoked": Text("no CRL at hand lists it", "手元のどの CRL にも載っていません"),
    "another value lies on disk": Text("another value lies on disk", "ディスク上は別の値です"),
}
