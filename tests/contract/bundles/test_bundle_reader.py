"""What a reader of signed bundles believes when all is well, and what that costs it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Key

from support.bundles import CA, OTHER, Line, Node, Server, bundle_of, control
from support.pki import NOW
from support.roots import Holders
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.domain.findings import Code, Severity
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.bundles import Held

DAY = timedelta(days=1)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with the control domain and `shop`."""
    made = Server.begun(tmp_path)
    made.publish(control() | bundle_of("shop", CA))
    return made


def test_a_reader_follows_what_is_published(server: Server) -> None:
    """From the first root alone: the control domain and the one it follows, then the next version of each."""
    node = Node.joined(server)
    assert () == node.look(server)
    assert node.holds(control() | bundle_of("shop", CA))
    server.publish(bundle_of("shop", CA, OTHER, version=2))
    assert () == node.look(server)
    assert node.holds(control() | bundle_of("shop", CA, OTHER, version=2))


def test_crls_come_with_their_domain(server: Server) -> None:
    """Each is a document of its own, and goes when it is no longer listed."""
    crl = CA.crl()
    name = f"shop/crls/{crl.fingerprint.hex}.crl"
    node = Node.joined(server)
    server.publish({**bundle_of("shop", CA), name: crl.der})
    assert () == node.look(server)
    assert crl.der == node.held.documents[name]
    server.publish(bundle_of("shop", CA, version=3))
    assert () == node.look(server)
    assert name not in node.held.documents


def test_only_what_is_followed_is_fetched_and_held(server: Server) -> None:
    """The control domain always is; what is no longer followed goes."""
    server.publish(bundle_of("office", OTHER))
    line, node = Line(server.kept), Node.joined(server, "shop")
    assert () == node.look(line)
    assert not [name for name in line.asked if "office" in name]
    node.domains = ("office",)
    assert () == node.look(line)
    node.domains = ()
    assert () == node.look(line)
    assert {"warifu/bundle.json"} == set(node.held.documents)
    node.domains = ("office",)
    assert () == node.look(line)
    assert {"office/bundle.json", "warifu/bundle.json"} == set(node.held.documents)
    assert {"root", "timestamp", "snapshot", "targets", "office", "warifu"} == set(node.held.metadata)


def test_an_unchanged_timestamp_costs_one_fetch_and_one_check(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is asked for, and one signature is verified."""
    node = Node.joined(server)
    node.look(server)
    checks = []
    kind = type(_key(server))
    original = kind.verify_signature

    def counted(self: Key, *given: object) -> None:
        checks.append(self.keyid)
        original(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "verify_signature", counted)
    line = Line(server.kept)
    assert () == node.look(line)
    assert (["timestamp.json"], 1) == (line.asked, len(checks))


def _key(server: Server) -> Key:
    from tuf.api.metadata import Metadata, Root  # noqa: PLC0415  # what this one function reads

    return next(iter(Metadata[Root].from_bytes(server.kept["1.root.json"]).signed.keys.values()))


def test_a_first_root_must_have_the_digest_that_was_told(server: Server) -> None:
    """Whoever answers in the server's place is not believed."""
    root = server.kept["1.root.json"]
    with pytest.raises(RefusedError) as refused:
        TufReader().begin(root, hashlib.sha256(b"another").hexdigest())
    assert "bundle.other-root" == refused.value.code
    with pytest.raises(RefusedError) as refused:
        TufReader().begin(b"{}", hashlib.sha256(b"{}").hexdigest())
    assert "bundle.root-refused" == refused.value.code


def test_who_comes_later_begins_with_the_newest_root(server: Server) -> None:
    """What the key of the trial signs deceives nobody any more."""
    holders = Holders.made("Ito", "Sato", "Abe")
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Sato"))
    newest = server.kept["2.root.json"]
    node = Node(TufReader().begin(newest, hashlib.sha256(newest).hexdigest()))
    assert () == node.look(server)
    assert ((), True) == (node.findings, node.holds(bundle_of("shop", CA)))


def test_a_held_root_that_is_none_is_refused(server: Server) -> None:
    """A damaged file of the node's own."""
    with pytest.raises(RefusedError) as refused:
        TufReader().read(Held({"root": b"damaged"}), Line(server.kept).fetch, (), now=NOW)
    assert "bundle.root-refused" == refused.value.code


def test_nobody_to_ask_is_no_finding(server: Server) -> None:
    """The error goes to whoever looks; what is held stays with them."""

    def fetch(_name: str, _limit: int) -> bytes | None:
        raise CouldNotLookError("io.cannot-read", path="/trust", reason="gone")

    node = Node.joined(server)
    with pytest.raises(CouldNotLookError):
        TufReader().read(node.held, fetch, (), now=NOW)


def test_a_trial_is_said_each_time(server: Server) -> None:
    """As a note, on every look."""
    node = Node.joined(server)
    for _ in range(2):
        node.look(server)
        assert [(Code.BUNDLE_ROOT_TRIAL, Severity.NOTE)] == [
            (one.code, one.severity) for one in node.findings
        ]


def test_a_root_warns_from_180_days(server: Server) -> None:
    """Not a second earlier; both languages know how many days are left."""
    node = Node.joined(server)
    node.look(server)
    ends = NOW + 730 * DAY
    early = TufReader().judge(node.held, now=ends - 180 * DAY - timedelta(seconds=1)).findings
    late = TufReader().judge(node.held, now=ends - 180 * DAY).findings
    assert Code.BUNDLE_ROOT_EXPIRING not in {one.code for one in early}
    (warning,) = [one for one in late if one.code is Code.BUNDLE_ROOT_EXPIRING]
    assert (Severity.WARNING, 180) == (warning.severity, warning.evidence["days"])


def test_an_unknown_domain_holds_up_nobody(server: Server) -> None:
    """It is named; so is one that has the name of a role."""
    node = Node.joined(server, "shop", "nowhere", "snapshot")
    assert (Code.BUNDLE_DOMAIN_UNKNOWN,) * 2 == node.look(server)
    assert node.holds(control() | bundle_of("shop", CA))


def test_a_domain_that_failed_is_asked_for_again(server: Server) -> None:
    """Though the timestamp is the one that is held."""
    node, line = Node.joined(server), Line(server.kept)
    line.changes["1.shop.json"] = lambda _data: None
    assert (Code.BUNDLE_FILE_MISSING,) == node.look(line)
    assert node.holds(control())
    line.changes.clear()
    assert () == node.look(line)
    assert node.holds(control() | bundle_of("shop", CA))


def test_a_whole_life_unwatched(server: Server) -> None:
    """Renewed for 200 days by a server that is asked every day, a reader never meets anything old."""
    node = Node.joined(server)
    for day in range(200):
        now = NOW + day * DAY
        server.renew(now=now)
        assert () == node.look(server, now=now)
    assert node.holds(control() | bundle_of("shop", CA))
