"""A step of a notice, written out for people and for programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from warifu.domain.findings import Finding, Lang, Severity, remedy, say, title, word
from warifu.domain.findings.text import visible
from warifu.domain.watching import Entry, Notice
from warifu.domain.watching.hours import local
from warifu.domain.watching.message import Message
from warifu.domain.watching.notices import Due
from warifu.wire.document import to_plain

FORMAT = 1
_MOST = 50  # entries written out; the rest is counted


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes messages.

    Args:
        estate: what is watched, as people call it.
        zone: the zone in which instants are shown.
        to: mail address for what has no owner with one.
        contacts: mail addresses of owners by name.
        channels: those that are set up: `smtp`, `webhook`.
        book: id of the book of notices.
        where: options that name what is watched in a command: `--estate PATH`, `--list PATH --state PATH`.
        hook: host of the webhook; the rest of its address may be secret.
    """

    estate: str
    lang: Lang
    zone: tzinfo
    to: str
    contacts: Mapping[str, str]
    channels: tuple[str, ...]
    book: str
    where: str = ""
    hook: str = ""

    def write(self, due: Due, at: datetime) -> tuple[Message, ...]:
        """Return the messages that tell a step: a mail to each owner, one post."""
        receivers = [("smtp", to) for to in self._receivers(due.notice)] if "smtp" in self.channels else []
        if "webhook" in self.channels:
            receivers.append(("webhook", self.hook))
        return tuple(self._message(due, at, channel, to) for channel, to in receivers)

    def _receivers(self, notice: Notice) -> tuple[str, ...]:
        found = [self.contacts.get(owner, "") for owner in notice.cause.owners]
        return tuple(sorted({one for one in found if one})) or ((self.to,) if self.to else ())

    def _message(self, due: Due, at: datetime, channel: str, to: str) -> Message:
        notice = due.notice
        who = f".{hashlib.sha256(to.encode()).hexdigest()[:8]}" if channel == "smtp" else ""
        return Message(
            key=f"{notice.id}/{due.step}/{channel}/{to}",
            notice=notice.id,
            step=due.step,
            channel=channel,
            to=to,
            id=f"{notice.id}.{due.step}{who}@{self.book}.warifu.invalid",
            subject=self._subject(notice),
            text="".join(f"{visible(line)}\n" for line in self._lines(due)),
            document=self._document(due),
            made=at,
        )

    def _subject(self, notice: Notice) -> str:
        key = "watch.subject-urgent" if notice.cause.severity is Severity.ERROR else "watch.subject"
        told = title(self._here(notice.cause.findings[0]), self.lang)
        return visible(say(key, self.lang, estate=self.estate, title=told))

    def _lines(self, due: Due) -> Iterator[str]:
        notice = due.notice
        for finding in map(self._here, notice.cause.findings):
            yield title(finding, self.lang)
            yield "  " + say("cli.finding-remedy", self.lang, remedy=remedy(finding, self.lang))
        if notice.cause.entries:
            yield ""
        for entry in notice.cause.entries[:_MOST]:
            yield "- " + entry_line(entry, self.lang, self.zone)
        if len(notice.cause.entries) > _MOST:
            yield say("watch.more-entries", self.lang, count=len(notice.cause.entries) - _MOST)
        yield ""
        opened = local(notice.opened, self.zone)
        yield say("watch.about-notice", self.lang, notice=notice.id, estate=self.estate, opened=opened)
        yield say("watch.how-to-acknowledge", self.lang, notice=notice.id, place=self.where)

    def _document(self, due: Due) -> str:
        notice = due.notice
        document = {
            "format": FORMAT,
            "notice": notice.id,
            "step": due.step,
            "estate": self.estate,
            **document_of(notice, self.lang),
        }
        return json.dumps(_shown(document), ensure_ascii=False)

    def _here(self, finding: Finding) -> Finding:
        """Return a finding whose instants are told by the wall clock of those who read."""
        return in_zone(finding, self.zone)


def in_zone(finding: Finding, zone: tzinfo) -> Finding:
    """Return a finding whose instants are told by the wall clock of a zone, with its offset."""
    evidence = {
        name: local(value, zone) if isinstance(value, datetime) else value
        for name, value in finding.evidence.items()
    }
    return replace(finding, evidence=evidence)


def entry_line(entry: Entry, lang: Lang, zone: tzinfo) -> str:
    """Return one line that names node, store and alias, and how the certificate stands there.

    A file of a list belongs to no node, and is its place and its store at once; an address is no store at all.
    """
    until, standing = local(entry.not_after, zone), word("standing", entry.standing.value, lang)
    told = {"store": entry.store, "alias": entry.alias, "subject": entry.subject}
    if entry.node == "-":
        return say("watch.entry-of-file", lang, **told, until=until, standing=standing)
    key = "watch.entry-of-address" if entry.store == entry.place else "watch.entry"
    return say(key, lang, **told, node=entry.node, place=entry.place, until=until, standing=standing)


def document_of(notice: Notice, lang: Lang) -> dict[str, object]:
    """Return what a notice is about, as JSON shows it."""
    cause = notice.cause
    return {
        "kind": notice.kind.value,
        "severity": "critical" if cause.severity is Severity.ERROR else "warning",
        "opened": notice.opened.isoformat(),
        "owners": list(cause.owners),
        "findings": [
            {
                "code": finding.code.value,
                "subject": finding.subject,
                "title": title(finding, lang),
                "remedy": remedy(finding, lang),
                "evidence": to_plain(finding.evidence),
            }
            for finding in cause.findings
        ],
        "entries": [
            {name: value for name, value in to_dict(entry).items() if name != "is"} for entry in cause.entries
        ],
    }


def to_dict(entry: Entry) -> dict[str, object]:
    """Return an entry as JSON shows it."""
    plain = to_plain(entry)
    assert isinstance(plain, dict)  # noqa: S101  # what a record becomes
    return dict(plain)


def _shown(value: object) -> object:
    """Return a document in which no text can move or rewrite the line that a receiver shows it in."""
    match value:
        case str():
            return visible(value)
        case dict():
            return {name: _shown(one) for name, one in value.items()}
        case list():
            return [_shown(one) for one in value]
    return value
