"""The bytes of trust stores: the same contents give the same PEM; of locked forms, what is in them is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from warifu.domain.directory.outputs import Contents, OutputKind
from warifu.domain.x509 import Certificate, to_pem
from warifu.domain.x509.java_stores import read_java_store
from warifu.domain.x509.java_writer import JavaItem, write_java_store
from warifu.domain.x509.pkcs12 import read_pkcs12
from warifu.domain.x509.pkcs12_writer import write_trust_store
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import RefusedError, UsageError

_LONGEST_LABEL = 200


def bundle(contents: Contents, *, comments: bool) -> bytes:
    """Return the anchors as one PEM text, each below its label and SHA-256 where `comments` says so."""
    if not comments:
        return to_pem(contents.anchors)
    pairs = zip(contents.anchors, contents.labels, strict=True)
    return b"".join(_comment(anchor, label) + to_pem([anchor]) for anchor, label in pairs)


def crl_bundle(contents: Contents) -> bytes:
    """Return the CRLs as one PEM text."""
    return crls_to_pem(contents.crls)


def locked_store(kind: OutputKind, contents: Contents, password: bytes, *, at: int) -> bytes:
    """Return a PKCS#12 or JKS trust store as Java reads it.

    Args:
        at: when its entries were made, in milliseconds since 1970; PKCS#12 does not tell.

    Raises:
        RefusedError: `outputs.empty-store`: a PKCS#12 file without an entry is none.
    """
    named = aliases(contents)
    if kind is OutputKind.JKS:
        items = [JavaItem(alias, (anchor,)) for alias, anchor in named.items()]
        return write_java_store(items, password.decode("utf-8", "replace"), at=at, salt=b"")
    if not named:
        raise RefusedError("outputs.empty-store")
    return write_trust_store(tuple(named.items()), password)


def holds(kind: OutputKind, data: bytes, contents: Contents, password: bytes) -> bool:
    """Tell whether a PKCS#12 or JKS file is a trust store of exactly these contents under this password."""
    wanted = {alias: anchor.der for alias, anchor in aliases(contents).items()}
    try:
        found = dict(_entries(kind, data, password))
    except UsageError:
        return False
    return found == wanted


def _entries(kind: OutputKind, data: bytes, password: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield alias and certificate of each entry; what Java would not trust has an alias that nobody wants."""
    if kind is OutputKind.JKS:
        store = read_java_store(data)
        if store.kind != "JKS" or store.fault or not store.is_whole(password.decode("utf-8", "replace")):
            yield "", b""
        for entry in store.entries:
            yield ("" if entry.locked else entry.alias), entry.certificates[0]
        return
    opened = read_pkcs12(data, (password,))
    if not opened.proven:
        yield "", b""
    for bag in opened.bags:
        yield (bag.alias if bag.kind == "certificate" and bag.trusted else ""), bag.der


def aliases(contents: Contents) -> Mapping[str, Certificate]:
    """Return the anchors by alias, in lower case as keytool looks them up, each its own."""
    found: dict[str, Certificate] = {}
    for anchor, label in zip(contents.anchors, contents.labels, strict=True):
        alias = _plain(label).lower() or anchor.fingerprint.hex
        if alias in found:
            alias = f"{alias}-{anchor.fingerprint.short}"
        if alias in found:
            alias = anchor.fingerprint.hex
        found[alias] = anchor
    return found


def own_files(name: str, contents: Contents) -> Mapping[str, bytes]:
    """Return an output's files in the system's own store: one a certificate, named by output and SHA-256."""
    prefix = own_prefix(name)
    return {f"{prefix}{anchor.fingerprint.hex}.crt": to_pem([anchor]) for anchor in contents.anchors}


def own_prefix(name: str) -> str:
    """Return how the names of an output's files begin, in a folder that others write to as well."""
    return f"warifu-{name}-"


def _comment(anchor: Certificate, label: str) -> bytes:
    said = _plain(label).encode("ascii", "backslashreplace")
    return b"# " + said + b"\n# SHA-256 " + anchor.fingerprint.hex.encode() + b"\n"


def _plain(label: str) -> str:
    """Return a label on one line, without what a reader of PEM might take for a beginning."""
    shown = "".join(each if each.isprintable() and ord(each) < 0x10000 else " " for each in label)
    return " ".join(shown.replace("-----", "-").split())[:_LONGEST_LABEL]
