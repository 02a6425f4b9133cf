"""The dialects by name: how TLS begins, and how it is found out whether a login gets in without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from warifu.adapters.probes.databases import mysql, postgresql, postgresql_in_clear
from warifu.adapters.probes.ldap import ldap
from warifu.adapters.probes.mail import imap, pop3, smtp
from warifu.adapters.probes.nats import nats
from warifu.adapters.probes.talk import Talk
from warifu.adapters.probes.tds import tds, tds_in_clear

BEGINNINGS: Mapping[str, Callable[[], Talk]] = MappingProxyType(
    {
        "imap": imap,
        "ldap": ldap,
        "mysql": mysql,
        "nats": nats,
        "pop3": pop3,
        "postgresql": postgresql,
        "smtp": smtp,
        "tds": tds,
    }
)
"""Of dialects that begin in clear; `tls` and `tds8` begin with TLS."""

IN_CLEAR: Mapping[str, Callable[[], Talk]] = MappingProxyType(
    {"postgresql": postgresql_in_clear, "tds": tds_in_clear}
)
"""Of dialects that tell of logins in clear only when one is begun, on a connection of its own."""

FAREWELLS: Mapping[str, bytes] = MappingProxyType(
    {"imap": b"a3 LOGOUT\r\n", "pop3": b"QUIT\r\n", "smtp": b"QUIT\r\n"}
)
"""What a client says when it goes; servers of these dialects answer, and so show that they let it in."""
