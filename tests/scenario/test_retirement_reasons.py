"""Why a root may not go: each reason alone, out of what real nodes told a real server."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from support.java_stores import Made, write
from support.pki import DAY, make_ca
from support.retiring import Estate, quoted, run_estate, write_settings
from support.tls_server import run_s_server
from support.trust_server import EVERYBODY, now
from warifu.domain.directory import BlastRadius, Reason, Use
from warifu.domain.directory.roles import Role
from warifu.domain.endpoint import Entry, EntryKind, Secret, SystemStore
from warifu.domain.findings import Code
from warifu.domain.x509 import to_pem
from warifu.errors import RefusedError
from warifu.workflows.acting import Actor
from warifu.workflows.retire_planning import Wish

OLD = make_ca("Old Root", now=now())
SHOP = OLD.intermediate("Old Signing", now=now()).leaf("shop.example", now=now())


def radius(estate: Estate, **wish: object) -> BlastRadius:
    (found,) = estate.plan(**wish).radii
    return found


def alone(found: BlastRadius, code: Code) -> Use:
    """The one place that blocks, for this reason and no other."""
    assert [code] == [one.code for one in found.blockers], found.blockers
    (use,) = [one for one in found.uses if one.blocks]
    return use


def looking(folder: Path, name: str, data: bytes, *, kind: str = "certificates", password: str = "") -> str:
    """Settings of a node that is told to look into a file."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    lines = ["[[look]]", f"path = {quoted(path)[1:-1]}", f'kind = "{kind}"']
    if password:
        (folder / "password").write_text(f"{password}\n")
        lines.append(f"password-file = {quoted(folder / 'password')[1:-1]}")
    return write_settings(folder, "\n".join(lines))


def test_nothing_against_it(tmp_path: Path) -> None:
    """A superseded root that nobody uses may go."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        assert radius(estate).is_allowed


def test_a_chain_that_a_service_presents(tmp_path: Path) -> None:
    """The node dials its own service and tells the chain; node, service and end are listed, and replaced it may go."""
    with run_s_server(tmp_path / "tls", SHOP) as port:
        text = f"[services.shop]\ntarget = 'files'\naddresses = ['127.0.0.1:{port}']\n"
        path = write_settings(tmp_path / "settings", text)
        with run_estate(tmp_path, ["web-1"], old=OLD, settings={"web-1": path}) as estate:
            use = alone(radius(estate), Code.STILL_PRESENTED)
            assert ("web-1", "shop", SHOP.value.not_after) == (use.node, use.store, use.not_after)
            fresh = estate.new.leaf("shop.example", now=now())
            with run_s_server(tmp_path / "other", fresh) as other:
                Path(path).write_text(text.replace(str(port), str(other)))
                estate.look()
                assert radius(estate).is_allowed


def _pkcs12() -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"shop", SHOP.key, SHOP.cert, [SHOP.above[0].cert], BestAvailableEncryption(b"hunter2")
    )


@pytest.mark.parametrize("form", ["p12", "pem"])
def test_a_chain_inside_a_file(tmp_path: Path, form: str) -> None:
    """PKCS#12 and PEM: whoever loads it presents it at its next start."""
    data = _pkcs12() if form == "p12" else SHOP.fullchain_pem
    path = looking(tmp_path / "settings", f"shop.{form}", data, password="hunter2" if form == "p12" else "")
    with run_estate(tmp_path, ["web-1"], old=OLD, settings={"web-1": path}) as estate:
        use = alone(radius(estate), Code.STILL_EMBEDDED)
        assert ("web-1", str(tmp_path / "settings" / f"shop.{form}")) == (use.node, use.store)
        assert SHOP.value.not_after == use.not_after


def test_a_key_in_the_nodes_own_store(tmp_path: Path) -> None:
    """A key with its chain in a store of the node's own is told with store and alias."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        with estate.nodes["web-1"].room.stores.changing(by="root", now=now()) as book:
            chain = (SHOP.value, *SHOP.chain)
            entry = Entry(SystemStore.MACHINE_IDENTITY, "machine", EntryKind.PRIVATE_KEY, chain, added=now())
            book.put(entry, Secret(SHOP.key_pem))
        estate.look()
        use = alone(radius(estate), Code.STILL_EMBEDDED)
        assert ("web-1", "machine-identity", "machine") == (use.node, use.store, use.alias)


def test_a_nightly_client_seen_twenty_hours_ago(tmp_path: Path) -> None:
    """By the account of the service that it calls; it comes back tonight."""
    when = now() - timedelta(hours=20)
    line = f"{when.isoformat()} 192.0.2.7 {quote(SHOP.fullchain_pem.decode())}\n"
    path = looking(tmp_path / "settings", "clients.log", line.encode(), kind="callers")
    with run_estate(tmp_path, ["web-1"], old=OLD, settings={"web-1": path}) as estate:
        found = radius(estate)
        use = alone(found, Code.CALLER_BENEATH)
        assert (when, "192.0.2.7") == (use.seen, use.alias)
        assert when == found.blockers[0].evidence["last"]


def test_a_clients_own_trust_store(tmp_path: Path) -> None:
    """A Java program's store that nobody manages."""
    data = write("JKS", [Made("old-root", [OLD.value.der])], "changeit")
    path = looking(tmp_path / "settings", "cacerts.jks", data, password="changeit")
    with run_estate(tmp_path, ["app-1"], old=OLD, settings={"app-1": path}) as estate:
        use = alone(radius(estate), Code.STORE_NEEDS_ANCHOR)
        assert ("app-1", "old-root", OLD.value.not_after) == (use.node, use.alias, use.not_after)


@pytest.mark.parametrize("form", ["hex", "curl"])
def test_a_pin(tmp_path: Path, form: str) -> None:
    """A digest of the certificate, or of its key as curl writes it."""
    digest = OLD.value.fingerprint.hex
    key = OLD.value.public_key
    assert key is not None
    text = f"# ours\n{digest.upper()}\n"
    if form == "curl":
        text = f"pinnedpubkey = sha256//{base64.b64encode(bytes.fromhex(key.sha256.hex)).decode()}\n"
    path = looking(tmp_path / "settings", "pins", text.encode(), kind="pins")
    with run_estate(tmp_path, ["app-1"], old=OLD, settings={"app-1": path}) as estate:
        assert "app-1" == alone(radius(estate), Code.ANCHOR_PINNED).node


def test_a_crl_that_something_checks_by(tmp_path: Path) -> None:
    """A CRL of the root's that came by other ways than the directory."""
    crl = OLD.crl(start=now() - DAY, end=now() + DAY)
    path = looking(tmp_path / "settings", "old.crl", crl.der)
    with run_estate(tmp_path, ["vpn-1"], old=OLD, settings={"vpn-1": path}) as estate:
        use = alone(radius(estate), Code.CRL_SIGNER_NEEDED)
        assert ("vpn-1", crl.next_update) == (use.node, use.not_after)


def test_a_node_that_is_away(tmp_path: Path) -> None:
    """It never reported; by name it may be left out."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        estate.server.node("lab-9")
        assert "lab-9" == alone(radius(estate), Code.NODE_NOT_HEARD).node
        assert radius(estate, waived=("lab-9",)).is_allowed


def test_a_node_that_went_away(tmp_path: Path) -> None:
    """Four minutes without a word: who runs reports each minute."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        wish = Wish("shop", (OLD.value.fingerprint.hex,), Reason.SUPERSEDED)
        later = estate.server.desks.retire.preview(EVERYBODY, wish, now=now() + timedelta(minutes=4))
        assert [Code.NODE_NOT_HEARD] == [one.code for one in later.radii[0].blockers]


@pytest.mark.parametrize("roles", [frozenset(), frozenset({Role.VIEWER})])
def test_whoever_may_not_plan_learns_nothing(tmp_path: Path, roles: frozenset[Role]) -> None:
    """Nor by trying: a preview makes nodes look."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        wish = Wish("shop", (OLD.value.fingerprint.hex,), Reason.SUPERSEDED)
        for act in (estate.server.desks.retire.preview, estate.server.desks.retire.plan):
            with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
                act(Actor("nora", roles), wish, now=now())


def test_what_could_not_be_looked_at(tmp_path: Path) -> None:
    """A service that does not answer and a file that is not there: nobody knows, so it blocks, and by name."""
    text = "[[look]]\npath = '/nowhere/at/all.p12'\n"
    path = write_settings(tmp_path / "settings", text)
    with run_estate(tmp_path, ["web-1"], old=OLD, settings={"web-1": path}) as estate:
        use = alone(radius(estate), Code.NODE_NOT_HEARD)
        assert "web-1 (/nowhere/at/all.p12)" == use.node
        assert radius(estate, waived=(use.node,)).is_allowed


def test_another_trust_domain_publishes_it(tmp_path: Path) -> None:
    """It would come back to every node that follows the other one."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        estate.server.domain("bank")
        estate.server.publish("bank", OLD.value)
        estate.look()
        assert "domain bank" == alone(radius(estate), Code.WOULD_BE_PUBLISHED_AGAIN).node


def test_a_tool_on_a_node_brings_it_out(tmp_path: Path) -> None:
    """A file that a configuration tool brings out has it."""
    path = looking(tmp_path / "settings", "site.pem", to_pem([OLD.value]), kind="published")
    with run_estate(tmp_path, ["cfg-1"], old=OLD, settings={"cfg-1": path}) as estate:
        assert "cfg-1" == alone(radius(estate), Code.WOULD_BE_PUBLISHED_AGAIN).node


def test_a_copy_that_somebody_added(tmp_path: Path) -> None:
    """Added on the node itself, it would stay."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        with estate.nodes["web-1"].room.stores.changing(by="root", now=now()) as book:
            kind, chain = EntryKind.TRUSTED, (OLD.value,)
            book.put(Entry(SystemStore.TRUSTED_ROOTS, "by-hand", kind, chain, added=now()))
        estate.look()
        use = alone(radius(estate), Code.LOCAL_COPY_HELD)
        assert ("web-1", "trusted-roots", "by-hand") == (use.node, use.store, use.alias)


def test_no_valid_successor(tmp_path: Path) -> None:
    """None at all, one that is not valid yet: refused; a valid one: allowed."""
    with run_estate(tmp_path, ["web-1"], old=OLD, with_new=False) as estate:
        assert [Code.SUCCESSOR_LACKING] == [one.code for one in radius(estate).blockers]
        estate.server.publish("shop", estate.new.value)
        estate.look()
        assert radius(estate).is_allowed


@pytest.mark.parametrize(
    ("reason", "code"),
    [(None, Code.RETIRE_REASON_MISSING), (Reason.EXPIRED, Code.RETIRE_REASON_UNTRUE)],
)
def test_the_reason_itself(tmp_path: Path, reason: Reason | None, code: Code) -> None:
    """A good root goes for a reason alone, and for one that holds."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        assert [code] == [one.code for one in radius(estate, reason=reason).blockers]


def test_what_came_since_the_approval_stops_it(tmp_path: Path) -> None:
    """A service that was not there when it was planned: looked at again just before each removal."""
    folder = tmp_path / "settings"
    path = write_settings(folder, "")
    with run_estate(tmp_path, ["web-1"], old=OLD, settings={"web-1": path}) as estate:
        digest = estate.approved()
        looking(folder, "shop.pem", SHOP.fullchain_pem)
        estate.look()
        with pytest.raises(RefusedError) as told:
            estate.go_on(digest)
        assert ("retire.blocked", ["still-embedded"]) == (told.value.code, told.value.values["reasons"])
        assert 2 == estate.server.desks.trust.version("shop").version
