"""`warifu watch`, killed by SIGKILL at a point of its way: `python -m support.watch_driver POINT ARGUMENTS...`.

Points: `looked` (before anything is written), `written` (the look is, nothing went), `going` (a message is marked,
its last bytes did not go), `taken` (the server has it, and that is not noted), `noted` (it is noted).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from warifu.adapters.notices.sqlite import SqliteNotices
from warifu.adapters.notifiers import smtp
from warifu.apps.cli.main import run
from warifu.domain.watching.message import Message, Sent


def die() -> None:
    """As a power cut would have it."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    """Die instead."""

    @wraps(function)
    def dying(*_: object, **__: object) -> None:
        die()

    return dying


def after(function: Callable[..., Any], when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
    """Do it, then die."""

    @wraps(function)
    def dying(*arguments: Any, **named: Any) -> Any:
        done = function(*arguments, **named)
        if when(*arguments):
            die()
        return done

    return dying


def noted(sent: Sent) -> Callable[..., bool]:
    """The message was just noted so."""

    def holds(_book: SqliteNotices, message: Message) -> bool:
        return message.sent is sent

    return holds


def main() -> int:
    """Arm one point and run the command."""
    match sys.argv[1]:
        case "looked":
            SqliteNotices.change = before(SqliteNotices.change)  # type: ignore[method-assign]
        case "written":
            SqliteNotices.change = after(SqliteNotices.change)  # type: ignore[method-assign]
        case "going":
            SqliteNotices.note = after(SqliteNotices.note, noted(Sent.GOING))  # type: ignore[method-assign]
        case "taken":
            smtp._hand_over = after(smtp._hand_over)
        case "noted":
            SqliteNotices.note = after(SqliteNotices.note, noted(Sent.SENT))  # type: ignore[method-assign]
        case point:
            raise ValueError(point)
    return run(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
