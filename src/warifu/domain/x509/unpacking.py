"""Adds one object to what has been read, whatever it is; what is a container goes to `containers`.

Every object is begun and then added or lost, so that nothing disappears. Private keys show nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.content import Content, content_of
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.forms import Form
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.reading import Pile
from warifu.domain.x509.request import Request
from warifu.errors import UsageError

if TYPE_CHECKING:
    from warifu.domain.x509.containers import Opener

UNREAD = "not a kind that is read here"
_HOPELESS = ("unsupported", "too many rounds")  # reasons that no password cures
_MOST_FINDINGS = 10_000  # of one file


class Unpacker:
    """Adds objects to a pile.

    Args:
        passwords: tried on everything that is locked, in their order.

    Attributes:
        forms: what was odd about the file.
        place: where what is odd begins, where it has one.
        is_bare: DER was found in Base64 without the lines around it.
        is_in_block: what is added stands in a block of PEM, within which nothing has a place in the file.
        blocks: how many blocks of PEM were begun.
    """

    def __init__(self, pile: Pile, passwords: Sequence[bytes]) -> None:
        self.pile = pile
        self.passwords = passwords
        self.forms: dict[Form, None] = {}
        self.place = 0
        self.is_bare = False
        self.is_in_block = False
        self.blocks = 0

    def keep(self, der: bytes, offset: int, label: str = "DER", expected: Content = Content.OTHER) -> Content:
        """Add what one element is; return what it is.

        Args:
            expected: what the label says: where the content says nothing, it is lost as one of these.
        """
        pile, kind = self.pile, content_of(der)
        match expected if kind is Content.OTHER else kind:
            case Content.CERTIFICATE:
                pile.add_certificate(der, offset, label)
            case Content.REQUEST:
                pile.try_add(offset, label, lambda: pile.requests.append(Request(der)))
            case Content.CRL:
                self.add_crl(der, offset, label)
            case Content.KEY:
                self.add_key(der, offset, label)
            case Content.ENCRYPTED_KEY:
                self._opener.add_locked_key(der, offset)
            case Content.PKCS7:
                self._opener.unpack_pkcs7(der, offset)
            case Content.PKCS12:
                self._opener.unpack_pkcs12(der, offset)
            case Content.OTHER if label == "DER":
                pile.begun += 1
                pile.lose(offset, label, "neither a certificate nor a request nor a CRL nor PKCS#7")
            case _:
                self.pass_over(offset, label)
        return kind

    def tell_from(self, place: int, form: Form) -> None:
        """Note a form, and where what is odd begins; the first place of several counts."""
        self.place = self.place or place
        self.forms[form] = None

    def place_in(self, offset: int, inner: int) -> int:
        """Return the place in the file of what stands this far in the object that begins at an offset."""
        return offset if self.is_in_block else offset + inner

    def stops(self, offset: int) -> bool:
        """Tell whether so much was found already that nobody would read more of it; the first time, it is told."""
        if len(self.pile.findings) > _MOST_FINDINGS:
            return True
        if len(self.pile.findings) == _MOST_FINDINGS:
            self.pile.begun += 1
            self.pile.lose(offset, "…", "too many of them")
            return True
        return False

    def pass_over(self, offset: int, label: str) -> None:
        """Tell of an object that is none of those that are judged."""
        self.pile.begun += 1
        self.pile.lose(offset, label, UNREAD, Code.PASSED_OVER, Severity.NOTE)

    def keep_legacy_key(self, pem: bytes, offset: int) -> None:
        """Add a key whose block is encrypted as OpenSSL did before PKCS#8 (`Proc-Type: 4,ENCRYPTED`)."""
        reason = ""
        for password in self.passwords:
            try:
                self.pile.keys.append(PrivateKey.load_pem(pem, password))
            except UsageError as error:
                reason = str(error.values["reason"])
                continue
            self.pile.begun += 1
            return
        self.count_locked(offset, reason)

    def keep_java_store(self, data: bytes, offset: int = 0) -> None:
        """Add what a key store of Java's holds."""
        self._opener.unpack_java_store(data, offset)

    def add_crl(self, der: bytes, offset: int, label: str) -> None:
        """Add a CRL."""
        self.pile.try_add(offset, label, lambda: self.pile.crls.append(RevocationList(der)))

    def add_key(self, der: bytes, offset: int, label: str) -> None:
        """Add a private key that is not locked."""
        self.pile.try_add(offset, label, lambda: self.pile.keys.append(PrivateKey.load_der(der)))

    def count_locked(self, offset: int, reason: str) -> None:
        """A locked key is there, read or not; that passwords were given and none fits is told.

        Args:
            reason: why the last password did not open it.
        """
        self.pile.begun += 1
        self.pile.encrypted_keys += 1
        if self.passwords and not self.tells_hopeless(offset, reason):
            evidence = {"kind": Content.ENCRYPTED_KEY.value, "offset": offset, "tried": len(self.passwords)}
            self.pile.findings.append(Finding(Code.CONTAINER_LOCKED, self.pile.source, evidence))

    def tells_hopeless(self, offset: int, reason: str) -> bool:
        """Tell of a key that no password opens here, because of how it is locked; return whether it is one."""
        if not self.passwords or reason not in _HOPELESS:
            return False
        evidence = {"offset": offset, "label": "ENCRYPTED PRIVATE KEY", "reason": reason}
        self.pile.findings.append(Finding(Code.UNREADABLE, self.pile.source, evidence))
        return True

    @cached_property
    def _opener(self) -> Opener:
        from warifu.domain.x509.containers import Opener  # noqa: PLC0415 - most files hold no container; costs 20 ms

        return Opener(self)
