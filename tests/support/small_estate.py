"""The small estate of `estate_texts`, alive on fakes: a web service, its client, two authorities."""

from __future__ import annotations

from dataclasses import dataclass, field

from support.estate_texts import SMALL, estate_of
from support.fakes import FakeClock, FakeHost, FakeProber, FakeService, FakeTarget
from support.pki import CLIENT, Entity, make_ca
from warifu.domain.estate import Estate, Observed
from warifu.domain.trust.address import Address
from warifu.workflows.observe import observe

HERE = Address("127.0.0.1", 8443)


@dataclass
class SmallWorld:
    """Files, a running service, and ways to look at them."""

    estate: Estate = field(default_factory=lambda: estate_of(SMALL))
    root: Entity = field(default_factory=lambda: make_ca("Root"))
    client_root: Entity = field(default_factory=lambda: make_ca("Client Root"))

    def __post_init__(self) -> None:
        self.host = FakeHost()
        self.web = self.root.intermediate("Mid").leaf("web.example")
        self.app = self.client_root.leaf("app.example", purposes=CLIENT)
        self.put("/web", self.web)
        self.put("/app", self.app)
        self.host.put("/up.pem", self.root.pem)
        self.host.put("/clients.pem", self.client_root.pem)
        self.service = FakeService(self.host, HERE, "/web.crt", "/web.key", "/clients.pem")
        self.prober = FakeProber(self.service)
        self.target = FakeTarget()
        self.clock = FakeClock()

    def put(self, stem: str, entity: Entity) -> None:
        self.host.put(f"{stem}.crt", entity.fullchain_pem)
        self.host.put(f"{stem}.key", entity.key_pem, mode=0o600)

    def look(self, **options: object) -> Observed:
        everything: dict[str, object] = {
            "hosts": {"n": self.host},
            "targets": {"files": self.target},
            "prober": self.prober,
            "clock": self.clock,
            **options,
        }
        return observe(self.estate, **everything)  # type: ignore[arg-type]
