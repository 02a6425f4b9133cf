"""Where watching is joined: what is watched, its settings, its channels, its memory, and its log."""

from __future__ import annotations

import posixpath
import random
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from warifu.domain.estate import Estate, IdentitySlot
from warifu.domain.estate.parse_watch import is_mail, parse_watch
from warifu.domain.estate.table_reader import Source
from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings import Lang
from warifu.domain.trust import Profile, profile_named
from warifu.domain.watching import FINDERS, Finder, Sight, foreseeing
from warifu.errors import UsageError
from warifu.wiring import cli
from warifu.wiring.renewals import known_issuers

if TYPE_CHECKING:
    from warifu.ports.notices import NoticeBook
    from warifu.ports.notifiers import Board, Notifier
    from warifu.workflows.watch import Watcher


@dataclass(frozen=True, slots=True)
class Subject:
    """What is watched.

    Args:
        path: estate file or folder, or list.
        listed: it is a list.
        anchors: for a list, the trust store that addresses are judged by; empty means this machine's.
        config: file with the table `[watch]`, in place of the estate's own.
        state: file of the notices; empty means beside what is watched.
        at: the instant to take for now, in a rehearsal.
        lang: language in which faults of a list are told.
    """

    path: str
    listed: bool = False
    anchors: str = ""
    config: str = ""
    state: str = ""
    at: datetime | None = None
    lang: Lang = Lang.EN


@dataclass(frozen=True, slots=True)
class Watched:
    """A subject that was read.

    Args:
        name: how messages call it.
        contacts: mail addresses of owners.
        look: looks at it once.
        where: options that name it in a command, with its own settings and notices where those were named.
        at: as in `Subject`.
    """

    name: str
    spec: WatchSpec
    state: str
    contacts: Mapping[str, str]
    look: Callable[[], Sight]
    where: str = ""
    finders: tuple[Finder, ...] = FINDERS
    at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its settings."""
        return ZoneInfo(self.spec.hours.zone)


def watched(subject: Subject) -> Watched:
    """Read what is to be watched, with its settings.

    Raises:
        EstateError: every fault of the estate, or of the settings.
        UsageError: `io.no-such-file`, `estate.no-files`, `estate.not-utf8`, `sweep.list-not-text`, `sweep.bad-list`,
            `watch.empty-list`.
    """
    return _watched_list(subject) if subject.listed else _watched_estate(subject)


def _watched_estate(subject: Subject) -> Watched:
    found = cli.estate_files(subject.path)
    estate = found.estate
    return Watched(
        estate.name,
        _spec(subject, estate.watch),
        subject.state or f"{found.folder}/.warifu/watch.sqlite3",
        {owner.name: owner.contact for owner in estate.owners.values() if is_mail(owner.contact)},
        lambda: _look_at_estate(subject, estate),
        _options("--estate", subject),
        (*FINDERS, foreseeing(known_issuers(), lambda place: _profile_at(estate, place))),
        subject.at,
    )


def _profile_at(estate: Estate, place: str) -> Profile:
    slot = estate.slots[place]
    identity = estate.identities.get(slot.identity) if isinstance(slot, IdentitySlot) else None
    return profile_named(identity.profile if identity else "tls-server")


def _look_at_estate(subject: Subject, estate: Estate) -> Sight:
    from warifu.domain.rotation.steps import Issue
    from warifu.workflows.watch_looks import look_at_estate

    room = cli.rollout_room(subject.path)
    heads = room.journal.rollouts()
    steps = [step for head in heads if head.state == "open" for step in room.plan(head.id).steps]
    touched = [step.slot for step in steps if not isinstance(step, Issue)]
    hosts = cli.hosts_for(estate, cli.estate_files(subject.path).folder)
    return look_at_estate(
        estate,
        lambda: cli.observing(estate, hosts, subject.at)(frozenset(estate.slots)),
        cli.engines(),
        proven=room.proven(),
        touched=touched,
    )


def _watched_list(subject: Subject) -> Watched:
    from warifu.workflows.watch_looks import look_at_list, read_list

    subjects = read_list(subject.path, cli.files(), subject.lang)

    def look() -> Sight:
        checker = cli.checker("tls-server", at=subject.at)
        return look_at_list(subjects, checker, checker.read_anchors(subject.anchors))

    whole = _whole(subject.path)
    finders = (*FINDERS, foreseeing(known_issuers(), lambda _place: profile_named("tls-server")))
    beside = f"{posixpath.dirname(whole)}/.warifu/watch-{posixpath.basename(whole)}.sqlite3"
    return Watched(
        posixpath.basename(whole),
        _spec(subject, None),
        subject.state or beside,
        {},
        look,
        _options("--list", subject),
        finders,
        subject.at,
    )


def _options(option: str, subject: Subject) -> str:
    """Return what a person types, in whatever folder, so that a command meets the same notices and settings."""
    named = ((option, subject.path), ("--config", subject.config), ("--state", subject.state))
    return " ".join(f"{name} {shlex.quote(_whole(path))}" for name, path in named if path)


def _whole(path: str) -> str:
    return posixpath.normpath(posixpath.join(cli.here(), path))


def _spec(subject: Subject, own: WatchSpec | None) -> WatchSpec:
    """Return the settings: of the file that was named, else of the estate, else those that tell nobody."""
    if not subject.config:
        return own or WatchSpec()
    files = cli.files()
    if not files.exists(subject.config):
        raise UsageError("io.no-such-file", path=subject.config)
    folder = posixpath.dirname(_whole(subject.config))
    try:
        text = files.read(subject.config).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("estate.not-utf8", where=subject.config) from error
    return parse_watch(Source(subject.config, text, folder), zone_exists=cli.zone_exists)


def notice_book(watched: Watched) -> NoticeBook:
    """Return where the notices of what is watched are kept."""
    from warifu.adapters.notices.sqlite import SqliteNotices

    return SqliteNotices(watched.state)


def watcher(
    watched: Watched, *, unbroken: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Watcher:
    """Return what watches.

    Args:
        unbroken: held while a message goes.
    """
    from warifu.workflows.letters import Desk
    from warifu.workflows.watch import Watcher

    spec, zone = watched.spec, watched.zone
    notifiers = _notifiers(spec)
    hook = (urlsplit(spec.webhook.url).hostname or "") if spec.webhook else ""

    def desk(book: str) -> Desk:
        lang = Lang(spec.lang)
        return Desk(
            watched.name, lang, zone, spec.to, watched.contacts, tuple(notifiers), book, watched.where, hook
        )

    return Watcher(
        watched.look,
        notice_book(watched),
        spec,
        zone,
        cli.clock(watched.at),
        desk,
        watched.finders,
        random.SystemRandom().random,
        notifiers,
        _boards(spec),
        unbroken,
    )


def _notifiers(spec: WatchSpec) -> dict[str, Notifier]:
    found: dict[str, Notifier] = {}
    if spec.smtp is not None:
        from warifu.adapters.notifiers.smtp import SmtpNotifier

        found["smtp"] = SmtpNotifier(spec.smtp)
    if spec.webhook is not None:
        from warifu.adapters.notifiers.webhook import WebhookNotifier

        found["webhook"] = WebhookNotifier(spec.webhook)
    return found


def _boards(spec: WatchSpec) -> tuple[Board, ...]:
    if not spec.prometheus:
        return ()
    from warifu.adapters.notifiers.prometheus import PrometheusFile

    return (PrometheusFile(str(Path(spec.prometheus))),)


def log() -> Any:
    """Return the log of a watcher that nobody watches: a line an event, `key=value`, on standard error.

    What was found and told is in the notices; the log says that the watcher lives, and what went wrong with it.
    """
    import structlog  # 60 ms: for the one mode that runs unattended

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    return structlog.get_logger()
