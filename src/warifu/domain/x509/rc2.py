"""RC2 in CBC mode, for reading alone: the certificates of old PKCS#12 files are locked with it.

Windows and Java before 2021 wrote it, OpenSSL 3 opens it with `-legacy` only, and the cipher library at hand
knows it with keys of 128 bits alone. Nothing is ever written with it.

Spec: RFC 2268 §2 (key expansion), §4 (decryption).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

BLOCK = 8
_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_TURNS = ((3, 5), (2, 3), (1, 2), (0, 1))  # word and how far it was turned, backwards
_MASHED = (11, 5)  # rounds of mixing that are left when it is mashed


def decrypt_rc2(data: bytes, key: bytes, start: bytes, *, bits: int) -> bytes:
    """Return the plain blocks, padding included.

    Args:
        data: whole blocks.
        start: the initial vector.
        bits: effective key length: 40 or 128.
    """
    words = _expand(key, bits)
    plain, before = bytearray(), start
    for at in range(0, len(data), BLOCK):
        block = data[at : at + BLOCK]
        plain += bytes(one ^ two for one, two in zip(_decrypt(block, words), before, strict=True))
        before = block
    return bytes(plain)


def _expand(key: bytes, bits: int) -> Sequence[int]:
    most = (bits + 7) // 8
    mask = 0xFF >> (8 * most - bits)
    made = bytearray(key.ljust(128, b"\x00"))
    for at in range(len(key), 128):
        made[at] = _PI[(made[at - 1] + made[at - len(key)]) & 0xFF]
    made[128 - most] = _PI[made[128 - most] & mask]
    for at in range(127 - most, -1, -1):
        made[at] = _PI[made[at + 1] ^ made[at + most]]
    return struct.unpack("<64H", made)


def _decrypt(block: bytes, words: Sequence[int]) -> bytes:
    state = list(struct.unpack("<4H", block))
    at = 63
    for left in range(15, -1, -1):
        for one, turn in _TURNS:
            value = (state[one] >> turn | state[one] << (16 - turn)) & 0xFFFF
            above, further, next_one = state[one - 1], state[one - 2], state[one - 3]
            state[one] = (value - words[at] - (above & further) - (~above & next_one)) & 0xFFFF
            at -= 1
        if left in _MASHED:
            for one in (3, 2, 1, 0):
                state[one] = (state[one] - words[state[one - 1] & 63]) & 0xFFFF
    return struct.pack("<4H", *state)
