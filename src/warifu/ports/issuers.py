"""Who signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.domain.estate import Template
from warifu.domain.findings import Finding
from warifu.domain.x509 import Certificate, PrivateKey, Request


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate for a request, with the issuer's chain up to but without the root."""

    request: Request
    leaf: Certificate
    chain: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """What came back, and what lay there without matching any request."""

    issued: tuple[Issued, ...] = ()
    findings: tuple[Finding, ...] = ()


class Issuer(Protocol):
    """Takes requests and gives certificates, at once or weeks later."""

    def submit(self, request: Request, template: Template, *, now: datetime) -> None:
        """Hand over a request; handing it over again changes nothing.

        Raises:
            RefusedError: `io.issuer-refused`.
        """
        ...

    def collect(self, requests: tuple[Request, ...]) -> Collected:
        """Return what has come back for these requests so far; nothing yet is an empty answer."""
        ...


class SentinelIssuer(Protocol):
    """Signs identities that live for minutes and prove what a trust store holds."""

    def sentinel(
        self, *, anchor: Certificate, purpose: str, now: datetime
    ) -> tuple[Issued, PrivateKey] | None:
        """Return an identity beneath one anchor, or None where this issuer cannot sign one."""
        ...
