"""Messages at the socket of an endpoint store: one JSON document a message, its length before it.

Every message says its format; a later one is refused by name. What is unknown in it is ignored, so that a newer
client may ask an older agent. Bytes travel in Base64.
"""

from __future__ import annotations

import string
from datetime import datetime
from typing import TypeVar

import msgspec

from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.text import show
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import (
    CouldNotLookError,
    PartlyDoneError,
    RefusedError,
    UsageError,
    WaitingError,
    WarifuError,
)

FORMAT = 1
HEAD = 4
"""Octets of a message's length, the highest first."""
MOST_ASKED = 16 << 20
"""Bytes of a question."""
MOST_ANSWERED = 64 << 20
"""Bytes of an answer; a page is cut long before."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag=str.lower):
    """What every message says."""

    v: int = FORMAT


class ListStores(Message, frozen=True, kw_only=True):
    """Which stores are there?"""


class MakeStore(Message, frozen=True, kw_only=True):
    """Make a store."""

    name: str


class DropStore(Message, frozen=True, kw_only=True):
    """Delete a store with everything in it."""

    name: str


class ListEntries(Message, frozen=True, kw_only=True):
    """Which entries does a store hold?"""

    store: str
    after: int = 0
    most: int = 256
    ends_before: datetime | None = None
    ends_after: datetime | None = None


class FindEntries(Message, frozen=True, kw_only=True):
    """Which entries does a name fit, in one store or (empty) in all that may be read?"""

    name: str
    store: str = ""


class AddEntry(Message, frozen=True, kw_only=True):
    """Add an entry, or put it in the place of another."""

    store: str
    alias: str = ""
    certificates: list[bytes] = []
    crl: bytes | None = None
    key: bytes | None = None
    password: bytes | None = None
    secret: bytes | None = None
    replaces: str = ""
    expected: list[str] = []


class DropEntry(Message, frozen=True, kw_only=True):
    """Delete an entry, if it is what is expected."""

    store: str
    name: str
    expected: list[str] = []


class RenameEntry(Message, frozen=True, kw_only=True):
    """Give an entry another alias."""

    store: str
    name: str
    alias: str


class ReadSecret(Message, frozen=True, kw_only=True):
    """Hand out a key or a secret."""

    store: str
    name: str


class ChangeAccess(Message, frozen=True, kw_only=True):
    """Grant, revoke, deny or allow again."""

    store: str
    principal: str
    rights: list[str]
    act: str


class SetException(Message, frozen=True, kw_only=True):
    """Let this node differ from what is published, until a day."""

    store: str
    name: str
    reason: str
    until: datetime
    distrusts: bool = False


class EndException(Message, frozen=True, kw_only=True):
    """Follow what is published again."""

    store: str
    name: str


class ListExceptions(Message, frozen=True, kw_only=True):
    """Where does this node differ from what is published?"""


class ListDeleted(Message, frozen=True, kw_only=True):
    """Which managed entries left this node?"""


class RotateKeys(Message, frozen=True, kw_only=True):
    """Write every secret under a new data key."""


class ReadJournal(Message, frozen=True, kw_only=True):
    """Who did what?"""

    after: int = 0
    most: int = 256


Question = (
    ListStores
    | MakeStore
    | DropStore
    | ListEntries
    | FindEntries
    | AddEntry
    | DropEntry
    | RenameEntry
    | ReadSecret
    | ChangeAccess
    | SetException
    | EndException
    | ListExceptions
    | ListDeleted
    | RotateKeys
    | ReadJournal
)


class AceRow(msgspec.Struct, frozen=True):
    """One line of an access list."""

    principal: str
    granted: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class StoreRow(msgspec.Struct, frozen=True):
    """A store; `rights` are those of who asks, and only who may read counts its entries."""

    name: str
    owner: str
    rights: tuple[str, ...]
    aces: tuple[AceRow, ...] = ()
    count: int | None = None


class ExceptionRow(msgspec.Struct, frozen=True):
    """A local exception."""

    by: str
    reason: str
    until: datetime
    distrusts: bool = False


class EntryRow(msgspec.Struct, frozen=True):
    """An entry without its key or secret."""

    store: str
    alias: str
    kind: EntryKind
    certificates: tuple[bytes, ...] = ()
    crl: bytes | None = None
    provenance: Provenance = Provenance.LOCAL
    domain: str = ""
    added: datetime | None = None
    distrusted: bool = False
    exception: ExceptionRow | None = None


class DamagedRow(msgspec.Struct, frozen=True):
    """A row that could not be read."""

    store: str
    alias: str
    reason: str


class DeletedRow(msgspec.Struct, frozen=True):
    """A managed entry that left this node."""

    store: str
    alias: str
    fingerprint: str
    domain: str
    at: datetime
    by: str


class NotedRow(msgspec.Struct, frozen=True):
    """A row of the journal."""

    number: int
    at: datetime
    who: str
    act: str
    store: str
    alias: str = ""
    fingerprint: str = ""


class Stores(Message, frozen=True, kw_only=True):
    """The stores that are there."""

    stores: tuple[StoreRow, ...]


class Entries(Message, frozen=True, kw_only=True):
    """A page of entries."""

    entries: tuple[EntryRow, ...]
    damaged: tuple[DamagedRow, ...] = ()
    following: int | None = None
    total: int = 0


class Done(Message, frozen=True, kw_only=True):
    """What a change did."""

    outcome: str
    store: str = ""
    alias: str = ""
    fingerprint: str = ""
    number: int = 0


class SecretRead(Message, frozen=True, kw_only=True):
    """A key or secret."""

    entry: EntryRow
    data: bytes


class DeletedEntries(Message, frozen=True, kw_only=True):
    """Managed entries that left this node."""

    deleted: tuple[DeletedRow, ...]


class Journal(Message, frozen=True, kw_only=True):
    """Rows of the journal."""

    rows: tuple[NotedRow, ...]


class Failed(Message, frozen=True, kw_only=True):
    """Why nothing was done: an error of ours."""

    kind: str
    code: str
    values: dict[str, str] = {}


Reply = Stores | Entries | Done | SecretRead | DeletedEntries | Journal | Failed
_Answer = TypeVar("_Answer", bound=Message)
_KINDS: dict[str, type[WarifuError]] = {
    kind.__name__: kind
    for kind in (UsageError, RefusedError, PartlyDoneError, CouldNotLookError, WaitingError, WarifuError)
}
_questions = msgspec.json.Decoder(Question)
_replies = msgspec.json.Decoder(Reply)


class _Version(msgspec.Struct):
    v: int = FORMAT


_VERSION = msgspec.json.Decoder(_Version)


def encode(message: Message) -> bytes:
    """Return a message's bytes, without its length."""
    return msgspec.json.encode(message)


def decode_question(data: bytes) -> Question:
    """Return what is asked.

    Raises:
        UsageError: `endpoint.message-malformed`.
        RefusedError: `endpoint.message-newer`.
    """
    _check_version(data)
    try:
        asked: Question = _questions.decode(data)
    except (ValueError, RecursionError) as error:
        raise UsageError("endpoint.message-malformed", reason=_reason(error)) from None
    return asked


def decode_reply(data: bytes, wanted: type[_Answer]) -> _Answer:
    """Return the answer.

    Raises:
        WarifuError: what the agent says went wrong, as though it had been raised here.
        UsageError: `endpoint.message-malformed`: it is no answer to this question.
        RefusedError: `endpoint.message-newer`.
    """
    _check_version(data)
    try:
        reply = _replies.decode(data)
    except (ValueError, RecursionError) as error:
        raise UsageError("endpoint.message-malformed", reason=_reason(error)) from None
    if isinstance(reply, Failed):
        raise _error_in(reply)
    if not isinstance(reply, wanted):
        raise UsageError("endpoint.message-malformed", reason=type(reply).__name__)
    return reply


def _check_version(data: bytes) -> None:
    try:
        version = _VERSION.decode(data).v
    except (ValueError, RecursionError) as error:
        raise UsageError("endpoint.message-malformed", reason=_reason(error)) from None
    if version > FORMAT:
        raise RefusedError("endpoint.message-newer", found=version, known=FORMAT)


def _reason(error: Exception) -> str:
    """Return what is wrong with a message's form: never a value of it, which may be secret."""
    path = str(error).partition(" - at ")[2].strip("`")
    return path or "malformed"


def _error_in(reply: Failed) -> WarifuError:
    """Return the error that an agent tells of; one that we have no words for is told by its code."""
    text = MESSAGES.get(reply.code)
    holes = {name for _, name, _, _ in string.Formatter().parse(text.en) if name} if text else set()
    if text is None or holes - set(reply.values):
        return CouldNotLookError("endpoint.unknown-answer", said=reply.code)
    # The agent's own code: the table is asked above.
    return _KINDS.get(reply.kind, WarifuError)(reply.code, **reply.values)


def failure(error: WarifuError) -> Failed:
    """Return an error as a message."""
    return Failed(
        kind=type(error).__name__,
        code=error.code,
        values={name: show(value) for name, value in error.values.items()},
    )


def row_of(entry: Entry) -> EntryRow:
    """Return an entry as it travels."""
    held = entry.exception
    return EntryRow(
        entry.store,
        entry.alias,
        entry.kind,
        tuple(one.der for one in entry.certificates),
        entry.crl.der if entry.crl else None,
        entry.provenance,
        entry.domain,
        entry.added,
        entry.distrusted,
        ExceptionRow(held.by, held.reason, held.until, held.distrusts) if held else None,
    )


def entry_of(row: EntryRow) -> Entry:
    """Return the entry that travelled.

    Raises:
        UsageError: `trust.certificate-unreadable`, `trust.crl-unreadable`.
    """
    held = row.exception
    return Entry(
        row.store,
        row.alias,
        row.kind,
        tuple(Certificate(der) for der in row.certificates),
        RevocationList(row.crl) if row.crl is not None else None,
        row.provenance,
        row.domain,
        row.added,
        distrusted=row.distrusted,
        exception=LocalException(held.by, held.reason, held.until, held.distrusts) if held else None,
    )
