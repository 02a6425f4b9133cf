"""What is at hand beside a message: the files concerned, the other side's, the clock of the target."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.x509 import Certificate, Purpose, Reading, Request

_BARE = re.compile(rb"\s*MI[A-Za-z0-9+/=\s]{100,}")  # the Base64 of a DER sequence begins so


class Form(StrEnum):
    """How a file is written."""

    PEM = "pem"
    DER = "der"
    UTF_16 = "utf-16"
    BARE_BASE64 = "bare-base64"
    OTHER = "other"


def form_of(data: bytes) -> Form:
    """Return how bytes are written, by their content."""
    if b"-----BEGIN " in data:
        return Form.PEM
    if "-----BEGIN ".encode("utf-16-le") in data or "-----BEGIN ".encode("utf-16-be") in data:
        return Form.UTF_16
    if data[:1] == b"\x30" and data[1:2] in (b"\x81", b"\x82", b"\x83"):  # a "0" begins many a text
        return Form.DER
    return Form.BARE_BASE64 if _BARE.fullmatch(data) else Form.OTHER


@dataclass(frozen=True, slots=True)
class Concerned:
    """A file that a message may be about: what it holds, and how it is written."""

    path: str
    form: Form
    reading: Reading

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Its certificates, in its order."""
        return self.reading.certificates


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is looked at.

    Args:
        now: the instant of judgement, by the target's own clock where it was told.
        files: what was uploaded or installed, with requests and keys.
        others: the same of the other side of a pair.
        anchors: the trust store of whoever refused; None when it was not given.
        name: the name the peer was asked for; empty when it was not told.
        purposes: what the product wants its certificate to be for.
        lost_anchors: how many objects of the trust store's files could not be read.
    """

    now: datetime
    files: tuple[Concerned, ...] = ()
    others: tuple[Concerned, ...] = ()
    anchors: tuple[Certificate, ...] | None = None
    name: str = ""
    purposes: tuple[str, ...] = (Purpose.SERVER_AUTH.value, Purpose.CLIENT_AUTH.value)
    lost_anchors: int = 0

    @property
    def uploads(self) -> tuple[Concerned, ...]:
        """The files whose first certificate may be a peer's own; beside one, a file of CAs alone is its chain in parts.

        Where no file holds a peer's own certificate, a self-signed one may be it, whatever it says of being a CA.
        """
        held = tuple(one for one in self.files if one.certificates)
        issuers = {one.issuer.folded for file in held for one in file.certificates if not one.is_self_issued}
        own = tuple(file for file in held if any(_is_own(one, issuers) for one in file.certificates))
        return own or tuple(file for file in held if any(one.is_self_issued for one in file.certificates))

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request that was given."""
        return tuple(request for one in self.files for request in one.reading.requests)


def _is_own(one: Certificate, issuers: Collection[str]) -> bool:
    return not one.is_ca and one.subject.folded not in issuers


class Standing(StrEnum):
    """What is known of a cause, the most telling first."""

    HOLDS = "holds"
    NAMED = "named"
    POSSIBLE = "possible"
    RULED_OUT = "ruled-out"
