"""Types Warifu's commands as a person would, shows them, and shows what they answer."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

from demo.estate import Estate, write
from demo.estatefile import write_estate_file
from demo.figures import count
from demo.telling import Teller
from warifu.domain.findings import say

TICK_SECONDS = 5.0
APPROVED = 8  # characters of the digest that a person types
PLAN = "plan.json"
ISSUER = "new-ca"
PASSPHRASE = "new-ca.passphrase"  # noqa: S105 - the name of a file
OLD_ROOT = "old-root.pem"


class CommandFailedError(Exception):
    """A command of Warifu did not end with 0."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"{command}: {code}")
        self.code = "demo.broken-command"
        self.values = {"command": command, "code": code}


class Warifu:
    """Warifu's command line, run in the estate's folder."""

    def __init__(self, estate: Estate, teller: Teller) -> None:
        self._estate = estate
        self._tell = teller
        self._began = time.monotonic()

    @staticmethod
    def program() -> str:
        """Return the command as it can be typed in the present folder."""
        beside = Path(sys.executable).parent / "warifu"
        if not beside.exists():
            return f"{sys.executable} -m warifu"
        here = Path.cwd()
        return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)

    def replace_root(self, old: bytes) -> None:
        """Put a new root in the place of an old one, given as PEM, on the running estate.

        Raises:
            CommandFailedError: one of the commands did.
        """
        self.apply(self.plan_root(old))

    def plan_root(self, old: bytes) -> str:
        """Make a new CA and the estate file, plan its root in the place of an old one, and return the plan's digest.

        Raises:
            CommandFailedError: one of the commands did.
        """
        write(self._estate.folder / OLD_ROOT, old)
        self.create_issuer(ISSUER, PASSPHRASE)
        write_estate_file(self._estate, issuer=ISSUER, passphrase=PASSPHRASE)
        return self.plan(OLD_ROOT, ISSUER)

    def create_issuer(self, name: str, passphrase: str) -> None:
        """Make the new CA; its passphrase is in a file, never on the command line."""
        write(self._estate.folder / passphrase, secrets.token_urlsafe(24).encode(), mode=0o600)
        whose = ("--common-name", "Demo New Root", "--intermediate")
        self._type("issuer", "create", name, "--folder", name, *whose, "--passphrase-file", passphrase)

    def plan(self, old: str, issuer: str) -> str:
        """Plan the change and return the plan's digest."""
        new = f"{issuer}/root.crt"
        self._type("plan", "replace-ca", old, new, "--issuer", issuer, "--out", PLAN)
        document = json.loads((self._estate.folder / PLAN).read_text(encoding="utf-8"))
        return str(document["digest"])

    def apply(self, digest: str) -> None:
        """Carry the plan out."""
        self._type("apply", PLAN, "--approve", digest[:APPROVED], "--follow")

    def _type(self, *arguments: str) -> None:
        shown = shlex.join(["warifu", *arguments])
        self._tell.strong(say("demo.command", self._tell.lang, command=shown))
        command = subprocess.Popen(
            [sys.executable, "-m", "warifu", *arguments],
            cwd=self._estate.folder,
            env=os.environ | {"WARIFU_LANG": str(self._tell.lang), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        done = threading.Event()
        ticking = threading.Thread(target=self._tick, args=(done,), daemon=True)
        ticking.start()
        assert command.stdout is not None  # noqa: S101 - asked for above
        try:
            for line in command.stdout:
                self._tell.line(f"  {line.rstrip()}")
            code = command.wait()
        finally:
            done.set()
            ticking.join()
            if command.poll() is None:
                command.terminate()
                command.wait()
            command.stdout.close()
        if code:
            raise CommandFailedError(shown, code)

    def _tick(self, done: threading.Event) -> None:
        while not done.wait(TICK_SECONDS):
            figures = count(self._estate.logs)
            self._tell.line(
                say(
                    "demo.tick",
                    self._tell.lang,
                    seconds=int(time.monotonic() - self._began),
                    handshakes=f"{figures.handshakes:,}",
                    failed=f"{figures.failed:,}",
                )
            )
