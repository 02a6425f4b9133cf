"""What keys are for.

Spec: RFC 5280 §4.2.1.3, §4.2.1.12; RFC 8813 §3; RFC 9295 §3; RFC 8446 §4.4.2.2; RFC 5246 §7.4.2, §7.4.6; RFC 8422 §2.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, of_template, on, on_leaf
from warifu.domain.x509 import Purpose, Usage

_FIT = {
    Purpose.SERVER_AUTH.value: {Usage.DIGITAL_SIGNATURE, Usage.KEY_ENCIPHERMENT, Usage.KEY_AGREEMENT},
    Purpose.CLIENT_AUTH.value: {Usage.DIGITAL_SIGNATURE, Usage.KEY_AGREEMENT},
}
_OF_KEY = {
    "RSA": {Usage.DIGITAL_SIGNATURE, Usage.KEY_ENCIPHERMENT},
    **{kind: {Usage.DIGITAL_SIGNATURE} for kind in ("EC", "Ed25519", "Ed448", "DSA")},
}
"""What a key of a kind can do in a handshake; of other kinds (Diffie-Hellman) anything may be true."""
_CANNOT_ENCIPHER = frozenset(("EC", "Ed25519", "Ed448"))
_ENCIPHERING = frozenset((Usage.KEY_ENCIPHERMENT, Usage.DATA_ENCIPHERMENT))
# What a TLS certificate may not be for beside serverAuth and clientAuth: CA/Browser Forum BR §7.1.2.7.10.
_NAMED = {
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.11129.2.4.4": "precertificateSigning",
}
_FIT_PURPOSES = frozenset((Code.PURPOSE_UNSTATED, Code.PURPOSE_UNFIT))
_OF_NETSCAPE = {Purpose.SERVER_AUTH.value: "server", Purpose.CLIENT_AUTH.value: "client"}
_FOREIGN = frozenset((Purpose.ANY.value, *_NAMED))


def _allows(purposes: tuple[str, ...] | None, wanted: str, context: Context) -> bool:
    if purposes is None or wanted in purposes:
        return True
    return context.profile.any_purpose and Purpose.ANY.value in purposes


def needed(context: Context) -> str:
    """Return every purpose that the leaf needs, as a line of a configuration of openssl's has them."""
    return ", ".join(context.wanted_purposes)


@judges(Code.PURPOSE_MISSING)
def leaf_purpose(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf that names its purposes names all it is used for."""
    leaf = chain.leaf
    if leaf is None:
        return
    for wanted in context.wanted_purposes:
        if not _allows(leaf.purposes, wanted, context):
            seen = {"needed": needed(context), "purposes": leaf.purposes or (), **of_template(leaf)}
            yield on_leaf(leaf, Code.PURPOSE_MISSING, wanted=wanted, **seen)


@judges(Code.NETSCAPE_TYPE_UNFIT)
def leaf_netscape_type(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf of an old type is of the type that it is used for, where a library heeds it.

    Spec: openssl, `crypto/x509/v3_purp.c`, check_purpose_ssl_client and check_purpose_ssl_server.
    """
    leaf = chain.leaf
    if leaf is None or leaf.netscape_types is None or not context.habits.heeds_netscape:
        return
    for wanted in context.wanted_purposes:
        kind = _OF_NETSCAPE.get(wanted)
        if kind is not None and kind not in leaf.netscape_types:
            seen = {"needed": needed(context), "types": leaf.netscape_types or "-"}
            yield on_leaf(leaf, Code.NETSCAPE_TYPE_UNFIT, wanted=kind, **seen)


@judges(Code.PURPOSE_UNSTATED, Code.PURPOSE_UNFIT)
def leaf_purposes_fit(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf says what it is for, and is not for what only other kinds of certificates do."""
    leaf = chain.leaf
    if leaf is None or context.profile.left_out >= _FIT_PURPOSES:
        return
    if leaf.purposes is None:
        if leaf.lacks("extKeyUsage"):
            yield on_leaf(leaf, Code.PURPOSE_UNSTATED)
        return
    foreign = [_NAMED.get(one, one) for one in leaf.purposes if one in _FOREIGN]
    if foreign:
        yield on_leaf(leaf, Code.PURPOSE_UNFIT, purposes=foreign)


@judges(Code.PURPOSE_UNFIT)
def root_purposes(chain: Chain, context: Context) -> Iterator[Finding]:
    """A root is for everything: what limits purposes is the CA beneath it."""
    anchor = chain.anchor
    if anchor is None or Code.PURPOSE_UNFIT in context.profile.left_out:
        return
    if anchor.is_self_issued and anchor.extended_key_usage is not None:
        yield on(anchor, Code.PURPOSE_UNFIT, purposes=anchor.extended_key_usage)


@judges(Code.ISSUER_PURPOSE_MISSING)
def issuer_purpose(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA that names purposes limits what is beneath it to them."""
    for _, certificate in chain.judged(context):
        purposes = certificate.extended_key_usage
        for wanted in context.wanted_purposes:
            if not _allows(purposes, wanted, context):
                yield on(certificate, Code.ISSUER_PURPOSE_MISSING, wanted=wanted, purposes=purposes or ())


@judges(Code.ENCIPHERMENT_UNSTATED)
def leaf_encipherment(chain: Chain, context: Context) -> Iterator[Finding]:
    """A server's RSA key may encipher: what signs alone is enough for every handshake of today, but not for NSS.

    Spec: NSS, `lib/certdb/certdb.c`, CERT_CheckKeyUsage with KU_KEY_AGREEMENT_OR_ENCIPHERMENT.
    """
    leaf = chain.leaf
    if leaf is None or leaf.key is None or leaf.key_usage is None or leaf.key.algorithm != "RSA":
        return
    of_server = Purpose.SERVER_AUTH.value in context.wanted_purposes
    if of_server and Usage.KEY_ENCIPHERMENT not in leaf.key_usage:
        shown = tuple(sorted(leaf.key_usage)) or "-"
        yield on_leaf(leaf, Code.ENCIPHERMENT_UNSTATED, key_usage=shown, **of_template(leaf))


@judges(Code.ENCIPHERMENT_UNFIT)
def leaf_enciphers(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A leaf does not say that its key enciphers where no key of its kind can.

    Spec: RFC 8813 §3 (id-ecPublicKey), RFC 9295 §3 (Ed25519, Ed448): keyEncipherment and dataEncipherment MUST NOT be there.
    """
    leaf = chain.leaf
    if leaf is None or leaf.key is None or leaf.key.algorithm not in _CANNOT_ENCIPHER:
        return
    unfit = tuple(sorted(_ENCIPHERING & (leaf.key_usage or frozenset())))
    if unfit:
        yield on_leaf(leaf, Code.ENCIPHERMENT_UNFIT, usage=unfit, key=leaf.key, **of_template(leaf))


@judges(Code.KEY_USAGE_UNFIT)
def leaf_key_usage(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf that says what its key is for says that it makes handshakes, as a key of its kind can."""
    leaf = chain.leaf
    fit = _FIT.get(context.wanted_purpose)
    if leaf is None or not fit or leaf.key_usage is None:
        return
    able = fit & _OF_KEY.get(leaf.key.algorithm if leaf.key else "", fit)
    if not leaf.key_usage & able:
        shown = tuple(sorted(leaf.key_usage)) or "-"
        yield on_leaf(leaf, Code.KEY_USAGE_UNFIT, key_usage=shown, wanted=sorted(able), **of_template(leaf))
