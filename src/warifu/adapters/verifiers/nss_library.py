"""Answers path questions with libnss3 itself, as its TLS programs call it. Runs as a process of its own.

What `SSL_AuthCertificate` does in a handshake is done here without one: `CERT_VerifyCert` for the usage
at an instant, then `CERT_VerifyCertName`. No database is opened: certificates are temporary, CRLs cached
in memory. A trust store is loaded once in a forked process, which also keeps a crash from spreading.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from warifu.adapters.verifiers.answering import LACK, NO, YES, Asked, line_of, serve

LIBRARIES = ("libnspr4.so", "libnss3.so")
_USAGES = {"clientAuth": 0, "serverAuth": 1}  # certUsageSSLClient, certUsageSSLServer
_TRUSTED = 0x08 | 0x10 | 0x80  # CERTDB_VALID_CA, CERTDB_TRUSTED_CA, CERTDB_TRUSTED_CLIENT_CA: "CT"
_CHECK_SIGNATURES = 1
_PATIENCE = 20  # seconds for a trust store or a question

_Handle = ctypes.c_void_p


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("len", ctypes.c_uint))


class _Trust(ctypes.Structure):
    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("objects", ctypes.c_uint))


class _CannotTellError(Exception):
    """What was given cannot be loaded."""


class _Nss:
    def __init__(self) -> None:
        self.nspr, self.nss = (ctypes.CDLL(name) for name in LIBRARIES)
        self.nspr.PR_ErrorToName.restype = ctypes.c_char_p
        self.nss.NSS_GetVersion.restype = ctypes.c_char_p
        self.nss.CERT_GetDefaultCertDB.restype = _Handle
        self.nss.CERT_NewTempCertificate.restype = _Handle
        self.nss.CERT_NewTempCertificate.argtypes = (_Handle, _Handle, _Handle, ctypes.c_int, ctypes.c_int)
        self.nss.CERT_ChangeCertTrust.argtypes = (_Handle, _Handle, _Handle)
        self.nss.CERT_CacheCRL.argtypes = (_Handle, _Handle)
        self.nss.CERT_DestroyCertificate.argtypes = (_Handle,)
        self.nss.CERT_VerifyCertName.argtypes = (_Handle, ctypes.c_char_p)
        self.nss.CERT_VerifyCert.argtypes = (
            *(_Handle, _Handle, ctypes.c_int, ctypes.c_int),
            *(ctypes.c_int64, _Handle, _Handle),
        )
        self.database: int | None = None

    @property
    def version(self) -> str:
        return bytes(self.nss.NSS_GetVersion()).decode()

    def load(self, anchors: Sequence[bytes], crls: Sequence[bytes]) -> None:
        """Start the library and load a trust store: once in a process."""
        if self.nss.NSS_NoDB_Init(None):
            raise _CannotTellError(self._fault())
        self.database = self.nss.CERT_GetDefaultCertDB()
        for der in anchors:
            trust = _Trust(_TRUSTED, 0, 0)
            if self.nss.CERT_ChangeCertTrust(self.database, self._temporary(der), ctypes.byref(trust)):
                raise _CannotTellError(self._fault())
        for der in crls:
            item = _Item(0, der, len(der))
            if self.nss.CERT_CacheCRL(self.database, ctypes.byref(item)):
                raise _CannotTellError(self._fault())

    def verify(self, asked: Asked) -> str:
        """Return the answer's line; what was loaded for it is given back."""
        loaded: list[int] = []
        try:
            for der in asked.chain:
                loaded.append(self._temporary(der))  # noqa: PERF401  # those before a fault are given back too
            return self._judge(loaded[0], asked)
        finally:
            for one in loaded:
                self.nss.CERT_DestroyCertificate(one)

    def _judge(self, leaf: int, asked: Asked) -> str:
        usage, instant = _USAGES[asked.purpose], asked.at * 1_000_000
        if self.nss.CERT_VerifyCert(self.database, leaf, _CHECK_SIGNATURES, usage, instant, None, None):
            return line_of(NO, self._fault())
        if asked.name and self.nss.CERT_VerifyCertName(leaf, asked.name.encode()):
            return line_of(NO, self._fault())
        return line_of(YES)

    def _temporary(self, der: bytes) -> int:
        item = _Item(0, der, len(der))
        made = self.nss.CERT_NewTempCertificate(self.database, ctypes.byref(item), None, 0, 1)
        if not made:
            raise _CannotTellError(self._fault())
        return int(made)

    def _fault(self) -> str:
        name = self.nspr.PR_ErrorToName(self.nspr.PR_GetError())
        return name.decode() if name else "SSL_ERROR_BAD_CERT_DOMAIN"


def answers(nss: _Nss, questions: Sequence[Asked]) -> Iterator[str]:
    """Yield each answer's line; questions in a row with one trust store share a process."""
    for _, group in groupby(questions, key=lambda asked: (asked.anchors, asked.crls)):
        waiting = list(group)
        while waiting:
            heard = 0
            for line in _apart(nss, waiting):
                yield line
                heard += 1
            waiting = waiting[heard:]
            if waiting:
                yield line_of(LACK, "engine-broke-off")
                waiting = waiting[1:]


def _apart(nss: _Nss, questions: Sequence[Asked]) -> Iterator[str]:
    """Yield answers out of a forked process, until it ends."""
    sys.stdout.flush()
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(mine)
        _answer_all(nss, questions, theirs)
    os.close(theirs)
    try:
        with os.fdopen(mine, encoding="utf-8", errors="replace") as lines:
            yield from (line.rstrip("\n") for line in lines)
    finally:
        os.waitpid(child, 0)


def _answer_all(nss: _Nss, questions: Sequence[Asked], to: int) -> None:
    """Answer in the forked process, and end it."""
    try:
        signal.alarm(_PATIENCE)
        lack = ""
        try:
            nss.load(questions[0].anchors, questions[0].crls)
        except _CannotTellError as error:
            lack = str(error)
        for asked in questions:
            signal.alarm(_PATIENCE)
            try:
                line = line_of(LACK, lack) if lack else nss.verify(asked)
            except _CannotTellError as error:
                line = line_of(LACK, str(error))
            os.write(to, f"{line}\n".encode())
    finally:
        # A forked copy ends here, whatever happened: nothing of ours may run twice.
        # ast-grep-ignore: exit-outside-apps
        os._exit(0)


def main() -> None:
    """Answer standard input."""
    nss = _Nss()
    serve(f"nss {nss.version.split()[0]}", lambda questions: answers(nss, questions))
