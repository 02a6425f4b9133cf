"""Where an agent serves its endpoint store."""

from __future__ import annotations

import pytest

from warifu.wiring import agent


@pytest.mark.parametrize(
    ("user", "given", "usual", "served"),
    [
        (0, "", True, "/run/warifu/endpoint.sock"),
        (0, "", False, "/srv/two/endpoint.sock"),
        (1000, "", True, "/srv/two/endpoint.sock"),
        (0, "/tmp/other.sock", True, "/tmp/other.sock"),
        (0, "none", True, ""),
    ],
)
def test_a_second_agent_leaves_the_machines_own_socket_alone(
    monkeypatch: pytest.MonkeyPatch, user: int, given: str, served: str, *, usual: bool
) -> None:
    """Only root's agent in the usual folder serves at the usual place."""
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert served == agent.socket_of(given, "/srv/two", usual=usual)
