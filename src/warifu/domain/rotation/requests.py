"""Custody of certification requests: what state each is in, and which certificate answers which.

A request owns the only key its certificate can live with. So it is never discarded unasked
once it left, and a certificate is matched to it by public key alone, never by name:

    pending --submit--> submitted --issue--> issued --install--> installed
       |                    |                   |
       +------discard-------+------discard------+--> void

`MOVES` is that drawing as a table; every other move is refused. Issuing again replaces an
answer that was not installed yet (the CA sent a corrected certificate).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from warifu.domain.estate import Template
from warifu.domain.x509 import Certificate, PublicKey, Request
from warifu.errors import RefusedError


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"  # the key and the request exist, nobody else has it
    SUBMITTED = "submitted"  # the issuer has it; a certificate may come any day
    ISSUED = "issued"  # its certificate is here
    INSTALLED = "installed"  # its certificate is in use
    VOID = "void"  # discarded: no certificate of it is accepted any more


class Move(StrEnum):
    """What happens to a request."""

    SUBMIT = "submit"
    ISSUE = "issue"
    INSTALL = "install"
    DISCARD = "discard"


MOVES: Mapping[tuple[RequestState, Move], RequestState] = {
    (RequestState.PENDING, Move.SUBMIT): RequestState.SUBMITTED,
    (RequestState.PENDING, Move.DISCARD): RequestState.VOID,
    (RequestState.SUBMITTED, Move.SUBMIT): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, Move.ISSUE): RequestState.ISSUED,
    (RequestState.SUBMITTED, Move.DISCARD): RequestState.VOID,
    (RequestState.ISSUED, Move.ISSUE): RequestState.ISSUED,
    (RequestState.ISSUED, Move.INSTALL): RequestState.INSTALLED,
    (RequestState.ISSUED, Move.DISCARD): RequestState.VOID,
    (RequestState.INSTALLED, Move.INSTALL): RequestState.INSTALLED,
}

_KEY_DIGITS = 12  # of a public key's SHA-256, in the name of its request
_HEX = frozenset("0123456789abcdef")

OPEN = frozenset({RequestState.PENDING, RequestState.SUBMITTED, RequestState.ISSUED})


@dataclass(frozen=True, slots=True)
class AcceptedLoss:
    """Something that the certificate in use has and its successor shall not have, accepted by somebody.

    Args:
        loss: as it is told: `DNS:old.example`, `clientAuth`, `keyAgreement`.
    """

    loss: str
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request with its key's place and its history.

    Args:
        node: where the key lies; empty means the machine that drives (the key travels to each node).
        key_path: the key's file on that node. The key itself is never here.
        submitted, issued, installed, voided: when it came to that state, UTC.
        leaf: the certificate that answers it, and `chain` what is sent with it, without the root.
        previous: what was in use when it was made: the baseline that its answer is compared with, whatever
            is in use by then.
        accepted: losses that stop nothing any more.
    """

    id: str
    identity: str
    issuer: str
    node: str
    key_path: str
    request: Request
    template: Template
    created: datetime
    state: RequestState = RequestState.PENDING
    submitted: datetime | None = None
    issued: datetime | None = None
    installed: datetime | None = None
    voided: datetime | None = None
    leaf: Certificate | None = None
    chain: tuple[Certificate, ...] = ()
    previous: tuple[Certificate, ...] = ()
    accepted: tuple[AcceptedLoss, ...] = ()

    @property
    def is_open(self) -> bool:
        """It is neither installed nor void."""
        return self.state in OPEN

    @property
    def discard_needs_confirmation(self) -> bool:
        """A certificate is outstanding, or here and not in use yet: discarding would waste it."""
        return self.state in {RequestState.SUBMITTED, RequestState.ISSUED}


def request_id(identity: str, key: PublicKey) -> str:
    """Return a request's name: its identity and the head of its public key's SHA-256.

    Two requests from one key have one name, on purpose: one certificate answers both.
    """
    return f"{_file_name(identity)}-{key.sha256.hex[:_KEY_DIGITS]}"


def find_records(paths: Iterable[str], identity: str) -> tuple[str, ...]:
    """Return the files that are named as records of an identity's requests; another identity may share the name."""
    place, end = f"/{_file_name(identity)}-", -len(".json")
    key = end - _KEY_DIGITS
    named = (path for path in paths if path[key - len(place) : key] == place)
    return tuple(path for path in named if _HEX.issuperset(path[key:end]))


def key_stem(identity: str, template: Template, requests: Iterable[PendingRequest]) -> str:
    """Return the file name, without suffix, of the key for a template's next request.

    It is the same each time until a request of that name is installed or void, so that a
    key made before a crash is found again, and an old key is never used for a new request.
    """
    stem = f"{_file_name(identity)}-{_digest(template)}"
    used = sum(
        r.identity == identity and not r.is_open and _digest(r.template) == _digest(template)
        for r in requests
    )
    return stem if used == 0 else f"{stem}-{used + 1}"


def accepts(request: PendingRequest, certificate: Certificate) -> bool:
    """Tell whether a certificate answers a request: public keys equal, and the request not void."""
    return request.state is not RequestState.VOID and carries_key(certificate, request.request.public_key)


def carries_key(certificate: Certificate, key: PublicKey) -> bool:
    """Tell whether a certificate certifies this public key, by its SubjectPublicKeyInfo."""
    return certificate.public_key is not None and certificate.public_key.sha256 == key.sha256


def submit(request: PendingRequest, *, now: datetime) -> PendingRequest:
    """Note that the issuer has it; the first time counts.

    Raises:
        RefusedError: `issue.illegal-move`.
    """
    return replace(request, state=_moved(request, Move.SUBMIT), submitted=request.submitted or now)


def issue(
    request: PendingRequest, leaf: Certificate, chain: tuple[Certificate, ...], *, now: datetime
) -> PendingRequest:
    """Note the certificate that answers it.

    Raises:
        RefusedError: `issue.request-void`, `issue.key-not-matched` or `issue.illegal-move`.
    """
    if request.state is RequestState.VOID:
        raise RefusedError("issue.request-void", request=request.id, voided=request.voided)
    if not accepts(request, leaf):
        raise RefusedError("issue.key-not-matched", request=request.id, certificate=leaf.fingerprint.short)
    state = _moved(request, Move.ISSUE)
    if request.leaf == leaf:
        return replace(request, state=state, chain=chain)
    return replace(request, state=state, issued=now, leaf=leaf, chain=chain)


def install(request: PendingRequest, *, now: datetime) -> PendingRequest:
    """Note that its certificate is in use; the first time counts.

    Raises:
        RefusedError: `issue.illegal-move`.
    """
    return replace(request, state=_moved(request, Move.INSTALL), installed=request.installed or now)


def discard(request: PendingRequest, *, confirmed: str, now: datetime) -> PendingRequest:
    """Mark it void.

    Args:
        request: the request to discard.
        confirmed: what the person typed; must be the request's id once it was submitted.
        now: the present instant.

    Raises:
        RefusedError: `issue.discard-unconfirmed` or `issue.illegal-move`.
    """
    state = _moved(request, Move.DISCARD)
    if request.discard_needs_confirmation and confirmed != request.id:
        raise RefusedError(
            "issue.discard-unconfirmed", request=request.id, state=request.state, since=request.submitted
        )
    return replace(request, state=state, voided=now)


def accept_losses(
    request: PendingRequest, losses: Iterable[str], *, by: str, reason: str, now: datetime
) -> PendingRequest:
    """Note that losses of its certificate are meant; what was accepted before stays as it was noted.

    Raises:
        RefusedError: `issue.accept-not-now`: its certificate is not here, is in use already, or is not wanted.
    """
    if request.state is not RequestState.ISSUED:
        raise RefusedError("issue.accept-not-now", request=request.id, state=request.state)
    known = {one.loss for one in request.accepted}
    added = tuple(AcceptedLoss(one, by, now, reason) for one in losses if one not in known)
    return replace(request, accepted=(*request.accepted, *added))


def find_request(
    requests: Iterable[PendingRequest], *, identity: str, issuer: str, node: str, template: Template
) -> PendingRequest | None:
    """Return the request that serves a template: its own, else an open one that differs in nothing but its start.

    A plan made again must not leave the request of the first plan orphaned at the CA.
    """
    same = [r for r in requests if (r.identity, r.issuer, r.node) == (identity, issuer, node)]
    for request in same:
        if request.template == template and request.state is not RequestState.VOID:
            return request
    for request in same:
        if request.is_open and replace(request.template, not_before=template.not_before) == template:
            return request
    return None


def _moved(request: PendingRequest, move: Move) -> RequestState:
    following = MOVES.get((request.state, move))
    if following is None:
        raise RefusedError("issue.illegal-move", request=request.id, state=request.state, move=move)
    return following


def _digest(template: Template) -> str:
    parts = (
        template.identity,
        *(sha.hex for sha in template.issuer_chain),
        template.root.hex if template.root is not None else "",
        *template.names,
        template.subject,
        *template.purposes,
        template.key,
        str(template.lifetime),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _file_name(identity: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", identity).lstrip(".-") or "identity"
