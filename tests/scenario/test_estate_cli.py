"""`warifu estate` as a person runs it: a real TLS server, real files, real exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.dialect_servers import run_exim
from support.nginx import nginx
from support.pki import CLIENT, Entity, make_ca
from support.tls_server import run_s_server

pytestmark = pytest.mark.enable_socket
TODAY = datetime.now(UTC).replace(microsecond=0)

ESTATE = """
[estate]
name = "shop"

[nodes.here]

[services.web]
node = "here"
target = "files"
consumer = "openssl"
addresses = ["127.0.0.1:{port}"]

[services.web.identities.tls]
identity = "web"
certificate = "server/leaf.pem"
chain = "server/chain.pem"
key = "server/key.pem"

[services.web.trusts.clients]
store = "client-cas"
anchors = "server/anchors.pem"

[services.app]
node = "here"
target = "files"
consumer = "openssl"

[services.app.identities.me]
identity = "app"
certificate = "app.crt"
key = "app.key"

[services.app.trusts.up]
store = "app-cas"
anchors = "up.pem"

[identities.web]
names = ["web.example"]
[identities.app]
profile = "tls-client"
[trust-stores.client-cas]
[trust-stores.app-cas]

[connections.app-to-web]
clients = ["app"]
servers = ["web"]
client-certificate = "required"
server-name = "web.example"
relation = "web-service"
"""

MAIL = """
[estate]
name = "post"

[nodes.here]

[services.mail]
node = "here"
target = "files"
addresses = ["127.0.0.1:{port}"]
dialect = "smtp"

[services.mail.identities.tls]
identity = "mail"
certificate = "me.crt"
key = "me.key"

[services.app]
node = "here"
target = "files"
consumer = "openssl"

[services.app.trusts.up]
store = "app-cas"
anchors = "up.pem"

[identities.mail]
names = ["mail.example"]
[trust-stores.app-cas]

[connections.app-to-mail]
clients = ["app"]
servers = ["mail"]
server-name = "mail.example"
"""


def warifu(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    source = Path(__file__).parents[2] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source), "LC_ALL": "C.UTF-8", "WARIFU_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "warifu", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass
class Shop:
    folder: Path
    root: Entity
    web: Entity

    def check(self, *options: str) -> tuple[int, dict[str, Any]]:
        ran = warifu("estate", "check", "--json", *options, cwd=self.folder)
        assert ran.stdout, ran.stderr
        return ran.returncode, json.loads(ran.stdout)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    root, clients = make_ca("Root", now=TODAY), make_ca("Client Root", now=TODAY)
    web = root.intermediate("Mid", now=TODAY).leaf("web.example", now=TODAY)
    app = clients.leaf("app.example", purposes=CLIENT, now=TODAY)
    (tmp_path / "up.pem").write_bytes(root.pem)
    (tmp_path / "app.crt").write_bytes(app.fullchain_pem)
    (tmp_path / "app.key").write_bytes(app.key_pem)
    with run_s_server(tmp_path / "server", web, verify=[clients], required=True) as port:
        for key in (tmp_path / "app.key", tmp_path / "server" / "key.pem"):
            key.chmod(0o600)
        (tmp_path / "estate.toml").write_text(ESTATE.format(port=port), encoding="utf-8")
        yield Shop(tmp_path, root, web)


def test_a_sound_estate_is_fine_in_both_directions(shop: Shop) -> None:
    """Exit code 0: both sides accept by openssl's own word, and the connection is seen to hold."""
    code, told = shop.check()
    (connection,) = told["connections"]
    assert ("accepted", "run", True) == (connection["verdict"], connection["basis"], connection["live"])
    assert {("web/tls", "app/up", "serverAuth"), ("app/me", "web/clients", "clientAuth")} == {
        (pair["presenter"], pair["acceptor"], pair["purpose"]) for pair in connection["pairs"]
    }
    assert ([], 0) == (told["findings"], code)


def test_people_see_tree_certificates_and_connections(shop: Shop) -> None:
    """`estate show` in both languages."""
    for lang, words in (
        ("en", ["shop", "web: files", "days", "app-to-web", "accepted", "holds", "web-service"]),
        ("ja", ["shop", "app-to-web", "成立", "残り", "日"]),
    ):
        ran = warifu("estate", "show", "--lang", lang, cwd=shop.folder)
        assert 0 == ran.returncode, ran.stderr
        assert [] == [word for word in words if word not in ran.stdout]


@pytest.mark.req("X-06")
def test_a_file_replaced_without_reload_is_deployed_not_live(shop: Shop) -> None:
    """The running server goes on with the old leaf; the check looks at the live thing and says so."""
    new = shop.root.intermediate("Mid 2", now=TODAY).leaf("web.example", now=TODAY)
    (shop.folder / "server/leaf.pem").write_bytes(new.pem)
    (shop.folder / "server/chain.pem").write_bytes(new.above[0].pem)
    (shop.folder / "server/key.pem").write_bytes(new.key_pem)
    code, told = shop.check()
    (state,) = [slot["live"] for slot in told["slots"] if slot["slot"] == "web/tls"]
    assert ("deployed-not-live", 1) == (state, code)
    assert ["deployed-not-live"] == [finding["code"] for finding in told["findings"]]
    assert {"disk", "live"} == {pair["where"] for pair in told["connections"][0]["pairs"]}
    ran = warifu("estate", "show", cwd=shop.folder)
    assert "deployed, not live" in ran.stdout


def test_an_untrusted_server_is_refused_and_named(shop: Shop) -> None:
    """Verdict and live look agree; the exit code says findings."""
    (shop.folder / "up.pem").write_bytes(make_ca("Other", now=TODAY).pem)
    code, told = shop.check()
    (connection,) = told["connections"]
    assert ("refused", False, 1) == (connection["verdict"], connection["live"], code)
    assert "pair-refused" in [finding["code"] for finding in connection["findings"]]


def test_dates_rights_and_leaves_as_anchors_are_told(shop: Shop) -> None:
    """Expiring within the asked time, a world-readable key, and a leaf in a trust store."""
    (shop.folder / "app.key").chmod(0o644)
    store = shop.folder / "up.pem"
    store.write_bytes(store.read_bytes() + shop.web.pem)
    code, told = shop.check("--within", "100d")
    found = {finding["code"] for finding in told["findings"]}
    assert {"private-key-readable", "leaf-as-anchor", "expiring"} <= found
    assert 1 == code


def test_what_could_not_be_looked_at_is_no_silence(shop: Shop) -> None:
    """A node that cannot be reached: exit code 5, and the finding says so."""
    text = (shop.folder / "estate.toml").read_text(encoding="utf-8")
    away = text.replace(
        "[nodes.here]",
        '[nodes.away]\nreach = "ssh"\ndestination = "nobody@127.0.0.1"\n'
        'options = ["-p", "1", "-o", "BatchMode=yes"]\n[nodes.here]',
    )
    away += (
        '[services.far]\nnode = "away"\ntarget = "files"\n[services.far.trusts.t]\nstore = "far"\n'
        'anchors = "/far.pem"\n[trust-stores.far]\n'
    )
    (shop.folder / "estate.toml").write_text(away, encoding="utf-8")
    code, told = shop.check()
    assert 5 == code
    assert {"far/t"} == {finding["subject"] for finding in told["findings"]}


def test_a_mail_server_is_looked_at_in_its_own_protocol(tmp_path: Path) -> None:
    """`dialect = "smtp"`: STARTTLS with a real Exim; what it serves is compared with its file, and judged by the client."""
    root = make_ca("Root", now=TODAY)
    mail = root.leaf("mail.example", now=TODAY)
    (tmp_path / "up.pem").write_bytes(root.pem)
    (tmp_path / "me.crt").write_bytes(mail.pem)
    (tmp_path / "me.key").write_bytes(mail.key_pem)
    (tmp_path / "me.key").chmod(0o600)
    with run_exim(tmp_path / "exim", mail) as port:
        text = MAIL.format(port=port)
        (tmp_path / "estate.toml").write_text(text, encoding="utf-8")
        told = json.loads(warifu("estate", "check", "--json", cwd=tmp_path).stdout)
        (connection,) = told["connections"]
        assert ("accepted", True, []) == (connection["verdict"], connection["live"], told["findings"])
        (tmp_path / "me.crt").write_bytes(root.leaf("mail.example", now=TODAY, key=mail.key).pem)
        told = json.loads(warifu("estate", "check", "--json", cwd=tmp_path).stdout)
        assert ["deployed-not-live"] == [finding["code"] for finding in told["findings"]]
        (tmp_path / "estate.toml").write_text(text.replace('dialect = "smtp"\n', ""), encoding="utf-8")
        told = json.loads(warifu("estate", "check", "--json", cwd=tmp_path).stdout)
        assert told["connections"][0]["live"] is not True


def test_a_wrong_file_is_told_with_every_line(shop: Shop) -> None:
    """Exit code 2 and one line a fault, before anything is looked at."""
    text = (shop.folder / "estate.toml").read_text(encoding="utf-8")
    broken = text.replace('target = "files"', 'target = "filez"').replace("[identities.app]\n", "")
    (shop.folder / "estate.toml").write_text(broken, encoding="utf-8")
    ran = warifu("estate", "check", cwd=shop.folder)
    assert 2 == ran.returncode
    told = ran.stderr.splitlines()
    assert 4 <= len(told)
    assert all(line.startswith("./estate.toml:") for line in told[1:])


def test_a_ledger_goes_out_and_comes_in(shop: Shop) -> None:
    """Exported in CP932 with Japanese headings, and imported into a new estate that checks the same."""
    out = warifu(
        "estate", "export", "--encoding", "cp932", "--lang", "ja", "--out", "ledger.csv", cwd=shop.folder
    )
    assert 0 == out.returncode, out.stderr
    assert (shop.folder / "ledger.csv").read_bytes().startswith("種別".encode("cp932"))
    dry = warifu("estate", "import", "ledger.csv", "--dry-run", "--estate", "new.toml", cwd=shop.folder)
    assert 0 == dry.returncode, dry.stderr
    assert not (shop.folder / "new.toml").exists()
    ran = warifu("estate", "import", "ledger.csv", "--estate", "new.toml", "--json", cwd=shop.folder)
    assert (0, []) == (ran.returncode, json.loads(ran.stdout)["changed"])
    again = warifu("estate", "import", "ledger.csv", "--estate", "new.toml", cwd=shop.folder)
    assert "Nothing new" in again.stdout
    old, new = (
        warifu("estate", "export", "--estate", name, cwd=shop.folder) for name in ("estate.toml", "new.toml")
    )
    assert old.stdout == new.stdout
    code, told = shop.check("--estate", "new.toml")
    assert "accepted" == told["connections"][0]["verdict"]
    assert TODAY + timedelta(days=80) < datetime.fromisoformat(told["identities"][0]["not_after"])
    assert 0 <= code


def test_a_scan_begins_an_estate_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    """A running nginx becomes a service whose file checks live; a second scan leaves the edited file alone."""
    root = make_ca("Root", now=TODAY)
    web = root.leaf("web.example", now=TODAY)
    (tmp_path / "web.crt").write_bytes(web.fullchain_pem)
    (tmp_path / "web.key").write_bytes(web.key_pem)
    (tmp_path / "web.key").chmod(0o600)
    with nginx(tmp_path / "nginx", certificate=f"{tmp_path}/web.crt", key=f"{tmp_path}/web.key") as server:
        first = warifu("estate", "scan", "--json", cwd=tmp_path)
        assert ["./estate.toml"] == json.loads(first.stdout)["written"], first.stderr
        path = tmp_path / "estate.toml"
        mine = "# our shop\n" + path.read_text(encoding="utf-8") + '\n[owners.team]\ncontact = "me"\n'
        path.write_text(mine, encoding="utf-8")
        told = json.loads(warifu("estate", "check", "--json", cwd=tmp_path).stdout)
        leaf = web.value.fingerprint.hex
        (slot,) = [one for one in told["slots"] if (one["on_disk"] or {}).get("leaf") == leaf]
        assert ("live", True) == (slot["live"], slot["proven"])
        again = json.loads(warifu("estate", "scan", "--json", cwd=tmp_path).stdout)
        service = slot["slot"].partition("/")[0]
        touched = [*again["added"], *(one["key"] for one in again["changed"] + again["vanished"])]
        assert [] == [key for key in touched if key.startswith(f"services.{service}")]
        assert path.read_text(encoding="utf-8").startswith(mine)
        moved = mine.replace(f"127.0.0.1:{server.port}", "127.0.0.1:9")
        path.write_text(moved, encoding="utf-8")
        ran = warifu("estate", "scan", "--dry-run", "--json", cwd=tmp_path)
        changed = {one["key"] for one in json.loads(ran.stdout)["changed"]}
        assert (1, True) == (ran.returncode, f"services.{service}.addresses" in changed)
        assert moved == path.read_text(encoding="utf-8")
