"""How names in a subjectAltName must be written, and whose a wildcard is.

Spec: RFC 5280 §4.2.1.6 with RFC 1034 §3.5 and RFC 1123 §2.1 (DNS names), RFC 3986 §3.1 (URIs), RFC 5952 §4
(addresses as text); CA/Browser Forum BR §3.2.2.6 (wildcards), §7.1.4.3 (common names).

Which suffixes are open to registration by anyone is kept by the Public Suffix List (publicsuffix.org), which has
ten thousand entries and changes each week. Here stands a short part of it: the second levels that country registries
share, by rule, and the best known hosting names, by name (looked at in November 2026). A suffix that is not among
them counts as somebody's own, so a wildcard above it is not told: the rule warns where it is sure, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from warifu.domain.trust.facts import LeafFacts
from warifu.domain.trust.subtrees import is_email
from warifu.domain.x509 import GeneralNames

_LONGEST = 253
_LABEL = r"[A-Za-z0-9-]{1,63}(?<!-)"
_DNS = re.compile(rf"(?!-)(?:{_LABEL}\.(?!-))*(?!\d+\Z){_LABEL}", re.ASCII)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE | re.ASCII)

# The second levels beneath two-letter countries that registries keep for many (co.uk, com.au, ne.jp, ...).
_SECOND_LEVELS = frozenset(
    (
        "ac",
        "co",
        "com",
        "edu",
        "go",
        "gob",
        "gouv",
        "gov",
        "gv",
        "mil",
        "ne",
        "net",
        "nom",
        "or",
        "org",
        "sch",
    )
)
# Private namespaces whose names beneath belong to customers, with the private section of the Public Suffix List.
_HOSTING = frozenset(
    (
        "appspot.com",
        "azureedge.net",
        "azurewebsites.net",
        "blob.core.windows.net",
        "blogspot.com",
        "cloudapp.net",
        "cloudfront.net",
        "elasticbeanstalk.com",
        "firebaseapp.com",
        "fly.dev",
        "github.io",
        "gitlab.io",
        "herokuapp.com",
        "netlify.app",
        "ngrok.io",
        "onrender.com",
        "pages.dev",
        "s3.amazonaws.com",
        "vercel.app",
        "web.app",
        "workers.dev",
    )
)


def is_shared_suffix(name: str) -> bool:
    """Tell whether names right beneath this one surely belong to many owners."""
    shown = name.lower().removesuffix(".")
    if shown in _HOSTING:
        return True
    second, _, country = shown.partition(".")
    return not country or (len(country) == 2 and country.isalpha() and second in _SECOND_LEVELS)


def unfit_names(names: GeneralNames) -> Iterator[str]:
    """Yield every name that is not written as its kind asks; a wildcard's star counts as a label of its own."""
    for name in names.dns:
        if not is_dns_name(name):
            yield name
    if len(names.dns) == 0 or names.ip or names.email or names.uri:
        yield from _unfit_others(names)


def _unfit_others(names: GeneralNames) -> Iterator[str]:
    if names == _NONE:
        yield ""
    yield from (str(address) for address in names.ip if isinstance(address, (IPv4Network, IPv6Network)))
    yield from (email for email in names.email if not is_email(email))
    yield from (uri for uri in names.uri if _URI.fullmatch(uri) is None)


def is_dns_name(name: str) -> bool:
    """Tell whether a text is a DNS name in preferred syntax; where stars may stand is another rule's."""
    return len(name) <= _LONGEST and _DNS.fullmatch(name.replace("*", "x")) is not None


def unlisted_common_names(leaf: LeafFacts) -> tuple[str, ...]:
    """Return the common names that are none of the leaf's names, letter for letter; none where it has no other names."""
    if leaf.names is None:
        return ()
    listed = frozenset(leaf.names.texts)
    return tuple(common for common in leaf.common_names if common not in listed)


_NONE = GeneralNames()
