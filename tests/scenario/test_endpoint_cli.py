"""`warifu endpoint` against a running service, and scripts that read its legacy layouts with grep and awk."""

from __future__ import annotations

import json
import os
import pwd
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

import warifu
from support.command import run_warifu
from support.endpoints import Served, served
from support.in_process import document, told
from support.malformed import of_version_1
from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.running import need_program
from warifu.apps.cli import main
from warifu.domain.endpoint import Entry, EntryKind, Provenance
from warifu.domain.endpoint.dump import text_of
from warifu.domain.x509 import PrivateKey
from warifu.workflows.endpoint_sync import Batch, apply_batch

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
PASSWORD = b"open sesame"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A service in a folder that holds a few files to be added."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    files = {"root.pem": ROOT.pem, "web.pem": WEB.fullchain_pem + ROOT.pem, "web.key": WEB.key_pem}
    for name, data in {**files, "password": PASSWORD + b"\n", "token": b"0123"}.items():
        Path(name).touch(mode=0o600)
        Path(name).write_bytes(data)
    with served(tmp_path) as running:
        monkeypatch.setenv("WARIFU_ENDPOINT_SOCKET", running.socket)
        yield running


def run(capsys: Capture, *arguments: str, code: int = 0) -> str:
    """What a command says on standard output, or where it fails on standard error."""
    capsys.readouterr()
    found = main.run(["endpoint", *arguments])
    shown = capsys.readouterr()
    assert code == found, shown.err
    return shown.err if code else shown.out


def shell(script: str, text: str) -> list[str]:
    """What a script of somebody's makes of an output."""
    need_program("gawk", "awk")
    done = subprocess.run(["sh", "-c", script], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def publish(service: Served, *entities: Entity, store: str = "trusted-roots") -> None:
    entries = [
        Entry(
            store,
            f"p-{entity.value.subject.common_names[0]}",
            EntryKind.TRUSTED,
            (entity.value,),
            provenance=Provenance.DIRECTORY,
            domain="shop",
            added=NOW,
        )
        for entity in entities
    ]
    apply_batch(service.stores, Batch(entries), now=NOW)


@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_a_key_goes_in_and_comes_out(service: Served, capsys: Capture, kind: str) -> None:
    """Of every kind, as a private file that openssl reads; the list shows nothing of it."""
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else make_key(kind)
    leaf = ROOT.leaf("web.example", key=key)
    Path("web.pem").write_bytes(leaf.fullchain_pem)
    Path("web.key").write_bytes(leaf.key_pem)
    run(capsys, "entry", "add", "machine-identity", "--cert", "web.pem", "--key", "web.key", "--alias", "web")
    run(capsys, "entry", "key", "MACHINE_SSL_CERT", "WEB", "--out", "out.key")
    assert (leaf.key_pem, 0o600) == (Path("out.key").read_bytes(), Path("out.key").stat().st_mode & 0o777)
    subprocess.run(["openssl", "pkey", "-in", "out.key", "-noout"], check=True)
    assert "PRIVATE" not in run(capsys, "entry", "list", "machine-identity", "--legacy")
    assert leaf.pem.decode() == run(capsys, "entry", "get", "machine-identity", "web")


def test_a_key_under_a_password_needs_it(service: Served, capsys: Capture) -> None:
    """The service itself holds it locked; a wrong password opens nothing and is told without either."""
    offer = ("--cert", "web.pem", "--key", "web.key", "--password-file", "password", "--alias", "web")
    run(capsys, "entry", "add", "machine-identity", *offer)
    out = ("entry", "key", "machine-identity", "web", "--out", "out.key")
    assert "--password-file" in run(capsys, *out, code=2)
    run(capsys, *out, "--locked")
    locked = Path("out.key").read_bytes()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in locked
    assert WEB.key_pem == PrivateKey.load_pem(locked, PASSWORD).to_pkcs8()
    run(capsys, *out, "--password-file", "password")
    assert WEB.key_pem == Path("out.key").read_bytes()
    Path("password").write_bytes(b"wrong\n")
    assert "wrong" not in run(capsys, *out, "--password-file", "password", code=2).replace(
        "password is wrong", ""
    )
    listed = run(capsys, "entry", "list", "machine-identity", "--legacy")
    assert "Entry type :\tEncrypted Private Key\n" in listed


def test_a_locked_key_file_is_kept_locked(service: Served, capsys: Capture) -> None:
    """The password that opens the file is the one that it stays under; without it nothing is added."""
    Path("web.key").write_bytes(WEB.private_key.to_encrypted_pkcs8(PASSWORD))
    offer = ("entry", "add", "machine-identity", "--cert", "web.pem", "--key", "web.key")
    assert "locked" in run(capsys, *offer, code=2)
    run(capsys, *offer, "--password-file", "password")
    code, listed = document(capsys, "endpoint", "entry", "list", "machine-identity")
    assert (0, ["encrypted-key"]) == (code, [entry["kind"] for entry in listed["entries"]])


def test_secrets_are_kept_whatever_their_bytes(
    service: Served, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In from a file, out to standard output where that is asked for."""
    Path("token").write_bytes(b"\x00\xff\n")
    assert 3 == main.run(["endpoint", "entry", "add", "crls", "--secret-file", "token", "--alias", "t"])
    assert 0 == main.run(["endpoint", "store", "create", "app"])
    assert 0 == main.run(["endpoint", "entry", "add", "app", "--secret-file", "token", "--alias", "t"])
    capfdbinary.readouterr()
    assert 0 == main.run(["endpoint", "entry", "key", "app", "t", "--out", "-"])
    assert b"\x00\xff\n" == capfdbinary.readouterr().out


@pytest.mark.req("S0-13", "S0-40")
def test_every_entry_is_listed_in_full(service: Served, capsys: Capture) -> None:
    """Alias, subject, issuer, key id, validity and usage; a root without a key id is flagged, its CN(id) told."""
    old = of_version_1(make_ca("Old", key=make_key("rsa"), ski=False, basic=False, no_usage=True))
    Path("old.pem").write_bytes(old.pem)
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem")
    run(capsys, "entry", "add", "trusted-roots", "--cert", "old.pem", "--alias", "old")
    code, listed = document(capsys, "endpoint", "entry", "list", "trusted-roots")
    root, second = listed["entries"]
    one = root["certificates"][0]
    assert (0, 2, []) == (code, listed["total"], root["flags"])
    assert (one["subject"], one["issuer"], one["sha1"]) == ("CN=Root", "CN=Root", root["alias"])
    assert (str(ROOT.value.subject_key_id), ["cRLSign", "keyCertSign"]) == (one["key_id"], one["key_usage"])
    assert (ROOT.value.not_before.isoformat(), ROOT.value.not_after.isoformat()) == (
        one["not_before"],
        one["not_after"],
    )
    assert (["key-id-missing"], None) == (second["flags"], second["certificates"][0]["key_id"])
    assert str(old.value.legacy_key_id) == second["certificates"][0]["legacy_id"]
    assert "no key id" in run(capsys, "entry", "list", "trusted-roots")


@pytest.mark.req("S0-15")
def test_a_thousand_entries_are_paged_and_filtered(service: Served, capsys: Capture) -> None:
    """Everything without asking, page by page when asked, and by expiry; nothing is left out."""
    soon = make_ca("Soon", end=NOW + DAY).value
    entries = [
        Entry("trusted-roots", f"r{n}", EntryKind.TRUSTED, (soon if n % 250 == 0 else ROOT.value,))
        for n in range(1_000)
    ]
    apply_batch(service.stores, Batch(entries), now=NOW)
    listing = ("endpoint", "entry", "list", "trusted-roots")
    every = document(capsys, *listing)[1]
    assert [f"r{n}" for n in range(1_000)] == [one["alias"] for one in every["entries"]]
    first = document(capsys, *listing, "--page", "600")[1]
    second = document(capsys, *listing, "--page", "600", "--after", str(first["following"]))[1]
    assert (600, 400, None) == (len(first["entries"]), len(second["entries"]), second["following"])
    assert "--after" in run(capsys, *listing[1:], "--page", "600")
    ending = document(capsys, *listing, "--ends-before", (NOW + 2 * DAY).isoformat())[1]
    assert (4, {"r0", "r250", "r500", "r750"}) == (
        ending["total"],
        {one["alias"] for one in ending["entries"]},
    )
    later = document(capsys, *listing, "--ends-after", (NOW + 2 * DAY).isoformat())[1]
    assert 996 == later["total"]
    assert shell("grep -c '^Alias :'", run(capsys, "entry", "list", "TRUSTED_ROOTS", "--legacy")) == ["1000"]


def test_an_entry_is_found_by_whatever_names_it(service: Served, capsys: Capture) -> None:
    """Alias, fingerprints, key id with and without colons, serial, subject; two of a key id are both listed."""
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "my-root")
    key_id = str(ROOT.value.subject_key_id)
    names = (
        "MY-ROOT",
        ROOT.value.fingerprint.hex,
        subprocess.check_output(["openssl", "x509", "-in", "root.pem", "-noout", "-fingerprint"], text=True)
        .strip()
        .partition("=")[2],
        key_id,
        ":".join(key_id[at : at + 2] for at in range(0, 40, 2)),
        f"{ROOT.value.serial:x}",
        "CN=Root",
    )
    for name in names:
        code, found = document(capsys, "endpoint", "entry", "find", name)
        assert (0, ["my-root"]) == (code, [one["alias"] for one in found["entries"]]), name
    again = make_ca("Root", key=ROOT.key, end=NOW + 9_000 * DAY)
    Path("root.pem").write_bytes(again.pem)
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "renewed")
    told_ = run(capsys, "entry", "delete", "trusted-roots", key_id, code=3)
    assert ("my-root" in told_, "renewed" in told_) == (True, True)
    assert "fits" in run(capsys, "entry", "find", "CN=Nobody", code=3)


@pytest.mark.req("S0-16", "S0-31", "S0-33")
def test_deleting_names_what_it_means(service: Served, capsys: Capture) -> None:
    """An alias that leads elsewhere by now is refused; what was deleted is gone, and deleting it again says so."""
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "a")
    expected = ("--expect", str(ROOT.value.subject_key_id), "--expect", ROOT.value.fingerprint.hex)
    Path("root.pem").write_bytes(make_ca("Root").pem)
    delete = ("entry", "delete", "trusted-roots", "a")
    run(capsys, "entry", "replace", "trusted-roots", "a", "--cert", "root.pem")
    assert "Nothing was changed" in run(capsys, *delete, *expected, code=3)
    Path("root.pem").write_bytes(ROOT.pem)
    run(capsys, "entry", "replace", "trusted-roots", "A", "--cert", "root.pem")
    assert "a" == document(capsys, "endpoint", *delete, *expected)[1]["alias"]
    aliases = run(capsys, "entry", "list", "TRUSTED_ROOTS", "--legacy", "--aliases")
    assert "Number of entries in store :\t0\n" == aliases
    assert "There is no entry a" in run(capsys, *delete, code=3)


def test_what_is_published_is_left_to_the_directory(service: Served, capsys: Capture) -> None:
    """Refused with the right command; an exception is explicit, has an end and shows everywhere."""
    publish(service, ROOT)
    command = f"warifu plan retire-anchor --domain shop {ROOT.value.fingerprint}"
    for verb in (("delete",), ("replace",), ("rename", "x")):
        arguments = ["entry", verb[0], "trusted-roots", "p-Root", *verb[1:]]
        offer = ["--cert", "root.pem"] if verb[0] == "replace" else []
        assert command in run(capsys, *arguments, *offer, code=3)
    until = ("--until", "2099-01-01")
    run(capsys, "exception", "add", "trusted-roots", "p-Root", "--reason", "moves", "--distrust", *until)
    assert "not trusted here until 2099-01-01" in run(capsys, "entry", "list", "trusted-roots")
    held = document(capsys, "endpoint", "exception", "list")[1]["exceptions"]
    assert [("p-Root", "moves", True)] == [(one["alias"], one["reason"], one["distrusts"]) for one in held]
    assert "p-Root" in run(capsys, "exception", "list")
    run(capsys, "exception", "end", "trusted-roots", "p-Root")
    assert [] == document(capsys, "endpoint", "exception", "list")[1]["exceptions"]
    Path("root.pem").write_bytes(ROOT.pem)
    told_ = run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "p-root")
    assert "it now stays here" in told_
    apply_batch(service.stores, Batch((), [("trusted-roots", "p-Root")]), now=NOW)
    deleted = document(capsys, "endpoint", "deleted")[1]["deleted"]
    assert [("p-Root", "shop", "agent:sync")] == [(one["alias"], one["domain"], one["by"]) for one in deleted]


def test_scripts_go_on_reading_what_they_read(service: Served, capsys: Capture) -> None:
    """The loops of vendors' articles over `store list` and `entry list`, with their own grep and awk."""
    publish(service, ROOT, make_ca("Other", ski=False))
    crl = Entry("crls", "list", EntryKind.CRL, crl=ROOT.crl(aki=True), provenance=Provenance.DIRECTORY)
    apply_batch(service.stores, Batch((crl,)), now=NOW)
    stores = shell("grep -v TRUSTED_ROOT_CRLS", run(capsys, "store", "list", "--legacy"))
    assert ["MACHINE_SSL_CERT", "TRUSTED_ROOTS"] == stores
    text = run(capsys, "entry", "list", "TRUSTED_ROOTS", "--legacy", "--text")
    ends = shell("grep -ie 'Alias' -ie 'Not After' | awk -F' : ' '{print $NF}'", text)
    day = ROOT.value.not_after.strftime("%Y GMT")
    assert (["Alias :\tp-Root", "Alias :\tp-Other"], True) == (ends[::2], ends[1].endswith(day))
    wanted = str(ROOT.value.subject_key_id)
    key_ids = shell("grep -A1 'X509v3 Subject Key Identifier' | tail -1 | tr -d ' :'", text)
    listed = run(capsys, "published", "--legacy")
    ids = shell("awk '/^CN\\(id\\):/ {print $2}'", listed)
    assert (wanted, [wanted]) == (ids[0], key_ids)
    assert ["yes", "no"] == shell("awk -F'\\t' '/^CRL present/ {print $2}'", listed)
    pem = shell(
        "sed -n '/BEGIN CERT/,/END CERT/p' | head -100 | openssl x509 -noout -subject",
        run(capsys, "entry", "list", "TRUSTED_ROOTS", "--legacy").replace("Certificate :\t", ""),
    )
    assert 1 == len(pem)
    assert text_of(ROOT.value) in text
    assert (
        "Number of entries in store :\t1\nAlias :\tlist\nEntry type :\tCertification Revocation List\n"
        == run(capsys, "entry", "list", "TRUSTED_ROOT_CRLS", "--legacy", "--text")
    )
    assert "--legacy" in run(capsys, "entry", "list", "TRUSTED_ROOTS", "--text", code=2)


def test_stores_are_made_and_deleted(service: Served, capsys: Capture) -> None:
    """One with entries only by its name typed again, a system store never."""
    run(capsys, "store", "create", "app")
    assert "already" in run(capsys, "store", "create", "APP", code=3)
    run(capsys, "entry", "add", "app", "--secret-file", "token", "--alias", "t")
    assert "--confirm app" in run(capsys, "store", "delete", "app", code=3)
    run(capsys, "store", "delete", "app", "--confirm", "app")
    assert "cannot be deleted" in run(capsys, "store", "delete", "TRUSTED_ROOTS", code=3)
    assert 3 == len(document(capsys, "endpoint", "store", "list")[1]["stores"])


def test_permissions_change_one_by_one(service: Served, capsys: Capture) -> None:
    """Each answer says whether anything changed; the old layout shows what it can."""
    permission = ("permission",)
    run(capsys, *permission, "grant", "crls", "daemon", "--right", "write")
    run(capsys, *permission, "grant", "crls", "daemon", "--right", "read")
    assert "Nothing to change" in run(capsys, *permission, "grant", "crls", "daemon", "--right", "read")
    run(capsys, *permission, "deny", "crls", "group:daemon", "--right", "key-read")
    rows = document(capsys, "endpoint", *permission, "list", "crls")[1]["permissions"]
    assert {
        ("user:daemon", "read write", ""),
        ("group:daemon", "", "key-read"),
        ("EVERYONE", "read", ""),
    } == {(one["who"], " ".join(one["granted"]), " ".join(one["denied"])) for one in rows}
    legacy = run(capsys, *permission, "list", "crls", "--legacy")
    assert ["daemon\tread,write"] == shell("grep '^daemon'", legacy)
    run(capsys, *permission, "revoke", "crls", "user:daemon", "--right", "read", "--right", "write")
    run(capsys, *permission, "allow", "crls", "group:daemon", "--right", "key-read")
    assert 1 == len(document(capsys, "endpoint", *permission, "list", "crls")[1]["permissions"])
    assert "There is no endpoint store" in run(capsys, *permission, "list", "other", code=3)


def test_the_journal_tells_who_did_what_and_no_secret(
    service: Served, capsys: Capture, tmp_path: Path
) -> None:
    """A key that leaves is a row; rotating the data keys is one, too."""
    run(capsys, "entry", "add", "machine-identity", "--cert", "web.pem", "--key", "web.key", "--alias", "w")
    run(capsys, "entry", "key", "machine-identity", "w", "--out", "out.key")
    run(capsys, "entry", "rename", "machine-identity", "w", "web")
    run(capsys, "rotate-key")
    run(capsys, "entry", "key", "machine-identity", "web", "--out", "out.key")
    assert WEB.key_pem == Path("out.key").read_bytes()
    rows = document(capsys, "endpoint", "journal")[1]["journal"]
    assert ["add", "read-key", "delete", "add", "rotate", "read-key"] == [row["act"] for row in rows]
    assert "read-key" in run(capsys, "journal", "--after", "1")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    assert -1 == kept.find(WEB.key_pem.splitlines()[2])


def test_an_agent_that_does_not_run_is_told_with_what_starts_it(tmp_path: Path) -> None:
    """Exit code 5, on standard error, in a process of its own."""
    ran = run_warifu(
        "endpoint", "store", "list", "--socket", str(tmp_path / "s"), folder=tmp_path, seconds=60
    )
    assert (5, "", True) == (ran.code, ran.out, "systemctl start warifu-agent" in ran.err)


def test_a_damaged_entry_is_shown_among_the_others(service: Served, capsys: Capture, tmp_path: Path) -> None:
    """As a finding with what to do; by that it goes."""
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "a")
    run(capsys, "entry", "add", "trusted-roots", "--cert", "root.pem", "--alias", "b")
    with closing(sqlite3.connect(tmp_path / "data" / "endpoint.sqlite")) as db, db:
        db.execute("UPDATE entry SET digest = x'' WHERE alias = 'a'")
    code, shown = told(capsys, "endpoint", "entry", "list", "trusted-roots")
    assert (0, True) == (code, "endpoint-entry-damaged" in shown)
    assert ["b"] == [
        one["alias"] for one in document(capsys, "endpoint", "entry", "list", "trusted-roots")[1]["entries"]
    ]
    run(capsys, "entry", "delete", "trusted-roots", "a")
    assert "damaged" not in run(capsys, "entry", "list", "trusted-roots")


def test_one_entry_is_shown_in_full(service: Served, capsys: Capture) -> None:
    """Every certificate of its chain; a secret has none and says how it is read."""
    run(capsys, "entry", "add", "machine-identity", "--cert", "web.pem", "--key", "web.key", "--alias", "w")
    shown = run(capsys, "entry", "show", "machine-identity", "w")
    assert (1, 2) == (shown.count("Subject: CN=web.example"), shown.count("Serial number:"))
    run(capsys, "store", "create", "app")
    run(capsys, "entry", "add", "app", "--secret-file", "token", "--alias", "t")
    assert "entry key" in run(capsys, "entry", "get", "app", "t", code=3)
    assert "0123" not in run(capsys, "entry", "show", "app", "t")


CLIENT = """
import sys
from warifu.adapters.endpoint.client import UnixDoor
from warifu.wire.endpoint import *
import warifu.wire.endpoint as wire
door = UnixDoor(sys.argv[1])
for op, values in [("ListEntries", {"store": "app"}), ("ReadSecret", {"store": "app", "name": "t"}),
                   ("DropEntry", {"store": "app", "name": "no"}), ("DropStore", {"name": "app"}),
                   ("RotateKeys", {}), ("ListStores", {})]:
    reply = wire._replies.decode(door.ask(encode(getattr(wire, op)(**values))))
    print(reply.code if isinstance(reply, Failed) else type(reply).__name__)
"""


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes other users")
@pytest.mark.parametrize(
    ("user", "grants", "answers"),
    [
        ("daemon", [], ["not-permitted", "not-permitted", "not-permitted", "not-owner", "not-root"]),
        ("daemon", [("grant", "daemon", "read")], ["Entries", "not-permitted", "not-permitted", "not-owner"]),
        ("daemon", [("grant", "daemon", "key-read")], ["not-permitted", "SecretRead", "not-permitted"]),
        ("daemon", [("grant", "daemon", "write")], ["not-permitted", "not-permitted", "no-such-entry"]),
        ("daemon", [("grant", "group:daemon", "read")], ["Entries", "not-permitted"]),
        ("nobody", [("grant", "group:daemon", "read")], ["not-permitted"]),
        ("nobody", [("grant", "EVERYONE", "read")], ["Entries", "not-permitted"]),
        (
            "daemon",
            [("grant", "daemon", "read"), ("deny", "group:daemon", "read")],
            ["not-permitted"],
        ),
    ],
)
def test_real_users_get_what_they_are_granted(
    service: Served,
    capsys: Capture,
    tmp_path: Path,
    user: str,
    grants: list[tuple[str, str, str]],
    answers: list[str],
) -> None:
    """Processes of several users at one socket: the kernel says who each is."""
    run(capsys, "store", "create", "app")
    run(capsys, "entry", "add", "app", "--secret-file", "token", "--alias", "t")
    for act, who, right in grants:
        run(capsys, "permission", act, "app", who, "--right", right)
    found = as_user(user, service.socket, tmp_path)
    wanted = [one if one[0].isupper() else f"endpoint.{one}" for one in answers]
    assert (wanted, "Stores") == (found[: len(wanted)], found[-1])


def as_user(user: str, socket: str, tmp_path: Path) -> list[str]:
    """What the answers to a process of another user are; it can enter the folder of the socket and no other."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp") and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    record = pwd.getpwnam(user)
    script = tmp_path / "client.py"
    script.write_text(CLIENT)
    done = subprocess.run(
        [sys.executable, "-c", BECOME, str(record.pw_uid), str(record.pw_gid), str(script), socket],
        env={"PYTHONPATH": str(Path(warifu.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.split()


BECOME = """
import os, runpy, sys
import warifu.adapters.endpoint.client, warifu.wire.endpoint
uid, gid, script, path = sys.argv[1:]
text = open(script).read()
os.setgroups([]); os.setgid(int(gid)); os.setuid(int(uid))
sys.argv = ["client", path]
exec(text)
"""


def test_the_json_of_each_table_is_one_document(service: Served, capsys: Capture) -> None:
    """Whatever is listed can be read by a program."""
    for verb in (
        ("store", "list"),
        ("permission", "list", "crls"),
        ("exception", "list"),
        ("deleted",),
        ("published",),
    ):
        capsys.readouterr()
        assert 0 == main.run(["endpoint", *verb, "--json"])
        assert isinstance(json.loads(capsys.readouterr().out), dict)
