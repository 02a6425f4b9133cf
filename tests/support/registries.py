"""A server's database and everything its desks need, in a test's folder: real SQLite, real keys, a clock by hand.

desk = server_desks(tmp_path)
desk.trust.publish(ADA, "shop", wish, now=NOW)
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from support.pki import NOW, Key
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.issuers.control_ca import ControlCa
from warifu.adapters.passwords.argon2 import Argon2Passwords, Cost
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError
from warifu.ports.bundles import BundleSigner
from warifu.workflows.acting import Actor
from warifu.workflows.control_ca import ControlDesk
from warifu.workflows.join_desk import JoinDesk
from warifu.workflows.people_desk import PeopleDesk
from warifu.workflows.plan_desk import PlanDesk
from warifu.workflows.server_setup import Fresh, Makers, set_up
from warifu.workflows.trust_desk import TrustDesk

ADA = Actor("ada", frozenset({Role.TRUST_ADMINISTRATOR}))
BEN = Actor("ben", frozenset({Role.APPROVER}))
HUGO = Actor("hugo", frozenset({Role.HOST_ADMINISTRATOR}))
VERA = Actor("vera", frozenset({Role.VIEWER}))
CHEAP = Cost(1, 64, 1)
SERVERS = ("https://warifu.example:8443",)


@dataclass
class Desks:
    """One server without its network."""

    folder: Path
    seed: int = 7
    signer: BundleSigner = field(init=False)
    registry: DatabaseRegistry = field(init=False)

    def __post_init__(self) -> None:
        self.registry = DatabaseRegistry.open(str(self.folder / "warifu.sqlite"))
        self.signer = TufSigner(str(self.folder / "keys"))
        self.chance: Callable[[int], bytes] = random.Random(self.seed).randbytes
        self.ca = ControlCa(str(self.folder / "keys"))
        self.passwords = Argon2Passwords(CHEAP)

    @property
    def trust(self) -> TrustDesk:
        return TrustDesk(self.registry, self.signer)

    @property
    def plans(self) -> PlanDesk:
        return PlanDesk(self.registry)

    @property
    def people(self) -> PeopleDesk:
        return PeopleDesk(self.registry, self.passwords, self.chance)

    @property
    def join(self) -> JoinDesk:
        return JoinDesk(self.registry, self.signer, self.ca, self.chance)

    @property
    def control(self) -> ControlDesk:
        return ControlDesk(self.registry, self.signer, self.ca, self.ca)

    @property
    def makers(self) -> Makers:
        return Makers(self.signer, self.ca, self.ca)

    def let_in(self, fingerprint: Sha256, *, now: datetime) -> str:
        """Ask for one node to be let in; what is wrong with it is raised."""
        (found,) = self.join.let_in([fingerprint], now=now)
        if isinstance(found, RefusedError):
            raise found
        return found

    def set_up(self, *, now: datetime = NOW) -> Fresh:
        return set_up(
            self.registry, self.makers, ["warifu.example", "192.0.2.7"], chance=self.chance, now=now
        )


def make_request(key: Key, name: str = "whatever") -> bytes:
    """A request as a node makes it, DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.DER)
