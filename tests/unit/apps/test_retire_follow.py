"""`warifu retire continue --follow`: it waits for nodes, for people and for the server, and says each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from support.pki import NOW
from warifu.apps.cli import main, retire
from warifu.errors import CouldNotLookError, RefusedError, WarifuError
from warifu.wire.api import PlanTold, StepTold
from warifu.wiring import remote

AWAY = CouldNotLookError("orders.unreachable", server="https://trust.example", reason="refused")


def plan(standing: str, *steps: StepTold) -> PlanTold:
    return PlanTold(
        "d" * 64, "retire-anchor", "shop", "anna", NOW, "open", (), steps=steps, standing=standing
    )


def waiting(done: int) -> PlanTold:
    nodes = ("n1", "n2")[done:]
    return plan("running", StepTold("converge", "confirmed by every node", "waiting", nodes, done, 2))


DONE = plan("done", StepTold("converge", "confirmed by every node", "done", (), 2, 2))


@dataclass
class Server:
    """Answers continuations one after the other."""

    answers: list[PlanTold | WarifuError]
    asked: list[str] = field(default_factory=list)

    def ask(self, _kind: object, method: str, path: str, _wish: object = None) -> PlanTold:
        self.asked.append(f"{method} {path}")
        answer = self.answers.pop(0)
        if isinstance(answer, WarifuError):
            raise answer
        return answer


class Clock:
    """Waits for nothing."""

    waited = 0

    def wait(self, _holds: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        assert at_most == every == timedelta(seconds=2)
        self.waited += 1
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setenv("WARIFU_LANG", "en")
    found = Clock()
    monkeypatch.setattr(remote, "clock", lambda: found)
    return found


def serve(monkeypatch: pytest.MonkeyPatch, *answers: PlanTold | WarifuError) -> Server:
    server = Server(list(answers))
    monkeypatch.setattr(retire, "line_to", lambda *_given: server)
    monkeypatch.setattr(retire, "find_plan", lambda *_given: DONE)
    return server


def test_each_change_is_said_once(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also that a node has not reported yet, and that the server is away; then it goes on, and ends with what came of it."""
    behind = RefusedError("retire.set-misses", nodes=["n9"])
    serve(monkeypatch, behind, behind, waiting(0), waiting(0), AWAY, AWAY, waiting(1), DONE)
    assert 0 == main.run(["retire", "continue", "dddddddd", "--follow"])
    said = capsys.readouterr().out.splitlines()
    assert 1 == sum("n9" in line for line in said)
    told = [line for line in said if "waiting for" in line or "trust.example" in line]
    assert ["n1, n2", "https://trust.example", "n2"] == [_last(line) for line in told]
    assert 7 == clock.waited
    assert "Done" in said[-1]


def _last(line: str) -> str:
    return "https://trust.example" if "trust.example" in line else line.rpartition("waiting for ")[2]


@pytest.mark.parametrize(
    ("arguments", "answers", "code"),
    [
        ((), (waiting(0),), 6),
        ((), (RefusedError("retire.set-misses", nodes=["n9"]),), 3),
        (("--follow",), (AWAY,), 5),
        ((), (AWAY,), 5),
        (("--follow",), (waiting(0), CouldNotLookError("orders.not-believed", server="s", reason="r")), 5),
        (("--follow",), (plan("failed", StepTold("restart", "restart services", "failed")),), 4),
    ],
)
def test_it_ends_where_nothing_is_to_be_waited_for(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, arguments: tuple[str, ...], answers: Any, code: int
) -> None:
    """Unasked to follow; where the server never answered, or is not believed; where a step failed."""
    serve(monkeypatch, *answers)
    assert code == main.run(["retire", "continue", "dddddddd", *arguments])
    assert len(answers) - 1 == clock.waited
