"""The audit hook that keeps domain pure: it bites."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.purity import WATCH


@pytest.fixture
def watch() -> Iterator[None]:
    WATCH.seen.clear()
    WATCH.on = True
    yield
    WATCH.on = False
    WATCH.seen.clear()


def as_domain(action: Callable[[], object]) -> Callable[[], object]:
    """The action, called from code that claims to live in domain."""
    namespace: dict[str, Callable[[Callable[[], object]], object]] = {}
    exec(compile("def call(action):\n    return action()\n", "/x/warifu/domain/x.py", "exec"), namespace)  # noqa: S102
    return lambda: namespace["call"](action)


ACTIONS: list[Callable[[], object]] = [
    lambda: Path(__file__).read_text("utf-8"),
    lambda: list(Path(__file__).parent.iterdir()),
    socket.socket,
    lambda: subprocess.run([sys.executable, "--version"], check=True),
]


@pytest.mark.usefixtures("watch")
@pytest.mark.parametrize("action", ACTIONS, ids=["read", "list", "socket", "program"])
def test_domain_code_that_touches_the_world_is_caught(action: Callable[[], object]) -> None:
    """Files, folders, sockets and programs are all seen."""
    with pytest.raises(AssertionError, match="domain code touches the world"):
        as_domain(action)()
    assert 1 == len(WATCH.seen)


@pytest.mark.usefixtures("watch")
def test_other_code_may() -> None:
    """The same look from a test, or an import that domain code causes, is nobody's fault."""
    Path(__file__).read_bytes()
    sys.modules.pop("this", None)
    as_domain(lambda: __import__("colorsys"))()
    assert [] == WATCH.seen
