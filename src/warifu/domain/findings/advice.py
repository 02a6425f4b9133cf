"""What to do where something could not be looked at: by the reason, and by the error where it says all itself."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Lang, Text
from warifu.errors import WarifuError

_SLOW = Text(
    "nothing came within {limit} seconds: check address, port and the firewalls on the way; "
    "`--timeout 30` waits longer.",
    "{limit} 秒以内に何も届きませんでした。アドレス、ポート、途中のファイアウォールを確かめてください。"
    "`--timeout 30` を付けると長く待ちます。",
)
_IN_CLEAR = Text(
    "if a protocol begins in clear there, say which one: smtp://HOST:PORT, imap://, pop3://, ldap://, mysql://, "
    "nats://, postgresql://, tds:// (tds8:// for strict SQL Server); else check the port.",
    "平文で始まるプロトコルなら、smtp://HOST:PORT、imap://、pop3://、ldap://、mysql://、nats://、postgresql://、tds:// "
    "(SQL Server の厳密モードは tds8://) のように指定してください。そうでなければポートを確かめてください。",
)
_NO_WAY = Text(
    "check the address and this machine's routes: `ip route get ADDRESS`.",
    "アドレスとこのマシンの経路を `ip route get ADDRESS` で確かめてください。",
)
_HUNG_UP = Text(
    "read the server's log: it may ask for a name (`--name HOST`), want another protocol "
    "(smtp://HOST:PORT and the like), or let in certain clients alone.",
    "サーバーのログを確かめてください。名前の指定 (`--name HOST`)、別のプロトコル (smtp://HOST:PORT など)、"
    "接続元の制限が考えられます。",
)
_OTHER = Text(
    "another protocol is spoken there: name its scheme, tls://HOST:PORT where TLS begins at once, or check the port.",
    "別のプロトコルのようです。そのスキームを指定するか (最初から TLS なら tls://HOST:PORT)、ポートを確かめてください。",
)
_NO_TLS = Text(
    "turn TLS on in the server's settings, or give the port at which it is on.",
    "サーバーの設定で TLS を有効にするか、TLS が有効なポートを指定してください。",
)
_BY_HAND = Text(
    "see what answers there: `openssl s_client -connect HOST:PORT -showcerts`.",
    "`openssl s_client -connect HOST:PORT -showcerts` で応答を確かめてください。",
)

_BY_REASON: Mapping[str, Text] = {
    "timed-out": _SLOW,
    "connection-timed-out": _SLOW,
    "not-tls": _IN_CLEAR,
    "wrong-version-number": _IN_CLEAR,
    "connection-refused": Text(
        "check that the service runs and listens at this port (`ss -ltn` there), and that no firewall is in between.",
        "サービスが動作し、このポートで待ち受けているか (`ss -ltn`)、途中にファイアウォールがないかを確かめてください。",
    ),
    "no-route-to-host": _NO_WAY,
    "network-is-unreachable": _NO_WAY,
    "closed": _HUNG_UP,
    "reset": _HUNG_UP,
    "connection-reset-by-peer": _HUNG_UP,
}
_BY_CODE: Mapping[str, Text] = {
    "trust.nothing-served": _BY_HAND,
    "io.name-unknown": Text(
        "check the spelling, and what this machine's resolver says: `getent hosts HOST`.",
        "名前のつづりと、このマシンでの名前解決 (`getent hosts HOST`) を確かめてください。",
    ),
    "io.cannot-read": Text(
        "check owner and mode: `ls -ld FILE`; who checks must be allowed to read it.",
        "所有者とモードを `ls -ld FILE` で確かめ、確認するユーザーが読めるようにしてください。",
    ),
}


def advise(error: WarifuError, lang: Lang) -> str:
    """Return what to do about a place that could not be looked at; empty where the error says it itself."""
    reason = str(error.values.get("reason", ""))
    text = None
    if error.code == "trust.nothing-served":
        text = _BY_REASON.get(reason) or _by_kind(reason)
    text = text or _BY_CODE.get(error.code)
    return "" if text is None else text.fill(lang, error.values)


def _by_kind(reason: str) -> Text | None:
    """Return the advice for a word that a dialect made."""
    if reason.endswith("-without-tls"):
        return _NO_TLS
    return _OTHER if reason.startswith("not-") else None
