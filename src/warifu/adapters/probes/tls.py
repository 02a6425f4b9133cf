"""Handshakes with pyOpenSSL over a socket that a host dialled.

Nothing is verified and nothing is resumed: no session is ever set on a connection, no ticket
offered. Old protocols, weak keys and unpatched renegotiation are let through, so that what is
wrong with a service can be seen. One deadline covers the whole ask, also against a peer that
sends a byte at a time.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import time
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from OpenSSL import SSL

from warifu.adapters.probes import handshake, tds
from warifu.adapters.probes.dialects import BEGINNINGS, FAREWELLS, IN_CLEAR
from warifu.adapters.probes.talk import Clear, TalkError
from warifu.adapters.probes.timed_stream import EndedError, TimedStream
from warifu.adapters.probes.transcript import Transcript, accept_signatures, hear, prepare, was_resumed
from warifu.domain.findings import Code, Finding
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate
from warifu.domain.x509.host_names import to_a_labels
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, Ask, ClientIdentity, Prober

_CIPHERS = b"ALL:!aNULL:!eNULL:@SECLEVEL=0"
_KINDS = {  # what a service chooses among its certificates by: ciphers (TLS 1.2) and signatures (1.2, 1.3)
    "RSA": (
        b"aRSA",
        b"RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1",
    ),
    "EC": (b"aECDSA", b"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1"),
    "Ed25519": (b"aECDSA", b"ed25519"),
}
_SILENCE = 0.25  # seconds after which a peer that says nothing is asked by a close-notify


class TlsProber(Prober):
    """Full handshakes: direct TLS, and TLS that begins in another protocol."""

    def ask(self, ask: Ask, *, via: HostReader) -> Answered:
        """Make one full handshake; see the port."""
        name = _server_name(ask.sni)
        until = time.monotonic() + ask.timeout.total_seconds()
        try:
            context = self._context(ask)
        except (SSL.Error, TypeError):  # a key that cannot sign, or that is not the certificate's
            return Answered(ask.address, refused="identity-unusable", reached=False)
        try:
            stream = via.dial(ask.address, timeout=ask.timeout)
        except CouldNotLookError as error:
            reason = str(error.values.get("reason", error))
            return Answered(ask.address, refused=_dial_word(reason), reached=False)
        with stream:
            attempt = _Attempt(ask, name, TimedStream(stream, until), context)
            answered = attempt.answer()
        if ask.clear_text and answered.clear_text is None and answered.reached:
            return replace(answered, clear_text=_in_clear(ask, via, until))
        return answered

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """Return every address behind a name; see the port."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reason = (
                getattr(error, "strerror", None) or "Name or service not known"
            )  # a label of no or 64 letters
            raise CouldNotLookError("io.name-unknown", name=host, reason=reason) from error
        return tuple(dict.fromkeys(Address(str(entry[4][0]), port) for entry in found))

    def _context(self, ask: Ask) -> SSL.Context:
        if ask.client is None and not ask.key and ask.dialect != "tds8":
            return self._anonymous
        return _make_context(ask.client, ask.key, alpn=tds.ALPN_OF_8 if ask.dialect == "tds8" else b"")

    @cached_property
    def _anonymous(self) -> SSL.Context:
        """One context for every ask without a client: it keeps no session, so nothing passes between asks."""
        return _make_context(None)


def _in_clear(ask: Ask, via: HostReader, until: float) -> Clear:
    """Find out on a connection of its own whether a login without TLS is let in; None where it cannot be told."""
    begin = IN_CLEAR.get(ask.dialect)
    left = until - time.monotonic()
    if begin is None or left <= 0:
        return None
    try:
        with via.dial(ask.address, timeout=timedelta(seconds=left)) as stream:
            return TimedStream(stream, until).converse(begin())
    except (CouldNotLookError, EndedError, TalkError):
        return None


def _make_context(client: ClientIdentity | None, key: str = "", *, alpn: bytes = b"") -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_cipher_list(_CIPHERS)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_LEGACY_SERVER_CONNECT)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_verify(SSL.VERIFY_NONE)
    if client is not None:
        context.use_certificate(client.leaf.parsed)
        for certificate in client.chain:
            context.add_extra_chain_cert(certificate.parsed)
        context.use_privatekey(client.key.raw)  # type: ignore[arg-type]  # what does not sign, OpenSSL refuses
    if key in _KINDS:
        ciphers, signatures = _KINDS[key]
        context.set_cipher_list(ciphers + b":!aNULL:!eNULL:@SECLEVEL=0")
        accept_signatures(context, signatures)
    if alpn:
        context.set_alpn_protos([alpn])
    prepare(context)
    return context


class _Attempt:
    """One handshake and what was learned by it."""

    def __init__(self, ask: Ask, name: bytes, wire: TimedStream, context: SSL.Context) -> None:
        self._ask = ask
        self._wire = wire
        self._tls = SSL.Connection(context, None)
        self._tls.set_connect_state()
        if name:
            self._tls.set_tlsext_host_name(name)
        self._first = b""
        self._heard = False
        self._clear: Clear = None
        self._wrapped = tds.Unwrapper() if ask.dialect == "tds" else None

    def answer(self) -> Answered:
        """Carry it out."""
        transcript, stop = hear(self._tls)
        refused = ""
        done, reached = False, True
        try:
            self._start_dialect()
            self._shake_hands()
            done = True
            if was_resumed(self._tls):
                refused = "session-resumed"  # would prove nothing; no session is ever offered
            elif self._ask.read:
                self._listen(transcript)
        except EndedError as error:
            refused, reached = error.word, error.reached
        except TalkError as error:
            refused = error.word
        except SSL.Error as error:
            refused = self._library_word(error)
        finally:
            stop()
        return replace(self._conclude(transcript, refused, done=done), reached=reached)

    def _conclude(self, transcript: Transcript, refused: str, *, done: bool) -> Answered:
        fatal = [number for level, number in transcript.alerts if number != 0 and (level == 2 or not done)]
        if refused and fatal:
            refused = handshake.alert_word(fatal[-1])
        served, names, findings = _read_messages(self._ask.address, transcript)
        chain = []
        for position, der in enumerate(served, 1):
            try:
                chain.append(Certificate(der))
            except UsageError as error:
                label = f"certificate {position} of {len(served)}"
                findings.append(_unreadable(self._ask.address, label, str(error.values.get("reason", ""))))
        return Answered(
            self._ask.address,
            tuple(chain),
            names,
            self._tls.get_protocol_version_name() if done else "",
            refused,
            served=served,
            findings=tuple(findings),
            by_peer=bool(refused and fatal),
            heard=self._heard,
            clear_text=self._clear,
        )

    def _start_dialect(self) -> None:
        begin = BEGINNINGS.get(self._ask.dialect)
        if begin is not None:
            self._clear = self._wire.converse(begin())

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except SSL.WantReadError:
                self._flush()
                self._feed(self._wire.until)
            except SSL.Error:
                self._flush_quietly()
                raise
            else:
                self._flush()
                self._wrapped = None
                return

    def _listen(self, transcript: Transcript) -> None:
        """Read until the peer shows that it has judged us.

        TLS 1.2 has judged before its Finished. TLS 1.3 judges later: a ticket, data or a close after our
        own close-notify shows acceptance; an alert, or a close that comes before we asked for it, refusal.
        """
        if transcript.version < handshake.TLS_1_3:
            self._heard = True
            return
        farewell = FAREWELLS.get(self._ask.dialect)
        if farewell:
            self._tls.send(farewell)
            self._flush()
        asked = False
        before = time.monotonic() + _SILENCE
        while not self._heard:
            if self._has_spoken(transcript, asked=asked):
                return
            try:
                self._feed(self._wire.until if asked else before)
            except EndedError as error:
                if error.word == "closed":
                    self._end(asked=asked)
                elif error.word == "timed-out" and not asked and time.monotonic() < self._wire.until:
                    self._tls.shutdown()
                    self._flush()
                    asked = True
                else:
                    raise

    def _has_spoken(self, transcript: Transcript, *, asked: bool) -> bool:
        try:
            self._heard = bool(self._tls.recv(1))
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            if handshake.NEW_SESSION_TICKET not in transcript.messages:
                self._end(asked=asked)
        self._heard = self._heard or handshake.NEW_SESSION_TICKET in transcript.messages
        return self._heard

    def _end(self, *, asked: bool) -> None:
        if not asked:
            raise EndedError("closed")
        self._heard = True

    def _feed(self, before: float) -> None:
        data = self._wire.receive(16384, before=before)
        if self._wrapped is not None:
            data = self._wrapped.feed(data)
            if not data:
                return
        if len(self._first) < 2:
            self._first = (self._first + data)[:2]
            if self._first[0] not in (21, 22) or self._first[1:2] not in (b"", b"\x03"):
                raise EndedError("not-tls")
        self._tls.bio_write(data)

    def _flush(self) -> None:
        while True:
            try:
                data = self._tls.bio_read(65536)
            except SSL.WantReadError:
                return
            self._wire.send(data if self._wrapped is None else tds.packets(data))

    def _flush_quietly(self) -> None:
        with contextlib.suppress(EndedError):
            self._flush()  # our own alert: the peer's log then says why

    def _library_word(self, error: SSL.Error) -> str:
        queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
        reason = str(queue[-1][2]) if queue else ""
        return reason.lower().replace(" ", "-") or "protocol-error"


def _read_messages(
    address: Address, transcript: Transcript
) -> tuple[tuple[bytes, ...], tuple[bytes, ...] | None, list[Finding]]:
    findings = []
    served: tuple[bytes, ...] = ()
    names: tuple[bytes, ...] | None = None
    message = transcript.messages.get(handshake.CERTIFICATE)
    if message is not None:
        try:
            served = handshake.served_certificates(message, transcript.version)
        except ValueError as error:
            findings.append(_unreadable(address, "Certificate", str(error)))
    message = transcript.messages.get(handshake.CERTIFICATE_REQUEST)
    if message is not None:
        names = ()
        try:
            names = handshake.offered_ca_names(message, transcript.version)
        except ValueError as error:
            findings.append(_unreadable(address, "CertificateRequest", str(error)))
    return served, names, findings


def _unreadable(address: Address, label: str, reason: str) -> Finding:
    return Finding(Code.UNREADABLE, str(address), {"offset": 0, "label": label, "reason": reason})


def _server_name(name: str) -> bytes:
    """Return what goes into SNI: never an address (RFC 6066 §3)."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        try:
            return name.encode("ascii")
        except UnicodeEncodeError:
            return _to_ascii(name)
    return b""


def _to_ascii(name: str) -> bytes:
    try:
        return to_a_labels(name).encode("ascii")
    except ValueError as error:
        raise UsageError("io.bad-server-name", name=name, reason=str(error)) from error


def _dial_word(reason: str) -> str:
    return reason.lower().replace(" ", "-")
