"""`openssl verify` as the consumer openssl, with the flags that TLS programs set.

Everything runs as one command with one standard input: a small script unpacks certificates and
commands into a private folder and removes it again. So the same answer can be had on this machine
and, through a `HostReader`, by the openssl of any other. Questions that differ only in their leaf
share one process.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from warifu.adapters.verifiers.lacking import ask_what_can_be_asked
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.domain.x509 import Certificate, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader
from warifu.ports.verifiers import Verifier

AUTH_LEVEL = 2  # Debian's openssl.cnf sets CipherString = DEFAULT:@SECLEVEL=2 for every TLS program
_START = timedelta(seconds=30)  # for the script itself, also over SSH
_EACH = timedelta(seconds=3)  # for each openssl process, on a busy machine
_BATCH = 500  # questions a script; keeps standard input and answers small

_MARK = "#warifu-part"
# A certificate's PEM text holds no line that begins with the mark.
_SCRIPT = rf"""umask 077
command -v openssl >/dev/null 2>&1 || exit 91
d=$(mktemp -d) || exit 90
trap 'rm -rf "$d"' EXIT
trap 'exit 92' HUP INT TERM
cd "$d" || exit 90
awk '/^{_MARK} /{{ if (f) close(f); f = $2; next }} {{ print > f }}' || exit 90
echo "$(openssl version)"
. ./commands
exit 0
"""
_PURPOSES = {"serverAuth": "sslserver", "clientAuth": "sslclient"}
_CRL_FLAGS = {"off": (), "leaf": ("-crl_check",), "chain": ("-crl_check_all",)}
_OK = re.compile(r"leaf-(\d+)\.pem: OK")
_FAILED = re.compile(r"error leaf-(\d+)\.pem: verification failed")


_Run = Callable[[bytes, timedelta], tuple[int, bytes]]


@dataclass(slots=True)
class _Parcel:
    """Files and commands of one script; equal files are sent once."""

    parts: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    known: dict[bytes, str] = field(default_factory=dict)
    bags: dict[tuple[Certificate, ...], str] = field(default_factory=dict)

    def bag(self, stem: str, certificates: tuple[Certificate, ...]) -> str:
        name = self.bags.get(certificates)
        if name is None:
            name = self.bags[certificates] = self.file(stem, to_pem(certificates))
        return name

    def file(self, stem: str, pem: bytes) -> str:
        name = self.known.get(pem)
        if name is None:
            name = f"{stem}-{len(self.known)}.pem"
            self.known[pem] = name
            self.put(name, pem)
        return name

    def put(self, name: str, pem: bytes) -> None:
        self.parts.append(f"{_MARK} {name}\n".encode() + pem)

    def stdin(self) -> bytes:
        script = "\n".join(self.commands) + "\n"
        return b"".join(self.parts) + f"{_MARK} commands\n".encode() + script.encode()


class OpensslVerifier(Verifier):
    """Answers for the consumer openssl.

    Args:
        host: whose openssl is asked; None means this machine's.
    """

    def __init__(self, host: HostReader | None = None) -> None:
        self._run: _Run = _here if host is None else _there(host)

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        return "openssl"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order.

        Raises:
            CouldNotLookError: `trust.engine-missing`.
        """
        return ask_what_can_be_asked("openssl", questions, lambda _: "", self._answer, _BATCH)

    def _answer(self, questions: Sequence[PathQuestion]) -> list[PathAnswer]:
        parcel = _Parcel()
        groups: dict[tuple[str, ...], list[int]] = {}
        for index, question in enumerate(questions):
            parcel.put(f"leaf-{index}.pem", to_pem([question.leaf]))
            groups.setdefault(_flags(question, parcel), []).append(index)
        for flags, members in groups.items():
            leaves = [f"leaf-{index}.pem" for index in members]
            parcel.commands.append(shlex.join(["openssl", "verify", *flags, *leaves]) + " 2>&1")
        code, out = self._run(parcel.stdin(), _START + _EACH * len(groups))
        if code != 0:
            reason = "openssl is not installed" if code == 91 else f"the script ended with {code}"
            raise CouldNotLookError("trust.engine-missing", engine="openssl", reason=reason)
        version, _, said = out.decode(errors="replace").partition("\n")
        engine = " ".join(version.split()[:2]).lower() or "openssl"
        return _read(said, engine, len(questions))


def _flags(question: PathQuestion, parcel: _Parcel) -> tuple[str, ...]:
    flags = ["-no-CApath", "-no-CAstore", "-auth_level", str(AUTH_LEVEL)]
    flags += ["-attime", str(int(question.at.timestamp()))]
    flags += _store("-CAfile", "anchors", question.anchors, parcel) or ["-no-CAfile"]
    flags += _store("-untrusted", "sent", question.chain, parcel)
    if question.purpose:
        flags += ["-purpose", _PURPOSES[question.purpose]]
    if question.name:
        flags += [_kind(question.asked_name), question.asked_name]
    if question.partial_chain:
        flags.append("-partial_chain")
    flags += _CRL_FLAGS[question.crl_mode]
    if question.crls and question.crl_mode != "off":
        flags += ["-CRLfile", parcel.file("crls", crls_to_pem(question.crls))]
    return tuple(flags)


def _store(flag: str, stem: str, certificates: tuple[Certificate, ...], parcel: _Parcel) -> list[str]:
    return [flag, parcel.bag(stem, certificates)] if certificates else []


def _read(said: str, engine: str, count: int) -> list[PathAnswer]:
    """Read which leaves passed; the lines in front of a failure are what openssl said about it."""
    answers: dict[int, PathAnswer] = {}
    pending: list[str] = []
    for line in said.splitlines():
        passed, failed = _OK.fullmatch(line), _FAILED.fullmatch(line)
        if passed:
            answers[int(passed[1])] = PathAnswer(accepted=True, engine=engine)
        elif failed:
            answers[int(failed[1])] = PathAnswer(accepted=False, engine=engine, said="; ".join(pending))
            pending = []
        else:
            pending.append(line)
    unsaid = PathAnswer(accepted=False, engine=engine, said="; ".join(pending), answered=False)
    return [answers.get(index, unsaid) for index in range(count)]


def _here(stdin: bytes, timeout: timedelta) -> tuple[int, bytes]:
    shell = shutil.which("sh") or "/bin/sh"
    try:
        ran = subprocess.run(
            [shell, "-c", _SCRIPT],
            input=stdin,
            capture_output=True,
            timeout=timeout.total_seconds(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CouldNotLookError(
            "trust.engine-missing", engine="openssl", reason=type(error).__name__
        ) from error
    return ran.returncode, ran.stdout


def _there(host: HostReader) -> _Run:
    def run(stdin: bytes, timeout: timedelta) -> tuple[int, bytes]:
        ran = host.run(["sh", "-c", _SCRIPT], stdin=stdin, timeout=timeout)
        return ran.code, ran.out

    return run


def _kind(name: str) -> str:
    if "@" in name:
        return "-verify_email"
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "-verify_hostname"
    return "-verify_ip"
