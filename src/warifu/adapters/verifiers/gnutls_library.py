"""Answers path questions with libgnutls itself, as its TLS programs call it. Runs as a process of its own.

What `gnutls_session_set_verify_cert` does in a handshake is done here without one: a trust list, the chain
as it was sent, host name and purpose as typed data, and the verification profile that the priority string
NORMAL sets. Spec: GnuTLS manual, "Verifying a certificate using the trust list"; "Priority strings".
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence

from warifu.adapters.verifiers.answering import LACK, NO, YES, Asked, line_of, serve

LIBRARY = "libgnutls.so.30"
_PURPOSES = {"serverAuth": b"1.3.6.1.5.5.7.3.1", "clientAuth": b"1.3.6.1.5.5.7.3.2"}
_DER = 0  # GNUTLS_X509_FMT_DER
_HOST_NAME, _PURPOSE_OID = 1, 2  # GNUTLS_DT_DNS_HOSTNAME, GNUTLS_DT_KEY_PURPOSE_OID
_PROFILE_LOW = 2 << 24  # GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_LOW): what NORMAL sets
_VERIFY_CRL = 1  # GNUTLS_TL_VERIFY_CRL
_X509 = 1  # GNUTLS_CRT_X509


class _Datum(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("size", ctypes.c_uint))


class _Typed(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("size", ctypes.c_uint))


_TIME = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.POINTER(ctypes.c_long))


class _CannotTellError(Exception):
    """What was given cannot be loaded, or the library broke off."""


class _Gnutls:
    def __init__(self) -> None:
        self.library = ctypes.CDLL(LIBRARY)
        self.library.gnutls_check_version.restype = ctypes.c_char_p
        self.library.gnutls_strerror.restype = ctypes.c_char_p
        self.at = 0
        self._clock = _TIME(self._now)  # kept: the library calls it for as long as it lives
        self.library.gnutls_global_set_time_function(self._clock)

    def _now(self, place: ctypes._Pointer[ctypes.c_long]) -> int:
        if ctypes.cast(place, ctypes.c_void_p).value:
            place[0] = self.at
        return self.at

    @property
    def version(self) -> str:
        return bytes(self.library.gnutls_check_version(None)).decode()

    def need(self, code: int) -> None:
        if code < 0:
            raise _CannotTellError(bytes(self.library.gnutls_strerror(code)).decode(errors="replace"))

    def load(self, kind: str, ders: Sequence[bytes]) -> ctypes.Array[ctypes.c_void_p]:
        """Return an array of `crt` or `crl` objects; they live until they or their list are given back."""
        loaded = (ctypes.c_void_p * len(ders))()
        for position, der in enumerate(ders):
            one = ctypes.c_void_p()
            self.need(getattr(self.library, f"gnutls_x509_{kind}_init")(ctypes.byref(one)))
            loaded[position] = one
            given = _Datum(der, len(der))
            self.need(getattr(self.library, f"gnutls_x509_{kind}_import")(one, ctypes.byref(given), _DER))
        return loaded

    def verify(self, asked: Asked) -> str:
        """Return the answer's line."""
        self.at = asked.at
        trusted = ctypes.c_void_p()
        self.need(self.library.gnutls_x509_trust_list_init(ctypes.byref(trusted), 0))
        chain = self.load("crt", asked.chain)
        try:
            anchors = self.load("crt", asked.anchors)
            self.need(self.library.gnutls_x509_trust_list_add_cas(trusted, anchors, len(anchors), 0))
            if asked.crls:
                lists = self.load("crl", asked.crls)
                self.need(
                    self.library.gnutls_x509_trust_list_add_crls(trusted, lists, len(lists), _VERIFY_CRL, 0)
                )
            return self._judge(trusted, chain, asked)
        finally:
            for one in chain:
                self.library.gnutls_x509_crt_deinit(ctypes.c_void_p(one))
            self.library.gnutls_x509_trust_list_deinit(trusted, 1)

    def _judge(self, trusted: ctypes.c_void_p, chain: ctypes.Array[ctypes.c_void_p], asked: Asked) -> str:
        wanted = []
        if asked.purpose:
            wanted.append(_Typed(_PURPOSE_OID, _PURPOSES[asked.purpose], 0))
        if asked.name:
            wanted.append(_Typed(_HOST_NAME, asked.name.encode(), 0))
        typed = (_Typed * max(1, len(wanted)))(*wanted)
        status = ctypes.c_uint()
        code = self.library.gnutls_x509_trust_list_verify_crt2(
            trusted, chain, len(chain), typed, len(wanted), _PROFILE_LOW, ctypes.byref(status), None
        )
        self.need(code)
        return line_of(YES) if status.value == 0 else line_of(NO, self._told(status.value))

    def _told(self, status: int) -> str:
        text = _Owned()
        code = self.library.gnutls_certificate_verification_status_print(status, _X509, ctypes.byref(text), 0)
        if code < 0 or not text.data:
            return f"status {status:#x}"
        said = ctypes.string_at(text.data, text.size).decode(errors="replace")
        free = ctypes.CFUNCTYPE(None, ctypes.c_void_p).in_dll(self.library, "gnutls_free")
        free(text.data)
        return said


class _Owned(ctypes.Structure):
    """A datum whose bytes the library gave us: they are to be freed."""

    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_uint))


def answers(gnutls: _Gnutls, questions: Sequence[Asked]) -> Iterator[str]:
    """Yield each answer's line."""
    for asked in questions:
        try:
            yield gnutls.verify(asked)
        except _CannotTellError as error:
            yield line_of(LACK, str(error))


def main() -> None:
    """Answer standard input."""
    gnutls = _Gnutls()
    serve(f"gnutls {gnutls.version}", lambda questions: answers(gnutls, questions))
