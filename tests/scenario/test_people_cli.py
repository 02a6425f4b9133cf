"""The command line of people against a real server: trust domains, nodes, people, plans, the audit trail."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from support.in_process import document, told
from support.people_cli import failed, sign_in, staffed
from support.pki import Entity, make_ca
from support.signed_in import ADMIN, PASSWORD, Office, real_now
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.apps.cli import main
from warifu.domain.directory.removal import decide_unpublication
from warifu.domain.directory.roles import Role
from warifu.domain.findings import Code, Lang, remedy
from warifu.domain.x509 import RevocationList, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.wiring.agent import AgentRoom
from warifu.workflows.published import keep_version


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with staffed(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Office]:
    """An office of which no other test knows."""
    (folder := tmp_path / "office").mkdir()
    with staffed(folder) as made:
        yield made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in which nobody signed in yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path / "config" / "warifu"


def write_root(place: Office, name: str) -> tuple[Path, str]:
    root = make_ca(name, now=real_now())
    path = place.folder / f"{name.replace(' ', '-')}.pem"
    path.write_bytes(to_pem([root.value]))
    return path, root.value.fingerprint.hex


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
    assert document(capsys, "domain", "root", "show")[1]["digest"] in {
        hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.glob("*.root.json")
    }


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


def test_a_version_that_drops_much_is_confirmed(lone: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """A node holds it back and names the command; that command, typed by a trust administrator, lets it follow."""
    sign_in(lone)
    assert 0 == main.run(["domain", "create", "dropped"])
    roots = [make_ca(f"Root {number}", now=real_now()).value for number in range(3)]
    file = lone.folder / "dropped.pem"
    file.write_bytes(to_pem(roots))
    assert 0 == main.run(["domain", "publish", "dropped", str(file)])
    node = lone.server.node("drop-1")
    node.look()
    with lone.server.room.registry.change() as books:
        present = books.directory.find("dropped")
        assert present is not None
        gone = decide_unpublication(present, [one.fingerprint for one in roots[:2]], now=real_now())
        assert gone.after is not None
        keep_version(books, lone.server.room.makers.signer, gone.after, now=real_now())
    held = next(one for one in node.look().findings if one.code is Code.MASS_REMOVAL_HELD)
    (command,) = re.findall(r"`warifu ([^`]*confirm[^`]*)`", remedy(held, Lang.EN))
    assert (3, "registry.basis-moved") == failed(
        capsys, "domain", "confirm-removal", "dropped", "--version", "2"
    )
    code, said = document(capsys, *command.split())
    assert (0, 4) == (code, said["version"])
    assert [] == [one for one in node.look().findings if one.code is Code.MASS_REMOVAL_HELD]
    assert [False, False, True] == [node.trusts(root) for root in roots]
    entries = document(capsys, "audit", "list")[1]["entries"]
    assert "confirm-mass-removal" in {one["act"] for one in entries}


def test_a_root_of_other_keys_is_handed_in(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shown, followed by one of offline keys, signed, imported: no trial any more; who came by the first goes on."""
    sign_in(place)
    first, second = tmp_path / "1.root.json", tmp_path / "2.root.json"
    assert 0 == main.run(["domain", "root", "show", "--out", str(first)])
    keys = ["domain", "keys"]
    passphrase = ["--passphrase-file", str(place.folder / "password")]
    for name in ("ito", "mori"):
        out = str(tmp_path / f"{name}.key")
        assert 0 == main.run([*keys, "make", "--name", name, "--out", out, *passphrase])
    public = [one for name in ("ito", "mori") for one in ("--key", str(tmp_path / f"{name}.pub"))]
    assert 0 == main.run(
        [*keys, "root", "--after", str(first), *public, "--threshold", "2", "--out", str(second)]
    )
    assert (3, "bundle.root-refused") == failed(capsys, "domain", "root", "import", str(second))
    for name in ("ito", "mori"):
        key = ["--key", str(tmp_path / f"{name}.key"), "--after", str(first)]
        assert 0 == main.run([*keys, "sign", str(second), *key, *passphrase])
    code, said = document(capsys, "domain", "root", "import", str(second))
    assert (0, True) == (code, "2.root.json" in said["files"])
    code, said = document(capsys, "domain", "root", "show")
    assert (0, 2, False) == (code, said["version"], said["trial"])
    sign_in(place)


def crl_now(ca: Entity, gone: Entity, number: int, begins: datetime) -> RevocationList:
    """A CRL that is in time today."""
    entry = x509.RevokedCertificateBuilder().serial_number(gone.cert.serial_number).revocation_date(begins)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.cert.subject)
        .last_update(begins)
        .next_update(begins + timedelta(days=7))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_revoked_certificate(entry.build())
    )
    return RevocationList(builder.sign(ca.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def test_a_crl_is_published_and_goes_not_back(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator may; an older one is refused with its finding; what has one says so."""
    sign_in(place)
    ca, now = make_ca("Revoking Root", now=real_now()), real_now()
    anchor, newer, older = (tmp_path / name for name in ("ca.pem", "newer.crl", "older.crl"))
    anchor.write_bytes(to_pem([ca.value]))
    leaf = ca.leaf("gone.example", now=now)
    crls = [crl_now(ca, leaf, number, now - timedelta(hours=3 - number)) for number in (1, 2)]
    older.write_bytes(crls_to_pem(crls[:1]))
    newer.write_bytes(crls_to_pem(crls[1:]))
    assert 0 == main.run(["domain", "create", "revoking"])
    assert 0 == main.run(["domain", "publish", "revoking", str(anchor)])
    sign_in(place, "okada", Role.OPERATOR)
    assert (3, "directory.not-allowed") == failed(capsys, "domain", "publish", "revoking", str(anchor))
    code, said = document(capsys, "domain", "publish", "revoking", str(newer))
    assert (0, ["created"]) == (code, [one["outcome"] for one in said["items"]])
    code, said = document(capsys, "domain", "publish", "revoking", str(older))
    assert (3, ["crl-goes-back"]) == (code, [one["code"] for one in said["items"][0]["findings"]])
    assert "CRL present:\tyes" in told(capsys, "domain", "show", "revoking", "--legacy")[1]


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
