"""Whether a leaf carries the name that is asked for.

Spec: RFC 9525 §6 (formerly RFC 6125), RFC 5280 §4.2.1.6, §7.5; CA/Browser Forum BR §3.2.2.6, §7.1.4.3. A wildcard is a whole leftmost label
with at least two labels after it; the commonName counts only where the library falls back to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts
from warifu.domain.trust.public_names import names_not_public
from warifu.domain.trust.rules.rule import judges, on_leaf
from warifu.domain.trust.spelling import is_shared_suffix, unfit_names, unlisted_common_names
from warifu.domain.x509 import GeneralNames, Purpose
from warifu.domain.x509.host_names import to_a_labels

MOST_TOLD = 100
"""Names told of one leaf; it may carry thousands."""


@judges(Code.NAME_MISMATCH, Code.NAME_IN_COMMON_NAME_ONLY, Code.ADDRESS_AS_DNS_NAME)
def expected_name(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf carries the name that is asked for."""
    leaf, name = chain.leaf, context.name
    if leaf is None or not name or carries(leaf, name):
        return
    if leaf.names is None and not leaf.lacks("subjectAltName"):
        return  # It carries names that could not be read: a finding of its own.
    in_common_name = any(matches_dns(common, name) for common in leaf.common_names)
    has_dns = leaf.names is not None and bool(leaf.names.dns)
    if in_common_name and not has_dns and _address(name) is None:
        yield on_leaf(leaf, Code.NAME_IN_COMMON_NAME_ONLY, name=name)
        return
    if leaf.names is not None and _is_shown_as_dns(leaf.names.dns, name):
        yield on_leaf(leaf, Code.ADDRESS_AS_DNS_NAME, name=name.strip("[]"))
        return
    carried = leaf.names.texts if leaf.names else ()
    yield on_leaf(leaf, Code.NAME_MISMATCH, name=name, names=carried or "-")


@judges(Code.NAMES_MISSING)
def names_present(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf says in its subjectAltName who it is; where the target reads attributes in it, another rule says which."""
    if context.profile.demands.directory_attributes:
        return
    if chain.leaf is not None and chain.leaf.names is None and chain.leaf.lacks("subjectAltName"):
        is_client = context.wanted_purposes == (Purpose.CLIENT_AUTH.value,)
        role = {"purpose": Purpose.CLIENT_AUTH.value} if is_client else {}
        commons = chain.leaf.common_names
        yield on_leaf(chain.leaf, Code.NAMES_MISSING, common_names=commons, name=context.name, **role)


@judges(Code.WILDCARD_UNFIT, Code.WILDCARD_TOO_WIDE)
def wildcards(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A wildcard stands alone in the leftmost label, above two labels at least, and not for names of many owners."""
    leaf = chain.leaf
    if leaf is None or leaf.names is None:
        return
    for pattern in islice([name for name in leaf.names.dns if "*" in name], MOST_TOLD):
        if not _is_fit_wildcard(pattern):
            yield on_leaf(leaf, Code.WILDCARD_UNFIT, pattern=pattern)
        elif is_shared_suffix(pattern[2:]):
            yield on_leaf(leaf, Code.WILDCARD_TOO_WIDE, pattern=pattern)


@judges(Code.NAME_UNFIT)
def names_fit(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Every name is written as its kind asks."""
    leaf = chain.leaf
    if leaf is None or leaf.names is None:
        return
    for name in islice(unfit_names(leaf.names), MOST_TOLD):
        yield on_leaf(leaf, Code.NAME_UNFIT, name="-" if leaf.names == GeneralNames() else f'"{name}"')


@judges(Code.NAME_NOT_PUBLIC)
def names_public(chain: Chain, context: Context) -> Iterator[Finding]:
    """A name that a public CA certifies is one in the public DNS, an address one of the Internet."""
    leaf = chain.leaf
    if leaf is None or leaf.names is None or Code.NAME_NOT_PUBLIC in context.profile.left_out:
        return
    for name, reason in islice(names_not_public(leaf.names), MOST_TOLD):
        yield on_leaf(leaf, Code.NAME_NOT_PUBLIC, name=name, reason=reason)


@judges(Code.COMMON_NAME_UNLISTED)
def common_names_listed(chain: Chain, context: Context) -> Iterator[Finding]:
    """A common name beside other names is one of them, letter for letter."""
    if chain.leaf is None or Code.COMMON_NAME_UNLISTED in context.profile.left_out:
        return
    for common in islice(unlisted_common_names(chain.leaf), MOST_TOLD):
        shown = chain.leaf.names.texts if chain.leaf.names else ()
        yield on_leaf(chain.leaf, Code.COMMON_NAME_UNLISTED, name=common, names=shown or "-")


def faults_of_names(leaf: LeafFacts) -> tuple[bool, ...]:
    """Return what rules find in a leaf's names, whichever name is asked for: leaves alike in it are judged alike."""
    if leaf.names is None:
        return ()
    stars = [name for name in leaf.names.dns if "*" in name]
    return (
        not all(map(_is_fit_wildcard, stars)),
        any(is_shared_suffix(name[2:]) for name in stars),
        any(True for _ in unfit_names(leaf.names)),
        bool(unlisted_common_names(leaf)),
        any(True for _ in names_not_public(leaf.names)),
    )


def carries(leaf: LeafFacts, name: str) -> bool:
    """Tell whether the subjectAltName covers a host name, an address or an e-mail address."""
    if leaf.names is None:
        return False
    if "@" in name:
        return any(_is_mailbox(email, name) for email in leaf.names.email)
    shown = leaf.names.dns
    if name in shown and _is_plain(name):
        return True
    address = _address(name)
    if address is not None:
        return address in leaf.names.ip
    return any(matches_dns(pattern, name) for pattern in shown)


def _is_shown_as_dns(shown: Iterable[str], name: str) -> bool:
    """Tell whether a name is an address that stands among DNS names, however it is spelt there."""
    address = _address(name)
    return address is not None and any(_address(one) == address for one in shown)


def _is_mailbox(shown: str, wanted: str) -> bool:
    """The local part counts letter for letter, the host does not: RFC 5280 §7.5."""
    (box, _, host), (wanted_box, _, wanted_host) = shown.rpartition("@"), wanted.rpartition("@")
    return box == wanted_box and host.lower() == wanted_host.lower()


def _is_plain(name: str) -> bool:
    """Tell whether a leaf surely covers a name that it shows letter for letter: no address, wildcard, root's dot or Unicode."""
    return name[-1:].isalpha() and name.isascii() and "*" not in name and ":" not in name


def matches_dns(pattern: str, name: str) -> bool:
    """Tell whether a presented DNS name, perhaps with a wildcard, covers a host name."""
    wanted = _ascii(name.removesuffix("."))
    shown = pattern.lower()
    if not wanted or not shown:
        return False
    if "*" not in shown:
        return shown == wanted
    if not _is_fit_wildcard(shown):
        return False
    first, _, rest = wanted.partition(".")
    return bool(first) and rest == shown[2:]


def _is_fit_wildcard(pattern: str) -> bool:
    labels = pattern.split(".")
    return labels[0] == "*" and len(labels) >= 3 and all(label and "*" not in label for label in labels[1:])


def _ascii(name: str) -> str:
    try:
        return to_a_labels(name)
    except ValueError:
        return name.lower()


def _address(name: str) -> IPv4Address | IPv6Address | None:
    """Return the address a name is, if it is one: all others are told by their last character alone."""
    text = name.strip("[]")
    if ":" not in text and not text[-1:].isdigit():
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None
