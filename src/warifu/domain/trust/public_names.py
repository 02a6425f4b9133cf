"""Which names and addresses are nobody's on the Internet, so that no public CA may certify them.

Spec: CA/Browser Forum BR §1.6.1 (Internal Name, Reserved IP Address), §4.2.2, §7.1.2.7.12.

An internal name is one that does not end in a top-level domain of IANA's root zone, which changes: here stand the
domains that are set aside and so will never be delegated, and names of one label. A made-up domain that nobody set
aside (`.lan`, `.corp`) is told where ICANN ended its applications for good (`corp`, `home`, `mail`: board resolution
2018.02.04.12); another is not, for it may be delegated one day.

- RFC 6761 §6.2 to §6.4 (test, localhost, invalid), RFC 6762 §3 (local), RFC 8375 (home.arpa), RFC 9476 (alt), ICANN board resolution 2024.07.29.06 (internal).
- `.example` is set aside for documents, and programs should not take it for special (RFC 6761 §6.5): not told.
- `.onion` (RFC 7686) is set aside too, but public CAs may certify it: BR appendix B.
- Addresses: IANA's registries of special-purpose addresses of IPv4 and IPv6 (RFC 6890), as of November 2026; every
  entry counts (BR §1.6.1), also one that is reachable.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from warifu.domain.x509 import GeneralNames

_SET_ASIDE = (
    "alt",
    "corp",
    "home",
    "home.arpa",
    "internal",
    "invalid",
    "local",
    "localhost",
    "mail",
    "test",
)
_ENDS = tuple(f".{domain}" for domain in _SET_ASIDE)
_RESERVED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "240.0.0.0/4",
        ),
    )
)
_RESERVED_6 = tuple(
    map(
        IPv6Network,
        (
            "::/128",
            "::1/128",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def names_not_public(names: GeneralNames) -> Iterator[tuple[str, str]]:
    """Yield every DNS name and address that nobody owns on the Internet, with the reason as a word of ours."""
    for name in names.dns:
        reason = _why_internal(name)
        if reason:
            yield name, reason
    for address in names.ip:
        if isinstance(address, (IPv4Address, IPv6Address)) and _is_reserved(address):
            yield str(address), "reserved-address"


def _why_internal(name: str) -> str:
    plain = name.lower().removesuffix(".").removeprefix("*.")
    if f".{plain}".endswith(_ENDS):
        return "special-use"
    return "" if "." in plain or not plain else "single-label"


def _is_reserved(address: IPv4Address | IPv6Address) -> bool:
    blocks = _RESERVED_4 if isinstance(address, IPv4Address) else _RESERVED_6
    return any(address in block for block in blocks)
