"""An Issue step from key to certificate, stopped anywhere and run again."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.ca import BesideCa, local_ca
from support.fakes import FakeClock
from support.pki import NOW, Entity, make_ca
from support.requests import request_for, template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.domain.estate import (
    ByHand,
    Estate,
    IdentitySlot,
    IdentityValue,
    Local,
    Node,
    Reach,
    Service,
    TrustValue,
)
from warifu.domain.findings import Code, Severity
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.requests import PendingRequest, RequestState
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate, PrivateKey, Request, to_pem
from warifu.errors import CouldNotLookError, RefusedError, UsageError, WaitingError
from warifu.ports.changes import Fence
from warifu.ports.files import Files
from warifu.ports.issuers import Collected, Issued, Issuer
from warifu.workflows.apply import Done, Stopped, Waits
from warifu.workflows.carry_issue import Issuing
from warifu.workflows.issue import HERE, Arrived, IssueDesk, issue_certificate, key_node
from warifu.workflows.requests import (
    Delivered,
    RequestStore,
    accept_request_losses,
    deliver,
    discard_request,
    mark_installed,
)

LATER = NOW + timedelta(days=14)


def _estate(*nodes: str, reach: Reach | None = None) -> Estate:
    return Estate(
        nodes={name: Node(name, reach or Local()) for name in nodes},
        services={f"web-{name}": Service(f"web-{name}", name, "nginx") for name in nodes},
        slots={
            f"web-{name}/tls": IdentitySlot(f"web-{name}/tls", f"web-{name}", "web", "/c") for name in nodes
        },
    )


def _step(issuing: Entity, *nodes: str, **changes: object) -> Issue:
    return Issue(
        id="1",
        why="rotation.why-renew",
        identity="web",
        node=nodes[0],
        slots=tuple(f"web-{name}/tls" for name in nodes),
        issuer="hand",
        template=template_for(issuing, "web.example", **changes),
    )


@dataclass
class Room:
    """A by-hand CA, keys made by the real openssl, and the records."""

    folder: Path
    beside: BesideCa
    desk: IssueDesk
    estate: Estate

    @property
    def store(self) -> RequestStore:
        return self.desk.store

    def issue(self, *nodes: str, at: timedelta = timedelta(0), **changes: object) -> Arrived:
        step = _step(self.beside.issuing, *(nodes or ("n1",)), **changes)
        return issue_certificate(step, self.estate, self.desk, self.fence, now=NOW + at)

    def fence(self, node: str) -> Fence:
        return Fence(str(self.folder / f"fence-{node}"), "journal", 1)

    def waits(self, *nodes: str, at: timedelta = timedelta(0), **changes: object) -> PendingRequest:
        with pytest.raises(WaitingError) as waiting:
            self.issue(*nodes, at=at, **changes)
        assert "rotation.waiting-for-certificate" == waiting.value.code
        return self.store.get(str(waiting.value.values["request"]))

    def deliver(self, *certificates: Certificate, at: timedelta = timedelta(0)) -> Delivered:
        place = self.folder / "mail.pem"
        place.write_bytes(to_pem(certificates))
        chains = {"hand": self.beside.chain}
        return deliver(self.store, LocalFiles(), [str(place)], chains, now=NOW + at)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    beside = BesideCa(tmp_path / "hand")
    issuer = ByHandIssuer("hand", str(tmp_path / "hand"), LocalFiles(), beside.chain)
    desk = IssueDesk(
        store=RequestStore(LocalFiles(), str(tmp_path / ".warifu" / "requests")),
        issuers={"hand": issuer},
        chains={"hand": beside.chain},
        keys=OpensslKeys(),
        host=lambda _node: LocalHost(),
        key_folder=lambda node: str(tmp_path / (f"keys-{node}" if node else "keys-here")),
    )
    return Room(tmp_path, beside, desk, _estate("n1", "n2"))


def test_it_waits_with_its_request_at_the_ca_and_goes_on_weeks_later(room: Room) -> None:
    """First run: key, request, submitted, waiting. Later runs ask for nothing new. Then the certificate."""
    request = room.waits()
    assert RequestState.SUBMITTED is request.state
    assert request == room.waits(at=timedelta(days=7))
    assert 1 == len(list((room.folder / "hand" / "out").glob("*.csr")))
    room.beside.answer_all()
    arrived = room.issue(at=timedelta(days=14))
    key = PrivateKey.load_pem(Path(arrived.key_path).read_bytes())
    assert arrived.leaf.public_key is not None
    assert key.public_key.sha256 == arrived.leaf.public_key.sha256
    assert ("n1", room.beside.chain[:1]) == (arrived.node, arrived.chain)
    assert ((), False) == (arrived.findings, arrived.needs_approval)
    assert RequestState.ISSUED is room.store.get(request.id).state


def test_a_local_ca_answers_in_the_same_run(room: Room, tmp_path: Path) -> None:
    """Nothing to wait for; running the step again gives the same certificate, also once it is installed."""
    ca, made = local_ca(tmp_path / "ca")
    desk = replace(room.desk, issuers={"hand": ca}, chains={"hand": (made.issuing, made.root)})
    above = (made.issuing.fingerprint,)
    step = _step(room.beside.issuing, "n1", issuer_chain=above, root=made.root.fingerprint)
    first = issue_certificate(step, room.estate, desk, room.fence, now=NOW)
    assert () == first.findings
    assert first == issue_certificate(step, room.estate, desk, room.fence, now=LATER)
    mark_installed(room.store, first.request, now=LATER)
    assert first == issue_certificate(step, room.estate, desk, room.fence, now=LATER)
    assert 1 == len(room.store.all())


class _Stopping(Files):
    """Files that stop the program before or after the n-th write."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.real = LocalFiles()
        self.left = at
        self.after = after

    def read(self, path: str, *, waits: bool = True) -> bytes:
        return self.real.read(path, waits=waits)

    def names(self, folder: str) -> tuple[str, ...]:
        return self.real.names(folder)

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise KeyboardInterrupt
        self.real.write(path, data, mode=mode)
        if self.left == 0:
            raise KeyboardInterrupt

    def is_folder(self, path: str) -> bool:
        return self.real.is_folder(path)

    def exists(self, path: str) -> bool:
        return self.real.exists(path)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_stopped_at_any_write_it_goes_on_with_the_same_key(room: Room, at: int, *, after: bool) -> None:
    """One key, one request at the CA, one certificate: whatever was written when it stopped."""
    files = _Stopping(at, after=after)
    issuer = ByHandIssuer("hand", str(room.beside.folder), files, room.beside.chain)
    store = RequestStore(files, room.store.folder)
    stopping = replace(room.desk, issuers={"hand": issuer}, store=store)
    step = _step(room.beside.issuing, "n1")
    with pytest.raises(KeyboardInterrupt):
        issue_certificate(step, room.estate, stopping, room.fence, now=NOW)
    room.waits()
    room.beside.answer_all()
    arrived = room.issue()
    assert 1 == len(list((room.folder / "keys-n1").iterdir()))
    assert 1 == len(room.store.all())
    key = PrivateKey.load_pem(Path(arrived.key_path).read_bytes())
    assert arrived.leaf.public_key is not None
    assert key.public_key.sha256 == arrived.leaf.public_key.sha256


def test_bytes_that_differ_need_approval(room: Room) -> None:
    """A CA that changed the names: it arrived, the difference is named, and a person decides."""
    request = room.waits()
    room.beside.put(
        "x.pem",
        to_pem([room.beside.issuing.leaf("other.example", public=request.request.parsed.public_key()).value]),
    )
    arrived = room.issue()
    assert arrived.needs_approval
    assert Code.ISSUED_NAMES_DIFFER in {finding.code for finding in arrived.findings}


def test_a_corrected_certificate_takes_the_place_of_a_wrong_one(room: Room) -> None:
    """What was issued and not installed is replaced by what the CA sends next."""
    request = room.waits()
    public = request.request.parsed.public_key()
    wrong = room.beside.issuing.leaf("other.example", public=public, start=NOW - timedelta(days=1)).value
    room.beside.put("wrong.pem", to_pem([wrong]))
    assert wrong == room.issue().leaf
    room.beside.answer_all()
    assert not room.issue().needs_approval


class _Lying(Issuer):
    """An issuer that answers every request with one certificate, whatever its key."""

    def __init__(self, leaf: Certificate) -> None:
        self.leaf = leaf

    def submit(self, request: Request, template: object, *, now: object) -> None:
        """Take it."""

    def collect(self, requests: tuple[Request, ...]) -> Collected:
        return Collected(tuple(Issued(request, self.leaf, ()) for request in requests))


@pytest.mark.req("S4-13")
def test_a_certificate_from_another_request_is_refused_before_install(room: Room) -> None:
    """An issuer that mixes answers up: key of this target not matched, and nothing is recorded."""
    other = room.beside.sign(request_for(template_for(room.beside.issuing)).request)
    desk = replace(room.desk, issuers={"hand": _Lying(other)})
    with pytest.raises(RefusedError) as refused:
        issue_certificate(_step(room.beside.issuing, "n1"), room.estate, desk, room.fence, now=NOW)
    assert "issue.key-not-matched" == refused.value.code
    assert [(RequestState.SUBMITTED, None)] == [(r.state, r.leaf) for r in room.store.all()]


@pytest.mark.req("S3-15")
@pytest.mark.parametrize("way", ["deliver", "in-folder"])
def test_a_certificate_for_a_discarded_request_is_not_taken(room: Room, way: str) -> None:
    """No matching key; the request was discarded on ...; the record stays as it was, the step waits on."""
    request = room.waits()
    leaf = room.beside.sign(request.request)
    void = discard_request(room.store, request.id, confirmed=request.id, now=LATER)
    if way == "deliver":
        found = room.deliver(leaf)
        findings = found.findings
        assert () == found.accepted
    else:
        room.beside.put("late.pem", to_pem([leaf]))
        successor = room.waits()
        room.beside.put("good.pem", to_pem([room.beside.sign(successor.request)]))
        arrived = room.issue()
        assert not arrived.needs_approval
        findings = arrived.findings
        assert successor.key_path != request.key_path
    assert [(Code.REQUEST_VOID, Severity.ERROR)] == [(f.code, f.severity) for f in findings]
    assert (request.id, LATER) == (findings[0].evidence["request"], findings[0].evidence["voided"])
    assert void == room.store.get(request.id)


def test_a_delivery_matches_by_key_and_says_what_is_left(room: Room) -> None:
    """Files by mail instead of the folder: the request has its certificate, the stranger is named."""
    request = room.waits()
    stranger = make_ca("X").leaf("web.example").value
    found = room.deliver(stranger, room.beside.sign(request.request))
    assert [request.id] == [one.id for one in found.accepted]
    assert [Code.REQUEST_UNMATCHED] == [f.code for f in found.findings]
    assert not room.issue().needs_approval


def test_an_installed_request_takes_no_other_certificate(room: Room) -> None:
    """What is in use changes by a plan, not by a delivery."""
    request = room.waits()
    leaf = room.beside.sign(request.request)
    room.deliver(leaf)
    installed = mark_installed(room.store, request.id, now=LATER)
    later = room.beside.issuing.leaf(
        "web.example", public=request.request.parsed.public_key(), start=NOW + timedelta(days=1)
    ).value
    found = room.deliver(later, at=timedelta(days=15))
    assert [Code.REQUEST_ALREADY_INSTALLED] == [f.code for f in found.findings]
    assert installed == room.store.get(request.id)


def test_a_plan_made_again_waits_for_the_same_answer(room: Room) -> None:
    """The request at the CA serves the second plan too: no second one is sent."""
    first = room.waits()
    assert first == room.waits(not_before=LATER)
    assert 1 == len(room.store.all())


@pytest.mark.parametrize(
    ("nodes", "reach", "where"),
    [(("n1",), None, "n1"), (("n1", "n2"), None, HERE), (("n1",), ByHand("appliance"), HERE)],
)
def test_a_key_is_made_where_it_is_used_or_travels_by_name(
    room: Room, nodes: tuple[str, ...], reach: Reach | None, where: str
) -> None:
    """One node: there. Several, or one served by hand: here, and the finding says to where it travels."""
    room.estate = _estate("n1", "n2", reach=reach)
    assert where == key_node(_step(room.beside.issuing, *nodes), room.estate)
    room.waits(*nodes)
    room.beside.answer_all()
    arrived = room.issue(*nodes)
    travels = [f.evidence["nodes"] for f in arrived.findings if f.code is Code.KEY_TRAVELS]
    assert ([list(nodes)] if where == HERE else []) == travels
    assert str(room.folder / (f"keys-{where}" if where else "keys-here")) == str(
        Path(arrived.key_path).parent
    )
    assert not arrived.needs_approval


def test_an_issuer_the_estate_has_not_is_a_usage_error(room: Room) -> None:
    """It is told before any key is made."""
    desk = replace(room.desk, issuers={})
    with pytest.raises(UsageError) as wrong:
        issue_certificate(_step(room.beside.issuing, "n1"), room.estate, desk, room.fence, now=NOW)
    assert "issue.unknown-issuer" == wrong.value.code
    assert not (room.folder / "keys-n1").exists()


def test_a_record_that_is_none_is_told_with_its_path(room: Room) -> None:
    """A file somebody edited stops with its name: no request is overlooked in silence."""
    request = room.waits()
    place = Path(room.store.folder, f"{request.id}.json")
    place.write_text(place.read_text().replace('"submitted"', '"sent"'))
    with pytest.raises(CouldNotLookError) as failed:
        room.store.all()
    assert str(place) == failed.value.values["path"]


def test_what_is_no_certificate_among_the_answers_is_told_once_while_it_waits(room: Room) -> None:
    """Garbage and an empty file are named during the rollout, and not again at each look at the folder."""
    clock = FakeClock(NOW)
    issuing = Issuing(room.estate, room.desk, clock)
    step = _step(room.beside.issuing, "n1")
    plan = Plan("p", "e", "", NOW, (), (Wave(1, "prepare", ((step,),)),), {}, Proof(1, ()))
    room.waits()
    folder = room.folder / "hand" / "in"
    folder.mkdir(exist_ok=True)
    (folder / "answer.txt").write_bytes(b"please find attached")
    (folder / "empty.cer").write_bytes(b"")
    first = issuing.issue(step, Progress(plan), room.fence)
    second = issuing.issue(step, Progress(plan), room.fence)
    assert isinstance(first, Waits)
    assert isinstance(second, Waits)
    assert ("rotation.waiting-for-certificate", ()) == (second.why, second.remarks)
    told = {Path(one.subject).name: one.code for one in first.remarks}
    assert {"answer.txt": Code.UNREADABLE, "empty.cer": Code.NOTHING_READ} == told
    room.beside.answer_all()
    (folder / "late.cer").write_bytes(b"\x30")
    done = issuing.issue(step, Progress(plan), room.fence)
    assert isinstance(done, Done)
    assert ["late.cer"] == [Path(one.subject).name for one in done.remarks]


@pytest.mark.req("S3-04", "S3-07")
def test_a_name_of_the_certificate_in_use_that_nobody_asked_for_again_needs_approval(room: Room) -> None:
    """It is kept with the request: a later look compares with it, whatever is in use by then."""
    old = room.beside.issuing.leaf("web.example", "www.example").value
    step = _step(room.beside.issuing, "n1")
    with pytest.raises(WaitingError):
        issue_certificate(step, room.estate, room.desk, room.fence, now=NOW, present=(old,))
    assert [(old,)] == [request.previous for request in room.store.all()]
    room.beside.answer_all()
    other = room.beside.issuing.leaf("web.example").value
    arrived = issue_certificate(step, room.estate, room.desk, room.fence, now=NOW, present=(other,))
    (lost,) = arrived.differences
    assert (Code.RENEWAL_NAMES_LOST, ("DNS:www.example",), True) == (
        lost.code,
        lost.evidence["missing"],
        arrived.needs_approval,
    )


@pytest.mark.parametrize(
    ("names", "stops"), [(("web.example", "www.example"), True), (("web.example",), False)]
)
def test_a_rollout_compares_with_what_its_plan_found_in_use(
    room: Room,
    names: tuple[str, ...],
    stops: bool,
) -> None:
    """A name that is lost stops the step before anything is loaded; where nothing is lost it goes on."""
    old = room.beside.issuing.leaf(*names).value
    step = _step(room.beside.issuing, "n1")
    slot = step.slots[0]
    basis = {slot: (IdentityValue(old.fingerprint.hex), TrustValue(()), IdentityValue("unknown"))}
    known = {old.fingerprint.hex: base64.b64encode(old.der).decode()}
    waves = (Wave(1, "prepare", ((step,),)),)
    plan = Plan("p", "e", "", NOW, (), waves, basis, Proof(1, ()), certificates=known)
    issuing = Issuing(room.estate, room.desk, FakeClock(NOW))
    assert isinstance(issuing.issue(step, Progress(plan), room.fence), Waits)
    room.beside.answer_all()
    result = issuing.issue(step, Progress(plan), room.fence)
    assert isinstance(result, Stopped if stops else Done)
    if isinstance(result, Stopped):
        assert [Code.RENEWAL_NAMES_LOST] == [one.code for one in result.findings]
        (request,) = room.store.all()
        assert {"why": "rollout.losses-open", "request": request.id, "losses": "DNS:www.example"} == dict(
            result.values
        )
        accept_request_losses(room.store, request.id, ["www.example"], by="Ito", reason="gone", now=NOW)
        done = issuing.issue(step, Progress(plan), room.fence)
        assert isinstance(done, Done)
        assert ("DNS:www.example", "Ito") == (done.values["accepted"], done.values["by"])
        assert [Code.RENEWAL_LOSS_ACCEPTED] == [one.code for one in done.remarks]


def test_a_lesser_difference_is_told_when_the_step_is_done(room: Room) -> None:
    """A shorter validity stops nothing, and is not kept to ourselves."""
    step = _step(room.beside.issuing, "n1", lifetime=timedelta(days=200))
    plan = Plan("p", "e", "", NOW, (), (Wave(1, "prepare", ((step,),)),), {}, Proof(1, ()))
    issuing = Issuing(room.estate, room.desk, FakeClock(NOW))
    issuing.issue(step, Progress(plan), room.fence)
    room.beside.answer_all()
    done = issuing.issue(step, Progress(plan), room.fence)
    assert isinstance(done, Done)
    assert [Code.ISSUED_VALIDITY_DIFFERS] == [one.code for one in done.remarks]
