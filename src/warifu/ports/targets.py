"""What a product's files, checks, reloads and witnesses look like.

Reading is apart from writing. Staging, swapping and putting back are the same for every
target and live in the install engine; a target says only what is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from warifu.domain.estate import IdentityValue, Service, Slot, TrustValue, Value
from warifu.domain.findings import Finding
from warifu.domain.x509 import Certificate, PrivateKey, RevocationList
from warifu.ports.hosts import (
    HostReader,
    Ran,
)
from warifu.wire.evidence import Evidence
from warifu.wire.values import value_digest


@dataclass(frozen=True, slots=True)
class IdentityContent:
    """What an identity slot's files hold. `key` stays in memory and never prints."""

    leaf: Certificate
    chain: tuple[Certificate, ...] = ()
    key: PrivateKey | None = None


@dataclass(frozen=True, slots=True)
class TrustContent:
    """What a trust slot's files hold, in their order."""

    anchors: tuple[Certificate, ...]
    crls: tuple[RevocationList, ...] = ()


Content = IdentityContent | TrustContent


def value_of(content: Content) -> Value:
    """Return the value of a content: fingerprints in their order, never a key."""
    if isinstance(content, IdentityContent):
        chain = tuple(certificate.fingerprint.hex for certificate in content.chain)
        return IdentityValue(content.leaf.fingerprint.hex, chain)
    anchors = tuple(anchor.fingerprint.hex for anchor in content.anchors)
    return TrustValue(anchors, tuple(crl.fingerprint.hex for crl in content.crls))


def digest_of(content: Content) -> str:
    """Return the digest of a content's value."""
    return value_digest(value_of(content))


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A look at a slot's files; `content` is None when nothing usable lies there, and findings say why."""

    slot: str
    content: Content | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FileWanted:
    """One file of a slot as the target wants it."""

    path: str
    data: bytes = field(repr=False)
    mode: int = 0o644
    owner: str = ""


class TargetReader(Protocol):
    """Sees one product."""

    def read(self, host: HostReader, service: Service, slot: Slot) -> SlotSeen:
        """Look at a slot's files: certificates, key match, modes and owners."""
        ...

    def mark(self, host: HostReader, service: Service) -> Mapping[str, str]:
        """Note where the service stands before it loads, for `witness` and `said` to compare with.

        Returns:
            `boot_id`, `boot_clock` (seconds), `processes` (`pid:start`, comma separated: those that
            serve or load) and `log` (bytes its log had); what the product does not tell is empty.
        """
        ...

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Say what its processes have loaded, as far as the product tells.

        Args:
            value_digest: the value that should be loaded.
            since: the mark taken when the value lay on disk already and was not loaded yet.
        """
        ...

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        """Return what the service wrote about itself since a mark (the end of its log); empty when nothing."""
        ...


class TargetWriter(Protocol):
    """Changes one product."""

    def encode(self, service: Service, slot: Slot, content: Content) -> tuple[FileWanted, ...]:
        """Return the files that hold a content, as the product wants them."""
        ...

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return the product's own configuration check, or nothing where it is worth nothing."""
        ...

    def load_command(self, host: HostReader, service: Service) -> tuple[str, ...]:
        """Return the command that makes the service take up its files: reload, or restart.

        Raises:
            CouldNotLookError: `install.no-process`: it signals a process that is not there.
        """
        ...

    def judge_load(self, service: Service, ran: Ran) -> tuple[Finding, ...]:
        """Say what the load command's answer is worth; an empty answer never means that it is loaded."""
        ...


class Target(TargetReader, TargetWriter, Protocol):
    """A product that can be seen and changed."""
