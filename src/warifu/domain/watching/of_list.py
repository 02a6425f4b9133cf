"""A list of files and addresses, looked at and judged one by one, as one `Sight`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Signatures
from warifu.domain.watching.cause import Entry, Held, Judged, Met, Sight, Standing
from warifu.domain.watching.needed import find_needed, standing_of_anchor
from warifu.domain.x509 import Certificate

_UNREAD = frozenset(
    {Code.TRUNCATED, Code.UNREADABLE, Code.TOO_LARGE, Code.CONTAINER_LOCKED, Code.NOTHING_READ}
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One subject of a list.

    Args:
        served: it is an address.
        presented: its certificates are shown to peers; else it is a trust store.
        refused: it was judged, and a client with the list's trust store would refuse it.
        problem: why it could not be looked at; empty where it could.
    """

    subject: str
    certificates: tuple[Certificate, ...] = ()
    served: bool = False
    presented: bool = False
    refused: bool = False
    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def unseen(self) -> tuple[Finding, ...]:
        """Why nobody can say what all is there: no look at it, or a file of which a part could not be read."""
        if self.problem:
            kind = {"kind": "address"} if self.served else {}
            evidence = {"reason": self.problem, **kind}
            return (Finding(Code.NOT_SEEN, self.subject, evidence, Severity.WARNING),)
        if self.served:
            return ()
        unread = [one for one in self.findings if one.code in _UNREAD and one.severity is not Severity.NOTE]
        return tuple(replace(one, subject=self.subject) for one in unread)


def sight_of_list(listed: Sequence[Listed], at: datetime) -> Sight:
    """Return what was seen, as watching needs it."""
    looked = [one for one in listed if not one.problem]
    whole = [one for one in looked if not one.unseen]
    presented = [certificate for one in looked if one.presented for certificate in one.certificates]
    anchors = [certificate for one in looked if not one.presented for certificate in one.certificates]
    needed = find_needed(anchors, presented, Signatures())
    unmet = tuple(one.subject for one in listed if one.unseen)
    return Sight(
        at,
        tuple(found for one in looked for found in _met(one, needed, at, saw_all=not unmet)),
        {one.subject: _held(one) for one in whole if one.certificates},
        frozenset(one.subject for one in whole),
        frozenset(one.subject for one in listed),
        judged={one.subject: Judged(one.refused, one.findings) for one in looked if one.served},
        unseen=tuple(finding for one in listed for finding in one.unseen),
        blind=tuple(one.subject for one in listed if one.problem),
        unmet=unmet,
    )


def _met(one: Listed, needed: frozenset[str], at: datetime, *, saw_all: bool) -> Iterator[Met]:
    """Yield each certificate once."""
    for certificate in dict.fromkeys(one.certificates):
        standing = (
            Standing.IN_USE
            if one.presented
            else standing_of_anchor(certificate, one.certificates, needed, at, saw_all=saw_all)
        )
        entry = Entry(
            one.subject,
            _node(one.subject) if one.served else "-",
            one.subject,
            str(certificate.subject_key_id or certificate.fingerprint.short),
            standing,
            certificate.label,
            certificate.fingerprint.hex,
            certificate.not_after,
        )
        yield Met(entry, certificate)


def _node(subject: str) -> str:
    """Return the host of `[SCHEME://]HOST:PORT`, or of that with the address behind it in brackets."""
    return subject.partition(" (")[0].rpartition("://")[2].rpartition(":")[0]


def _held(one: Listed) -> Held:
    """Return the leaf for what is presented: servers choose among chains. A trust store counts whole."""
    shown = one.certificates[:1] if one.presented else one.certificates
    parts = [certificate.fingerprint.hex for certificate in shown]
    return Held("+".join(parts), " + ".join(part[:16] for part in parts))
