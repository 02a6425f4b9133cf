"""The command line of people against a real server: signing in, trust domains, nodes, people, the audit trail."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import select
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import argv, environment
from support.in_process import document, told
from support.pki import make_ca
from support.signed_in import ADMIN, PASSWORD, Office, office, real_now
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.apps.cli import main
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import to_pem
from warifu.wiring.agent import AgentRoom
from warifu.workflows.audit_desk import audit_page
from warifu.workflows.control_ca import CaUse


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        for name, data in (("password", PASSWORD), ("new", "a wholly new password")):
            path = made.folder / name
            path.touch(mode=0o600)
            path.write_text(data + "\n")
        made.desks.people.open_link(made.fresh.token, PASSWORD, now=real_now())
        yield made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in which nobody signed in yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path / "config" / "warifu"


def sign_in(place: Office, name: str = "admin", *roles: Role) -> None:
    if name != "admin":
        place.token(name, *roles)
    arguments = [
        "--person",
        name,
        "--password-file",
        str(place.folder / "password"),
        "--root",
        place.fresh.root,
    ]
    assert 0 == main.run(["login", place.url, *arguments])


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and the code of the error."""
    capsys.readouterr()
    code = main.run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().err)["error"]["code"]


def write_root(place: Office, name: str) -> tuple[Path, str]:
    root = make_ca(name, now=real_now())
    path = place.folder / f"{name.replace(' ', '-')}.pem"
    path.write_bytes(to_pem([root.value]))
    return path, root.value.fingerprint.hex


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
    key.chmod(0o644)
    assert (3, "io.password-file-open") == failed(capsys, "login", place.url, *pair)
    assert (2, "remote.pair-half") == failed(capsys, "login", place.url, *pair[:2])


def test_a_trust_domain_from_begin_to_export(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Created, published, unchanged, replaced, found, shown, compared; what is exported verifies from the root on."""
    sign_in(place)
    path, key = write_root(place, "Shop Root")
    assert 0 == main.run(["domain", "create", "market"])
    assert (3, "registry.domain-exists") == failed(capsys, "domain", "create", "market")
    assert 1 == document(capsys, "domain", "publish", "market", str(path), "--dry-run")[1]["version"]
    outcomes = [
        document(capsys, "domain", "publish", "market", str(path), *more)[1]["items"][0]["outcome"]
        for more in ([], [], ["--alias", f"shop-root={key[:12]}"])
    ]
    assert ["created", "unchanged", "replaced"] == outcomes
    assert (3, "registry.basis-moved") == failed(
        capsys, "domain", "publish", "market", str(path), "--basis", "1"
    )
    for name in ("shop-root", key, key[:20], "CN=Shop Root"):
        code, said = document(capsys, "domain", "find", name)
        assert (0, [key]) == (code, [one["anchor"]["fingerprint"] for one in said["found"]])
    assert (3, "directory.fingerprint-not-key-id") == failed(capsys, "domain", "find", key, "--key-id")
    assert (3, "directory.no-such-anchor") == failed(capsys, "domain", "find", "nobody")
    code, text = told(capsys, "domain", "show", "market", "--legacy")
    assert re.fullmatch(
        r"Number of certificates:\t1\n#1:\nCN\(id\):\t\t[0-9A-F]{40}\nSubject DN:\tCN=Shop Root\nCRL present:\tno\n",
        text,
    )
    assert [3, 2, 1] == [
        one["version"] for one in document(capsys, "domain", "history", "market")[1]["versions"]
    ]
    assert [f"{key} CN=Shop Root"] == document(capsys, "domain", "compare", "market", "1", "2")[1]["added"]
    folder = tmp_path / "static"
    assert 0 == main.run(["domain", "export", str(folder)])
    reader = TufReader()
    begun = reader.begin((folder / "1.root.json").read_bytes(), place.fresh.root)

    def fetch(name: str, most: int) -> bytes | None:
        found = folder / name
        return found.read_bytes()[:most] if found.is_file() else None

    held = reader.read(begun, fetch, ("market",), now=real_now())
    assert "market/bundle.json" in held.documents
    assert 1 == document(capsys, "domain", "root", "show")[1]["version"]


@pytest.mark.req("S0-19")
def test_what_is_published_is_listed_as_the_directory_tool_lists_it(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three anchors, two of one subject: three entries, each by its own id, under the count."""
    sign_in(place)
    assert 0 == main.run(["domain", "create", "dir3"])
    file = place.folder / "three.pem"
    roots = [make_ca(name, now=real_now()).value for name in ("One Root", "Other Root", "One Root")]
    file.write_bytes(to_pem(roots))
    assert 0 == main.run(["domain", "publish", "dir3", str(file)])
    code, text = told(capsys, "domain", "show", "dir3", "--legacy")
    assert (0, "Number of certificates:\t3") == (code, text.splitlines()[0])
    ids = [line.partition("\t\t")[2] for line in text.splitlines() if line.startswith("CN(id):")]
    assert {str(one.legacy_key_id) for one in roots} == set(ids)
    assert 3 == len(ids)
    assert 3 == len(document(capsys, "domain", "show", "dir3")[1]["anchors"])
    code, said = document(capsys, "domain", "find", "CN=One Root", "--domain", "dir3")
    assert (0, {roots[0].fingerprint.hex, roots[2].fingerprint.hex}) == (
        code,
        {one["anchor"]["fingerprint"] for one in said["found"]},
    )


@pytest.mark.req("S0-52")
def test_published_trust_is_listed_to_whoever_signed_in(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a credential refused before anything is asked; with the file of one listed; the trail says who alone."""
    asked = place.server.log.getvalue().count("/v1/domains")
    assert (2, "remote.no-server") == failed(capsys, "domain", "show", "warifu")
    assert asked == place.server.log.getvalue().count("/v1/domains")
    sign_in(place, "kimura", Role.TRUST_ADMINISTRATOR)
    assert 0 == document(capsys, "domain", "show", "warifu")[0]
    assert 0 == main.run(["domain", "create", "by-kimura"])
    entries = document(capsys, "audit", "list")[1]["entries"]
    assert ("kimura", "create-domain") in {(one["actor"], one["act"]) for one in entries}
    assert PASSWORD not in json.dumps(entries)


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


def test_what_is_wrong_is_not_published(place: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """A leaf is refused with the finding and exit code 3, unless it is pinned; a private key never leaves."""
    sign_in(place)
    assert 0 == main.run(["domain", "create", "strict"])
    ca = make_ca("Strict", now=real_now())
    leaf = place.folder / "leaf.pem"
    leaf.write_bytes(to_pem([ca.leaf("x.example", now=real_now()).value]))
    code, said = document(capsys, "domain", "publish", "strict", str(leaf))
    assert (3, True, "leaf-as-anchor") == (code, said["refused"], said["items"][0]["findings"][0]["code"])
    assert "x.example" in told(capsys, "domain", "publish", "strict", str(leaf))[1]
    assert (
        "created"
        == document(capsys, "domain", "publish", "strict", str(leaf), "--pin-leaf")[1]["items"][0]["outcome"]
    )
    key = place.folder / "secret.pem"
    key.write_bytes(ca.key_pem + to_pem([ca.value]))
    assert (3, "remote.private-key") == failed(capsys, "domain", "publish", "strict", str(key))


def test_a_node_is_let_in_refreshed_fenced_and_let_in_again(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token is a private file; refresh waits for the node's word, 6 without it and 0 with it."""
    sign_in(place, "yamada", Role.HOST_ADMINISTRATOR)
    token = tmp_path / "token"
    assert 0 == main.run(["node", "token", "web-1", "--out", str(token)])
    assert 0o600 == stat.S_IMODE(token.stat().st_mode)
    assert (3, "remote.exists") == failed(capsys, "node", "token", "web-1", "--out", str(token))
    assert 0 == main.run(["node", "token", "web-1", "--out", str(tmp_path / "again")])
    agent = AgentRoom(str(tmp_path / "agent"))
    agent.door.join(agent.invitation((tmp_path / "again").read_text()))
    agent.syncing.sync()
    code, said = document(capsys, "node", "list")
    assert (0, [("web-1", "joined", True)]) == (
        code,
        [(one["name"], one["state"], one["converged"]) for one in said["nodes"]],
    )
    assert 0 == document(capsys, "node", "list", "--behind")[1]["count"]
    assert document(capsys, "node", "show", "web-1")[1]["identity_until"]
    assert (6, "remote.not-converged") == (failed_after(capsys, "refresh", "web-1", "--wait", "0"))
    looking = threading.Timer(1.2, agent.syncing.sync)
    looking.start()
    code, said = document(capsys, "refresh", "--wait", "30")
    looking.join()
    assert (0, ["web-1"], []) == (code, said["done"], said["waiting"])
    assert (3, "remote.not-fenced") == failed(capsys, "node", "reseed", "web-1")
    assert "fenced" == document(capsys, "node", "fence", "web-1", "--reason", "a copy")[1]["state"]
    assert document(capsys, "node", "reseed", "web-1")[1]["token"].startswith("warifu-join-1.")
    assert 0 == main.run(["node", "remove", "web-1", "--reason", "gone"])
    assert "removed" == document(capsys, "node", "show", "web-1")[1]["state"]
    assert (3, "registry.node-unknown") == failed(capsys, "node", "show", "web-7")


def failed_after(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """As `failed`, of a verb that told something before it failed."""
    capsys.readouterr()
    code = main.run(list(arguments))
    kept = capsys.readouterr()
    assert "0 of 1 converged" in kept.out
    return code, "remote.not-converged" if "not said yet" in kept.err else kept.err


def test_people_are_added_given_roles_and_shut_out(place: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """A link is told once; a viewer is refused; nobody changes their own roles."""
    sign_in(place)
    assert 0 == main.run(["person", "add", "mori", "--role", "viewer"])
    assert ["viewer", "operator"] != document(capsys, "person", "list")[1]["people"]
    assert ["operator"] == document(capsys, "person", "roles", "mori", "--role", "operator")[1]["roles"]
    link = document(capsys, "person", "link", "mori")[1]["link"]
    assert link.startswith(f"{place.url}/?root=")
    assert (3, "directory.own-roles") == failed(capsys, "person", "roles", "admin", "--role", "viewer")
    assert 0 == main.run(["person", "end", "mori"])
    assert (3, "people.link-void") == failed(
        capsys, "login", link, "--password-file", str(place.folder / "new")
    )
    sign_in(place, "onlooker", Role.VIEWER)
    assert (3, "directory.not-allowed") == failed(capsys, "person", "add", "someone")


def test_a_plan_is_approved_by_somebody_else(place: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """By the beginning of its digest; the author is refused."""
    sign_in(place)
    made = place.desks.plans.submit(ADMIN, "publish", b'{"a": 1}', domain="shop", now=real_now())
    assert made.digest in [one["digest"] for one in document(capsys, "plan", "list")[1]["plans"]]
    assert (3, "directory.own-plan") == failed(capsys, "approve", made.digest[:12])
    sign_in(place, "ueda", Role.APPROVER)
    code, said = document(capsys, "approve", made.digest[:12], "--remark", "seen")
    assert (0, ["ueda"]) == (code, [one["person"] for one in said["approvals"]])
    assert ["seen"] == [
        one["remark"] for one in document(capsys, "plan", "show", made.digest)[1]["approvals"]
    ]
    assert (2, "remote.no-such-plan") == failed(capsys, "approve", "0" * 12)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_view_is_told_in_both_languages(
    place: Office, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    """Tables and sentences, without a key or a placeholder left."""
    sign_in(place)
    views = (
        ["whoami"],
        ["node", "list"],
        ["person", "list"],
        ["domain", "list"],
        ["domain", "show", "warifu"],
    )
    for view in (
        *views,
        ["audit", "list"],
        ["audit", "verify"],
        ["plan", "list"],
        ["domain", "root", "show"],
    ):
        code, text = told(capsys, *view, "--lang", lang)
        assert (0, True) == (code, bool(text.strip())), view
        assert not re.search(r"remote\.|[{}]", text) or view[0] == "audit"
        assert ("ja" == lang) == bool(re.search(r"[ぁ-んァ-ヶ一-龠]", text)), view


def test_the_audit_trail_is_proven_whole_and_broken(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every entry is checked here; a head noted earlier shows a trail that was cut; a changed row is named."""
    sign_in(place)
    code, said = document(capsys, "audit", "verify")
    head = said["head"]
    assert (0, True) == (code, said["whole"])
    assert said["entries"] >= 3
    file = tmp_path / "audit.jsonl"
    assert 0 == main.run(["audit", "export", str(file)])
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert head.partition(":")[2] == lines[int(head.partition(":")[0]) - 1]["seal"]
    code, said = document(capsys, "audit", "verify", "--head", head)
    assert (0, True) == (code, said["whole"])
    other = f"{head.partition(':')[0]}:{'0' * 64}"
    code, said = document(capsys, "audit", "verify", "--head", other)
    assert (1, {"number": int(head.partition(":")[0]), "fault": "changed"}) == (code, said["broken"])
    copy = tmp_path / "data"
    copy.mkdir()
    source, kept = (sqlite3.connect(one / "warifu.sqlite") for one in (place.folder / "server", copy))
    source.backup(kept)
    source.close()
    assert 0 == document(capsys, "audit", "verify", "--data", str(copy), "--head", head)[0]
    with kept:
        kept.execute("UPDATE audit SET actor = 'nobody' WHERE number = 2")
    kept.close()
    code, said = document(capsys, "audit", "verify", "--data", str(copy))
    assert (1, {"number": 2, "fault": "changed"}) == (code, said["broken"])
    assert (2, "remote.head-unfit") == failed(capsys, "audit", "verify", "--head", "12")


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
