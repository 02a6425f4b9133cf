"""`warifu approve`: a plan that takes trust away is confirmed by what somebody types, or by the word of a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from support.in_process import document
from warifu.apps.cli import approve, main
from warifu.ports.person_line import PersonLine
from warifu.wire import api
from warifu.wiring import remote

WANTED = "remove old-root by plan abababababab"
PLAN = api.PlanTold(
    digest="ab" * 32,
    kind="retire-anchor",
    domain="shop",
    by="ito",
    at=datetime(2026, 11, 1, tzinfo=UTC),
    state="open",
    subjects=("old-root",),
    confirmation=WANTED,
)


class Desk(PersonLine):
    """A server's desk that knows one plan and keeps what it was asked."""

    def __init__(self, plan: api.PlanTold) -> None:
        self.plan = plan
        self.wishes: list[object] = []

    def ask(
        self,
        kind: Any,
        method: str,
        path: str,
        wish: object = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        if method == "POST":
            self.wishes.append(wish)
        return self.plan if kind is api.PlanTold else (self.plan,)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(PLAN)
    monkeypatch.setattr(approve, "line_to", lambda *_: made)
    return made


def test_a_script_confirms_by_an_option(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """What is given goes to the server, which judges it."""
    code, _ = document(capsys, "approve", "ab" * 5, "--confirm", WANTED, "--remark", "seen")
    assert (0, [api.ApprovalWish("seen", WANTED)]) == (code, desk.wishes)


def test_somebody_at_the_terminal_is_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is shown and what has to be typed is said, both beside the answer."""
    monkeypatch.setattr(remote, "is_asked", lambda: True)
    monkeypatch.setattr(remote, "typed", lambda: WANTED)
    capsys.readouterr()
    assert 0 == main.run(["approve", "ab" * 32, "--lang", "en"])
    asked = capsys.readouterr().err
    assert [api.ApprovalWish("", WANTED)] == desk.wishes
    assert WANTED in asked
    assert "old-root" in asked


def test_nobody_is_asked_where_nobody_sits(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe is nobody: the option is named, and nothing was approved."""
    monkeypatch.setattr(remote, "is_asked", lambda: False)
    assert 2 == main.run(["approve", "ab" * 32, "--lang", "en"])
    assert f"--confirm '{WANTED}'" in capsys.readouterr().err
    assert [] == desk.wishes


def test_a_plan_that_removes_nothing_is_not_confirmed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """It is approved at once."""
    desk.plan = replace(PLAN, confirmation="")
    assert 0 == main.run(["approve", "ab" * 32])
    assert [api.ApprovalWish()] == desk.wishes
    capsys.readouterr()
