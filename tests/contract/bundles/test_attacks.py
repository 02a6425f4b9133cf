"""Each way to deceive a reader of signed bundles, one by one: nothing is believed, nothing is lost, and it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Signed

from support.bundles import CA, OTHER, Line, Node, Server, bundle_of, control, resigned
from support.pki import NOW
from support.roots import Holders
from warifu.adapters.bundles import tuf_signer as signing
from warifu.adapters.bundles.metadata import MOST, is_due
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.domain.findings import Code

DAY = timedelta(days=1)
GOOD = bundle_of("shop", CA)
NEW = bundle_of("shop", CA, OTHER, version=2)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with the control domain and `shop`."""
    made = Server.begun(tmp_path)
    made.publish(control() | GOOD)
    return made


@pytest.fixture
def node(server: Server) -> Node:
    """A node that follows it."""
    made = Node.joined(server)
    assert () == made.look(server)
    return made


def keeps(node: Node) -> bool:
    """The last good set is still there."""
    return node.holds(control() | GOOD)


def test_rollback_of_everything(server: Server, node: Node) -> None:
    """Yesterday's files, all of them good once."""
    old = dict(server.kept)
    server.publish(NEW)
    node.look(server)
    assert (Code.BUNDLE_ROLLED_BACK,) == node.look(Line(old))
    assert node.holds(NEW)
    (finding,) = [one for one in node.findings if one.code is Code.BUNDLE_ROLLED_BACK]
    assert {"found": 2, "before": 3} == finding.evidence


def test_rollback_of_the_timestamp_alone(server: Server, node: Node) -> None:
    """Nothing beneath it has changed, and it is refused all the same."""
    old = dict(server.kept)
    server.renew(now=NOW + 3 * DAY)
    node.look(server, now=NOW + 3 * DAY)
    assert (Code.BUNDLE_ROLLED_BACK,) == node.look(Line(old), now=NOW + 3 * DAY)
    assert server.kept["timestamp.json"] == node.held.metadata["timestamp"]


def test_two_timestamps_of_one_version(server: Server, node: Node) -> None:
    """The first that was believed stays; the other is passed over, as TUF says."""
    copy = Server(server.signer, dict(server.kept))
    copy.publish(bundle_of("office", CA))
    server.publish(NEW)
    node.look(server)
    assert () == node.look(copy)
    assert node.holds(NEW)
    assert server.kept["timestamp.json"] == node.held.metadata["timestamp"]


def test_two_snapshots_of_one_version(server: Server, node: Node) -> None:
    """After two histories of one server the newest timestamp says which of them counts."""
    copy = Server(server.signer, dict(server.kept))
    server.publish(bundle_of("office", CA))
    copy.publish(bundle_of("office", OTHER))
    copy.renew(now=NOW + 3 * DAY)
    node.domains = ("shop", "office")
    node.look(server)
    assert () == node.look(copy, now=NOW + 3 * DAY)
    assert node.holds(bundle_of("office", OTHER))


def test_a_snapshot_that_came_late(server: Server, node: Node) -> None:
    """Its timestamp was believed already; it is asked for again."""
    server.publish(NEW)
    assert (Code.BUNDLE_FILE_MISSING,) == node.look(
        Line(server.kept, {"3.snapshot.json": lambda _data: None})
    )
    assert keeps(node)
    assert () == node.look(server)
    assert node.holds(NEW)


def test_rollback_of_a_domain_by_the_online_key(tmp_path: Path, server: Server, node: Node) -> None:
    """A restored copy of the server signs on from where it was: its snapshot takes a domain back."""
    copy = Server(server.signer, dict(server.kept))
    server.publish(NEW)
    node.look(server)
    for _ in range(3):
        copy.publish(bundle_of("office", CA))
    assert (Code.BUNDLE_ROLLED_BACK,) == node.look(copy)
    assert node.holds(NEW)


def test_freeze(server: Server, node: Node) -> None:
    """Whoever serves the same files for ever is noticed when the timestamp expires."""
    frozen = Line(dict(server.kept))
    assert () == node.look(frozen, now=NOW + 6 * DAY)
    assert ["timestamp.json"] == frozen.asked
    assert (Code.BUNDLE_EXPIRED,) == node.look(frozen, now=NOW + 8 * DAY)
    assert "2.root.json" in frozen.asked  # a root may have come that was kept from us
    assert {"timestamp"} == {one.subject for one in node.findings if one.code is Code.BUNDLE_EXPIRED}
    assert keeps(node)


def test_mix_and_match(server: Server, node: Node) -> None:
    """The snapshot of one moment under the name of another."""
    old = server.kept["2.snapshot.json"]
    server.publish(NEW)
    line = Line(server.kept, {"3.snapshot.json": lambda _data: old})
    assert (Code.BUNDLE_FILE_DIFFERS,) == node.look(line)
    assert keeps(node)


@pytest.mark.parametrize(
    "place", ["timestamp.json", "2.root.json", "3.snapshot.json", "2.shop.json", "bundle"]
)
def test_endless_data(server: Server, node: Node, place: str) -> None:
    """More than a signed file promises, or than any such file may have, is not read to its end."""
    server.publish(NEW)
    name = _document(server, NEW["shop/bundle.json"]) if place == "bundle" else place
    line = Line(server.kept, {name: lambda data: data + b" " * (MOST["targets"] + 1)})
    assert (Code.BUNDLE_FILE_TOO_LARGE,) == node.look(line)
    assert keeps(node)


def _document(server: Server, data: bytes) -> str:
    return next(name for name, kept in server.kept.items() if kept == data)


@pytest.mark.parametrize("place", ["3.snapshot.json", "2.shop.json", "bundle"])
def test_wrong_size(server: Server, node: Node, place: str) -> None:
    """Cut short, it is not what was signed."""
    server.publish(NEW)
    name = _document(server, NEW["shop/bundle.json"]) if place == "bundle" else place
    assert (Code.BUNDLE_FILE_DIFFERS,) == node.look(Line(server.kept, {name: lambda data: data[:-1]}))
    assert keeps(node)


def _later(signed: dict[str, object]) -> None:
    signed["version"] = 99


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: resigned(data, _later), Code.BUNDLE_SIGNATURE_WRONG),
        (lambda data: data.replace(b'"sig":', b'"gis":'), Code.BUNDLE_FILE_UNREADABLE),
        (lambda _data: b"<html>sign in</html>", Code.BUNDLE_FILE_UNREADABLE),
        (lambda _data: b"[" * 9_000, Code.BUNDLE_FILE_UNREADABLE),
        (
            lambda data: json.dumps({**json.loads(data), "signatures": []}).encode(),
            Code.BUNDLE_SIGNATURE_WRONG,
        ),
        (lambda _data: None, Code.BUNDLE_FILE_MISSING),
    ],
    ids=["changed", "damaged", "sign-in page", "deep", "unsigned", "absent"],
)
def test_a_timestamp_that_is_none(
    server: Server, node: Node, change: Callable[[bytes], bytes | None], code: Code
) -> None:
    """Whatever stands in its place."""
    server.publish(NEW)
    assert (code,) == node.look(Line(server.kept, {"timestamp.json": change}))
    assert keeps(node)


def test_another_kind_in_its_place(server: Server, node: Node) -> None:
    """A good snapshot is no timestamp."""
    server.publish(NEW)
    line = Line(server.kept, {"timestamp.json": lambda _data: server.kept["3.snapshot.json"]})
    assert (Code.BUNDLE_FILE_UNREADABLE,) == node.look(line)
    assert keeps(node)


def test_wrong_root(tmp_path: Path, server: Server, node: Node) -> None:
    """Another server, whole and good in itself, with a root of its own."""
    other = Server.begun(tmp_path / "other")
    other.publish(control() | NEW)
    assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(other)
    assert keeps(node)


def test_a_next_root_of_strangers(tmp_path: Path, server: Server, node: Node) -> None:
    """Signed by its own keys and not by those before: the look ends there."""
    holders = Holders.made("Eve", "Mallory")
    stranger = Server.begun(tmp_path / "stranger")
    root = holders.sign(holders.root(stranger.kept["1.root.json"]), "Eve", "Mallory")
    server.publish(NEW)
    assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(Line({**server.kept, "2.root.json": root}))
    assert keeps(node)
    assert server.kept["1.root.json"] == node.held.metadata["root"]


def test_threshold_not_met(server: Server, node: Node) -> None:
    """A root of two that one has signed, then the same with the old key and one of two."""
    holders = Holders.made("Ito", "Sato", "Abe")
    root = holders.sign(holders.root(server.kept["1.root.json"]), "Ito")
    server.publish(NEW)
    for one in (root, holders.sign_with_files(root, server.kept["1.root.json"], server.signer)):
        assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(Line({**server.kept, "2.root.json": one}))
    assert keeps(node)


def test_a_root_that_skips_a_version(server: Server, node: Node) -> None:
    """The chain is followed step by step."""
    holders = Holders.made("Ito", "Sato", "Abe")
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Sato"))
    server.take_root(holders.sign(holders.root(server.kept["2.root.json"]), "Ito", "Sato"))
    line = Line({**server.kept, "2.root.json": server.kept["3.root.json"]})
    assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(line) or (Code.BUNDLE_ROLLED_BACK,) == node.look(line)
    assert server.kept["1.root.json"] == node.held.metadata["root"]
    assert keeps(node)
    assert () == node.look(server)
    assert server.kept["3.root.json"] == node.held.metadata["root"]


@pytest.mark.parametrize(
    ("role", "days"), [("timestamp", 8), ("snapshot", 91), ("targets", 91), ("shop", 91), ("root", 731)]
)
def test_expired_role(server: Server, node: Node, role: str, days: int) -> None:
    """Nothing of it is accepted any more; what is held stays, and which file has expired is said."""
    now = NOW + days * DAY
    _renew_all_but(server, role, now)
    codes = node.look(server, now=now)
    assert {Code.BUNDLE_EXPIRED} == set(codes)
    assert role == node.findings[0].subject
    assert node.holds(GOOD)


def _renew_all_but(server: Server, role: str, now: object) -> None:
    """Sign everything anew, but let one role lie as it was: as if its turn had been forgotten."""
    spared = {"snapshot", "targets", "shop", "warifu"} if role == "snapshot" else {role}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "warifu.adapters.bundles.tuf_signer.is_due",
            lambda signed, *, now: _of(signed) not in spared and is_due(signed, now=now),
        )
        server.renew(now=now)  # type: ignore[arg-type]


def _of(signed: object) -> str:
    """The role of a signed value: a trust domain's is told by what it lists."""
    listed = getattr(signed, "targets", {})
    return next((name.partition("/")[0] for name in listed), str(getattr(signed, "type", "")))


def test_a_new_version_is_not_accepted_when_it_is_already_old(server: Server, node: Node) -> None:
    """A timestamp signed long ago that the node never saw."""
    server.publish(NEW)
    assert Code.BUNDLE_EXPIRED in node.look(server, now=NOW + 8 * DAY)
    assert keeps(node)


def test_one_bad_delegation_holds_up_nobody(server: Server) -> None:
    """The others get their new version; the bad one keeps its last good set."""
    server.publish(bundle_of("office", CA))
    node = Node.joined(server, "shop", "office")
    node.look(server)
    server.publish(NEW | bundle_of("office", OTHER, version=2))
    line = Line(server.kept, {"2.office.json": lambda data: data.replace(b"bundle", b"bungle")})
    assert (Code.BUNDLE_FILE_DIFFERS,) == node.look(line)
    assert node.holds(NEW)
    assert node.holds(bundle_of("office", CA))
    assert () == node.look(server)
    assert node.holds(bundle_of("office", OTHER, version=2))


def test_a_domain_that_nobody_signed_holds_up_nobody(
    server: Server, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed with its digest in a good snapshot, and not signed by the keys of its delegation."""
    server.publish(bundle_of("office", CA))
    node.domains = ("shop", "office")
    node.look(server)
    own = signing._Draft.sign  # no other way to sign wrongly

    def unsigned(draft: signing._Draft, signed: Signed, role: str) -> bytes:
        document = json.loads(own(draft, signed, role))
        if any(name.startswith("office/") for name in document["signed"].get("targets", {})):
            document["signatures"] = []
        return json.dumps(document).encode()

    monkeypatch.setattr(signing._Draft, "sign", unsigned)
    server.publish(NEW | bundle_of("office", OTHER, version=2))
    assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(server)
    assert [one.subject for one in node.findings][:1] == ["office"]
    assert node.holds(NEW)
    assert node.holds(bundle_of("office", CA))


def test_a_domain_cannot_speak_for_another(server: Server, node: Node) -> None:
    """A role that lists a document of another trust domain is set aside as a whole."""
    server.publish(bundle_of("office", CA))
    node.domains = ("shop", "office")
    node.look(server)
    lying = _lying(server, "office", NEW)
    assert (Code.BUNDLE_PATH_OUTSIDE,) == node.look(lying)
    assert node.holds(GOOD)
    assert node.holds(bundle_of("office", CA))


def _lying(server: Server, domain: str, documents: dict[str, bytes]) -> Server:
    """A server whose online key signs what it never would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warifu.adapters.bundles.tuf_signer.is_document", lambda _name, _domain: True)
        named = {f"{domain}/../{name}": data for name, data in documents.items()}
        copy = Server(server.signer, dict(server.kept))
        copy.publish(named)
    return copy


def test_a_domain_that_is_too_large(server: Server, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a signed list promises has bounds, too."""
    monkeypatch.setattr("warifu.adapters.bundles.tuf_reader.MOST_OF_DOMAIN", 100)
    server.publish(NEW)
    assert Code.BUNDLE_FILE_TOO_LARGE in node.look(server)
    assert node.holds(GOOD)


def test_recovery_from_a_lost_online_key(tmp_path: Path, server: Server, node: Node) -> None:
    """A thief runs far ahead with every version; a root that names a new key brings everybody back."""
    holders = Holders.made("Ito", "Sato", "Abe")
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Sato"))
    node.look(server)
    thief = Server(TufSigner(str(tmp_path / "keys")), dict(server.kept))
    for count in range(20):
        thief.publish(bundle_of("shop", OTHER, version=count + 2))
    assert () == node.look(thief)
    assert node.holds(bundle_of("shop", OTHER, version=21))
    assert (Code.BUNDLE_ROLLED_BACK,) == node.look(server)
    request = server.signer.make_online_key()
    server.take_root(holders.sign(holders.root(server.kept["2.root.json"], online=request), "Sato", "Abe"))
    assert () == node.look(server)
    assert keeps(node)
    assert (Code.BUNDLE_SIGNATURE_WRONG,) == node.look(
        Line({**thief.kept, "3.root.json": server.kept["3.root.json"]})
    )
    assert keeps(node)


def test_a_root_that_comes_while_a_reader_looks(server: Server, node: Node) -> None:
    """The timestamp was fetched before it: it is fetched again, since another key signs it now."""
    holders = Holders.made("Ito", "Sato", "Abe")
    server.publish(NEW)
    old = server.kept["timestamp.json"]
    request = server.signer.make_online_key()
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"], online=request), "Ito", "Sato"))
    answers = [old]
    line = Line(server.kept, {"timestamp.json": lambda data: answers.pop() if answers else data})
    assert () == node.look(line)
    assert node.holds(NEW)
