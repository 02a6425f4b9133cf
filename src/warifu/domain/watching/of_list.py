"""A list of files and addresses, looked at and judged one by one, as one `Sight`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Signatures
from warifu.domain.watching.cause import Entry, Held, Judged, Met, Sight, Standing
from warifu.domain.watching.needed import find_needed, has_valid_twin
from warifu.domain.x509 import Certificate


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


def sight_of_list(listed: Sequence[Listed], at: datetime) -> Sight:
    """Return what was seen, as watching needs it."""
    looked = [one for one in listed if not one.problem]
    presented = [certificate for one in looked if one.presented for certificate in one.certificates]
    anchors = [certificate for one in looked if not one.presented for certificate in one.certificates]
    needed = find_needed(anchors, presented, Signatures())
    unseen = tuple(
        Finding(Code.NOT_SEEN, one.subject, {"reason": one.problem}, Severity.WARNING)
        for one in listed
        if one.problem
    )
    return Sight(
        at,
        tuple(met for one in looked for met in _met(one, needed, at)),
        {one.subject: _held(one) for one in looked if one.certificates},
        frozenset(one.subject for one in looked),
        frozenset(one.subject for one in listed),
        judged={one.subject: Judged(one.refused, one.findings) for one in looked if one.served},
        unseen=unseen,
        blind=tuple(one.subject for one in listed if one.problem),
    )


def _met(one: Listed, needed: frozenset[str], at: datetime) -> list[Met]:
    found = []
    for certificate in dict.fromkeys(one.certificates):
        used = one.presented or (
            certificate.fingerprint.hex in needed and not has_valid_twin(certificate, one.certificates, at)
        )
        entry = Entry(
            one.subject,
            one.subject.rpartition(":")[0] if one.served else "-",
            one.subject,
            str(certificate.subject_key_id or certificate.fingerprint.short),
            Standing.IN_USE if used else Standing.UNUSED,
            str(certificate.subject),
            certificate.fingerprint.hex,
            certificate.not_after,
        )
        found.append(Met(entry, certificate))
    return found


def _held(one: Listed) -> Held:
    """Return the leaf for what is presented: servers choose among chains. A trust store counts whole."""
    shown = one.certificates[:1] if one.presented else one.certificates
    parts = [certificate.fingerprint.hex for certificate in shown]
    return Held("+".join(parts), " + ".join(part[:16] for part in parts))
