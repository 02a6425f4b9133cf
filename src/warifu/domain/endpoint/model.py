"""Entries of a node's endpoint store.

Source: VMware's VECS (vecs-cli), whose kinds of entries and system stores these follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.x509 import Certificate, RevocationList, Sha256


class SystemStore(StrEnum):
    """Stores that are always there and cannot be deleted."""

    MACHINE_IDENTITY = "machine-identity"
    TRUSTED_ROOTS = "trusted-roots"
    CRLS = "crls"


class EntryKind(StrEnum):
    """What an entry holds."""

    PRIVATE_KEY = "private-key"
    SECRET = "secret"  # noqa: S105 - a kind of entry, no secret
    TRUSTED = "trusted"
    CRL = "crl"
    ENCRYPTED_KEY = "encrypted-key"


class Provenance(StrEnum):
    """Where an entry comes from: what leaves the directory leaves a node only where nobody added it there too."""

    DIRECTORY = "directory"
    LOCAL = "local"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class LocalException:
    """A node's intended difference from what is published: said by somebody, for a reason, until a day.

    Args:
        distrusts: while it lasts nobody on this node trusts the entry; else it stays and is trusted, whatever is
            published meanwhile.
    """

    by: str
    reason: str
    until: datetime
    distrusts: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a store, without its key or secret.

    Args:
        store: the store's name.
        alias: its name in the store; equal to another where both are the same in lower case.
        certificates: leaf first where it has a key; one for a trusted certificate; none for secrets and CRLs.
        crl: what a CRL entry holds.
        domain: trust domain it was published in; empty for a local one.
        added: when it came into the store, UTC.
        distrusted: it lies in quarantine: kept, and trusted by nobody until it is restored.
        exception: a local decision that sync respects until it expires.
    """

    store: str
    alias: str
    kind: EntryKind
    certificates: tuple[Certificate, ...] = ()
    crl: RevocationList | None = None
    provenance: Provenance = Provenance.LOCAL
    domain: str = ""
    added: datetime | None = None
    distrusted: bool = False
    exception: LocalException | None = None

    @property
    def is_managed(self) -> bool:
        """It follows a trust domain: it comes and goes with what is published there."""
        return self.provenance is not Provenance.LOCAL

    def is_excepted(self, now: datetime) -> bool:
        """Tell whether a local exception holds at an instant; it ends with its last second."""
        return self.exception is not None and now <= self.exception.until

    def is_trusted(self, now: datetime) -> bool:
        """Tell whether programs of this node may trust it: an exception that holds decides, else its quarantine."""
        if self.exception is not None and self.is_excepted(now):
            return not self.exception.distrusts
        return not self.distrusted

    @property
    def not_after(self) -> datetime | None:
        """When it ends: its first certificate's last second, a CRL's next update; None for a secret."""
        if self.crl is not None:
            return self.crl.next_update
        return self.certificates[0].not_after if self.certificates else None

    @property
    def fingerprint(self) -> Sha256 | None:
        """SHA-256 of what it is about: its first certificate, or its CRL; None for a secret."""
        if self.crl is not None:
            return self.crl.fingerprint
        return self.certificates[0].fingerprint if self.certificates else None
