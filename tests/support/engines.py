"""Engines that run as processes of their own, where what they need is installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from warifu.adapters.verifiers.gnutls import GnutlsVerifier
from warifu.adapters.verifiers.java import JavaVerifier
from warifu.adapters.verifiers.nss import NssVerifier
from warifu.ports.verifiers import Verifier

APART: dict[str, tuple[Callable[[], Verifier], str]] = {
    "gnutls": (GnutlsVerifier, "libgnutls30 (with gnutls-bin)"),
    "nss": (NssVerifier, "libnss3 (with libnss3-tools)"),
    "java": (JavaVerifier, "default-jre-headless"),
}
_PROGRAMS = {"gnutls": "certtool", "nss": "certutil", "java": "java"}


def need_engine(consumer: str) -> Verifier:
    """The engine; skips where its Debian package is not installed, and only there."""
    make, package = APART[consumer]
    if shutil.which(_PROGRAMS[consumer]) is None:
        pytest.skip(f"needs the Debian package {package}")
    return make()
