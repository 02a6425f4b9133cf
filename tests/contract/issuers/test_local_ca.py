"""The local CA: its files, its profile, its memory, its sentinels."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography import x509

from support.ca import PASSPHRASE, local_ca
from support.pki import DAY, NOW, make_ca
from support.requests import request_for, template_for
from warifu.adapters.issuers import local_ca as local_ca_module
from warifu.adapters.issuers.ca_folder import CaCertificates, CaOrder, create_ca
from warifu.adapters.issuers.local_ca import LocalCa
from warifu.domain.estate import Template
from warifu.domain.findings import Code
from warifu.domain.x509 import Certificate, Request, Usage, read
from warifu.errors import RefusedError, UsageError


def _template(ca: CaCertificates, **changes: object) -> Template:
    above = tuple(certificate.fingerprint for certificate in ca.above_leaf)
    return template_for(None, issuer_chain=above, root=ca.root.fingerprint, **changes)


def _signed(ca: LocalCa, template: Template, request: Request) -> Certificate:
    ca.submit(request, template, now=NOW)
    return ca.collect((request,)).issued[0].leaf


def test_keys_lie_encrypted_and_private(tmp_path: Path) -> None:
    """Every key file is PKCS#8 under the passphrase, mode 0600, in a folder of mode 0700."""
    local_ca(tmp_path / "ca")
    assert 0o700 == stat.S_IMODE((tmp_path / "ca").stat().st_mode)
    keys = sorted((tmp_path / "ca").glob("*.key"))
    assert ["issuing.key", "root.key"] == [key.name for key in keys]
    for key in keys:
        assert 0o600 == stat.S_IMODE(key.stat().st_mode)
        assert key.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert 1 == read(key.read_bytes()).encrypted_keys


def test_a_ca_is_never_made_over_another(tmp_path: Path) -> None:
    """A folder with anything in it is refused and left as it is."""
    local_ca(tmp_path / "ca")
    before = {path: path.read_bytes() for path in (tmp_path / "ca").iterdir()}
    with pytest.raises(RefusedError) as refused:
        create_ca(CaOrder(str(tmp_path / "ca"), "Other"), PASSPHRASE, now=NOW)
    assert "issue.ca-exists" == refused.value.code
    assert before == {path: path.read_bytes() for path in (tmp_path / "ca").iterdir()}
    assert [tmp_path / "ca"] == list(tmp_path.iterdir())


def test_a_wrong_passphrase_opens_nothing_and_is_not_told(tmp_path: Path) -> None:
    """The error names the key's file and holds no passphrase; nothing is recorded."""
    _, made = local_ca(tmp_path / "ca")
    template = _template(made)
    request = request_for(template).request
    wrong = LocalCa("ca", str(tmp_path / "ca"), lambda: b"hunter2-wrong")
    with pytest.raises(RefusedError) as refused:
        wrong.submit(request, template, now=NOW)
    assert "issue.ca-locked" == refused.value.code
    assert "hunter2" not in f"{refused.value!r} {refused.value} {refused.value.values}"
    assert () == wrong.collect((request,)).issued


def test_an_empty_passphrase_makes_no_ca(tmp_path: Path) -> None:
    """A key at rest without a passphrase is not encrypted."""
    with pytest.raises(UsageError):
        create_ca(CaOrder(str(tmp_path / "ca"), "Root"), b"", now=NOW)
    assert not (tmp_path / "ca").exists()


@pytest.mark.parametrize(("key", "encipher"), [("ec-p256", False), ("rsa-2048", True)])
def test_a_leaf_has_the_extensions_of_its_key_with_their_criticalities(
    tmp_path: Path, key: str, encipher: bool
) -> None:
    """EC signs only, RSA enciphers too; BC and KU critical, EKU, SAN, SKI and AKI not."""
    ca, made = local_ca(tmp_path / "ca")
    template = _template(made, key=key)
    leaf = _signed(ca, template, request_for(template).request)
    usage = {Usage.DIGITAL_SIGNATURE} | ({Usage.KEY_ENCIPHERMENT} if encipher else set())
    assert frozenset(usage) == leaf.key_usage
    assert (False, None) == leaf.basic_constraints
    assert made.issuing.subject_key_id == leaf.authority_key_id
    critical = {type(extension.value): extension.critical for extension in leaf.parsed.extensions}
    assert {
        x509.BasicConstraints: True,
        x509.KeyUsage: True,
        x509.ExtendedKeyUsage: False,
        x509.SubjectAlternativeName: False,
        x509.SubjectKeyIdentifier: False,
        x509.AuthorityKeyIdentifier: False,
    } == critical


def test_names_are_critical_when_there_is_no_subject(tmp_path: Path) -> None:
    """RFC 5280 §4.2.1.6."""
    ca, made = local_ca(tmp_path / "ca")
    template = _template(made, names=(f"{'a' * 60}.example",))
    leaf = _signed(ca, template, request_for(template).request)
    names = leaf.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert ("", True) == (leaf.subject.text, names.critical)


def test_serials_are_random_and_long(tmp_path: Path) -> None:
    """Positive, at most 20 octets, and never twice: 159 random bits."""
    ca, made = local_ca(tmp_path / "ca")
    template = _template(made)
    serials = {_signed(ca, template, request_for(template).request).serial for _ in range(20)}
    assert 20 == len(serials)
    assert all(0 < serial < 1 << 159 for serial in serials)
    assert max(serials) > 1 << 150


def test_a_leaf_that_its_issuer_cuts_short_is_told_every_time(tmp_path: Path) -> None:
    """It never outlives its issuer, and collecting says so; never in silence."""
    ca, made = local_ca(tmp_path / "ca", lifetime=timedelta(days=60))
    template = _template(made)
    request = request_for(template).request
    ca.submit(request, template, now=NOW)
    for _ in range(2):
        collected = ca.collect((request,))
        assert made.issuing.not_after == collected.issued[0].leaf.not_after
        assert [Code.ISSUED_CLIPPED] == [finding.code for finding in collected.findings]


def test_a_ca_that_is_not_valid_signs_nothing(tmp_path: Path) -> None:
    """Before its first and after its last second it refuses, with its dates."""
    ca, made = local_ca(tmp_path / "ca")
    template = _template(made)
    request = request_for(template).request
    for now in (made.issuing.not_before - DAY, made.issuing.not_after + DAY):
        with pytest.raises(RefusedError) as refused:
            ca.submit(request, template, now=now)
        assert "issue.ca-not-valid" == refused.value.code
    assert () == ca.collect((request,)).issued


def _killed_at(folder: str, point: str, request: bytes, template: Template) -> None:
    def die(*_: object) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    if point == "signed":
        vars(local_ca_module)["Signed"] = die  # what is made right after the signature
    ca = LocalCa("ca", folder, lambda: PASSPHRASE)
    ca.submit(Request(request), template, now=NOW)
    die()


@pytest.mark.parametrize(("point", "recorded"), [("signed", 0), ("submitted", 1)])
def test_a_request_is_signed_once_whatever_kills_it(tmp_path: Path, point: str, recorded: int) -> None:
    """Killed before the record: signed anew. Killed after it: the same certificate. Never two on record."""
    _, made = local_ca(tmp_path / "ca")
    template = _template(made)
    request = request_for(template).request
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=_killed_at, args=(str(tmp_path / "ca"), point, request.der, template))
    child.start()
    child.join(60)
    assert -signal.SIGKILL == child.exitcode
    ca = LocalCa("ca", str(tmp_path / "ca"), lambda: PASSPHRASE)
    before = ca.collect((request,)).issued
    assert recorded == len(before)
    ca.submit(request, template, now=NOW + DAY)
    after = ca.collect((request,)).issued
    assert 1 == len(after)
    assert before in ((), after)


@pytest.mark.parametrize("of", ["root", "issuing"])
def test_a_sentinel_lives_for_minutes_beneath_one_anchor(tmp_path: Path, of: str) -> None:
    """Directly beneath the anchor, 5 minutes ahead and 1 back, a name that authorises nothing, the purpose asked."""
    ca, made = local_ca(tmp_path / "ca")
    anchor = made.root if of == "root" else made.issuing
    found = ca.sentinel(anchor=anchor, purpose="clientAuth", now=NOW)
    assert found is not None
    issued, key = found
    leaf = issued.leaf
    leaf.parsed.verify_directly_issued_by(anchor.parsed)
    assert () == issued.chain
    assert (NOW - timedelta(minutes=1), NOW + timedelta(minutes=5)) == (leaf.not_before, leaf.not_after)
    assert leaf.names is not None
    assert (("sentinel.invalid",), ("clientAuth",)) == (leaf.names.texts, leaf.extended_key_usage)
    assert leaf.public_key is not None
    assert key.public_key.sha256 == leaf.public_key.sha256


def test_no_sentinel_beneath_a_strangers_anchor(tmp_path: Path) -> None:
    """Equal name, other key: this CA cannot sign beneath it, and says so by None; nor beneath a dead anchor."""
    ca, made = local_ca(tmp_path / "ca")
    assert None is ca.sentinel(anchor=make_ca("Test Root").value, purpose="serverAuth", now=NOW)
    late = made.root.not_after + DAY
    assert None is ca.sentinel(anchor=made.root, purpose="serverAuth", now=late)


def test_the_passphrase_is_asked_for_once_and_only_to_sign(tmp_path: Path) -> None:
    """Collecting needs no key; the second signature asks no more."""
    _, made = local_ca(tmp_path / "ca")
    asked: list[int] = []

    def ask() -> bytes:
        asked.append(1)
        return PASSPHRASE

    ca = LocalCa("ca", str(tmp_path / "ca"), ask)
    template = _template(made)
    requests = [request_for(template).request for _ in range(2)]
    ca.collect(tuple(requests))
    assert [] == asked
    for request in requests:
        ca.submit(request, template, now=NOW)
    assert [1] == asked


def test_a_root_alone_signs_leaves(tmp_path: Path) -> None:
    """Without an intermediate the chain sent with a leaf is empty."""
    ca, made = local_ca(tmp_path / "ca", intermediate="")
    template = _template(made)
    request = request_for(template).request
    ca.submit(request, template, now=NOW)
    issued = ca.collect((request,)).issued[0]
    issued.leaf.parsed.verify_directly_issued_by(made.root.parsed)
    assert () == issued.chain
