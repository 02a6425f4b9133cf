"""PKCS#12 files (`.p12`, `.pfx`, Java trust stores): every certificate, key and CRL in them, with their names.

All bags are read, also those that most libraries pass over: second keys, CRLs, bags in bags; what cannot be read
is told. What a password opens is proven by the file's MAC where it has one.

Spec: RFC 7292 §4, §5; the attribute that marks Java's trusted certificates: sun.security.pkcs12.PKCS12KeyStore of
OpenJDK 17.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from warifu.domain.x509.ber import FIRST, OCTET_STRING, OID, SEQUENCE, SET, Element, element
from warifu.domain.x509.unlocking import Effort, Password, decrypt, kind_of, mac_of
from warifu.errors import UsageError

_PKCS7 = bytes.fromhex("2a864886f70d0107")
_DATA, _ENCRYPTED = _PKCS7 + b"\x01", _PKCS7 + b"\x06"
_BAG = bytes.fromhex("2a864886f70d010c0a01")
_KEY, _LOCKED_KEY, _CERTIFICATE, _CRL, _SECRET, _NESTED = (_BAG + bytes([last]) for last in range(1, 7))
_X509_CERTIFICATE, _X509_CRL = bytes.fromhex("2a864886f70d01091601"), bytes.fromhex("2a864886f70d01091701")
_FRIENDLY_NAME, _LOCAL_KEY_ID = bytes.fromhex("2a864886f70d010914"), bytes.fromhex("2a864886f70d010915")
_TRUSTED_USAGE = bytes.fromhex("6086480186f966adca7b0101")
_DEEPEST = 4  # bags in bags
_MOST_BAGS = 100_000


@dataclass(frozen=True, slots=True)
class Bag:
    """One thing in a file.

    Args:
        kind: `certificate`, `key` (PKCS#8 in `der`), `locked-key` (no password opens it), `crl`, or `lost`.
        alias: what the file calls it; empty where it says nothing.
        local_key_id: what joins a key and its certificate.
        trusted: Java takes the certificate for one that it trusts.
        label: of a lost one, what it is.
        reason: of a lost one, why.
    """

    kind: str
    der: bytes = field(default=b"", repr=False)
    alias: str = ""
    local_key_id: bytes = b""
    trusted: bool = False
    label: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """What an opened file holds.

    Args:
        bags: in the file's order.
        ciphers: what its parts are locked with: `AES-256`, `3DES`, `RC2-40`, ...; none where nothing is.
        proven: its MAC is that of the password; a file without one proves nothing.
    """

    bags: tuple[Bag, ...]
    ciphers: frozenset[str]
    proven: bool


def read_pkcs12(data: bytes, passwords: Sequence[bytes] = (), effort: Effort | None = None) -> Pkcs12:
    """Return what a file holds, opened by the first of these passwords that does, an empty one, or none at all.

    Raises:
        UsageError: `trust.container-locked`: none of them opens it, or it is damaged: nobody can tell which.
            `trust.container-unreadable` with `offset` and `reason`.
    """
    file = _File((*passwords, b"", None), effort or Effort())
    parts = element(data).children
    if len(parts) < 2:
        raise _unreadable("malformed")
    safe = parts[1]
    if safe.child(0, OID).content != _DATA:
        raise _unreadable("unsupported")  # signed instead of locked: no program writes it
    octets = safe.child(1, FIRST).only.octets
    file.find_password(parts[2] if len(parts) > 2 else None, octets)
    return Pkcs12(tuple(file.bags(octets)), frozenset(file.ciphers), file.proven)


class _File:
    """One file while it is read."""

    def __init__(self, passwords: Sequence[Password], effort: Effort) -> None:
        self.passwords = list(passwords)
        self.effort = effort
        self.ciphers: set[str] = set()
        self.proven = False
        self._count = 0

    def find_password(self, mac: Element | None, octets: bytes) -> None:
        """Put the password that fits the MAC first; without a MAC, that which opens the first locked part."""
        if mac is not None:
            info = mac.child(0, SEQUENCE)
            digest, salt = info.child(1, OCTET_STRING).content, mac.child(1, OCTET_STRING).content
            rounds = mac.children[2].number if len(mac.children) > 2 else 1
            for one in self.passwords:
                made = mac_of(info.child(0, SEQUENCE), salt, rounds, octets, one, self.effort)
                if hmac.compare_digest(made, digest):
                    self.passwords.remove(one)
                    self.passwords.insert(0, one)
                    self.proven = True
                    return
            raise UsageError("trust.container-locked", reason="the password does not open it")

    def bags(self, octets: bytes) -> Iterator[Bag]:
        """Yield what stands in an AuthenticatedSafe."""
        for info in element(octets).children:
            kind = info.child(0, OID).content
            if kind == _DATA:
                yield from self._contents(info.child(1, FIRST).only.octets, 0)
            elif kind == _ENCRYPTED:
                yield from self._locked_contents(info.child(1, FIRST).child(0, SEQUENCE).child(1, SEQUENCE))
            else:
                yield Bag("lost", label="ContentInfo", reason="unsupported")

    def _locked_contents(self, info: Element) -> Iterator[Bag]:
        """Yield what stands in EncryptedContentInfo. Spec: RFC 5652 §8."""
        parts = info.children
        if len(parts) < 3:
            raise _unreadable("malformed")
        algorithm, locked = parts[1], parts[2].octets
        opened, reason = self._open(algorithm, locked)
        if opened is None:
            yield Bag("lost", label="EncryptedData", reason=reason)
        else:
            yield from self._contents(opened, 0)

    def _open(self, algorithm: Element, locked: bytes) -> tuple[bytes | None, str]:
        """Return what the first password that fits gives, or None and why; what is opened is a sequence."""
        kind = kind_of(algorithm)
        if kind is not None:
            self.ciphers.add(kind.name)
        reason = ""
        for one in self.passwords[:1] if self.proven else self.passwords:
            try:
                opened = decrypt(algorithm, locked, one, self.effort)
                if element(opened).tag == SEQUENCE and element(opened).end == len(opened):
                    return opened, ""
                reason = "the password does not open it"
            except UsageError as error:
                reason = str(error.values["reason"])
        return None, reason

    def _contents(self, octets: bytes, depth: int) -> Iterator[Bag]:
        for bag in element(octets).children:
            self._count += 1
            if self._count > _MOST_BAGS or depth > _DEEPEST:
                raise _unreadable("too many rounds")
            yield from self._bag(bag, depth)

    def _bag(self, bag: Element, depth: int) -> Iterator[Bag]:
        kind, value = bag.child(0, OID).content, bag.child(1, FIRST).only
        alias, local, trusted = _attributes(bag)
        if kind == _NESTED:
            yield from self._contents(value.whole, depth + 1)
        elif kind == _KEY:
            yield Bag("key", value.whole, alias, local)
        elif kind == _LOCKED_KEY:
            opened, reason = self._open_key(value)
            if opened is None:
                yield Bag("locked-key", b"", alias, local, label="pkcs8ShroudedKeyBag", reason=reason)
            else:
                yield Bag("key", opened, alias, local)
        elif kind in (_CERTIFICATE, _CRL):
            what = value.child(0, OID).content
            known = {_X509_CERTIFICATE: "certificate", _X509_CRL: "crl"}.get(what)
            if known is None:
                yield Bag("lost", b"", alias, label="certBag", reason="unsupported")
            else:
                yield Bag(known, value.child(1, FIRST).only.octets, alias, local, trusted)
        else:
            label = "secretBag" if kind == _SECRET else "SafeBag"
            yield Bag("lost", b"", alias, label=label, reason="not a kind that is read here")

    def _open_key(self, locked: Element) -> tuple[bytes | None, str]:
        """A key may have a password of its own: every one is tried, that of the file first."""
        proven, self.proven = self.proven, False
        opened = self._open(locked.child(0, SEQUENCE), locked.child(1, OCTET_STRING).octets)
        self.proven = proven
        return opened


def _attributes(bag: Element) -> tuple[str, bytes, bool]:
    """Return alias, local key id, and whether Java trusts it."""
    alias, local, trusted = "", b"", False
    for part in bag.children[2:]:
        for attribute in part.children if part.tag == SET else ():
            kind, values = attribute.child(0, OID).content, attribute.child(1, SET).children
            if kind == _FRIENDLY_NAME and values:
                alias = values[0].content.decode("utf-16-be", "replace")
            elif kind == _LOCAL_KEY_ID and values:
                local = values[0].octets
            trusted = trusted or kind == _TRUSTED_USAGE
    return alias, local, trusted


def _unreadable(reason: str) -> UsageError:
    return UsageError("trust.container-unreadable", offset=0, reason=reason)
