"""What a server signs, when, with which keys; and which roots it takes."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.bundles import CA, OTHER, Node, Server, bundle_of, control
from support.pki import NOW
from support.roots import Holders
from warifu.adapters.bundles.root_ceremony import Given, look_at
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.errors import RefusedError, UsageError, WarifuError

DAY = timedelta(days=1)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with the control domain and `shop`."""
    made = Server.begun(tmp_path)
    made.publish(control() | bundle_of("shop", CA))
    return made


@pytest.fixture
def holders() -> Holders:
    """Three people with a root key each."""
    return Holders.made("Ito", "Sato", "Abe")


def said(data: bytes) -> dict[str, Any]:
    signed: dict[str, Any] = json.loads(data)["signed"]
    return signed


def refusal(call: object, *given: object, **named: object) -> str:
    with pytest.raises(WarifuError) as refused:
        call(*given, **named)  # type: ignore[operator]
    values = refused.value.values
    return ":".join([refused.value.code, *([str(values["reason"])] if "reason" in values else [])])


def test_the_first_files_stand_by_themselves(tmp_path: Path) -> None:
    """A root on trial, and roles beneath it with nothing in them."""
    server = Server.begun(tmp_path)
    assert {"1.root.json", "1.snapshot.json", "1.targets.json", "timestamp.json"} == set(server.kept)
    seen = look_at(Given("root", server.kept["1.root.json"]), None)
    assert (True, True, 1) == (seen.is_trial, seen.is_whole, seen.own.threshold)
    assert said(server.kept["1.root.json"])["consistent_snapshot"]


def test_lives_are_those_of_the_design(server: Server) -> None:
    """Root two years, timestamp a week, all others 90 days."""
    days = {
        name: datetime.fromisoformat(said(server.kept[name])["expires"]).astimezone(UTC) - NOW
        for name in ("1.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", "1.shop.json")
    }
    assert [730, 7, 90, 90, 90] == [one.days for one in days.values()]


def test_keys_are_private_from_the_first_byte(tmp_path: Path, server: Server) -> None:
    """Files 0600 in a folder 0700, named by their ids."""
    folder = tmp_path / "keys"
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    root = said(server.kept["1.root.json"])
    assert {f"{key}.pem" for key in root["keys"]} == {one.name for one in folder.iterdir()}
    assert {0o600} == {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


@pytest.mark.parametrize(("place", "mode"), [("", 0o750), ("key", 0o640)])
def test_keys_that_others_can_read_are_not_used(
    tmp_path: Path, server: Server, place: str, mode: int
) -> None:
    """Neither from an open folder, nor from an open file."""
    folder = tmp_path / "keys"
    for one in folder.iterdir() if place else [folder]:
        one.chmod(mode)
    assert "bundle.keys-open" == refusal(server.publish, control())
    if not place:
        assert "bundle.keys-open" == refusal(server.signer.make_online_key)


def test_what_is_published_is_named_by_its_digest(server: Server) -> None:
    """Consistent snapshots: versions and digests stand in the names, and old files stay good."""
    new = server.publish(bundle_of("shop", CA, OTHER, version=2))
    (document,) = [name for name in new if name.startswith("targets/")]
    assert document.startswith("targets/shop/")
    assert document.endswith(".bundle.json")
    assert {"2.shop.json", "3.snapshot.json", "timestamp.json", document} == set(new)


def test_a_new_domain_gets_a_delegation(server: Server) -> None:
    """With its own paths, below the list of trust domains; the others stay untouched."""
    new = server.publish(bundle_of("office", CA))
    assert {"1.office.json", "3.targets.json"} <= set(new)
    roles = {one["name"]: one for one in said(new["3.targets.json"])["delegations"]["roles"]}
    assert {"office", "shop", "warifu"} == set(roles)
    assert ["office/*", "office/crls/*"] == roles["office"]["paths"]


@pytest.mark.parametrize(
    "name",
    [
        "root/bundle.json",
        "timestamp/bundle.json",
        "shop/other.json",
        "Shop/bundle.json",
        "bundle.json",
        "shop/crls/x.crl",
    ],
)
def test_a_document_of_no_domain_is_refused(server: Server, name: str) -> None:
    """Nothing of what came with it is signed, either."""
    before = dict(server.kept)
    assert "bundle.bad-name" == refusal(server.publish, {name: b"x"} | bundle_of("shop", OTHER))
    assert before == server.kept


def test_the_timestamp_is_renewed_at_a_third_of_its_life(server: Server) -> None:
    """Not before, and nothing else with it."""
    third = 7 * DAY / 3
    assert {} == server.renew(now=NOW + third - timedelta(seconds=1))
    assert {"timestamp.json"} == set(server.renew(now=NOW + third))
    assert {} == server.renew(now=NOW + third)


def test_all_else_is_renewed_at_a_third_of_its_life(server: Server) -> None:
    """Every trust domain, the list of them, the snapshot and so the timestamp; documents stay as they are."""
    new = server.renew(now=NOW + 30 * DAY)
    assert {"2.shop.json", "2.warifu.json", "3.targets.json", "3.snapshot.json", "timestamp.json"} == set(new)
    assert said(new["2.shop.json"])["targets"] == said(server.kept["1.shop.json"])["targets"]


def test_a_root_of_three_replaces_the_trial(server: Server, holders: Holders) -> None:
    """Two of three sign, the trial's key on the server does by itself, and a reader follows."""
    node = Node.joined(server)
    node.look(server)
    root = holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Abe")
    assert {"2.root.json", "timestamp.json"} == set(server.take_root(root))
    assert () == node.look(server)
    assert () == node.findings
    assert server.kept["2.root.json"] == node.held.metadata["root"]


def test_a_lost_root_key_is_replaced(server: Server, holders: Holders) -> None:
    """Enough of the old ones and of the new ones sign; a reader two roots behind follows both."""
    node = Node.joined(server)
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Abe"))
    later = Holders({**holders.keys, **Holders.made("Mori").keys})
    root = later.root(server.kept["2.root.json"], "Ito", "Sato", "Mori")
    by_new_alone = later.sign(root, "Sato", "Mori")
    assert "bundle.root-refused:root-old-signatures" == refusal(server.take_root, by_new_alone)
    by_old_alone = later.sign(root, "Sato", "Abe", before=server.kept["2.root.json"])
    assert "bundle.root-refused:root-new-signatures" == refusal(server.take_root, by_old_alone)
    server.take_root(later.sign(by_new_alone, "Ito"))
    assert () == node.look(server)
    assert server.kept["3.root.json"] == node.held.metadata["root"]


def test_a_new_online_key_signs_everything_anew(server: Server, holders: Holders) -> None:
    """As soon as a root names it, and not before."""
    server.take_root(holders.sign(holders.root(server.kept["1.root.json"]), "Ito", "Abe"))
    request = server.signer.make_online_key()
    before = said(server.kept["2.root.json"])["roles"]["timestamp"]["keyids"]
    assert before == _signers(server.publish(control())["timestamp.json"])
    new = server.take_root(
        holders.sign(holders.root(server.kept["2.root.json"], online=request), "Ito", "Abe")
    )
    after = said(server.kept["3.root.json"])["roles"]["timestamp"]["keyids"]
    assert before != after
    assert {"2.shop.json", "3.warifu.json", "3.root.json", "timestamp.json"} < set(new)
    assert {tuple(after)} == {tuple(_signers(data)) for name, data in new.items() if "root" not in name}
    node = Node.joined(server)
    assert () == node.look(server)


def _signers(data: bytes) -> list[str]:
    return [one["keyid"] for one in json.loads(data)["signatures"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda root, _server: b"{}", "root-unreadable"),
        (lambda _root, server: server.kept["1.root.json"], "root-version"),
        (lambda root, _server: root, "root-new-signatures"),
    ],
    ids=["none", "the present one", "unsigned"],
)
def test_a_root_that_does_not_follow_is_refused(
    server: Server, holders: Holders, change: Any, reason: str
) -> None:
    """Each with its reason, and nothing is signed."""
    root = change(holders.root(server.kept["1.root.json"]), server)
    assert f"bundle.root-refused:{reason}" == refusal(server.take_root, root)


def test_an_old_root_is_refused(server: Server, holders: Holders) -> None:
    """Made two years ago and signed today."""
    root = holders.sign(holders.root(server.kept["1.root.json"], now=NOW - 731 * DAY), "Ito", "Abe")
    assert "bundle.root-refused:root-expired" == refusal(server.take_root, root)


def test_without_its_key_a_server_signs_nothing(tmp_path: Path, server: Server, holders: Holders) -> None:
    """Whether it was lost, or a root names one that lies elsewhere."""
    elsewhere = TufSigner(str(tmp_path / "elsewhere")).make_online_key()
    root = holders.sign(holders.root(server.kept["1.root.json"], online=elsewhere), "Ito", "Abe")
    assert "bundle.no-key" == refusal(server.take_root, root)
    for one in (tmp_path / "keys").iterdir():
        one.unlink()
    assert "bundle.no-key" == refusal(server.publish, control())


@pytest.mark.parametrize(
    "name", ["timestamp.json", "2.snapshot.json", "2.targets.json", "1.root.json", "1.shop.json"]
)
def test_a_file_that_is_not_kept_is_named(server: Server, name: str) -> None:
    """Nothing is made up in its place."""
    del server.kept[name]
    with pytest.raises(RefusedError) as refused:
        server.publish(bundle_of("shop", OTHER))
    assert ("bundle.kept-lacks", name) == (refused.value.code, refused.value.values["name"])


def test_a_key_file_that_is_none_is_named(tmp_path: Path, server: Server) -> None:
    """Not a word of what stands in it."""
    for one in (tmp_path / "keys").iterdir():
        one.write_bytes(b"secret words")
    with pytest.raises(UsageError) as refused:
        server.publish(control())
    assert "bundle.not-a-key" == refused.value.code
    assert "secret" not in str(refused.value)
