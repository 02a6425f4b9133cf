"""What a target demands of a leaf and its chain beyond path validation.

Spec: the documents that each profile names (`Profile.source`, `ValidityLimit.source`, `PurposeEnd.source`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts
from warifu.domain.trust.rules.names import carries
from warifu.domain.trust.rules.rule import judges, of_template, on, on_leaf
from warifu.domain.trust.rules.usage import needed

_SECOND = timedelta(seconds=1)


@judges(Code.PURPOSE_MISSING)
def purposes_stated(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf names its purposes where the target does not take silence for all of them."""
    leaf = chain.leaf
    if leaf is None or leaf.purposes is not None or not context.profile.demands.purposes_stated:
        return
    if leaf.lacks("extKeyUsage") and context.wanted_purposes:
        evidence = {"wanted": context.wanted_purposes, "needed": needed(context), "purposes": "-"}
        yield on_leaf(leaf, Code.PURPOSE_MISSING, **evidence, **of_template(leaf))


@judges(Code.KEY_USAGE_INCOMPLETE)
def key_usages(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's keyUsage has every bit that the target asks for; an absent one has none."""
    leaf, wanted = chain.leaf, context.profile.demands.key_usages
    if leaf is None or not wanted or not leaf.lacks("keyUsage"):
        return
    missing = wanted - (leaf.key_usage or frozenset())
    if missing:
        shown = tuple(sorted(leaf.key_usage or ())) or "-"
        evidence = {"missing": tuple(sorted(missing)), "key_usage": shown, "key": leaf.key}
        yield on_leaf(leaf, Code.KEY_USAGE_INCOMPLETE, **evidence, **of_template(leaf))


@judges(Code.COMMON_NAME_MISSING)
def common_names(chain: Chain, context: Context) -> Iterator[Finding]:
    """Whoever must have a commonName has one."""
    leaf, extent = chain.leaf, context.profile.demands.common_names
    if leaf is None or not extent:
        return
    if not any(name.strip() for name in leaf.common_names):
        yield on_leaf(leaf, Code.COMMON_NAME_MISSING)
    if extent == "every":
        for certificate in dict.fromkeys((*chain.above, *chain.presented[1:])):
            if not any(name.strip() for name in certificate.subject.common_names):
                yield on(certificate, Code.COMMON_NAME_MISSING, ca=certificate.is_ca)


@judges(Code.WILDCARD_REFUSED)
def wildcards_refused(chain: Chain, context: Context) -> Iterator[Finding]:
    """No name of the leaf holds a wildcard where the target takes none."""
    leaf = chain.leaf
    if leaf is None or not context.profile.demands.wildcards_refused:
        return
    shown = (*leaf.common_names, *(leaf.names.dns if leaf.names else ()))
    for pattern in dict.fromkeys(name for name in shown if "*" in name):
        yield on_leaf(leaf, Code.WILDCARD_REFUSED, pattern=pattern)


@judges(Code.CHAIN_TOO_DEEP)
def depth(chain: Chain, context: Context) -> Iterator[Finding]:
    """The chain has no more certificates than the target counts up to."""
    leaf, longest = chain.leaf, context.profile.demands.longest
    if leaf is None or not longest:
        return
    found = max(len(dict.fromkeys(chain.presented)), 1 + len(chain.above))
    if found > longest:
        yield on_leaf(leaf, Code.CHAIN_TOO_DEEP, found=found, limit=longest)


@judges(Code.KEY_KIND_UNFIT)
def key_kind(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's key is of a kind and size that the target can hold."""
    leaf, demands = chain.leaf, context.profile.demands
    if leaf is None or leaf.key is None:
        return
    kinds = demands.key_algorithms
    if kinds and leaf.key.algorithm not in kinds:
        yield on_leaf(leaf, Code.KEY_KIND_UNFIT, key=leaf.key, wanted=kinds)
    elif demands.rsa_most and leaf.key.algorithm == "RSA" and leaf.key.bits > demands.rsa_most:
        yield on_leaf(leaf, Code.KEY_KIND_UNFIT, key=leaf.key, wanted=f"RSA ≤ {demands.rsa_most}")


@judges(Code.SIGNATURE_KIND_UNFIT)
def signature_kind(chain: Chain, context: Context) -> Iterator[Finding]:
    """What stands beneath the anchor is signed in a way that the target can check; an anchor's own signature is not."""
    leaf, kinds = chain.leaf, context.profile.demands.signature_schemes
    if leaf is None or not kinds:
        return
    if not leaf.is_template and leaf.signature_scheme not in kinds:
        yield on_leaf(leaf, Code.SIGNATURE_KIND_UNFIT, scheme=leaf.signature_scheme, wanted=kinds)
    for certificate in chain.above[:-1] if chain.anchored else chain.above:
        if not certificate.looks_self_signed and certificate.signature_scheme not in kinds:
            yield on(
                certificate, Code.SIGNATURE_KIND_UNFIT, scheme=certificate.signature_scheme, wanted=kinds
            )


@judges(Code.DNS_NAME_MISSING)
def dns_name(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf carries a DNS name where the target calls itself by one; one without any names is told by another rule."""
    leaf = chain.leaf
    if leaf is None or leaf.names is None or not context.profile.demands.dns_name_wanted:
        return
    if not leaf.names.dns:
        yield on_leaf(leaf, Code.DNS_NAME_MISSING, names=_shown(leaf))


@judges(Code.NAMES_TOO_MANY, Code.NAMES_TOO_LONG)
def room_for_names(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's names fit into what the target has room for."""
    leaf, demands = chain.leaf, context.profile.demands
    if leaf is None or leaf.names is None:
        return
    texts = leaf.names.texts
    if demands.names_most and len(texts) > demands.names_most:
        yield on_leaf(leaf, Code.NAMES_TOO_MANY, found=len(texts), limit=demands.names_most)
    length = len(",".join(texts))
    if demands.names_length and length > demands.names_length:
        yield on_leaf(leaf, Code.NAMES_TOO_LONG, found=length, limit=demands.names_length)


@judges(Code.NAME_NOT_COVERED)
def covered_names(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf carries every name that the target's topology asks for."""
    leaf = chain.leaf
    if leaf is None:
        return
    shown = {name.casefold() for name in leaf.names.dns} if leaf.names else set()
    for name in context.covers:
        if name.casefold() not in shown and not carries(leaf, name):
            yield on_leaf(leaf, Code.NAME_NOT_COVERED, name=name, names=_shown(leaf))


@judges(Code.REQUEST_KEY_DIFFERS)
def answers_request(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf answers a request whose key the target holds."""
    leaf = chain.leaf
    if leaf is None or leaf.key is None or not context.requests:
        return
    if all(one.public_key.sha256 != leaf.key.sha256 for one in context.requests):
        asked = tuple(one.subject_text or one.fingerprint.short for one in context.requests)
        yield on_leaf(leaf, Code.REQUEST_KEY_DIFFERS, request=asked, key=leaf.key)


@judges(Code.VALIDITY_TOO_LONG)
def validity(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf lasts no longer than the rule of its day of issue allows (BR §6.3.2 counts its last second)."""
    leaf = chain.leaf
    limit = context.profile.demands.validity_at(leaf.not_before) if leaf is not None else None
    if leaf is None or limit is None:
        return
    lasts = leaf.not_after - leaf.not_before + _SECOND
    if lasts > timedelta(days=limit.days):
        days = -(-lasts // timedelta(days=1))
        yield on_leaf(
            leaf,
            Code.VALIDITY_TOO_LONG,
            found=days,
            limit=limit.days,
            since=limit.issued_from,
            source=limit.source,
        )


@judges(Code.PURPOSE_ENDED)
def purpose_ends(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf carries no purpose that was no longer given on its day of issue."""
    leaf = chain.leaf
    if leaf is None:
        return
    for end in context.profile.demands.purpose_ends:
        if end.purpose in (leaf.purposes or ()) and leaf.not_before >= end.issued_from:
            evidence = {"purpose": end.purpose, "since": end.issued_from, "source": end.source}
            yield on_leaf(leaf, Code.PURPOSE_ENDED, **evidence)


@judges(Code.DIRECTORY_ATTRIBUTE_MISSING)
def directory_attributes(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's directoryName carries the attributes that the target reads (TCG EK Credential Profile §3.1.2)."""
    leaf = chain.leaf
    if leaf is None or not leaf.lacks("subjectAltName"):
        return
    carried = leaf.names.directory if leaf.names else ()
    shown = "\x1e".join(name.folded for name in carried).replace("\x1f", "\x1e").split("\x1e")
    oids = {one.partition("=")[0] for one in shown}
    for oid in context.profile.demands.directory_attributes:
        if oid not in oids:
            yield on_leaf(leaf, Code.DIRECTORY_ATTRIBUTE_MISSING, missing=oid)


def _shown(leaf: LeafFacts) -> tuple[str, ...] | str:
    return (leaf.names.texts if leaf.names else ()) or "-"
