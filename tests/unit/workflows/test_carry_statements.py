"""A slot on a node of ours that nobody can see in use counts once its owner has said so, and not before."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from support.crew import crew_in
from support.estate_texts import SMALL, estate_of
from support.pki import NOW, make_ca
from warifu.domain.estate import TrustValue
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Switch
from warifu.ports.changes import Fence
from warifu.workflows.apply import Done, Look, Result, Waits
from warifu.workflows.carry import CarryingHands

OLD, NEW = make_ca("Old"), make_ca("New")
BEFORE = TrustValue((OLD.value.fingerprint.hex,))
AFTER = TrustValue((*BEFORE.anchors, NEW.value.fingerprint.hex))
STEP = Switch(
    id="app/up#1", why="x", kind="add-anchor", slot="app/up", node="n", before=(BEFORE,), after=AFTER
)
HELD = {one.value.fingerprint.hex: base64.b64encode(one.value.der).decode() for one in (OLD, NEW)}
PLAN = Plan(
    "p", "e", "", NOW, (), (Wave(1, "trust", ((STEP,),)),), {"app/up": (BEFORE,)}, Proof(1, ()),
    certificates=HELD,
)  # fmt: skip
SAID = {"owner": "anna", "statement": "restarted on Monday"}


class Place:
    """The step's slot in a file of its own, and hands that reach it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "up.pem"
        self.file.write_bytes(OLD.pem)
        self.progress = Progress(PLAN).record(Event(NOW, Happened.INTENDED, STEP.id))
        self.hands = CarryingHands(estate_of(SMALL.replace("/up.pem", str(self.file))), "r", crew_in(folder))

    def fence(self, _node: str) -> Fence:
        return Fence(str(self.folder / "fence"), "journal", 1)

    def attempt(self) -> Result:
        """Look, then do or prove, as the driver does, and take a wait into the state."""
        look = self.hands.look(STEP, self.progress).look
        act = self.hands.do if look is Look.BEFORE else self.hands.prove
        result = act(STEP, self.progress, self.fence)
        if isinstance(result, Waits):
            self.record(Happened.WAITING, {"why": result.why, **result.values})
        return result

    def record(self, kind: Happened, values: dict[str, str]) -> None:
        self.progress = self.progress.record(Event(NOW, kind, STEP.id, values=values))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_a_witness_the_step_waits_for_its_owners_word(place: Place) -> None:
    """It lies on disk and waits, however often it is tried; then the recorded statement proves it, by name."""
    for _ in range(2):
        waits = place.attempt()
        assert isinstance(waits, Waits)
        assert "rollout.waiting-for-witness" == waits.why
    assert OLD.pem + NEW.pem == place.file.read_bytes()
    place.record(Happened.STATEMENT, SAID)
    done = place.attempt()
    assert isinstance(done, Done)
    assert {**SAID, "witnesses": "owner"} == {name: done.values[name] for name in (*SAID, "witnesses")}
    assert ",".join(AFTER.anchors) == done.values["fingerprints"]


def test_a_wait_that_has_not_changed_is_the_same_wait(place: Place) -> None:
    """Its details do not name the moment of the look, so a journal does not fill and an owner's time runs."""
    first, second = place.attempt(), place.attempt()
    assert isinstance(first, Waits)
    assert isinstance(second, Waits)
    assert first.values == second.values


def test_a_word_given_before_anybody_was_asked_proves_nothing(place: Place) -> None:
    """A statement counts for what lies on disk and waits: the step is done first."""
    place.record(Happened.STATEMENT, SAID)
    assert isinstance(place.attempt(), Waits)
    assert OLD.pem + NEW.pem == place.file.read_bytes()


def test_a_statement_does_not_prove_what_is_not_there(place: Place) -> None:
    """Somebody put the old file back after the owner spoke: the step is done again, and waits again."""
    place.attempt()
    place.record(Happened.STATEMENT, SAID)
    place.file.write_bytes(OLD.pem)
    assert isinstance(place.attempt(), Waits)
    assert OLD.pem + NEW.pem == place.file.read_bytes()
