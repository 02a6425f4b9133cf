"""Which names lie within a constraint, kind by kind.

Spec: RFC 5280 §4.2.1.10; RFC 3986 §3.2 for the host of a URI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeVar

from warifu.domain.x509 import DistinguishedName, GeneralNames, NameConstraints

Address = IPv4Address | IPv6Address | IPv4Network | IPv6Network
_Name = TypeVar("_Name")
_NETWORKS = (IPv4Network, IPv6Network)
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE | re.ASCII
)
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE | re.ASCII)
_MAILBOX = re.compile(r"""(?:[^\s"@(),:;<>\[\\\]]+|"(?:[^"\\]|\\.)*")@""")


@dataclass(frozen=True, slots=True)
class Subtrees:
    """The constraints of one CA, ready to be compared with many names.

    Args:
        has_malformed: kinds with a constraint that is none: no name of such a kind can be judged.
    """

    permitted: GeneralNames
    excluded: GeneralNames
    has_malformed: frozenset[str]

    def cost(self, names: GeneralNames) -> int:
        """Return how many comparisons it takes at most: names of a kind times constraints of that kind."""
        both = (self.permitted, self.excluded)
        return sum(
            len(own) * sum(len(limits) for limits in kinds)
            for own, *kinds in zip(_kinds(names), *map(_kinds, both), strict=True)
        )

    def forbidden(self, names: GeneralNames) -> Iterator[str]:
        """Yield every name that is excluded, or not permitted; what cannot be compared is none of them.

        But for a URI without a host name, which no constraint of URIs lets pass, of either kind (§4.2.1.10).
        """
        allowed, barred = self.permitted, self.excluded
        yield from _outside(_judged("dns", names), allowed.dns, barred.dns, _dns_within, _dns_may_be_within)
        yield from map(str, _outside(_judged("ip", names), allowed.ip, barred.ip, _ip_within))
        yield from _outside(_judged("email", names), allowed.email, barred.email, _email_within)
        yield from _outside(_judged("uri", names), allowed.uri, barred.uri, _uri_within)
        yield from (uri for uri in names.uri if (allowed.uri or barred.uri) and not host_of(uri))
        yield from map(str, _outside(names.directory, allowed.directory, barred.directory, _directory_within))

    def has_unjudged(self, names: GeneralNames) -> bool:
        """Tell whether a name is of a kind that is constrained, and cannot be compared.

        A kind that is not known here, an address with a mask, which is no address (§4.2.1.6), what is no name of its
        kind, or any name whose kind has a malformed constraint.
        """
        both = (self.permitted, self.excluded)
        if names.other and any(limit.other for limit in both):
            return True
        for kind, is_comparable in _COMPARABLE.items():
            listed: Sequence[object] = getattr(names, kind)
            if not listed:
                continue
            is_constrained = kind != "uri" and any(getattr(limit, kind) for limit in both)
            if kind in self.has_malformed or (is_constrained and not all(map(is_comparable, listed))):
                return True
        return False


@lru_cache(maxsize=256)
def subtrees_of(constraints: NameConstraints) -> Subtrees:
    """Return the constraints as they are compared; what is malformed is left out and said."""
    malformed: set[str] = set()

    def sound(names: GeneralNames) -> GeneralNames:
        kept: dict[str, tuple[str, ...]] = {}
        for kind, is_limit in _LIMITS.items():
            listed: tuple[str, ...] = getattr(names, kind)
            kept[kind] = tuple(one for one in listed if is_limit(one))
            if len(kept[kind]) < len(listed):
                malformed.add(kind)
        return GeneralNames(ip=names.ip, directory=names.directory, other=names.other, **kept)

    return Subtrees(sound(constraints.permitted), sound(constraints.excluded), frozenset(malformed))


def misfits(constraints: NameConstraints) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, constraint, right form or nothing) of each that RFC 5280 does not know, and of an empty list."""
    both = (constraints.permitted, constraints.excluded)
    if not any(limits != GeneralNames() for limits in both):
        yield "nameConstraints", "", ""
    for limits in both:
        for limit in limits.dns:
            if not limit or limit.startswith("."):
                yield "DNS", limit, limit.lstrip(".")
        for kind, is_limit in _LIMITS.items():
            for limit in getattr(limits, kind):
                if not is_limit(limit):
                    yield _SPELT[kind], limit, ""


def is_dns_limit(text: str) -> bool:
    """Tell whether a text can be a DNS constraint; a leading dot, which only URI constraints know, is let pass."""
    bare = text.removeprefix(".")
    return not bare or _HOST.fullmatch(bare) is not None


def is_email(text: str) -> bool:
    """Tell whether a text is one mailbox: a local part, one `@`, a host, in ASCII. RFC 5280 §4.2.1.6."""
    found = _MAILBOX.match(text)
    return text.isascii() and found is not None and _HOST.fullmatch(text, found.end()) is not None


def host_of(uri: str) -> str:
    """Return the host name of a URI's authority, lower case; empty where it has none or an address. RFC 3986 §3.2."""
    found = _AUTHORITY.match(uri)
    if found is None:
        return ""
    host = found[1].rpartition("@")[2].partition(":")[0].lower().removesuffix(".")
    return host if _HOST.fullmatch(host) and not _is_address(host) else ""


def _is_email_limit(text: str) -> bool:
    return is_email(text) if "@" in text else bool(text) and _is_host_limit(text)


def _is_host_limit(text: str) -> bool:
    return _HOST.fullmatch(text.removeprefix(".")) is not None


_LIMITS: dict[str, Callable[[str], bool]] = {
    "dns": is_dns_limit,
    "email": _is_email_limit,
    "uri": _is_host_limit,
}
_COMPARABLE: dict[str, Callable[[object], bool]] = {
    "dns": lambda name: _HOST.fullmatch(str(name).removeprefix("*.")) is not None,
    "ip": lambda address: not isinstance(address, _NETWORKS),
    "email": lambda email: is_email(str(email)),
    "uri": lambda uri: bool(host_of(str(uri))),
}
_SPELT = {"dns": "DNS", "email": "email", "uri": "URI"}


def _kinds(names: GeneralNames) -> tuple[Sequence[object], ...]:
    return names.dns, names.ip, names.email, names.uri, names.directory


def _judged(kind: str, names: GeneralNames) -> Iterable[Any]:
    return filter(_COMPARABLE[kind], getattr(names, kind))


def _outside(
    names: Iterable[_Name],
    allowed: Sequence[_Name],
    barred: Sequence[_Name],
    within: Callable[[_Name, _Name], bool],
    may_be_within: Callable[[_Name, _Name], bool] | None = None,
) -> Iterator[_Name]:
    touches = may_be_within or within
    for name in names if allowed or barred else ():  # `cost` asks nothing for a kind without constraints
        if any(touches(name, limit) for limit in barred) or (
            allowed and not any(within(name, limit) for limit in allowed)
        ):
            yield name


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


def _ip_within(address: Address, limit: Address) -> bool:
    return isinstance(limit, _NETWORKS) and address in limit


def _email_within(email: str, limit: str) -> bool:
    """The local part counts letter for letter, the host does not."""
    host = email.rpartition("@")[2].lower()
    if "@" in limit:
        return (
            email.rpartition("@")[0] == limit.rpartition("@")[0] and host == limit.rpartition("@")[2].lower()
        )
    return _host_within(host, limit.lower())


def _uri_within(uri: str, limit: str) -> bool:
    return _host_within(host_of(uri), limit.lower())


def _host_within(host: str, limit: str) -> bool:
    """With a leading dot every host beneath it, without one that host alone."""
    return host.endswith(limit) if limit.startswith(".") else host == limit


@lru_cache(maxsize=4096)
def _parts(folded: str) -> tuple[str, ...]:
    return tuple(folded.split("\x1e")) if folded else ()


def _directory_within(name: DistinguishedName, limit: DistinguishedName) -> bool:
    wanted = _parts(limit.folded)
    return _parts(name.folded)[: len(wanted)] == wanted


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
