"""Reads certificates, requests, CRLs and keys out of PEM or DER, and reports what it could not read.

Spec: RFC 7468; RFC 2315 §9 for certificates in PKCS#7. Content decides, never a file's extension.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.pkcs7 import certificates_in_pkcs7
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.request import Request
from warifu.errors import UsageError

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----")
_CERTIFICATE = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_REQUEST = {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}
_CRL = {b"X509 CRL"}
_PKCS7 = {b"PKCS7", b"CMS"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, in its order, and what in it could not be read.

    Args:
        certificates: as they stand in the file, duplicates kept.
        begun: how many objects were begun; `begun - loaded` were lost, each with a finding.
    """

    certificates: tuple[Certificate, ...] = ()
    requests: tuple[Request, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    keys: tuple[PrivateKey, ...] = ()
    encrypted_keys: int = 0
    findings: tuple[Finding, ...] = ()
    begun: int = 0

    @property
    def holds_anything(self) -> bool:
        """At least one object was recognised, be it an encrypted key."""
        return bool(self.certificates or self.requests or self.crls or self.keys or self.encrypted_keys)


@dataclass(slots=True)
class _Pile:
    source: str
    certificates: list[Certificate] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    crls: list[RevocationList] = field(default_factory=list)
    keys: list[PrivateKey] = field(default_factory=list)
    encrypted_keys: int = 0
    findings: list[Finding] = field(default_factory=list)
    begun: int = 0

    def lose(self, offset: int, label: str, reason: str, code: Code = Code.UNREADABLE) -> None:
        evidence = {"offset": offset, "label": label, "reason": reason}
        self.findings.append(Finding(code, self.source, evidence, Severity.ERROR))

    def close(self) -> Reading:
        return Reading(
            tuple(self.certificates),
            tuple(self.requests),
            tuple(self.crls),
            tuple(self.keys),
            self.encrypted_keys,
            tuple(self.findings),
            self.begun,
        )


def read(data: bytes, source: str = "input") -> Reading:
    """Read everything `data` holds.

    Args:
        data: the bytes of a file, an answer or standard input.
        source: what findings name as their subject: a path, an address.
    """
    pile = _Pile(source)
    if _BEGIN.search(data):
        _read_pem(data, pile)
    elif data.strip():
        _read_der(data, pile)
    return pile.close()


def _read_pem(data: bytes, pile: _Pile) -> None:
    for begin in _BEGIN.finditer(data):
        label = begin.group(1)
        end = data.find(b"-----END " + label + b"-----", begin.end())
        following = _BEGIN.search(data, begin.end())
        pile.begun += 1
        if end < 0 or (following and following.start() < end):
            pile.lose(begin.start(), label.decode(), "no END line", Code.TRUNCATED)
            continue
        block = data[begin.start() : end + len(label) + 14]
        body = data[begin.end() : end]
        _read_block(label, body, block, begin.start(), pile)


def _read_block(label: bytes, body: bytes, block: bytes, offset: int, pile: _Pile) -> None:
    name = label.decode()
    if label.endswith(b"PRIVATE KEY"):
        if label.startswith(b"ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in body:
            pile.encrypted_keys += 1
            return
        try:
            pile.keys.append(PrivateKey.load_pem(block))
        except UsageError as error:
            pile.lose(offset, name, str(error.values.get("reason", "")))
        return
    try:
        der = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        pile.lose(offset, name, "not Base64")
        return
    if label in _CERTIFICATE:
        _keep(_first_element(der) if label.startswith(b"TRUSTED") else der, offset, name, pile)
    elif label in _REQUEST:
        _try_add(pile, offset, name, lambda: pile.requests.append(Request(der)))
    elif label in _CRL:
        _try_add(pile, offset, name, lambda: pile.crls.append(RevocationList(der)))
    elif label in _PKCS7:
        _try_add(pile, offset, name, lambda: pile.certificates.extend(certificates_in_pkcs7(der)))
    else:
        pile.lose(offset, name, "not a kind that is read here")


def _keep(der: bytes, offset: int, name: str, pile: _Pile) -> None:
    _try_add(pile, offset, name, lambda: pile.certificates.append(Certificate(der)))


def _try_add(pile: _Pile, offset: int, name: str, add: Callable[[], None]) -> None:
    try:
        add()
    except UsageError as error:
        pile.lose(offset, name, str(error.values.get("reason", "")))


def _read_der(data: bytes, pile: _Pile) -> None:
    offset = 0
    while offset < len(data):
        size = _element_size(data, offset)
        pile.begun += 1
        if size is None:
            pile.lose(offset, "DER", "not a DER sequence")
            return
        if offset + size > len(data):
            pile.lose(offset, "DER", "shorter than its own length says", Code.TRUNCATED)
            return
        element = data[offset : offset + size]
        if not _keep_any(element, pile):
            pile.lose(offset, "DER", "neither a certificate nor a request nor a CRL nor PKCS#7")
        offset += size


def _keep_any(element: bytes, pile: _Pile) -> bool:
    adders: tuple[Callable[[], None], ...] = (
        lambda: pile.certificates.append(Certificate(element)),
        lambda: pile.requests.append(Request(element)),
        lambda: pile.crls.append(RevocationList(element)),
        lambda: pile.certificates.extend(certificates_in_pkcs7(element)),
    )
    for add in adders:
        try:
            add()
        except UsageError:
            continue
        return True
    return False


def _element_size(data: bytes, offset: int) -> int | None:
    if len(data) - offset < 2 or data[offset] != 0x30:
        return None
    first = data[offset + 1]
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    if not 1 <= count <= 4 or len(data) - offset < 2 + count:
        return None
    return 2 + count + int.from_bytes(data[offset + 2 : offset + 2 + count], "big")


def _first_element(der: bytes) -> bytes:
    size = _element_size(der, 0)
    return der if size is None else der[:size]
