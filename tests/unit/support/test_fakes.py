"""The fakes keep the promises of the ports they stand for."""

from __future__ import annotations

import pytest

from support.fakes import FakeHost, FakeProber, FakeService, FakeTarget, client_of
from support.pki import CLIENT, make_ca
from warifu.domain.estate import IdentitySlot, Service
from warifu.domain.trust.address import Address
from warifu.errors import RefusedError
from warifu.ports.changes import (
    Act,
    Fence,
    MakeFolder,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.probes import Ask, ClientIdentity

HERE = Address("127.0.0.1", 8443)


def fence(journal: str = "mine", epoch: int = 1) -> Fence:
    return Fence("/var/lib/warifu/fence", journal, epoch)


def test_links_are_followed_and_shown() -> None:
    """A path through a linked folder reads the file behind it, and a link names where it leads."""
    host = FakeHost()
    host.change(
        [
            MakeFolder("/gen/1"),
            WriteFile("/gen/1/a.pem", b"one", 0o600),
            PointLink("/live", "gen/1"),
            PointLink("/a.pem", "/live/a.pem"),
        ],
        fence(),
    )
    seen = host.read("/a.pem")
    assert (b"one", 0o600, "/live/a.pem") == (seen.data, seen.mode, seen.link)
    host.change([PointLink("/live", "gen/2"), Remove("/gen/1")], fence())
    assert "absent" == host.read("/a.pem").kind
    assert "gen/2" == host.read("/live").link


def test_another_journal_and_a_lower_epoch_are_fenced_off() -> None:
    """Who does not hold the fence changes nothing."""
    host = FakeHost()
    host.change([], fence(epoch=2))
    for other in (fence("theirs", 9), fence("mine", 1)):
        with pytest.raises(RefusedError, match="host-fenced"):
            host.change([WriteFile("/a", b"x")], other)
    assert "absent" == host.read("/a").kind
    host.release(fence("theirs"))
    with pytest.raises(RefusedError):
        host.change([], fence("theirs"))
    host.release(fence("mine", 2))
    host.change([], fence("theirs"))


def test_a_service_presents_what_it_loaded() -> None:
    """New bytes on disk are live only after a load; a lying reload loads nothing."""
    ca = make_ca("Root")
    old, new = ca.leaf("web.example"), ca.leaf("web.example")
    host = FakeHost()
    host.put("/web.crt", old.fullchain_pem)
    service = FakeService(host, HERE, "/web.crt")
    host.commands[("reload",)] = service.load
    prober = FakeProber(service)
    host.put("/web.crt", new.fullchain_pem)
    assert old.value.fingerprint == prober.ask(Ask(HERE), via=host).leaf
    service.lying = True
    assert 0 == host.change([Act(("reload",))], fence())[0].code
    assert old.value.fingerprint == prober.ask(Ask(HERE), via=host).leaf
    service.lying = False
    host.change([Act(("reload",))], fence())
    assert new.value.fingerprint == prober.ask(Ask(HERE), via=host).leaf


def test_a_client_beneath_another_root_is_refused_after_the_read() -> None:
    """As in TLS 1.3, a refused client learns it only when it reads."""
    ca, other = make_ca("Root"), make_ca("Other")
    web, good = ca.leaf("web.example"), ca.intermediate("Mid").leaf("app", purposes=CLIENT)
    bad = other.leaf("app", purposes=CLIENT)
    host = FakeHost()
    host.put("/web.crt", web.fullchain_pem)
    host.put("/ca.pem", ca.pem)
    service = FakeService(host, HERE, "/web.crt", anchors="/ca.pem")
    prober = FakeProber(service)
    me = ClientIdentity(good.value, good.chain, good.private_key)
    other_me = ClientIdentity(bad.value, bad.chain, bad.private_key)
    assert "" == prober.ask(Ask(HERE, client=me, read=True), via=host).refused
    assert "unknown ca" == prober.ask(Ask(HERE, client=other_me, read=True), via=host).refused
    assert "" == prober.ask(Ask(HERE, client=other_me), via=host).refused
    assert "certificate required" == prober.ask(Ask(HERE, read=True), via=host).refused
    assert (ca.value.subject.der,) == prober.ask(Ask(HERE), via=host).ca_names


def test_the_fake_target_reads_back_what_it_encodes() -> None:
    """Encode then read gives the same content, also with all in one PEM."""
    web = make_ca("Root").intermediate("Mid").leaf("web.example")
    service = Service("web", "n", "files")
    host, target = FakeHost(), FakeTarget()
    for slot in (
        IdentitySlot("web/tls", "web", "web", "/w.crt", "/w.key"),
        IdentitySlot("web/tls", "web", "web", "/one.pem", "/one.pem"),
    ):
        host.put("/w.crt", web.fullchain_pem)
        host.put("/w.key", web.key_pem)
        host.put("/one.pem", web.fullchain_pem + web.key_pem)
        content = target.read(host, service, slot).content
        assert content is not None
        files = target.encode(service, slot, content)
        for file in files:
            host.put(file.path, file.data)
        again = target.read(host, service, slot).content
        client, second = client_of(slot.name, content), client_of(slot.name, again)
        assert client is not None
        assert second is not None
        assert (web.value, web.chain) == (second.leaf, second.chain)
        assert client.key.public_key == second.key.public_key
