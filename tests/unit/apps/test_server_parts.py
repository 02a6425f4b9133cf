"""What the server is made of beneath its routes: pages, rates, counts, languages, paths in the log."""

from __future__ import annotations

import json
import logging
import secrets
import socket
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pki import NOW
from support.serving import make_base
from support.source import ROOT
from warifu.apps.notify import Notify
from warifu.apps.server.limits import Limits
from warifu.apps.server.logs import leave_foreign, make_log, take_foreign
from warifu.apps.server.metrics import DURATION, METRICS, REQUESTS, Metrics
from warifu.apps.server.paging import MOST, USUAL, Key, Page, make_page, read_cursor, read_limit
from warifu.apps.server.problem import STATUS, lang_of, problem_of, status_of
from warifu.apps.server.rate import Rate, RateLimit
from warifu.apps.server.redaction import shown_path
from warifu.apps.server.streams import event
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.text import Lang
from warifu.errors import (
    CouldNotLookError,
    PartlyDoneError,
    RefusedError,
    UsageError,
    WaitingError,
    WarifuError,
)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (b"", Lang.EN),
        (b"ja", Lang.JA),
        (b"ja-JP,en;q=0.8", Lang.JA),
        (b"en-GB, ja;q=0.9", Lang.EN),
        (b"de, ja;q=0.5, en;q=0.4", Lang.JA),
        (b"fr", Lang.EN),
        (b"ja;q=0", Lang.EN),
        (b"ja;q=nan, en;q=x", Lang.EN),
        (b"\xff\xfe;;;,=,", Lang.EN),
    ],
)
def test_the_language_is_the_one_asked_for(header: bytes, lang: Lang) -> None:
    """The greatest weight of those we speak; English otherwise."""
    assert lang == lang_of([(b"accept-language", header)])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("server.malformed"), 400),
        (RefusedError("server.key-mismatch"), 409),
        (RefusedError("server.not-found"), 404),
        (PartlyDoneError("x.y"), 500),
        (CouldNotLookError("x.y"), 503),
        (WaitingError("x.y"), 409),
        (WarifuError("server.unexpected"), 500),
    ],
)
def test_each_error_has_its_status(error: WarifuError, status: int) -> None:
    """By its class, unless its code says better."""
    assert status == status_of(error)


def test_every_status_of_the_table_belongs_to_a_message() -> None:
    """A code that no sentence has is a slip of the pen."""
    assert set() == set(STATUS) - set(MESSAGES)


def test_a_problem_document_has_code_values_and_sentence() -> None:
    """Programs read the code and the values as JSON has them, people the sentence in their language."""
    error = RefusedError(
        "server.too-many",
        seconds=3,
        at=NOW,
        names=frozenset({"b", "a"}),
        while_=timedelta(minutes=2),
        odd="\x1b[0m",
    )
    error.parts = (UsageError("server.limit-malformed", limit=0, most=5),)
    problem = problem_of(error, Lang.JA, call_id="17")
    document = json.loads(problem.body)
    assert {
        "type": "urn:warifu:server.too-many",
        "title": "拒否",
        "status": 429,
        "detail": "試行回数が多すぎます。3 秒後にやり直してください。",
        "code": "server.too-many",
        "values": {
            "seconds": 3,
            "at": NOW.isoformat(),
            "names": ["a", "b"],
            "while_": 120.0,
            "odd": "\\x1b[0m",
        },
        "errors": [
            {
                "code": "server.limit-malformed",
                "detail": "1 ページの行数は 1 から 5 までです (0 は指定できません)。",
                "values": {"limit": 0, "most": 5},
            }
        ],
        "instance": "urn:warifu:request:17",
    } == document
    headers = dict(problem.headers)
    assert (b"ja", b"3") == (headers[b"content-language"], headers[b"retry-after"])


def test_pages_join_to_the_whole_list() -> None:
    """Each row once, in order, whatever the length; the last page has no cursor."""
    rows = [(name, number) for name in "abc" for number in range(3)]
    for limit in range(1, 11):
        seen: list[tuple[str, int]] = []
        after: Key | None = None
        while True:
            rest = [row for row in rows if after is None or row > after]
            page: Page[tuple[str, int]] = make_page(rest[: limit + 1], limit, lambda row: row)
            seen += page.items
            if not page.next:
                break
            after = read_cursor(page.next, str, int)
        assert rows == seen


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda data: data.hex()))
def test_a_cursor_is_read_or_refused(text: str) -> None:
    """Whatever is sent as a cursor, only our error comes of it."""
    try:
        key: Key | str | None = read_cursor(text, str, int)
    except UsageError as error:
        key = error.code
    kinds = tuple(type(one) for one in key) if isinstance(key, tuple) else (str, int)
    assert (str, int) == kinds
    assert key in {None, "server.cursor-malformed"} or isinstance(key, tuple)


def test_a_cursor_of_another_list_is_refused() -> None:
    """Its keys are of other kinds."""
    page = make_page([1, 2], 1, lambda row: (row,))
    assert (1,) == read_cursor(page.next, int)
    with pytest.raises(UsageError):
        read_cursor(page.next, str)
    with pytest.raises(UsageError):
        read_cursor("a" * 2000, str)


def test_a_page_has_bounds() -> None:
    """From one row to the most."""
    assert (USUAL, 1, MOST) == (read_limit(None), read_limit(1), read_limit(MOST))
    for limit in (0, -1, MOST + 1):
        with pytest.raises(UsageError, match=r"server\.limit-malformed"):
            read_limit(limit)


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lets_through(limit: RateLimit, address: str) -> bool:
    try:
        limit.take(address)
    except RefusedError:
        return False
    return True


def test_an_address_has_its_burst_and_then_its_rate() -> None:
    """Three at once, then one in ten seconds; another address is not meant."""
    ticks = Ticks()
    limit = RateLimit(Rate(3, 10), Rate(1000, 0.001), ticks)
    assert [True, True, True, False] == [lets_through(limit, "192.0.2.1") for _ in range(4)]
    assert lets_through(limit, "192.0.2.2")
    with pytest.raises(RefusedError) as told:
        limit.take("::ffff:192.0.2.1")
    assert 10 == told.value.values["seconds"]
    ticks.now = 9.9
    assert not lets_through(limit, "192.0.2.1")
    ticks.now = 10.1
    assert [True, False] == [lets_through(limit, "192.0.2.1") for _ in range(2)]


def test_all_together_have_a_rate_too() -> None:
    """Many addresses gain nothing, and who is refused takes nothing from others."""
    ticks = Ticks()
    limit = RateLimit(Rate(1, 60), Rate(5, 1), ticks)
    assert 5 == sum(lets_through(limit, f"192.0.2.{number}") for number in range(50))
    ticks.now = 1
    assert [True, False] == [lets_through(limit, f"198.51.100.{number}") for number in range(2)]


def test_one_ipv6_network_is_one_address() -> None:
    """A host has a /64 to itself."""
    limit = RateLimit(Rate(1, 60), Rate(100, 1), Ticks())
    addresses = ("2001:db8::1", "2001:db8::ffff", "fe80::1%eth0", "2001:db8:0:1::1")
    assert [True, False, True, True] == [lets_through(limit, address) for address in addresses]


def test_what_is_kept_of_addresses_is_bounded() -> None:
    """The address not seen for longest is forgotten."""
    limit = RateLimit(Rate(1, 60), Rate(10_000, 1), Ticks(), most=100)
    for number in range(1000):
        lets_through(limit, f"host-{number}")
    assert 100 == len(limit)


def test_counts_are_told_as_prometheus_reads_them() -> None:
    """Counters, and durations in classes that add up."""
    metrics = Metrics()
    metrics.add(REQUESTS, "/v1/nodes/{name}", "GET", "200")
    metrics.add(REQUESTS, "/v1/nodes/{name}", "GET", "200", by=2)
    for seconds in (0.005, 0.03, 99):
        metrics.note(DURATION, "/x", seconds=seconds)
    text = metrics.text()
    assert 'warifu_requests_total{route="/v1/nodes/{name}",method="GET",status="200"} 3\n' in text
    assert 'warifu_request_seconds_bucket{route="/x",le="0.005"} 1\n' in text
    assert 'warifu_request_seconds_bucket{route="/x",le="0.1"} 2\n' in text
    assert 'warifu_request_seconds_bucket{route="/x",le="+Inf"} 3\n' in text
    assert 'warifu_request_seconds_count{route="/x"} 3\n' in text
    assert [metric.name for metric in METRICS] == [
        line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")
    ]


@pytest.mark.parametrize(
    ("path", "query", "shown"),
    [
        (
            "/v1/nodes/web-1.example.com",
            b"limit=5&cursor=abc",
            "/v1/nodes/web-1.example.com?limit=5&cursor=abc",
        ),
        ("/sign-in/" + "Ab1-" * 8, b"", "/sign-in/Ab1-Ab…"),
        ("/join", b"token=abc&t=short", "/join?token=…&t=…"),
        ("/x\nfake", b"", "/x\\x0afake"),
        ("/v1/x", b"limit=" + b"a" * 40, "/v1/x?limit=aaaaaa…"),
        ("/v1/x", b"s3cret" * 6, "/v1/x?s3cret…=…"),
    ],
)
def test_no_token_stands_in_a_path(path: str, query: bytes, shown: str) -> None:
    """Long words are cut off, values of unknown parameters left out, and lines do not break."""
    assert shown == shown_path(path, query)


def test_an_event_in_the_log_is_one_line_and_hides_secrets() -> None:
    """Whatever is put into it by mistake."""
    out = StringIO()
    log = make_log(out, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    log.warning("joined", node="web-1\nfake", join_token="abc", Password="def", at_=NOW)
    assert 1 == out.getvalue().count("\n")
    assert {
        "at": "2026-06-01T00:00:00.000+00:00",
        "level": "warning",
        "event": "joined",
        "node": "web-1\nfake",
        "join_token": "…",
        "Password": "…",
        "at_": str(NOW),
    } == json.loads(out.getvalue())


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    """A closed pipe is told to nobody."""
    out = StringIO()
    log = make_log(out, lambda: NOW)
    out.close()
    log.error("anything")
    assert out.closed


def test_systemd_is_told_by_an_abstract_name_too() -> None:
    """`@` stands for NUL; where nobody listens, and where nobody asked, nothing happens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind("\0warifu-test-" + secrets.token_hex(8))
        told.settimeout(10)
        notify = Notify({"NOTIFY_SOCKET": "@" + told.getsockname()[1:].decode()})
        notify.ready("serving")
        assert b"READY=1\nSTATUS=serving" == told.recv(100)
    notify.stopping()
    Notify({}).ready()


def test_what_libraries_log_comes_without_what_it_is_filled_with() -> None:
    """Its template and its place, and of an exception the type alone."""
    out = StringIO()
    handler = take_foreign(make_base(out=out).log)
    try:
        logging.getLogger("uvicorn.error").error("for %s", "s3cret", exc_info=ValueError("s3cret"))
        logging.getLogger("uvicorn.error").info("nothing")
    finally:
        leave_foreign(handler)
    assert "s3cret" not in out.getvalue()
    told = json.loads(out.getvalue())
    assert ("library", "for %s", "ValueError") == (told["event"], told["said"], told["error"])


def test_an_event_of_a_stream_never_breaks_out_of_its_fields() -> None:
    """Lines of data are fields of data, and names have one line."""
    assert b"event: a b\ndata: x\ndata: event: y\n\n" == event("a\nb", "x\r\nevent: y")
    assert b"event: a\ndata: \n\n" == event("a", "")


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    """Tokens come with time, and time that runs backwards takes none away."""
    ticks = Ticks()
    limit = RateLimit(Rate(1, 10), Rate(10, 1), ticks)
    ticks.now = 5
    limit.take("a")
    ticks.now = 0
    assert not lets_through(limit, "a")


def rows(page: str, first: str) -> list[list[str]]:
    """The cells of a table of docs/server.md, named by its first column."""
    lines = iter(page.splitlines())
    for line in lines:
        if line.startswith(f"| {first} |"):
            next(lines)
            break
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in takewhile(lambda x: x.startswith("|"), lines)
    ]


def test_the_page_lists_every_limit_and_metric() -> None:
    """What docs/server.md says of limits and metrics is what the code has."""
    page = (ROOT / "docs" / "server.md").read_text("utf-8")
    limits = {name.strip("`"): value.split()[0] for name, value, _ in rows(page, "Limit")}
    assert {item.name: str(getattr(Limits(), item.name)) for item in fields(Limits)} == limits
    told = [
        [
            f"`{metric.name}`",
            metric.kind.value,
            ", ".join(f"`{label}`" for label in metric.labels),
            metric.help,
        ]
        for metric in METRICS
    ]
    assert told == rows(page, "Metric")
