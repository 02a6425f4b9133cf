"""Requests that others made, judged as they lie there: what of them the target would refuse in the certificate.

Names, key, and what the request says of purposes and key usage are judged by the rules for leaves. What it leaves
open (no extKeyUsage, no subjectAltName) is for the CA to fill in and is nobody's fault; dates and issuer are the CA's.

Spec: RFC 2986, RFC 2985 §5.4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from warifu.domain.findings import Code, Finding, rank
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts, Origin
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.rules import names, run, strength, target, usage
from warifu.domain.trust.rules.rule import on_leaf
from warifu.domain.x509 import Request

_RULES = (
    usage.leaf_purpose,
    strength.leaf_key,
    strength.leaf_uncommon,
    names.wildcards,
    names.names_fit,
    names.names_public,
    names.common_names_listed,
    target.common_names,
    target.wildcards_refused,
    target.key_kind,
    target.dns_name,
    target.room_for_names,
)
_WITH_USAGE = (target.key_usages,)


def judge_request(request: Request, profile: Profile) -> tuple[Finding, ...]:
    """Return what a target would refuse of a request, and whether its own signature is weak; ranked.

    Of a trust store nothing is asked for: a profile of that kind finds nothing.
    """
    if profile.kind == "trust-store":
        return ()
    facts = _facts(request)
    chain = Chain(facts.origin, (), anchored=False, leaf=facts)
    rules = _RULES if facts.key_usage is None else (*_RULES, *_WITH_USAGE)
    found = run(rules, chain, Context(profile, facts.not_before))
    return rank((*found, *_own_faults(request, facts, profile)))


def _own_faults(request: Request, facts: LeafFacts, profile: Profile) -> Iterator[Finding]:
    found = []
    if request.signature_hash in profile.weak_hashes:
        found.append(on_leaf(facts, Code.REQUEST_SIGNATURE_WEAK, hash=request.signature_hash))
    if request.asked.problem:
        reason = request.asked.problem
        found.append(on_leaf(facts, Code.EXTENSION_UNREADABLE, part="extensions", reason=reason))
    for one in found:
        weight = profile.weight(one.code)
        if weight is not None:
            yield replace(one, severity=weight)


def _facts(request: Request) -> LeafFacts:
    asked = request.asked
    shown = request.subject_text or next(iter(asked.names.texts if asked.names else ()), "")
    return LeafFacts(
        id=request.fingerprint.hex,
        subject=shown or request.fingerprint.short,
        common_names=asked.subject.common_names,
        names=asked.names,
        not_before=datetime.min.replace(tzinfo=UTC),
        not_after=datetime.max.replace(tzinfo=UTC),
        purposes=asked.purposes,
        key_usage=asked.key_usage,
        key=request.public_key,
        signature_hash="sha256",  # the CA chooses it
        is_ca=False,
        origin=Origin("", "", None, ""),
        is_template=True,
    )
