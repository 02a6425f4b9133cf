"""Distinguished names and general names.

Spec: RFC 5280 §4.1.2.4, §4.2.1.6.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from warifu.domain.x509.sending import lightly_sent


@lightly_sent
@dataclass(frozen=True, slots=True)
class DistinguishedName:
    """A subject or issuer, compared by its DER bytes.

    Args:
        der: the encoded Name.
        text: RFC 4514 text, for people.
        common_names: every commonName in order.
        folded: the name as chains are built with it: case and runs of spaces do not count
            (RFC 5280 §7.1). Equal names have equal `folded`; the reverse need not hold.
        emails: every emailAddress in order.
    """

    der: bytes
    text: str = field(compare=False)
    common_names: tuple[str, ...] = field(compare=False, default=())
    folded: str = field(compare=False, default="")
    emails: tuple[str, ...] = field(compare=False, default=())

    def __str__(self) -> str:
        return self.text or "(empty name)"


@lightly_sent
@dataclass(frozen=True, slots=True)
class GeneralNames:
    """The names of a subjectAltName, by kind; kinds we do not judge are counted in `other`."""

    dns: tuple[str, ...] = ()
    ip: tuple[IPv4Address | IPv6Address | IPv4Network | IPv6Network, ...] = ()
    email: tuple[str, ...] = ()
    uri: tuple[str, ...] = ()
    directory: tuple[DistinguishedName, ...] = ()
    other: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """Every DNS name and address as text, in order."""
        return (*self.dns, *(str(address) for address in self.ip))


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """The names a CA may and may not sign for. Spec: RFC 5280 §4.2.1.10."""

    permitted: GeneralNames = GeneralNames()
    excluded: GeneralNames = GeneralNames()


@lightly_sent
@dataclass(frozen=True, slots=True)
class AuthorityForm:
    """What an authorityKeyIdentifier says beyond, or instead of, a key id. Spec: RFC 5280 §4.2.1.1.

    Args:
        has_key_id: it names a key id too.
        issuers: the directory names of the issuer's own issuer.
        serial: the serial number of the issuer's certificate.
    """

    has_key_id: bool
    issuers: tuple[DistinguishedName, ...] = ()
    serial: int | None = None

    def half(self, *, is_serial: bool) -> AuthorityForm:
        """Return it with the serial number alone, or without it."""
        return AuthorityForm(self.has_key_id, (), self.serial) if is_serial else replace(self, serial=None)
