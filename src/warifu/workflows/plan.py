"""Makes a plan: look at the estate, understand what is meant, have engines answer, prove, keep what it needs.

Nothing of the estate is changed here.
"""

from __future__ import annotations

import base64
import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from warifu.domain.estate import Estate, IdentityValue, Observed, Value
from warifu.domain.estate.naming import find_certificate, find_identity
from warifu.domain.rotation.certificates import Memory
from warifu.domain.rotation.change import Change, PutBack
from warifu.domain.rotation.explain import Mixture, explain
from warifu.domain.rotation.outcome import Answer, Needs, Planned
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.planning import Request, lay_out, make_plan
from warifu.domain.rotation.steps import Issue, Load, Switch
from warifu.domain.rotation.uncovered import find_uncovered
from warifu.domain.x509 import Certificate, read
from warifu.errors import UsageError
from warifu.ports.files import Files
from warifu.ports.verifiers import Verifier
from warifu.workflows.engines import decide
from warifu.workflows.signatures import read_on_every_core


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants it planned, beside what.

    Args:
        outages: services whose interruption is allowed.
        waivers: in addition to the estate's own.
        kept: values of backups that a rollback leads to, by digest.
    """

    outages: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    ticket: str = ""
    kept: Mapping[str, Value] = field(default_factory=dict)
    certificates: Mapping[str, Certificate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanRoom:
    """Everything planning for an estate needs of the world.

    Args:
        look: looks at the whole estate.
        issuer_chains: by issuer: its issuing certificate first, root last.
        estate_digest: SHA-256 of the estate's files.
        is_adopted: whether a slot's files change in one instant already, by a look at them.
    """

    estate: Estate
    look: Callable[[], Observed]
    files: Files
    engines: Mapping[str, Verifier]
    issuer_chains: Mapping[str, tuple[Certificate, ...]]
    estate_digest: str
    is_adopted: Callable[[str], bool] = lambda _slot: False

    def look_around(self) -> Scene:
        """Look at the estate once; everything planned from it starts there."""
        return Scene(self, self.look())


@dataclass(slots=True)
class Scene:
    """One look at an estate, and what is planned from it."""

    room: PlanRoom
    observed: Observed
    given: dict[str, Certificate] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """When the look was."""
        return self.observed.at

    def anchor(self, name: str) -> str:
        """Return the SHA-256 (hex) of the certificate a person names: a file, or whatever identifies it.

        Raises:
            UsageError, RefusedError: nothing, or several, fit.
        """
        if self.room.files.exists(name) and not self.room.files.is_folder(name):
            reading = read(self.room.files.read(name), name)
            if len(reading.certificates) != 1:
                raise UsageError("rotation.not-one-certificate", file=name, found=len(reading.certificates))
            certificate = reading.certificates[0]
        else:
            known = [*self.observed.certificates.values(), *_flat(self.room.issuer_chains)]
            certificate = find_certificate(name, dict.fromkeys(known), self.room.estate, self.observed)
        self.given[certificate.fingerprint.hex] = certificate
        return certificate.fingerprint.hex

    def identity(self, name: str) -> str:
        """Return the name of the identity a person means."""
        known = self.observed.certificates.values()
        return find_identity(name, known, self.room.estate, self.observed)

    def plan(self, changes: Sequence[Change], wishes: Wishes) -> tuple[Answer, Request]:
        """Plan changes; engines are asked until nothing is open."""
        certificates = {**self.observed.certificates, **self.given, **wishes.certificates}
        memory = Memory()
        request = Request(
            estate=self.room.estate,
            observed=replace(self.observed, certificates=certificates),
            changes=tuple(changes),
            now=self.now,
            engines=frozenset(self.room.engines),
            waivers=wishes.waivers,
            issuer_chains=self.room.issuer_chains,
            kept=wishes.kept,
            adopted=frozenset(
                change.slot
                for change in changes
                if isinstance(change, PutBack) and self.room.is_adopted(change.slot)
            ),
            outages=wishes.outages,
            zones={window.zone: ZoneInfo(window.zone) for window in self.room.estate.windows.values()},
            memory=memory,
            estate_digest=self.room.estate_digest,
            ticket=wishes.ticket,
        )
        with collector_at_rest():
            seen = dict.fromkeys((*certificates.values(), *_flat(self.room.issuer_chains)))
            read_on_every_core(seen, memory)
            answer, request = self._ask(request)
        if isinstance(answer, Planned):
            plan = with_certificates(answer.plan, request)
            unproven = tuple(find_uncovered(plan.steps, self.room.estate))
            answer = Planned(replace(plan, findings=(*plan.findings, *unproven)))
        return answer, request

    def _ask(self, request: Request) -> tuple[Answer, Request]:
        """Plan until nothing is open; return the answer with the request that it answers."""
        while True:
            answer = make_plan(request)
            if not isinstance(answer, Needs):
                return answer, request
            more = decide(answer.questions, self.room.engines)
            if more:
                request = replace(request, answers={**request.answers, **more})
            else:  # engines that cannot say so are as good as not at hand
                mute = {question.consumer for question in answer.questions}
                request = replace(request, engines=request.engines - mute)

    def explain(self, request: Request, plan: Plan, connection: str) -> tuple[Mixture, ...]:
        """Return every mixture of one connection under a plan.

        Raises:
            UsageError: `rotation.no-such-connection`.
        """
        return explain(lay_out(request), plan.waves, connection)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let the garbage collector rest: planning makes millions of objects and no circles for it to find."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def with_certificates(plan: Plan, request: Request) -> Plan:
    """Return the plan with the bytes of every certificate that its values name, so that it stands alone."""
    known = dict(request.observed.certificates)
    for certificate in _flat(request.issuer_chains):
        known[certificate.fingerprint.hex] = certificate
    named = dict.fromkeys(name for value in _values(plan) for name in _named(value))
    for step in plan.steps:
        if isinstance(step, Issue):
            named |= dict.fromkeys(one.hex for one in step.template.issuers)
    texts = {name: base64.b64encode(known[name].der).decode("ascii") for name in named if name in known}
    return replace(plan, certificates=texts)


def _values(plan: Plan) -> Iterable[Value]:
    for step in plan.steps:
        if isinstance(step, (Switch, Load)):
            yield from step.before
            yield step.after


def _named(value: Value) -> tuple[str, ...]:
    if isinstance(value, IdentityValue):
        return value.chain if value.is_template else (value.leaf, *value.chain)
    return value.anchors


def _flat(chains: Mapping[str, tuple[Certificate, ...]]) -> Iterable[Certificate]:
    for chain in chains.values():
        yield from chain


def digest_of_estate(texts: Iterable[bytes]) -> str:
    """Return the SHA-256 (hex) over the estate's files, in their order."""
    total = hashlib.sha256()
    for text in texts:
        total.update(hashlib.sha256(text).digest())
    return total.hexdigest()
