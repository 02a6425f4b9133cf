"""For every finding about reading files, a case in which the reader reports it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from support import java_stores
from support.fakes import FakeHost, FakeProber
from support.java_stores import Made
from support.pki import NOW, make_ca
from warifu.domain.findings import Code, Finding
from warifu.domain.trust import profile_named
from warifu.domain.trust.address import Address
from warifu.domain.x509 import load, to_pem
from warifu.domain.x509.loader import MOST
from warifu.ports.hosts import (
    FileSeen,
    HostReader,
)
from warifu.ports.pipes import Pipes
from warifu.ports.probes import Answered, Ask, Endpoint
from warifu.workflows.check import Checker

_MID = make_ca("Root").intermediate("Mid")
_WEB = _MID.leaf("web.example")
_LINES = _WEB.pem.splitlines(keepends=True)


class _NoPipes(Pipes):
    def read(self, path: str, *, at_most: int) -> bytes | None:
        return None


class _Socketed(FakeHost):
    """A node on which one path leads to a socket."""

    def read(self, path: str) -> FileSeen:
        return FileSeen(path, "other") if path.endswith(".sock") else super().read(path)


def _checked(path: str, data: bytes, *, mode: int = 0o644) -> Iterable[Finding]:
    """What `warifu check` finds in a folder that holds one file."""
    host = _Socketed()
    host.put(path, data, mode=mode)
    checker = Checker(host, _NoPipes(), FakeProber, (), profile_named("tls-server"), NOW)
    host.put("/etc/ssl/certs/ca-certificates.crt", _WEB.root.pem)
    return [
        finding
        for one in checker.check([posixpath.dirname(path)], checker.read_anchors())
        for finding in one.findings
    ]


def _clear_text() -> Iterable[Finding]:
    """A mail server that lets people log in before TLS begins."""

    class Open(FakeProber):
        def ask(self, ask: Ask, *, via: HostReader) -> Answered:
            return Answered(ask.address, (_WEB.value, _MID.value), clear_text=True)

    host = FakeHost()
    host.put("/etc/ssl/certs/ca-certificates.crt", _WEB.root.pem)
    names = {"mail.example": (Address("192.0.2.25", 143),)}
    checker = Checker(host, _NoPipes(), lambda: Open(names=names), (), profile_named("tls-server"), NOW)
    asked = Endpoint(Address("mail.example", 143), "imap")
    return [found for one in checker.check([asked], checker.read_anchors()) for found in one.findings]


def _encrypted_key() -> bytes:
    return _WEB.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def _locked() -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"web", _WEB.key, _WEB.cert, [], BestAvailableEncryption(b"secret")
    )


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.UNREADABLE: lambda: (
        load(b"-----BEGIN CERTIFICATE-----\nMIIB!!\n-----END CERTIFICATE-----\n", "web.pem").findings
    ),
    Code.TRUNCATED: lambda: load(b"".join(_LINES[:2])[:40], "web.pem").findings,
    Code.CONTAINER_LOCKED: lambda: load(_locked(), "web.p12", [b"guess"]).findings,
    Code.TOO_LARGE: lambda: load(bytes(MOST + 1), "disk.img").findings,
    Code.CONTAINER_UNPROVEN: lambda: (
        load(
            java_stores.write("JKS", [Made("root", (_WEB.root.value.der,))], "secret"),
            "trust.jks",
            [b"guess"],
        ).findings
    ),
    Code.LABEL_MISFIT: lambda: load(_WEB.pem.replace(b" CERTIFICATE-", b" PKCS7-"), "web.p7b").findings,
    Code.ODD_FORM: lambda: load(_WEB.pem.decode().encode("utf-16"), "web.pem").findings,
    Code.PASSED_OVER: lambda: (
        load(
            b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n" + _WEB.pem, "web.pem"
        ).findings
    ),
    Code.PRIVATE_KEY_EXPOSED: lambda: _checked(
        "/etc/trust/roots.pem", to_pem([make_ca("A").value, make_ca("B").value]) + _WEB.key_pem, mode=0o600
    ),
    Code.PRIVATE_KEY_READABLE: lambda: _checked("/etc/web/web.key", _WEB.key_pem),
    Code.PRIVATE_KEY_ENCRYPTED: lambda: _checked("/etc/web/web.key", _encrypted_key(), mode=0o600),
    Code.NOTHING_READ: lambda: _checked("/etc/web/README", b"Certificates of the shop.\n"),
    Code.CLEAR_TEXT_LOGIN: _clear_text,
    Code.NOT_A_FILE: lambda: _checked("/run/web/web.sock", b""),
}
