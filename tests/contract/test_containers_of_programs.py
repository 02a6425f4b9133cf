"""Containers as openssl, keytool and NSS write them today give up everything that was put in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from support.containers import PASSWORD, Workshop
from support.examples import examples
from support.pki import make_ca
from warifu.domain.findings import Code
from warifu.domain.x509 import Reading, load, to_pem

ROOT = make_ca("Root")
WEB = ROOT.intermediate("Mid").leaf("web.example")
SECRET = PASSWORD.encode()
OLD = "-J-Dkeystore.pkcs12.legacy"
Maker = Callable[[Workshop], bytes]
IDENTITIES: dict[str, Maker] = {
    "openssl": lambda shop: shop.export("a.p12"),
    "openssl, triple DES": lambda shop: shop.export(
        "b.p12", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"
    ),
    "openssl, RC2 with 40 bits": lambda shop: shop.export("c.p12", "-legacy"),
    "openssl, RC2 with 128 bits": lambda shop: shop.export(
        "d.p12", "-legacy", "-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-RC2-128"
    ),
    "openssl, nothing locked": lambda shop: shop.export("e.p12", "-keypbe", "NONE", "-certpbe", "NONE"),
    "openssl, without MAC": lambda shop: shop.export("f.p12", "-nomac"),
    "openssl, empty password": lambda shop: shop.export("g.p12", password=""),
    "keytool, PKCS12": lambda shop: shop.key_store("h.p12", "PKCS12"),
    "keytool, old PKCS12": lambda shop: shop.key_store("i.p12", "PKCS12", OLD),
    "keytool, JKS": lambda shop: shop.key_store("j.jks", "JKS"),
    "keytool, JCEKS": lambda shop: shop.key_store("k.jceks", "JCEKS"),
    "NSS": lambda shop: shop.nss_export("l.p12"),
}


def whole(reading: Reading) -> Reading:
    assert reading.begun == reading.loaded + reading.lost
    return reading


@pytest.mark.parametrize("name", IDENTITIES)
def test_an_identity_is_read_out_of_every_container(tmp_path: Path, name: str) -> None:
    """Key, leaf and intermediate, joined by their name; nothing is lost."""
    data = IDENTITIES[name](Workshop.of(WEB, tmp_path))
    reading = whole(load(data, "store", [b"another", SECRET]))
    assert {WEB.value, *WEB.chain} <= set(reading.certificates)
    (key,) = reading.keys
    assert WEB.private_key.public_key == key.public_key
    (entry,) = (one for one in reading.entries if one.key is not None)
    assert ("web", WEB.value) == (entry.alias, entry.certificates[0])
    assert 0 == reading.lost
    odd = {one.evidence["form"] for one in reading.findings if one.code is Code.ODD_FORM}
    assert ({"rc2"} if "RC2" in name or "old PKCS12" in name else set()) == odd


@pytest.mark.parametrize("kind", ["PKCS12", "JKS", "JCEKS"])
def test_a_trust_store_of_java_is_read(tmp_path: Path, kind: str) -> None:
    """One trusted certificate under its alias; a PKCS#12 store needs its password, the others tell it unproven."""
    data = Workshop.of(WEB, tmp_path).trust("trust", kind)
    reading = whole(load(data, passwords=[SECRET]))
    assert [("the root", (ROOT.value,))] == [(one.alias, one.certificates) for one in reading.entries]
    assert () == reading.findings
    closed = whole(load(data))
    expected = Code.CONTAINER_LOCKED if kind == "PKCS12" else Code.CONTAINER_UNPROVEN
    assert [expected] == [one.code for one in closed.findings]


def test_several_keys_and_a_secret_of_one_store(tmp_path: Path) -> None:
    """Both keys are read; the secret key is passed over aloud."""
    shop = Workshop.of(WEB, tmp_path)
    shop.key_store("s.p12", "PKCS12")
    store = ("-keystore", "s.p12", "-storepass", PASSWORD)
    shop.keytool("-genkeypair", "-alias", "second", "-keyalg", "EC", "-dname", "CN=second", *store)
    shop.keytool("-genseckey", "-alias", "third", "-keyalg", "AES", "-keysize", "128", *store)
    reading = whole(load(shop.bytes_of("s.p12"), passwords=[SECRET]))
    assert (2, 4, 1) == (len(reading.keys), len(set(reading.certificates)), reading.lost)
    assert [Code.PASSED_OVER] == [one.code for one in reading.findings]


def test_java_reads_the_mended_file_and_not_the_odd_one(tmp_path: Path) -> None:
    """What is said of a byte order mark is so, and the command that is told mends it."""
    shop = Workshop.of(WEB, tmp_path)
    odd = tmp_path / "odd.pem"
    odd.write_bytes(b"\xef\xbb\xbf" + WEB.pem)
    with pytest.raises(AssertionError, match="Exception"):
        shop.keytool("-printcert", "-file", "odd.pem")
    (found,) = load(odd.read_bytes(), "odd.pem").findings
    shop.run("sh", "-c", str(found.evidence["command"]), package="dash")
    assert "CN=web.example" in shop.keytool("-printcert", "-file", "NEW.pem")


def in_one_block(pem: bytes) -> bytes:
    der = b"".join(one.der for one in load(pem).certificates)
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


ODD: dict[str, Callable[[bytes], bytes]] = {
    "utf-16": lambda pem: pem.decode().encode("utf-16"),
    "utf-16-le": lambda pem: pem.decode().encode("utf-16-le"),
    "utf-16-be": lambda pem: pem.decode().encode("utf-16-be"),
    "zero-bytes": lambda pem: b"\0" + pem,
    "bare-carriage-returns": lambda pem: pem.replace(b"\n", b"\r"),
    "escaped-line-ends": lambda pem: json.dumps({"cert": pem.decode()}).encode(),
    "indented": lambda pem: pem.replace(b"\n", b"\n   ").rstrip(b" "),
    "glued": lambda pem: pem.replace(b"-----\n-----", b"----------"),
    "damaged-lines": lambda pem: pem.replace(b"BEGIN CERTIFICATE", b"BEGIN\xc2\xa0certificate"),
    "shared-lines": lambda pem: pem.replace(b"\n", b" "),
    "headers": lambda pem: pem.replace(b"CATE-----\nM", b"CATE-----\nComment: a\n\nM"),
    "no-end-line": lambda pem: pem.removesuffix(b"-----END CERTIFICATE-----\n"),
    "end-line-differs": lambda pem: pem.replace(b"END CERT", b"END X509 CERT"),
    "unpadded": lambda pem: pem.replace(b"=", b""),
    "several-in-block": in_one_block,
    "bare-base64": lambda pem: base64.encodebytes(pem).replace(b"\n", b"\r\n"),
}


def padded() -> bytes:
    """A chain of two with padding in both, so that it can be missed."""
    above = ROOT.intermediate("Above")
    sized = (above.leaf("a" * size).value for size in range(1, 64))
    ends = [one for one in sized if len(one.der) % 3]
    return to_pem(ends[:2])


@pytest.mark.parametrize("form", ODD)
def test_openssl_reads_the_mended_file_and_not_the_odd_one(tmp_path: Path, form: str) -> None:
    """What is said of each form is so, and the command that is told mends it, certificate for certificate."""
    shop = Workshop.of(WEB, tmp_path)
    (tmp_path / "odd.pem").write_bytes(ODD[form](padded()))
    listed = ("storeutl", "-noout", "-certs")
    with pytest.raises(AssertionError):
        assert "Total found: 2" in shop.openssl(*listed, "odd.pem")
    (found,) = load(shop.bytes_of("odd.pem"), "odd.pem").findings
    assert form == found.evidence["form"]
    shop.run("sh", "-c", str(found.evidence["command"]), package="dash")
    assert "Total found: 2" in shop.openssl(*listed, "NEW.pem")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """One container of each program, locked lightly."""
    shop = Workshop.of(WEB, tmp_path_factory.mktemp("real"))
    return [
        shop.export("a.p12", "-iter", "1"),
        shop.export("b.p12", "-legacy", "-iter", "1"),
        shop.key_store("c.jks", "JKS"),
        shop.key_store("d.jceks", "JCEKS"),
    ]


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.integers(0, 4000), st.binary(min_size=1, max_size=6), st.booleans())
def test_damaged_containers_of_programs_end_in_findings(
    real: list[bytes], which: int, at: int, put: bytes, cut: bool
) -> None:
    """Changed or cut anywhere: values and findings come out, and nothing that was begun disappears."""
    data = real[which]
    whole(load(data[:at] if cut else data[:at] + put + data[at + len(put) :], "damaged", [SECRET]))
