"""Key identifiers: hints for finding issuers, which some libraries take for law.

Spec: RFC 5280 §4.2.1.1, §4.2.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf
from warifu.domain.x509 import AuthorityForm, Certificate


@judges(Code.KEY_ID_MISMATCH)
def key_ids_match(chain: Chain, context: Context) -> Iterator[Finding]:
    """An authority key id is the subject key id of the certificate above; so is an issuer's name and serial number."""
    wanted, form = chain.origin.authority_key_id, chain.origin.authority_form
    below: Certificate | None = None
    for position, issuer in enumerate(chain.above):
        own = issuer.subject_key_id
        names_itself = below is not None and below.is_self_issued and wanted == below.subject_key_id
        if wanted is not None and own is not None and wanted != own and not names_itself:
            yield _mismatch(chain, position, wanted=wanted, found=own)
        if form is not None and form.serial is not None and form.issuers and not _names(form, issuer):
            shown = f"{issuer.issuer} / {issuer.serial:X}"
            asked = ", ".join(one.replace("\x1e", ",") for one in form.issuers)
            yield _mismatch(chain, position, wanted=f"{asked} / {form.serial:X}", found=shown)
        wanted, form, below = issuer.authority_key_id, issuer.authority_form, issuer
    yield from _own_mismatch(chain, context)


def _names(form: AuthorityForm, issuer: Certificate) -> bool:
    return issuer.serial == form.serial and issuer.issuer.folded in form.issuers


def _mismatch(chain: Chain, position: int, *, wanted: object, found: object) -> Finding:
    issuer = chain.above[position]
    evidence = {"wanted": wanted, "found": found, "issuer": str(issuer.subject)}
    if position:
        return on(chain.above[position - 1], Code.KEY_ID_MISMATCH, **evidence)
    if chain.leaf is not None:
        return on_leaf(chain.leaf, Code.KEY_ID_MISMATCH, **evidence)
    return on(issuer, Code.KEY_ID_MISMATCH, **evidence)


def _own_mismatch(chain: Chain, context: Context) -> Iterator[Finding]:
    """A root that signed itself names its own key, if it names any."""
    anchor = chain.anchor
    if anchor is None or not context.profile.anchor_is_checked or not anchor.is_self_issued:
        return
    own, named = anchor.subject_key_id, anchor.authority_key_id
    if own is not None and named is not None and own != named and context.signatures.holds(anchor, anchor):
        yield on(anchor, Code.KEY_ID_MISMATCH, wanted=named, found=own, issuer=str(anchor.subject))


@judges(Code.KEY_ID_UNFIT)
def key_id_form(chain: Chain, context: Context) -> Iterator[Finding]:
    """The authority key id of a CA is a key id, and not the issuer's name and serial number."""
    if Code.KEY_ID_UNFIT in context.profile.left_out:
        return
    for _, certificate in chain.judged(context):
        if certificate.authority_form is not None:
            yield on(certificate, Code.KEY_ID_UNFIT, part=_part(certificate.authority_form))


@judges(Code.KEY_ID_UNFIT)
def leaf_key_id_form(chain: Chain, _context: Context) -> Iterator[Finding]:
    """The authority key id of a leaf is a key id, too."""
    if chain.leaf is not None and chain.leaf.origin.authority_form is not None:
        yield on_leaf(chain.leaf, Code.KEY_ID_UNFIT, part=_part(chain.leaf.origin.authority_form))


def _part(form: AuthorityForm) -> str:
    if form.issuers:
        return "authorityCertIssuer"
    return "authorityKeyIdentifier" if form.serial is None else "authorityCertSerialNumber"


@judges(Code.KEY_ID_MISSING)
def leaf_key_id(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A leaf names the key that signed it."""
    leaf = chain.leaf
    if leaf is None or leaf.is_template or leaf.self_signed:
        return
    if leaf.lacks("authorityKeyIdentifier") and leaf.origin.authority_key_id is None:
        yield on_leaf(leaf, Code.KEY_ID_MISSING, missing=_missing(leaf.origin.authority_form))


@judges(Code.KEY_ID_MISSING)
def key_ids_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA carries its key id, and names the key that signed it."""
    for _, certificate in chain.judged(context):
        if certificate.subject_key_id is None and certificate.lacks("subjectKeyIdentifier"):
            yield on(certificate, Code.KEY_ID_MISSING, missing="subjectKeyIdentifier")
        is_named = certificate.authority_key_id is not None or not certificate.lacks("authorityKeyIdentifier")
        if not is_named and not certificate.looks_self_signed:
            yield on(certificate, Code.KEY_ID_MISSING, missing=_missing(certificate.authority_form))


def _missing(form: AuthorityForm | None) -> str:
    """Return what is missing: the extension, or in one that names the issuer otherwise the key id alone."""
    return "authorityKeyIdentifier" if form is None else "authorityKeyIdentifier.keyIdentifier"
