"""Which connections hold now: full handshakes from the client's node with the client's own identity.

The server's judgement of the client is seen (an alert, or an answer after it judged); the client's
judgement of the server is made by its own engine against its own anchors, where that engine is at
hand, else by RFC 5280 alone: profile rules may bar new values, they never call a working connection
broken. What cannot be seen from here is absent, never False.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.estate import ClientCertificate, Connection, CrlMode, Estate, Service, TrustSlot
from warifu.domain.findings import Code, Finding
from warifu.domain.trust import Context, PathAnswer, PathQuestion, judge, profile_named
from warifu.domain.trust import Outcome as Judged
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, Ask, ClientIdentity, Prober
from warifu.ports.targets import Content, IdentityContent, TrustContent
from warifu.workflows.engines import Answers, Engines, ask_engines
from warifu.workflows.live import Each, is_number, resolve

_NO_ANSWER = "timed-out"
"""A slow machine, a firewall: nobody refused, so nothing was seen."""


@dataclass(slots=True)
class Held:
    """Connections that were seen to hold (True) or to be refused (False)."""

    held: dict[str, bool] = field(default_factory=dict)
    certificates: list[Certificate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One client slot pair against one address of one server.

    Args:
        client: what it presents; None presents nothing.
        trusts: stores that must accept what is served; empty verifies nothing.
    """

    connection: Connection
    via: HostReader
    server: Service
    address: Address
    client: ClientIdentity | None
    trusts: tuple[TrustSlot, ...]
    consumer: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Whether it holds; None where it could not be seen."""

    holds: bool | None
    reason: str = ""


def find_held(
    estate: Estate,
    contents: Mapping[str, Content | None],
    hosts: Mapping[str, HostReader],
    prober: Prober,
    engines: Engines,
    at: datetime,
    each: Each,
) -> Held:
    """Try every connection whose slots were all looked at."""
    held = Held()
    attempts: list[_Attempt] = []
    partly: set[str] = set()
    for connection in estate.connections.values():
        if connection.unknown_trust or not all(name in contents for name in slots_of(connection)):
            continue
        found, whole = _attempts(estate, connection, contents, hosts, prober)
        attempts += found
        if not whole:
            partly.add(connection.name)
    answers = each(lambda attempt: _shake_hands(attempt, prober), attempts)
    outcomes = _judge_all(estate, list(zip(attempts, answers, strict=True)), contents, engines, at)
    results: dict[str, list[bool | None]] = {}
    for attempt, answer, outcome in zip(attempts, answers, outcomes, strict=True):
        results.setdefault(attempt.connection.name, []).append(outcome.holds)
        held.certificates += answer.chain
        if outcome.holds is False:
            evidence = {"address": str(attempt.address), "reason": outcome.reason}
            held.findings.append(Finding(Code.LIVE_REFUSED, attempt.connection.name, evidence))
    held.findings = list({repr(finding): finding for finding in held.findings}.values())
    held.held = {
        name: False not in seen
        for name, seen in results.items()
        if False in seen or (None not in seen and name not in partly)
    }
    return held


def slots_of(connection: Connection) -> tuple[str, ...]:
    """Return every slot of a connection."""
    return (
        *connection.server_identities,
        *connection.client_trusts,
        *connection.client_identities,
        *connection.server_trusts,
    )


def _attempts(
    estate: Estate,
    connection: Connection,
    contents: Mapping[str, Content | None],
    hosts: Mapping[str, HostReader],
    prober: Prober,
) -> tuple[list[_Attempt], bool]:
    """Return what can be tried, and whether that is all there is to try."""
    attempts: list[_Attempt] = []
    whole = True
    for client_name in connection.clients:
        client = estate.services[client_name]
        via = hosts.get(client.node)
        trusts = tuple(
            slot
            for name in connection.client_trusts
            if isinstance(slot := estate.slots[name], TrustSlot) and slot.service == client_name
        )
        identities, readable = _identities(estate, connection, client_name, contents)
        whole = whole and readable
        if via is None:
            whole = False
            continue
        for server_name in connection.servers:
            server = estate.services[server_name]
            addresses = list(_addresses(server, client, prober))
            whole = whole and bool(addresses)
            attempts += [
                _Attempt(connection, via, server, address, identity, trusts, client.consumer)
                for address in addresses
                for identity in identities
            ]
    return attempts, whole


def _identities(
    estate: Estate, connection: Connection, client: str, contents: Mapping[str, Content | None]
) -> tuple[list[ClientIdentity | None], bool]:
    """Return what the client may present, and whether every key of it could be read."""
    names = [name for name in connection.client_identities if estate.slots[name].service == client]
    if connection.client_certificate is ClientCertificate.NONE or not names:
        return [None], True
    found: list[ClientIdentity | None] = []
    for name in names:
        content = contents.get(name)
        if isinstance(content, IdentityContent) and content.key is not None:
            found.append(ClientIdentity(content.leaf, content.chain, content.key))
    return found, len(found) == len(names)


def _addresses(server: Service, client: Service, prober: Prober) -> Iterator[Address]:
    """Addresses as the client's node reaches them; one that means "all of mine" only leads home from home."""
    for declared in server.addresses:
        if declared.host in ("0.0.0.0", "::", "*") and server.node != client.node:  # noqa: S104
            continue
        try:
            yield from resolve(prober, declared)
        except CouldNotLookError:
            continue


def _shake_hands(attempt: _Attempt, prober: Prober) -> Answered:
    asked = attempt.connection.asked_name
    sni = "" if is_number(asked) else asked
    ask = Ask(attempt.address, attempt.server.dialect, sni, attempt.client, read=True)
    return prober.ask(ask, via=attempt.via)


def _judge_all(
    estate: Estate,
    tried: Sequence[tuple[_Attempt, Answered]],
    contents: Mapping[str, Content | None],
    engines: Engines,
    at: datetime,
) -> list[_Outcome]:
    """Say of each attempt whether it holds; engines are asked once for all of them."""
    questions: dict[tuple[int, str], PathQuestion] = {}
    for number, (attempt, answer) in enumerate(tried):
        for slot in attempt.trusts:
            content = contents.get(slot.name)
            if answer.chain and isinstance(content, TrustContent):
                questions[number, slot.name] = _question(estate, attempt, slot, content, answer.chain, at)
    answers = ask_engines(questions.values(), engines)
    outcomes = []
    for number, (attempt, answer) in enumerate(tried):
        asked = {slot.name: questions.get((number, slot.name)) for slot in attempt.trusts}
        outcomes.append(_judge(attempt, answer, asked, answers))
    return outcomes


def _judge(
    attempt: _Attempt, answer: Answered, asked: Mapping[str, PathQuestion | None], answers: Answers
) -> _Outcome:
    if answer.refused == _NO_ANSWER:
        return _Outcome(holds=None)
    if answer.refused or not answer.chain:
        return _Outcome(holds=False, reason=answer.refused or "-")
    for slot, question in asked.items():
        if question is None:
            return _Outcome(holds=None)
        if not _accepted(question, answers[question]):
            return _Outcome(holds=False, reason=f"{slot}: not trusted")
    if attempt.connection.client_certificate is not ClientCertificate.NONE and not answer.heard:
        return _Outcome(holds=None)  # it has not told what it thinks of the client
    return _Outcome(holds=True)


def _question(  # the question whole
    estate: Estate,
    attempt: _Attempt,
    slot: TrustSlot,
    content: TrustContent,
    served: Sequence[Certificate],
    at: datetime,
) -> PathQuestion:
    store = estate.trust_stores.get(slot.store)
    return PathQuestion(
        attempt.consumer,
        served[0],
        tuple(served[1:]),
        content.anchors,
        "serverAuth",
        at,
        attempt.connection.server_name,
        content.crls,
        (store.crl_mode if store else CrlMode.OFF).value,
        bool(store and store.partial_chain),
    )


def _accepted(question: PathQuestion, answers: Mapping[str, PathAnswer]) -> bool:
    """The consumer's engine decides where it answered; else RFC 5280 alone."""
    deciding = [answer.accepted for answer in answers.values() if answer.answered]
    if deciding:
        return all(deciding)
    context = Context(
        profile_named("rfc5280"),
        question.at,
        question.purpose,
        question.name,
        question.crls,
        question.crl_mode,
        question.partial_chain,
        question.consumer,
    )
    presented = (question.leaf, *question.chain)
    return judge(presented, question.anchors, context).outcome is Judged.ACCEPTED
