"""How many certificates a CPU-second pkilint's PKIX validators judge; run by a Python that has pkilint.

pkilint_rate.py FILE COUNT    FILE holds certificates in DER, one behind the other

Read and judged one after the other in one process, the validators made beforehand, as its own `lint_pkix_cert` makes them.
"""

import sys
import time

from pkilint import loader  # type: ignore[import-not-found]  # of another environment
from pkilint.pkix import certificate, extension, name  # type: ignore[import-not-found]


def _one_by_one(data: bytes, count: int) -> list[bytes]:
    found: list[bytes] = []
    at = 0
    while at < len(data) and len(found) < count:
        width = data[at + 1] & 0x7F
        length = int.from_bytes(data[at + 2 : at + 2 + width], "big") + 2 + width
        found.append(data[at : at + length])
        at += length
    return found


def main() -> None:
    validator = certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123 - it stands alone
        ders = _one_by_one(file.read(), int(sys.argv[2]))
    reader = loader.RFC5280CertificateDocumentLoader()
    for der in ders[:20]:
        validator.validate(reader.load_der_document(der, "-").root)  # what is made at the first use is made
    began = time.process_time()
    for der in ders:
        validator.validate(reader.load_der_document(der, "-").root)
    print(len(ders) / (time.process_time() - began))


main()
