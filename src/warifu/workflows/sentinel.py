"""Sentinels: identities that live for minutes show what a trust store has loaded.

A sentinel chains to one anchor alone, has a name that authorises nothing and sends no
application data. An acceptor that lets it in has that anchor loaded; one that refuses it by an
alert has not. Two controls keep the answer honest: the acceptor must ask for a client
certificate at all, and it must refuse a stranger, an identity that nobody trusts. A server that
lets strangers through its handshake and judges later, in its own protocol (nginx answers 400),
tells nothing in this way; neither does silence.

Spec: RFC 8446 §4.4.2.4 and §6.2: in TLS 1.3 a refusal reaches the client only when it reads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader
from warifu.ports.issuers import SentinelIssuer
from warifu.ports.probes import Ask, ClientIdentity, Prober
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness

# Alerts that say "I do not trust who signed this": others (expired, internal error) say something else.
_DISTRUST = {"unknown-ca", "certificate-unknown", "bad-certificate", "access-denied"}
_SOON = timedelta(minutes=10)
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Acceptor:
    """A trust slot that judges clients, and where to meet it.

    Args:
        times: equal answers in a row that count as every worker seen.
    """

    slot: str
    addresses: tuple[Address, ...]
    dialect: str = "tls"
    sni: str = ""
    times: int = 6


def make_sentinels(
    issuer: SentinelIssuer, anchors: Collection[Certificate], *, now: datetime
) -> dict[str, ClientIdentity]:
    """Return an identity beneath each anchor that the issuer can sign for, by the anchor's SHA-256 hex."""
    made = {}
    for anchor in anchors:
        signed = issuer.sentinel(anchor=anchor, purpose="clientAuth", now=now)
        if signed is not None:
            issued, key = signed
            made[anchor.fingerprint.hex] = ClientIdentity(issued.leaf, issued.chain, key)
    return made


def make_stranger(now: datetime) -> ClientIdentity:
    """Return a self-signed identity that nobody trusts, good for some minutes around `now`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "warifu stranger")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - _SKEW).not_valid_after(now + _SOON)
    made = builder.sign(key, hashes.SHA256())
    return ClientIdentity(Certificate(made.public_bytes(Encoding.DER)), (), PrivateKey(key))


def witness_by_sentinels(
    acceptor: Acceptor,
    sentinels: Mapping[str, ClientIdentity],
    expected: Collection[str],
    *,
    prober: Prober,
    via: HostReader,
    now: datetime,
    value_digest: str = "",
) -> tuple[Evidence, ...]:
    """Show sentinels to every address of an acceptor.

    Args:
        sentinels: by the SHA-256 hex of the anchor each lies beneath.
        expected: the anchors that the slot should trust; those beneath others should be refused.

    Returns:
        For each address and anchor: yes, no, or could not look with the reason.
    """
    stranger = make_stranger(now)
    found = []
    for address in _addresses(acceptor, prober):
        anyone = _show(acceptor, address, stranger, prober, via)
        for anchor, identity in sorted(sentinels.items()):
            answer = anyone if anyone in _USELESS else _show(acceptor, address, identity, prober, via)
            wanted = "accepted" if anchor in expected else "refused"
            outcome = Outcome.YES if answer == wanted else Outcome.NO
            if answer not in {"accepted", "refused"} or anyone != "refused":
                outcome = Outcome.COULD_NOT_LOOK
                answer = "accepts-anyone" if anyone == "accepted" else answer
            detail = {"address": str(address), "anchor": anchor, "expected": wanted, "answer": answer}
            found.append(
                Evidence(
                    acceptor.slot,
                    Stage.PROVEN,
                    outcome,
                    Witness.SENTINEL,
                    now,
                    value_digest,
                    detail=detail,
                )
            )
    return tuple(found)


_USELESS = {"accepted", "asks-for-no-certificate"}  # of the stranger's answers: no sentinel needs to be shown


def _addresses(acceptor: Acceptor, prober: Prober) -> list[Address]:
    found: list[Address] = []
    for declared in acceptor.addresses:
        try:
            found += prober.resolve(declared.host, declared.port)
        except CouldNotLookError:
            found.append(declared)  # asking it will say why
    return list(dict.fromkeys(found))


def _show(
    acceptor: Acceptor, address: Address, identity: ClientIdentity, prober: Prober, via: HostReader
) -> str:
    """Return `accepted` or `refused` when every worker met says the same, else a word that says why not."""
    ask = Ask(address, acceptor.dialect, acceptor.sni, identity, read=True)
    said = ""
    for _ in range(acceptor.times):
        answer = prober.ask(ask, via=via)
        if not answer.refused and answer.ca_names is None:
            return "asks-for-no-certificate"
        if not answer.refused and answer.heard:
            word = "accepted"
        elif answer.by_peer and answer.refused in _DISTRUST:
            word = "refused"
        else:
            return answer.refused or "said-nothing"
        if said not in {"", word}:
            return "workers-differ"
        said = word
    return said
