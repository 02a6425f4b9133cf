"""The oracle of the real world: our rules in factors, and the engines' answers.

A side accepts when our rules for the profile accept and the consumer's own engine does.
Engines are asked about one leaf of each kind. A template has no bytes to ask about: it is
judged by our rules, and asked about when its bytes have come.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime

from warifu.domain.estate import Estate, IdentityValue, Observed, TrustStore, TrustValue, Value
from warifu.domain.findings import Finding, Severity
from warifu.domain.rotation.certificates import Certificates
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.trust import (
    Context,
    LeafFacts,
    PathQuestion,
    PathVerdict,
    Profile,
    leaf_verdict,
    name_verdict,
    origin_class,
    path_verdict,
    profile_named,
)
from warifu.domain.trust.acceptance import END
from warifu.domain.trust.consumers import end_of, habits
from warifu.domain.trust.rules.constraints import constrains_names
from warifu.domain.trust.rules.names import carries
from warifu.domain.x509 import Certificate, RevocationList

_PLAIN = {"openssl": "openssl"}
_BY_NAME = frozenset({"openssl", "cryptography"})
"""Engines that look for issuers by name, so that anchors of other names cannot matter: asked without them."""


def digest_of(question: PathQuestion) -> str:
    """Return what an answer is kept under: SHA-256 (hex) over everything that was asked."""
    parts = (
        question.consumer,
        question.leaf.fingerprint.hex,
        *(certificate.fingerprint.hex for certificate in question.chain),
        "anchors",
        *(certificate.fingerprint.hex for certificate in question.anchors),
        "crls",
        *(crl.fingerprint.hex for crl in question.crls),
        question.purpose,
        question.name,
        question.at.isoformat(),
        question.crl_mode,
        str(question.partial_chain),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class TrustOracle:
    """Answers from certificates, rules and engines.

    Args:
        answers: what engines said, by question digest.
        engines: consumers whose engines are at hand.
        pinned: anchors (SHA-256 hex); a leaf that is one of them itself is of a kind of its own.
        first: the value that stands for each kind, as far as an earlier oracle chose one.
    """

    def __init__(
        self,
        certificates: Certificates,
        crls: Mapping[str, RevocationList],
        *,
        now: datetime,
        answers: Mapping[str, bool],
        engines: frozenset[str],
        looks_at_serials: bool = False,
        pinned: frozenset[str] = frozenset(),
        first: dict[Hashable, IdentityValue] | None = None,
    ) -> None:
        self._certificates = certificates
        self._crls = crls
        self._now = now
        self._instant = now.replace(microsecond=0)
        self._answers = answers
        self._engines = engines
        self._serials = looks_at_serials
        self._pinned = pinned
        self._leaves = certificates.leaves
        self._forms = certificates.memory.form_of_leaf
        self._constrains = constrains_names(certificates.authorities())
        self._looks_closer = self._constrains or self._serials
        self._first: dict[Hashable, IdentityValue] = {} if first is None else first

    def kind_of(self, presented: IdentityValue) -> Hashable:
        """Return everything that path, purpose, form and dates depend on."""
        leaf = presented.leaf
        facts = self._leaves[leaf]
        if facts is None:
            return ("missing", presented)
        form = self._forms.get(leaf)
        kind: tuple[object, ...] = (
            self._certificates.memory.form(facts) if form is None else form,
            presented.chain,
        )
        if not facts.not_before <= self._instant < facts.not_after:
            kind += (self._age(facts),)
        if self._looks_closer or leaf in self._pinned:
            kind += (
                (facts.origin.names, facts.origin.subject) if self._constrains else None,
                facts.origin.serial if self._serials else None,
                leaf if leaf in self._pinned else None,
            )
        self._first.setdefault(kind, presented)
        return kind

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """Judge one leaf of the kind, by rules and by engines."""
        kind = self.kind_of(presented)
        presented = self._first.get(kind, presented)
        facts = self._certificates.facts(presented.leaf)
        if facts is None:
            return Acceptance(accepted=False)
        verdicts = self._certificates.memory.verdicts
        key = (kind, trusted, side, self._now)
        ours = verdicts.get(key)
        if not isinstance(ours, Acceptance):
            ours = verdicts[key] = self._by_rules(facts, presented, trusted, side)
        return self._by_engines(ours, presented, trusted, side)

    def _by_rules(
        self, facts: LeafFacts, presented: IdentityValue, trusted: TrustValue, side: Side
    ) -> Acceptance:
        context = self._context(side, trusted)
        chain = self._certificates.all_of(presented.chain)
        anchors = self._certificates.all_of(trusted.anchors)
        findings = list(leaf_verdict(facts, context))
        until: datetime | None = None
        if not (facts.id in trusted.anchors and (facts.self_signed or side.partial_chain)):
            verdict = self._path(facts, chain, anchors, context)
            findings += verdict.findings
            until = verdict.until(context.instant)
        accepted = not any(finding.severity is Severity.ERROR for finding in findings)
        return Acceptance(accepted, None if until == END else until, findings=tuple(findings))

    def _path(
        self,
        facts: LeafFacts,
        chain: tuple[Certificate, ...],
        anchors: tuple[Certificate, ...],
        context: Context,
    ) -> PathVerdict:
        """Judge a path once for all leaves of its origin and all stores that differ in unrelated anchors only."""
        anchors = related(facts.origin.issuer, chain, anchors)
        origin = origin_class(facts, (*chain, *anchors), context.crl_mode)
        key = (
            origin,
            chain,
            anchors,
            context.profile.name,
            context.now,
            context.purpose,
            context.crls,
            context.crl_mode,
            context.partial_chain,
            context.consumer,
        )
        verdicts = self._certificates.memory.verdicts
        known = verdicts.get(key)
        if not isinstance(known, PathVerdict):
            known = verdicts[key] = path_verdict(origin, chain, anchors, context)
        return known

    def named(self, presented: IdentityValue, name: str, side: Side) -> bool:
        """Tell whether the leaf carries the name, and a client is one of those let in."""
        facts = self._leaves[presented.leaf]
        if facts is None:
            return False
        if side.subjects:
            carried = {*facts.common_names, *(facts.names.dns if facts.names else ())}
            if not carried & set(side.subjects):
                return False
        if not name or carries(facts, name):
            return True
        context = Context(self._profile(side), self._now, name=name, consumer=side.consumer)
        return not any(finding.severity is Severity.ERROR for finding in name_verdict(facts, context))

    def ends(self, presented: IdentityValue, side: Side) -> datetime | None:
        """Return when this consumer begins to refuse the leaf as out of date."""
        facts = self._leaves[presented.leaf]
        return None if facts is None else end_of(facts.not_after, habits(side.consumer))

    def findings(
        self, presented: IdentityValue, trusted: TrustValue, side: Side, name: str
    ) -> tuple[Finding, ...]:
        """Return why one side refuses one leaf, for people."""
        facts = self._certificates.facts(presented.leaf)
        found = self.judge(presented, trusted, side).findings
        if facts is not None and name:
            context = Context(self._profile(side), self._now, name=name, consumer=side.consumer)
            found = (*found, *name_verdict(facts, context))
        return tuple(finding for finding in found if finding.severity is Severity.ERROR)

    def _by_engines(
        self, ours: Acceptance, presented: IdentityValue, trusted: TrustValue, side: Side
    ) -> Acceptance:
        leaf = self._certificates.get(presented.leaf)
        if not ours.accepted or leaf is None:
            return ours
        wanted = self._engines if side.consumer == "unknown" else self._engines & {side.consumer}
        accepted, modelled = True, not wanted
        open_questions: list[PathQuestion] = []
        for engine in sorted(wanted):
            chain = self._certificates.all_of(presented.chain)
            anchors = self._certificates.all_of(trusted.anchors)
            if engine in _BY_NAME:
                anchors = related(leaf.issuer.folded, (leaf, *chain), anchors) or anchors
            question = PathQuestion(
                engine,
                leaf,
                chain,
                anchors,
                side.purpose,
                self._now,
                crls=self._revocations(trusted),
                crl_mode=side.crl_mode,
                partial_chain=side.partial_chain,
            )
            answer = self._answers.get(digest_of(question))
            if answer is None:
                open_questions.append(question)
            else:
                accepted = accepted and answer
        return Acceptance(
            accepted,
            ours.until,
            tuple(open_questions),
            modelled,
            tuple(sorted(wanted)),
            ours.findings,
        )

    def _context(self, side: Side, trusted: TrustValue) -> Context:
        return Context(
            self._profile(side),
            self._now,
            side.purpose,
            "",
            self._revocations(trusted),
            side.crl_mode,
            side.partial_chain,
            side.consumer,
            self._certificates.signatures,
        )

    def _profile(self, side: Side) -> Profile:
        return profile_named(side.profile or _PLAIN.get(side.consumer, "rfc5280"))

    def _revocations(self, trusted: TrustValue) -> tuple[RevocationList, ...]:
        return tuple(self._crls[item] for item in trusted.crls if item in self._crls)

    def _age(self, facts: LeafFacts) -> str:
        instant = self._instant
        if instant < facts.not_before:
            return "early"
        if instant == facts.not_after:
            return "last second"
        return "late" if instant > facts.not_after else "current"


def related(
    issuer: str, chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...]
) -> tuple[Certificate, ...]:
    """Return the anchors that some chain of names from an issuer reaches, in order: no path holds another one."""
    names, count = {issuer}, 0
    while count < len(names):
        count = len(names)
        for certificate in (*chain, *anchors):
            if certificate.subject.folded in names:
                names.add(certificate.issuer.folded)
    return tuple(anchor for anchor in anchors if anchor.subject.folded in names)


def anchors_among(observed: Observed, coming: Iterable[Value | None]) -> frozenset[str]:
    """Return every anchor (SHA-256 hex) that some slot may hold, or that some value brings."""
    states = observed.slots.values()
    on_disk = (state.on_disk for state in states)
    loaded = itertools.chain.from_iterable(
        state.loaded for state in states if state.loaded != (state.on_disk,)
    )
    every = itertools.chain(on_disk, loaded, coming)
    stores = {id(value): value for value in every if isinstance(value, TrustValue)}
    return frozenset().union(*(store.anchors for store in stores.values()))


def looks_at_serials(estate: Estate, observed: Observed) -> bool:
    """Tell whether some trust store looks for revoked certificates."""
    stores: tuple[TrustStore, ...] = tuple(estate.trust_stores.values())
    return bool(observed.crls) or any(store.crl_mode.value != "off" for store in stores)
