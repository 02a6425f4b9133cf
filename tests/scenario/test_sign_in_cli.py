"""Signing in to a real server from the command line: links, passwords, certificates; nothing secret is shown."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import select
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import argv, environment
from support.in_process import document
from support.people_cli import failed, sign_in, staffed
from support.pki import make_ca
from support.serving import person_leaf
from support.signed_in import ADMIN, PASSWORD, Office, real_now
from warifu.apps.cli import main
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import to_pem
from warifu.workflows.audit_desk import audit_page
from warifu.workflows.control_ca import CaUse


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with staffed(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in which nobody signed in yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path / "config" / "warifu"


def test_a_link_signs_in_once_and_chooses_a_password(
    place: Office, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its root proves the server; what is saved is private; the password works afterwards, the link does not."""
    people = place.desks.people
    people.add(ADMIN, "sato", [Role.VIEWER], now=real_now())
    link = f"{place.url}/?root={place.fresh.root}#{people.invite(ADMIN, 'sato', now=real_now())}"
    new = ("--password-file", str(place.folder / "new"))
    code, said = document(capsys, "login", link, *new)
    assert (0, "sato", ["viewer"]) == (code, said["person"], said["roles"])
    saved = home / "servers.json"
    assert 0o600 == stat.S_IMODE(saved.stat().st_mode)
    assert 0o700 == stat.S_IMODE(home.stat().st_mode)
    assert (3, "people.link-void") == failed(capsys, "login", link, *new)
    code, said = document(capsys, "whoami")
    assert (0, "sato", place.url) == (code, said["person"], said["server"])
    assert "publish" not in said["acts"]
    assert 0 == main.run(["login", place.url, "--person", "sato", *new])
    assert 0 == main.run(["logout"])
    assert (2, "remote.no-server") == failed(capsys, "whoami")
    assert link.partition("#")[2] not in saved.read_text()


def test_a_link_with_another_root_sends_nothing(place: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever answers at the address is not the server that the link names: the token stays here."""
    other = hashlib.sha256(b"another root").hexdigest()
    asked = place.server.log.getvalue().count("/v1/links")
    link = f"{place.url}/?root={other}#{'x' * 43}"
    code = failed(capsys, "login", link, "--password-file", str(place.folder / "new"))
    assert (3, "bundle.other-root") == code
    assert asked == place.server.log.getvalue().count("/v1/links")


def test_a_server_that_nobody_vouches_for_is_not_asked(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without root, CA file or a CA of this machine nothing is sent; with its CA it is."""
    wish = ("--person", "admin", "--password-file", str(place.folder / "password"))
    assert (5, "orders.not-believed") == failed(capsys, "login", place.url, *wish)
    assert 0 == main.run(["login", place.url, *wish, "--ca", str(place.write_ca())])
    assert (3, "people.not-signed-in") == failed(
        capsys, "login", place.url, "--person", "admin", "--password-file", str(place.folder / "new")
    )


def test_the_command_line_goes_on_when_the_server_has_a_new_ca(
    place: Office, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The saved CA does not vouch any more: the signed bundle names the new one; without a root nothing is believed."""
    sign_in(place)
    before = json.loads((home / "servers.json").read_text())[-1]["anchors"]
    control = place.desks.control
    control.prepare(ADMIN, CaUse.SERVER, now=real_now())
    control.switch(ADMIN, CaUse.SERVER, waived=("web-1",), now=real_now())
    place.server.program.server.use(place.server.program.material())
    (place.folder / "server-ca.pem").unlink(missing_ok=True)
    assert (0, "admin") == (0, document(capsys, "whoami")[1]["person"])
    after = json.loads((home / "servers.json").read_text())[-1]["anchors"]
    assert before != after
    rootless = json.loads((home / "servers.json").read_text())
    rootless[-1] |= {"root": "", "anchors": before}
    (home / "servers.json").write_text(json.dumps(rootless))
    assert (5, "orders.not-believed") == failed(capsys, "whoami")


def test_a_client_certificate_signs_in(place: Office, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By mutual TLS, without a session; one that no person has is nobody; a key that others can read is refused."""
    place.token("kato", Role.OPERATOR)
    certificate, key = place.paper("kato")
    pair = ("--certificate", str(certificate), "--key", str(key), "--root", place.fresh.root)
    code, said = document(capsys, "login", place.url, *pair)
    assert (0, "kato", ["operator"]) == (code, said["person"], said["roles"])
    assert "" == json.loads((home / "servers.json").read_text())[-1]["token"]
    assert 0 == document(capsys, "whoami")[0]
    place.desks.people.set_certificates(ADMIN, "kato", [], now=real_now())
    assert (3, "server.not-signed-in") == failed(capsys, "whoami")
    stranger = person_leaf(make_ca("Strangers", now=real_now()), "kato")
    certificate.write_bytes(to_pem([stranger.value]))
    key.write_bytes(stranger.key_pem)
    assert (5, "orders.identity-refused") == failed(capsys, "login", place.url, *pair)
    key.chmod(0o644)
    assert (3, "io.password-file-open") == failed(capsys, "login", place.url, *pair)
    assert (2, "remote.pair-half") == failed(capsys, "login", place.url, *pair[:2])


@pytest.mark.req("S0-28")
def test_a_password_is_in_no_list_of_processes_and_no_log(place: Office, tmp_path: Path) -> None:
    """Typed at a terminal, right and wrong: neither arguments nor environment, log, audit trail or error hold it."""
    secret = "hunter2-hunter2-hunter2"
    people = place.desks.people
    people.add(ADMIN, "noda", [Role.VIEWER], now=real_now())
    people.open_link(people.invite(ADMIN, "noda", now=real_now()), secret, now=real_now())
    argv_ = argv("login", place.url, "--person", "noda", "--root", place.fresh.root)
    shown = b""
    for typed in (f"wrong-{secret}", secret):
        master, slave = os.openpty()
        with subprocess.Popen(
            argv_,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment() | {"XDG_CONFIG_HOME": str(tmp_path)},
            start_new_session=True,
        ) as process:
            os.close(slave)
            said = read_until(master, b"assword")
            lists = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
            os.write(master, typed.encode() + b"\n")
            lists += [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
            said += read_until(master, None)
            shown += said + b"".join(lists)
            assert (0 if typed == secret else 3) == process.wait(30)
        os.close(master)
    kept = place.server.log.getvalue() + str(
        [
            (one.actor, one.act, one.subject, one.evidence)
            for one in audit_page(place.server.room.registry, most=500)
        ]
    )
    assert "noda" in kept
    assert b"login" in shown
    assert (False, False) == (secret in kept, secret.encode() in shown)


def read_until(master: int, wanted: bytes | None) -> bytes:
    """What a terminal shows until a word comes; until its end where no word is given."""
    said = b""
    with contextlib.suppress(OSError):  # EIO: nobody has the other end any more
        while wanted is None or wanted not in said:
            ready, _, _ = select.select([master], [], [], 30)
            assert ready, said
            if not (data := os.read(master, 4096)):
                break
            said += data
    return said


def test_a_new_password_is_typed_twice(place: Office, tmp_path: Path) -> None:
    """At a terminal; where the two differ nothing is sent, and the link stays good."""
    people = place.desks.people
    people.add(ADMIN, "ogawa", [Role.VIEWER], now=real_now())
    token = people.invite(ADMIN, "ogawa", now=real_now())
    link = f"{place.url}/?root={place.fresh.root}#{token}"
    for second, code in (("another good password", 2), ("a good password", 0)):
        master, slave = os.openpty()
        env = environment() | {"XDG_CONFIG_HOME": str(tmp_path)}
        with subprocess.Popen(
            argv("login", link), stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        ) as process:
            os.close(slave)
            said = b""
            for typed in ("a good password", second):
                said += read_until(master, b"assword:")
                os.write(master, typed.encode() + b"\n")
            said += read_until(master, None)
            assert code == process.wait(30), said
        os.close(master)
        assert b"good password" not in said


def test_nothing_secret_is_shown_or_left_readable(
    place: Office, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the session's token nor a password is in any answer; every file that is kept is private."""
    sign_in(place)
    token = json.loads((home / "servers.json").read_text())[-1]["token"]
    assert len(token) > 40
    capsys.readouterr()
    for view in (["whoami"], ["person", "list"], ["audit", "list"]):
        for more in ([], ["--json"]):
            main.run([*view, *more])
    kept = capsys.readouterr()
    assert token not in kept.out + kept.err
    assert PASSWORD not in kept.out + kept.err
    modes = {
        stat.S_IMODE(Path(folder, name).stat().st_mode)
        for folder, _, names in os.walk(home)
        for name in names
    }
    assert {0o600} == modes
