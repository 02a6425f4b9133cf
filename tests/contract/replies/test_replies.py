"""What every keeper of answers promises; the database's joins this list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from support.pki import NOW
from support.replies import RepliesInMemory
from warifu.errors import RefusedError
from warifu.ports.replies import Replies, Reply

KEEPERS: list[Callable[[], Replies]] = [RepliesInMemory]
REPLY = Reply(201, (("content-type", "application/json"), ("location", "/v1/x")), b'{"\xe5\x89\xb2": 1}')


@pytest.fixture(params=KEEPERS)
def replies(request: pytest.FixtureRequest) -> Replies:
    made: Replies = request.param()
    return made


def test_what_was_answered_is_answered_so_again(replies: Replies) -> None:
    """Status, headers and bytes, within a day."""
    assert replies.begin("ito", "k", "d", now=NOW) is None
    replies.keep("ito", "k", REPLY, now=NOW)
    assert replies.begin("ito", "k", "d", now=NOW + timedelta(hours=23)) == REPLY


def test_after_a_day_it_is_new(replies: Replies) -> None:
    """A key is not kept for ever."""
    replies.begin("ito", "k", "d", now=NOW)
    replies.keep("ito", "k", REPLY, now=NOW)
    assert replies.begin("ito", "k", "other", now=NOW + timedelta(days=1, seconds=1)) is None


@pytest.mark.parametrize(("digest", "code"), [("d", "server.key-running"), ("e", "server.key-reused")])
def test_what_is_being_answered_is_not_begun_twice(replies: Replies, digest: str, code: str) -> None:
    """The same request is running, another one may not have its key."""
    replies.begin("ito", "k", "d", now=NOW)
    with pytest.raises(RefusedError) as told:
        replies.begin("ito", "k", digest, now=NOW)
    assert code == told.value.code


def test_another_request_may_not_have_the_key(replies: Replies) -> None:
    """Nor after it was answered."""
    replies.begin("ito", "k", "d", now=NOW)
    replies.keep("ito", "k", REPLY, now=NOW)
    with pytest.raises(RefusedError) as told:
        replies.begin("ito", "k", "e", now=NOW)
    assert "server.key-reused" == told.value.code


def test_owners_do_not_meet(replies: Replies) -> None:
    """Two people may have the same key."""
    replies.begin("ito", "k", "d", now=NOW)
    assert replies.begin("sato", "k", "e", now=NOW) is None


def test_what_was_dropped_may_begin_anew(replies: Replies) -> None:
    """Also what whoever began it never ended, after five minutes."""
    replies.begin("ito", "k", "d", now=NOW)
    replies.drop("ito", "k")
    assert replies.begin("ito", "k", "d", now=NOW) is None
    assert replies.begin("ito", "k", "d", now=NOW + timedelta(minutes=5, seconds=1)) is None
