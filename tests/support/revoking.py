"""CRLs and OCSP responses of every kind, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.pki import DAY, NOW, Entity, Key
from warifu.domain.x509 import OcspResponse, RevocationList
from warifu.domain.x509.damaged import value_at

OCSP_SIGNER = (ExtendedKeyUsageOID.OCSP_SIGNING,)
GOOD, REVOKED, UNKNOWN = (
    ocsp.OCSPCertStatus.GOOD,
    ocsp.OCSPCertStatus.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN,
)
Extras = Sequence[tuple[x509.ExtensionType, bool]]


def crl_of(  # what a CRL may say, each by its name
    issuer: Entity,
    revoked: Iterable[Entity] = (),
    *,
    number: bool | None = False,
    counted: int = 1,
    begins: datetime = NOW - DAY,
    reason: x509.ReasonFlags | None = None,
    reasons: Sequence[x509.ReasonFlags] = (),
    twice: bool = False,
    of_entry: tuple[x509.ExtensionType, bool] | None = None,
    at: datetime = NOW - DAY,
    key: Key | None = None,
    name: x509.Name | None = None,
    extra: Extras = (),
) -> RevocationList:
    """A CRL; `number` tells whether its number (`counted`) is critical, None leaves it out; `key` is another signer's.

    `of_entry` is an extension of each entry, and whether it is critical; of `reasons` each makes an entry of its own.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name or issuer.cert.subject)
        .last_update(begins)
        .next_update(NOW + 7 * DAY)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(counted), critical=number)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    for entity in revoked:
        bare = x509.RevokedCertificateBuilder().serial_number(entity.cert.serial_number).revocation_date(at)
        for why in reasons or (reason,):
            entry = bare if why is None else bare.add_extension(x509.CRLReason(why), critical=False)
            if of_entry is not None:
                entry = entry.add_extension(of_entry[0], critical=of_entry[1])
            for _ in range(1 + twice):
                builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(key or issuer.key, hashes.SHA256())
    return RevocationList(signed.public_bytes(serialization.Encoding.DER))


def point(*uris: str) -> x509.CRLDistributionPoints:
    """Where a certificate says that CRLs for it are."""
    names = [x509.UniformResourceIdentifier(uri) for uri in uris]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])


def scope(  # the fields of the extension
    *uris: str,
    user: bool = False,
    ca: bool = False,
    attribute: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
    relative: x509.RelativeDistinguishedName | None = None,
) -> x509.IssuingDistributionPoint:
    """Which certificates a CRL says that it speaks about."""
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(uri) for uri in uris] or None,
        relative_name=relative,
        only_contains_user_certs=user,
        only_contains_ca_certs=ca,
        only_some_reasons=reasons,
        indirect_crl=indirect,
        only_contains_attribute_certs=attribute,
    )


def ocsp_of(  # what a response may say, each by its name
    target: Entity,
    status: ocsp.OCSPCertStatus = GOOD,
    *,
    issuer: Entity | None = None,
    signer: Entity | None = None,
    by_key: bool = False,
    digest: hashes.HashAlgorithm | None = None,
    start: datetime = NOW - DAY,
    end: datetime | None = NOW + DAY,
    reason: x509.ReasonFlags | None = None,
    extra: Extras = (),
) -> OcspResponse:
    """What a responder says of a certificate: the issuer itself, or the signer, whose certificate then comes with it."""
    above = issuer or target.above[0]
    by = signer or above
    encoding = ocsp.OCSPResponderEncoding.HASH if by_key else ocsp.OCSPResponderEncoding.NAME
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=target.cert,
            issuer=above.cert,
            algorithm=digest or hashes.SHA1(),  # noqa: S303  # what responders use to name certificates
            cert_status=status,
            this_update=start,
            next_update=end,
            revocation_time=NOW - DAY if status is REVOKED else None,
            revocation_reason=reason,
        )
        .responder_id(encoding, by.cert)
    )
    if signer is not None:
        builder = builder.certificates([signer.cert])
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    names_no_hash = isinstance(by.key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey))
    signed = builder.sign(by.key, None if names_no_hash else hashes.SHA256())
    return OcspResponse(signed.public_bytes(serialization.Encoding.DER))


def refused_by_responder(status: ocsp.OCSPResponseStatus) -> OcspResponse:
    """What a responder sends when it gives no answer."""
    made = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
    return OcspResponse(made.public_bytes(serialization.Encoding.DER))


def together(first: OcspResponse, second: OcspResponse, signer: Entity) -> OcspResponse:
    """One response with the answers of both (neither with extensions); the library makes none with two."""
    head, answers = _taken_apart(first.signed)
    more = _taken_apart(second.signed)[1]
    signed = element(0x30, head + element(0x30, answers + more))
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
    signature = signer.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    return _response(signed, element(0x30, bytes.fromhex("06082a8648ce3d040302")), signature)


def with_pss(response: OcspResponse, signer: Entity) -> OcspResponse:
    """The same, signed with RSASSA-PSS, which the library does not make."""
    assert isinstance(signer.key, rsa.RSAPrivateKey)
    scheme, digest = padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    named = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    request = named.sign(signer.key, digest, rsa_padding=scheme).public_bytes(serialization.Encoding.DER)
    inside = value_at(request, value_at(request, 0)[0])[1]  # after what was signed comes the algorithm
    algorithm = request[inside : value_at(request, inside)[1]]
    return _response(response.signed, algorithm, signer.key.sign(response.signed, scheme, digest))


def _response(signed: bytes, algorithm: bytes, signature: bytes) -> OcspResponse:
    basic = element(0x30, signed + algorithm + element(0x03, b"\x00" + signature))
    kind = bytes.fromhex("06092b0601050507300101")
    inner = element(0x30, kind + element(0x04, basic))
    return OcspResponse(element(0x30, b"\x0a\x01\x00" + element(0xA0, inner)))


def element(tag: int, content: bytes) -> bytes:
    """A DER element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _taken_apart(signed: bytes) -> tuple[bytes, bytes]:
    """What stands before the answers of a ResponseData, and the answers."""
    start, end = value_at(signed, 0)
    at = start
    while value_at(signed, at)[1] < end:
        at = value_at(signed, at)[1]
    return signed[start:at], signed[value_at(signed, at)[0] : end]
