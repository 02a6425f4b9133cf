"""Whatever bytes come in, only findings and our own errors come out."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import NOW, make_ca
from warifu.domain.findings import Lang, describe, remedy, title
from warifu.domain.trust import Context, judge, leaf_facts, profile_named
from warifu.domain.x509 import (
    Certificate,
    KeyId,
    Reading,
    Request,
    RevocationList,
    Sha256,
    load,
    read,
    to_pem,
)
from warifu.errors import WarifuError

ROOT = make_ca("Root")
WEB = ROOT.intermediate("Mid").leaf("web.example", "192.0.2.1")
PEM = WEB.fullchain_pem + WEB.key_pem
DER = WEB.value.der
CRL = ROOT.crl([WEB]).der
CONTEXT = Context(profile_named("tls-server"), NOW, name="web.example")


@st.composite
def mutated(draw: st.DrawFn, base: bytes) -> bytes:
    """Bytes changed, cut out, doubled and put in, at a few places."""
    data = bytearray(base)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 12))
        data[at : at + size] = draw(st.binary(max_size=12))
    return bytes(data)


def told(reading: Reading) -> None:
    """Everything lost is told, and can be said in both languages."""
    kept = len(reading.certificates) + len(reading.requests) + len(reading.crls) + len(reading.keys)
    assert reading.begun <= kept + reading.encrypted_keys + len(reading.findings)
    for finding in reading.findings:
        for lang in Lang:
            assert title(finding, lang)
            assert remedy(finding, lang)
        assert describe(finding.code).clause


@given(st.one_of(st.binary(max_size=400), mutated(PEM), mutated(DER), mutated(CRL)))
@examples(300)
def test_reading_survives_any_bytes(data: bytes) -> None:
    """Arbitrary and damaged files give values and findings, and lose nothing in silence."""
    told(read(data, "fuzz"))
    lenient = load(data, "fuzz", [b"geheim"])
    told(lenient)
    assert lenient.begun == lenient.loaded + lenient.lost


@given(mutated(DER))
@examples(300)
def test_a_damaged_certificate_is_refused_or_judged(data: bytes) -> None:
    """What still parses has facts and a verdict; what does not is our error."""
    try:
        damaged = Certificate(data)
    except WarifuError:
        return
    leaf_facts(damaged, (ROOT.value,))
    verdict = judge((damaged, *WEB.chain), (ROOT.value,), CONTEXT)
    assert (damaged.der == DER) is (verdict.outcome == "accepted")


@given(st.binary(max_size=200) | mutated(CRL) | mutated(DER))
@examples(200)
def test_other_objects_survive_any_bytes(data: bytes) -> None:
    """CRLs and requests give a value or our error."""
    for kind in (RevocationList, Request):
        with contextlib.suppress(WarifuError):
            kind(data)
    with contextlib.suppress(WarifuError):
        crl = RevocationList(data)
        crl.entry(1)
        assert crl.authority_key_id is None or crl.authority_key_id.hex


@given(st.text(max_size=80))
@examples(200)
def test_identifiers_survive_any_text(text: str) -> None:
    """Key ids and fingerprints are read or refused."""
    for kind in (KeyId, Sha256):
        with contextlib.suppress(WarifuError):
            kind.parse(text)


@given(st.lists(st.sampled_from([WEB.value, *WEB.chain, ROOT.value]), max_size=6))
@examples(50)
def test_what_is_written_reads_back(certificates: list[Certificate]) -> None:
    """PEM of any list reads back as that list."""
    assert tuple(certificates) == read(to_pem(certificates)).certificates
