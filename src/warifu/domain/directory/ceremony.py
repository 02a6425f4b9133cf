"""A root of the trust bundles as people see it: who signed, who is missing, whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RootKey:
    """A key that may sign a root, and whether it did.

    Args:
        key_id: what signatures call it.
        name: what people call it; empty where nobody said.
    """

    key_id: str
    name: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys of one root, so many of which must sign."""

    threshold: int
    keys: tuple[RootKey, ...]

    @property
    def lacking(self) -> int:
        """How many signatures are still missing."""
        return max(0, self.threshold - sum(key.is_signed for key in self.keys))


@dataclass(frozen=True, slots=True)
class RootSeen:
    """A root document.

    Args:
        digest: SHA-256 (hex) of its bytes, which changes with every signature.
        own: its own keys.
        before: the keys of the root that it follows; None where that was not given.
        online: key ids of the keys on the server.
        is_trial: one key that lies on the server stands for all.
    """

    version: int
    expires: datetime
    digest: str
    own: Signers
    before: Signers | None
    online: tuple[str, ...]
    is_trial: bool

    @property
    def is_whole(self) -> bool:
        """Enough of its own keys have signed and, as far as they are known, of those before."""
        return not self.own.lacking and not (self.before and self.before.lacking)
