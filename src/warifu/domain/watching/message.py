"""One message to one receiver over one channel, and what is known of its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from warifu.domain.watching.hours import after

_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


class Sent(StrEnum):
    """How far a message is."""

    PENDING = "pending"  # intended; nothing was handed over
    GOING = "going"  # marked just before the bytes that cannot be taken back
    SENT = "sent"  # the receiver said that it has it
    UNCERTAIN = (
        "uncertain"  # cut after the mark and before the answer: it may have arrived, and is not sent again
    )
    DROPPED = (
        "dropped"  # overtaken before it went: by a later step, an acknowledgement or the end of its notice
    )


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, fixed when it is intended: a second try has the same bytes and the same id.

    Args:
        key: notice, step, channel and receiver: there is one message of each.
        id: `Message-ID` of mail (without brackets), `Idempotency-Key` of a webhook.
        document: the JSON of a webhook.
        tries: how often it was refused or nobody was there.
        not_before: when it may be tried again.
        reason: code of the last error.
    """

    key: str
    notice: str
    step: str
    channel: str
    to: str
    id: str
    subject: str
    text: str
    document: str
    made: datetime
    sent: Sent = Sent.PENDING
    tries: int = 0
    not_before: datetime | None = None
    settled: datetime | None = None
    reason: str = ""

    def may_go(self, now: datetime) -> bool:
        """Tell whether it is to be tried now."""
        return self.sent is Sent.PENDING and (self.not_before is None or now >= self.not_before)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when a message that failed for the `tries`-th time is tried again: each wait doubles, up to six hours."""
    doubled: int = 2 ** min(tries - 1, 10)
    return after(now, min(_FIRST_WAIT * doubled, _LONGEST_WAIT))
