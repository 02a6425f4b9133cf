"""Lists of subjects: what a line stands for, and what is told of one that stands for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.domain.sweep.listing import MOST, Listing, Spot, parse_line, parse_listing, path_line
from warifu.errors import UsageError

SCHEMES = {"tls": 443, "smtp": 25}


def spread(text: str) -> list[str]:
    listing, faults = parse_listing(text, SCHEMES)
    assert () == faults
    return [str(one) for one in listing]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web.example:443", ["web.example:443"]),
        ("web.example:443,8443", ["web.example:443", "web.example:8443"]),
        ("web.example:8000-8002", ["web.example:8000", "web.example:8001", "web.example:8002"]),
        ("web.example:443,443", ["web.example:443"]),
        ("web[08-11].example:443", [f"web{n}.example:443" for n in ("08", "09", "10", "11")]),
        ("web[8-11].example:443", [f"web{n}.example:443" for n in (8, 9, 10, 11)]),
        ("r[1-2]n[3,5]:1", ["r1n3:1", "r1n5:1", "r2n3:1", "r2n5:1"]),
        ("[1-2]a:1", ["1a:1", "2a:1"]),
        ("192.0.2.0/30:443", [f"192.0.2.{n}:443" for n in range(4)]),
        ("[2001:db8::]/127:443", ["[2001:db8::]:443", "[2001:db8::1]:443"]),
        ("[2001:db8::/127]:443", ["[2001:db8::]:443", "[2001:db8::1]:443"]),
        ("2001:db8::/127:443", ["[2001:db8::]:443", "[2001:db8::1]:443"]),
        ("[2001:db8::1]:443", ["[2001:db8::1]:443"]),
        ("smtp://mx.example", ["smtp://mx.example:25"]),
        ("SMTP://mx.example:2525/", ["smtp://mx.example:2525"]),
        ("tls://[2001:db8::1]", ["tls://[2001:db8::1]:443"]),
        ("smtp://mx[1-2].example:25,587", [f"smtp://mx{n}.example:{p}" for n in (1, 2) for p in (25, 587)]),
        ("/srv/certs", ["/srv/certs"]),
        ("certs/web.pem", ["certs/web.pem"]),
        ("web.pem", ["web.pem"]),
        ("./odd:443", ["./odd:443"]),
        ("cert[1].pem", ["cert[1].pem"]),
        ("2001:db8::1:443", ["2001:db8::1:443"]),
        ("", []),
        ("   # a comment", []),
        ("web.pem # its owner is away", ["web.pem"]),
        ("web#1.pem", ["web#1.pem"]),
        ("\ufeffweb.pem\r\nmail.pem\r\n", ["web.pem", "mail.pem"]),
    ],
)
def test_what_a_line_stands_for(line: str, expected: list[str]) -> None:
    """Ranges, networks and ports are spread out in order; a line without a port is a path."""
    assert expected == spread(line)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("web.example:0", "sweep.no-port"),
        ("web.example:65536", "sweep.no-port"),
        ("web.example:443,", "sweep.no-port"),
        ("web.example:2-1", "sweep.no-port"),
        ("smtp://mx.example:x", "sweep.no-port"),
        ("ftp://x.example", "sweep.no-such-scheme"),
        ("web[3-1].example:443", "sweep.no-range"),
        ("web[1,].example:443", "sweep.no-range"),
        ("192.0.2.1/28:443", "sweep.host-bits"),
        ("192.0.2.0/33:443", "sweep.no-network"),
        ("certs/web:443", "sweep.no-network"),
        ("[2001:db8::zz]:443", "sweep.no-host"),
        ("[2001:db8::1]x:443", "sweep.no-host"),
        ("a b:443", "sweep.no-host"),
        ("smtp://", "sweep.no-host"),
        ("10.0.0.0/8:443", "sweep.too-many"),
        ("n[0-65535]:1,2", "sweep.too-many"),
        ("n[0-9999999999]:1", "sweep.too-many"),
        ("n[0-999]x[0-999]:1", "sweep.too-many"),
        ("x" * 5000, "sweep.line-too-long"),
        ("a\x00b", "sweep.line-unprintable"),
    ],
)
def test_what_is_no_line(line: str, code: str) -> None:
    """Each fault has its own sentence."""
    with pytest.raises(UsageError) as caught:
        parse_line(line, SCHEMES)
    assert code == caught.value.code


def test_every_fault_is_told_with_its_line() -> None:
    """A list with two mistakes takes one round to mend."""
    listing, faults = parse_listing("a:443\n\nb:0\nc:443\nftp://x\n", SCHEMES)
    assert [(3, "sweep.no-port"), (5, "sweep.no-such-scheme")] == [(one.line, one.reason) for one in faults]
    assert [Spot("a", 443), Spot("c", 443)] == list(listing)


def test_a_path_may_look_like_anything() -> None:
    """What is known to be a path is not read as anything else."""
    assert ["web.example:443"] == list(Listing((path_line("web.example:443"),)))


def test_as_many_as_are_allowed() -> None:
    """The limit itself is within it, and counting does not spread anything out."""
    line = parse_line("n[1-65536]:1", SCHEMES)
    listing = Listing((line, parse_line("/srv", SCHEMES)))
    assert (MOST + 1, 1) == (listing.count, listing.paths)


@given(
    st.text(st.characters(codec="utf-8"), max_size=60)
    | st.from_regex(r"[a-z\[\]0-9,:/.#-]{1,40}", fullmatch=True)
)
@examples(400)
def test_any_text_is_a_list_or_has_faults(text: str) -> None:
    """Nothing but our own errors comes out, and what is counted is what is walked through."""
    listing, faults = parse_listing(text, SCHEMES)
    assert all(fault.reason.startswith("sweep.") for fault in faults)
    if listing.count < 3_000:
        assert listing.count == len(list(listing))
