"""Adds one object to what has been read, whatever it is; containers are opened and each object in them is added.

Every object is begun and then added or lost, so that nothing disappears. Private keys show nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.ber import OCTET_STRING, SEQUENCE, element
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.content import Content, content_of
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.forms import Form
from warifu.domain.x509.java_stores import JavaEntry, read_java_store, unlock
from warifu.domain.x509.pkcs7 import parts_of_pkcs7
from warifu.domain.x509.pkcs12 import Bag, Pkcs12, read_pkcs12
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.reading import Pile, StoreEntry
from warifu.domain.x509.request import Request
from warifu.domain.x509.unlocking import Effort, decrypt, text_of
from warifu.errors import UsageError

_UNREAD = "not a kind that is read here"
_MOST_FINDINGS = 10_000  # of one file


class Unpacker:
    """Adds objects to a pile.

    Args:
        passwords: tried on everything that is locked, in their order.
    """

    def __init__(self, pile: Pile, passwords: Sequence[bytes]) -> None:
        self.pile = pile
        self.passwords = passwords
        self.forms: dict[Form, None] = {}
        self._effort = Effort()

    def keep(self, der: bytes, offset: int, label: str = "DER", expected: Content = Content.OTHER) -> Content:
        """Add what one element is; return what it is.

        Args:
            expected: what the label says: where the content says nothing, it is lost as one of these.
        """
        pile, kind = self.pile, content_of(der)
        match expected if kind is Content.OTHER else kind:
            case Content.CERTIFICATE:
                pile.add_certificate(der, offset, label)
            case Content.REQUEST:
                pile.try_add(offset, label, lambda: pile.requests.append(Request(der)))
            case Content.CRL:
                pile.try_add(offset, label, lambda: pile.crls.append(RevocationList(der)))
            case Content.KEY:
                self._add_key(der, offset, label)
            case Content.ENCRYPTED_KEY:
                self._add_locked_key(der, offset)
            case Content.PKCS7:
                self._unpack_pkcs7(der, offset)
            case Content.PKCS12:
                self._unpack_pkcs12(der, offset)
            case Content.OTHER if label == "DER":
                pile.begun += 1
                pile.lose(offset, label, "neither a certificate nor a request nor a CRL nor PKCS#7")
            case _:
                self.pass_over(offset, label)
        return kind

    def stops(self, offset: int) -> bool:
        """Tell whether so much was found already that nobody would read more of it; the first time, it is told."""
        if len(self.pile.findings) > _MOST_FINDINGS:
            return True
        if len(self.pile.findings) == _MOST_FINDINGS:
            self.pile.begun += 1
            self.pile.lose(offset, "…", "too many of them")
            return True
        return False

    def pass_over(self, offset: int, label: str) -> None:
        """Tell of an object that is none of those that are judged."""
        self.pile.begun += 1
        self.pile.lose(offset, label, _UNREAD, Code.PASSED_OVER, Severity.NOTE)

    def keep_legacy_key(self, pem: bytes, offset: int) -> None:
        """Add a key whose block is encrypted as OpenSSL did before PKCS#8 (`Proc-Type: 4,ENCRYPTED`)."""
        for password in self.passwords:
            try:
                self.pile.keys.append(PrivateKey.load_pem(pem, password))
            except UsageError:
                continue
            self.pile.begun += 1
            return
        self._count_locked(offset)

    def keep_java_store(self, data: bytes, offset: int = 0) -> None:
        """Add what a key store of Java's holds."""
        try:
            store = read_java_store(data)
        except UsageError as error:
            self._lose_container(error, offset, "JKS")
            return
        kind = store.kind.lower()
        self.pile.containers.append(kind)
        self._tell_if_unproven(kind, proven=any(store.is_whole(text_of(one)) for one in self.passwords))
        for entry in store.entries:
            if self.stops(offset + entry.offset):
                return
            self._add_java_entry(entry, offset)
        if store.fault is not None:
            at, reason = store.fault
            missing = max(store.count - len(store.entries), 1)
            self.pile.begun += missing
            self.pile.lose(offset + at, store.kind, reason)
            self.pile.lost += missing - 1

    def _add_java_entry(self, entry: JavaEntry, offset: int) -> None:
        place = offset + entry.offset
        added = [self.pile.add_certificate(der, place, f"X.509 {entry.alias}") for der in entry.certificates]
        certificates = tuple(one for one in added if one is not None)
        key = None
        if entry.locked:
            key = self._java_key(entry)
            self.pile.begun += 1
            if key is None:
                self.pile.encrypted_keys += 1
            else:
                self.pile.keys.append(key)
        is_locked = bool(entry.locked) and key is None
        self.pile.entries.append(StoreEntry(entry.alias, certificates, key, is_locked))

    def _java_key(self, entry: JavaEntry) -> PrivateKey | None:
        for password in self.passwords:
            try:
                return PrivateKey.load_der(unlock(entry.locked, text_of(password), self._effort))
            except UsageError:
                continue
        return None

    def _add_key(self, der: bytes, offset: int, label: str) -> None:
        self.pile.try_add(offset, label, lambda: self.pile.keys.append(PrivateKey.load_der(der)))

    def _add_locked_key(self, der: bytes, offset: int) -> None:
        """Open EncryptedPrivateKeyInfo. Spec: RFC 5958 §3."""
        for password in self.passwords:
            try:
                whole = element(der)
                locked = whole.child(1, OCTET_STRING).content
                opened = decrypt(whole.child(0, SEQUENCE), locked, password, self._effort)
                self.pile.keys.append(PrivateKey.load_der(opened))
            except UsageError:
                continue
            self.pile.begun += 1
            return
        self._count_locked(offset)

    def _count_locked(self, offset: int) -> None:
        """A locked key is there, read or not; that passwords were given and none fits is told."""
        self.pile.begun += 1
        self.pile.encrypted_keys += 1
        if self.passwords:
            evidence = {"kind": Content.ENCRYPTED_KEY.value, "offset": offset, "tried": len(self.passwords)}
            self.pile.findings.append(Finding(Code.CONTAINER_LOCKED, self.pile.source, evidence))

    def _unpack_pkcs7(self, der: bytes, offset: int) -> None:
        try:
            parts = parts_of_pkcs7(der)
        except UsageError as error:
            self._lose_container(error, offset, "PKCS7")
            return
        self.pile.containers.append("pkcs7")
        for part in parts:
            if self.stops(offset + part.offset):
                return
            place, read = offset + part.offset, part.der
            if part.kind == "certificate":
                self.pile.add_certificate(read, place, "PKCS7")
            elif part.kind == "crl":
                self.pile.try_add(place, "PKCS7", lambda one=read: self.pile.crls.append(RevocationList(one)))  # type: ignore[misc]  # bound at once
            else:
                self.pass_over(place, "PKCS7")
        if not parts:
            self.pile.begun += 1
            self.pile.lose(offset, "PKCS7", "no certificate in it")

    def _unpack_pkcs12(self, der: bytes, offset: int) -> None:
        try:
            found = read_pkcs12(der, self.passwords, self._effort)
        except UsageError as error:
            self._lose_container(error, offset, "PKCS12")
            return
        self.pile.containers.append("pkcs12")
        self._tell_if_unproven("pkcs12", proven=found.proven)
        if any(name.startswith("RC2") for name in found.ciphers):
            self.forms[Form.RC2] = None
        self._add_bags(found, offset)

    def _add_bags(self, found: Pkcs12, offset: int) -> None:
        keys: list[tuple[Bag, PrivateKey | None]] = []
        certificates: list[tuple[Bag, Certificate]] = []
        for bag in found.bags:
            if self.stops(offset):
                return
            if bag.kind == "certificate":
                added = self.pile.add_certificate(bag.der, offset, f"PKCS12 {bag.alias}".strip())
                certificates += [(bag, added)] if added else []
            elif bag.kind == "crl":
                self._add_crl(bag, offset)
            elif bag.kind in ("key", "locked-key"):
                keys.append((bag, self._bag_key(bag, offset)))
            elif bag.reason == _UNREAD:
                self.pass_over(offset, bag.label)
            else:
                self.pile.begun += 1
                self.pile.lose(offset, bag.label, bag.reason)
        self.pile.entries += _entries(keys, certificates)

    def _add_crl(self, bag: Bag, offset: int) -> None:
        self.pile.try_add(offset, "crlBag", lambda: self.pile.crls.append(RevocationList(bag.der)))

    def _bag_key(self, bag: Bag, offset: int) -> PrivateKey | None:
        if bag.kind == "locked-key":
            self._count_locked(offset)
            return None
        before = len(self.pile.keys)
        self._add_key(bag.der, offset, "keyBag")
        return self.pile.keys[-1] if len(self.pile.keys) > before else None

    def _tell_if_unproven(self, kind: str, *, proven: bool) -> None:
        if not proven:
            evidence = {"kind": kind, "tried": len(self.passwords)}
            weight = Severity.WARNING if self.passwords and kind != "pkcs12" else Severity.NOTE
            self.pile.findings.append(Finding(Code.CONTAINER_UNPROVEN, self.pile.source, evidence, weight))

    def _lose_container(self, error: UsageError, offset: int, label: str) -> None:
        self.pile.begun += 1
        if error.code == "trust.container-locked":
            evidence = {"kind": label.lower(), "offset": offset, "tried": len(self.passwords)}
            self.pile.findings.append(Finding(Code.CONTAINER_LOCKED, self.pile.source, evidence))
            self.pile.lost += 1
        else:
            self.pile.lose(offset + int(str(error.values["offset"])), label, str(error.values["reason"]))


def _entries(
    keys: Sequence[tuple[Bag, PrivateKey | None]], certificates: Sequence[tuple[Bag, Certificate]]
) -> list[StoreEntry]:
    """Return each certificate with its key, joined by local key id or by the key itself; then keys that stand alone."""
    left = list(keys)
    made = []
    for bag, certificate in certificates:
        mine = next((pair for pair in left if _belongs(pair, bag, certificate)), None)
        if mine is None:
            made.append(StoreEntry(bag.alias, (certificate,)))
        else:
            left.remove(mine)
            alias = bag.alias or mine[0].alias
            made.append(StoreEntry(alias, (certificate,), mine[1], mine[1] is None))
    return made + [StoreEntry(bag.alias, (), key, key is None) for bag, key in left]


def _belongs(pair: tuple[Bag, PrivateKey | None], bag: Bag, certificate: Certificate) -> bool:
    own, key = pair
    if key is not None:
        return key.public_key == certificate.public_key
    return bool(own.local_key_id) and own.local_key_id == bag.local_key_id
