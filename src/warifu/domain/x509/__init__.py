"""Bytes <-> certificates, keys, requests and CRLs.

Values are immutable and compare by their bytes. A certificate's identity is the SHA-256 of
its DER bytes; key ids, subject and serial are attributes, never identities. Reading is
lossless: what could not be read is reported with its place and reason, nothing is dropped
in silence. A private key has a type that never prints.
"""

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import Revocation, RevocationList, Scope
from warifu.domain.x509.identifiers import KeyId, Sha256
from warifu.domain.x509.loader import load
from warifu.domain.x509.ms_template import MsTemplate
from warifu.domain.x509.names import AuthorityForm, DistinguishedName, GeneralNames, NameConstraints
from warifu.domain.x509.ocsp import Answer, OcspResponse
from warifu.domain.x509.parts import Purpose, Usage
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.public_key import PublicKey
from warifu.domain.x509.quietly import Quietly
from warifu.domain.x509.reader import read
from warifu.domain.x509.reading import Reading, StoreEntry
from warifu.domain.x509.request import Request
from warifu.domain.x509.tpm import Tpm, tpm_of
from warifu.domain.x509.writer import to_pem

__all__ = [
    "Answer",
    "AuthorityForm",
    "Certificate",
    "DistinguishedName",
    "GeneralNames",
    "KeyId",
    "MsTemplate",
    "NameConstraints",
    "OcspResponse",
    "PrivateKey",
    "PublicKey",
    "Purpose",
    "Quietly",
    "Reading",
    "Request",
    "Revocation",
    "RevocationList",
    "Scope",
    "Sha256",
    "StoreEntry",
    "Tpm",
    "Usage",
    "load",
    "read",
    "to_pem",
    "tpm_of",
]
