"""A private key never prints."""

from __future__ import annotations

import copy
import pickle
import traceback
from dataclasses import dataclass

import pytest

from support.pki import make_ca, make_key
from warifu.domain.x509 import PrivateKey
from warifu.errors import UsageError

KEY = make_ca("Root").private_key
SECRETS = [line for line in KEY.to_pkcs8().decode().splitlines() if not line.startswith("-----")]


@dataclass(frozen=True)
class Holder:
    """Something that has a key in it."""

    key: PrivateKey


def shows_nothing(text: str) -> bool:
    numbers = str(KEY.raw.private_numbers().private_value)  # type: ignore[union-attr]
    return not any(secret in text for secret in (*SECRETS, numbers))


def test_no_way_of_showing_it_shows_it() -> None:
    """repr, str, format, containers and dataclasses show a placeholder."""
    texts = [repr(KEY), str(KEY), f"{KEY}", f"{KEY!r:>40}", f"{[KEY]}", repr(Holder(KEY)), "%s" % KEY]  # noqa: UP031
    assert all("***" in text for text in texts)
    assert all(shows_nothing(text) for text in texts)


@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_carried_away(carry: object) -> None:
    """It neither pickles nor copies."""
    with pytest.raises(TypeError, match="not copied or pickled"):
        carry(KEY)  # type: ignore[operator]


def test_a_traceback_with_it_in_scope_shows_nothing() -> None:
    """Locals in a traceback show the placeholder."""
    try:
        held = Holder(KEY)
        raise RuntimeError(held)  # noqa: TRY301
    except RuntimeError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "***" in told
    assert shows_nothing(told)


def test_a_key_that_cannot_be_read_is_said_without_its_text() -> None:
    """The error names the kind of fault, and holds no part of the input nor its cause."""
    sealed = KEY.to_encrypted_pkcs8(b"right")
    for pem, word in ((sealed, b"wrong"), (sealed, None), (b"secret rubbish", None)):
        with pytest.raises(UsageError) as caught:
            PrivateKey.load_pem(pem, word)
        assert "secret" not in str(caught.value)
        assert None is caught.value.__cause__


def test_an_encrypted_key_opens_with_its_passphrase() -> None:
    """What was sealed comes back as the same key."""
    again = PrivateKey.load_pem(KEY.to_encrypted_pkcs8(b"right"), b"right")
    assert KEY.public_key == again.public_key


@pytest.mark.parametrize(("kind", "shown"), [("ec", "EC secp256r1"), ("rsa", "RSA 2048")])
def test_its_public_half_is_told(kind: str, shown: str) -> None:
    """Kind and size are no secret."""
    assert shown == str(PrivateKey(make_key(kind)).public_key)
