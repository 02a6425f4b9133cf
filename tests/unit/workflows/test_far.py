"""Steps and looks that nodes carry out for themselves."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from support.crew import crew_in
from support.estate_texts import SMALL, estate_of
from support.far_desk import LEASE, FarDesk, an_agent
from support.pki import NOW, make_ca
from support.requests import template_for
from support.stopping import Killed, StoppingHost
from warifu.adapters.hosts.local import LocalHost
from warifu.domain.estate import Estate, Observed, TrustValue
from warifu.domain.findings import Code
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Switch
from warifu.errors import RefusedError, WaitingError
from warifu.ports.changes import Fence
from warifu.ports.far import Wanted
from warifu.ports.targets import TrustContent
from warifu.wire.agent import OrderKind
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness
from warifu.wire.far import KeyMade, KeyWanted, Tidy, from_body, to_body
from warifu.workflows.apply import Done, Look, Stopped, Waits
from warifu.workflows.carry import CarryingHands
from warifu.workflows.far import FarHands, FarSight, make_far_key
from warifu.workflows.server_hands import JudgingHands

if TYPE_CHECKING:
    from warifu.workflows.node_evidence import NodeEvidence

OLD, NEW = make_ca("Old"), make_ca("New")
BEFORE = TrustValue((OLD.value.fingerprint.hex,))
AFTER = TrustValue((*BEFORE.anchors, NEW.value.fingerprint.hex))
STEP = Switch("app/up#1", "x", "add-anchor", "app/up", "n", (BEFORE,), AFTER)
TEMPLATE = template_for(make_ca("Issuer"))
MOST = 40  # operations: no step has as many
HELD = {one.value.fingerprint.hex: base64.b64encode(one.value.der).decode() for one in (OLD, NEW)}
PLAN = Plan(
    "p", "e", "", NOW, (), (Wave(1, "trust", ((STEP,),)),), {"app/up": (BEFORE,)}, Proof(1, ()),
    certificates=HELD,
)  # fmt: skip


class Place:
    """One node with an agent, whose trust store is a real file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "up.pem"
        self.file.write_bytes(OLD.pem)
        text = SMALL.replace("[nodes.n]", '[nodes.n]\nreach = "agent"').replace("/up.pem", str(self.file))
        self.estate = estate_of(text)
        self.far = an_agent("n", folder)
        self.desk = FarDesk({"n": self.far})
        self.progress = Progress(PLAN).record(Event(NOW, Happened.INTENDED, STEP.id))
        near = CarryingHands(self.estate, "r", crew_in(folder))
        self.hands = FarHands(self.estate, "r", "digest", near, self.desk, lambda: ())

    def fence(self, _node: str) -> Fence:
        raise AssertionError("an agent has a fence of its own")

    def look_near(self, estate: Estate, slots: frozenset[str]) -> Observed:
        assert {} == dict(estate.slots)
        return Observed(NOW, {})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_step_is_looked_at_and_carried_out_where_it_belongs(place: Place) -> None:
    """The files change by the agent's own hand; what it cannot witness waits for an owner's word."""
    assert Look.BEFORE is place.hands.look(STEP, place.progress).look
    result = place.hands.do(STEP, place.progress, place.fence)
    assert isinstance(result, Waits)
    assert OLD.pem + NEW.pem == place.file.read_bytes().replace(b"\r", b"")
    assert Look.AFTER is place.hands.look(STEP, place.progress).look
    assert '"journal"' in (place.folder / "fence.json").read_text()


def test_what_an_owner_said_reaches_the_node(place: Place) -> None:
    """Then the step is done, with what the node itself saw, signed."""
    place.hands.do(STEP, place.progress, place.fence)
    events = (
        Event(NOW, Happened.INTENDED, STEP.id),
        Event(NOW, Happened.WAITING, STEP.id, values={"why": "rollout.waiting-for-witness"}),
        Event(NOW, Happened.STATEMENT, STEP.id, values={"owner": "anna", "statement": "restarted"}),
    )
    hands = replace(place.hands, events=lambda: events)
    result = hands.prove(STEP, place.progress, place.fence)
    assert isinstance(result, Done)
    assert "restarted" == result.values["statement"]
    assert result.evidence
    assert all(one.signature for one in result.evidence)


def test_a_node_that_is_away_holds_up_its_step_by_name(place: Place) -> None:
    """It is waited for: nothing counts as done."""
    place.far.away = True
    with pytest.raises(WaitingError, match=r"orders\.node-away") as told:
        place.hands.look(STEP, place.progress)
    assert "n" == told.value.values["node"]


def test_what_a_node_refuses_is_refused_here(place: Place) -> None:
    """With its own reason: the certificate of the plan is not at hand."""
    empty = replace(PLAN, certificates={})
    hands = replace(place.hands, events=lambda: (Event(NOW, Happened.INTENDED, STEP.id),))
    result = hands.do(STEP, Progress(empty), place.fence)
    assert isinstance(result, Stopped)
    assert [Code.NOT_SEEN] == [finding.code for finding in result.findings]


def test_a_target_that_somebody_else_changed_is_left_alone(place: Place) -> None:
    """Even where it changed after the look: the node looks again before it carries out."""
    place.file.write_bytes(NEW.pem)
    assert Look.NEITHER is place.hands.look(STEP, place.progress).look
    with pytest.raises(RefusedError, match=r"rollout\.target-changed"):
        place.hands.do(STEP, place.progress, place.fence)
    assert NEW.pem == place.file.read_bytes()


def killed(*_given: object) -> NoReturn:
    raise Killed


def test_killed_at_each_operation_an_order_given_again_is_carried_out(tmp_path: Path) -> None:
    """Before each one, and after the last one before the answer is kept: the step ends as if nothing had been."""
    for number in range(MOST):
        (folder := tmp_path / str(number)).mkdir()
        place = Place(folder)
        killing = StoppingHost(LocalHost(), after=number, kill=True)
        place.far.machine.append(killing)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(place.far.obedience.book, "end_order", killed)
            with pytest.raises(Killed):
                place.hands.do(STEP, place.progress, place.fence)
        place.far.machine.append(LocalHost())
        answer = place.desk.deliver(place.desk.given[-1])
        assert "" == answer.error, (number, answer)
        assert "rollout.waiting-for-witness" == answer.result["why"]
        assert OLD.pem + NEW.pem == place.file.read_bytes().replace(b"\r", b"")
        if not killing.stopped:
            break
    assert 3 < number < MOST - 1


def test_an_order_is_obeyed_once(place: Place) -> None:
    """Delivered again, the same answer comes, and the files are not touched."""
    place.hands.do(STEP, place.progress, place.fence)
    order = place.desk.given[-1]
    place.file.unlink()
    place.file.write_bytes(OLD.pem)
    assert place.desk.deliver(order) == place.desk.deliver(order)
    assert OLD.pem == place.file.read_bytes()


def test_an_overtaken_driver_moves_nothing(place: Place) -> None:
    """A lower epoch, and an order older than its driver's lease, are refused by the node itself."""
    place.desk.epoch = 3
    place.hands.look(STEP, place.progress)
    place.desk.epoch = 2
    with pytest.raises(RefusedError, match=r"agent\.epoch-lower"):
        place.hands.do(STEP, place.progress, place.fence)
    place.desk.epoch = 3
    place.far.clock.instant = NOW + LEASE + timedelta(seconds=1)
    with pytest.raises(RefusedError, match=r"agent\.order-late"):
        place.hands.do(STEP, place.progress, place.fence)
    assert OLD.pem == place.file.read_bytes()


def test_an_order_for_another_node_is_not_obeyed(place: Place) -> None:
    """Whatever way it came."""
    place.hands.look(STEP, place.progress)
    order = replace(place.desk.given[-1], id="x", node="other")
    place.desk.nodes = {"n": place.far, "other": place.far}
    assert "agent.order-not-ours" == place.desk.deliver(order).error


def test_a_node_looks_at_its_own_slots(place: Place) -> None:
    """What it saw comes back as values and certificates; who is away is a finding, and its slots are not there."""
    sight = FarSight(place.estate, place.look_near, place.desk)
    seen = sight.look({"app/up"})
    assert BEFORE == seen.slots["app/up"].on_disk
    assert OLD.value in seen.certificates.values()
    place.far.away = True
    blind = sight.look({"app/up"})
    assert {} == dict(blind.slots)
    assert [(Code.NOT_SEEN, "n")] == [(one.code, one.subject) for one in blind.findings]


def test_a_key_is_made_where_it_lives_and_its_request_alone_travels(place: Place) -> None:
    """Until the rollout is over and the key is installed."""
    wanted = Wanted("n", OrderKind.MAKE_KEY, "r", "digest")
    request, path = make_far_key(place.desk, wanted, "web.key", TEMPLATE)
    assert str(place.folder / "keys" / "web.key") == path
    assert 0o600 == Path(path).stat().st_mode & 0o777
    assert "PRIVATE KEY" not in str(place.desk.given)
    assert request.public_key.algorithm
    for unfit in ("../x", "", "a/b"):
        with pytest.raises(RefusedError, match=r"agent\.key-name-unfit"):
            make_far_key(place.desk, wanted, unfit, TEMPLATE)
    tidy = to_body(Tidy("r", (path, str(place.file))))
    place.desk.ask((Wanted("n", OrderKind.RELEASE, "r", "digest", body=tidy),))
    assert not Path(path).exists()
    assert place.file.exists()
    assert from_body(KeyMade, to_body(KeyMade("p", "r"))) == KeyMade("p", "r")
    assert KeyWanted("k", TEMPLATE) == from_body(KeyWanted, to_body(KeyWanted("k", TEMPLATE)))


@pytest.mark.parametrize(
    ("seen", "is_done"),
    [((Outcome.YES, Outcome.YES), True), ((Outcome.YES, Outcome.NO), False), ((), False)],
)
def test_what_a_node_cannot_witness_the_server_shows_it(
    place: Place, seen: tuple[Outcome, ...], *, is_done: bool
) -> None:
    """By sentinels: every one has to be let in as it should; whoever is shown none waits for the owner's word."""
    asked: list[TrustContent] = []

    def show(content: TrustContent) -> tuple[Evidence, ...]:
        asked.append(content)
        return tuple(Evidence("app/up", Stage.PROVEN, one, Witness.HANDSHAKE, NOW) for one in seen)

    def content(_step: object, _progress: object) -> TrustContent:
        return TrustContent((OLD.value, NEW.value))

    nobody = cast("NodeEvidence", None)
    clock = place.far.clock
    judging = JudgingHands(place.hands, nobody, clock, lambda _node: timedelta(), {"app/up": show}, content)
    result = judging.do(STEP, place.progress, place.fence)
    assert [TrustContent((OLD.value, NEW.value))] == asked
    assert is_done is isinstance(result, Done)
    assert is_done is not isinstance(result, Waits)
    if isinstance(result, Done):
        assert ("sentinel", "2") == (result.values["witnesses"], result.values["handshakes"])
        assert ",".join(AFTER.anchors) == result.values["fingerprints"]
        assert seen == tuple(one.outcome for one in result.evidence)
    blind = replace(judging, content=lambda _step, _progress: None)
    assert isinstance(blind.prove(STEP, place.progress, place.fence), Waits)
