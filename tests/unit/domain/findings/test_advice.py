"""What people are told to do where something could not be looked at."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Lang, advise
from warifu.errors import CouldNotLookError


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("timed-out", "within 7 seconds"),
        ("timed-out", "--timeout"),
        ("not-tls", "smtp://HOST:PORT"),
        ("connection-refused", "ss -ltn"),
        ("no-route-to-host", "ip route get"),
        ("reset", "the server's log"),
        ("not-smtp", "tls://HOST:PORT"),
        ("pop3-without-tls", "turn TLS on"),
        ("smtp-error", "openssl s_client"),
        ("handshake-failure", "openssl s_client"),
    ],
)
def test_each_reason_of_an_address_has_something_to_do(reason: str, said: str) -> None:
    """A hint at the scheme, the limit and how to change it, where to look."""
    error = CouldNotLookError("trust.nothing-served", address="h:1", reason=reason, limit=7)
    assert said in advise(error, Lang.EN)
    assert advise(error, Lang.JA) not in ("", advise(error, Lang.EN))


def test_other_errors_have_it_or_say_it_themselves() -> None:
    """A name that is not known; an archive whose message says what to do."""
    assert "getent hosts" in advise(CouldNotLookError("io.name-unknown", name="h", reason="x"), Lang.EN)
    assert "ls -ld" in advise(CouldNotLookError("io.cannot-read", path="x", reason="not-tls"), Lang.EN)
    assert "" == advise(CouldNotLookError("sweep.archive-broken", path="x"), Lang.EN)
