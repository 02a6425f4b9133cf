"""Names that a CA may and may not sign for.

Spec: RFC 5280 §4.2.1.10, §6.1.3 (b), (c). A self-issued CA is not constrained by those above it;
the leaf always is. Names of a kind that is constrained and cannot be judged refuse the path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.paths import Budget
from warifu.domain.trust.rules.rule import judges, on
from warifu.domain.x509 import Certificate, DistinguishedName, GeneralNames, NameConstraints

_NETWORKS = (IPv4Network, IPv6Network)


@judges(Code.NAME_CONSTRAINED, Code.NAME_CONSTRAINT_UNJUDGED, Code.SEARCH_EXHAUSTED)
def name_constraints(chain: Chain, context: Context) -> Iterator[Finding]:
    """Every name beneath a CA that constrains names is one it may sign for."""
    left = Budget().constraints
    for position, authority in chain.judged(context):
        limits = authority.name_constraints
        if limits is None:
            continue
        for who, names in _beneath(chain, position):
            left -= _cost(names, limits)
            if left < 0:
                yield on(authority, Code.SEARCH_EXHAUSTED, limit=Budget().constraints)
                return
            for name in _forbidden(names, limits):
                yield on(authority, Code.NAME_CONSTRAINED, name=name, beneath=who)
            if _has_unjudged(names, limits):
                yield on(authority, Code.NAME_CONSTRAINT_UNJUDGED, beneath=who)


@judges(Code.NAME_CONSTRAINT_UNFIT)
def constraint_form(chain: Chain, context: Context) -> Iterator[Finding]:
    """A DNS name constraint is a name, without the leading dot that URI constraints know."""
    for _, authority in chain.judged(context):
        limits = authority.name_constraints
        for limit in (*limits.permitted.dns, *limits.excluded.dns) if limits else ():
            if not limit or limit.startswith("."):
                yield on(
                    authority, Code.NAME_CONSTRAINT_UNFIT, limit=f'"{limit}"', right=limit.lstrip(".") or "-"
                )


def _beneath(chain: Chain, position: int) -> Iterator[tuple[str, GeneralNames]]:
    own = chain.origin.names or GeneralNames()
    subject = chain.origin.subject
    commons = subject.common_names if subject and chain.origin.names is None else ()
    yield (chain.leaf.subject if chain.leaf else "leaf"), _with_subject(own, subject, commons)
    for certificate in chain.above[:position]:
        if not certificate.is_self_issued:
            names = certificate.names or GeneralNames()
            yield str(certificate.subject), _with_subject(names, certificate.subject, ())


def _with_subject(
    names: GeneralNames, subject: DistinguishedName | None, commons: tuple[str, ...]
) -> GeneralNames:
    directory = (*names.directory, subject) if subject is not None and subject.folded else names.directory
    dns = (*names.dns, *(common for common in commons if "." in common and " " not in common))
    return GeneralNames(dns, names.ip, names.email, names.uri, directory, names.other)


def _cost(names: GeneralNames, limits: NameConstraints) -> int:
    return _count(names) * (_count(limits.permitted) + _count(limits.excluded))


def _count(names: GeneralNames) -> int:
    return len(names.dns) + len(names.ip) + len(names.email) + len(names.uri) + len(names.directory)


def _forbidden(names: GeneralNames, limits: NameConstraints) -> Iterator[str]:
    allowed, barred = limits.permitted, limits.excluded
    for dns in names.dns:
        if any(_dns_may_be_within(dns, limit) for limit in barred.dns) or (
            allowed.dns and not any(_dns_within(dns, limit) for limit in allowed.dns)
        ):
            yield dns
    for address in names.ip:
        if any(_ip_within(address, limit) for limit in barred.ip) or (
            allowed.ip and not any(_ip_within(address, limit) for limit in allowed.ip)
        ):
            yield str(address)
    for email in names.email:
        if any(_email_within(email, limit) for limit in barred.email) or (
            allowed.email and not any(_email_within(email, limit) for limit in allowed.email)
        ):
            yield email
    for name in names.directory:
        if any(_directory_within(name, limit) for limit in barred.directory) or (
            allowed.directory and not any(_directory_within(name, limit) for limit in allowed.directory)
        ):
            yield str(name)


def _has_unjudged(names: GeneralNames, limits: NameConstraints) -> bool:
    both = (limits.permitted, limits.excluded)
    uri = bool(names.uri) and any(limit.uri for limit in both)
    other = names.other > 0 and any(limit.other for limit in both)
    # A subjectAltName with a mask beside its address is no address (RFC 5280 §4.2.1.6): openssl refuses it too.
    masked = any(isinstance(one, _NETWORKS) for one in names.ip) and any(limit.ip for limit in both)
    return uri or other or masked


def _dns_within(name: str, limit: str) -> bool:
    """A limit with a leading dot, which RFC 5280 does not know for DNS, is read as openssl and Go read it."""
    shown, base = name.lower(), limit.lower()
    if base.startswith("."):
        return shown.endswith(base)
    return base in ("", shown) or shown.endswith("." + base)


def _dns_may_be_within(name: str, limit: str) -> bool:
    """A wildcard may stand for a barred name (CVE-2026-34073 was this, overlooked)."""
    if _dns_within(name, limit):
        return True
    return name.startswith("*.") and limit.lower().partition(".")[2] == name[2:].lower()


def _ip_within(
    address: IPv4Address | IPv6Address | IPv4Network | IPv6Network,
    limit: IPv4Address | IPv6Address | IPv4Network | IPv6Network,
) -> bool:
    return isinstance(limit, _NETWORKS) and not isinstance(address, _NETWORKS) and address in limit


def _email_within(email: str, limit: str) -> bool:
    if "@" in limit:
        return email.rpartition("@")[0] == limit.rpartition("@")[0] and _host(email) == _host(limit)
    if limit.startswith("."):
        return _host(email).endswith(limit.lower())
    return _host(email) == limit.lower()


def _host(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _directory_within(name: DistinguishedName, limit: DistinguishedName) -> bool:
    if not limit.folded:
        return True
    return name.folded.split("\x1e")[: len(limit.folded.split("\x1e"))] == limit.folded.split("\x1e")


def constrains_names(certificates: Iterable[Certificate]) -> bool:
    """Tell whether any of the certificates constrains names, so that verdicts depend on the leaf's."""
    return any(certificate.name_constraints is not None for certificate in certificates)
