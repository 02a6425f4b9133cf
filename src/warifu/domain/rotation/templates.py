"""Templates: certificates that will be issued, read from what is presented now."""

from __future__ import annotations

from datetime import datetime, timedelta

from warifu.domain.estate import Identity, Template
from warifu.domain.trust import LeafFacts
from warifu.domain.x509 import Certificate, PublicKey

_EC = {256: "ec-p256", 384: "ec-p384"}
_RSA = (2048, 3072, 4096)
_PURPOSE = {"tls-server": ("serverAuth",), "tls-client": ("clientAuth",)}


def make_template(
    identity: str,
    declared: Identity | None,
    present: LeafFacts | None,
    issuer_chain: tuple[Certificate, ...],
    *,
    root: str,
    now: datetime,
) -> Template:
    """Return what an identity's next certificate will be.

    Names, purposes and kind of key are those of the present leaf, so that nobody who connects
    now is surprised; what the estate declares is added to the names.

    Args:
        issuer_chain: the issuing certificate first, root last.
        root: SHA-256 hex of the anchor it is to chain to; empty means the chain's last.
    """
    top = root or issuer_chain[-1].fingerprint.hex
    between = []
    for certificate in issuer_chain:
        if certificate.fingerprint.hex == top:
            break
        between.append(certificate.fingerprint)
    anchor = next(
        (c.fingerprint for c in issuer_chain if c.fingerprint.hex == top), issuer_chain[-1].fingerprint
    )
    carried = present.names.texts if present and present.names else ()
    wanted = declared.names if declared else ()
    purposes = present.purposes if present else None
    if purposes is None:
        purposes = _PURPOSE.get(declared.profile if declared else "", ())
    lifetime = declared.lifetime if declared else timedelta(days=90)
    return Template(
        identity=identity,
        issuer_chain=tuple(between),
        root=anchor,
        names=tuple(dict.fromkeys((*carried, *wanted))),
        subject=present.subject if present else (declared.subject if declared else ""),
        purposes=purposes,
        key=_kind(present.key if present else None) or (declared.key if declared else "ec-p256"),
        not_before=now.replace(microsecond=0),  # certificates know whole seconds
        lifetime=min(lifetime, min(c.not_after for c in issuer_chain) - now),
    )


def _kind(key: PublicKey | None) -> str:
    if key is None:
        return ""
    if key.algorithm == "RSA":
        return f"rsa-{next((bits for bits in _RSA if bits >= key.bits), _RSA[-1])}"
    if key.algorithm == "EC":
        return _EC.get(key.bits, "")
    return "ed25519" if key.algorithm == "Ed25519" else ""
