"""Packs what a target wants out of whatever people have: one file, put together, proven complete, written privately.

Nothing is written before everything is known to fit: the chain verifies signature by signature, the key belongs to
the leaf, and no file is overwritten unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust.packing import (
    TRUST,
    Missing,
    assemble,
    choose_leaf,
    differences,
    key_for,
    trust_of,
)
from warifu.domain.x509 import Certificate, PrivateKey, Reading
from warifu.domain.x509.java_writer import JavaItem, write_java_store
from warifu.domain.x509.pkcs7 import to_pkcs7
from warifu.domain.x509.pkcs12_writer import write_identity, write_trust_store
from warifu.domain.x509.unlocking import text_of
from warifu.domain.x509.writer import to_pem
from warifu.errors import RefusedError, UsageError
from warifu.ports.files import Files
from warifu.ports.hosts import FileSeen, HostReader
from warifu.ports.pipes import Pipes
from warifu.workflows.places import Place, Walk, check_is_file, reading_of
from warifu.workflows.roles import lost_certificates

FORMATS = ("pem", "der", "p7b", "pkcs12", "jks")
_LOCKED = ("pkcs12", "jks")
_MOST_TOLD = 10  # blocks that could not be read
_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What is wanted.

    Args:
        inputs: files, folders and pipes that hold what is packed, in any form.
        pools: where issuers may be taken from besides.
        form: `leaf`, `chain`, `chain-with-root` or `trust`.
        format: one of `FORMATS`.
        pick: which leaf is meant, where there are several.
        alias: name in the container; empty means the leaf's own.
        cipher: of PKCS#12: `modern` or `legacy`.
        with_key: the private key goes along.
        incomplete: a chain whose issuer is missing is written all the same.
        strict: nothing is put right; an input that is not as wanted is refused.
        password: locks what is written; empty where nothing is locked.
    """

    inputs: tuple[str, ...]
    form: str
    format: str
    pools: tuple[str, ...] = ()
    pick: str = ""
    alias: str = ""
    cipher: str = "modern"
    with_key: bool = False
    incomplete: bool = False
    strict: bool = False
    password: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """What was put together.

    Args:
        data: the file's bytes.
        certificates: in the order in which they are in it.
        left_out: what the inputs held besides.
        changes: what was put right, as the errors that a strict order would have been refused with.
        missing: the issuer that was not found, where an incomplete chain was asked for.
        findings: of the inputs, and of what was packed.
    """

    data: bytes = field(repr=False)
    certificates: tuple[Certificate, ...]
    left_out: tuple[Certificate, ...]
    key: PrivateKey | None
    changes: tuple[RefusedError, ...]
    missing: Missing | None
    findings: tuple[Finding, ...]

    @property
    def mode(self) -> int:
        """Of the file: private where it holds a key."""
        return _PUBLIC if self.key is None else _PRIVATE


@dataclass(slots=True)
class _Pile:
    """What several places hold."""

    readings: dict[str, Reading] = field(default_factory=dict)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        return tuple(one for reading in self.readings.values() for one in reading.certificates)

    @property
    def keys(self) -> tuple[PrivateKey, ...]:
        return tuple(one for reading in self.readings.values() for one in reading.keys)

    @property
    def locked(self) -> int:
        return sum(reading.encrypted_keys for reading in self.readings.values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(one for reading in self.readings.values() for one in reading.findings)


@dataclass(frozen=True, slots=True)
class Packer:
    """Reads, puts together and writes.

    Args:
        host: whose files are read.
        passwords: tried on everything that is locked.
        at: what is valid now is preferred; it is also the time of a key store's entries.
        salt: twenty random octets for the key of a JKS file.
    """

    host: HostReader
    pipes: Pipes
    files: Files
    at: datetime
    salt: bytes = field(repr=False)
    passwords: Sequence[bytes] = field(default=(), repr=False)

    def pack(self, order: PackOrder) -> Packed:
        """Put together what is wanted; nothing is written.

        Raises:
            UsageError: `io.no-such-file`, `pack.no-certificate`, `pack.der-holds-one`, `pack.no-password`,
                `pack.key-not-in-format`, and what `choose_leaf`, `key_for` and `trust_of` raise.
            RefusedError: `pack.incomplete`, `pack.key-differs`, `pack.no-leaf` with what could not be read; in strict mode `pack.not-as-wanted` with its parts.
            CouldNotLookError: what the ports raise.
        """
        _check_order(order)
        pile, pool = self._read_all(order.inputs), self._read_all(order.pools)
        if not pile.certificates:
            raise UsageError("pack.no-certificate", paths=order.inputs)
        key, missing = None, None
        if order.form == TRUST:
            chosen = trust_of((*pile.certificates, *pool.certificates))
        else:
            leaf = _leaf_of(pile, order.pick)
            if order.with_key:
                key = key_for(leaf, pile.keys, locked=pile.locked)
            made = assemble(leaf, (*pile.certificates, *pool.certificates), order.form, self.at)
            chosen, missing = made.certificates, made.missing
            if missing is not None and not order.incomplete:
                raise _incomplete(missing)
        if order.format == "der" and len(chosen) > 1:
            raise UsageError("pack.der-holds-one", count=len(chosen))
        changes = tuple(_changes(pile, chosen, order))
        if order.strict and changes:
            refused = RefusedError("pack.not-as-wanted", form=order.form, format=order.format)
            refused.parts = changes
            raise refused
        packed = frozenset(chosen)
        left_out = tuple(one for one in dict.fromkeys(pile.certificates) if one not in packed)
        findings = rank((*pile.findings, *pool.findings, *_out_of_date(chosen, self.at)))
        return Packed(self._written(order, chosen, key), chosen, left_out, key, changes, missing, findings)

    def write(self, packed: Packed, path: str, *, replace: bool = False) -> None:
        """Write what was packed, whole or not at all.

        Raises:
            UsageError: `io.not-a-file`: what lies there is not to be replaced.
            RefusedError: `pack.exists`: a file is there, and it was not said that it may be replaced.
            CouldNotLookError: `io.cannot-write`.
        """
        if self.files.exists(path) and not replace:
            raise RefusedError("pack.exists", path=path)
        self.files.write(path, packed.data, mode=packed.mode)

    def _read_all(self, places: Iterable[str]) -> _Pile:
        pile = _Pile()
        for place in places:
            for found in Walk(self.host, self.pipes).below(place):
                if (seen := _file_at(found)) is not None:
                    reading = reading_of(seen, self.passwords)
                    if found.explicit or reading.holds_anything or reading.encoding or seen.size:
                        pile.readings[found.path] = reading
        return pile

    def _written(self, order: PackOrder, chosen: tuple[Certificate, ...], key: PrivateKey | None) -> bytes:
        match order.format:
            case "der":
                return chosen[0].der
            case "p7b":
                return to_pkcs7(chosen)
            case "pkcs12" if key is not None:
                name = order.alias or _name_of(chosen[0])
                return write_identity(name, key, chosen[0], chosen[1:], order.password, cipher=order.cipher)
            case "pkcs12":
                return write_trust_store(_named(chosen, order.alias), order.password, cipher=order.cipher)
            case "jks":
                return self._java_store(order, chosen, key)
            case _:
                return to_pem(chosen) + _key_block(key, order.password)

    def _java_store(self, order: PackOrder, chosen: tuple[Certificate, ...], key: PrivateKey | None) -> bytes:
        items = [JavaItem(name, (one,)) for name, one in _named(chosen, order.alias)]
        if key is not None:
            name = (order.alias or _name_of(chosen[0])).lower()
            items = [JavaItem(name, chosen, key)]
        made_at = int(self.at.timestamp() * 1000)
        return write_java_store(items, text_of(order.password), at=made_at, salt=self.salt)


def _leaf_of(pile: _Pile, pick: str) -> Certificate:
    """Return what everything is put together for; where there is none, say what could not be read: it may be it.

    Raises:
        UsageError, RefusedError: what `choose_leaf` raises.
    """
    try:
        return choose_leaf(pile.certificates, pile.keys, pick)
    except (UsageError, RefusedError) as error:
        lost = [one for reading in pile.readings.values() for one in lost_certificates(reading)]
        error.parts = tuple(
            RefusedError("pack.unreadable", path=one.subject, **one.evidence) for one in lost[:_MOST_TOLD]
        )
        raise


def _file_at(place: Place) -> FileSeen | None:
    """Return the file at a place; None where a folder holds something that is none.

    Raises:
        UsageError: what `check_is_file` raises.
        WarifuError: it could not be looked at.
    """
    if place.problem is not None:
        raise place.problem
    if place.seen is not None and place.explicit:
        check_is_file(place.seen)
    return place.seen if place.seen is not None and place.seen.kind == "file" else None


def _check_order(order: PackOrder) -> None:
    if order.format in _LOCKED and not order.password:
        raise UsageError("pack.no-password", format=order.format)
    if order.with_key and (order.format not in ("pem", *_LOCKED) or order.form == TRUST):
        raise UsageError("pack.key-not-in-format", format=order.format, form=order.form)


def _key_block(key: PrivateKey | None, password: bytes) -> bytes:
    if key is None:
        return b""
    return key.to_encrypted_pkcs8(password) if password else key.to_pkcs8()


def _incomplete(missing: Missing) -> RefusedError:
    child = missing.child
    code_of_key = child.authority_key_id.hex if child.authority_key_id else "-"
    if missing.namesakes:
        others = tuple(one.fingerprint.short for one in missing.namesakes)
        return RefusedError(
            "pack.issuer-differs", who=child.subject, issuer=child.issuer, key_id=code_of_key, others=others
        )
    return RefusedError("pack.issuer-missing", who=child.subject, issuer=child.issuer, key_id=code_of_key)


def _changes(pile: _Pile, chosen: tuple[Certificate, ...], order: PackOrder) -> Iterator[RefusedError]:
    """Yield what is not as wanted in what people gave: number, order, encoding, odd forms."""
    differing = differences(pile.certificates, chosen)
    if "more" in differing:
        yield RefusedError("pack.holds-more", count=differing["more"], wanted=len(chosen))
    if "fewer" in differing:
        yield RefusedError("pack.holds-fewer", count=differing["fewer"], wanted=len(chosen))
    if "order" in differing:
        yield RefusedError("pack.out-of-order", order=tuple(str(one.subject) for one in chosen))
    for path, reading in pile.readings.items():
        is_text = reading.encoding == "pem"
        if order.format == "pem" and reading.certificates and not is_text:
            yield RefusedError("pack.not-text", path=path, found=reading.encoding)
        if any(one.code in (Code.ODD_FORM, Code.LABEL_MISFIT) for one in reading.findings) and is_text:
            yield RefusedError("pack.odd-form", path=path)


def _out_of_date(chosen: Iterable[Certificate], at: datetime) -> Iterator[Finding]:
    for one in chosen:
        if at.replace(microsecond=0) > one.not_after:
            evidence = {"who": one.label, "not_after": one.not_after, "now": at}
            yield Finding(Code.EXPIRED, one.fingerprint.hex, evidence, Severity.WARNING)


def _name_of(leaf: Certificate) -> str:
    names = leaf.names.dns if leaf.names else ()
    return next(iter((*leaf.subject.common_names, *names)), leaf.fingerprint.short)


def _named(certificates: Sequence[Certificate], alias: str) -> list[tuple[str, Certificate]]:
    """Return each certificate with a name that no other has, in lower case as keytool looks it up."""
    named: dict[str, Certificate] = {}
    for one in certificates:
        name = (alias if alias and len(certificates) == 1 else _name_of(one)).lower()
        named[name if name not in named else f"{name} {one.fingerprint.short}"] = one
    return list(named.items())
