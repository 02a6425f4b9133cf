"""Rollouts of the shopfront that are killed again and again, until they end in the goal state.

    crashes = Crashes(shop, tmp_path / "crashes")
    crashes.rotate_with_points(chance=20, seed="7")      # dies at one boundary in twenty
    crashes.rotate_at_random(random.Random(7), kills=20)  # dies after random times

The shop rolls from the old root to `ca-1`, then between `ca-1` and `ca-2`, so that each rotation is a whole one.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from demo.loading import fingerprints
from support.shopfront import ISSUERS, SERVED_BY, Shopfront
from warifu.adapters.journals.sqlite import SqliteJournal

KILLED = -signal.SIGKILL
SERVICES = ("web", "edge", "db")
LONGEST_SECONDS = 1200


@dataclass
class Crashes:
    """Kills and their account.

    Args:
        at: the issuer under which the shop is now; empty for the old root, which no issuer has.
        before: where it was one rotation earlier.
        points: names of the boundaries at which a process died.
        instants: seconds after which processes were killed at random, with the command that was running.
    """

    shop: Shopfront
    folder: Path
    at: str = ""
    before: str = ""
    rotations: int = 0
    points: list[str] = field(default_factory=list)
    instants: list[tuple[float, str]] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)

    # --- one whole rotation each

    def rotate_with_points(self, *, chance: int, seed: str) -> None:
        """Rotate once; die at each boundary that is chosen, resume, and reach the goal."""
        plan = self.plan()
        seen = self.folder / f"seen-{self.rotations}"
        while (code := self._run(seen, chance, seed, *self._next(plan))) == KILLED:
            pass
        self.points += seen.read_text(encoding="utf-8").splitlines() if seen.exists() else []
        self._check(code)

    def rotate_at_random(
        self, chance: random.Random, *, kills: int, longest: float, restarts: float = 0.2
    ) -> int:
        """Rotate once; kill after random times up to `longest` seconds, at most `kills` times; return how often.

        Args:
            restarts: how often a service is restarted before resuming.
        """
        plan = self.plan()
        died = 0
        while True:
            after = chance.uniform(0.3, longest) if died < kills else LONGEST_SECONDS
            command = self._next(plan)
            code = self._run_for(after, *command)
            if code != KILLED:
                break
            died += 1
            self.instants.append((after, command[0]))
            if chance.random() < restarts:
                service = chance.choice(SERVICES)
                self.shop.restart(service)
                self.restarts.append(service)
        self._check(code)
        return died

    @contextmanager
    def rotation(self) -> Iterator[str]:
        """Give the digest of a planned rotation (`plan.json`), and check afterwards that it reached the goal."""
        digest = self.plan()
        self.said = self.folder / "said.txt"
        self.said.write_text("", encoding="utf-8")
        yield digest
        self._check(0)

    def leave_old_root(self) -> None:
        """Rotate once, undisturbed, unless the shop is under an issuer of Warifu's already."""
        if not self.at:
            self.rotate_at_random(random.Random(0), kills=0, longest=1)

    # --- parts

    @property
    def to(self) -> str:
        """The issuer that the next rotation leads to."""
        return ISSUERS[0] if self.at != ISSUERS[0] else ISSUERS[1]

    @property
    def root(self) -> Path:
        """The file of the root that is trusted now."""
        return self.shop.root(self.at) if self.at else self.shop.old_root

    def plan(self) -> str:
        """Plan the next rotation into `plan.json` and return its digest."""
        self._leaves = self.shop.leaves()
        return self.shop.rotate_plan(self.root, self.to)

    def _next(self, digest: str) -> tuple[str, ...]:
        """Return what a person would type now: the first time apply, then resume."""
        heads = SqliteJournal(str(self.shop.folder / ".warifu/journal.sqlite")).rollouts()
        if any(head.plan_digest == digest for head in heads):
            return ("rollout", "resume", "--follow")
        return ("apply", "plan.json", "--approve", digest[:8], "--follow")

    def _run(self, seen: Path, chance: int, seed: str, *command: str) -> int:
        argv = [sys.executable, "-m", "support.crash_driver", str(seen), str(chance), seed, "--", *command]
        return self._wait(argv, LONGEST_SECONDS)

    def _run_for(self, seconds: float, *command: str) -> int:
        return self._wait(self.shop.argv(*command), seconds)

    def _wait(self, argv: list[str], seconds: float) -> int:
        """Run a command; kill it when its time is over."""
        self.said = self.folder / "said.txt"
        with self.said.open("wb") as said:
            process = subprocess.Popen(
                argv,
                cwd=self.shop.folder,
                env=self.shop.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()

    def _check(self, code: int) -> None:
        """The rollout is over: what must be true then."""
        said = self.said.read_text(encoding="utf-8", errors="replace")
        assert 0 == code, said[-4000:]
        failed = self.shop.failures()
        assert [] == failed, f"{failed[:5]} after {self._account()}"
        root, goal = self.root, self.to
        assert [] == self.shop.trusting(root.read_bytes())
        assert set(self.shop.anchors) == set(self.shop.trusting(self.shop.root(goal).read_bytes()))
        (old,) = fingerprints(root.read_bytes())
        assert [] == [name for name, loaded in self.shop.loaded_by_clients().items() if old in loaded]
        now = self.shop.leaves()
        assert [] == [slot for slot, leaf in now.items() if leaf == self._leaves[slot]]
        self._check_traffic()
        self._check_journal()
        assert [] == self.shop.leftovers()
        self.before, self.at = self.at, goal
        self.rotations += 1

    def _check_traffic(self) -> None:
        """Every connection showed its old and its new leaf."""
        before = {name: self._leaves[f"{name.rpartition('-')[2]}/tls"] for name in SERVED_BY}
        after = self.shop.served()
        self.shop.wait_until_busy()
        attempts = self.shop.attempts()
        for name in after:
            leaves = {each.leaf for each in attempts if each.connection == name}
            assert {before[name], after[name]} <= leaves, name

    def _check_journal(self) -> None:
        """The newest rollout is done, every step of it, and nothing else is open."""
        heads = json.loads(self.shop.warifu("rollout", "show", "--json").out)
        assert "done" == heads[0]["state"]
        assert {"done", "abandoned"} >= {head["state"] for head in heads}
        shown = json.loads(self.shop.warifu("rollout", "show", heads[0]["rollout"], "--json").out)
        assert {"done"} == {step["state"] for step in shown["steps"]}
        report = self.shop.warifu("rollout", "report", heads[0]["rollout"])
        assert 0 == report.code, report.err

    def _account(self) -> str:
        return f"{self.points[-3:]} {self.instants[-3:]} {self.restarts[-3:]}"
