"""Bytes that never print: a key or a secret on its way between a store and who may have it."""

from __future__ import annotations

import hmac


class Secret:
    """A secret's bytes. Its `repr` and `str` show nothing of it; it does not pickle."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def reveal(self) -> bytes:
        """Return the bytes, for who may have them."""
        return self._data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._data, other._data)

    def __hash__(self) -> int:
        return hash(Secret)

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied or pickled")
