"""Listings of several nodes as one board: what is published, where it lies, until when, and who still needs it.

A key id names a key, a name is a hint. A store's entry and a directory's id are the same when their key ids are; one
without key id is matched by what is left over, then by its subject if only one has it, and then it waits for a person
to confirm (Broadcom KB 326288). Two matches are refused, whatever else speaks for one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from warifu.domain.diagnosis.fingerprints import completed
from warifu.domain.diagnosis.listing import Entry, Listing, folded_name
from warifu.domain.x509 import Certificate, KeyId
from warifu.errors import RefusedError, UsageError


class State(StrEnum):
    """Where an entry stands in its life."""

    EXPIRED = "expired"
    EXPIRING = "expiring"
    NOT_YET = "not-yet-valid"
    VALID = "valid"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """How a store's entry and a published id were found to be the same."""

    KEY_ID = "key-id"
    COMPUTED = "computed"
    REMAINDER = "remainder"
    SUBJECT = "subject"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Held:
    """An entry where it lies."""

    node: str
    store: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class InUse:
    """A certificate that something presents or is about to, and where it was found."""

    place: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Row:
    """One anchor of the board.

    Args:
        id: the key id it goes by; None where none is known.
        published: the directory's record; None when it is in stores alone.
        held: where it lies.
        ends: the entry that ends it soonest; None where none tells its end.
        match: how `held` and `published` were found to be the same; `REMAINDER` and `SUBJECT` want confirmation.
        needed_by: what is in use beneath it.
        judged: certificates in use were given, all of them could be read, and its name is known, so that "nobody needs
            it" means something.
        shares_key: another certificate of the same key lies somewhere; the directory knows both by one id.
    """

    id: KeyId | None
    subject: str
    published: Entry | None
    held: tuple[Held, ...]
    match: Match
    state: State
    ends: Entry | None
    needed_by: tuple[InUse, ...] = ()
    judged: bool = False
    shares_key: bool = False

    @property
    def not_after(self) -> datetime | None:
        """When it ends, as it was printed."""
        return self.ends.not_after if self.ends else None

    @property
    def wants_confirmation(self) -> bool:
        """A person has to say that it is the one."""
        return self.match in (Match.REMAINDER, Match.SUBJECT)

    @property
    def may_go(self) -> bool:
        """It is expired, nothing that was given needs it, and its id names no other certificate."""
        is_unused = self.judged and not self.needed_by
        return self.state is State.EXPIRED and is_unused and not self.shares_key

    @property
    def has_own_key_id(self) -> bool:
        """Its certificate carries a SubjectKeyIdentifier, by which it can be named."""
        return any(one.entry.key_id is not None for one in self.held)

    @property
    def lacks_key_id(self) -> bool:
        """Its certificate is known to carry none; a tool that prints no extensions does not tell."""
        return not self.has_own_key_id and any(one.entry.lacks_key_id for one in self.held)

    @property
    def is_named(self) -> bool:
        """Its subject is known; an alias or a nickname says nothing of who stands beneath it."""
        return bool(folded_name(self.subject))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that fits several published ids, or several entries that fit one: none is taken."""

    subject: str
    ids: tuple[KeyId, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that was listed, joined.

    Args:
        unread: files, given as certificates in use, of which something could not be read.
        in_use: how many certificates in use were given.
    """

    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...] = ()
    unread: tuple[str, ...] = ()
    in_use: int = 0

    def named(self, text: str) -> Row:
        """Return the one anchor that a key id, or a subject that only one has, names.

        Raises:
            UsageError: `trust.not-a-key-id`, `diagnosis.fingerprint-for-id`.
            RefusedError: `diagnosis.no-such-anchor`, `diagnosis.several-anchors`.
        """
        if "=" in text:
            wanted = folded_name(text)
            found = [row for row in self.rows if folded_name(row.subject) == wanted]
        else:
            key_id = KeyId.parse(text)
            found = [row for row in self.rows if row.id == key_id]
            digest = key_id.hex.lower()
            for held in (one for row in self.rows for one in row.held if not found):
                if digest in (held.entry.sha1, held.entry.sha256):
                    raise UsageError(
                        "diagnosis.fingerprint-for-id",
                        text=text,
                        subject=held.entry.subject,
                        id=held.entry.key_id or "-",
                    )
        if len(found) > 1:
            ids = tuple(row.id or "-" for row in found)
            raise RefusedError("diagnosis.several-anchors", text=text, count=len(found), ids=ids)
        if not found:
            raise RefusedError("diagnosis.no-such-anchor", text=text)
        return found[0]


def make_board(
    listings: Iterable[Listing],
    used: Sequence[InUse],
    *,
    now: datetime,
    window: timedelta,
    unread: Sequence[str] = (),
) -> Board:
    """Join listings.

    Args:
        used: certificates in use, by which it is told who still needs an anchor.
        unread: files of them that could not be read whole: while there is one, nobody can be said not to need an anchor.
        window: how long before its end an anchor counts as expiring.
    """
    listed = completed(tuple(listings), [one.certificate for one in used])
    published = {
        entry.key_id: entry
        for one in listed
        if one.tool == "dir-cli"
        for entry in one.entries
        if entry.key_id
    }
    held = [
        Held(one.source, one.store, entry) for one in listed if one.tool != "dir-cli" for entry in one.entries
    ]
    groups = _grouped(held, set(published))
    held_ids = {key.id for key in groups}
    rows = [_row(key, group, published.get(key.id) if key.id else None) for key, group in groups.items()]
    rows += [
        Row(id_, entry.subject, entry, (), Match.NONE, State.UNKNOWN, None)
        for id_, entry in published.items()
        if id_ not in held_ids
    ]
    rows, refused = _matched(rows)
    often = Counter(row.id for row in rows if row.id)
    finished = [
        replace(
            _judged(row, used, is_whole=not unread),
            state=_state(row, now, window),
            shares_key=row.id is not None and often[row.id] > 1,
        )
        for row in rows
    ]
    return Board(tuple(finished), tuple(refused), tuple(unread), len(used))


@dataclass(frozen=True, slots=True)
class _Key:
    """By what entries of several nodes are one anchor: key id and serial number, else the bytes, else nothing."""

    id: KeyId | None
    other: str = ""


def _grouped(held: Iterable[Held], published: set[KeyId]) -> dict[_Key, list[Held]]:
    groups: dict[_Key, list[Held]] = {}
    for one in held:
        entry = one.entry
        legacy = entry.certificate.legacy_key_id if entry.certificate is not None else None
        id_ = entry.key_id or (legacy if legacy in published else None)
        itself = entry.sha256 or entry.sha1 or f"{one.node}/{one.store}/{entry.label}"
        key = _Key(id_, entry.serial) if id_ else _Key(None, itself)
        groups.setdefault(key, []).append(one)
    return groups


def _row(key: _Key, held: Sequence[Held], published: Entry | None) -> Row:
    match = Match.NONE
    if published is not None:
        match = Match.KEY_ID if held[0].entry.key_id else Match.COMPUTED
    subject = next((one.entry.subject for one in held if one.entry.subject), held[0].entry.label)
    ends = [(one.entry.ends[::-1], one.entry) for one in held if one.entry.ends]
    soonest = min(ends, key=lambda one: one[0])[1] if ends else None
    return Row(key.id, subject, published, tuple(held), match, State.UNKNOWN, soonest)


def _matched(rows: list[Row]) -> tuple[list[Row], list[Refusal]]:
    """Match what has no key id with the ids that are left over: by elimination, then by a subject that one alone has."""
    ids = [row for row in rows if row.published is not None and not row.held]
    bare = [row for row in rows if row.published is None and row.id is None]
    joined: list[Row] = []
    refused: list[Refusal] = []
    for row in bare:
        fitting = [one for one in ids if folded_name(one.subject) == folded_name(row.subject)]
        rivals = [one for one in bare if folded_name(one.subject) == folded_name(row.subject)]
        if len(fitting) == 1 == len(rivals):
            match = Match.REMAINDER if len(ids) == 1 == len(bare) else Match.SUBJECT
            joined.append(replace(row, id=fitting[0].id, published=fitting[0].published, match=match))
        elif fitting:
            known = tuple(one.id for one in fitting if one.id)
            refused.append(Refusal(row.subject, known, row.held))
    taken = {row.id for row in joined}
    gone = {row.held for row in joined}
    kept = [row for row in rows if not (row.id in taken and not row.held) and row.held not in gone]
    return [*kept, *joined], refused


def _state(row: Row, now: datetime, window: timedelta) -> State:
    """Return where it stands; what may still hold is not called expired."""
    ends = row.ends.ends if row.ends else None
    if ends is None:
        return State.UNKNOWN
    first, last = ends
    if now > last:
        return State.EXPIRED
    starts = [begins for one in row.held if (begins := one.entry.begins)]
    if starts and now < min(starts):
        return State.NOT_YET
    return State.EXPIRING if now + window >= first else State.VALID


def _judged(row: Row, used: Sequence[InUse], *, is_whole: bool) -> Row:
    pool = [one.certificate for one in used]
    above = {
        one for one in pool if one.is_ca and one.looks_self_signed
    }  # a root in a file needs nothing itself
    needed = tuple(one for one in used if one.certificate not in above and _needs(one.certificate, row, pool))
    return replace(row, needed_by=needed, judged=bool(used) and is_whole and row.is_named)


def _needs(certificate: Certificate, row: Row, pool: Sequence[Certificate]) -> bool:
    """Tell whether a certificate stands beneath an anchor, directly or through certificates that are in use."""
    waiting, seen = [certificate], {certificate}
    while waiting:
        one = waiting.pop()
        if _is_beneath(one, row):
            return True
        above = [
            other
            for other in pool
            if other not in seen
            and other.subject.folded == one.issuer.folded
            and one.authority_key_id in (None, other.subject_key_id)
        ]
        seen.update(above)
        waiting.extend(above)
    return False


def _is_beneath(certificate: Certificate, row: Row) -> bool:
    """By key id where both have one; a name alone may not clear an anchor, so without ids it counts as needed."""
    name = folded_name(row.subject)
    if not name or folded_name(str(certificate.issuer)) != name:
        return False
    return certificate.authority_key_id is None or row.id is None or certificate.authority_key_id == row.id


@dataclass(frozen=True, slots=True)
class Alarm:
    """What somebody has to act on: one for each cause, with every entry that is left of it.

    Args:
        kind: `expired-unused`, `expired-needed`, `expired-unjudged` or `expiring`.
        severity: `critical` or `warning`.
    """

    kind: str
    severity: str
    entries: tuple[Held, ...]

    @property
    def count(self) -> int:
        """How many entries keep it open."""
        return len(self.entries)


def find_alarms(board: Board) -> tuple[Alarm, ...]:
    """Return the alarms of a board; one closes when its last entry is gone from every node."""
    found: dict[str, list[Held]] = {}
    for row in board.rows:
        if row.state is State.EXPIRED:
            kind = (
                "expired-needed" if row.needed_by else "expired-unused" if row.judged else "expired-unjudged"
            )
            found.setdefault(kind, []).extend(row.held)
        elif row.state is State.EXPIRING:
            found.setdefault("expiring", []).extend(row.held)
    return tuple(
        Alarm(kind, "warning" if kind == "expiring" else "critical", tuple(held))
        for kind, held in sorted(found.items())
    )
