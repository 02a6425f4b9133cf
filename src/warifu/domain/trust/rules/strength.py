"""Keys and hashes that no longer protect, or that not every library knows.

Spec: RFC 9325 §4.1, §4.5; NIST SP 800-57 part 1 rev. 5, table 2; RFC 8446 §4.2.3. A root's signature on itself
protects nothing and is never a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.rules.rule import judges, on, on_leaf
from warifu.domain.x509 import PublicKey

_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_HASHES = frozenset({"", "sha256", "sha384", "sha512"})  # none is named by Ed25519 and Ed448


def _is_weak(key: PublicKey | None, profile: Profile) -> bool:
    if key is None:
        return False  # It could not be read: a finding of its own.
    if key.algorithm == "RSA":
        return key.bits < profile.rsa_bits
    if key.algorithm == "EC":
        return key.bits < profile.ec_bits
    return key.algorithm in {"DSA", "unknown"} and profile.rsa_bits > 0


@judges(Code.WEAK_KEY)
def leaf_key(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's key is strong enough."""
    if chain.leaf is not None and _is_weak(chain.leaf.key, context.profile):
        yield on_leaf(chain.leaf, Code.WEAK_KEY, key=chain.leaf.key, least=context.profile.rsa_bits)


@judges(Code.WEAK_KEY)
def keys_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """The keys above are strong enough."""
    for _, certificate in chain.judged(context):
        if _is_weak(certificate.public_key, context.profile):
            yield on(certificate, Code.WEAK_KEY, key=certificate.public_key, least=context.profile.rsa_bits)


@judges(Code.WEAK_SIGNATURE)
def leaf_signature(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf was signed with a hash that still protects."""
    leaf = chain.leaf
    if leaf is not None and not leaf.self_signed and leaf.signature_hash in context.profile.weak_hashes:
        yield on_leaf(leaf, Code.WEAK_SIGNATURE, hash=leaf.signature_hash)


@judges(Code.WEAK_SIGNATURE)
def signatures_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """What stands beneath the anchor was signed with hashes that still protect."""
    beneath = chain.above[:-1] if chain.anchored else chain.above
    for certificate in beneath:
        if not certificate.looks_self_signed and certificate.signature_hash in context.profile.weak_hashes:
            yield on(certificate, Code.WEAK_SIGNATURE, hash=certificate.signature_hash)


@judges(Code.KEY_UNCOMMON, Code.SIGNATURE_UNCOMMON)
def leaf_uncommon(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf's key and signature are of kinds that TLS 1.3 names."""
    leaf = chain.leaf
    if leaf is None:
        return
    if _is_uncommon(leaf.key):
        yield on_leaf(leaf, Code.KEY_UNCOMMON, key=leaf.key)
    if not leaf.self_signed and _is_uncommon_hash(leaf.signature_hash, context.profile):
        yield on_leaf(leaf, Code.SIGNATURE_UNCOMMON, hash=leaf.signature_hash)


@judges(Code.KEY_UNCOMMON, Code.SIGNATURE_UNCOMMON)
def uncommon_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """The keys and signatures above are of kinds that TLS 1.3 names; an anchor's own signature counts for nothing."""
    for _, certificate in chain.judged(context):
        if _is_uncommon(certificate.public_key):
            yield on(certificate, Code.KEY_UNCOMMON, key=certificate.public_key)
        counts = certificate != chain.anchor and not certificate.looks_self_signed
        if counts and _is_uncommon_hash(certificate.signature_hash, context.profile):
            yield on(certificate, Code.SIGNATURE_UNCOMMON, hash=certificate.signature_hash)


def _is_uncommon(key: PublicKey | None) -> bool:
    if key is None or key.algorithm not in {"EC", "RSA"}:
        return False
    if key.algorithm == "RSA":
        return key.bits % 8 != 0
    return bool(key.curve) and key.curve not in _CURVES


def _is_uncommon_hash(name: str, profile: Profile) -> bool:
    """Tell whether a hash is one that engines may not know; a weak one is told as weak."""
    return name not in _HASHES and name not in profile.weak_hashes
