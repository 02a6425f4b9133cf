"""RC2 opens what others locked with it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.domain.x509.rc2 import decrypt_rc2

START = bytes(8)


@pytest.mark.parametrize(
    ("key", "bits", "plain", "locked"),
    [
        ("0000000000000000", 63, "0000000000000000", "ebb773f993278eff"),
        ("ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"),
        ("88", 64, "0000000000000000", "61a8a244adacccf0"),
        ("88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"),
        ("88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"),
        ("88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_the_vectors_of_the_standard_hold(key: str, bits: int, plain: str, locked: str) -> None:
    """RFC 2268 §5."""
    assert bytes.fromhex(plain) == decrypt_rc2(bytes.fromhex(locked), bytes.fromhex(key), START, bits=bits)


@examples(60)
@given(
    st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=64)
)
def test_it_opens_what_the_library_locks(key: bytes, start: bytes, data: bytes) -> None:
    """With keys of 128 bits, which the library has too; block after block."""
    plain = data[: len(data) // 8 * 8]
    writer = Cipher(RC2(key), modes.CBC(start)).encryptor()
    assert plain == decrypt_rc2(writer.update(plain) + writer.finalize(), key, start, bits=128)
