"""Opens containers (PKCS#7, PKCS#12, Java's key stores) and locked keys, and adds each object in them.

Every object is begun and then added or lost, so that nothing disappears. Private keys show nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.ber import OCTET_STRING, SEQUENCE, element
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.forms import Form
from warifu.domain.x509.java_stores import JavaEntry, read_java_store, unlock
from warifu.domain.x509.pkcs7 import parts_of_pkcs7
from warifu.domain.x509.pkcs12 import Bag, Pkcs12, read_pkcs12
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.public_key import PublicKey
from warifu.domain.x509.reading import StoreEntry
from warifu.domain.x509.unlocking import Effort, decrypt, text_of
from warifu.domain.x509.unpacking import UNREAD, Unpacker
from warifu.errors import UsageError


class Opener:
    """Opens what one unpacker meets; passwords are tried with one effort over all of it.

    Args:
        unpacker: whose pile gets the objects, and whose passwords are tried, in their order.
    """

    def __init__(self, unpacker: Unpacker) -> None:
        self._unpacker = unpacker
        self._pile = unpacker.pile
        self._passwords = unpacker.passwords
        self._effort = Effort()

    def unpack_java_store(self, data: bytes, offset: int = 0) -> None:
        """Add what a key store of Java's holds."""
        try:
            store = read_java_store(data)
        except UsageError as error:
            self._lose_container(error, offset, "JKS")
            return
        kind = store.kind.lower()
        self._pile.containers.append(kind)
        self._tell_if_unproven(kind, proven=any(store.is_whole(text_of(one)) for one in self._passwords))
        for entry in store.entries:
            if self._unpacker.stops(offset + entry.offset):
                return
            self._add_java_entry(entry, offset)
        if store.fault is not None:
            at, reason = store.fault
            missing = max(store.count - len(store.entries), 1)
            self._pile.begun += missing
            self._pile.lose(offset + at, store.kind, reason)
            self._pile.lost += missing - 1

    def _add_java_entry(self, entry: JavaEntry, offset: int) -> None:
        place = offset + entry.offset
        added = [self._pile.add_certificate(der, place, f"X.509 {entry.alias}") for der in entry.certificates]
        certificates = tuple(one for one in added if one is not None)
        key = None
        if entry.locked:
            key, reason = self._java_key(entry)
            self._pile.begun += 1
            if key is not None:
                self._pile.keys.append(key)
            else:
                self._unpacker.tells_hopeless(place, reason)
                self._pile.encrypted_keys += 1
        is_locked = bool(entry.locked) and key is None
        self._pile.entries.append(StoreEntry(entry.alias, certificates, key, is_locked))

    def _java_key(self, entry: JavaEntry) -> tuple[PrivateKey | None, str]:
        """Return the key, or why the last password did not open it."""
        reason = ""
        for password in self._passwords:
            try:
                return PrivateKey.load_der(unlock(entry.locked, text_of(password), self._effort)), ""
            except UsageError as error:
                reason = str(error.values["reason"])
        return None, reason

    def add_locked_key(self, der: bytes, offset: int) -> None:
        """Open EncryptedPrivateKeyInfo. Spec: RFC 5958 §3."""
        reason = ""
        for password in self._passwords:
            try:
                whole = element(der)
                locked = whole.child(1, OCTET_STRING).content
                opened = decrypt(whole.child(0, SEQUENCE), locked, password, self._effort)
                self._pile.keys.append(PrivateKey.load_der(opened))
            except UsageError as error:
                reason = str(error.values["reason"])
                continue
            self._pile.begun += 1
            return
        self._unpacker.count_locked(offset, reason)

    def unpack_pkcs7(self, der: bytes, offset: int) -> None:
        """Add what a PKCS#7 message holds."""
        try:
            parts = parts_of_pkcs7(der)
        except UsageError as error:
            self._lose_container(error, offset, "PKCS7")
            return
        self._pile.containers.append("pkcs7")
        for part in parts:
            place, read = self._unpacker.place_in(offset, part.offset), part.der
            if self._unpacker.stops(place):
                return
            if part.kind == "certificate":
                self._pile.add_certificate(read, place, "PKCS7")
            elif part.kind == "crl":
                self._unpacker.add_crl(read, place, "PKCS7")
            else:
                self._unpacker.pass_over(place, "PKCS7")
        if not parts:
            self._pile.begun += 1
            self._pile.lose(offset, "PKCS7", "no certificate in it")

    def unpack_pkcs12(self, der: bytes, offset: int) -> None:
        """Add what a PKCS#12 file holds."""
        try:
            found = read_pkcs12(der, self._passwords, self._effort)
        except UsageError as error:
            self._lose_container(error, offset, "PKCS12")
            return
        self._pile.containers.append("pkcs12")
        self._tell_if_unproven("pkcs12", proven=found.proven)
        if any(name.startswith("RC2") for name in found.ciphers):
            self._unpacker.forms[Form.RC2] = None
        self._add_bags(found, offset)

    def _add_bags(self, found: Pkcs12, offset: int) -> None:
        keys: list[tuple[Bag, PrivateKey | None]] = []
        certificates: list[tuple[Bag, Certificate]] = []
        for bag in found.bags:
            if self._unpacker.stops(offset):
                return
            if bag.kind == "certificate":
                added = self._pile.add_certificate(bag.der, offset, f"PKCS12 {bag.alias}".strip())
                certificates += [(bag, added)] if added else []
            elif bag.kind == "crl":
                self._unpacker.add_crl(bag.der, offset, "crlBag")
            elif bag.kind in ("key", "locked-key"):
                keys.append((bag, self._bag_key(bag, offset)))
            elif bag.reason == UNREAD:
                self._unpacker.pass_over(offset, bag.label)
            else:
                self._pile.begun += 1
                self._pile.lose(offset, bag.label, bag.reason)
        self._pile.entries += _entries(keys, certificates)

    def _bag_key(self, bag: Bag, offset: int) -> PrivateKey | None:
        if bag.kind == "locked-key":
            self._unpacker.count_locked(offset, bag.reason)
            return None
        before = len(self._pile.keys)
        self._unpacker.add_key(bag.der, offset, "keyBag")
        return self._pile.keys[-1] if len(self._pile.keys) > before else None

    def _tell_if_unproven(self, kind: str, *, proven: bool) -> None:
        if not proven:
            evidence = {"kind": kind, "tried": len(self._passwords)}
            weight = Severity.WARNING if self._passwords and kind != "pkcs12" else Severity.NOTE
            self._pile.findings.append(Finding(Code.CONTAINER_UNPROVEN, self._pile.source, evidence, weight))

    def _lose_container(self, error: UsageError, offset: int, label: str) -> None:
        self._pile.begun += 1
        if error.code == "trust.container-locked":
            evidence = {"kind": label.lower(), "offset": offset, "tried": len(self._passwords)}
            self._pile.findings.append(Finding(Code.CONTAINER_LOCKED, self._pile.source, evidence))
            self._pile.lost += 1
        else:
            place = self._unpacker.place_in(offset, int(str(error.values["offset"])))
            self._pile.lose(place, label, str(error.values["reason"]))


def _entries(
    keys: Sequence[tuple[Bag, PrivateKey | None]], certificates: Sequence[tuple[Bag, Certificate]]
) -> list[StoreEntry]:
    """Return each certificate with its key, joined by local key id or by the key itself; then keys that stand alone."""
    by_key: dict[PublicKey, list[int]] = {}
    by_id: dict[bytes, list[int]] = {}
    for number in reversed(range(len(keys))):  # the first of several is taken from the end of the list
        bag, key = keys[number]
        if key is not None:
            by_key.setdefault(key.public_key, []).append(number)
        elif bag.local_key_id:
            by_id.setdefault(bag.local_key_id, []).append(number)
    left = dict.fromkeys(range(len(keys)))
    made = []
    for bag, certificate in certificates:
        fit = [one for one in (_by_key(by_key, certificate), by_id.get(bag.local_key_id)) if one]
        if not fit:
            made.append(StoreEntry(bag.alias, (certificate,)))
            continue
        number = min(fit, key=lambda one: one[-1]).pop()
        del left[number]
        own, key = keys[number]
        made.append(StoreEntry(bag.alias or own.alias, (certificate,), key, key is None))
    return made + [StoreEntry(keys[one][0].alias, (), keys[one][1], keys[one][1] is None) for one in left]


def _by_key(by_key: Mapping[PublicKey, list[int]], certificate: Certificate) -> list[int] | None:
    return None if certificate.public_key is None else by_key.get(certificate.public_key)
