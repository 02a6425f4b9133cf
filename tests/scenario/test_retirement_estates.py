"""What a server sees itself before a root goes: services of its estates where no agent tells of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import Entity, make_ca
from support.retiring import Estate, following, run_estate, write_settings
from support.running import free_port
from support.tls_server import run_s_server
from support.trust_server import EVERYBODY, now
from warifu.domain.directory import BlastRadius, Standing, Use
from warifu.domain.directory.retiring import RetireStep
from warifu.domain.findings import Code
from warifu.errors import RefusedError

OLD, NEW = make_ca("Old Root", now=now()), make_ca("Next Root", now=now())
SHOP = OLD.intermediate("Old Signing", now=now()).leaf("shop.example", now=now())
FRESH = NEW.leaf("shop.example", now=now())
CLIENT = """
[services.till]
node = "{node}"
target = "{target}"
[services.till.trusts.upstream]
store = "upstream"
anchors = "{anchors}"
[trust-stores.upstream]
[connections.till-to-portal]
clients = ["till"]
servers = ["portal"]
server-name = "shop.example"
"""
PORTAL = """
[services.portal]
node = "appliance"
target = "by-hand"
addresses = ["127.0.0.1:{port}"]
[services.portal.identities.tls]
identity = "portal"
certificate = "portal.pem"
[identities.portal]
names = ["shop.example"]
"""
BY_HAND = """
[owners.front]
contact = "front@example.org"
[nodes.appliance]
reach = "by-hand"
owner = "front"
"""


def portal(port: int, more: str = "") -> str:
    """An appliance that people serve, and what else there is."""
    return BY_HAND + PORTAL.format(port=port) + more


def put(estate: Estate, text: str, listings: dict[str, str] | None = None) -> None:
    estate.server.desks.estates.put(EVERYBODY, {"branch.toml": text}, listings=listings, now=now())


def radius(estate: Estate, **wish: object) -> BlastRadius:
    (found,) = estate.plan(**wish).radii
    return found


def alone(found: BlastRadius, code: Code) -> Use:
    assert {code} == {one.code for one in found.blockers}, found.blockers
    (use,) = [one for one in found.uses if one.blocks]
    return use


def test_an_appliance_that_presents_a_chain(tmp_path: Path) -> None:
    """No agent tells of it: the server dials it, names node, slot and end, and looks again before it removes."""
    with (
        run_s_server(tmp_path / "tls", SHOP) as port,
        run_s_server(tmp_path / "other", FRESH) as other,
        run_estate(tmp_path, ["web-1"], old=OLD) as estate,
    ):
        put(estate, portal(port))
        use = alone(radius(estate), Code.STILL_PRESENTED)
        assert ("appliance", "portal/tls", SHOP.value.not_after) == (use.node, use.store, use.not_after)
        put(estate, portal(other))
        digest = estate.approved()
        put(estate, portal(port))
        with pytest.raises(RefusedError, match=r"retire\.blocked") as refused:
            estate.until(digest, RetireStep.UNPUBLISH)
        assert [Code.STILL_PRESENTED.value] == refused.value.values["reasons"]
        published = estate.server.desks.trust.version("shop").anchors
        assert (OLD.value, Standing.PUBLISHED) in {(one.certificate, one.standing) for one in published}


@pytest.mark.parametrize("waived", ["appliance", "appliance (estate estate)"])
def test_an_appliance_that_does_not_answer(tmp_path: Path, waived: str) -> None:
    """Nobody knows what it presents; it is waived by its name, when planned and later."""
    with run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        put(estate, portal(free_port()))
        assert "appliance (estate estate)" == alone(radius(estate), Code.NODE_NOT_HEARD).node
        assert radius(estate, waived=(waived,)).is_allowed
        desk, until = estate.server.desks.retire, now() + timedelta(days=1)
        with run_s_server(tmp_path / "other", FRESH) as port:
            put(estate, portal(port))
            digest = estate.approved()
        with pytest.raises(RefusedError, match=r"retire\.blocked"):
            estate.until(digest, RetireStep.UNPUBLISH)
        desk.waive(EVERYBODY, digest, waived, "scrapped", until=until, now=now())
        estate.until(digest, RetireStep.UNPUBLISH)
        with pytest.raises(RefusedError, match=r"retire\.not-of-this"):
            desk.waive(EVERYBODY, digest, "lamp", "scrapped", until=until, now=now())


@pytest.mark.parametrize(
    ("served", "holds", "blocks"),
    [(SHOP, (OLD, NEW), True), (FRESH, (OLD, NEW), False), (FRESH, (NEW,), False)],
)
def test_a_store_counts_by_what_it_verifies(
    tmp_path: Path, served: Entity, holds: tuple[Entity, ...], *, blocks: bool
) -> None:
    """A listing of a client that holds the root hinders while something that the client connects to needs it."""
    with run_s_server(tmp_path / "tls", served) as port, run_estate(tmp_path, ["web-1"], old=OLD) as estate:
        client = CLIENT.format(node="appliance", target="by-hand", anchors="till.pem")
        listing = "".join(one.pem.decode() for one in holds)
        put(estate, portal(port, client), {"till.pem": listing})
        found = radius(estate)
        told = {(use.code, use.node, use.store, use.blocks) for use in found.uses}
        store = (Code.STORE_NEEDS_ANCHOR, "appliance", "till.pem", blocks)
        assert (OLD in holds) is (store in told)
        assert blocks is not found.is_allowed


def test_a_file_that_an_agent_writes_out_is_the_trust_domains(tmp_path: Path) -> None:
    """It goes with the root; another file on the same node, which nobody writes out, hinders."""
    written, other = tmp_path / "out.pem", tmp_path / "other.pem"
    text = f'[[output]]\nname = "out"\nkind = "pem-bundle"\npath = "{written}"\ndomains = ["shop"]\n'
    settings = {"web-1": write_settings(tmp_path / "settings", text)}
    other.write_bytes(OLD.pem)
    with run_estate(tmp_path, ["web-1"], old=OLD, settings=settings) as estate, following(estate):
        assert OLD.pem.strip() in written.read_bytes()
        node = '[nodes.web-1]\nreach = "agent"\n'
        lone = node + "".join(
            CLIENT.format(node="web-1", target="files", anchors="{}").split("[connections")[0]
        )
        put(estate, lone.replace("{}", str(written)))
        assert radius(estate).is_allowed
        put(estate, lone.replace("{}", str(other)))
        use = alone(radius(estate), Code.STORE_NEEDS_ANCHOR)
        assert ("web-1", str(other)) == (use.node, use.store)
