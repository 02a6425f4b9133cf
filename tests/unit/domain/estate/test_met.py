"""What somebody meets who dials a service."""

from __future__ import annotations

from dataclasses import replace

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import IdentitySlot
from warifu.domain.estate.met import find_met

MORE = """
[services.web.identities.named]
identity = "web"
certificate = "/n.crt"
key = "/n.key"
sni = ["n.example"]
[services.alone]
node = "n"
target = "files"
[services.alone.identities.me]
identity = "web"
certificate = "/a.crt"
key = "/a.key"
[services.two]
node = "n"
target = "files"
[services.two.identities.one]
identity = "web"
certificate = "/1.crt"
key = "/1.key"
[services.two.identities.other]
identity = "web"
certificate = "/2.crt"
key = "/2.key"
"""


def test_servers_show_what_connections_say_and_what_can_be_nothing_else() -> None:
    """A name of its own, or no identity beside it; not what is presented to servers, nor what may be."""
    assert {"web/tls", "web/clients", "web/named", "alone/me"} == find_met(estate_of(SMALL + MORE))


def test_where_nobody_who_connects_is_known_names_and_loneliness_tell() -> None:
    """A trust store is met only by clients that are known."""
    estate = replace(estate_of(SMALL + MORE), connections={})
    assert {"web/named", "alone/me", "app/me"} == find_met(estate)


def test_a_wildcard_is_asked_for_by_a_name_beneath_it() -> None:
    """No client sends a star, and a server may refuse one that does."""
    slot = IdentitySlot("web/tls", "web", "web", "/w.crt", sni=("*.wild.example", "web.example"))
    assert ("warifu-probe.wild.example", "web.example") == slot.asked_names
