"""The layouts of `vecs-cli` and `dir-cli`, byte for byte, so that what reads them goes on working.

Source: VMware Lightwave (Apache-2.0), by its output: `vecs-cli entry list`, `store list`, `store get-permissions`,
`dir-cli trustedcert list`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from warifu.domain.endpoint.dump import subject_of, text_of
from warifu.domain.endpoint.model import Entry, EntryKind
from warifu.domain.endpoint.names import LEGACY, legacy_name
from warifu.domain.endpoint.permissions import Right, Store
from warifu.domain.x509 import Certificate, KeyId, RevocationList, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import UsageError

TYPES: Mapping[EntryKind, str] = MappingProxyType(
    {
        EntryKind.PRIVATE_KEY: "Private Key",
        EntryKind.SECRET: "Secret Key",
        EntryKind.TRUSTED: "Trusted Cert",
        EntryKind.CRL: "Certification Revocation List",
        EntryKind.ENCRYPTED_KEY: "Encrypted Private Key",
    }
)


class Layout(Enum):
    """How `vecs-cli entry list` prints entries."""

    PEM = "pem"
    ALIASES = "aliases"
    TEXT = "text"


def entry_list(entries: Sequence[Entry], layout: Layout = Layout.PEM) -> str:
    """Return what `vecs-cli entry list` prints: by default, with `--aliases`, or with `--text`."""
    return f"Number of entries in store :\t{len(entries)}\n" + "".join(
        _entry(entry, layout) for entry in entries
    )


def _entry(entry: Entry, layout: Layout) -> str:
    if layout is Layout.ALIASES:
        return f"{entry.alias}\n"
    head = f"Alias :\t{entry.alias}\nEntry type :\t{TYPES[entry.kind]}\n"
    if layout is Layout.TEXT:
        return head + (_dump(entry.certificates[0]) if entry.certificates else "")
    return f"{head}Certificate :\t{_pem(entry)}\n\n"


def _dump(certificate: Certificate) -> str:
    """Return the dump; nothing where the structure cannot be walked, as VECS stays silent then."""
    try:
        return text_of(certificate)
    except UsageError:
        return ""


def _pem(entry: Entry) -> str:
    data = crls_to_pem([entry.crl]) if entry.crl else to_pem(entry.certificates)
    return data.decode("ascii").removesuffix("\n")


def store_list(stores: Iterable[str]) -> str:
    """Return what `vecs-cli store list` prints: system stores first, each by its old name."""
    names = list(stores)
    system = [one.value for one in LEGACY if one.value in names]
    return "".join(f"{legacy_name(name)}\n" for name in (*system, *(n for n in names if n not in system)))


def permission_list(store: Store) -> str:
    """Return what `vecs-cli store get-permissions` prints: what is granted and not denied; keys have no column."""
    rows = "".join(
        f"{ace.principal.name or ace.principal}\t{_access(ace.granted & ~ace.denied)}\n"
        for ace in store.access.aces
        if ace.granted & ~ace.denied & (Right.READ | Right.WRITE)
    )
    head = f"PERMISSIONS FOR STORE: [{legacy_name(store.name)}]\nOWNER : {store.access.owner}\n"
    return f"{head}USER\t\tACCESS\n{rows}"


def _access(right: Right) -> str:
    return ",".join(word for word in right.words if word != "key-read")


def published_list(anchors: Sequence[Certificate], crls: Sequence[RevocationList]) -> str:
    """Return what `dir-cli trustedcert list` prints; nothing where nothing is published.

    A CRL is the anchor's whose key id it names as its signer's; without one, the anchor's of its issuer's name.
    """
    if not anchors:
        return ""
    return f"Number of certificates:\t{len(anchors)}\n" + "".join(
        f"#{number}:\n"
        f"CN(id):\t\t{legacy_id(anchor)}\n"
        f"Subject DN:\t{subject_of(anchor)}\n"
        f"CRL present:\t{'yes' if any(_is_of(crl, anchor) for crl in crls) else 'no'}\n"
        for number, anchor in enumerate(anchors, start=1)
    )


def legacy_id(certificate: Certificate) -> KeyId | str:
    """Return the CN(id) of a certificate: its key id, else SHA-1 of its whole key; `-` where that is unreadable."""
    return certificate.legacy_key_id or "-"


def _is_of(crl: RevocationList, anchor: Certificate) -> bool:
    if crl.authority_key_id is not None:
        return crl.authority_key_id == anchor.legacy_key_id
    return crl.issuer_folded == anchor.subject.folded
