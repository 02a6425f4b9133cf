"""What the local CA signs, judged by the openssl binary in its strictest mode."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.ca import local_ca
from support.pki import NOW
from support.requests import request_for, template_for
from warifu.adapters.issuers.local_ca import SENTINEL_NAME
from warifu.domain.x509 import Certificate, to_pem

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs the Debian package openssl")


def _verify(
    folder: Path, leaf: Certificate, chain: tuple[Certificate, ...], root: Certificate, **ask: str
) -> subprocess.CompletedProcess[str]:
    files = {"root.pem": (root,), "chain.pem": chain, "leaf.pem": (leaf,)}
    for name, certificates in files.items():
        (folder / name).write_bytes(to_pem(certificates))
    untrusted = ["-untrusted", "chain.pem"] if chain else []
    options = [word for name, value in ask.items() for word in (f"-{name}", value)]
    argv = ["openssl", "verify", "-x509_strict", "-CAfile", "root.pem", *untrusted, *options, "leaf.pem"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False, timeout=30)


def _at(when: datetime) -> str:
    return str(int(when.timestamp()))


@pytest.mark.parametrize("intermediate", ["Test Issuing", ""])
@pytest.mark.parametrize("ca_key", ["ec-p256", "ec-p384", "rsa-2048", "ed25519"])
@pytest.mark.parametrize("leaf_key", ["ec-p256", "rsa-2048"])
def test_openssl_accepts_strictly_what_the_ca_signs(
    tmp_path: Path, ca_key: str, leaf_key: str, intermediate: str
) -> None:
    """Chain, purpose, name and extensions under -x509_strict; and it refuses another name, purpose or time."""
    ca, made = local_ca(tmp_path / "ca", key=ca_key, intermediate=intermediate)
    above = tuple(certificate.fingerprint for certificate in made.above_leaf)
    template = template_for(None, "web.example", issuer_chain=above, root=made.root.fingerprint, key=leaf_key)
    request = request_for(template).request
    ca.submit(request, template, now=NOW)
    issued = ca.collect((request,)).issued[0]
    good = {"purpose": "sslserver", "verify_hostname": "web.example", "attime": _at(NOW)}
    accepted = _verify(tmp_path, issued.leaf, issued.chain, made.root, **good)
    assert (0, "leaf.pem: OK\n") == (accepted.returncode, accepted.stdout), accepted.stderr
    late = _at(issued.leaf.not_after + timedelta(seconds=2))
    for change in ({"purpose": "sslclient"}, {"verify_hostname": "x.example"}, {"attime": late}):
        assert 0 != _verify(tmp_path, issued.leaf, issued.chain, made.root, **(good | change)).returncode


@pytest.mark.parametrize(("purpose", "as_"), [("serverAuth", "sslserver"), ("clientAuth", "sslclient")])
def test_openssl_accepts_a_sentinel_for_minutes_and_beneath_its_anchor_alone(
    tmp_path: Path, purpose: str, as_: str
) -> None:
    """Accepted with the anchor now, refused after five minutes and with any other anchor."""
    ca, made = local_ca(tmp_path / "ca")
    _, other = local_ca(tmp_path / "other")
    found = ca.sentinel(anchor=made.root, purpose=purpose, now=NOW)
    assert found is not None
    leaf = found[0].leaf
    good = {"purpose": as_, "verify_hostname": SENTINEL_NAME, "attime": _at(NOW)}
    accepted = _verify(tmp_path, leaf, (), made.root, **good)
    assert 0 == accepted.returncode, accepted.stderr
    assert 0 != _verify(tmp_path, leaf, (), other.root, **good).returncode
    late = _at(NOW + timedelta(minutes=5, seconds=2))
    assert 0 != _verify(tmp_path, leaf, (), made.root, **(good | {"attime": late})).returncode
