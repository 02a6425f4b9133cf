"""Errors as those who called are told: problem documents, in their language.

Spec: RFC 9457 (problem details), RFC 9110 §12.5.4 (Accept-Language), §10.2.3 (Retry-After).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from warifu.domain.findings.messages import MESSAGES, say
from warifu.domain.findings.text import Lang, show
from warifu.errors import (
    CouldNotLookError,
    PartlyDoneError,
    RefusedError,
    UsageError,
    WaitingError,
    WarifuError,
)

CONTENT_TYPE = "application/problem+json"

STATUS: Mapping[str, int] = {
    "server.cursor-malformed": 404,
    "server.head-too-large": 431,
    "server.key-reused": 422,
    "server.key-running": 409,
    "server.no-certificate": 403,
    "server.not-found": 404,
    "server.not-ready": 503,
    "server.not-signed-in": 401,
    "people.not-signed-in": 401,
    "directory.not-allowed": 403,
    "registry.not-let-in": 403,
    "registry.domain-unknown": 404,
    "registry.version-unknown": 404,
    "registry.node-unknown": 404,
    "registry.plan-unknown": 404,
    "people.unknown": 404,
    "directory.no-such-anchor": 404,
    "directory.no-such-key-id": 404,
    "directory.fingerprint-not-key-id": 409,
    "estate.no-such-certificate": 404,
    "estate.key-id-of-nobody": 404,
    "estate.fingerprint-of-nobody": 404,
    "estate.invalid": 409,
    "rollouts.listing-unfit": 409,
    "rollout.unknown": 404,
    "rollout.step-unknown": 404,
    "rollouts.estate-unknown": 404,
    "people.wait": 429,
    "server.too-large": 413,
    "server.too-many": 429,
    "server.too-slow": 503,
    "server.wrong-method": 405,
}
"""The status of errors whose class does not say it well enough."""

_BY_CLASS: tuple[tuple[type[WarifuError], int, str], ...] = (
    (UsageError, 400, "server.title-wrong"),
    (RefusedError, 409, "server.title-refused"),
    (PartlyDoneError, 500, "server.title-partly"),
    (CouldNotLookError, 503, "server.title-unseen"),
    (WaitingError, 409, "server.title-waiting"),
    (WarifuError, 500, "server.title-unexpected"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that says what is wrong."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def status_of(error: WarifuError) -> int:
    """Return the HTTP status of an error."""
    return STATUS.get(error.code) or next(status for kind, status, _ in _BY_CLASS if isinstance(error, kind))


def problem_of(error: WarifuError, lang: Lang, *, call_id: str = "") -> Problem:
    """Return an error as whoever called is told it; its values are shown, so that programs need not read sentences."""
    status = status_of(error)
    title = next(key for kind, _, key in _BY_CLASS if isinstance(error, kind))
    document: dict[str, object] = {
        "type": f"urn:warifu:{error.code}",
        "title": say(title, lang),
        "status": status,
        "detail": _sentence(error, lang),
        "code": error.code,
        "values": _shown(error.values, lang),
    }
    if error.parts:
        document["errors"] = [
            {"code": part.code, "detail": _sentence(part, lang), "values": _shown(part.values, lang)}
            for part in error.parts
        ]
    if call_id:
        document["instance"] = f"urn:warifu:request:{call_id}"
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-language", lang.value.encode()),
        (b"vary", b"accept-language"),
        (b"cache-control", b"no-store"),
        *_further(error, status),
    ]
    body = json.dumps(document, ensure_ascii=False).encode()
    return Problem(status, body, (*headers, (b"content-length", str(len(body)).encode())))


def bare_problem(status: int, code: str) -> bytes:
    """Return a whole answer for a connection on which no request could be read."""
    error = UsageError(code) if code in MESSAGES else UsageError("server.not-http")
    problem = problem_of(error, Lang.EN)
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    head += [name + b": " + value for name, value in problem.headers]
    return b"\r\n".join([*head, b"connection: close", b"", problem.body])


def lang_of(headers: Iterable[tuple[bytes, bytes]]) -> Lang:
    """Return the language a request asks for: the one of ours with the greatest weight, English if it names none."""
    weights: dict[str, float] = {}
    for name, value in headers:
        if name == b"accept-language":
            for part in value.decode("latin-1").split(",")[:50]:
                tag, _, rest = part.strip().lower().partition(";")
                language = tag.partition("-")[0].strip()
                weights[language] = max(weights.get(language, 0), _weight(rest))
    best = max(Lang, key=lambda lang: weights.get(lang.value, 0))
    return best if weights.get(best.value, 0) > 0 else Lang.EN


def _weight(text: str) -> float:
    name, _, number = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(number), 0.0), 1.0)
    except ValueError:
        return 0.0


def _further(error: WarifuError, status: int) -> Iterable[tuple[bytes, bytes]]:
    if status == HTTPStatus.METHOD_NOT_ALLOWED and "allowed" in error.values:
        yield b"allow", show(error.values["allowed"]).encode("ascii", "replace")
    seconds = error.values.get("seconds")
    if status in {429, 503} and isinstance(seconds, int):
        yield b"retry-after", str(max(seconds, 1)).encode()


def _sentence(error: WarifuError, lang: Lang) -> str:
    return say(error.code, lang, **error.values) if error.code in MESSAGES else error.code


def _shown(values: Mapping[str, object], lang: Lang) -> dict[str, object]:
    return {name: _plain(value, lang) for name, value in values.items()}


def _plain(value: object, lang: Lang) -> object:
    """Return a value as JSON has it: numbers and lists as such, times by ISO 8601, all else as text."""
    match value:
        case None | bool() | int() | float():
            plain: object = value
        case datetime():
            plain = value.isoformat()
        case timedelta():
            plain = value.total_seconds()
        case list() | tuple():
            plain = [_plain(one, lang) for one in value]
        case set() | frozenset():
            plain = [_plain(one, lang) for one in sorted(value, key=str)]
        case _:
            plain = show(value, lang)
    return plain
