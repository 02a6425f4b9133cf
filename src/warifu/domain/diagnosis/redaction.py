"""Secrets that logs hold by mistake: never shown again, and a private key among them is told.

What looks like a secret is taken for one; a word too many behind stars does less harm than one too few. Spec: OWASP
Logging Cheat Sheet, "Data to exclude"; RFC 6750 §2.1 (Bearer), RFC 7617 §2 (Basic), RFC 7519 §3 (JSON Web Token),
RFC 3986 §3.2.1 (a password in an address), RFC 7468 §10, §11 (private keys).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from warifu.domain.diagnosis.message import Message
from warifu.domain.findings import Severity

STARS = "***"
"""What stands for a secret."""

_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|storepass|keypass|(?<![a-z])pass|secret|token|api[-_ ]?key|access[-_ ]?key"
    r"|secret[-_ ]?key|credentials?|session[-_ ]?id|パスワード|パスフレーズ|合言葉|トークン|シークレット|暗証番号|認証情報)"
)
_VALUE = (
    r"(?:\\{1,4}(?P<quote>[\"'])(?:(?!\\{1,4}(?P=quote)).)*"  # quotes within a text that is quoted itself
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|「[^」\n]*」?|[^\s<「」]+)"
)
_KEY_BEGINS = r"-----BEGIN (?P<label>(?:[A-Z0-9]{1,20} ){0,4})PRIVATE KEY-----"
_KEY_BODY = r"(?:[A-Za-z0-9+/=\s\\,:]|-(?!----))*"
_KEY_ENDS = r"-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY-----"
_SECRETS = (
    (re.compile(rf"{_KEY_BEGINS}{_KEY_BODY}(?:{_KEY_ENDS})?"), STARS),
    (re.compile(rf"(?<![A-Za-z0-9+/=\s\\])[A-Za-z0-9+/=\s\\]*+{_KEY_ENDS}"), STARS),
    (re.compile(r"(://[^\s/:@]{0,200}:)[^\s/@]{1,200}(?=@)"), rf"\1{STARS}"),
    (
        re.compile(r"((?:authorization|cookie)(?:\\{0,4}[\"'])?\s{0,3}[:=]\s{0,3})[^\n]+", re.IGNORECASE),
        rf"\1{STARS}",
    ),
    (re.compile(r"(\bbearer\s{1,3})[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1{STARS}"),
    (re.compile(r"(\b[Bb]asic\s{1,3})(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/=]{8,}"), rf"\1{STARS}"),
    (
        re.compile(
            rf"({_NAME}\w{{0,20}}(?:\\{{0,4}}[\"'])?\s{{0,3}}(?:[:=：＝>]{{1,2}}|は(?=[「\"'])|(?=[「\"']))\s{{0,3}}){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{STARS}",
    ),
    (re.compile(rf"((?<!\S)-{{1,2}}[a-z-]{{0,20}}{_NAME}\s{{1,3}}){_VALUE}", re.IGNORECASE), rf"\1{STARS}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{3,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), STARS),
    (
        re.compile(
            r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|hvs\.[\w-]{20,})"
        ),
        STARS,
    ),
)
_HINTS = (
    *(
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
        "credential",
        "session",
        "authorization",
        "cookie",
        "bearer",
        "basic",
    ),
    *(
        "パス",
        "合言葉",
        "トークン",
        "シークレット",
        "暗証番号",
        "認証情報",
        "://",
        "eyj",
        "akia",
        "xox",
        "hvs.",
    ),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
)  # in lower case: a text without any of them is left alone at once
_KEY = re.compile(rf"{_KEY_BEGINS}(?P<body>(?:[A-Za-z0-9+/=\s\\:,]++|-(?!-))*+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{32}")  # the shortest private key has more
_WRITTEN = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "
    r"|\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE)\b",
    re.MULTILINE,
)


def redacted(text: str) -> str:
    """Return a text in which stars stand for what looks like a secret."""
    folded = text.lower()
    if not any(hint in folded for hint in _HINTS):
        return text
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


def without_secrets(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return messages with stars for every secret in what was said, in what came with it and in who said it."""
    return tuple(
        replace(
            one,
            text=redacted(one.text),
            arguments=tuple(map(redacted, one.arguments)),
            properties=tuple(map(redacted, one.properties)),
            severity=redacted(one.severity),
            resolution=redacted(one.resolution),
            thread=redacted(one.thread),
        )
        for one in messages
    )


def is_log(text: str) -> bool:
    """Tell whether a text has lines as logs have them: times and words of levels, more than a comment has."""
    return len(tuple(islice(_WRITTEN.finditer(text), 2))) > 1


def weight_of_keys(text: str) -> Severity | None:
    """Return how much the private keys in a log weigh: an error where one is not encrypted; None where there is none."""
    found = [one for one in _KEY.finditer(text) if _BASE64.search(one["body"])]
    if not found:
        return None
    locked = all("ENCRYPTED" in one["label"] or "ENCRYPTED" in one["body"] for one in found)
    return Severity.WARNING if locked else Severity.ERROR
