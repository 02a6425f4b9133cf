"""A request's record on disk: one JSON document a request, format 1 to 3.

Certificates and requests stand in it as Base64 of their DER; the private key never does, only
its path. Later versions read every earlier format.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta

import msgspec

from warifu.domain.estate import Template
from warifu.domain.rotation.requests import AcceptedLoss, PendingRequest, RequestState
from warifu.domain.x509 import Certificate, Request, Sha256
from warifu.errors import CouldNotLookError, UsageError

PLAIN = 1
BASED = 2
"""It adds `previous`, and a template that any issuer may fill; a record without either is `PLAIN`."""
FORMAT = 3
"""The newest format. It adds `accepted`; a record without it is written as before."""


class _Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    identity: str
    issuer_chain: tuple[str, ...]
    root: str
    names: tuple[str, ...]
    subject: str
    purposes: tuple[str, ...]
    key: str
    not_before: datetime
    lifetime_seconds: int


class _Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    loss: str
    by: str
    at: datetime
    reason: str


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="kebab"):
    format: int
    id: str
    identity: str
    issuer: str
    node: str
    key_path: str
    state: RequestState
    created: datetime
    submitted: datetime | None
    issued: datetime | None
    installed: datetime | None
    voided: datetime | None
    request: str
    leaf: str | None
    chain: tuple[str, ...]
    template: _Template
    previous: tuple[str, ...] = ()
    accepted: tuple[_Accepted, ...] = ()


def encode_request(request: PendingRequest) -> bytes:
    """Return a request's record: the same bytes for the same value."""
    template = request.template
    record = _Record(
        format=_format(request),
        id=request.id,
        identity=request.identity,
        issuer=request.issuer,
        node=request.node,
        key_path=request.key_path,
        state=request.state,
        created=request.created,
        submitted=request.submitted,
        issued=request.issued,
        installed=request.installed,
        voided=request.voided,
        request=_text(request.request.der),
        leaf=None if request.leaf is None else _text(request.leaf.der),
        chain=tuple(_text(certificate.der) for certificate in request.chain),
        template=_Template(
            identity=template.identity,
            issuer_chain=tuple(sha.hex for sha in template.issuer_chain),
            root=template.root.hex if template.root is not None else "",
            names=template.names,
            subject=template.subject,
            purposes=template.purposes,
            key=template.key,
            not_before=template.not_before,
            lifetime_seconds=round(template.lifetime.total_seconds()),
        ),
        previous=tuple(_text(certificate.der) for certificate in request.previous),
        accepted=tuple(_Accepted(one.loss, one.by, one.at, one.reason) for one in request.accepted),
    )
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_request(data: bytes, path: str) -> PendingRequest:
    """Read a request's record.

    Args:
        data: the bytes of the file.
        path: what errors name.

    Raises:
        CouldNotLookError: `issue.request-file-unreadable`.
    """
    try:
        record = msgspec.json.decode(data, type=_Record)
        if not PLAIN <= record.format <= FORMAT:
            raise CouldNotLookError(
                "issue.request-file-unreadable", path=path, reason=f"format {record.format}"
            )
        return _value(record)
    except (msgspec.MsgspecError, binascii.Error, UsageError) as error:
        raise CouldNotLookError("issue.request-file-unreadable", path=path, reason=str(error)) from error


def _value(record: _Record) -> PendingRequest:
    template = record.template
    return PendingRequest(
        id=record.id,
        identity=record.identity,
        issuer=record.issuer,
        node=record.node,
        key_path=record.key_path,
        request=Request(_bytes(record.request)),
        template=Template(
            identity=template.identity,
            issuer_chain=tuple(Sha256.parse(text) for text in template.issuer_chain),
            root=Sha256.parse(template.root) if template.root else None,
            names=template.names,
            subject=template.subject,
            purposes=template.purposes,
            key=template.key,
            not_before=template.not_before,
            lifetime=timedelta(seconds=template.lifetime_seconds),
        ),
        created=record.created,
        state=record.state,
        submitted=record.submitted,
        issued=record.issued,
        installed=record.installed,
        voided=record.voided,
        leaf=None if record.leaf is None else Certificate(_bytes(record.leaf)),
        chain=tuple(Certificate(_bytes(text)) for text in record.chain),
        previous=tuple(Certificate(_bytes(text)) for text in record.previous),
        accepted=tuple(AcceptedLoss(one.loss, one.by, one.at, one.reason) for one in record.accepted),
    )


def _format(request: PendingRequest) -> int:
    if request.accepted:
        return FORMAT
    return BASED if request.previous or request.template.root is None else PLAIN


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
