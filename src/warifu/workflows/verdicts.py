"""Pair verdicts: whether each side of each connection accepts the other, on disk and live.

Both directions are judged with every value that a slot may hold, by our rules for the connection's
profile and by the acceptor's own engine where it is at hand. Nothing stops at the first fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from warifu.domain.estate import (
    ClientCertificate,
    Connection,
    CrlMode,
    Estate,
    IdentitySlot,
    IdentityValue,
    Observed,
    SlotState,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust import (
    Basis,
    Context,
    Outcome,
    PathAnswer,
    PathQuestion,
    Signatures,
    Verdict,
    join_answers,
    judge,
    profile_named,
)
from warifu.domain.x509 import Certificate
from warifu.workflows.engines import Engines, ask_engines

DISK, LIVE = "disk", "live"


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What one slot's anchors say of what another slot presents.

    Args:
        purpose: `serverAuth` when the client judges the server, `clientAuth` the other way.
        where: `disk`: what both hold on disk; `live`: what they were seen to use, where that differs.
    """

    presenter: str
    acceptor: str
    purpose: str
    where: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ConnectionVerdict:
    """What a connection comes to.

    Args:
        live: it was seen to hold (True) or to be refused (False); None where it could not be seen.
        findings: on the connection itself; those on chains are in the pairs' verdicts.
    """

    connection: str
    outcome: Outcome
    basis: Basis
    live: bool | None
    pairs: tuple[PairVerdict, ...]
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Its own findings, then those of its pairs, each once."""
        listed = [*self.findings, *(one for pair in self.pairs for one in pair.verdict.findings)]
        return tuple({repr(one): one for one in listed}.values())


@dataclass(frozen=True, slots=True)
class _Pair:
    connection: Connection
    presenter: IdentitySlot
    acceptor: TrustSlot
    purpose: str
    where: str
    presented: tuple[Certificate, ...]
    context: Context
    anchors: tuple[Certificate, ...]

    @property
    def question(self) -> PathQuestion:
        context = self.context
        return PathQuestion(
            context.consumer,
            self.presented[0],
            self.presented[1:],
            self.anchors,
            self.purpose,
            context.now,
            context.name,
            context.crls,
            context.crl_mode,
            context.partial_chain,
        )


@dataclass(slots=True)
class _Court:
    """Judges each different question once."""

    estate: Estate
    observed: Observed
    signatures: Signatures = field(default_factory=Signatures)
    known: dict[tuple[object, ...], Verdict] = field(default_factory=dict)

    def verdict(self, pair: _Pair, answers: Mapping[str, PathAnswer]) -> Verdict:
        context = pair.context
        key = (pair.question, context.profile.name)
        if key not in self.known:
            ours = judge(pair.presented, pair.anchors, context)
            self.known[key] = join_answers(ours, answers, pair.presented, pair.anchors, context)
        return self.known[key]


def judge_connections(estate: Estate, observed: Observed, engines: Engines) -> tuple[ConnectionVerdict, ...]:
    """Return the verdict on every connection of an estate, as it was observed."""
    court = _Court(estate, observed)
    pairs = {name: list(_pairs(court, connection)) for name, connection in estate.connections.items()}
    questions = [pair.question for found in pairs.values() for pair in found]
    answers = ask_engines(questions, engines, others=True)
    return tuple(_verdict(court, estate.connections[name], found, answers) for name, found in pairs.items())


def _pairs(court: _Court, connection: Connection) -> Iterator[_Pair]:
    for acceptor in connection.client_trusts:
        for presenter in connection.server_identities:
            yield from _both(court, connection, presenter, acceptor, "serverAuth")
    if connection.client_certificate is ClientCertificate.NONE:
        return
    for acceptor in connection.server_trusts:
        for presenter in connection.client_identities:
            yield from _both(court, connection, presenter, acceptor, "clientAuth")


def _both(
    court: _Court, connection: Connection, presenter: str, acceptor: str, purpose: str
) -> Iterator[_Pair]:
    """On disk; and live, where what was seen in use differs from it."""
    shows, judges = court.observed.slots.get(presenter), court.observed.slots.get(acceptor)
    if shows is None or judges is None:
        return
    seen: list[tuple[Value, Value]] = []
    for where, left, right in (
        (DISK, _disk(shows), _disk(judges)),
        (LIVE, shows.loaded or _disk(shows), judges.loaded or _disk(judges)),
    ):
        for presented in left:
            for accepted in right:
                if (presented, accepted) not in seen:
                    seen.append((presented, accepted))
                    pair = _pair(
                        court, connection, (presenter, presented), (acceptor, accepted), purpose, where
                    )
                    if pair is not None:
                        yield pair


def _disk(state: SlotState) -> tuple[Value, ...]:
    return () if state.on_disk is None else (state.on_disk,)


def _pair(
    court: _Court,
    connection: Connection,
    presenting: tuple[str, Value],
    accepting: tuple[str, Value],
    purpose: str,
    where: str,
) -> _Pair | None:
    estate, observed = court.estate, court.observed
    (shows, presented), (judges, accepted) = presenting, accepting
    presenter, acceptor = estate.slots[shows], estate.slots[judges]
    if not (isinstance(presenter, IdentitySlot) and isinstance(acceptor, TrustSlot)):
        return None
    if not (isinstance(presented, IdentityValue) and isinstance(accepted, TrustValue)):
        return None
    store = estate.trust_stores.get(acceptor.store)
    profile = connection.profile
    if purpose == "clientAuth" and profile == "tls-server":
        profile = "tls-client"
    context = Context(
        profile_named(profile),
        observed.at,
        purpose,
        connection.server_name if purpose == "serverAuth" else "",
        tuple(observed.crls[one] for one in accepted.crls if one in observed.crls),
        (store.crl_mode if store else CrlMode.OFF).value,
        bool(store and store.partial_chain),
        estate.services[acceptor.service].consumer,
        court.signatures,
    )
    chain = tuple(observed.certificates[one] for one in (presented.leaf, *presented.chain))
    anchors = tuple(observed.certificates[one] for one in accepted.anchors)
    return _Pair(connection, presenter, acceptor, purpose, where, chain, context, anchors)


def _verdict(
    court: _Court,
    connection: Connection,
    pairs: Sequence[_Pair],
    answers: Mapping[PathQuestion, Mapping[str, PathAnswer]],
) -> ConnectionVerdict:
    judged = tuple(
        PairVerdict(
            pair.presenter.name,
            pair.acceptor.name,
            pair.purpose,
            pair.where,
            court.verdict(pair, answers[pair.question]),
        )
        for pair in pairs
    )
    live = court.observed.held.get(connection.name)
    findings = [*_find_own_faults(connection, pairs)]
    for one in judged:
        if one.verdict.outcome is Outcome.REFUSED:
            evidence = {
                "presenter": one.presenter,
                "acceptor": one.acceptor,
                "where": one.where,
                "leaf": one.verdict.path[0].fingerprint.hex,
            }
            findings.append(Finding(Code.PAIR_REFUSED, connection.name, evidence))
    outcome = _outcome(connection, judged, findings, court.observed)
    if live is not None and outcome is not Outcome.UNKNOWN and live is not (outcome is Outcome.ACCEPTED):
        evidence = {"verdict": outcome.value, "live": "holds" if live else "refused"}
        findings.append(Finding(Code.LIVE_DIFFERS, connection.name, evidence, Severity.WARNING))
    modelled = any(one.verdict.basis is Basis.MODELLED for one in judged)
    basis = Basis.MODELLED if modelled else Basis.RUN
    return ConnectionVerdict(connection.name, outcome, basis, live, judged, rank(findings))


def _find_own_faults(connection: Connection, pairs: Sequence[_Pair]) -> Iterator[Finding]:
    """What is wrong with a connection before any chain is judged."""
    if connection.unknown_trust:
        evidence: dict[str, object] = {"side": connection.clients}
        yield Finding(Code.TRUST_UNKNOWN, connection.name, evidence, Severity.NOTE)
    elif not connection.client_trusts:
        yield Finding(Code.VERIFIES_NOTHING, connection.name, {"side": connection.clients}, Severity.WARNING)
    if connection.client_certificate is ClientCertificate.REQUIRED:
        if not connection.client_identities:
            evidence = {"service": connection.servers, "clients": connection.clients}
            yield Finding(Code.PRESENTS_NOTHING, connection.name, evidence)
        if not connection.server_trusts:
            yield Finding(
                Code.VERIFIES_NOTHING, connection.name, {"side": connection.servers}, Severity.WARNING
            )
    if connection.accepted_subjects:
        yield from _find_unaccepted(connection, pairs)


def _find_unaccepted(connection: Connection, pairs: Sequence[_Pair]) -> Iterator[Finding]:
    for pair in pairs:
        if pair.purpose != "clientAuth":
            continue
        leaf = pair.presented[0]
        names = (*leaf.subject.common_names, *(leaf.names.texts if leaf.names else ()))
        if not {name.lower() for name in names} & {one.lower() for one in connection.accepted_subjects}:
            evidence = {
                "presenter": pair.presenter.name,
                "names": names or "-",
                "accepted": connection.accepted_subjects,
            }
            yield Finding(Code.SUBJECT_NOT_ACCEPTED, connection.name, evidence)


def _outcome(
    connection: Connection,
    pairs: Sequence[PairVerdict],
    findings: Sequence[Finding],
    observed: Observed,
) -> Outcome:
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Outcome.REFUSED
    slots = (*connection.server_identities, *connection.client_trusts)
    if connection.client_certificate is not ClientCertificate.NONE:
        slots = (*slots, *connection.client_identities, *connection.server_trusts)
    unseen = any(name not in observed.slots or not observed.slots[name].values for name in slots)
    undecided = any(pair.verdict.outcome is Outcome.UNKNOWN for pair in pairs)
    return Outcome.UNKNOWN if unseen or undecided or connection.unknown_trust else Outcome.ACCEPTED
