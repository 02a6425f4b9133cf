"""Messages whose keys begin with `trust.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "trust.certificate-unreadable": Text(
        "this is not a certificate that can be read: {reason}",
        "証明書として読み取れません: {reason}",
    ),
    "trust.request-unreadable": Text(
        "this is not a certificate request that can be read: {reason}",
        "証明書要求として読み取れません: {reason}",
    ),
    "trust.crl-unreadable": Text(
        "this is not a CRL that can be read: {reason}",
        "CRL として読み取れません: {reason}",
    ),
    "trust.key-unreadable": Text(
        "this is not a private key that can be read: {reason}",
        "秘密鍵として読み取れません: {reason}",
    ),
    "trust.not-a-fingerprint": Text(
        "{text} is not a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons, are wanted",
        "{text} は SHA-256 フィンガープリントではありません。16 進 64 桁 (コロンの有無は問いません) が必要です",
    ),
    "trust.not-a-key-id": Text(
        "{text} is not a key id: pairs of hexadecimal digits, with or without colons, are wanted",
        "{text} は鍵 ID ではありません。2 桁ずつの 16 進数 (コロンの有無は問いません) が必要です",
    ),
    "trust.fingerprint-not-key-id": Text(
        "{text}: this is a fingerprint, not a key id ({algorithm} of {subject}); its key id is {key_id}",
        "{text}: これは鍵 ID ではなくフィンガープリントです ({subject} の {algorithm})。鍵 ID は {key_id} です",
    ),
    "trust.key-id-unknown": Text(
        "no certificate here has the key id {text}; known are: {known}",
        "鍵 ID {text} の証明書はありません。あるのは {known} です",
    ),
    "trust.profile-unknown": Text(
        "there is no profile {name}; known are: {known}",
        "プロファイル {name} はありません。使えるのは {known} です",
    ),
    "trust.engine-missing": Text(
        "the engine {engine} is not installed here: {reason}",
        "検証エンジン {engine} がここにありません: {reason}",
    ),
}
