"""A node's own key, made in memory and kept sealed, and the request that it signs. Spec: RFC 2986."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from warifu.domain.x509 import PrivateKey, Request
from warifu.errors import UsageError

_LONGEST = 64  # ub-common-name, RFC 5280 appendix A.1


def make_node_key() -> PrivateKey:
    """Return a new EC key on P-256."""
    return PrivateKey(ec.generate_private_key(ec.SECP256R1()))


def request_of(node: str, key: PrivateKey) -> Request:
    """Return a request that shows that a node holds a key; who signs it decides every name.

    Raises:
        UsageError: `registry.ca-key-unfit`: the key is of another kind than `make_node_key` makes.
    """
    raw = key.raw
    if not isinstance(raw, ec.EllipticCurvePrivateKey):
        raise UsageError("registry.ca-key-unfit", key=str(key.public_key))
    named = [x509.NameAttribute(NameOID.COMMON_NAME, node)] if len(node) <= _LONGEST else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
    return Request(builder.sign(raw, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
