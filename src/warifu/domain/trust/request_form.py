"""Whether a request that is about to be made will be of use: judged before a key is made.

The rules for leaves are asked about the leaf that the request describes, so that names, purposes and keys
have one rule each; what the target's own form for requests wants besides is judged here. Only what a
request decides is judged: dates and the issuer are the CA's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import NameOID

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust.alternative_names import AlternativeName, NameKind
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts, Origin
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.rules import names, run, strength, target, usage
from warifu.domain.x509 import GeneralNames, PublicKey, Usage
from warifu.domain.x509.subjects import parse_subject, say_subject
from warifu.errors import UsageError

_AS_OPENSSL: Mapping[str, tuple[str, int, str]] = MappingProxyType(
    {
        "ec-p256": ("EC", 256, "secp256r1"),
        "ec-p384": ("EC", 384, "secp384r1"),
        "ed25519": ("Ed25519", 256, ""),
    }
)
_FIELDS: Mapping[str, x509.ObjectIdentifier] = MappingProxyType(
    {
        "common-name": NameOID.COMMON_NAME,
        "organizational-unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "organization": NameOID.ORGANIZATION_NAME,
        "locality": NameOID.LOCALITY_NAME,
        "state": NameOID.STATE_OR_PROVINCE_NAME,
        "country": NameOID.COUNTRY_NAME,
        "email": NameOID.EMAIL_ADDRESS,
    }
)
_RULES = (
    usage.leaf_purpose,
    target.purposes_stated,
    target.key_usages,
    strength.leaf_key,
    strength.leaf_uncommon,
    names.names_present,
    names.wildcards,
    target.common_names,
    target.wildcards_refused,
    target.key_kind,
    target.room_for_names,
)


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What will stand in a request.

    Args:
        name: what it is called among requests.
        names: the subjectAltName, in order.
        subject: RFC 4514 text.
        key: `rsa-2048`, `ec-p256`, ...
        purposes: extended key usages; empty asks for none.
    """

    name: str
    names: tuple[AlternativeName, ...]
    subject: str
    key: str
    purposes: tuple[str, ...]

    @property
    def shown_subject(self) -> str:
        """The subject as people read it."""
        return say_subject(parse_subject(self.subject))


def judge_form(form: RequestForm, profile: Profile) -> tuple[Finding, ...]:
    """Return what the target, or the policy for keys, would refuse of it; ranked.

    Raises:
        UsageError: `renewal.bad-key`, `issue.bad-subject`.
    """
    facts = _facts(form)
    chain = Chain(facts.origin, (), anchored=False, leaf=facts)
    found = run(_RULES, chain, Context(profile, facts.not_before))
    return rank((*found, *_own(form, profile)))


def key_of(kind: str) -> PublicKey:
    """Return a key as estates specify it (`rsa-2048`, `ec-p256`, `ed25519`) as far as rules judge keys.

    Raises:
        UsageError: `renewal.bad-key`.
    """
    known = _AS_OPENSSL.get(kind)
    if known is not None:
        return PublicKey(*known, b"")
    size = kind.removeprefix("rsa-")
    if size == kind or not size.isdecimal() or not size.isascii() or len(size) > len("16384"):
        raise UsageError(
            "renewal.bad-key", key=kind, known=("rsa-2048", "rsa-3072", "rsa-4096", *_AS_OPENSSL)
        )
    return PublicKey("RSA", int(size), "", b"")


def _facts(form: RequestForm) -> LeafFacts:
    key, subject = key_of(form.key), parse_subject(form.subject)
    commons = tuple(str(one.value) for one in subject.get_attributes_for_oid(NameOID.COMMON_NAME))
    listed = {kind: tuple(one.text for one in form.names if one.kind is kind) for kind in NameKind}
    addresses = tuple(ipaddress.ip_address(text) for text in listed[NameKind.IP])
    carried = GeneralNames(
        listed[NameKind.DNS], addresses, email=listed[NameKind.EMAIL], uri=listed[NameKind.URI]
    )
    of_rsa = {Usage.KEY_ENCIPHERMENT} if key.algorithm == "RSA" else set()
    return LeafFacts(
        id=form.name,
        subject=form.shown_subject or form.name,
        common_names=commons,
        names=carried if form.names else None,
        not_before=datetime.min.replace(tzinfo=UTC),
        not_after=datetime.max.replace(tzinfo=UTC),
        purposes=form.purposes or None,
        key_usage=frozenset({Usage.DIGITAL_SIGNATURE, *of_rsa}),
        key=key,
        signature_hash="sha256",
        is_ca=False,
        origin=Origin("", "", None, ""),
        is_template=True,
    )


def _own(form: RequestForm, profile: Profile) -> Iterator[Finding]:
    """What the target's form for requests wants."""
    demands = profile.demands
    subject = parse_subject(form.subject)
    for field in demands.request_subject:
        values = [str(one.value).strip() for one in subject.get_attributes_for_oid(_FIELDS[field])]
        if not any(values):
            yield _on(form, Code.REQUEST_FIELD_MISSING, missing=field)
        elif field == "email" and not all("@" in one[1:-1] for one in values):
            yield _on(form, Code.REQUEST_FIELD_UNFIT, missing=field, found=values)
    if demands.request_names_most and len(form.names) > demands.request_names_most:
        limit = demands.request_names_most
        yield _on(form, Code.REQUEST_NAMES_TOO_MANY, found=len(form.names), limit=limit)
    for name in form.names:
        if demands.request_name_length and len(name.text) > demands.request_name_length:
            limit = demands.request_name_length
            yield _on(form, Code.REQUEST_NAME_UNFIT, name=name, found=len(name.text), limit=limit)
        elif name.kind is NameKind.DNS and len(name.text.split(".")[-1]) < demands.request_label_least:
            last, least = len(name.text.split(".")[-1]), demands.request_label_least
            yield _on(form, Code.REQUEST_LABEL_TOO_SHORT, name=name, found=last, least=least)


def _on(form: RequestForm, code: Code, **evidence: object) -> Finding:
    return Finding(code, form.name, {"who": form.shown_subject or form.name, **evidence}, Severity.ERROR)
