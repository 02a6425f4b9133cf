"""Reads files as the programs that load them do: PEM or DER, in plain form, and reports what it could not read.

Files of targets are read with it, so that what is said of them is what their programs see. Whatever people bring is
read by `loader`, which knows many more forms.

Spec: RFC 7468; RFC 2315 §9 for certificates in PKCS#7. Content decides, never a file's
extension.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from warifu.domain.findings import Code
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.reading import Pile, Reading
from warifu.domain.x509.request import Request
from warifu.errors import UsageError

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----")
_CERTIFICATE = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_REQUEST = {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}
_CRL = {b"X509 CRL"}
_PKCS7 = {b"PKCS7", b"CMS"}


def read(data: bytes, source: str = "input") -> Reading:
    """Read everything `data` holds.

    Args:
        data: the bytes of a file, an answer or standard input.
        source: what findings name as their subject: a path, an address.
    """
    pile = Pile(source)
    if _BEGIN.search(data):
        _read_pem(data, pile)
    elif data.strip():
        _read_der(data, pile)
    return pile.close()


def _read_pem(data: bytes, pile: Pile) -> None:
    for begin in _BEGIN.finditer(data):
        label = begin.group(1)
        end = data.find(b"-----END " + label + b"-----", begin.end())
        following = _BEGIN.search(data, begin.end())
        pile.begun += 1
        if end < 0 or (following and following.start() < end):
            pile.lose(begin.start(), label.decode(), "no END line", Code.TRUNCATED)
            continue
        block = data[begin.start() : end + len(label) + 14]
        body = data[begin.end() : end]
        _read_block(label, body, block, begin.start(), pile)


def _read_block(label: bytes, body: bytes, block: bytes, offset: int, pile: Pile) -> None:
    name = label.decode()
    if label.endswith(b"PRIVATE KEY"):
        if label.startswith(b"ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in body:
            pile.encrypted_keys += 1
            return
        try:
            pile.keys.append(PrivateKey.load_pem(block))
        except UsageError as error:
            pile.lose(offset, name, str(error.values.get("reason", "")))
        return
    try:
        der = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        pile.lose(offset, name, "not Base64")
        return
    if label in _CERTIFICATE:
        _keep(_first_element(der) if label.startswith(b"TRUSTED") else der, offset, name, pile)
    elif label in _REQUEST:
        _try_add(pile, offset, name, lambda: pile.requests.append(Request(der)))
    elif label in _CRL:
        _try_add(pile, offset, name, lambda: pile.crls.append(RevocationList(der)))
    elif label in _PKCS7:
        _try_add(pile, offset, name, lambda: _extend(pile, der))
    else:
        pile.lose(offset, name, "not a kind that is read here")


def _keep(der: bytes, offset: int, name: str, pile: Pile) -> None:
    _try_add(pile, offset, name, lambda: pile.certificates.append(Certificate(der)))


def _try_add(pile: Pile, offset: int, name: str, add: Callable[[], None]) -> None:
    try:
        add()
    except UsageError as error:
        pile.lose(offset, name, str(error.values.get("reason", "")))


def _extend(pile: Pile, der: bytes) -> None:
    from warifu.domain.x509.pkcs7 import certificates_in_pkcs7  # noqa: PLC0415 - few files hold one; costs 10 ms

    found = certificates_in_pkcs7(der)
    pile.certificates.extend(found)
    pile.begun += len(found) - 1


def _read_der(data: bytes, pile: Pile) -> None:
    offset = 0
    while offset < len(data):
        size = _element_size(data, offset)
        pile.begun += 1
        if size is None:
            pile.lose(offset, "DER", "not a DER sequence")
            return
        if offset + size > len(data):
            pile.lose(offset, "DER", "shorter than its own length says", Code.TRUNCATED)
            return
        element = data[offset : offset + size]
        if not _keep_any(element, pile):
            pile.lose(offset, "DER", "neither a certificate nor a request nor a CRL nor PKCS#7")
        offset += size


def _keep_any(element: bytes, pile: Pile) -> bool:
    adders: tuple[Callable[[], None], ...] = (
        lambda: pile.certificates.append(Certificate(element)),
        lambda: pile.requests.append(Request(element)),
        lambda: pile.crls.append(RevocationList(element)),
        lambda: _extend(pile, element),
    )
    for add in adders:
        try:
            add()
        except UsageError:
            continue
        return True
    return False


def _element_size(data: bytes, offset: int) -> int | None:
    if len(data) - offset < 2 or data[offset] != 0x30:
        return None
    first = data[offset + 1]
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    if not 1 <= count <= 4 or len(data) - offset < 2 + count:
        return None
    return 2 + count + int.from_bytes(data[offset + 2 : offset + 2 + count], "big")


def _first_element(der: bytes) -> bytes:
    size = _element_size(der, 0)
    return der if size is None else der[:size]
