"""A certificate as OpenSSL prints it (`openssl x509 -noout -text -nameopt compat`), which is how VECS shows entries.

Source: the output of OpenSSL 3.0, compared in tests. What differs: explicit EC parameters, keys of other kinds than
RSA, EC, Ed25519 and Ed448, and extensions that are rarely seen are shown as their octets (docs/endpoint.md).
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.endpoint.dump_extensions import shown_extension
from warifu.domain.endpoint.dump_names import SIGNATURES, legacy_text, octets, shown_time
from warifu.domain.x509 import Certificate, Quietly
from warifu.domain.x509.ber import Element, element
from warifu.domain.x509.damaged import UNREADABLE, read_each
from warifu.domain.x509.odd_names import dotted
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_LONG = 1 << 63  # what fits into a C long is printed as a number
_CURVES = {
    "secp256r1": ("prime256v1", "P-256"),
    "secp384r1": ("secp384r1", "P-384"),
    "secp521r1": ("secp521r1", "P-521"),
    "secp224r1": ("secp224r1", "P-224"),
    "secp192r1": ("prime192v1", "P-192"),
}
_TRUE = b"\xff"


def text_of(certificate: Certificate) -> str:
    """Return the dump of a certificate, with the newline at its end.

    Raises:
        UsageError: `trust.certificate-unreadable`: its structure cannot be walked to the end.
    """
    try:
        with Quietly():
            return "".join(f"{line}\n" for line in _lines(certificate))
    except (*UNREADABLE, IndexError, UsageError) as error:
        raise UsageError("trust.certificate-unreadable", reason=reason_of(error)) from None


def _lines(one: Certificate) -> Iterator[str]:
    scheme = SIGNATURES.get(one.legible.signature_algorithm_oid.dotted_string)
    algorithm = scheme or one.legible.signature_algorithm_oid.dotted_string
    parameters = _pss(one)
    yield "Certificate:"
    yield "    Data:"
    yield f"        Version: {one.version} (0x{one.version - 1:x})"
    yield from _serial(one.serial)
    yield f"        Signature Algorithm: {algorithm}{'        ' if parameters else ''}"
    yield from parameters
    yield f"        Issuer: {legacy_text(one.issuer)}"
    yield "        Validity"
    yield f"            Not Before: {shown_time(one.not_before)}"
    yield f"            Not After : {shown_time(one.not_after)}"
    yield f"        Subject: {legacy_text(one.subject)}"
    yield "        Subject Public Key Info:"
    yield from _key(one)
    yield from _extensions(one)
    yield f"    Signature Algorithm: {algorithm}"
    yield f"    Signature Value:{'        ' if parameters else ''}"
    yield from parameters
    yield from octets(one.legible.signature, " " * 8, 18)


def _serial(serial: int) -> Iterator[str]:
    sign = "-" if serial < 0 else ""
    if -_LONG < serial < _LONG:
        yield f"        Serial Number: {serial} ({sign}0x{abs(serial):x})"
        return
    size = (abs(serial).bit_length() + 7) // 8
    yield f"        Serial Number:{' (Negative)' if sign else ''}"
    yield f"            {abs(serial).to_bytes(size, 'big').hex(':')}"


def _pss(one: Certificate) -> tuple[str, ...]:
    """Return the lines that say how RSASSA-PSS was used; none for other signatures."""
    if one.signature_scheme != "RSA-PSS":
        return ()
    salt = getattr(one.legible.signature_algorithm_parameters, "_salt_length", 0)
    usual = " (default)" if one.signature_hash == "sha1" else ""
    length = f"0x{salt:02X}{' (default)' if salt == 20 else ''}"
    return (
        f"        Hash Algorithm: {one.signature_hash}{usual}",
        f"        Mask Algorithm: mgf1 with {one.signature_hash}{usual}",
        f"         Salt Length: {length}",
        "        Trailer Field: 0x01 (default)",
    )


def _key(one: Certificate) -> Iterator[str]:
    key = one.public_key
    spki = element(_parts(one)[6].whole)
    bits = spki.children[1].content[1:]
    pad = " " * 20
    kind = key.algorithm if key is not None else ""
    if key is not None and kind == "RSA":
        modulus, exponent = (part.number for part in element(bits).children[:2])
        yield f"            Public Key Algorithm: {'rsassaPss' if key.only_pss else 'rsaEncryption'}"
        yield f"                Public-Key: ({key.bits} bit)"
        yield "                Modulus:"
        yield from octets(b"\0" * (modulus.bit_length() % 8 == 0) + _unsigned(modulus), pad)
        yield f"                Exponent: {exponent} (0x{exponent:x})"
        if key.only_pss:
            yield "                No PSS parameter restrictions"
    elif key is not None and kind == "EC":
        name, nist = _CURVES.get(key.curve, (key.curve, ""))
        yield "            Public Key Algorithm: id-ecPublicKey"
        yield f"                Public-Key: ({key.bits} bit)"
        yield "                pub:"
        yield from octets(bits, pad)
        yield f"                ASN1 OID: {name}"
        if nist:
            yield f"                NIST CURVE: {nist}"
    elif kind in {"Ed25519", "Ed448"}:
        yield f"            Public Key Algorithm: {kind.upper()}"
        yield f"                {kind.upper()} Public-Key:"
        yield "                pub:"
        yield from octets(bits, pad)
    else:
        yield f"            Public Key Algorithm: {dotted(spki.children[0].children[0].content)}"
        yield "            Unable to load Public Key"


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _parts(one: Certificate) -> tuple[Element, ...]:
    """Return the elements of what was signed, the version first, as though it always stood there."""
    found = element(one.der).children[0].children
    return found if found[0].tag == 0xA0 else (found[0], *found)


def _extensions(one: Certificate) -> Iterator[str]:
    block = next((part for part in _parts(one) if part.tag == 0xA3), None)
    if block is None:
        return
    values = {found.oid.dotted_string: found.value for found in read_each(one.der).read}
    yield "        X509v3 extensions:"
    for extension in block.only.children:
        members = extension.children
        oid = dotted(members[0].content)
        critical = len(members) == 3 and members[1].content == _TRUE
        yield from shown_extension(oid, values.get(oid), members[-1].content, is_critical=critical)


def subject_of(certificate: Certificate) -> str:
    """Return a subject as `dir-cli` prints it."""
    return legacy_text(certificate.subject)
