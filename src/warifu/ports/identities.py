"""The server's own CAs: one above its certificate, one above the identities of nodes. Their keys are named by the CA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.domain.x509 import Certificate, PublicKey, RevocationList, Sha256


@dataclass(frozen=True, slots=True)
class IdentityOrder:
    """A node's identity to be signed: what a request asked for does not count, but its key.

    Args:
        key: the key that the request proved.
        node: becomes common name, and `warifu:node:NAME` among the other names.
    """

    key: PublicKey
    node: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A certificate that a CRL is to list."""

    serial: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CrlOrder:
    """A CRL to be signed."""

    number: int
    at: datetime
    next_update: datetime
    withdrawn: tuple[Withdrawn, ...] = ()


class IdentityIssuer(Protocol):
    """Signs what nodes are known by, and what says that they are known no more."""

    def issue(self, ca: Sha256, order: IdentityOrder) -> Certificate:
        """Sign a node's identity; it never outlives the CA.

        Raises:
            CouldNotLookError: `registry.ca-key-missing`: the CA's key is not here.
            UsageError: `registry.ca-key-unfit`: no key that may be signed.
        """
        ...

    def list_withdrawn(self, ca: Sha256, order: CrlOrder) -> RevocationList:
        """Sign a CRL.

        Raises:
            CouldNotLookError: `registry.ca-key-missing`.
        """
        ...


class ControlKeys(Protocol):
    """Makes CAs of the server, and the certificate that the server itself shows."""

    def make_ca(self, common_name: str, *, begins: datetime, ends: datetime) -> Certificate:
        """Make a CA with a key of its own; both are kept before it is returned.

        Raises:
            CouldNotLookError: `io.cannot-write`.
        """
        ...

    def renew_server(
        self, ca: Sha256, names: Sequence[str], *, begins: datetime, ends: datetime
    ) -> Certificate:
        """Make a new key and certificate for the server, in place of the pair that is there, both at once.

        Raises:
            CouldNotLookError: `registry.ca-key-missing`, `io.cannot-write`.
            UsageError: `issue.bad-name`.
        """
        ...

    def server(self) -> Certificate | None:
        """Return the certificate that the server shows, if there is one.

        Raises:
            CouldNotLookError: `io.cannot-read`.
        """
        ...

    @property
    def server_path(self) -> str:
        """The file with the server's key and certificate, as TLS libraries read it."""
        ...
