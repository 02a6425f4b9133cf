"""What the planner asks of the trust core, so that it depends on answers and not on certificates.

Verdicts are factored: a path verdict once per (leaf kind, trust value, side), a name check
once per (leaf, name), an end of validity per leaf. A million connections share a few
hundred verdicts.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from warifu.domain.estate import IdentityValue, TrustValue
from warifu.domain.findings import Finding
from warifu.domain.trust.questions import PathQuestion


@dataclass(frozen=True, slots=True)
class Side:
    """How one side of a connection judges, apart from its trust value.

    Args:
        purpose: `serverAuth` or `clientAuth`.
        profile: rule set for values that a plan brings in; empty judges by the path alone.
        subjects: names of clients it lets in; empty means all.
    """

    consumer: str
    purpose: str
    profile: str = ""
    crl_mode: str = "off"
    partial_chain: bool = False
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a side accepts what is presented.

    Args:
        until: the first instant at which what is accepted now is refused, the leaf's own end left
            out; None means nothing bounds it.
        questions: what an engine must be asked before this is final; `accepted` is then our rules' word.
        modelled: the consumer's engine is not at hand.
        engines: the engines whose answers stand behind it.
    """

    accepted: bool
    until: datetime | None = None
    questions: tuple[PathQuestion, ...] = ()
    modelled: bool = False
    engines: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


class Oracle(Protocol):
    """Answers about identity values and trust values, the same answer each time it is asked."""

    def kind_of(self, presented: IdentityValue) -> Hashable:
        """Return the class of a presented value: values of one class get one path verdict."""
        ...

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """Judge path, purpose, profile and revocation; not the name, nor the leaf's own end of validity."""
        ...

    def named(self, presented: IdentityValue, name: str, side: Side) -> bool:
        """Tell whether the leaf carries the name and, for clients, is one of those let in."""
        ...

    def ends(self, presented: IdentityValue, side: Side) -> datetime | None:
        """Return the first instant at which the side refuses the leaf as out of date."""
        ...
