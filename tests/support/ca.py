"""CAs for tests of issuing: the local one in a folder, and one beside a by-hand issuer that answers its requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from support.pki import NOW, Entity, make_ca
from warifu.adapters.issuers.ca_folder import CaCertificates, CaOrder, create_ca
from warifu.adapters.issuers.local_ca import LocalCa
from warifu.domain.x509 import Certificate, Request, read, to_pem

PASSPHRASE = b"correct horse \xe2\x9c\x93 battery"


def local_ca(
    folder: Path,
    *,
    intermediate: str = "Test Issuing",
    key: str = "ec-p256",
    lifetime: timedelta = timedelta(days=3650),
) -> tuple[LocalCa, CaCertificates]:
    """A local CA that has just been made."""
    order = CaOrder(str(folder), "Test Root", intermediate, key, lifetime)
    made = create_ca(order, PASSPHRASE, now=NOW - timedelta(days=1))
    return LocalCa("ca", str(folder), lambda: PASSPHRASE), made


class BesideCa:
    """Somebody else's CA: it answers the requests in `out/` by certificates in `in/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuing: Entity = make_ca("Their Root").intermediate("Their Issuing")

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The issuing certificate, then the root."""
        return (self.issuing.value, self.issuing.root.value)

    def requests(self) -> list[Request]:
        """What lies in `out/`."""
        return [read(path.read_bytes()).requests[0] for path in sorted(self.folder.glob("out/*.csr"))]

    def sign(self, request: Request) -> Certificate:
        """A certificate with what the request asks for."""
        extensions = request.parsed.extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        texts = [
            *names.get_values_for_type(x509.DNSName),
            *(str(address) for address in names.get_values_for_type(x509.IPAddress)),
        ]
        return self.issuing.leaf(
            *texts,
            public=request.parsed.public_key(),
            purposes=tuple(purposes),
            start=NOW,
            end=NOW + timedelta(days=90),
        ).value

    def answer_all(self) -> None:
        """One file with everything in it: leaves, then the chain."""
        self.put("answers.pem", to_pem([*(self.sign(r) for r in self.requests()), *self.chain]))

    def put(self, name: str, data: bytes) -> Path:
        """Lay a file into `in/`."""
        place = self.folder / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place


def shuffled(certificates: Sequence[Certificate]) -> list[Certificate]:
    """The certificates by fingerprint: an order that has nothing to do with who signed whom."""
    return sorted(certificates, key=lambda certificate: certificate.fingerprint)
