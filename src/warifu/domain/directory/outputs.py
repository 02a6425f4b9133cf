"""Where a node's trust is written out for programs: which anchors and CRLs, in which form, for whom.

An output takes the anchors of the trust domains that it names, and what the node trusts by its own decision where it
says so. One that names no domain takes all but the control domain: whoever trusts that lets every agent in, which
hardly a program wants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from warifu.domain.directory.look_settings import Look
from warifu.domain.directory.model import CONTROL
from warifu.domain.estate import Place, Service
from warifu.domain.estate.model import NOWHERE
from warifu.domain.x509 import Certificate, RevocationList

DEFAULT_PASSWORD = b"changeit"
"""What Java's own trust store has had for a password since 1998: it hides nothing."""


class OutputKind(StrEnum):
    """The forms in which programs read trust stores."""

    HASHED = "hashed-directory"
    BUNDLE = "pem-bundle"
    PKCS12 = "pkcs12"
    JKS = "jks"
    SYSTEM = "system"


LOCKED = frozenset({OutputKind.PKCS12, OutputKind.JKS})
"""Forms that have a password."""


@dataclass(frozen=True, slots=True)
class Output:
    """One trust store on a node, as its settings want it.

    Args:
        path: folder of a hashed directory or of the system's own store (empty: found on the node), else a file.
        crl_file: beside a bundle, the file of its CRLs.
        domains: trust domains that go in; empty means all but the control domain.
        local: what the node trusts by its own decision goes in too.
        owner: `user:group`; empty means as it is.
        mode: of its files; a folder can be entered by whoever may read them.
        password_file: first line opens a PKCS#12 or JKS file.
        default_password: it is `changeit`, as asked for.
        old_hash: a hashed directory has the names of OpenSSL before 1.0.0 besides.
        comments: a bundle tells label and SHA-256 before each certificate.
        carry: what lies there already and nobody published stays; else it keeps the output from being written.
        may_be_empty: an empty trust store is meant.
        update: what has the system's store take up its files; empty means the usual command.
        service: who reads it; empty means nobody is told.
        judges_clients: that service judges its clients by it, so that its addresses tell what it has loaded.
    """

    name: str
    kind: OutputKind
    path: str = ""
    crl_file: str = ""
    domains: tuple[str, ...] = ()
    local: bool = False
    owner: str = ""
    mode: int = 0o644
    password_file: str = ""
    default_password: bool = False
    old_hash: bool = False
    comments: bool = True
    carry: bool = False
    may_be_empty: bool = False
    update: tuple[str, ...] = ()
    service: str = ""
    judges_clients: bool = False
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that programs open."""
        return tuple(path for path in (self.path, self.crl_file) if path)

    @property
    def folder_mode(self) -> int:
        """The mode of its folders: whoever may read its files may enter."""
        return self.mode | (self.mode & 0o444) >> 2


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """All outputs of a node, the services that read them, by name, and the files that it is told to look into."""

    outputs: tuple[Output, ...] = ()
    services: dict[str, Service] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustedHere:
    """An anchor that a node trusts.

    Args:
        label: what people call it, and what a store with names calls it.
        domain: the trust domain it comes from; empty for a decision of the node's own.
    """

    label: str
    certificate: Certificate
    domain: str = ""


@dataclass(frozen=True, slots=True)
class ListedHere:
    """A CRL that a node has, and the trust domain it comes from."""

    crl: RevocationList
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that a node trusts, out of which outputs take their part."""

    anchors: tuple[TrustedHere, ...] = ()
    crls: tuple[ListedHere, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What one output holds, sorted by SHA-256, each once.

    Args:
        labels: of the anchors, in their order.
    """

    anchors: tuple[Certificate, ...] = ()
    labels: tuple[str, ...] = ()
    crls: tuple[RevocationList, ...] = ()

    def with_carried(self, anchors: Iterable[Certificate], crls: Iterable[RevocationList]) -> Contents:
        """Return it with what lay there before anything was published; a label is the certificate's subject."""
        named = dict(zip(self.anchors, self.labels, strict=True))
        for anchor in anchors:
            named.setdefault(anchor, str(anchor.subject))
        return _sorted(named, (*self.crls, *crls))


def contents_for(output: Output, stock: Stock) -> Contents:
    """Return what an output takes of what a node trusts."""
    named: dict[Certificate, str] = {}
    for anchor in sorted(stock.anchors, key=lambda one: (one.domain, one.label)):
        if _takes(output, anchor.domain):
            named.setdefault(anchor.certificate, anchor.label)
    return _sorted(named, (listed.crl for listed in stock.crls if _takes(output, listed.domain)))


def _takes(output: Output, domain: str) -> bool:
    if not domain:
        return output.local
    return domain in output.domains if output.domains else domain != CONTROL


def _sorted(named: dict[Certificate, str], crls: Iterable[RevocationList]) -> Contents:
    anchors = tuple(sorted(named, key=lambda one: one.fingerprint.hex))
    listed = tuple(sorted(set(crls), key=lambda one: one.fingerprint.hex))
    return Contents(anchors, tuple(named[anchor] for anchor in anchors), listed)
