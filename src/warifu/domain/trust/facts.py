"""What is judged of a leaf, apart from the path above it.

A leaf is read and its signature checked once; many connections then share the facts. A
template is a leaf whose bytes do not exist yet: it has no signature to check, and its
signer is the issuer it will be asked of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import (
    AuthorityForm,
    Certificate,
    DistinguishedName,
    GeneralNames,
    KeyId,
    PublicKey,
    Quietly,
    Usage,
)
from warifu.domain.x509.parts import Parts

_KEYS = {"ec-p256": ("EC", 256), "ec-p384": ("EC", 384), "ed25519": ("Ed25519", 256)}


class Origin(NamedTuple):
    """Where the path above a leaf begins; leaves with equal origins share every path verdict.

    Args:
        issuer: the issuer's name, folded.
        issuer_text: the issuer's name, for people.
        signer: SHA-256 (hex) of the key whose signature on the leaf verified; empty when none did.
        names: the leaf's names, where a CA above constrains names; else None.
        serial: the leaf's serial number, where CRLs are looked at; else None.
        authority_form: what the leaf says of its issuer beyond a key id.
        points: where its issuer publishes CRLs for it, where CRLs are looked at.
        is_ca: the leaf is a CA itself, where CRLs are looked at: some list certificates of one kind alone.
    """

    issuer: str
    issuer_text: str
    authority_key_id: KeyId | None
    signer: str
    names: GeneralNames | None = None
    serial: int | None = None
    subject: DistinguishedName | None = None
    authority_form: AuthorityForm | None = None
    points: tuple[str, ...] = ()
    is_ca: bool = False

    def reduced(self, *, names: bool, serial: bool) -> Origin:
        """Return the origin without what a path verdict does not need, so that more leaves share it.

        Args:
            names: a CA above constrains names.
            serial: CRLs or OCSP responses are looked at.
        """
        return Origin(
            self.issuer,
            self.issuer_text,
            self.authority_key_id,
            self.signer,
            self.names if names else None,
            self.serial if serial else None,
            self.subject if names else None,
            self.authority_form,
            self.points if serial else (),
            serial and self.is_ca,
        )


class LeafFacts(NamedTuple):
    """What is judged of a leaf; a named tuple, for other processes send them by the hundred thousand.

    Args:
        id: SHA-256 of the certificate (hex), or the template's id.
        subject: RFC 4514 text.
        names: its subjectAltName, or None when absent.
        purposes: extended key usages, or None when absent.
        key_usage: key usage bits, or None when absent.
        key: kind and size; None when it could not be read.
        signature_scheme: as `Certificate.signature_scheme`; empty for a template.
        signature_hash: `sha256`, ...; empty where the signature algorithm names none.
        critical: dotted OIDs of the extensions marked critical.
        constrains_names: it carries nameConstraints, which only a CA may.
        is_template: there are no bytes yet.
        oddities: what is odd about its form though it can be read.
        ms_template: the template of a Microsoft CA that it was issued from, for people; empty when none is told.
        netscape_types: what Netscape's old extension says that it is for, or None when absent.
        is_undecided: it was not found out who signed it: too many certificates have its issuer's name.
    """

    id: str
    subject: str
    common_names: tuple[str, ...]
    names: GeneralNames | None
    not_before: datetime
    not_after: datetime
    purposes: tuple[str, ...] | None
    key_usage: frozenset[Usage] | None
    key: PublicKey | None
    signature_hash: str
    is_ca: bool
    origin: Origin
    subject_key_id: KeyId | None = None
    version: int = 3
    serial: int = 1
    unknown_critical: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    self_signed: bool = False
    critical: frozenset[str] = frozenset()
    constrains_names: bool = False
    is_template: bool = False
    oddities: tuple[str, ...] = ()
    is_undecided: bool = False
    signature_scheme: str = ""
    ms_template: str = ""
    netscape_types: tuple[str, ...] | None = None

    def lacks(self, extension: str) -> bool:
        """Tell whether an extension that was not read is missing, and not merely unreadable."""
        return all(part not in {extension, "extensions"} for part, _ in self.unreadable)


@dataclass(frozen=True, slots=True)
class LeafTemplate:
    """A leaf that will be issued.

    Args:
        id: what stands for it in plans.
        issuer: the certificate that will sign it.
        names: DNS names and addresses.
        key: `rsa-2048`, `rsa-3072`, `rsa-4096`, `ec-p256`, `ec-p384` or `ed25519`.
    """

    id: str
    issuer: Certificate
    names: tuple[str, ...]
    purposes: tuple[str, ...]
    key: str
    not_before: datetime
    lifetime: timedelta
    subject: str = ""


def leaf_facts(
    leaf: Certificate, candidates: Iterable[Certificate] = (), signatures: Signatures | None = None
) -> LeafFacts:
    """Return the facts of a leaf.

    Args:
        leaf: the certificate presented.
        candidates: certificates that may have issued it; the signature is checked against those of
            the issuer's name until one verifies. Without any, `origin.signer` stays empty and no
            path will be found.
        signatures: the checks done so far, so that none is done twice.
    """
    checks = signatures or Signatures()
    said = leaf.read().parts
    signer, is_undecided = _find_signer(leaf, candidates, checks)
    subject = said.subject
    return LeafFacts(
        leaf.fingerprint.hex,
        str(subject),
        subject.common_names,
        said.names,
        leaf.not_before,
        leaf.not_after,
        said.extended_key_usage,
        said.key_usage,
        said.public_key,
        said.signature_hash,
        leaf.is_ca,
        _origin(said, signer, leaf),
        said.subject_key_id,
        leaf.version,
        leaf.serial,
        said.unknown_critical,
        said.problems,
        subject.folded == said.issuer.folded and checks.holds(leaf, leaf),
        said.critical,
        said.name_constraints is not None,
        oddities=said.oddities,
        is_undecided=is_undecided,
        signature_scheme=said.signature_scheme,
        ms_template=str(said.template or ""),
        netscape_types=said.netscape_types,
    )


def _origin(said: Parts, signer: str, leaf: Certificate) -> Origin:
    return Origin(
        said.issuer.folded,
        str(said.issuer),
        said.authority_key_id,
        signer,
        said.names,
        leaf.serial,
        said.subject,
        said.authority_form,
        said.distribution_points,
        leaf.is_ca,
    )


Tried = tuple[tuple[int, bool], ...]
"""Issuers by their place, each with whether its key made the signature."""


class LeafReader:
    """Reads many leaves and finds out which of the same issuers signed each; what another process is asked to do.

    Args:
        issuers: in DER; `Tried` names them by their places.
    """

    def __init__(self, issuers: Sequence[bytes]) -> None:
        self._checks = Signatures()
        self._by_name: dict[str, list[tuple[int, Certificate]]] = {}
        with Quietly():
            for place, der in enumerate(issuers):
                issuer = Certificate(der)
                self._by_name.setdefault(issuer.subject.folded, []).append((place, issuer))

    def read(self, leaves: Iterable[bytes]) -> list[tuple[LeafFacts, Tried]]:
        """Return the facts of each leaf, in DER, and which signatures were checked.

        One thing is done with all of them, then the next: a processor that does the same again and
        again needs two thirds of the time.
        """
        with Quietly():
            read = [Certificate(der).read() for der in leaves]
            above = [self._by_name.get(leaf.issuer.folded, []) for leaf in read]
            issuers = [[issuer for _, issuer in candidates] for candidates in above]
            for leaf, candidates in zip(read, issuers, strict=True):
                _find_signer(leaf, candidates, self._checks)
            facts = [leaf_facts(leaf, known, self._checks) for leaf, known in zip(read, issuers, strict=True)]
            return list(zip(facts, map(self._tried, read, above), strict=True))

    def _tried(self, leaf: Certificate, candidates: Iterable[tuple[int, Certificate]]) -> Tried:
        checks = self._checks
        return tuple(
            [(place, checks.holds(leaf, one)) for place, one in candidates if checks.knows(leaf, one)]
        )


def template_facts(template: LeafTemplate) -> LeafFacts:
    """Return the facts of a leaf that will be issued as the template says."""
    issuer = template.issuer
    names = _general(template.names)
    signer = issuer.public_key.sha256.hex if issuer.public_key else ""
    algorithm, bits = _KEYS.get(template.key) or ("RSA", int(template.key.removeprefix("rsa-")))
    origin = Origin(issuer.subject.folded, str(issuer.subject), issuer.subject_key_id, signer, names, None)
    return LeafFacts(
        id=template.id,
        subject=template.subject,
        common_names=(),
        names=names,
        not_before=template.not_before,
        not_after=template.not_before + template.lifetime,
        purposes=template.purposes or None,
        key_usage=None,
        key=PublicKey(algorithm, bits, "", b""),
        signature_hash="sha256",
        is_ca=False,
        origin=origin,
        is_template=True,
    )


MOST_SIGNERS = 128
"""Keys of an issuer's name that are tried on one leaf (cryptography stops a whole search at 128 checks)."""


def _find_signer(
    leaf: Certificate, candidates: Iterable[Certificate], checks: Signatures
) -> tuple[str, bool]:
    """Return whose key signed the leaf, and whether that is undecided because there were too many to try."""
    name = leaf.issuer.folded
    named = [one for one in candidates if one.subject.folded == name]
    if len(named) > 1:
        wanted = leaf.authority_key_id
        named.sort(key=lambda one: one.subject_key_id != wanted)
    tried: set[str] = set()
    for candidate in named:
        public = candidate.public_key
        if public is None:
            continue
        key = _digest(public)
        if key not in tried and checks.holds(leaf, candidate):
            return key, False
        tried.add(key)
        if len(tried) == MOST_SIGNERS:
            return "", True
    return "", False


@lru_cache(maxsize=1024)
def _digest(key: PublicKey) -> str:
    return key.sha256.hex


def _general(names: Iterable[str]) -> GeneralNames:
    dns: list[str] = []
    addresses = []
    for name in names:
        try:
            addresses.append(ip_address(name))
        except ValueError:
            dns.append(name)
    return GeneralNames(dns=tuple(dns), ip=tuple(addresses))
