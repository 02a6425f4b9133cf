"""A request, or a certificate's bytes, compared with the template that the plan was proven with.

Each difference is a finding: an error where the proof leaned on it (issuer, names, purposes,
key), a warning for validity and for the subject beyond its common name. Nothing stops at the
first one; a person approves the sum.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.answers import is_issued_by
from warifu.domain.x509 import Certificate, PublicKey, Purpose, Request, Usage
from warifu.domain.x509.subjects import parse_subject
from warifu.errors import UsageError

TOLERANCE = timedelta(days=1)  # CAs round lifetimes to days, and start them minutes or hours back
COMMON_NAME_LENGTH = 64  # ub-common-name, RFC 5280 appendix A.1
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_CURVES = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
_PURPOSES = {
    Purpose.SERVER_AUTH.value: ExtendedKeyUsageOID.SERVER_AUTH,
    Purpose.CLIENT_AUTH.value: ExtendedKeyUsageOID.CLIENT_AUTH,
    Purpose.ANY.value: ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}


def compare(
    leaf: Certificate,
    chain: Sequence[Certificate],
    template: Template,
    *,
    root: Certificate | None,
    now: datetime,
) -> tuple[Finding, ...]:
    """Return every difference between a certificate that arrived and its template.

    Args:
        leaf: the certificate.
        chain: what is sent with it, issuer first, without the root.
        template: what the plan assumed.
        root: the anchor at the end; None when it is not at hand.
        now: the present instant.
    """
    return (
        *_issuer(leaf, chain, template, root),
        *_names(leaf, template),
        *_purposes(leaf, template),
        *_key(leaf, template),
        *_validity(leaf, template, now),
        *_subject(leaf, template),
    )


def request_differs(request: Request, template: Template) -> tuple[str, ...]:
    """Return in what a request differs from its template: `key`, `names`, `purposes`, `subject`."""
    checks = {
        "key": key_kind(request.public_key) != template.key,
        "names": _request_names(request) != normal_names(template.names),
        "purposes": _request_purposes(request) != frozenset(template.purposes),
        "subject": request.parsed.subject != subject_of(template),
    }
    return tuple(part for part, differs in checks.items() if differs)


def key_kind(key: PublicKey | None) -> str:
    """Return a key as estates specify it: `rsa-2048`, `ec-p256`, `ed25519`, ..."""
    if key is None:
        return "unknown"
    if key.algorithm == "RSA":
        return f"rsa-{key.bits}"
    if key.algorithm == "EC":
        return _CURVES.get(key.curve, f"ec-{key.curve}")
    return key.algorithm.lower()


def normal_names(names: Iterable[str]) -> frozenset[str]:
    """Return names as they compare: lower case, no final dot, addresses in their one form."""
    return frozenset(_normal(name) for name in names)


def general_names(names: Iterable[str]) -> tuple[x509.GeneralName, ...]:
    """Return names as a subjectAltName holds them: addresses as iPAddress, the rest as dNSName.

    Raises:
        UsageError: `issue.bad-name`, where a name could not stand in a certificate.
    """
    return tuple(_general(name) for name in names)


def purpose_oids(purposes: Iterable[str]) -> tuple[x509.ObjectIdentifier, ...]:
    """Return purposes (`serverAuth`, or dotted) as object identifiers.

    Raises:
        UsageError: `issue.bad-purpose`.
    """
    found = []
    for purpose in purposes:
        try:
            found.append(_PURPOSES.get(purpose) or x509.ObjectIdentifier(purpose))
        except ValueError:
            raise UsageError("issue.bad-purpose", purpose=purpose) from None
    return tuple(found)


def subject_of(template: Template) -> x509.Name:
    """Return the subject to ask for: the template's (RFC 4514, or a bare common name), else the first name.

    Raises:
        UsageError: `issue.bad-subject`.
    """
    text = template.subject
    if not text:
        short = [name for name in template.names if len(name) <= COMMON_NAME_LENGTH]
        return parse_subject(short[0] if short else "")
    return parse_subject(text)


def _normal(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return name.rstrip(".").lower()


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    labels = name.rstrip(".").split(".")
    if not _are_plain(labels[1:] if labels[0] == "*" and len(labels) > 1 else labels):
        raise UsageError("issue.bad-name", name=name)
    return x509.DNSName(".".join(labels))


def _are_plain(labels: Sequence[str]) -> bool:
    return all(_LABEL.fullmatch(label) for label in labels)


def _days(length: timedelta) -> str:
    return f"{length / timedelta(days=1):.2f}".rstrip("0").rstrip(".")


def _found(code: Code, leaf: Certificate, severity: Severity, **evidence: object) -> Finding:
    return Finding(code, leaf.fingerprint.hex, {"who": leaf.label, **evidence}, severity)


def _issuer(
    leaf: Certificate, chain: Sequence[Certificate], template: Template, root: Certificate | None
) -> Iterator[Finding]:
    if template.root is None:  # any issuer may have signed it
        return
    got = tuple(certificate.fingerprint.hex for certificate in chain)
    wanted = tuple(sha.hex for sha in template.issuer_chain)
    path = (leaf, *chain, *(() if root is None else (root,)))
    signed = all(is_issued_by(lower, upper) for lower, upper in pairwise(path))
    rooted = root is not None and root.fingerprint == template.root
    if got != wanted or not signed or not rooted:
        yield _found(
            Code.ISSUED_ISSUER_DIFFERS,
            leaf,
            Severity.ERROR,
            issuer=str(leaf.issuer),
            got=[sha[:16] for sha in got] or ["-"],
            wanted=[sha[:16] for sha in wanted] or [template.root.short],
        )


def _names(leaf: Certificate, template: Template) -> Iterator[Finding]:
    got = normal_names(leaf.names.texts if leaf.names else ())
    wanted = normal_names(template.names)
    if got != wanted:
        yield _found(
            Code.ISSUED_NAMES_DIFFER,
            leaf,
            Severity.ERROR,
            missing=sorted(wanted - got) or ["-"],
            extra=sorted(got - wanted) or ["-"],
        )


def _purposes(leaf: Certificate, template: Template) -> Iterator[Finding]:
    got = frozenset(leaf.extended_key_usage or ())
    wanted = frozenset(template.purposes)
    if got != wanted:
        yield _found(
            Code.ISSUED_PURPOSES_DIFFER,
            leaf,
            Severity.ERROR,
            missing=sorted(wanted - got) or ["-"],
            extra=sorted(got - wanted) or ["-"],
        )
    usage = leaf.key_usage
    if leaf.is_ca or (usage is not None and Usage.DIGITAL_SIGNATURE not in usage):
        yield _found(
            Code.ISSUED_USAGE_UNFIT, leaf, Severity.ERROR, usage=sorted(usage or ()) or ["-"], ca=leaf.is_ca
        )


def _key(leaf: Certificate, template: Template) -> Iterator[Finding]:
    got = key_kind(leaf.public_key)
    if got != template.key:
        yield _found(Code.ISSUED_KEY_DIFFERS, leaf, Severity.ERROR, got=got, wanted=template.key)


def _validity(leaf: Certificate, template: Template, now: datetime) -> Iterator[Finding]:
    if leaf.not_after < now:
        yield _found(Code.EXPIRED, leaf, Severity.ERROR, not_after=leaf.not_after, now=now)
    if leaf.not_before > now:
        yield _found(Code.NOT_YET_VALID, leaf, Severity.WARNING, not_before=leaf.not_before, now=now)
    if template.root is None:  # nobody knows beforehand how long an unknown issuer lets it last
        return
    lifetime = leaf.not_after - leaf.not_before
    short = leaf.not_after < template.not_before + template.lifetime - TOLERANCE
    long = lifetime > template.lifetime + TOLERANCE
    if short or long:
        yield _found(
            Code.ISSUED_VALIDITY_DIFFERS,
            leaf,
            Severity.WARNING,
            not_before=leaf.not_before,
            not_after=leaf.not_after,
            got=_days(lifetime),
            wanted=_days(template.lifetime),
        )


def _subject(leaf: Certificate, template: Template) -> Iterator[Finding]:
    if not template.subject:
        return
    wanted = subject_of(template)
    if leaf.subject.der == wanted.public_bytes():
        return
    commons = tuple(str(part.value) for part in wanted.get_attributes_for_oid(NameOID.COMMON_NAME))
    severity = Severity.WARNING if commons == leaf.subject.common_names else Severity.ERROR
    yield _found(
        Code.ISSUED_SUBJECT_DIFFERS,
        leaf,
        severity,
        got=str(leaf.subject),
        wanted=wanted.rfc4514_string(),
    )


def _request_names(request: Request) -> frozenset[str]:
    try:
        found = request.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return frozenset()
    dns = found.get_values_for_type(x509.DNSName)
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return normal_names((*dns, *addresses))


def _request_purposes(request: Request) -> frozenset[str]:
    names = {oid: name for name, oid in _PURPOSES.items()}
    try:
        found = request.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return frozenset()
    return frozenset(names.get(oid, oid.dotted_string) for oid in found)
