"""The hand-over folder as it lies on disk."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from support.pki import DAY, NOW, Entity, make_ca
from warifu.adapters.files.local import LocalFiles
from warifu.domain.estate import (
    ByHand,
    IdentitySlot,
    IdentityValue,
    Node,
    Owner,
    Service,
    TrustSlot,
    TrustValue,
)
from warifu.domain.findings import Lang
from warifu.domain.rotation.steps import Switch
from warifu.domain.trust.address import Address
from warifu.ports.targets import IdentityContent, TrustContent
from warifu.workflows.handover import Errand, prepare_handover

PASSPHRASE = b"correct-horse"


@pytest.fixture(scope="module")
def web() -> Entity:
    return make_ca("Root").intermediate("Issuing").leaf("web.example")


def errand(web: Entity, *, platform: str, trust: bool = False, key: bool = True) -> Errand:
    """A step by hand for a Windows service or an appliance."""
    old, new = make_ca("Old"), web.root
    value = TrustValue((new.value.fingerprint.hex,)) if trust else IdentityValue(web.value.fingerprint.hex)
    before = (TrustValue((old.value.fingerprint.hex, new.value.fingerprint.hex)),) if trust else ()
    step = Switch(id="s1", why="x", kind="switch", slot="web/tls", node="n", before=before, after=value)
    content = (
        TrustContent((new.value,))
        if trust
        else IdentityContent(web.value, web.chain, web.private_key if key else None)
    )
    slot = (
        TrustSlot("web/trust", "web", "store", "/t/ca.pem")
        if trust
        else IdentitySlot("web/tls", "web", "id", "/t/cert.pem", "/t/key.pem", sni=("web.example",))
    )
    service = Service("web", "n", "by-hand", addresses=(Address("192.0.2.1", 443),))
    owner = Owner("team", answer_within=3 * DAY)
    return Errand(step, content, service, slot, Node("n", ByHand(platform)), owner, NOW, PASSPHRASE)


@pytest.mark.parametrize("platform", ["appliance", "windows", "linux"])
def test_everything_is_private(tmp_path: Path, web: Entity, platform: str) -> None:
    """The folder is 0700 and every file in it 0600."""
    paths = prepare_handover(
        errand(web, platform=platform), f"{tmp_path}/out", files=LocalFiles(), lang=Lang.EN
    )
    assert 0o700 == Path(paths.folder).stat().st_mode & 0o777
    assert {0o600} == {Path(name).stat().st_mode & 0o777 for name in paths.files}
    assert sorted(paths.files) == sorted(str(path) for path in Path(paths.folder).iterdir())


def test_checksums_hold(tmp_path: Path, web: Entity) -> None:
    """The page's first command succeeds, and fails after one byte has changed."""
    paths = prepare_handover(
        errand(web, platform="appliance"), str(tmp_path), files=LocalFiles(), lang=Lang.EN
    )
    command = ["sha256sum", "-c", "SHA256SUMS"]
    assert 0 == subprocess.run(command, cwd=paths.folder, check=False, capture_output=True).returncode
    (tmp_path / "key.pem").write_bytes(b"x")
    assert 0 != subprocess.run(command, cwd=paths.folder, check=False, capture_output=True).returncode


def test_page_names_every_file_and_no_secret(tmp_path: Path, web: Entity) -> None:
    """Each file but the checksums' own is in the page's table; key and passphrase are nowhere in it."""
    for platform in ("appliance", "windows"):
        folder = tmp_path / platform
        paths = prepare_handover(
            errand(web, platform=platform), str(folder), files=LocalFiles(), lang=Lang.JA
        )
        page = Path(paths.page).read_text()
        named = {Path(name).name for name in paths.files} - {"README.md"}
        assert all(name in page for name in named)
        text = page + "".join(path.read_text() for path in folder.glob("*.ps1"))
        assert PASSPHRASE.decode() not in text
        assert "PRIVATE KEY" not in text


def test_pfx_holds_identity_under_the_passphrase(tmp_path: Path, web: Entity) -> None:
    """Key, leaf and chain come out with the passphrase; the key lies there in no other form."""
    prepare_handover(errand(web, platform="windows"), str(tmp_path), files=LocalFiles(), lang=Lang.EN)
    held = pkcs12.load_pkcs12((tmp_path / "identity.pfx").read_bytes(), PASSPHRASE)
    assert held.cert is not None
    assert web.cert == held.cert.certificate
    assert [c.der for c in web.chain] == [
        c.certificate.public_bytes(Encoding.DER) for c in held.additional_certs
    ]
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12((tmp_path / "identity.pfx").read_bytes(), b"")
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in tmp_path.iterdir())


def test_key_that_stays_is_not_handed_over(tmp_path: Path, web: Entity) -> None:
    """Where the appliance made the key itself, only certificates go there."""
    made = errand(web, platform="appliance", key=False)
    paths = prepare_handover(made, str(tmp_path), files=LocalFiles(), lang=Lang.EN)
    assert not any("key" in Path(name).name for name in paths.files)
    assert "do not discard the request" in Path(paths.page).read_text()


def test_trust_store_is_handed_over_with_what_goes(tmp_path: Path, web: Entity) -> None:
    """The anchors that must be there as files, those that must go by fingerprint."""
    made = errand(web, platform="windows", trust=True)
    prepare_handover(made, str(tmp_path), files=LocalFiles(), lang=Lang.EN)
    assert web.root.value.der == (tmp_path / "anchor-1.cer").read_bytes()
    gone = next(f for v in made.step.before if isinstance(v, TrustValue) for f in v.anchors)
    script = (tmp_path / "install.ps1").read_bytes()
    assert script.startswith(b"\xef\xbb\xbf")
    assert f"@('{gone}')".encode() in script


def test_sums_are_of_the_files(tmp_path: Path, web: Entity) -> None:
    """Every line of SHA256SUMS is a file's own digest."""
    prepare_handover(errand(web, platform="windows"), str(tmp_path), files=LocalFiles(), lang=Lang.EN)
    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
