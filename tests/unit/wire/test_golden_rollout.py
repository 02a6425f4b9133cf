"""What release 0.1 wrote, every later release reads and resumes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from warifu.domain.rotation.progress import Progress, StepState, fingerprints_of, replay
from warifu.errors import UsageError
from warifu.wire import plan as plans
from warifu.wire.evidence import Witness, decode
from warifu.wire.journal import to_events

GOLDEN = Path(__file__).parents[2] / "vectors" / "wire" / "rollout-1.json"


def rollout() -> Progress:
    document = json.loads(GOLDEN.read_text("utf-8"))
    plan = plans.decode(json.dumps(document["plan"]).encode())
    rows = [(datetime.fromisoformat(at), kind, step, data) for at, kind, step, data in document["rows"]]
    return replay(plan, to_events(rows))


def test_a_plan_of_release_0_1_reads_and_keeps_its_digest() -> None:
    """The digest that people approved then is the digest now."""
    document = json.loads(GOLDEN.read_text("utf-8"))["plan"]
    assert document["digest"] == plans.digest(rollout().plan)


def test_a_rollout_of_release_0_1_goes_on_where_it_was() -> None:
    """The step that was begun when the driver was killed is the one that is ready now."""
    progress = rollout()
    assert StepState.INTENDED is progress.state("web/tls#1")
    assert ["web/tls#1"] == [step.id for step in progress.ready()]
    assert ("issue:web", "adopt:web/tls", "app/up#1", "db/tls#1") == progress.done()
    assert ("1" * 64, "c" * 64) == fingerprints_of(progress.arrived["template:web"])
    assert "restarted" == progress.statements["db/tls#1"].values["statement"]


def test_evidence_of_release_0_1_reads() -> None:
    """Witness, time, boot clock and the room for a signature are there."""
    rows = json.loads(GOLDEN.read_text("utf-8"))["rows"]
    text = next(data["values"]["evidence"] for _, kind, _, data in rows if kind == "evidence")
    (one,) = decode(text)
    assert (Witness.SENTINEL, 12.5, "", 1) == (one.witness, one.boot_clock, one.signature, one.format)


@pytest.mark.parametrize("text", ["", "{", "{}", '[{"is": "Evidence"}]', '[{"is": "Step"}]'])
def test_malformed_evidence_is_our_error(text: str) -> None:
    """Nothing but our own error comes out of a document that is none."""
    with pytest.raises(UsageError):
        decode(text)


def test_evidence_of_a_later_format_is_refused_by_name() -> None:
    """A format that this release does not know is not guessed at."""
    rows = json.loads(GOLDEN.read_text("utf-8"))["rows"]
    text = next(data["values"]["evidence"] for _, kind, _, data in rows if kind == "evidence")
    with pytest.raises(UsageError, match=r"rotation\.format-unknown"):
        decode(text.replace('"format":1', '"format":2'))
