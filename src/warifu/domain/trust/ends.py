"""Two ends that connect to each other: who accepts whom, in both directions, and what a target adds to it.

An end presents one chain when it is called and, unless it has another identity for it, the same when it calls
(mutual TLS). It judges the other's by its own trust store and its own clock. Path validation decides whether a
handshake succeeds; a target may want more, for instance that both chains hang from the same issuers, which no
path validation asks for.

Spec: RFC 5280 §6.1 for each direction; RFC 8446 §4.4.2.4 for the client's side. The rule of equal issuers is
the vendor's (`Profile.source`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.order import in_order
from warifu.domain.trust.verdict import Outcome, Verdict
from warifu.domain.x509 import Certificate, Purpose


@dataclass(frozen=True, slots=True)
class End:
    """One end of a pair.

    Args:
        label: what people call it: a path or an address.
        chain: what it presents, the leaf first.
        calls_with: what it presents when it calls, where that is something else.
        anchors: its trust store, in order.
        now: the time it has, UTC.
        name: what the other end calls it by; empty when that is not judged.
        encoding: how its file was written; empty when it was served.
    """

    label: str
    chain: tuple[Certificate, ...]
    anchors: tuple[Certificate, ...]
    now: datetime
    name: str = ""
    encoding: str = ""
    calls_with: tuple[Certificate, ...] = ()

    def presented(self, purpose: str) -> tuple[Certificate, ...]:
        """Return what it presents as a server (`serverAuth`) or as a client."""
        return self.chain if purpose == Purpose.SERVER_AUTH or not self.calls_with else self.calls_with


@dataclass(frozen=True, slots=True)
class Look:
    """One end judged by the other.

    Args:
        purpose: `serverAuth` when the presenter is called, `clientAuth` when it calls.
    """

    presenter: str
    acceptor: str
    purpose: str
    verdict: Verdict


class Reach(StrEnum):
    """What becomes of a connection."""

    MUTUAL = "mutual"
    ONE_WAY = "one-way"
    NONE = "none"
    UNKNOWN = "unknown"


def reach(looks: Sequence[Look], client: str, server: str) -> Reach:
    """Tell what becomes of the connection from one end to the other.

    `ONE_WAY`: the server is accepted, but not the client that has to show its certificate too.
    """
    called = _outcome(looks, server, Purpose.SERVER_AUTH)
    calling = _outcome(looks, client, Purpose.CLIENT_AUTH)
    if called is Outcome.REFUSED:
        return Reach.NONE
    if Outcome.UNKNOWN in (called, calling):
        return Reach.UNKNOWN
    return Reach.MUTUAL if calling is Outcome.ACCEPTED else Reach.ONE_WAY


def _outcome(looks: Sequence[Look], presenter: str, purpose: Purpose) -> Outcome:
    return next(
        look.verdict.outcome for look in looks if (look.presenter, look.purpose) == (presenter, purpose)
    )


def find_issuer_differences(one: End, other: End) -> Iterator[Finding]:
    """Yield how the issuers of two chains differ, name by name, as a target compares them that wants them equal.

    Names decide, because the target looks at names ("issued to", "issued by"); equal names above different
    keys are a warning of ours, for no path validation will take one for the other. A chain that lacks a CA
    is compared as far as it goes: what is missing is to be added, and nothing to be issued anew.
    """
    subject = f"{one.label} ↔ {other.label}"
    mine, theirs = _issued_by(one.chain), _issued_by(other.chain)
    if _is_cut(one.chain) or _is_cut(other.chain):
        rows = min(len(mine), len(theirs))
        mine, theirs = mine[:rows], theirs[:rows]
    named, also = dict(mine), dict(theirs)
    if set(named) != set(also):
        evidence = {
            "mine": tuple(said for name, said in named.items() if name not in also) or "-",
            "theirs": tuple(said for name, said in also.items() if name not in named) or "-",
            "same": tuple(said for name, said in named.items() if name in also) or "-",
        }
        yield Finding(Code.ISSUERS_DIFFER, subject, evidence)
    ours, yours = ({ca.subject.folded: ca for ca in _above(side.chain)} for side in (one, other))
    for name, ca in ours.items():  # in the chain's order
        if name in yours and ca.public_key != yours[name].public_key:
            both = (ca.fingerprint.short, yours[name].fingerprint.short)
            evidence = {"issuer": str(ca.subject), "certificates": both}
            yield Finding(Code.ISSUERS_ALIKE, subject, evidence, Severity.WARNING)


def issued(chain: Sequence[Certificate]) -> tuple[tuple[str, str], ...]:
    """Return who each certificate was issued to and by, the leaf first."""
    return tuple((_shown(one.subject.common_names, one.subject), _issuer(one)) for one in in_order(chain))


def _issued_by(chain: Sequence[Certificate]) -> list[tuple[str, str]]:
    """Return the issuer of each certificate, the leaf's first: as it is compared, and as it is written."""
    return [(one.issuer.folded, str(one.issuer)) for one in in_order(chain)]


def _is_cut(chain: Sequence[Certificate]) -> bool:
    return not in_order(chain)[-1].looks_self_signed


def _above(chain: Sequence[Certificate]) -> tuple[Certificate, ...]:
    return tuple(one for one in in_order(chain)[1:] if one.is_ca)


def _issuer(one: Certificate) -> str:
    return _shown(one.issuer.common_names, one.issuer)


def _shown(common_names: tuple[str, ...], name: object) -> str:
    return common_names[0] if common_names else str(name)
