"""What planning answers: a plan, a refusal, that none exists, that it is undecided, or what it must ask first."""

from __future__ import annotations

from dataclasses import dataclass

from warifu.domain.findings import Finding
from warifu.domain.rotation.plan import Plan
from warifu.domain.trust import PathQuestion


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that is proven."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """The wish itself is refused, whatever the order: every reason."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A slot takes up a value: one load event of a breaking schedule."""

    slot: str
    value: str


@dataclass(frozen=True, slots=True)
class Clash:
    """What one connection demands of the order, or why it cannot be helped.

    Args:
        why: message key: `rotation.clash-now`, `rotation.clash-end`, `rotation.clash-always` or `rotation.clash-order`.
        presenter: slot; `shown` what it presents in the bad mixture.
        findings: why the acceptor refuses it.
    """

    connection: str
    why: str
    presenter: str
    shown: str
    acceptor: str
    trusted: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that would make it possible; nobody does it unasked.

    Args:
        kind: `cross-sign`, `second-anchor`, `weaken`, `window`, `settle` or `waive`; its text is
            the message `rotation.offer-` and the kind.
        subject: connection, slot or certificate.
    """

    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoneExists:
    """No safe order exists.

    Args:
        clashes: the demands that contradict each other.
        schedule: the fewest load events after which `broken` fails.
    """

    clashes: tuple[Clash, ...]
    schedule: tuple[Event, ...]
    broken: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Not known: `why` is a message key; `subjects` are connections or the number of attempts."""

    why: str
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """Engines must answer these first; each is asked once."""

    questions: tuple[PathQuestion, ...]


Answer = Planned | Refused | NoneExists | Undecided | Needs
