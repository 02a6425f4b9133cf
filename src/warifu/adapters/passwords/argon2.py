"""Passwords sealed with Argon2id.

Source: RFC 9106 §4: the second recommended option (64 MiB, 3 passes, 4 lanes) is the least; where the machine is fast,
`calibrate` finds how many passes it takes to make one check as slow as wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from warifu.errors import CouldNotLookError
from warifu.ports.passwords import Passwords, SealedPassword

WANTED: Final = timedelta(milliseconds=250)
_MOST_PASSES: Final = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """How slow a check is made: passes over the memory, its size, and lanes."""

    passes: int = 3
    kibibytes: int = 64 << 10
    lanes: int = 4

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote; anything else is the least."""
        parts = text.split(",")
        if len(parts) != 3 or not all(part.isdecimal() and 0 < int(part) < 1 << 22 for part in parts):
            return cls()
        return cls(*(int(part) for part in parts))

    def __str__(self) -> str:
        return f"{self.passes},{self.kibibytes},{self.lanes}"


class Argon2Passwords(Passwords):
    """Seals and checks passwords at a cost."""

    def __init__(self, cost: Cost | None = None) -> None:
        self.cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=self.cost.passes, memory_cost=self.cost.kibibytes, parallelism=self.cost.lanes
        )
        self._nobody: SealedPassword | None = None

    def seal(self, password: str) -> SealedPassword:
        """Return a password's hash with a salt of its own."""
        try:
            return SealedPassword(self._hasher.hash(password))
        except Argon2Error as error:
            raise CouldNotLookError("people.password-not-sealed") from error

    def matches(self, sealed: SealedPassword | None, password: str) -> bool:
        """Tell whether it is the password; see the port."""
        if self._nobody is None:
            self._nobody = self.seal("")
        try:
            self._hasher.verify((sealed or self._nobody).reveal(), password)
        except (Argon2Error, InvalidHashError):
            return False
        return sealed is not None

    def is_dated(self, sealed: SealedPassword) -> bool:
        """Tell whether it was sealed at another cost."""
        try:
            return self._hasher.check_needs_rehash(sealed.reveal())
        except InvalidHashError:
            return True


def calibrate(elapsed: Callable[[], float], *, wanted: timedelta = WANTED, least: Cost | None = None) -> Cost:
    """Return the cost at which one check takes about as long as wanted on this machine, never less than the least.

    Args:
        elapsed: seconds since some fixed instant, of a clock that never goes back.
    """
    first = least or Cost()
    passwords = Argon2Passwords(first)
    begin = elapsed()
    passwords.seal("calibration")
    taken = max(elapsed() - begin, 1e-6)
    passes = round(first.passes * wanted.total_seconds() / taken)
    return Cost(min(max(passes, first.passes), _MOST_PASSES), first.kibibytes, first.lanes)
