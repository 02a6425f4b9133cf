"""What is asked of a service so that a slot is seen in use."""

from __future__ import annotations

from support.fakes import FakeClock, FakeHost
from support.pki import make_ca
from warifu.adapters.targets.files import FilesTarget
from warifu.domain.estate import IdentitySlot, Service
from warifu.domain.trust.address import Address
from warifu.ports.changes import Fence
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, Ask, Prober
from warifu.ports.targets import IdentityContent
from warifu.workflows.proving import Patience, Site, Standing, prove

LEAF = make_ca("Root").leaf("*.wild.example", "web.example")


class Noting(Prober):
    """Serves the leaf to every name, and notes the names."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def ask(self, ask: Ask, *, via: HostReader) -> Answered:
        self.asked.add(ask.sni)
        return Answered(ask.address, (LEAF.value,))

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        return (Address(host, port),)


def test_every_name_of_a_slot_is_asked_for_as_a_client_would() -> None:
    """Each name, and for a wildcard one beneath it: a star is no name that a client sends."""
    host = FakeHost()
    host.put("/w.crt", LEAF.pem)
    host.put("/w.key", LEAF.key_pem)
    service = Service("web", "n", "files", addresses=(Address("192.0.2.1", 443),))
    slot = IdentitySlot("web/tls", "web", "web", "/w.crt", "/w.key", sni=("*.wild.example", "web.example"))
    prober = Noting()
    site = Site(service, slot, FilesTarget(), host, Fence("/fence", "ours", 1), "/state")
    content = IdentityContent(LEAF.value, (), LEAF.private_key)
    proof = prove(site, content, since={}, prober=prober, clock=FakeClock(), patience=Patience())
    assert {"warifu-probe.wild.example", "web.example"} == prober.asked
    assert Standing.PROVEN is proof.standing
