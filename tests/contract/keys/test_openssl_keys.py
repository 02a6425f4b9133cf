"""Keys and requests made by the node's own openssl."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca
from support.requests import template_for
from support.sshd import run_sshd
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.adapters.keys.openssl import ALGORITHMS, OpensslKeys, configuration
from warifu.domain.estate import Ssh, Template
from warifu.domain.rotation.comparison import request_differs, subject_of
from warifu.domain.x509 import PrivateKey, Request
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.changes import (
    Fence,
    Host,
)

ISSUER = make_ca("Root")
KINDS = [kind for kind in ALGORITHMS if kind not in {"rsa-3072", "rsa-4096"}]  # those cost seconds


def _make(folder: Path, template: Template, host: Host | None = None) -> Request:
    fence = Fence(str(folder / "fence"), "ours", 1)
    return OpensslKeys().make(host or LocalHost(), str(folder / "keys" / "web.key"), template, fence)


@pytest.fixture(params=["local", "ssh"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """This machine, and this machine over the network without any Python on the other side."""
    if request.param == "local":
        yield LocalHost()
        return
    with run_sshd(tmp_path) as sshd:
        reached = SshHost("node", Ssh("node", options=sshd.options))
        yield reached
        reached.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_asks_for_what_the_template_says(tmp_path: Path, host: Host, kind: str) -> None:
    """Key, names, purposes, key usage and subject; the request is signed by the key that lies there."""
    template = template_for(
        ISSUER,
        "web.example",
        "*.web.example",
        "192.0.2.1",
        "2001:db8::1",
        key=kind,
        purposes=("serverAuth", "clientAuth"),
        subject="CN=web.example,OU=b+O=割符\\, Inc.,C=JP",
    )
    request = _make(tmp_path, template, host)
    assert () == request_differs(request, template)
    key = PrivateKey.load_pem((tmp_path / "keys" / "web.key").read_bytes())
    assert key.public_key.sha256 == request.public_key.sha256
    usage = request.parsed.extensions.get_extension_for_class(x509.KeyUsage)
    assert (True, True, kind.startswith("rsa")) == (
        usage.critical,
        usage.value.digital_signature,
        usage.value.key_encipherment,
    )


def test_a_key_that_is_there_is_kept(tmp_path: Path, host: Host) -> None:
    """Private, and making again gives a request from the same key; the file is not touched."""
    first = _make(tmp_path, template_for(ISSUER), host)
    assert 0o600 == stat.S_IMODE((tmp_path / "keys" / "web.key").stat().st_mode)
    path = tmp_path / "keys" / "web.key"
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    assert first.public_key == _make(tmp_path, template_for(ISSUER), host).public_key
    assert before == (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)


def test_a_half_made_key_is_made_anew(tmp_path: Path) -> None:
    """What a crash left under the temporary name is not used, and nothing but the key stays."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "web.key.new").write_bytes(b"-----BEGIN PRIVATE")
    _make(tmp_path, template_for(ISSUER))
    assert ["web.key"] == [path.name for path in folder.iterdir()]


def test_another_kind_of_key_there_is_refused_and_kept(tmp_path: Path) -> None:
    """The plan was proven with P-256; an RSA key at that place is somebody's, and is not overwritten."""
    _make(tmp_path, template_for(ISSUER, key="rsa-2048"))
    path = tmp_path / "keys" / "web.key"
    before = path.read_bytes()
    with pytest.raises(RefusedError) as refused:
        _make(tmp_path, template_for(ISSUER))
    assert ("issue.request-not-as-planned", ("key",)) == (
        refused.value.code,
        refused.value.values["differs"],
    )
    assert before == path.read_bytes()


def test_a_key_file_that_is_no_key_is_an_error_without_its_bytes(tmp_path: Path) -> None:
    """The error carries openssl's words and never what lay in the file."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "web.key").write_text("s3cret-not-a-key")
    with pytest.raises(CouldNotLookError) as failed:
        _make(tmp_path, template_for(ISSUER))
    assert "issue.request-not-made" == failed.value.code
    assert "s3cret" not in str(failed.value)


def test_another_journals_fence_makes_no_key(tmp_path: Path) -> None:
    """The key is made under the fence: a second rollout is refused before anything is written."""
    LocalHost().change((), Fence(str(tmp_path / "fence"), "other", 1, "their order"))
    with pytest.raises(RefusedError) as refused:
        _make(tmp_path, template_for(ISSUER))
    assert "io.host-fenced" == refused.value.code
    assert not (tmp_path / "keys").exists()


@contextmanager
def _watched(folder: Path) -> Iterator[tuple[set[bytes], set[int]]]:
    """Collect every command line of the machine and every mode of the folder's key files, all the while."""
    lines: set[bytes] = set()
    modes: set[int] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        lines.add(Path(entry.path, "cmdline").read_bytes())
                    except OSError:
                        continue
            for path in folder.glob("web.key*"):
                try:
                    modes.add(stat.S_IMODE(path.stat().st_mode))
                except OSError:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lines, modes
    finally:
        ended.set()
        thread.join()


@contextmanager
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_no_secret_reaches_a_command_line_and_the_key_is_private_all_the_while(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Watched in /proc while keys are made: commands are seen, no part of a key is; modes are 0600 throughout."""
    subject = "CN=web.example,O=Very Seen In Config Only"
    with _open_umask(), _watched(tmp_path / "keys") as (lines, modes):
        for kind in ("rsa-2048", "ec-p256", "ed25519"):
            _make(tmp_path, template_for(ISSUER, key=kind, subject=subject))
            (tmp_path / "keys" / "web.key").rename(tmp_path / "keys" / f"web.key.{kind}")
    keys = [path.read_bytes() for path in (tmp_path / "keys").glob("web.key.*")]
    assert 3 == len(keys)
    seen = b"\n".join(lines)
    assert b"genpkey" in seen
    shown = "".join(capfd.readouterr()).encode()
    for key in keys:
        for line in key.splitlines()[1:-1]:
            assert line not in seen
            assert line not in shown
    assert b"Very Seen In Config Only" not in seen
    assert {0o600} == modes


@pytest.mark.parametrize("subject", ["CN=a\\\nb", "CN=\x07bell", "CN=ab\\00"])
def test_a_subject_with_control_characters_is_refused(subject: str) -> None:
    """A line feed would begin another setting."""
    with pytest.raises(UsageError):
        configuration(template_for(ISSUER, subject=subject))


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    organisation=st.text(
        st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from("$\\\"'#;`= ,+@[]{}"),
        min_size=1,
        max_size=20,
    )
)
def test_any_subject_comes_out_as_it_went_in(tmp_path: Path, organisation: str) -> None:
    """Signs that mean something to openssl's configuration are only signs."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "web.example"),
        ]
    )
    template = template_for(ISSUER, subject=name.rfc4514_string())
    if organisation != organisation.strip():
        with pytest.raises(UsageError):
            configuration(template)
        return
    request = _make(tmp_path, template)
    assert subject_of(template) == request.parsed.subject
