"""What is told of a block under a wrong label is mended by the command that is told with it, typed as it stands."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)

from support.pki import make_ca
from support.requests import request_for, template_for
from support.running import need_program
from warifu.domain.findings import Code
from warifu.domain.x509 import Reading, load, to_pem

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")
REQUEST = request_for(template_for(MID)).request
CRL = MID.crl()
MESSAGE = pkcs7.serialize_certificates([WEB.cert, MID.cert], Encoding.DER)
KEY = WEB.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
SEALED = WEB.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
PUBLIC = WEB.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
STORE = pkcs12.serialize_key_and_certificates(
    b"web", WEB.key, WEB.cert, [], BestAvailableEncryption(b"secret")
)

Held = Callable[[Reading], object]
KINDS: dict[str, tuple[bytes, str, Held]] = {
    "certificate": (WEB.value.der, "openssl x509 -noout", lambda one: one.certificates),
    "request": (REQUEST.der, "openssl req -noout", lambda one: [each.der for each in one.requests]),
    "crl": (CRL.der, "openssl crl -noout", lambda one: [each.der for each in one.crls]),
    "pkcs7": (MESSAGE, "openssl x509 -noout", lambda one: set(one.certificates)),
    "pkcs12": (STORE, "openssl pkcs12 -noout -passin pass:secret", lambda one: one.certificates),
    "key": (KEY, "openssl pkey -noout", lambda one: [key.public_key for key in one.keys]),
    "encrypted key": (
        SEALED,
        "openssl pkey -noout -passin pass:secret",
        lambda one: [k.public_key for k in one.keys],
    ),
    "public key": (PUBLIC, "openssl pkey -pubin -noout", lambda _: None),
}
LABELS = ("CERTIFICATE", "PKCS7", "CERTIFICATE CHAIN", "CERTIFICATE REQUEST", "X509 CRL", "RSA PRIVATE KEY")
FITTING = {
    ("certificate", "CERTIFICATE"),
    ("request", "CERTIFICATE REQUEST"),
    ("crl", "X509 CRL"),
    ("pkcs7", "PKCS7"),
    ("key", "RSA PRIVATE KEY"),
    ("public key", "CERTIFICATE CHAIN"),
}


def block(label: str, der: bytes) -> bytes:
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (
        label.encode(),
        base64.encodebytes(der),
        label.encode(),
    )


def mend(data: bytes, folder: Path) -> Path | None:
    """Type the one command that is told of a file; return what it wrote, None where no label misfits."""
    (folder / "my odd.pem").write_bytes(data)
    told = [one for one in load(data, "my odd.pem").findings if one.code is Code.LABEL_MISFIT]
    if not told:
        return None
    (finding,) = told
    need_program("openssl", "openssl")
    done = subprocess.run(
        ["sh", "-c", str(finding.evidence["command"])], cwd=folder, capture_output=True, check=False
    )
    assert (0, b"") == (done.returncode, done.stderr), finding.evidence["command"]
    (written,) = folder.glob("NEW.*")
    return written


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_block_is_written_as_what_it_is(tmp_path: Path, kind: str, label: str) -> None:
    """Whatever lies under whatever label: openssl reads what the command wrote, nothing of it is lost or changed."""
    der, reader, held = KINDS[kind]
    written = mend(block(label, der), tmp_path)
    if written is None:
        assert (kind, label) in FITTING
        return
    assert (kind, label) not in FITTING
    subprocess.run([*reader.split(), "-in", str(written)], check=True, capture_output=True)
    before, after = load(der, passwords=[b"secret"]), load(written.read_bytes(), passwords=[b"secret"])
    assert held(before) == held(after)
    assert [] == [one for one in after.findings if one.code is Code.LABEL_MISFIT]
    assert "key" not in kind or kind == "public key" or 0o600 == written.stat().st_mode & 0o777


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.decode().encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"Bag Attributes: none\n" + text,
        lambda text: MID.value.der + text,
        lambda text: text.replace(b"-----BEGIN", b"  -----BEGIN"),
        lambda text: text.replace(b"END PKCS7", b"END CERTIFICATE"),
    ],
)
def test_only_the_block_that_misfits_is_taken(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """Between blocks that are right, one of the same label among them, and in forms that are odd besides."""
    text = (
        to_pem([ROOT.value]) + block("PKCS7", MESSAGE) + block("PKCS7", WEB.value.der) + to_pem([MID.value])
    )
    written = mend(change(text), tmp_path)
    assert written is not None
    assert (WEB.value,) == load(written.read_bytes()).certificates
