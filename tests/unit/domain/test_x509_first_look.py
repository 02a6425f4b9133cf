"""Certificates and readings as values."""

from __future__ import annotations

from support.pki import make_ca
from warifu.domain.x509 import KeyId, read


def test_a_pem_file_is_read_whole() -> None:
    """Certificates and key of a file are found, in order, and nothing is lost."""
    web = make_ca("Root").intermediate("Mid").leaf("web.example")
    reading = read(web.fullchain_pem + web.key_pem, "web.pem")
    assert (web.value, *web.chain) == reading.certificates
    assert 1 == len(reading.keys)
    assert () == reading.findings


def test_a_key_id_reads_with_and_without_colons() -> None:
    """`ED:CF` and `edcf` are one key id."""
    assert KeyId.parse("ED:CF:46") == KeyId.parse("edcf46")
