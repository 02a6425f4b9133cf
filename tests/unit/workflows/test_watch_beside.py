"""Two watchers over one book of notices, and a book of many messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from support.fakes import FakeClock
from support.notices import HOUR, SPEC, met, sight
from support.pki import DAY, NOW, make_ca
from warifu.adapters.notices.sqlite import SqliteNotices
from warifu.domain.findings import Lang
from warifu.domain.watching import FINDERS, Sight
from warifu.domain.watching.message import Message, Sent
from warifu.ports.notifiers import Board, Notifier, Standings
from warifu.workflows.letters import Desk
from warifu.workflows.watch import Round, Watcher, acknowledge_notice

ROOT = make_ca("Root")
OLD, NEW = ROOT.leaf("web.example", end=NOW + 2 * DAY), ROOT.leaf("web.example")
MINUTE = timedelta(minutes=1)


@dataclass
class Box(Notifier):
    """Keeps what arrives; `then` is done after each."""

    got: list[Message] = field(default_factory=list)
    then: Callable[[], object] = lambda: None

    @property
    def repeats(self) -> bool:
        return False

    def send(self, message: Message, going: Callable[[], None]) -> None:
        going()
        self.got.append(message)
        self.then()


@dataclass
class Wall(Board):
    """Keeps the standings."""

    shown: list[Standings] = field(default_factory=list)

    def show(self, standings: Standings) -> None:
        self.shown.append(standings)


class CountingBook(SqliteNotices):
    """Counts how many messages are read out of it."""

    read = 0

    def messages(self, key: str = "") -> tuple[Message, ...]:
        found = super().messages(key)
        self.read += len(found)
        return found


@dataclass
class Post:
    """A book, a receiver and a board."""

    book: SqliteNotices
    box: Box = field(default_factory=Box)
    wall: Wall = field(default_factory=Wall)

    def watch(self, look: Callable[[], Sight]) -> Round:
        def desk(book: str) -> Desk:
            return Desk("shop", Lang.EN, UTC, SPEC.to, {}, ("smtp",), book)

        return Watcher(
            look,
            self.book,
            SPEC,
            UTC,
            FakeClock(),
            desk,
            FINDERS,
            lambda: 0.0,
            {"smtp": self.box},
            [self.wall],
        ).watch_once()


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(SqliteNotices(str(tmp_path / "watch.sqlite3")))


def test_a_look_that_took_longer_than_a_later_one_changes_nothing(post: Post) -> None:
    """What the later one saw stays, on the board too, and nobody is told again."""
    late = NOW + 3 * DAY
    post.watch(lambda: sight(met(OLD), at=late))
    newer = sight(met(NEW), at=late + 10 * MINUTE)

    def slow() -> Sight:
        post.watch(lambda: newer)
        return sight(met(OLD), at=late + 5 * MINUTE)

    round_ = post.watch(slow)
    book = post.book.book()
    assert ((), (), newer.at) == (round_.open, round_.closed, book.looked)
    assert ["first"] == [one.step for one in post.box.got]
    assert [late, newer.at] == [one.at for one in post.wall.shown]


def test_a_book_whose_last_look_lies_ahead_stops_no_look(post: Post) -> None:
    """A clock that was wrong once, and was put right."""
    post.watch(lambda: sight(met(NEW), at=NOW + 50 * DAY))
    assert ["expired-in-use"] == [
        one.kind.value for one in post.watch(lambda: sight(met(OLD), at=NOW + 3 * DAY)).open
    ]


def test_each_message_is_read_a_few_times_however_many_there_are(tmp_path: Path) -> None:
    """Sending costs by the message."""
    book = CountingBook(str(tmp_path / "watch.sqlite3"))
    post, count = Post(book), 30
    leaves = [met(ROOT.leaf(f"h{n}.example", end=NOW + 2 * DAY), f"h{n}:443") for n in range(count)]
    assert count == len(post.watch(lambda: sight(*leaves)).sent)
    assert book.read <= 6 * count


def test_what_is_acknowledged_while_others_go_is_not_sent(post: Post) -> None:
    """Nor is anything sent twice, and what another look adds meanwhile goes too."""
    leaves = [met(ROOT.leaf(f"h{n}.example", end=NOW + 2 * DAY), f"h{n}:443") for n in range(3)]

    def then() -> None:
        post.box.then = lambda: None
        waiting = next(one for one in post.book.messages() if one.sent is Sent.PENDING)
        acknowledge_notice(post.book, waiting.notice, by="Ito", until=NOW + HOUR, now=NOW)
        left = post.watch(lambda: sight(*leaves, met(OLD, "new:443"), at=NOW + MINUTE)).left
        assert left is not None
        assert "watch.busy" == left.code

    post.box.then = then
    post.watch(lambda: sight(*leaves))
    assert (3, 3) == (len(post.box.got), len({one.id for one in post.box.got}))
    assert [Sent.SENT, Sent.DROPPED, Sent.SENT, Sent.SENT] == [one.sent for one in post.book.messages()]
