"""What reading gives: everything that was found, where it stood, and what was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.request import Request
from warifu.errors import UsageError


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """A named entry of a key store or PKCS#12 file.

    Args:
        alias: its name there; empty where it has none.
        certificates: its own first; none for a key that stands alone.
        key: the private key, where it could be opened.
        locked: it has a private key that no password opened.
    """

    alias: str
    certificates: tuple[Certificate, ...] = ()
    key: PrivateKey | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, in its order, and what in it could not be read.

    Args:
        certificates: as they stand in the file, duplicates kept.
        encrypted_keys: private keys that no password opened.
        begun: how many objects were begun.
        lost: how many of them could not be read, each with a finding; `begun == loaded + lost`.
        encoding: of the whole: `pem`, `base64` (without the lines around it), `der`, `java`; empty where
            nothing was recognised.
        containers: what objects stood in, in their order: `pkcs7`, `pkcs12`, `jks`, `jceks`.
        entries: of key stores and PKCS#12 files, with their names.
    """

    certificates: tuple[Certificate, ...] = ()
    requests: tuple[Request, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    keys: tuple[PrivateKey, ...] = ()
    encrypted_keys: int = 0
    findings: tuple[Finding, ...] = ()
    begun: int = 0
    lost: int = 0
    encoding: str = ""
    containers: tuple[str, ...] = ()
    entries: tuple[StoreEntry, ...] = ()

    @property
    def loaded(self) -> int:
        """How many objects were read, encrypted keys included."""
        return (
            len(self.certificates)
            + len(self.requests)
            + len(self.crls)
            + len(self.keys)
            + self.encrypted_keys
        )

    @property
    def holds_anything(self) -> bool:
        """At least one object was recognised, be it an encrypted key."""
        return self.loaded > 0


@dataclass(slots=True)
class Pile:
    """What has been read so far; each object is begun, and then added or lost."""

    source: str
    certificates: list[Certificate] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    crls: list[RevocationList] = field(default_factory=list)
    keys: list[PrivateKey] = field(default_factory=list)
    encrypted_keys: int = 0
    findings: list[Finding] = field(default_factory=list)
    begun: int = 0
    lost: int = 0
    encoding: str = ""
    containers: list[str] = field(default_factory=list)
    entries: list[StoreEntry] = field(default_factory=list)

    def lose(
        self,
        offset: int,
        label: str,
        reason: str,
        code: Code = Code.UNREADABLE,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Tell that an object that was begun could not be read, where, and why."""
        evidence = {"offset": offset, "label": label, "reason": reason}
        self.findings.append(Finding(code, self.source, evidence, severity))
        self.lost += 1

    def try_add(self, offset: int, label: str, add: Callable[[], object]) -> bool:
        """Begin an object and add it, or lose it; tell which."""
        self.begun += 1
        try:
            add()
        except UsageError as error:
            self.lose(offset, label, str(error.values["reason"]))
            return False
        return True

    def add_certificate(self, der: bytes, offset: int, label: str) -> Certificate | None:
        """Begin a certificate and add it, or lose it; return it."""
        added = self.try_add(offset, label, lambda: self.certificates.append(Certificate(der)))
        return self.certificates[-1] if added else None

    def close(self) -> Reading:
        """Return what was read."""
        return Reading(
            tuple(self.certificates),
            tuple(self.requests),
            tuple(self.crls),
            tuple(self.keys),
            self.encrypted_keys,
            tuple(self.findings),
            self.begun,
            self.lost,
            self.encoding,
            tuple(self.containers),
            tuple(self.entries),
        )
