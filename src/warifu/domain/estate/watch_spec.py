"""The table `[watch]`: who is told of what, when, and over which channels.

It stands in an estate file, or alone in a file of its own. Secrets are never in it: a password or
token is the name of a private file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta

KINDS = (
    "expired-in-use",
    "pair-broken",
    "expired-undecided",
    "expired-unused",
    "expiring",
    "not-live",
    "changed",
    "forecast",
    "not-seen",
)
"""What a notice can be about, the most urgent first."""


@dataclass(frozen=True, slots=True)
class SendHours:
    """When people may be written to, by the wall clock of a zone.

    Args:
        zone: IANA time zone.
        start: first moment of a day; None means midnight.
        end: first moment that is too late; None means midnight. At or before `start` it is one of the next day.
        weekdays: 0 is Monday; the day on which a span starts counts.
    """

    zone: str = "UTC"
    start: time | None = None
    end: time | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

    @property
    def always(self) -> bool:
        """There is no hour at which nobody may be written to."""
        return self.start is None and self.end is None and len(set(self.weekdays)) == 7


@dataclass(frozen=True, slots=True)
class SmtpSpec:
    """A mail server.

    Args:
        security: `starttls`, `tls` from the first byte, or `none`.
        password_file: private file with the password of `user`.
        ca_file: PEM file of the roots that its certificate is verified by; empty means this machine's.
    """

    host: str
    sender: str
    port: int
    security: str = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSpec:
    """Where notices are posted as JSON.

    Args:
        token_file: private file with a token, sent as `Authorization: Bearer`.
        repeat: the receiver knows `Idempotency-Key`: what was cut in the middle is posted again under the same key.
    """

    url: str
    token_file: str = ""
    ca_file: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What `warifu watch` does with what it finds.

    Args:
        to: mail address for what has no owner with one.
        lang: language of notices, `en` or `ja`.
        windows: how long before its end a certificate is told of, longest first.
        remind: how often an open notice without windows is repeated.
        spread: each notice waits a part of this, drawn once, so that many watchers do not write in the same second.
        hold_urgent: what is broken already waits for the hours, too.
        leave_out: kinds that nobody wants to hear of.
        prometheus: text file for the textfile collector of node_exporter; empty means none.
    """

    to: str = ""
    lang: str = "en"
    windows: tuple[timedelta, ...] = tuple(timedelta(days=days) for days in (30, 14, 7, 1))
    remind: timedelta = timedelta(days=7)
    spread: timedelta = timedelta()
    hours: SendHours = field(default_factory=SendHours)
    hold_urgent: bool = False
    leave_out: tuple[str, ...] = ()
    smtp: SmtpSpec | None = None
    webhook: WebhookSpec | None = None
    prometheus: str = ""

    @property
    def tells(self) -> bool:
        """There is a channel to somebody."""
        return self.smtp is not None or self.webhook is not None
