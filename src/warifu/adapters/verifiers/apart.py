"""Asks an engine that runs as a process of its own: many questions a start, in a bounded time.

The process sees a clean environment and a private folder that is gone afterwards; whatever it leaves
running ends with it.
"""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from warifu.adapters.verifiers.answering import LACK, NO, NOTHING, YES
from warifu.adapters.verifiers.lacking import Lack, ask_what_can_be_asked
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import CouldNotLookError

_START = timedelta(seconds=60)  # a Java on a busy machine
_EACH = timedelta(seconds=1)
_BATCH = 2000  # questions a start


@dataclass(frozen=True, slots=True)
class Engine:
    """How an engine is started.

    Args:
        command: what is run, given the private folder.
        absent: why it ended without an answer, as a word, given what it wrote to standard error.
    """

    name: str
    command: Callable[[str], Sequence[str]]
    absent: Callable[[str], str]


def python_running(module: str) -> list[str]:
    """Return the command that runs a module's `main` in an interpreter without site packages."""
    root = str(Path(__file__).resolve().parents[3])
    code = f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-c", code, root]


def ask_apart(engine: Engine, questions: Sequence[PathQuestion], lack: Lack) -> tuple[PathAnswer, ...]:
    """Answer each question in order.

    Raises:
        CouldNotLookError: `trust.engine-missing`.
    """
    return ask_what_can_be_asked(engine.name, questions, lack, lambda some: _ask(engine, some), _BATCH)


def _ask(engine: Engine, questions: Sequence[PathQuestion]) -> list[PathAnswer]:
    with tempfile.TemporaryDirectory(prefix="warifu-", ignore_cleanup_errors=True) as folder:
        out, err = _run(engine, _written(questions), folder, _START + _EACH * len(questions))
    lines = out.decode(errors="replace").split("\n")[:-1]  # each whole line ends with a line feed
    if not lines or not lines[0].startswith("engine "):
        raise _missing(engine, engine.absent(err.decode(errors="replace")))
    version = lines[0].removeprefix("engine ")
    broken = PathAnswer(accepted=False, engine=version, said="engine-broke-off", answered=False)
    answers = [_read(line, version) for line in lines[1 : len(questions) + 1]]
    return answers + [broken] * (len(questions) - len(answers))


def _read(line: str, engine: str) -> PathAnswer:
    word, _, said = line.partition(" ")
    if line == YES or word == NO:
        return PathAnswer(accepted=word == YES, engine=engine, said=said)
    missing = said if word == LACK else "engine-broke-off"
    return PathAnswer(accepted=False, engine=engine, said=missing or "-", answered=False)


def _run(engine: Engine, stdin: bytes, folder: str, patience: timedelta) -> tuple[bytes, bytes]:
    """Return what it wrote to standard output and standard error."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": folder}
    try:
        process = subprocess.Popen(
            engine.command(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "TMPDIR": folder},
            cwd=folder,
            start_new_session=True,
        )
        try:
            return process.communicate(stdin, timeout=patience.total_seconds())
        except BaseException:
            _end(process)
            raise
    except subprocess.TimeoutExpired as error:
        raise _missing(engine, "timed-out") from error
    except OSError as error:
        raise _missing(engine, os.strerror(error.errno) if error.errno else "engine-broke-off") from error


def _missing(engine: Engine, reason: str) -> CouldNotLookError:
    return CouldNotLookError("trust.engine-missing", engine=engine.name, reason=reason)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process with all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _written(questions: Sequence[PathQuestion]) -> bytes:
    """Write the questions down; what several share is written once."""
    certificates: dict[Certificate, int] = {}
    lists: dict[RevocationList, int] = {}
    lines: list[str] = []

    def certificate(one: Certificate) -> str:
        if one not in certificates:
            certificates[one] = len(certificates)
            lines.append(f"cert {_text(one.der)}")
        return str(certificates[one])

    def crl(one: RevocationList) -> str:
        if one not in lists:
            lists[one] = len(lists)
            lines.append(f"crl {_text(one.der)}")
        return str(lists[one])

    for question in questions:
        words = [
            ",".join(certificate(one) for one in (question.leaf, *question.chain)),
            ",".join(certificate(one) for one in question.anchors),
            ",".join(crl(one) for one in question.crls) if question.crl_mode != "off" else "",
            question.crl_mode,
            question.purpose,
            str(int(question.at.timestamp())),
            _text(question.asked_name.encode()),
        ]
        lines.append("ask " + " ".join(word or NOTHING for word in words))
    return ("\n".join(lines) + "\n").encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def uncovered(question: PathQuestion, issuers: Sequence[Certificate]) -> str:
    """Return what an engine lacks that takes for good whatever no CRL covers; empty when all is covered.

    Such an engine's yes says nothing about a certificate whose issuer's CRL is absent or out of date.

    Args:
        issuers: by whom the engine checks a CRL's signature.
    """
    if question.crl_mode == "off":
        return ""
    current = [
        crl
        for crl in question.crls
        if crl.this_update <= question.at and (crl.next_update is None or question.at < crl.next_update)
    ]
    above = question.chain if question.crl_mode == "chain" else ()
    judged = [question.leaf, *(one for one in above if not one.looks_self_signed)]
    checks = Signatures()
    return "" if all(_is_covered(one, current, issuers, checks) for one in judged) else "needs-no-crl"


def _is_covered(
    one: Certificate, crls: Sequence[RevocationList], issuers: Sequence[Certificate], checks: Signatures
) -> bool:
    """Tell whether the very key that signed a certificate signed a CRL."""
    above = [
        issuer for issuer in issuers if issuer.subject.der == one.issuer.der and checks.holds(one, issuer)
    ]
    own = [crl for crl in crls if crl.issuer_der == one.issuer.der]
    return any(checks.holds(crl, issuer) for crl in own for issuer in above)


def absent_library(word: str) -> Callable[[str], str]:
    """Return what tells an absent library, by a word, from other faults of an interpreter."""
    return lambda told: word if "cannot open shared object file" in told else "engine-broke-off"
