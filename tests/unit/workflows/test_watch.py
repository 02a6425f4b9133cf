"""Watching a small estate: look, decide, tell, remember; with crashes in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.estate_texts import SMALL, estate_of
from support.notices import HOUR, SECOND, SPEC, only
from support.pki import DAY, NOW, Entity, make_ca
from support.small_estate import SmallWorld
from warifu.adapters.notices.sqlite import SqliteNotices
from warifu.domain.estate.watch_spec import WatchSpec, WebhookSpec
from warifu.domain.findings import Code, Lang
from warifu.domain.watching import FINDERS, Sight, Standing, State
from warifu.domain.watching.message import Message, Sent
from warifu.errors import CouldNotLookError, PartlyDoneError, RefusedError, UsageError
from warifu.ports.notifiers import Board, Notifier, Standings
from warifu.workflows.letters import Desk
from warifu.workflows.watch import Round, Watcher, accept_change, acknowledge_notice
from warifu.workflows.watch_looks import look_at_estate

OWNERS = '[owners.ito]\ncontact = "ito@shop.example"\n'


class KilledError(BaseException):
    """The process ends here, as by SIGKILL: nothing of ours catches it."""


@dataclass
class Outbox(Notifier):
    """A receiver that keeps what arrives; it dies, refuses or falls silent where a test says so.

    Args:
        dies: asked at each point of a message's way.
    """

    repeating: bool = False
    got: list[Message] = field(default_factory=list)
    refusing: bool = False
    silent: bool = False
    dies: Callable[[str], bool] = lambda _point: False

    @property
    def repeats(self) -> bool:
        return self.repeating

    def send(self, message: Message, going: Callable[[], None]) -> None:
        self._maybe("before the mark")
        if self.refusing:
            raise CouldNotLookError(
                "watch.not-sent", channel="smtp", to=message.to, id=message.id, reason="SMTP 451"
            )
        going()
        self._maybe("after the mark")
        self.got.append(message)
        self._maybe("after it arrived")
        if self.silent:
            raise PartlyDoneError("watch.cut", channel="smtp", to=message.to, id=message.id, reason="closed")

    def _maybe(self, point: str) -> None:
        if self.dies(point):
            raise KilledError(point)


@dataclass
class Wall(Board):
    """Keeps the last standings."""

    shown: list[Standings] = field(default_factory=list)

    def show(self, standings: Standings) -> None:
        self.shown.append(standings)


@dataclass
class Shop:
    """The small estate, watched."""

    path: Path
    world: SmallWorld = field(default_factory=SmallWorld)
    spec: WatchSpec = SPEC
    outbox: Outbox = field(default_factory=Outbox)
    wall: Wall = field(default_factory=Wall)
    hook: Outbox | None = None

    @property
    def book(self) -> SqliteNotices:
        return SqliteNotices(str(self.path / "watch.sqlite3"))

    def sight(self) -> Sight:
        return look_at_estate(self.world.estate, self.world.look, {}, proven={}, touched=())

    def watch(self, at: datetime | None = None) -> Round:
        """Start a watcher anew, as a timer would, and look once."""
        if at is not None:
            self.world.clock.instant = at
        notifiers: dict[str, Notifier] = {"smtp": self.outbox}
        if self.hook is not None:
            notifiers["webhook"] = self.hook
        contacts = {"ito": "ito@shop.example"}
        zone = ZoneInfo("Asia/Tokyo")

        def desk(book: str) -> Desk:
            return Desk(
                "shop", Lang.EN, zone, self.spec.to, contacts, tuple(notifiers), book, "--estate /e.toml"
            )

        return Watcher(
            self.sight,
            self.book,
            self.spec,
            zone,
            self.world.clock,
            desk,
            FINDERS,
            lambda: 0.0,
            notifiers,
            [self.wall],
        ).watch_once()

    def renew(self, *, live: bool) -> Entity:
        """Put a new certificate on disk; with `live` the service loads it."""
        new = self.world.root.intermediate("Mid").leaf("web.example", end=NOW + 365 * DAY)
        self.world.put("/web", new)
        if live:
            self.world.service.load()
        return new


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


AGED = NOW + 85 * DAY  # the small estate's leaves live for 90 days


def steps(messages: list[Message]) -> list[tuple[str, str]]:
    return [(one.step, one.to) for one in messages]


@pytest.mark.req("S0-03")
def test_an_expired_ca_in_a_trust_store_is_a_critical_alarm_that_names_node_store_and_alias(
    shop: Shop,
) -> None:
    """In the mail, and in what programs read."""
    gone = make_ca("Old Root", expired=True)
    shop.world.host.put("/up.pem", shop.world.root.pem + gone.pem)
    round_ = shop.watch(NOW)
    (entry,) = only(shop.book.book()).cause.entries
    key_id = str(gone.value.subject_key_id)
    assert ("error", "n", "up", key_id) == (
        round_.open[0].cause.severity.value,
        entry.node,
        entry.store,
        entry.alias,
    )
    (mail,) = shop.outbox.got
    assert mail.subject.startswith("[Warifu shop] critical: ")
    assert f"node n, kept in up, alias {key_id}" in mail.text


@pytest.mark.req("S0-04")
def test_a_ca_in_use_is_expiring_and_then_expired(shop: Shop) -> None:
    """Ten days left by a window of thirty; eleven days later it is another state, told for itself."""
    shop.world.root = make_ca("Root", end=NOW + 10 * DAY)
    shop.world.host.put("/up.pem", shop.world.root.pem)
    shop.world.put("/web", shop.world.root.intermediate("Mid").leaf("web.example"))
    shop.world.service.load()
    assert ["expiring"] == [one.kind.value for one in shop.watch(NOW).open]
    assert ["expired-in-use"] == [one.kind.value for one in shop.watch(NOW + 11 * DAY).open]
    assert ["14d", "first"] == [one.step for one in shop.outbox.got]


@pytest.mark.req("S0-18")
def test_the_alarm_of_two_expired_unused_roots_counts_down(shop: Shop) -> None:
    """One removed: it stays, with a count of 1. The other removed: it closes, and nobody hears of it again."""
    roots = [make_ca(f"Old {n}", expired=True) for n in range(2)]
    shop.world.host.put("/up.pem", shop.world.root.pem + roots[0].pem + roots[1].pem)
    (notice,) = shop.watch(NOW).open
    assert 2 == notice.cause.findings[0].evidence["count"]
    shop.world.host.put("/up.pem", shop.world.root.pem + roots[1].pem)
    expected = [("expired-unused", 1), ("changed", None)]
    one_left = shop.watch(NOW + HOUR).open
    assert expected == [(one.kind.value, one.cause.findings[0].evidence.get("count")) for one in one_left]
    shop.world.host.put("/up.pem", shop.world.root.pem)
    last = shop.watch(NOW + 2 * HOUR)
    assert "expired-unused" in [one.kind.value for one in last.closed]
    assert "expired-unused" not in [one.kind.value for one in last.open]
    assert 1 == sum("Expired and unused" in one.subject for one in shop.outbox.got)


@pytest.mark.req("S1-46")
def test_renewed_but_not_live_stays_and_closes_without_a_mail_when_it_is_live(shop: Shop) -> None:
    """The file alone changes nothing for the alarm; the wire does."""
    shop.spec = replace(SPEC, leave_out=("changed",))
    (notice,) = [one for one in shop.watch(AGED).open if "CN=web.example" in one.cause.entries[0].subject]
    before = len(shop.outbox.got)
    shop.renew(live=False)
    stays = {one.id: one for one in shop.watch(AGED + HOUR).open}[notice.id]
    assert Standing.RENEWED_NOT_LIVE is stays.cause.entries[0].standing
    assert Code.DEPLOYED_NOT_LIVE in {one.code for one in stays.cause.findings}
    shop.world.service.down = True
    assert notice.id in {one.id for one in shop.watch(AGED + 2 * HOUR).open}
    shop.world.service.down = False
    shop.world.service.load()
    assert notice.id in {one.id for one in shop.watch(AGED + 3 * HOUR).closed}
    for day in range(1, 30):
        shop.watch(AGED + day * DAY)
    assert [] == [one for one in shop.outbox.got[before:] if one.notice == notice.id]


def test_a_mail_goes_to_the_owner_and_else_to_the_default(shop: Shop) -> None:
    """One notice a cause; the web's certificate has an owner, the client's has none."""
    text = SMALL.replace("[identities.web]", '[identities.web]\nowner = "ito"')
    shop.world.estate = estate_of(text + OWNERS)
    shop.watch(AGED)
    assert [("7d", "ito@shop.example"), ("7d", "pki@shop.example")] == sorted(
        steps(shop.outbox.got), key=lambda s: s[1]
    )
    web = next(one for one in shop.outbox.got if one.to == "ito@shop.example")
    assert "+09:00" in web.text
    assert f"warifu watch ack {web.notice} --until DATE --by NAME --estate /e.toml" in web.text


def test_a_broken_pair_is_told_once_and_closes_when_it_holds(shop: Shop) -> None:
    """The server's trust store lost the client's root: who says what is in the mail."""
    shop.spec = replace(SPEC, leave_out=("changed",))
    shop.watch(NOW)
    shop.world.host.put("/clients.pem", make_ca("Other").pem)
    shop.world.service.load()
    broken = shop.watch(NOW + HOUR)
    assert ["pair-broken"] == [one.kind.value for one in broken.open]
    shop.watch(NOW + 2 * HOUR)
    assert ["first"] == [one.step for one in shop.outbox.got]
    shop.world.host.put("/clients.pem", shop.world.client_root.pem)
    shop.world.service.load()
    assert ["pair-broken"] == [one.kind.value for one in shop.watch(NOW + 3 * HOUR).closed]


def test_a_change_outside_a_rollout_is_told_until_a_person_accepts_it(shop: Shop) -> None:
    """Live differs from disk is its own matter."""
    shop.watch(NOW)
    shop.renew(live=True)
    changed = shop.watch(NOW + HOUR)
    assert ["changed"] == [one.kind.value for one in changed.open]
    accepted = accept_change(shop.book, changed.open[0].id[:4], by="Ito", now=NOW + HOUR)
    assert ("accepted", "Ito") == (
        accepted.closing,
        (accepted.acknowledged or 0) and accepted.acknowledged.by,
    )
    assert () == shop.watch(NOW + 2 * HOUR).open


def test_acknowledged_until_a_date(shop: Shop) -> None:
    """Nothing goes before it, not even what was waiting; then the present step does."""
    shop.outbox.refusing = True
    shop.spec = replace(SPEC, leave_out=("changed",))
    (first, second) = shop.watch(AGED).open
    assert 2 == len(shop.book.messages())
    for notice in (first, second):
        acknowledge_notice(shop.book, notice.id, by="Ito", until=AGED + 4 * DAY + 12 * HOUR, now=AGED)
    shop.outbox.refusing = False
    for hour in range(1, 24 * 4 + 12):
        assert () == shop.watch(AGED + hour * HOUR).sent
    assert {State.ACKNOWLEDGED} == {one.state(AGED) for one in shop.book.book().open}
    assert ["1d", "1d"] == [one.step for one in shop.watch(AGED + 4 * DAY + 12 * HOUR).sent]


def test_what_cannot_be_acknowledged_or_accepted_is_refused(shop: Shop) -> None:
    """And changes nothing."""
    (notice, _) = shop.watch(AGED).open
    before = shop.book.book()
    with pytest.raises(UsageError, match=r"watch\.until-past"):
        acknowledge_notice(shop.book, notice.id, by="Ito", until=AGED, now=AGED)
    with pytest.raises(UsageError, match=r"watch\.no-such-notice"):
        acknowledge_notice(shop.book, "zz", by="Ito", until=AGED + DAY, now=AGED)
    with pytest.raises(UsageError, match=r"watch\.no-such-notice"):
        acknowledge_notice(shop.book, "", by="Ito", until=AGED + DAY, now=AGED)
    with pytest.raises(RefusedError, match=r"watch\.not-a-change"):
        accept_change(shop.book, notice.id, by="Ito", now=AGED)
    assert before == shop.book.book()


def test_a_mail_server_that_is_down_is_tried_again_later_and_later(shop: Shop) -> None:
    """Each message goes once, when it is back; what was closed in the meantime does not go at all."""
    shop.spec = replace(SPEC, leave_out=("changed",))
    shop.outbox.refusing = True
    assert 2 == len(shop.watch(AGED).problems)
    assert 0 == len(shop.watch(AGED + timedelta(minutes=5) - SECOND).problems)
    assert 2 == len(shop.watch(AGED + timedelta(minutes=5)).problems)
    shop.renew(live=True)
    shop.watch(AGED + timedelta(minutes=6))
    shop.outbox.refusing = False
    shop.watch(AGED + HOUR)
    assert {Sent.DROPPED: 1, Sent.SENT: 1} == Counter(one.sent for one in shop.book.messages())
    assert 1 == len(shop.outbox.got)


@pytest.mark.parametrize(
    ("point", "arrived", "end"),
    [
        ("before the mark", 1, Sent.SENT),
        ("after the mark", 0, Sent.UNCERTAIN),
        ("after it arrived", 1, Sent.UNCERTAIN),
    ],
)
def test_a_crash_at_any_point_sends_nothing_twice(shop: Shop, point: str, arrived: int, end: Sent) -> None:
    """What was cut after its mark is uncertain, shown as such, and not sent again."""
    shop.world.put("/app", shop.world.client_root.leaf("app.example", end=NOW + 900 * DAY))
    deaths = [point]

    def dies(at: str) -> bool:
        return at in deaths and bool(deaths.pop())

    shop.outbox.dies = dies
    with pytest.raises(KilledError):
        shop.watch(AGED)
    for hour in range(1, 4):
        shop.watch(AGED + hour * HOUR)
    last = shop.watch(AGED + 4 * HOUR)
    assert (arrived, [end]) == (len(shop.outbox.got), [one.sent for one in shop.book.messages()])
    assert (end is Sent.UNCERTAIN) == bool(last.uncertain)


def test_a_receiver_that_knows_keys_gets_what_was_cut_again_under_the_same_key(shop: Shop) -> None:
    """At least once, and recognisable."""
    shop.world.put("/app", shop.world.client_root.leaf("app.example", end=NOW + 900 * DAY))
    deaths = ["after it arrived"]
    shop.hook = Outbox(repeating=True, dies=lambda at: at in deaths and bool(deaths.pop()))
    shop.spec = replace(SPEC, webhook=WebhookSpec("https://h/", repeat=True))
    with pytest.raises(KilledError):
        shop.watch(AGED)
    shop.watch(AGED + HOUR)
    assert (2, 1, 1) == (len(shop.hook.got), len({one.id for one in shop.hook.got}), len(shop.outbox.got))


def test_an_answer_that_never_came_is_uncertain_too(shop: Shop) -> None:
    """The connection broke, not we."""
    shop.outbox.silent = True
    assert 2 == len(shop.watch(AGED).uncertain)
    shop.outbox.silent = False
    shop.watch(AGED + HOUR)
    assert 2 == len(shop.outbox.got)


def test_while_another_process_sends_this_one_leaves_it_to_it(shop: Shop) -> None:
    """What is due is remembered, and goes with the next look."""
    shop.book.book()
    with shop.book.sending():
        busy = shop.watch(AGED)
    assert ([], (), "watch.busy") == (shop.outbox.got, busy.problems, busy.left and busy.left.code)
    shop.watch(AGED + HOUR)
    assert 2 == len(shop.outbox.got)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_week_of_watching_with_crashes_tells_each_step_once(tmp_path: Path, seed: int) -> None:
    """Every hour from eight days before the end until a day after; killed at one point in four.

    Exactly one message a cause and step was intended, none arrived twice, and what did not arrive was cut in its
    one moment of doubt.
    """
    chance = random.Random(seed)
    shop = Shop(tmp_path)
    shop.outbox.dies = lambda _point: chance.random() < 1 / 4
    start, deaths = NOW + 82 * DAY + SECOND, 0
    for hour in range(24 * 9 + 2):
        try:
            shop.watch(start + hour * HOUR)
        except KilledError:
            deaths += 1
    shop.outbox.dies = lambda _point: False
    shop.watch(start + (24 * 9 + 2) * HOUR)
    wanted = {(kind, subject) for subject in ("web", "app") for kind in ("14d", "7d", "1d", "first")}
    named = {one.id: one.cause.entries[0].store for one in shop.book.book().notices.values()}
    intended = [(one.step, named[one.notice]) for one in shop.book.messages()]
    assert (wanted, len(wanted)) == (set(intended), len(intended))
    arrived = Counter(one.id for one in shop.outbox.got)
    assert {1} == set(arrived.values())
    doubtful = {one.id for one in shop.book.messages() if one.sent is Sent.UNCERTAIN}
    assert {one.id for one in shop.book.messages()} == set(arrived) | doubtful
    assert deaths


def test_the_board_shows_how_everything_stands_each_time(shop: Shop) -> None:
    """Every certificate at every place, and what is waiting."""
    shop.outbox.refusing = True
    shop.watch(AGED)
    shown = shop.wall.shown[-1]
    assert ({"web/tls", "web/clients", "app/me", "app/up"}, 2, 2) == (
        {one.place for one in shown.entries},
        len(shown.notices),
        shown.waiting,
    )
    assert UTC == shown.at.tzinfo


def test_a_board_that_cannot_be_written_stops_nothing(shop: Shop) -> None:
    """Mails went, and the problem is told."""

    class Full(Wall):
        def show(self, standings: Standings) -> None:
            raise CouldNotLookError("io.cannot-write", path="x", reason="y")

    shop.wall = Full()
    round_ = shop.watch(AGED)
    assert (["io.cannot-write"], 2) == ([one.code for one in round_.problems], len(round_.sent))
