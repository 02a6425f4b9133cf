"""What issuers have sent back is taken in for everybody who waits, once in a round.

A round ends when somebody asks a second time. So a hundred steps that wait for one issuer cost
one look at what it sent, and not a hundred. A request that was handed over just now is asked
about alone: whatever else came meanwhile is taken in by the next round.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.answers import Match
from warifu.domain.rotation.requests import PendingRequest, RequestState
from warifu.ports.issuers import Issuer
from warifu.workflows.requests import RequestStore, take


@dataclass(slots=True)
class _Round:
    """One look at all that an issuer sent.

    Args:
        waiting: ids of the requests it was asked about.
        served: ids of those that were told of it.
        remarks: what was met.
    """

    waiting: frozenset[str]
    remarks: tuple[Finding, ...]
    served: set[str] = field(default_factory=set)


class InTray:
    """Takes in answers of issuers and records each with its request."""

    def __init__(self, store: RequestStore) -> None:
        self._store = store
        self._rounds: dict[str, _Round] = {}

    def take_new(self, issuer: Issuer, request: PendingRequest, *, now: datetime) -> tuple[Finding, ...]:
        """Take in the answer to a request that was handed over just now; return what else was met.

        Raises:
            RefusedError: `issue.key-not-matched`: the issuer mixed its answers up; nothing is recorded.
        """
        return self._ask(issuer, (request,), now)

    def take_all(self, issuer: Issuer, request: PendingRequest, *, now: datetime) -> tuple[Finding, ...]:
        """Take in whatever came for any open request of the issuer, unless this round did; return what was met.

        Raises:
            RefusedError: `issue.key-not-matched`: the issuer mixed its answers up; nothing of that one is recorded.
        """
        name = request.issuer
        present = self._rounds.get(name)
        if present is None or request.id in present.served or request.id not in present.waiting:
            waiting = [
                r
                for r in self._store.all()
                if r.issuer == name and r.is_open and r.state is not RequestState.PENDING
            ]
            remarks = self._ask(issuer, waiting, now)
            present = self._rounds[name] = _Round(frozenset(r.id for r in waiting), remarks)
        present.served.add(request.id)
        return present.remarks

    def _ask(self, issuer: Issuer, waiting: Sequence[PendingRequest], now: datetime) -> tuple[Finding, ...]:
        collected = issuer.collect(tuple(one.request for one in waiting))
        by_request: dict[object, list[PendingRequest]] = {}
        for one in waiting:
            by_request.setdefault(one.request, []).append(one)
        for answer in collected.issued:
            for one in by_request.get(answer.request, ()):
                take(self._store, Match(one.id, answer.leaf, answer.chain, one.issuer), now=now)
        if any(finding.code is Code.REQUEST_UNMATCHED for finding in collected.findings):
            return explain(collected.findings, self._store.all())
        return collected.findings


def explain(findings: Iterable[Finding], requests: Sequence[PendingRequest]) -> tuple[Finding, ...]:
    """Return an issuer's findings in the light of every record.

    An unmatched certificate of a discarded request is named as such. One that is in use already is no
    news, and one of a request that was not asked about is not either: it is taken in when that one asks.
    """
    explained: list[Finding] = []
    for finding in findings:
        holders = [r for r in requests if r.request.public_key.sha256.hex == finding.evidence.get("key")]
        if finding.code is not Code.REQUEST_UNMATCHED or not holders:
            explained.append(finding)
        elif holders[0].state is RequestState.VOID:
            evidence = {**finding.evidence, "request": holders[0].id, "voided": holders[0].voided}
            explained.append(Finding(Code.REQUEST_VOID, finding.subject, evidence, Severity.ERROR))
        elif not any(r.is_open or _has(r, finding.subject) for r in holders):
            evidence = {**finding.evidence, "request": holders[0].id, "installed": holders[0].installed}
            explained.append(
                Finding(Code.REQUEST_ALREADY_INSTALLED, finding.subject, evidence, Severity.WARNING)
            )
    return tuple(explained)


def _has(request: PendingRequest, leaf: str) -> bool:
    return request.leaf is not None and request.leaf.fingerprint.hex == leaf
