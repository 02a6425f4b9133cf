"""Messages whose keys begin with `directory.`: published trust, its nodes and its people."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_NAMING: Mapping[str, Text] = {
    "directory.no-such-anchor": Text(
        "`{name}` names no anchor of trust domain {domain}. Give an alias, a fingerprint, a key id, a serial number or a "
        "whole subject.",
        "`{name}` に当たるトラスト アンカーはトラスト ドメイン {domain} にありません。"
        "エイリアス、フィンガープリント、鍵 ID、シリアル番号、サブジェクト全体のいずれかを指定してください。",
    ),
    "directory.no-such-key-id": Text(
        "`{name}` is the key id of no anchor of trust domain {domain}.",
        "`{name}` を鍵 ID に持つトラスト アンカーはトラスト ドメイン {domain} にありません。",
    ),
    "directory.fingerprint-not-key-id": Text(
        "`{name}`: this is a fingerprint, not a key id (of {subject}, whose key id is {id}).",
        "`{name}`: これは鍵 ID ではなくフィンガープリントです ({subject} のもので、鍵 ID は {id} です)。",
    ),
}
TABLE: Mapping[str, Text] = {**_NAMING}
