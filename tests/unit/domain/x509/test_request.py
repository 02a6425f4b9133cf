"""A request as a value."""

from __future__ import annotations

import pytest

from support.malformed import request_with_wrong_signature
from support.requests import request_for, template_for
from warifu.domain.x509 import Request
from warifu.errors import UsageError

MADE = request_for(template_for(None)).request


def test_it_is_its_bytes() -> None:
    """Equal bytes are one request; another key's request for the same name is another."""
    assert 1 == len({MADE, Request(MADE.der)})
    assert MADE != request_for(template_for(None)).request
    assert MADE != MADE.der


def test_a_request_that_its_own_key_did_not_sign_is_refused() -> None:
    """Nobody shows possession of the key: RFC 2986 §4.2 wants the signature to verify."""
    with pytest.raises(UsageError, match=r"trust\.request-unreadable") as raised:
        Request(request_with_wrong_signature(MADE))
    assert "signature" in str(raised.value.values["reason"])


@pytest.mark.parametrize("data", [b"", b"rubbish", MADE.der[:-1]])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.request-unreadable"):
        Request(data)
