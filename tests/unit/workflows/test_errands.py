"""Steps that people carry out: made ready, waited for, seen or stated, and overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from support.fakes import FakeClock
from support.pki import NOW, Entity, make_ca
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.domain.estate import (
    ByHand,
    Estate,
    IdentitySlot,
    IdentityValue,
    Node,
    Owner,
    Service,
    TrustSlot,
    TrustValue,
)
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Switch
from warifu.domain.trust.address import Address
from warifu.domain.x509 import read
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, Ask, Prober
from warifu.ports.targets import IdentityContent, TrustContent
from warifu.workflows.apply import Done, Waits
from warifu.workflows.errands import Errands

OWNER = Owner("network", "network@example.org", timedelta(days=7), timedelta(days=1))
BOX = Address("192.0.2.7", 443)


class Serving(Prober):
    """Every address serves one leaf, which a test may change."""

    def __init__(self, leaf: Entity) -> None:
        self.leaf = leaf
        self.asked: set[str] = set()

    def ask(self, ask: Ask, *, via: HostReader) -> Answered:
        self.asked.add(ask.sni)
        return Answered(ask.address, (self.leaf.value,))

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        return (Address(host, port),)


def estate() -> Estate:
    return Estate(
        nodes={"box": Node("box", ByHand("appliance"), owner="network")},
        owners={"network": OWNER},
        services={"console": Service("console", "box", "by-hand", addresses=(BOX,))},
        slots={
            "console/tls": IdentitySlot(
                "console/tls", "console", "console", "records/console.pem", sni=("*.console.example",)
            ),
            "console/roots": TrustSlot("console/roots", "console", "roots", "records/roots.pem"),
        },
    )


def step_of(slot: str, after: IdentityValue | TrustValue) -> Switch:
    return Switch(
        id=f"{slot}#1",
        why="rotation.why-renew",
        kind="switch-identity",
        slot=slot,
        node="box",
        before=(),
        after=after,
    )


def progress_of(step: Switch) -> Progress:
    plan = Plan("p", "e", "", NOW, (), (Wave(1, "switch", ((step,),)),), {}, Proof(1, ()))
    return Progress(plan).record(Event(NOW, Happened.INTENDED, step.id))


@pytest.fixture
def errands(tmp_path: Path) -> Callable[[Prober], Errands]:
    def make(prober: Prober) -> Errands:
        return Errands(
            estate(),
            str(tmp_path / "handover"),
            str(tmp_path),
            LocalFiles(),
            prober,
            {"box": ByHandHost("box", str(tmp_path))},
            FakeClock(),
            Lang.EN,
            {},
        )

    return make


def test_an_identity_counts_only_when_every_address_serves_it(
    errands: Callable[[Prober], Errands], tmp_path: Path
) -> None:
    """Until the wire shows the new leaf the step waits, with the page for its owner; then it is done."""
    old, new = make_ca("Old").leaf("console.example"), make_ca("New").leaf("console.example")
    step = step_of("console/tls", IdentityValue(new.value.fingerprint.hex))
    prober = Serving(old)
    work, content = errands(prober), IdentityContent(new.value, (), new.private_key)
    waits = work.carry(step, content, progress_of(step))
    assert isinstance(waits, Waits)
    assert ("rollout.waiting-for-leaf", "network", str(BOX)) == (
        waits.why,
        waits.values["owner"],
        waits.values["address"],
    )
    folder = Path(waits.values["folder"])
    assert {"warifu-probe.console.example"} == prober.asked
    assert "-servername warifu-probe.console.example" in (folder / "README.md").read_text("utf-8")
    assert 0o700 == folder.stat().st_mode & 0o777
    assert 0o600 == (folder / "key.pem").stat().st_mode & 0o777
    prober.leaf = new
    done = work.carry(step, content, progress_of(step))
    assert isinstance(done, Done)
    assert "handshake" == done.values["witnesses"]
    assert (new.value,) == read((tmp_path / "records/console.pem").read_bytes()).certificates


@pytest.mark.req("X-11")
def test_a_trust_store_waits_for_its_owners_word(
    errands: Callable[[Prober], Errands], tmp_path: Path
) -> None:
    """A run waits for the named owner, goes on when they confirm, and the journal says that it was their word."""
    root = make_ca("Root")
    step = step_of("console/roots", TrustValue((root.value.fingerprint.hex,)))
    work, content = errands(Serving(root)), TrustContent((root.value,))
    before = progress_of(step)
    waits = work.carry(step, content, before)
    assert isinstance(waits, Waits)
    assert ("rollout.waiting-for-owner", "network") == (waits.why, waits.values["owner"])
    said = {"owner": "network", "statement": "imported at 10:02"}
    done = work.carry(step, content, before.record(Event(NOW, Happened.STATEMENT, step.id, values=said)))
    assert isinstance(done, Done)
    assert ("owner", "imported at 10:02") == (done.values["witnesses"], done.values["statement"])
    assert (root.value,) == read((tmp_path / "records/roots.pem").read_bytes()).certificates


def test_a_page_that_was_handed_over_stays_as_it_is(errands: Callable[[Prober], Errands]) -> None:
    """Trying again does not draw a new passphrase or write the files anew."""
    new = make_ca("New").leaf("console.example")
    step = step_of("console/tls", IdentityValue(new.value.fingerprint.hex))
    work, content = (
        errands(Serving(make_ca("Old").leaf("x"))),
        IdentityContent(new.value, (), new.private_key),
    )
    first = work.carry(step, content, progress_of(step))
    assert isinstance(first, Waits)
    page = Path(first.values["folder"]) / "README.md"
    page.write_text("a note of the owner")
    work.carry(step, content, progress_of(step))
    assert "a note of the owner" == page.read_text()
