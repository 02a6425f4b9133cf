"""Which names and addresses no public CA may certify."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from warifu.domain.trust.public_names import names_not_public
from warifu.domain.x509 import GeneralNames


@pytest.mark.parametrize(
    "name",
    ["web.local", "WEB.Local.", "*.corp.internal", "localhost", "a.localhost", "x.home.arpa", "a.test", "a.invalid",
     "printer.home", "a.b.corp", "smtp.mail", "x.alt", "internal"],
)  # fmt: skip
def test_a_domain_that_is_set_aside_is_nobodys(name: str) -> None:
    """RFC 6761, RFC 6762, RFC 8375, RFC 9476, and ICANN's resolutions."""
    assert [(name, "special-use")] == list(names_not_public(GeneralNames((name,))))


@pytest.mark.parametrize("name", ["web", "*.intranet", "web."])
def test_a_name_of_one_label_is_nobodys(name: str) -> None:
    """Its star is no label of its own."""
    assert [(name, "single-label")] == list(names_not_public(GeneralNames((name,))))


@pytest.mark.parametrize(
    "name",
    ["example.com", "*.example.com", "local.example.com", "mylocal.com", "a.notlocal", "web.example", "a.b.onion",
     "10.in-addr.arpa", "arpa.home.com", ""],
)  # fmt: skip
def test_other_names_are_left_alone(name: str) -> None:
    """What merely ends alike, what documents use (RFC 6761 §6.5), `.onion` (BR appendix B), and no name at all."""
    assert [] == list(names_not_public(GeneralNames((name,))))


@pytest.mark.parametrize(
    "address",
    ["0.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "172.31.255.255", "192.0.0.9",
     "192.0.2.7", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1",
     "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::1", "100::1", "2001::1", "2001:db8::7", "2002::1",
     "3fff::1", "5f00::1", "fd00::1", "fe80::1"],
)  # fmt: skip
def test_an_address_that_is_set_aside_is_nobodys(address: str) -> None:
    """IANA's registries of special-purpose addresses."""
    names = GeneralNames((), (ip_address(address),))
    assert [(str(ip_address(address)), "reserved-address")] == list(names_not_public(names))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "11.0.0.1", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "223.255.255.255",
     "2606:4700::1111", "2001:200::1", "fec0::1"],
)  # fmt: skip
def test_an_address_of_the_internet_is_left_alone(address: str) -> None:
    """The nearest neighbours outside the blocks; a range is no address and is another rule's."""
    assert [] == list(names_not_public(GeneralNames((), (ip_address(address), ip_network("10.0.0.0/8")))))
