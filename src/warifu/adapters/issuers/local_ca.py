"""A CA of our own: a folder with a root, perhaps an intermediate, and keys encrypted at rest.

It signs what the template says, after the request has proven its key and agreed with the
template. A leaf never outlives its issuer: where that cuts it short, collecting it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from warifu.adapters.issuers.ca_folder import CaCertificates, open_key, read_ca
from warifu.adapters.issuers.certificate_profile import (
    Leaf,
    Signer,
    make_private_key,
    make_request,
    sign_leaf,
)
from warifu.adapters.issuers.ledger import Ledger, Signed
from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.comparison import general_names, purpose_oids, request_differs, subject_of
from warifu.domain.x509 import Certificate, PrivateKey, Request
from warifu.errors import RefusedError
from warifu.ports.issuers import Collected, Issued, Issuer, SentinelIssuer

SKEW = timedelta(minutes=5)  # verifiers' clocks may be behind ours; never before the template's start
SENTINEL_LIFE = timedelta(minutes=5)
SENTINEL_BACK = timedelta(minutes=1)
SENTINEL_NAME = "sentinel.invalid"  # RFC 6761 §6.4: no such name will ever exist, so it authorises nothing


class LocalCa(Issuer, SentinelIssuer):
    """Signs at once.

    Args:
        name: the issuer's name in the estate.
        folder: the CA's folder.
        passphrase: asked for at the first signature, and then no more.
    """

    def __init__(self, name: str, folder: str, passphrase: Callable[[], bytes]) -> None:
        self._name = name
        self._folder = folder
        self._passphrase = passphrase
        self._ledger = Ledger(folder)
        self._secret: bytes | None = None
        self._signers: dict[Certificate, Signer] = {}

    @property
    def certificates(self) -> CaCertificates:
        """Its own certificates.

        Raises:
            CouldNotLookError: `issue.ca-missing`.
        """
        return read_ca(self._folder)

    def submit(self, request: Request, template: Template, *, now: datetime) -> None:
        """Sign a request, once: a second call finds what the first recorded.

        Raises:
            RefusedError: `io.issuer-refused`, `issue.ca-not-valid`, `issue.ca-locked`.
            CouldNotLookError: `issue.ca-missing`, `issue.ca-write-failed`.
        """
        differs = request_differs(request, template)
        if differs:
            raise RefusedError(
                "io.issuer-refused", issuer=self._name, request=request.fingerprint.short, differs=differs
            )
        ca = self.certificates
        self._ledger.sign_once(
            request.fingerprint, lambda: self._leaf(ca, request, template, now), purpose="leaf", now=now
        )

    def collect(self, requests: tuple[Request, ...]) -> Collected:
        """Return what was signed for these requests; a shortened validity is a finding."""
        chain = self.certificates.above_leaf
        issued: list[Issued] = []
        findings: list[Finding] = []
        for request in requests:
            signed = self._ledger.find(request.fingerprint)
            if signed is None:
                continue
            issued.append(Issued(request, signed.certificate, chain))
            if signed.certificate.not_after < signed.wanted_end:
                findings.append(_clipped(signed))
        return Collected(tuple(issued), tuple(findings))

    def sentinel(
        self, *, anchor: Certificate, purpose: str, now: datetime
    ) -> tuple[Issued, PrivateKey] | None:
        """Return an identity of minutes directly beneath `anchor`, or None where this CA has not its key.

        Raises:
            RefusedError: `issue.ca-locked`.
            CouldNotLookError: `issue.ca-missing`, `issue.ca-write-failed`.
        """
        ca = self.certificates
        start = now.replace(microsecond=0)
        valid = anchor.not_before <= start <= anchor.not_after
        if anchor not in {ca.issuing, ca.root} or not valid:
            return None
        signer = self._signer(anchor)
        key = make_private_key("ec-p256")
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SENTINEL_NAME)])
        names = general_names([SENTINEL_NAME])
        request = Request(make_request(key, subject, names))
        leaf = Leaf(
            request.parsed.public_key(),
            subject,
            names,
            purpose_oids([purpose]),
            max(start - SENTINEL_BACK, anchor.not_before),
            min(start + SENTINEL_LIFE, anchor.not_after),
        )
        signed = self._ledger.sign_once(
            request.fingerprint,
            lambda: Signed(sign_leaf(leaf, signer), leaf.not_after),
            purpose="sentinel",
            now=now,
        )
        return Issued(request, signed.certificate, ()), key

    def _leaf(self, ca: CaCertificates, request: Request, template: Template, now: datetime) -> Signed:
        ends = min(ca.issuing.not_after, ca.root.not_after)
        begins = max(ca.issuing.not_before, ca.root.not_before)
        if not begins <= now <= ends:
            raise RefusedError(
                "issue.ca-not-valid", issuer=self._name, not_before=begins, not_after=ends, now=now
            )
        start = max(template.not_before, now - SKEW, begins).replace(microsecond=0)
        wanted = start + template.lifetime
        leaf = Leaf(
            request.parsed.public_key(),
            subject_of(template),
            general_names(template.names),
            purpose_oids(template.purposes),
            start,
            min(wanted, ends),
        )
        return Signed(sign_leaf(leaf, self._signer(ca.issuing)), wanted)

    def _signer(self, certificate: Certificate) -> Signer:
        if certificate not in self._signers:
            if self._secret is None:
                self._secret = self._passphrase()
            self._signers[certificate] = open_key(self._folder, certificate, self._secret)
        return self._signers[certificate]


def _clipped(signed: Signed) -> Finding:
    leaf = signed.certificate
    evidence = {"who": leaf.label, "not_after": leaf.not_after, "wanted": signed.wanted_end}
    return Finding(Code.ISSUED_CLIPPED, leaf.fingerprint.hex, evidence, Severity.WARNING)
