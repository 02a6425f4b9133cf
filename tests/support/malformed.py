"""What the library refuses to make: patched DER, signed again by the issuer's own RSA key."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from support.pki import Entity, Key
from warifu.domain.x509 import Certificate, Request, RevocationList

_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_SHA384_WITH_RSA = bytes.fromhex("2a864886f70d01010c")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")
_MD5_WITH_RSA = bytes.fromhex("2a864886f70d010104")
_SHA256_WITH_EC = bytes.fromhex("2a8648ce3d040302")
_SHA384_WITH_EC = bytes.fromhex("2a8648ce3d040303")
_SHA1_WITH_EC = bytes.fromhex("2a8648ce3d0401")


_RSA_KEY = bytes.fromhex("06092a864886f70d0101010500")
_PSS_KEY = bytes.fromhex("06092a864886f70d01010a3000")
_EC_KEY = bytes.fromhex("06072a8648ce3d0201")
_KEY_OF_NO_KIND = bytes.fromhex("06072a8648ce3d027f")


def signed_with_sha1(entity: Entity) -> Entity:
    """The same certificate, signed with SHA-1 by its (RSA) issuer."""
    return _patched(entity, _SHA256_WITH_RSA, _SHA1_WITH_RSA, hashes.SHA1())  # noqa: S303


def signed_with_md5(entity: Entity) -> Entity:
    """The same certificate, signed with MD5 by its (RSA) issuer."""
    return _patched(entity, _SHA256_WITH_RSA, _MD5_WITH_RSA, hashes.MD5())  # noqa: S303


def signed_with_ecdsa_and_sha1(entity: Entity) -> Entity:
    """The same certificate, signed with SHA-1 by its (EC) issuer."""
    content = entity.cert.tbs_certificate_bytes
    old, new = (_sequence(b"\x06" + _length(len(one)) + one) for one in (_SHA256_WITH_EC, _SHA1_WITH_EC))
    assert content.count(old) == 1
    content = _sequence(content[_header_size(content) :].replace(old, new))
    issuer = entity.above[0].key
    assert isinstance(issuer, ec.EllipticCurvePrivateKey)
    made = _sequence(content + new + _bits(issuer.sign(content, ec.ECDSA(hashes.SHA1()))))  # noqa: S303
    return replace(entity, cert=x509.load_der_x509_certificate(made))


def with_serial_octet(entity: Entity, octet: int) -> Entity:
    """The same certificate (made with serial 1) with another octet as its serial number."""
    return _patched(entity, b"\x02\x01\x01\x30", bytes([2, 1, octet, 0x30]), hashes.SHA256())


def with_serial_of(entity: Entity, octets: int) -> Entity:
    """The same certificate (made with serial 1) with a serial number of so many octets."""
    number = _integer(1 << (8 * octets - 2))
    return _patched(entity, b"\x02\x01\x01\x30", number + b"\x30", hashes.SHA256())


def with_dates_swapped(entity: Entity) -> Entity:
    """The same certificate (beneath an RSA key), which ends before it begins."""
    begin, end = (
        b"\x17\x0d" + at.strftime("%y%m%d%H%M%SZ").encode()
        for at in (entity.cert.not_valid_before_utc, entity.cert.not_valid_after_utc)
    )
    return _patched(entity, begin + end, end + begin, hashes.SHA256())


def with_early_generalized_time(entity: Entity) -> Entity:
    """The same certificate (beneath an RSA key), whose last second is written as from 2050 on."""
    begin, end = (
        b"\x17\x0d" + at.strftime("%y%m%d%H%M%SZ").encode()
        for at in (entity.cert.not_valid_before_utc, entity.cert.not_valid_after_utc)
    )
    late = b"\x18\x0f20" + end[2:]
    return _patched(entity, _sequence(begin + end), _sequence(begin + late), hashes.SHA256())


def with_other_algorithm(entity: Entity) -> Entity:
    """The same certificate, which says that it is signed with SHA-384 where it is signed, and is with SHA-256."""
    return _patched(entity, _SHA256_WITH_RSA, _SHA384_WITH_RSA, hashes.SHA256())


def renamed_beside_the_signature(entity: Entity) -> Entity:
    """The same certificate, whose algorithm was changed after it was signed, where no signature covers it."""
    old, new = (
        (_SHA256_WITH_EC, _SHA384_WITH_EC)
        if isinstance(entity.above[0].key, ec.EllipticCurvePrivateKey)
        else (_SHA256_WITH_RSA, _SHA384_WITH_RSA)
    )
    before, found, after = entity.value.der.rpartition(old)
    assert found
    assert len(old) == len(new)
    return replace(entity, cert=x509.load_der_x509_certificate(before + new + after))


def with_twin_extension(entity: Entity, extension: x509.ExtensionType) -> Entity:
    """The same certificate (beneath an RSA key) with one of its extensions, not critical, put twice."""
    oid = extension.oid.dotted_string
    (value,) = [one.value.public_bytes() for one in entity.cert.extensions if one.oid.dotted_string == oid]
    number = x509.ObjectIdentifier(oid)
    encoded = _sequence(_encoded_oid(number) + b"\x04" + _length(len(value)) + value)
    tbs = entity.cert.tbs_certificate_bytes
    key = entity.value.public_key
    assert key is not None
    listed = tbs.index(key.spki) + len(key.spki)
    assert 0xA3 == tbs[listed]
    content = tbs[_header_size(tbs[listed:]) + listed :]
    inner = content[_header_size(content) :] + encoded
    wrapped = _sequence(inner)
    head = tbs[_header_size(tbs) : listed]
    issuer = entity.above[0]
    made = _signed(head + b"\xa3" + _length(len(wrapped)) + wrapped, issuer, hashes.SHA256())
    return replace(entity, cert=x509.load_der_x509_certificate(made))


def _encoded_oid(number: x509.ObjectIdentifier) -> bytes:
    first, second, *rest = map(int, number.dotted_string.split("."))
    octets = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return b"\x06" + _length(len(octets)) + octets


def of_version_1(entity: Entity) -> Entity:
    """The same certificate (made without extensions) of version 1."""
    return _patched(entity, b"\xa0\x03\x02\x01\x02", b"", hashes.SHA256())


def with_key_of_no_kind(entity: Entity) -> Entity:
    """The same certificate (made for an EC key) with a key of an algorithm that nobody knows."""
    return _patched(entity, _EC_KEY, _KEY_OF_NO_KIND, hashes.SHA256())


def with_exponent(entity: Entity, exponent: int) -> Entity:
    """The same certificate (beneath an RSA key, for an RSA key) with another public exponent."""
    key, public = entity.value.public_key, entity.cert.public_key()
    assert key is not None
    assert isinstance(public, rsa.RSAPublicKey)
    numbers = _sequence(_integer(public.public_numbers().n) + _integer(exponent))
    spki = _sequence(bytes.fromhex("300d06092a864886f70d0101010500") + _bits(numbers))
    return _patched(entity, key.spki, spki, hashes.SHA256())


def with_explicit_curve(entity: Entity) -> Entity:
    """The same certificate (beneath an RSA key, for one on P-256), which spells out its curve: ANSI X9.62, SEC 1 §C.2."""
    key = entity.value.public_key
    assert key is not None
    point = key.spki[-65:]
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    b = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
    base = (
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    field = _sequence(bytes.fromhex("06072a8648ce3d0101") + _integer(prime))
    curve = _sequence(_octets((prime - 3).to_bytes(32, "big")) + _octets(bytes.fromhex(b)))
    spelt = _integer(1) + field + curve + _octets(bytes.fromhex(base)) + _integer(order) + _integer(1)
    algorithm = _sequence(bytes.fromhex("06072a8648ce3d0201") + _sequence(spelt))
    return _patched(entity, key.spki, _sequence(algorithm + _bits(point)), hashes.SHA256())


def with_pss_key(entity: Entity) -> Entity:
    """The same certificate (made for an RSA key), whose key is one for RSASSA-PSS alone."""
    return _patched(entity, _RSA_KEY, _PSS_KEY, hashes.SHA256())


def signed_by_no_kind(entity: Entity) -> Entity:
    """The same certificate, whose signature is of an algorithm that nobody knows."""
    strange = entity.value.der.replace(_SHA256_WITH_RSA, _SHA256_WITH_RSA[:-1] + b"\x7f")
    return replace(entity, cert=x509.load_der_x509_certificate(strange))


def crl_without_next_update(issuer: Entity, revoked: Sequence[Entity] = ()) -> RevocationList:
    """A CRL of this (RSA) CA that does not say when the next one comes: X.509 allows it, RFC 5280 §5.1.2.5 does not."""
    crl = issuer.crl(revoked).parsed
    assert crl.next_update_utc is not None
    shown = b"\x17\x0d" + crl.next_update_utc.strftime("%y%m%d%H%M%SZ").encode()
    before = crl.tbs_certlist_bytes
    assert shown in before
    return RevocationList(
        _signed(before[_header_size(before) :].replace(shown, b""), issuer, hashes.SHA256())
    )


def request_with_wrong_signature(request: Request) -> bytes:
    """The same request with one bit of its signature turned."""
    return request.der[:-1] + bytes([request.der[-1] ^ 1])


def request_signed_with(request: Request, key: Key, digest: hashes.HashAlgorithm) -> bytes:
    """The same request, signed by a key with a hash that the library signs no requests with."""
    signed = request.parsed.tbs_certrequest_bytes
    if isinstance(key, rsa.RSAPrivateKey):
        oid = {"md5": _MD5_WITH_RSA, "sha1": _SHA1_WITH_RSA}[digest.name]
        named, signature = b"\x06\x09" + oid + b"\x05\x00", key.sign(signed, padding.PKCS1v15(), digest)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        named, signature = b"\x06\x07" + _SHA1_WITH_EC, key.sign(signed, ec.ECDSA(digest))
    return _sequence(signed + _sequence(named) + _bits(signature))


@dataclass(frozen=True)
class Unloaded(Entity):
    """One that the library does not load; `cert` is what it was made of."""

    der: bytes = b""

    @property
    def value(self) -> Certificate:
        return Certificate(self.der)


def with_octets(entity: Entity, *changes: tuple[bytes, bytes]) -> Unloaded:
    """The same certificate (beneath an RSA key) with octets in place of others, whether or not the library loads it."""
    content = entity.cert.tbs_certificate_bytes
    for old, new in changes:
        assert old in content
        assert len(old) == len(new)
        content = content.replace(old, new)
    issuer = entity.above[0] if entity.above else entity
    der = _signed(content[_header_size(content) :], issuer, hashes.SHA256())
    return Unloaded(entity.cert, entity.key, entity.above, der)


def crl_with_octets(issuer: Entity, old: bytes, new: bytes, revoked: Sequence[Entity] = ()) -> RevocationList:
    """A CRL of this CA (with an RSA key) with octets in place of others."""
    content = issuer.crl(revoked).parsed.tbs_certlist_bytes
    assert old in content
    return RevocationList(
        _signed(content[_header_size(content) :].replace(old, new), issuer, hashes.SHA256())
    )


def as_printable(text: str) -> tuple[bytes, bytes]:
    """The change of a UTF8String in a name into a PrintableString."""
    octets = text.encode()
    return bytes((0x0C, len(octets))) + octets, bytes((0x13, len(octets))) + octets


def _patched(entity: Entity, old: bytes, new: bytes, digest: hashes.HashAlgorithm) -> Entity:
    issuer = entity.above[0] if entity.above else entity
    before = entity.cert.tbs_certificate_bytes
    assert old in before
    content = before[_header_size(before) :].replace(old, new)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = x509.load_der_x509_certificate(_signed(content, issuer, digest))
    return replace(entity, cert=made)


def _signed(content: bytes, issuer: Entity, digest: hashes.HashAlgorithm) -> bytes:
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    signed = _sequence(content)
    signature = issuer.key.sign(signed, padding.PKCS1v15(), digest)
    named = {"md5": _MD5_WITH_RSA, "sha1": _SHA1_WITH_RSA}.get(digest.name, _SHA256_WITH_RSA)
    algorithm = _sequence(b"\x06\x09" + named + b"\x05\x00")
    return _sequence(signed + algorithm + _bits(signature))


def _integer(number: int) -> bytes:
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + _length(len(octets)) + octets


def _octets(content: bytes) -> bytes:
    return b"\x04" + _length(len(content)) + content


def _bits(signature: bytes) -> bytes:
    return b"\x03" + _length(len(signature) + 1) + b"\x00" + signature


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(len(content)) + content


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def _header_size(der: bytes) -> int:
    return 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
