"""Messages at the socket of an endpoint store."""

from __future__ import annotations

import json

import pytest

from support.pki import DAY, NOW, make_ca
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance
from warifu.errors import CouldNotLookError, PartlyDoneError, RefusedError, UsageError, WarifuError
from warifu.wire.endpoint import (
    AddEntry,
    Done,
    Failed,
    ListEntries,
    Stores,
    decode_question,
    decode_reply,
    encode,
    entry_of,
    failure,
    row_of,
)


def test_a_question_is_read_as_it_was_put() -> None:
    """Bytes and instants too; what a newer client adds is passed over."""
    question = ListEntries(store="app", ends_before=NOW, most=7)
    assert question == decode_question(encode(question))
    add = AddEntry(store="app", certificates=[b"\x00\xff"], secret=b"\x80")
    assert add == decode_question(encode(add))
    newer = json.loads(encode(question)) | {"colour": "blue"}
    assert question == decode_question(json.dumps(newer).encode())


def test_entries_travel_whole() -> None:
    """With provenance, quarantine and exception."""
    root = make_ca("Root")
    exception = LocalException("alice", "why", NOW + DAY, distrusts=True)
    for entry in (
        Entry(
            "s", "a", EntryKind.TRUSTED, (root.value,), None, Provenance.BOTH, "shop", NOW, True, exception
        ),
        Entry("s", "b", EntryKind.CRL, crl=root.crl()),
        Entry("s", "c", EntryKind.SECRET),
    ):
        assert entry == entry_of(row_of(entry))


@pytest.mark.parametrize("kind", [UsageError, RefusedError, CouldNotLookError, PartlyDoneError])
def test_an_error_is_raised_where_it_was_asked_for(kind: type[WarifuError]) -> None:
    """As the same kind, with the same exit code and sentence."""
    message = encode(failure(kind("endpoint.no-such-store", store="app")))
    with pytest.raises(kind, match=r"endpoint\.no-such-store") as raised:
        decode_reply(message, Stores)
    assert {"store": "app"} == raised.value.values


@pytest.mark.parametrize(
    "reply",
    [Failed(kind="RefusedError", code="endpoint.of-later"), Failed(kind="x", code="endpoint.no-such-store")],
)
def test_an_error_without_words_here_is_told_by_its_code(reply: Failed) -> None:
    """One of a later release, or without the values that its sentence shows."""
    with pytest.raises(CouldNotLookError, match=r"endpoint\.unknown-answer"):
        decode_reply(encode(reply), Stores)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"op":"other"}', b'{"op":"liststores","v":"1"}', b"\xff"]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """As a question and as an answer."""
    with pytest.raises(UsageError, match=r"endpoint\.message-malformed"):
        decode_question(data)
    with pytest.raises(UsageError, match=r"endpoint\.message-malformed"):
        decode_reply(data, Stores)


def test_a_value_that_does_not_fit_is_told_by_its_place() -> None:
    """Never by what it holds, which may be secret."""
    with pytest.raises(UsageError) as raised:
        decode_question(b'{"op":"addentry","store":"a","password":["hunter2"]}')
    assert ("$.password", False) == (raised.value.values["reason"], "hunter2" in str(raised.value))


def test_a_later_format_and_another_answer_are_refused() -> None:
    """By name: nothing is guessed."""
    with pytest.raises(RefusedError, match=r"endpoint\.message-newer"):
        decode_question(b'{"op":"liststores","v":2}')
    with pytest.raises(UsageError, match=r"endpoint\.message-malformed"):
        decode_reply(encode(Done(outcome="created")), Stores)
