"""What issuers sent back: one look a round for everybody who waits, one record a request that is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from support.ca import BesideCa, local_ca
from support.fakes import FakeClock
from support.pki import NOW
from support.requests import template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.domain.estate import Estate, IdentitySlot, Local, Node, Service
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.plan import Plan, Proof
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.requests import PendingRequest, RequestState
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate, Request, to_pem
from warifu.ports.changes import Fence
from warifu.ports.issuers import Collected, Issuer
from warifu.workflows.apply import Done, Result, Waits
from warifu.workflows.carry_issue import Issuing
from warifu.workflows.intray import explain
from warifu.workflows.issue import IssueDesk
from warifu.workflows.requests import RequestStore

NAMES = tuple(f"web-{number}" for number in range(12))
PROGRESS = Progress(Plan("p", "e", "", NOW, (), (), {}, Proof(1, ())))


class CountingFiles(LocalFiles):
    """Files of this machine that count what is read and written."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def read(self, path: str, *, waits: bool = True) -> bytes:
        self.counts["read"] += 1
        return super().read(path, waits=waits)

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        self.counts["write"] += 1
        super().write(path, data, mode=mode)

    def since_last(self) -> dict[str, int]:
        """What was counted since this was asked last."""
        counted, self.counts = dict(self.counts), Counter()
        return counted


class CountingIssuer(Issuer):
    """Passes everything on, and keeps how many requests each look was about."""

    def __init__(self, real: Issuer) -> None:
        self.real = real
        self.looks: list[int] = []

    def submit(self, request: Request, template: object, *, now: object) -> None:
        self.real.submit(request, template, now=now)  # type: ignore[arg-type]  # passed on as it came

    def collect(self, requests: tuple[Request, ...]) -> Collected:
        self.looks.append(len(requests))
        return self.real.collect(requests)


@dataclass
class Room:
    """Twelve nodes with one identity each, and an issuer whose looks are counted."""

    folder: Path
    issuer: CountingIssuer
    beside: BesideCa
    files: CountingFiles = field(default_factory=CountingFiles)
    changes: dict[str, object] = field(default_factory=dict)
    chain: tuple[Certificate, ...] = ()

    def __post_init__(self) -> None:
        self.store = RequestStore(self.files, str(self.folder / "requests"))
        self.desk = IssueDesk(
            store=self.store,
            issuers={"ca": self.issuer},
            chains={"ca": self.chain or self.beside.chain},
            keys=OpensslKeys(),
            host=lambda _node: LocalHost(),
            key_folder=lambda node: str(self.folder / f"keys-{node}"),
        )
        self.estate = Estate(
            nodes={name: Node(name, Local()) for name in NAMES},
            services={name: Service(name, name, "nginx") for name in NAMES},
            slots={f"{name}/tls": IdentitySlot(f"{name}/tls", name, name, "/c") for name in NAMES},
        )
        self.issuing = Issuing(self.estate, self.desk, FakeClock(NOW))

    def step(self, name: str) -> Result:
        wanted = template_for(self.beside.issuing, f"{name}.example", identity=name, **self.changes)
        step = Issue(
            id=f"issue:{name}",
            why="rotation.why-renew",
            identity=name,
            node=name,
            slots=(f"{name}/tls",),
            issuer="ca",
            template=wanted,
        )
        fence = Fence(str(self.folder / "fence"), "journal", 1)
        return self.issuing.issue(step, PROGRESS, lambda _node: fence)

    def steps(self, names: Iterable[str] = NAMES) -> list[Result]:
        return [self.step(name) for name in names]

    def of(self, name: str) -> PendingRequest:
        (found,) = self.store.of(name)
        return found


@pytest.fixture
def by_hand(tmp_path: Path) -> Room:
    beside = BesideCa(tmp_path / "hand")
    real = ByHandIssuer("ca", str(tmp_path / "hand"), LocalFiles(), beside.chain)
    return Room(tmp_path, CountingIssuer(real), beside)


@pytest.fixture
def local(tmp_path: Path) -> Room:
    ca, made = local_ca(tmp_path / "ca")
    above = {"issuer_chain": (made.issuing.fingerprint,), "root": made.root.fingerprint}
    return Room(tmp_path, CountingIssuer(ca), BesideCa(tmp_path / "hand"), changes=above, chain=(made.root,))


def test_an_issue_step_costs_the_same_however_many_requests_there_are(local: Room) -> None:
    """The twelfth certificate reads and writes as many records as the second, and asks for itself alone."""
    counted = []
    for name in NAMES:
        assert isinstance(local.step(name), Done)
        counted.append(local.files.since_last())
    assert counted[1] == counted[-1]
    assert [1] * len(NAMES) == local.issuer.looks


def test_everybody_who_waits_shares_one_look_a_round(by_hand: Room) -> None:
    """Twelve that wait: one look at the issuer's answers each time all of them are tried again, and no write."""
    by_hand.steps()
    by_hand.issuer.looks.clear()
    by_hand.files.since_last()
    for _ in range(2):
        assert {Waits} == {type(result) for result in by_hand.steps()}
    assert [len(NAMES)] * 2 == by_hand.issuer.looks
    assert "write" not in by_hand.files.since_last()


def test_a_round_that_finds_nothing_new_writes_nothing(by_hand: Room) -> None:
    """Looking again at the same answers leaves every record as it is: no write, and no reading by the square."""
    by_hand.steps()
    by_hand.beside.answer_all()
    assert {Done} == {type(result) for result in by_hand.steps()}
    by_hand.files.since_last()
    assert {Done} == {type(result) for result in by_hand.steps()}
    counted = by_hand.files.since_last()
    assert "write" not in counted
    assert counted["read"] <= 4 * len(NAMES)


def test_an_answer_that_came_between_two_rounds_is_taken_by_the_next(by_hand: Room) -> None:
    """It belongs to one who was told already: nothing is said of it as if nobody had asked for it."""
    first, second, third = NAMES[:3]
    by_hand.steps((first, second))
    by_hand.steps((first, second))
    by_hand.beside.put("first.pem", to_pem([by_hand.beside.sign(by_hand.of(first).request)]))
    new = by_hand.step(third)
    assert isinstance(new, Waits)
    assert () == new.remarks
    assert RequestState.SUBMITTED is by_hand.of(first).state
    assert isinstance(by_hand.step(first), Done)


def test_a_request_that_the_round_did_not_know_begins_another(by_hand: Room) -> None:
    """A step that was handed over after the round began is not told that nothing came for it."""
    first, second = NAMES[:2]
    by_hand.step(first)
    by_hand.step(first)
    by_hand.step(second)
    by_hand.beside.answer_all()
    assert isinstance(by_hand.step(second), Done)


def test_names_that_begin_alike_are_told_apart(local: Room) -> None:
    """The records of `web-1` are not those of `web-10`, nor of a name that looks like a record's."""
    odd = "web-1-0123456789ab"
    store = local.store
    one = _request(local)
    for digit, name in zip("abcde", ("web-1", "web-10", odd, "web 1", "web_1"), strict=True):
        store.put(replace(one, id=f"{name.replace(' ', '_')}-{digit * 12}", identity=name))
    found = {name: len(store.of(name)) for name in ("web-1", "web-10", odd, "web 1", "web_1", "web")}
    assert {"web-1": 1, "web-10": 1, odd: 1, "web 1": 1, "web_1": 1, "web": 0} == found


def test_a_record_under_another_name_is_found_by_its_id(local: Room) -> None:
    """Somebody renamed the file: what stands in it counts."""
    request = _request(local)
    local.store.put(request)
    place = Path(local.store.folder, f"{request.id}.json")
    place.rename(place.with_name("renamed.json"))
    assert request == local.store.get(request.id)


def test_what_answers_no_record_stays_a_finding(local: Room) -> None:
    """Of an installed request it is named as in use already; of no request at all it stays as the issuer said."""
    request = _request(local)
    key = {"key": request.request.public_key.sha256.hex}
    found = Finding(Code.REQUEST_UNMATCHED, "ab", key)
    installed = replace(request, state=RequestState.INSTALLED)
    assert (found,) == explain((found,), ())
    assert () == explain((found,), (request,))
    assert [Code.REQUEST_ALREADY_INSTALLED] == [f.code for f in explain((found,), (installed,))]


def _request(room: Room) -> PendingRequest:
    room.step("web-0")
    request = room.of("web-0")
    Path(room.store.folder, f"{request.id}.json").unlink()
    return replace(request, state=RequestState.SUBMITTED)
