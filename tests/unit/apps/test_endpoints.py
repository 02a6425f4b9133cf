"""What people write for a place where TLS is spoken."""

from __future__ import annotations

import pytest

from warifu.apps.cli.options import ENDPOINT
from warifu.domain.trust.address import Address
from warifu.errors import UsageError
from warifu.ports.probes import Endpoint

READ = {
    "web.example:443": ("web.example", 443, "tls"),
    "mail.example:25": ("mail.example", 25, "smtp"),
    "mail.example:587": ("mail.example", 587, "smtp"),
    "mail.example:465": ("mail.example", 465, "tls"),
    "mail.example:143": ("mail.example", 143, "imap"),
    "mail.example:993": ("mail.example", 993, "tls"),
    "mail.example:110": ("mail.example", 110, "pop3"),
    "mail.example:995": ("mail.example", 995, "tls"),
    "dir.example:389": ("dir.example", 389, "ldap"),
    "dir.example:636": ("dir.example", 636, "tls"),
    "db.example:5432": ("db.example", 5432, "postgresql"),
    "db.example:3306": ("db.example", 3306, "mysql"),
    "db.example:1433": ("db.example", 1433, "tds"),
    "nats.example:4222": ("nats.example", 4222, "nats"),
    "smtp://mail.example": ("mail.example", 25, "smtp"),
    "smtps://mail.example": ("mail.example", 465, "tls"),
    "SMTP://mail.example:2525/": ("mail.example", 2525, "smtp"),
    "ldaps://dir.example": ("dir.example", 636, "tls"),
    "mssql://db.example": ("db.example", 1433, "tds"),
    "tds8://db.example": ("db.example", 1433, "tds8"),
    "mariadb://db.example": ("db.example", 3306, "mysql"),
    "postgres://db.example": ("db.example", 5432, "postgresql"),
    "https://web.example/": ("web.example", 443, "tls"),
    "tls://mail.example:25": ("mail.example", 25, "tls"),
    "imap://[2001:db8::1]": ("2001:db8::1", 143, "imap"),
    "imap://[2001:db8::1]:1143": ("2001:db8::1", 1143, "imap"),
}


@pytest.mark.parametrize("text", READ)
def test_it_is_read(text: str) -> None:
    """By the scheme where there is one, else by the port."""
    host, port, dialect = READ[text]
    assert Endpoint(Address(host, port), dialect) == ENDPOINT.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gopher://x.example:70", "cli.not-a-scheme"),
        ("://x.example:70", "cli.not-a-scheme"),
        ("smtp://", "cli.not-an-address"),
        ("smtp://x y:25", "cli.not-an-address"),
        ("smtp://x.example:0", "cli.not-an-address"),
        ("smtp://::1:25", "cli.not-an-address"),
        ("smtp://x.example/inbox", "cli.not-an-address"),
        ("x.example", "cli.not-an-address"),
    ],
)
def test_what_is_none_is_refused(text: str, code: str) -> None:
    """Each with the code of what is wrong with it."""
    with pytest.raises(UsageError) as caught:
        ENDPOINT.convert(text, None, None)
    assert code == caught.value.code


def test_it_is_shown_as_it_is_asked_again() -> None:
    """The scheme stands before it where its port alone would be read otherwise."""
    for text in ("mail.example:25", "smtp://mail.example:2525", "tls://mail.example:25", "[2001:db8::1]:443"):
        assert text == str(ENDPOINT.convert(text, None, None))
