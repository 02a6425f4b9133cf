"""The whole ceremony of root keys as people type it, on machines that are folders, and a reader that follows it.

The server's files are carried by Python's own static HTTP server, so that nothing but the root is trusted.
"""

from __future__ import annotations

import http.client
import json
import os
import pty
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from support.bundles import CA, OTHER, Node, Server, bundle_of, control
from support.command import argv, environment, run_warifu
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.adapters.clock.system import SystemClock
from warifu.apps.cli import main
from warifu.domain.findings import Code
from warifu.ports.bundles import Fetch

PASSPHRASE = "correct horse and so on"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def static(folder: Path) -> Iterator[Fetch]:
    """Serve a folder; give what fetches from it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def fetch(name: str, limit: int) -> bytes | None:
        line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        try:
            line.request("GET", f"/{name}")
            answer = line.getresponse()
            return answer.read(limit) if answer.status == http.client.OK else None
        finally:
            line.close()

    try:
        yield fetch
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def keys(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Run `warifu domain keys ...` in a folder and return its document."""
    ran = run_warifu("domain", "keys", *arguments, "--json", folder=folder, seconds=60)
    assert code == ran.code, ran.err
    assert PASSPHRASE not in ran.out + ran.err
    document: dict[str, Any] = json.loads(ran.out if code == 0 else ran.err)
    return document


def holder(folder: Path, name: str) -> Path:
    """A machine of somebody with a root key."""
    place = folder / name
    place.mkdir()
    secret = place / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(f"{PASSPHRASE}\n")
    keys(place, "make", "--name", name, "--out", f"{name}.key", "--passphrase-file", "passphrase")
    return place


def carry(source: Path, *targets: Path) -> None:
    """A file on a stick."""
    for target in targets:
        (target / source.name).write_bytes(source.read_bytes())


def write_out(server: Server, folder: Path) -> None:
    """Copy what is signed to where it is served, the timestamp last."""
    for name, data in sorted(server.kept.items(), key=lambda one: one[0] == "timestamp.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@dataclass
class Estate:
    """A server with its web folder, a desk where roots are made, and people with machines of their own."""

    folder: Path
    now: datetime = field(default_factory=SystemClock().now)

    def __post_init__(self) -> None:
        self.server = Server.begun(self.folder, keys="keys/online", now=self.now)
        self.server.publish(control() | bundle_of("shop", CA), now=self.now)
        self.web, self.desk = self.folder / "trust", self.folder / "desk"
        self.desk.mkdir()
        write_out(self.server, self.web)
        self.machines = {name: holder(self.folder, name) for name in ("ito", "sato", "abe", "mori")}
        for name, machine in self.machines.items():
            carry(machine / f"{name}.pub", self.desk)

    def root(self, before: str, after: str, *options: str) -> dict[str, Any]:
        """Make a root at the desk, after the one that the server has published."""
        carry(self.web / before, self.desk)
        return keys(self.desk, "root", "--after", before, *options, "--out", after)

    def sign(self, root: str, before: str, *names: str) -> dict[str, Any]:
        """Have it signed on each machine, and put together at the desk."""
        for name in names:
            carry(self.desk / root, self.machines[name])
            carry(self.desk / before, self.machines[name])
            given = ("--key", f"{name}.key", "--passphrase-file", "passphrase", "--after", before)
            keys(self.machines[name], "sign", *given, root)
        (self.desk / root).unlink()
        keys(self.desk, "combine", *(str(self.machines[name] / root) for name in names), "--out", root)
        return keys(self.desk, "show", root, "--after", before)

    def take(self, root: str) -> None:
        """Give it to the server, and copy what follows to where it is served."""
        self.server.take_root((self.desk / root).read_bytes(), now=self.now)
        write_out(self.server, self.web)

    def steal(self) -> dict[str, bytes]:
        """Publish with a stolen online key, version upon version; return what nodes hold then."""
        thief = Server(self.server.signer, dict(self.server.kept))
        for version in range(2, 6):
            thief.publish(bundle_of("shop", OTHER, version=version), now=self.now)
        write_out(thief, self.web)
        return bundle_of("shop", OTHER, version=5)


def test_the_ceremony_from_trial_to_a_lost_online_key(tmp_path: Path) -> None:
    """Trial, two of three, a lost root key, a lost online key; a reader follows from the first root to the last."""
    estate = Estate(tmp_path)
    node = Node.joined(estate.server)
    with static(estate.web) as fetch:

        def look() -> set[Code]:
            node.held = TufReader().read(node.held, fetch, ("shop",), now=estate.now)
            return {one.code for one in node.findings}

        assert {Code.BUNDLE_ROOT_TRIAL} == look()
        # The trial is replaced by two of three; its own key lies on the server and signs there.
        three = ("--key", "ito.pub", "--key", "sato.pub", "--key", "abe.pub")
        made = estate.root("1.root.json", "2.root.json", *three)
        assert (2, 2, False) == (made["own"]["threshold"], made["own"]["lacking"], made["trial"])
        seen = estate.sign("2.root.json", "1.root.json", "ito", "abe")
        assert {"abe", "ito"} == {one["name"] for one in seen["own"]["keys"] if one["signed"]}
        assert (0, 1, False) == (seen["own"]["lacking"], seen["before"]["lacking"], seen["whole"])
        estate.take("2.root.json")
        assert set() == look()
        # Abe's key is lost: Mori takes the place.
        estate.root(
            "2.root.json", "3.root.json", "--key", "ito.pub", "--key", "sato.pub", "--key", "mori.pub"
        )
        assert estate.sign("3.root.json", "2.root.json", "ito", "sato")["whole"]
        estate.take("3.root.json")
        assert set() == look()
        # The online key is lost: a thief publishes, and a new key takes its place.
        stolen = estate.steal()
        assert set() == look()
        assert node.holds(stolen)
        request = keys(tmp_path, "online", "--data", ".", "--out", "desk/online.json")
        made = estate.root("3.root.json", "4.root.json", "--online", "online.json")
        assert [request["key"]] == made["online"]
        assert estate.sign("4.root.json", "3.root.json", "sato", "mori")["whole"]
        estate.take("4.root.json")
        assert set() == look()
        assert node.holds(control() | bundle_of("shop", CA))
        assert estate.server.kept["4.root.json"] == node.held.metadata["root"]


def test_an_online_key_is_made_where_a_server_is(tmp_path: Path) -> None:
    """A folder that is no server's gets no key, and nothing is written."""
    ran = run_warifu(
        "domain", "keys", "online", "--data", ".", "--out", "o.json", folder=tmp_path, seconds=60
    )
    assert 3 == ran.code
    assert "no server" in ran.err
    assert [] == list(tmp_path.iterdir())


def test_keys_are_private_and_locked(tmp_path: Path) -> None:
    """From their first byte, whatever the folder allows; the public half is for everybody."""
    place = holder(tmp_path, "ito")
    assert [0o600, 0o644] == [stat.S_IMODE((place / f"ito.{end}").stat().st_mode) for end in ("key", "pub")]
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in (place / "ito.key").read_bytes()
    assert b"PRIVATE" not in (place / "ito.pub").read_bytes()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a root on trial."""
    server = Server.begun(tmp_path, now=SystemClock().now())
    (tmp_path / "1.root.json").write_bytes(server.kept["1.root.json"])
    return tmp_path


def test_people_read_what_is_missing(desk: Path) -> None:
    """In words, in both languages: a trial is said, and who has not signed."""
    holder(desk, "ito")
    holder(desk, "sato")
    ran = run_warifu("domain", "keys", "show", "1.root.json", folder=desk, seconds=60)
    assert "TRIAL" in ran.out
    named = ("--key", "ito/ito.pub", "--key", "sato/sato.pub")
    ran = run_warifu(
        "domain",
        "keys",
        "root",
        "--after",
        "1.root.json",
        *named,
        "--out",
        "2.root.json",
        folder=desk,
        seconds=60,
    )
    assert "2 more of its own keys must sign (2 of 2)." in ran.out
    assert "1 more keys of the root before must sign (1 of 1)." in ran.out
    ran = run_warifu("domain", "keys", "show", "2.root.json", "--lang", "ja", folder=desk, seconds=60)
    assert "このルート自身の鍵の署名があと 2 個必要です" in ran.out
    assert "--after" in ran.out


def test_the_trials_key_can_sign_by_hand(desk: Path) -> None:
    """It is not locked, and is asked for no passphrase."""
    holder(desk, "ito")
    keys(
        desk,
        "root",
        "--after",
        "1.root.json",
        "--key",
        "ito/ito.pub",
        "--threshold",
        "1",
        "--out",
        "2.root.json",
    )
    (own,) = keys(desk, "show", "1.root.json")["own"]["keys"]
    signed = keys(
        desk,
        "sign",
        "--after",
        "1.root.json",
        "--key",
        f"keys/{own['key']}.pem",
        "2.root.json",
        "--out",
        "s.json",
    )
    assert 0 == signed["before"]["lacking"]
    assert 1 == keys(desk, "show", "2.root.json", "--after", "1.root.json")["before"]["lacking"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("make", "--name", "x", "--out", "1.root.json"), "bundle.exists"),
        (("root", "--after", "1.root.json", "--out", "1.root.json"), "bundle.exists"),
        (
            ("root", "--after", "1.root.json", "--key", "ito/ito.pub", "--out", "2.root.json"),
            "bundle.threshold",
        ),
        (("sign", "--key", "1.root.json", "1.root.json"), "bundle.not-a-key"),
        (("sign", "--key", "ito/ito.key", "--passphrase-file", "wrong", "1.root.json"), "bundle.key-locked"),
        (
            ("sign", "--key", "ito/ito.key", "--passphrase-file", "open", "1.root.json"),
            "io.password-file-open",
        ),
        (
            ("sign", "--key", "ito/ito.key", "--passphrase-file", "ito/passphrase", "1.root.json"),
            "bundle.key-not-asked",
        ),
        (("combine", "1.root.json", "ito/ito.pub", "--out", "x.json"), "bundle.not-a-root"),
        (("show", "absent.json"), "io.no-such-file"),
    ],
)
def test_what_is_refused_changes_nothing(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    error: str,
) -> None:
    """Each in its own words."""
    (desk / "ito").mkdir()
    monkeypatch.chdir(desk / "ito")
    (desk / "ito" / "passphrase").touch(mode=0o600)
    (desk / "ito" / "passphrase").write_text(f"{PASSPHRASE}\n")
    make = ("make", "--name", "ito", "--out", "ito.key", "--passphrase-file", "passphrase")
    assert 0 == main.run(["domain", "keys", *make])
    monkeypatch.chdir(desk)
    capsys.readouterr()
    for name, mode in (("wrong", 0o600), ("open", 0o644)):
        (desk / name).touch(mode=mode)
        (desk / name).write_text("wrong\n")
        (desk / name).chmod(mode)
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    assert main.run(["domain", "keys", *arguments, "--json"]) in {2, 3}
    assert error == json.loads(capsys.readouterr().err)["error"]["code"]
    assert before == {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("second", "code"), [(PASSPHRASE, 0), ("another", 2)])
def test_a_passphrase_is_asked_twice_at_a_terminal(tmp_path: Path, second: str, code: int) -> None:
    """Without echo; two that differ write nothing."""
    ours, theirs = pty.openpty()
    command = argv("domain", "keys", "make", "--name", "Ito", "--out", "ito.key")
    started = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = _typed(ours, [PASSPHRASE, second])
    assert code == started.wait(60)
    os.close(ours)
    assert PASSPHRASE not in said
    assert (code == 0) == (tmp_path / "ito.key").exists()


def _typed(terminal: int, lines: list[str]) -> str:
    """Type a line each time a password is asked for; return all that was shown."""
    said, left = "", list(lines)
    while True:
        try:
            piece = os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:
            return said
        if not piece:
            return said
        said += piece
        if left and said.count("Password: ") > len(lines) - len(left):
            os.write(terminal, f"{left.pop(0)}\n".encode())
