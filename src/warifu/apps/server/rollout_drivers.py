"""Drives the open rollouts of a server for as long as it runs: one thread each, and one that keeps their leases.

A rollout that another server drives is left to it, and looked at again: when that server is gone, this one goes on.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from warifu.apps.server.base import Base
from warifu.apps.server.gate import tell_unexpected
from warifu.errors import WarifuError
from warifu.workflows.server_rollouts import Pauses, ServerRollouts, Turn


class RolloutDrivers:
    """Threads that drive rollouts.

    Args:
        pause: between two tries of a rollout that waits, at first.
    """

    def __init__(self, rollouts: ServerRollouts, base: Base, pause: timedelta) -> None:
        self._rollouts = rollouts
        self._base = base
        self._pause = pause
        self._driving: dict[str, threading.Thread] = {}
        self._kick = threading.Condition()
        self._kicks = 0
        self._ending = threading.Event()
        self._keepers: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; what is open goes on."""
        for name, work in (("rollouts", self._watch), ("leases", self._keep)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._keepers.append(thread)
            thread.start()

    def kick(self) -> None:
        """Have it look now: a rollout began, or somebody spoke."""
        with self._kick:
            self._kicks += 1
            self._kick.notify_all()

    def stop(self) -> None:
        """End between two tries; what is under way is gone on with by the next start."""
        self._ending.set()
        self.kick()
        for thread in self._keepers:
            thread.join(5)

    def _watch(self) -> None:
        kicks = 0
        while not self._ending.is_set():
            try:
                for rollout in self._rollouts.open():
                    self._begin(rollout)
            except WarifuError as error:
                self._base.log.warning("rollouts-not-seen", code=error.code)
            kicks = self._rest(self._pause, kicks)

    def _begin(self, rollout: str) -> None:
        known = self._driving.get(rollout)
        if known is None or not known.is_alive():
            thread = threading.Thread(target=self._drive, args=(rollout,), name=rollout, daemon=True)
            self._driving[rollout] = thread
            thread.start()

    def _drive(self, rollout: str) -> None:
        pauses = Pauses(self._pause)
        told: Turn | None = None
        kicks = self._kicks
        while not self._ending.is_set():
            turn = self._try(rollout)
            if turn is not told:
                self._base.log.info("rollout", rollout=rollout, turn=turn.value)
                pauses.again()
                told = turn
            if turn is Turn.DONE:
                return
            before, kicks = kicks, self._rest(pauses.next(), kicks)
            if kicks != before:
                pauses.again()

    def _try(self, rollout: str) -> Turn:
        try:
            return self._rollouts.drive(rollout)
        except WarifuError as error:
            self._base.log.warning("rollout-failed", rollout=rollout, code=error.code)
        except Exception as error:  # noqa: BLE001 - the outermost loop of this thread
            tell_unexpected(self._base, error)
        return Turn.WAITS

    def _rest(self, pause: timedelta, kicks: int) -> int:
        """Rest, unless somebody spoke since; return how often somebody did."""
        with self._kick:
            self._kick.wait_for(lambda: self._kicks != kicks or self._ending.is_set(), pause.total_seconds())
            return self._kicks

    def _keep(self) -> None:
        every = self._rollouts.journal.longest.total_seconds() / 3
        while not self._ending.wait(every):
            try:
                self._rollouts.journal.renew(now=self._rollouts.clock.now())
            except WarifuError as error:
                self._base.log.warning("leases-not-kept", code=error.code)
