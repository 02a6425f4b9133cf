"""OpenSSL finds our files: its own programs give names the hashes that we give them."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support.asn1 import der, oid, seq
from support.pki import make_ca
from support.running import need_program
from warifu.domain.x509 import Certificate, RevocationList, load, to_pem
from warifu.domain.x509.ber import element
from warifu.domain.x509.name_hash import issuer_hash, subject_hash
from warifu.domain.x509.writer import crls_to_pem

_ROOT = make_ca("Template")
_TYPES = (
    "2.5.4.3",
    "2.5.4.10",
    "2.5.4.11",
    "2.5.4.6",
    "1.2.840.113549.1.9.1",
    "0.9.2342.19200300.100.1.25",
    "1.2.3.4",
)
_LETTERS = st.text(
    st.sampled_from(" \t\n\v\f\rAaZzßÄäÉéİıSsſ€日本語Σς-_.,+='\"#<>;\\\x00\x1f\x7f\xa0\u2003"), max_size=12
)
_NARROW = st.text(st.characters(max_codepoint=0xFF), max_size=8)
_PLANE = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)
_ASCII = st.text(st.characters(max_codepoint=0x7F), max_size=8)
_STRINGS = st.one_of(
    _LETTERS.map(lambda text: der(0x0C, text.encode())),
    st.text(max_size=8).map(lambda text: der(0x0C, text.encode())),
    st.from_regex(r"[A-Za-z0-9 '()+,./:=?-]{0,12}", fullmatch=True).map(
        lambda text: der(0x13, text.encode())
    ),
    _NARROW.map(lambda text: der(0x14, text.encode("latin-1"))),
    _ASCII.map(lambda text: der(0x16, text.encode("ascii"))),
    st.text("0123456789 ", max_size=8).map(lambda text: der(0x12, text.encode())),
    _PLANE.map(lambda text: der(0x1E, text.encode("utf-16-be"))),
    st.text(max_size=6).map(lambda text: der(0x1C, text.encode("utf-32-be"))),
)
_ATTRIBUTES = st.tuples(st.sampled_from(_TYPES), _STRINGS).map(lambda pair: seq(oid(pair[0]), pair[1]))
_SETS = st.lists(_ATTRIBUTES, min_size=1, max_size=3).map(lambda each: der(0x31, *sorted(each)))
NAMES = st.lists(_SETS, max_size=4).map(lambda sets: seq(*sets))


def certificate_of(name: bytes) -> bytes:
    """A certificate with this subject: the signature is not looked at."""
    outer = element(_ROOT.value.der).children
    fields = [one.whole for one in outer[0].children]
    fields[5] = name
    return seq(seq(*fields), *(one.whole for one in outer[1:]))


def crl_of(name: bytes) -> bytes:
    """A CRL of this issuer."""
    outer = element(_ROOT.crl().der).children
    fields = [one.whole for one in outer[0].children]
    fields[2] = name
    return seq(seq(*fields), *(one.whole for one in outer[1:]))


def _rehashed(folder: Path) -> Counter[tuple[str, str]]:
    """What `openssl rehash` calls each file: present and old hash."""
    openssl = need_program("openssl", "openssl")
    subprocess.run([openssl, "rehash", "-compat", str(folder)], check=True, capture_output=True, timeout=300)
    links = (path for path in folder.iterdir() if path.is_symlink())
    return Counter((path.readlink().name, path.name.partition(".")[0]) for path in links)


def _generated(count: int) -> list[bytes]:
    """Names as Hypothesis draws them; one of them that fails is shown, so none has to be shrunk."""
    found: dict[bytes, None] = {}

    @settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(NAMES)
    def note(name: bytes) -> None:
        found[name] = None

    note()
    return list(found)


def test_certificates_and_crls_have_the_hashes_that_openssl_gives_them(tmp_path: Path) -> None:
    """Of thousands of names of every string type, with odd spaces and none at all, each is found by both hashes."""
    names = _generated(3000)
    ours: Counter[tuple[str, str]] = Counter()
    for number, name in enumerate(names):
        certificate, crl = load(certificate_of(name)).certificates, load(crl_of(name)).crls
        if certificate:
            (tmp_path / f"{number}.pem").write_bytes(to_pem(certificate))
            ours.update((f"{number}.pem", subject_hash(certificate[0], old=old)) for old in (False, True))
        if crl:
            (tmp_path / f"r{number}.pem").write_bytes(crls_to_pem(crl))
            ours.update((f"r{number}.pem", issuer_hash(crl[0], old=old)) for old in (False, True))
    theirs = _rehashed(tmp_path)
    assert len(names) < len(theirs)
    wrong = (pair for pair in theirs if pair not in ours)
    assert [] == [(pair, names[int(re.sub(r"\D", "", pair[0]))].hex()) for pair in wrong][:5]


@pytest.mark.parametrize("text", ["Plain Root", "  Odd \t SPACES  ", "日本 ルート", "ÄÉ ß", ""])
def test_openssl_prints_the_hashes_of_one_certificate_and_one_crl(tmp_path: Path, text: str) -> None:
    """`openssl x509 -subject_hash -subject_hash_old`, `openssl crl -hash -hash_old`."""
    openssl = need_program("openssl", "openssl")
    name = seq(der(0x31, seq(oid("2.5.4.3"), der(0x0C, text.encode())))) if text else seq()
    certificate, crl = Certificate(certificate_of(name)), RevocationList(crl_of(name))
    (tmp_path / "c.pem").write_bytes(to_pem([certificate]))
    (tmp_path / "r.pem").write_bytes(crls_to_pem([crl]))
    of_certificate = [
        openssl,
        "x509",
        "-noout",
        "-subject_hash",
        "-subject_hash_old",
        "-in",
        str(tmp_path / "c.pem"),
    ]
    of_crl = [openssl, "crl", "-noout", "-hash", "-hash_old", "-in", str(tmp_path / "r.pem")]
    said = [
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout
        for argv in (of_certificate, of_crl)
    ]
    printed = [re.findall(r"\b[0-9a-f]{8}\b", each) for each in said]
    assert [subject_hash(certificate), subject_hash(certificate, old=True)] == printed[0]
    assert [issuer_hash(crl), issuer_hash(crl, old=True)] == printed[1]
