"""Listings as people's machines leave them: line ends, cuts, days of unknown zones, hostile sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from support.pki import DAY, NOW, make_ca
from support.vendor_listings import (
    KEYTOOL,
    KEYTOOL_SHORT,
    NSS_DUMP,
    NSS_NAMES,
    published,
    store_listing,
    windows_listing,
)
from warifu.domain.diagnosis import Board, State, is_listing, make_board, read_listing
from warifu.errors import UsageError

ROOT = make_ca("Root")
TEXTS = {
    "dir-cli": published(ROOT),
    "text": store_listing(ROOT),
    "pem": store_listing(ROOT, form="pem"),
    "aliases": store_listing(ROOT, form="aliases"),
    "windows": windows_listing(ROOT),
    "keytool": KEYTOOL["en"],
    "keytool-ja": KEYTOOL["ja"],
    "keytool-short": KEYTOOL_SHORT["ja"],
    "nss": NSS_NAMES,
    "nss-dump": NSS_DUMP,
}
LONG = 60_000


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_line_ends_of_windows_change_nothing(name: str) -> None:
    """Saved on Windows or by a terminal's log, every line ends in CR LF."""
    text = TEXTS[name]
    plain = read_listing(text)
    assert plain.entries
    assert plain == read_listing(text.replace("\n", "\r\n"))


def test_a_windows_listing_without_its_last_line_is_no_listing() -> None:
    """The tool prints no count; that it came to its end is its last line."""
    text = windows_listing(ROOT, make_ca("Second"))
    cut = text[: text.index("CertUtil:")]
    with pytest.raises(UsageError) as caught:
        read_listing(cut)
    assert ("diagnosis.listing-record", "1") == (caught.value.code, caught.value.values["record"])
    with pytest.raises(UsageError, match="listing-record"):
        read_listing(cut + "CertUtil: -store command FAILED: 0x80090011\n")


def board_of(text: str, now: datetime) -> Board:
    return make_board([read_listing(text, "win")], (), now=now, window=30 * DAY)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_day_of_an_unknown_zone_is_not_over_before_it_is_over_everywhere(lang: str) -> None:
    """It ends between 14 hours before its first hour in UTC and 12 hours after its last: expired only then."""
    day = datetime(2026, 10, 23, tzinfo=UTC)
    text = windows_listing(make_ca("Root", end=day + timedelta(hours=22)), lang=lang)
    last = day + timedelta(days=1, hours=12)
    second = timedelta(seconds=1)
    states = [board_of(text, last + move).rows[0].state for move in (-second, 0 * second, second)]
    assert [State.EXPIRING, State.EXPIRING, State.EXPIRED] == states
    window = day - timedelta(hours=14) - 30 * DAY
    assert [State.VALID, State.EXPIRING] == [
        board_of(text, window + move).rows[0].state for move in (-second, 0 * second)
    ]
    (row,) = board_of(text, last).rows
    assert row.ends
    assert (day, (day - timedelta(hours=14), last)) == (row.not_after, row.ends.ends)


def test_the_day_of_an_unknown_zone_may_have_begun() -> None:
    """What is not yet valid is so in every zone."""
    day = datetime(2026, 10, 23, tzinfo=UTC)
    text = windows_listing(make_ca("Root", start=day, end=day + 900 * DAY))
    first = day - timedelta(hours=14)
    second = timedelta(seconds=1)
    assert [State.NOT_YET, State.VALID] == [
        board_of(text, first + move).rows[0].state for move in (-second, 0 * second)
    ]


def test_an_instant_counts_more_than_a_day() -> None:
    """Where one tool printed the instant and another the day, the certificate ends at the instant."""
    root = make_ca("Root", end=NOW + DAY)
    texts = [windows_listing(root), store_listing(root, form="pem")]
    held = [read_listing(text, "n") for text in texts]
    rows = make_board(held, (), now=NOW, window=DAY).rows
    assert root.value.not_after in [row.not_after for row in rows]


def test_dates_of_one_listing_tell_each_other_apart() -> None:
    """One entry ends on 10/23: then 12/2 of another is the second of December, and not the twelfth of February."""
    roots = [make_ca("One", end=datetime(2026, 10, 23, tzinfo=UTC)), make_ca("Two", end=NOW.replace(day=2))]
    text = windows_listing(*roots)
    ends = [one.not_after for one in read_listing(text).entries]
    assert ends[1] == datetime(NOW.year, NOW.month, 2, tzinfo=UTC)


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": lambda n: " " * n,
    "newlines": lambda n: "\n" * n,
    "blank lines": lambda n: " \n" * n,
    "nss rows": lambda n: (
        "Certificate Nickname  Trust Attributes\n   SSL,S/MIME,JAR/XPI\n" + "a " * n + "\nx" + " " * n + "y"
    ),
    "nss head": lambda n: "Certificate Nickname " + " \n" * n,
    "keytool": lambda n: "Your keystore contains 1 entry\n" + "\n" * n + "a" + ", " * n + "x",
    "keytool alias": lambda n: "Your keystore contains 1 entry\nAlias name: " + " " * n + "x\n" + " " * n,
    "windows": lambda n: f"===== Certificate 0 =====\n{' ' * n}x\n{'ab' + ' ' * n}:\n" + "\n" * n,
    "windows key id": lambda n: (
        "===== Certificate 0 =====\nSubject Key Identifier\n" * 10 + "\n" * n + "aa " * n
    ),
    "windows store": lambda n: '"' * n + " " * n + "\n===== Certificate 0 =====\n",
    "vecs": lambda n: "Number of entries in store :\t0\n" + "\n" * n + "x",
    "vecs record": lambda n: (
        "Number of entries in store :\t1\nAlias :\ta\nEntry type :\tb\n" + "\n" * n + " " * n
    ),
    "dir-cli": lambda n: "Number of certificates:\t1\n#1:\nCN(id):" + " " * n + "x" + "\n" * n + " " * n,
    "dump": lambda n: "Certificate Trust Flags:\n" + "A" * 60 + " " * n + "\n" + "\n" * n,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_size_of_nothing_stops_a_reader(name: str) -> None:
    """Sixty thousand blanks, and lines of nothing, are read in one pass; in a second one for each it would not end."""
    text = HOSTILE[name](LONG)
    is_listing(text)
    try:
        read_listing(text)
    except UsageError as error:
        assert error.code.startswith("diagnosis.listing-")  # noqa: PT017
