"""The by-hand issuer: pages that leave, answers in any order and form, garbage that stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from support.ca import BesideCa, shuffled
from support.examples import examples
from support.pki import NOW, make_ca
from support.requests import request_for, template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers import manifest
from warifu.adapters.issuers.by_hand import MAX_BYTES, ByHandIssuer
from warifu.domain.findings import Code, Lang, say
from warifu.domain.rotation.requests import request_id
from warifu.domain.x509 import Certificate, Request, to_pem


@pytest.fixture
def beside(tmp_path: Path) -> BesideCa:
    return BesideCa(tmp_path)


def _issuer(beside: BesideCa) -> ByHandIssuer:
    return ByHandIssuer("Corporate CA", str(beside.folder), LocalFiles(), beside.chain)


def _submitted(beside: BesideCa, *names: str) -> list[Request]:
    issuer = _issuer(beside)
    requests = []
    for name in names:
        template = template_for(beside.issuing, name)
        requests.append(request_for(template).request)
        issuer.submit(requests[-1], template, now=NOW)
    return requests


def _leaves(beside: BesideCa, requests: list[Request]) -> dict[Request, Certificate]:
    return {one.request: one.leaf for one in _issuer(beside).collect(tuple(requests)).issued}


def test_answers_that_come_together_are_taken_with_one_writing_of_the_pages(beside: BesideCa) -> None:
    """Six certificates: a record each, and the two pages once; looking again writes nothing."""
    requests = _submitted(beside, *(f"web-{number}.example" for number in range(6)))
    beside.answer_all()
    written: list[str] = []

    class Noting(LocalFiles):
        def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
            written.append(Path(path).name)
            super().write(path, data, mode=mode)

    issuer = ByHandIssuer("Corporate CA", str(beside.folder), Noting(), beside.chain)
    assert len(requests) == len(issuer.collect(tuple(requests)).issued)
    assert ["manifest.en.md", "manifest.ja.md"] == written[6:]
    assert len(requests) == len(issuer.collect(tuple(requests)).issued)
    assert 8 == len(written)


def test_a_request_costs_the_same_however_many_are_outstanding(
    beside: BesideCa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the pages say of the others is not put into words again."""
    said: list[str] = []

    def counted(key: str, /, lang: Lang, **values: object) -> str:
        said.append(key)
        return say(key, lang, **values)

    monkeypatch.setattr(manifest, "say", counted)
    counts = []
    for number in range(6):
        said.clear()
        _submitted(beside, f"web-{number}.example")
        counts.append(len(said))
    assert counts[1] == counts[-1]
    page = (beside.folder / "out" / "manifest.en.md").read_text()
    assert all(f"web-{number}.example" in page for number in range(6))


def test_a_batch_leaves_with_a_page_in_each_language(beside: BesideCa) -> None:
    """One file a request, and pages that say names, purposes, key usage and where to put the answer."""
    requests = _submitted(beside, "web.example", "db.example")
    out = beside.folder / "out"
    names = [f"{request_id('web', request.public_key)}.csr" for request in requests]
    assert sorted([*names, "manifest.en.md", "manifest.ja.md"]) == sorted(p.name for p in out.iterdir())
    english, japanese = ((out / f"manifest.{lang}.md").read_text() for lang in ("en", "ja"))
    for page in (english, japanese):
        for fact in (*names, "web.example", "db.example", "serverAuth", "digitalSignature", "ec-p256"):
            assert fact in page
        assert str(beside.folder / "in") in page
    assert "Extended key usage: serverAuth" in english
    assert "拡張鍵用途: serverAuth" in japanese


@pytest.mark.parametrize("form", ["pem", "der", "p7b-pem", "p7b-der", "one-each", "crlf"])
def test_answers_come_in_any_order_and_form(beside: BesideCa, form: str) -> None:
    """PEM piles, DER, PKCS#7, a file each, foreign line ends: each request gets its leaf and the chain."""
    requests = _submitted(beside, "a.example", "b.example", "c.example")
    leaves = {request: beside.sign(request) for request in requests}
    pile = shuffled([*leaves.values(), *beside.chain])
    if form == "one-each":
        for number, certificate in enumerate(pile):
            beside.put(f"deep/{number}.txt", b"Subject: whatever\n" + to_pem([certificate]))
    elif form.startswith("p7b"):
        encoding = Encoding.PEM if form.endswith("pem") else Encoding.DER
        beside.put("all.p7b", pkcs7.serialize_certificates([c.parsed for c in pile], encoding))
    elif form == "der":
        beside.put("all.cer", b"".join(certificate.der for certificate in pile))
    else:
        data = to_pem(pile)
        beside.put("all.pem", data.replace(b"\n", b"\r\n") if form == "crlf" else data)
    collected = _issuer(beside).collect(tuple(requests))
    assert leaves == {one.request: one.leaf for one in collected.issued}
    assert {(beside.issuing.value,)} == {one.chain for one in collected.issued}
    assert () == collected.findings


def test_answers_may_take_weeks_and_come_one_by_one(beside: BesideCa) -> None:
    """What is missing waits without a word, and a new process finds what came meanwhile."""
    first, second = _submitted(beside, "a.example", "b.example")
    assert {} == _leaves(beside, [first, second])
    beside.put("second.pem", to_pem([beside.sign(second)]))
    assert {second} == set(_leaves(beside, [first, second]))
    beside.put("first.pem", to_pem([beside.sign(first)]))
    assert {first, second} == set(_leaves(beside, [first, second]))


def test_what_was_taken_is_remembered(beside: BesideCa) -> None:
    """People may tidy `in/` up; a file taken once is no finding when its request is not asked about."""
    first, second = _submitted(beside, "a.example", "b.example")
    place = beside.put("first.pem", to_pem([beside.sign(first)]))
    taken = _leaves(beside, [first])
    assert () == _issuer(beside).collect((second,)).findings
    place.unlink()
    assert taken == _leaves(beside, [first])
    page = (beside.folder / "out" / "manifest.en.md").read_text()
    assert ("a.example" not in page, "b.example" in page) == (True, True)


def test_a_strangers_certificate_is_a_finding_and_stays(beside: BesideCa) -> None:
    """Right name, wrong key: named with its file, never taken, never moved."""
    requests = _submitted(beside, "a.example")
    place = beside.put("wrong.pem", to_pem([beside.issuing.leaf("a.example").value]))
    collected = _issuer(beside).collect(tuple(requests))
    assert ((), [Code.REQUEST_UNMATCHED]) == (collected.issued, [f.code for f in collected.findings])
    assert str(place) == collected.findings[0].evidence["source"]
    assert place.exists()


def test_a_private_key_among_the_answers_is_told(beside: BesideCa) -> None:
    """A CA that made the key itself, and mailed it: the answer matches nothing, and the key is exposed."""
    requests = _submitted(beside, "a.example")
    made = make_ca("X").leaf("a.example")
    beside.put("bundle.pem", made.fullchain_pem + made.key_pem)
    codes = {finding.code for finding in _issuer(beside).collect(tuple(requests)).findings}
    assert {Code.PRIVATE_KEY_EXPOSED, Code.REQUEST_UNMATCHED} == codes


def test_what_is_no_plain_file_is_not_read(beside: BesideCa) -> None:
    """A pipe would block for ever, a huge file eat the memory, a broken link has nothing: findings, and on."""
    requests = _submitted(beside, "a.example")
    beside.put("good.pem", to_pem([beside.sign(requests[0])]))
    folder = beside.folder / "in"
    os.mkfifo(folder / "pipe")
    (folder / "broken").symlink_to("nowhere")
    with (folder / "huge").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    collected = _issuer(beside).collect(tuple(requests))
    assert 1 == len(collected.issued)
    assert [Code.ANSWER_NOT_READ] * 3 == [finding.code for finding in collected.findings]


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.one_of(st.binary(max_size=300), st.sampled_from(["pem", "der"])),
    cut=st.floats(0, 1),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_garbage_is_findings_only(
    beside: BesideCa, junk: bytes | str, cut: float, place: float, byte: int
) -> None:
    """Random bytes, and answers with bytes changed or cut off: no crash, no certificate of another key."""
    if not (beside.folder / "out").exists():
        _submitted(beside, "a.example")
    request = beside.requests()[0]
    answer = beside.sign(request)
    data = {"pem": to_pem([answer]), "der": answer.der}[junk] if isinstance(junk, str) else junk
    spoilt = bytearray(data[: round(cut * len(data))])
    if spoilt:
        spoilt[int(place * len(spoilt))] = byte
    beside.put("junk", bytes(spoilt))
    for one in _issuer(beside).collect((request,)).issued:
        assert one.leaf.public_key is not None
        assert request.public_key.sha256 == one.leaf.public_key.sha256
