"""The table `[watch]`: what it may say, and every fault of it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.parse_watch import is_mail, parse_watch
from warifu.domain.estate.table_reader import Source
from warifu.domain.estate.watch_spec import SendHours, SmtpSpec, WatchSpec, WebhookSpec

WHOLE = """
[watch]
to = "pki@shop.example"
language = "ja"
windows = ["7d", "60d", "1d"]
remind = "3d"
spread = "10m"
zone = "Asia/Tokyo"
send-from = "09:00"
send-until = 18:00:00
weekdays = ["mon", "fri"]
hold-urgent = true
leave-out = ["changed"]

[watch.smtp]
host = "mail.shop.example"
from = "warifu@shop.example"
user = "warifu"
password-file = "secrets/smtp"
ca-file = "/etc/ssl/shop.pem"

[watch.webhook]
url = "https://chat.shop.example:8443/hooks/1?x=y"
token-file = "secrets/token"
repeat = true

[watch.prometheus]
file = "warifu.prom"
"""


def read(text: str, *, zones: bool = True) -> WatchSpec:
    return parse_watch(Source("watch.toml", text, "/srv/shop"), zone_exists=lambda _zone: zones)


def faults_of(text: str, **options: bool) -> list[tuple[str, str]]:
    with pytest.raises(EstateError) as caught:
        read(text, **options)
    return [(fault.code, str(fault.values.get("key", ""))) for fault in caught.value.faults]


def test_everything_is_read() -> None:
    """Paths are seen from the file's folder; windows come longest first."""
    days = tuple(timedelta(days=days) for days in (60, 7, 1))
    expected = WatchSpec(
        "pki@shop.example",
        "ja",
        days,
        timedelta(days=3),
        timedelta(minutes=10),
        SendHours("Asia/Tokyo", time(9), time(18), (0, 4)),
        hold_urgent=True,
        leave_out=("changed",),
        smtp=SmtpSpec(
            "mail.shop.example",
            "warifu@shop.example",
            587,
            "starttls",
            "warifu",
            "/srv/shop/secrets/smtp",
            "/etc/ssl/shop.pem",
        ),
        webhook=WebhookSpec(
            "https://chat.shop.example:8443/hooks/1?x=y", "/srv/shop/secrets/token", repeat=True
        ),
        prometheus="/srv/shop/warifu.prom",
    )
    assert expected == read(WHOLE)


def test_an_empty_table_tells_nobody() -> None:
    """Thirty, fourteen, seven days and one; at any hour; over no channel."""
    spec = read("[watch]")
    assert (WatchSpec(), False, True) == (spec, spec.tells, spec.hours.always)
    assert read('[watch.webhook]\nurl = "http://[::1]:80"').tells


def test_a_spread_may_be_as_long_as_the_shortest_window() -> None:
    """A part of it is always shorter: the notice comes before the end."""
    assert timedelta(days=3) == read('[watch]\nwindows = ["9d", "3d"]\nspread = "3d"').spread


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_the_security(security: str, port: int) -> None:
    """As the standards have it."""
    text = f'[watch]\nto = "a@b"\n[watch.smtp]\nhost = "h"\nfrom = "c@d"\nsecurity = "{security}"'
    assert SmtpSpec("h", "c@d", port, security) == read(text).smtp


SMTP = '[watch]\nto = "a@b"\n[watch.smtp]\nhost = "h"\nfrom = "c@d"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("estate.missing-key", "watch")]),
        ("watch = 1", [("estate.not-table", "watch")]),
        ("[watch", [("estate.not-toml", "")]),
        ("[watch]\n[other]", [("estate.unknown-key", "other")]),
        ("[watch]\nto = 'nobody'", [("estate.not-mail", "watch.to")]),
        ("[watch]\nwindows = []", [("estate.missing-key", "watch.windows")]),
        ("[watch]\nwindows = ['30d', '2h']", [("estate.not-duration", "watch.windows")]),
        ("[watch]\nwindows = '30d'", [("estate.not-texts", "watch.windows")]),
        ("[watch]\nspread = '25h'", [("estate.spread-too-long", "watch.spread")]),
        ("[watch]\nwindows = ['9d', '3d']\nspread = '4d'", [("estate.spread-too-long", "watch.spread")]),
        ("[watch]\nlanguage = 'fr'", [("estate.not-choice", "watch.language")]),
        ("[watch]\nweekdays = ['sunday']", [("estate.not-choice", "watch.weekdays")]),
        ("[watch]\nleave-out = ['nothing']", [("estate.not-choice", "watch.leave-out")]),
        ("[watch]\nsend-from = '25:00'", [("estate.not-time", "watch.send-from")]),
        ("[watch]\nsend-from = '09:00+09:00'", [("estate.not-time", "watch.send-from")]),
        ("[watch]\nsend-from = 9", [("estate.not-time", "watch.send-from")]),
        ("[watch.smtp]\nhost = 'h'\nfrom = 'c@d'", [("estate.missing-key", "watch.to")]),
        ("[watch]\nto = 'a@b'\n[watch.smtp]\nhost = 'h'", [("estate.missing-key", "watch.smtp.from")]),
        (f"{SMTP}user = 'u'", [("estate.missing-key", "watch.smtp.password-file")]),
        (
            f"{SMTP}security = 'none'\nuser = 'u'\npassword-file = 'p'",
            [("estate.clear-secret", "watch.smtp.security")],
        ),
        (f"{SMTP}password = 'p'", [("estate.unknown-key-near", "watch.smtp.password")]),
        ("[watch.webhook]\nurl = 'ftp://h/'", [("estate.not-url", "watch.webhook.url")]),
        ("[watch.webhook]\nurl = 'https://u:p@h/'", [("estate.not-url", "watch.webhook.url")]),
        ("[watch.webhook]\nurl = 'https://h:99999/'", [("estate.not-url", "watch.webhook.url")]),
        ("[watch.webhook]\nurl = 'https://h/a b'", [("estate.not-url", "watch.webhook.url")]),
        ("[watch.webhook]", [("estate.missing-key", "watch.webhook.url")]),
        (
            "[watch.webhook]\nurl = 'http://h/'\ntoken-file = 't'",
            [("estate.clear-secret", "watch.webhook.url")],
        ),
        ("[watch.prometheus]\nfile = 'x.txt'", [("estate.not-prom", "watch.prometheus.file")]),
        ("[watch.prometheus]", [("estate.missing-key", "watch.prometheus.file")]),
    ],
)
def test_each_fault_names_its_key(text: str, expected: list[tuple[str, str]]) -> None:
    """And nothing is taken half."""
    assert expected == faults_of(text)


def test_a_secret_may_go_in_clear_to_this_machine_only() -> None:
    """A relay or receiver on loopback."""
    text = SMTP.replace('"h"', '"localhost"') + "security = 'none'\nuser = 'u'\npassword-file = 'p'"
    assert "none" == (read(text).smtp or SMTP).security  # type: ignore[union-attr]
    assert read("[watch.webhook]\nurl = 'http://127.0.0.1:8000/'\ntoken-file = 't'").webhook is not None


def test_a_zone_that_is_not_known_here_is_a_fault() -> None:
    """Hours would be meaningless."""
    assert [("estate.no-zone", "watch.zone")] == faults_of("[watch]\nzone = 'Mars/Olympus'", zones=False)


def test_it_stands_in_an_estate_once() -> None:
    """Files that are read together have one table between them."""
    assert "ja" == (estate_of(SMALL + WHOLE).watch or WatchSpec()).lang
    assert None is estate_of(SMALL).watch
    with pytest.raises(EstateError) as caught:
        estate_of(SMALL + WHOLE, "[watch]")
    assert ["estate.twice"] == [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.example", True),
        ("a+b@b", True),
        ("", False),
        ("@b", False),
        ("a@", False),
        ("Ito <a@b>", False),
        ("a@b, c@d", False),
        ("a@b\r\nBcc: c@d", False),
        ("伊藤@b", False),
        ("o'hara=x@b-c.example", True),
        ("pki@[192.0.2.1]", True),
        ("pki@[IPv6:2001:db8::1]", True),
        ("pki@[", False),
        ("a(@b", False),
        ('"a b"@c', False),
        ("a..b@c", False),
        ("a@b..c", False),
        ("a@-b", False),
        ("a@" + "b" * 64, False),
        ("a" * 65 + "@b", False),
        ("a@" + ".".join(["b" * 63] * 4), False),
        ("=?utf-8?q?a@b?=", False),
        ("=?utf-8?q?a?=@b", False),
    ],
)
def test_a_mail_address_is_one_and_bare(text: str, *, expected: bool) -> None:
    """No name around it, no second one, no header behind it."""
    assert expected == is_mail(text)
