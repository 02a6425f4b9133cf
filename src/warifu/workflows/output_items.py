"""What lies at an output's paths, as certificates and CRLs, whoever put it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from warifu.domain.directory.hashed_folder import HASHED_NAME
from warifu.domain.directory.outputs import Contents, Output, OutputKind
from warifu.domain.x509 import Certificate, Reading, RevocationList, load, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import RefusedError

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Items:
    """What programs read there.

    Args:
        unread: names of files of which a part cannot be read.
        keyed: names of files with private keys, which no trust store has.
        others: names of a folder's files that OpenSSL does not open.
    """

    anchors: frozenset[Certificate] = frozenset()
    crls: frozenset[RevocationList] = frozenset()
    unread: tuple[str, ...] = ()
    keyed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def missing(self, contents: Contents) -> tuple[str, ...]:
        """Return what is wanted and not there, by label."""
        pairs = zip(contents.anchors, contents.labels, strict=True)
        anchors = (label for anchor, label in pairs if anchor not in self.anchors)
        return (*anchors, *(_named(crl) for crl in contents.crls if crl not in self.crls))

    def more(self, contents: Contents) -> tuple[str, ...]:
        """Return what is there and not wanted, by subject."""
        anchors = sorted(str(one.subject) for one in self.anchors.difference(contents.anchors))
        return (*anchors, *sorted(_named(crl) for crl in self.crls.difference(contents.crls)))


def items_in(output: Output, files: Mapping[str, bytes], password: bytes) -> Items:
    """Return what an output's files hold."""
    is_folder = output.kind is OutputKind.HASHED
    others = tuple(name for name in files if is_folder and not HASHED_NAME.fullmatch(name))
    readings = {name: load(data, name, (password,)) for name, data in files.items() if name not in others}
    return Items(
        frozenset(one for reading in readings.values() for one in _anchors(reading)),
        frozenset(crl for reading in readings.values() for crl in reading.crls),
        tuple(
            name for name, reading in readings.items() if reading.lost or not _is_plain(reading, files[name])
        ),
        tuple(name for name, reading in readings.items() if reading.keys or reading.encrypted_keys),
        others,
    )


def carried_pem(output: Output, items: Items, contents: Contents) -> str:
    """Return, as PEM, what lies there already and nobody published, where the settings let it stay.

    Raises:
        RefusedError: `outputs.holds-keys`, `outputs.present-unreadable`; `outputs.present-foreign`: it may not stay.
    """
    path = output.path
    if items.keyed:
        raise RefusedError("outputs.holds-keys", path=path, names=_some(items.keyed))
    if items.unread:
        raise RefusedError("outputs.present-unreadable", path=path, names=_some(items.unread))
    foreign = (*items.more(contents), *items.others)
    if foreign and not output.carry:
        raise RefusedError("outputs.present-foreign", path=path, names=_some(foreign), count=len(foreign))
    anchors = sorted(items.anchors.difference(contents.anchors), key=lambda one: one.fingerprint.hex)
    crls = sorted(items.crls.difference(contents.crls), key=lambda one: one.fingerprint.hex)
    return (to_pem(anchors) + crls_to_pem(crls)).decode()


def _anchors(reading: Reading) -> Iterator[Certificate]:
    yield from reading.certificates
    for entry in reading.entries:
        yield from entry.certificates


def _is_plain(reading: Reading, data: bytes) -> bool:
    """Tell whether everything in a file was recognised: an empty file holds nothing, and says so."""
    return reading.holds_anything or not data.strip()


def _named(crl: RevocationList) -> str:
    return f"CRL {crl.issuer_text} {crl.fingerprint.short}"


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= _MOST_NAMED else (*names[:_MOST_NAMED], "...")
