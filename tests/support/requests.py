"""Requests and templates for tests: builders, each with a key that is kept beside it.

want = template_for(root.intermediate("Mid"), "web.example")
made = request_for(want)
made.request           # PKCS#10, signed by made.key
pending(want)          # on record, state pending
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from support.pki import NOW, Entity, Key, make_key
from warifu.domain.estate import Template
from warifu.domain.rotation.comparison import general_names, purpose_oids, subject_of
from warifu.domain.rotation.requests import PendingRequest, request_id
from warifu.domain.x509 import Request, Sha256

NOBODY = Sha256(hashlib.sha256(b"").hexdigest())


def template_for(issuer: Entity | None, *names: str, **changes: object) -> Template:
    """What a plan assumes of a leaf that `issuer` will sign."""
    above = () if issuer is None else (issuer, *issuer.above)
    values: dict[str, object] = {
        "identity": "web",
        "issuer_chain": tuple(entity.value.fingerprint for entity in above if entity.above),
        "root": above[-1].value.fingerprint if above else NOBODY,
        "names": names or ("web.example",),
        "subject": "",
        "purposes": ("serverAuth",),
        "key": "ec-p256",
        "not_before": NOW,
        "lifetime": timedelta(days=90),
    }
    return Template(**(values | changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Made:
    """A request and the key that signed it."""

    request: Request
    key: Key


def request_for(template: Template, key: Key | None = None, *, names: Sequence[str] | None = None) -> Made:
    """A request as the template says, or with other names."""
    own = key or make_key("rsa" if template.key.startswith("rsa") else "ec")
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject_of(template))
    san = general_names(template.names if names is None else names)
    builder = builder.add_extension(x509.SubjectAlternativeName(list(san)), critical=False)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage(list(purpose_oids(template.purposes))), critical=False
    )
    signed = builder.sign(own, hashes.SHA256())
    return Made(Request(signed.public_bytes(serialization.Encoding.DER)), own)


def pending(
    template: Template | None = None, *, made: Made | None = None, created: datetime = NOW
) -> PendingRequest:
    """A request on record, in its first state."""
    wanted = template or template_for(None)
    request = (made or request_for(wanted)).request
    return PendingRequest(
        id=request_id(wanted.identity, request.public_key),
        identity=wanted.identity,
        issuer="ca",
        node="web-1",
        key_path="/keys/web.key",
        request=request,
        template=wanted,
        created=created,
    )
