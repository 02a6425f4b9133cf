"""Uploads of several files, half right pairs and odd requests, each with the cause that was built in.

It imports nothing of the room that diagnoses, so that its labels are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from support.pki import CLIENT, NOW, SERVER, Entity, make_ca, make_key
from support.vendor_faults import (
    CONNECTION,
    Case,
    chain,
    log_line,
    request,
    request_for,
    town,
    usage,
)
from warifu.domain.x509 import Certificate, PrivateKey, to_pem

SCREEN = "予想外のサーバーエラー。"
CONNECT_HEAD = (
    "2026-06-01 09:12:01.120 THREAD 27 SEVERE: Unknown Exception in: com.sygate.scm.server.util.ServerException\n"
    "com.microsoft.sqlserver.jdbc.SQLServerException: The driver could not establish a secure connection to "
    "SQL Server by using Secure Sockets Layer (SSL) encryption. Error: "
)
START = "2026-06-01 09:00:01.33 Server      Error: 26014, Severity: 16, State: 1.\n"


def parts_cases() -> Iterator[Case]:
    """A chain whose certificates came each in a file of its own, beside the file that was uploaded."""
    made = town()
    whole = chain(made.leaf())
    parts = {"i1.pem": to_pem(whole[1:2]), "root.pem": to_pem(whole[2:])}
    asked = {"ome.csr": request(made.key)}
    said = log_line("CGEN1008")
    yield Case("parts", said, frozenset({"dell-chain"}), {"leaf.pem": to_pem(whole[:1]), **parts, **asked})
    yield Case("whole-beside-parts", said, frozenset(), {"chain.pem": to_pem(whole), **parts, **asked})
    yield Case(
        "single-beside-ca",
        log_line("CSEC9002", method=False),
        frozenset(),
        {"leaf.cer": to_pem(whole[:1]), **parts},
    )
    yield Case(
        "expressway-beside-list",
        'HTTP/1.1 200 OK\n\n{"Message":"Bad Request"}',
        frozenset(),
        {"exp.pem": to_pem(whole[:1]), "list.pem": to_pem(whole[1:]), **asked},
    )
    der = [x509.load_der_x509_certificate(one.der) for one in reversed(whole)]
    for name, form in (("set-der", serialization.Encoding.DER), ("set-pem", serialization.Encoding.PEM)):
        held = {"chain.p7b": pkcs7.serialize_certificates(der, form), **asked}
        yield Case(name, said, frozenset(), held)


def pair_cases() -> Iterator[Case]:
    """Two appliances whose connection fails."""
    made = town()
    whole = chain(made.leaf())
    same = {"target.pem": to_pem(chain(made.leaf(key=made.other)))}

    def pair(name: str, causes: set[str], ours: tuple[Certificate, ...], theirs: dict[str, bytes]) -> Case:
        return Case(name, CONNECTION, frozenset(causes), {"source.pem": to_pem(ours)}, theirs)

    twin = make_ca("Root-CA").intermediate("Inter-CA1")
    namesakes = to_pem(chain(made.leaf(twin, key=made.other)))
    forged = replace(made.first, key=twin.key)
    server = to_pem(chain(made.leaf(key=made.other, purposes=SERVER)))
    yield pair("pair-same", set(), whole, same)
    yield pair("pair-namesakes", {"dell-authorities"}, whole, {"target.pem": namesakes})
    yield pair("pair-forged", {"dell-pair-chain"}, chain(made.leaf(forged)), same)
    yield pair("pair-without-root", {"dell-pair-chain"}, whole[:2], same)
    yield pair("pair-leaf", {"dell-pair-chain"}, whole[:1], same)
    yield pair(
        "pair-leaf-of-namesake",
        {"dell-pair-chain", "dell-authorities"},
        whole[:1],
        {"target.pem": namesakes},
    )
    yield pair("pair-server-only", {"dell-pair-purposes"}, whole, {"target.pem": server})


def request_cases() -> Iterator[Case]:
    """Requests that the page of the appliance does not take."""
    made = town()
    said = log_line("CGEN6002", "SAN")
    wrong = frozenset({"dell-request"})
    yield Case("request-whole", said, frozenset(), {"ome.csr": request_for(made.key, ["ome.example"])})
    yield Case(
        "request-wild-name", said, wrong, {"ome.csr": request_for(made.key, ["ome.example", "*.example"])}
    )
    yield Case("request-no-mail", said, wrong, {"ome.csr": request(made.key, emailAddress="")})
    yield Case("request-long-name", said, wrong, {"ome.csr": request_for(made.key, [f"{'a' * 60}.example"])})
    yield Case("request-broken", said, frozenset(), {"ome.csr": broken_request()})


def broken_request() -> bytes:
    """A request whose subjectAltName is no DER."""
    made = town()
    subject = x509.load_pem_x509_csr(request(made.key)).subject
    names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x82garbage")
    signed = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(names, critical=False)
        .sign(made.key, hashes.SHA256())
    )
    return signed.public_bytes(serialization.Encoding.PEM)


def database_cases() -> Iterator[Case]:
    """SQL Server below the manager."""
    made = town()
    trusted = (made.root.value,)

    def shown(name: str, log: str, cause: str, leaf: Entity, **also: bytes) -> Case:
        files = {"server.crt": to_pem(chain(leaf)), **also}
        return Case(
            name, log, frozenset({cause} if cause else ()), files, anchors=trusted, peer="sepm.example"
        )

    own = "sepm.example"
    client = made.leaf(name=own, purposes=CLIENT)
    fine = made.leaf(name=own, purposes=SERVER)
    soon = made.leaf(name=own, purposes=SERVER, start=NOW + timedelta(days=3))
    yield shown("database-client-only", START, "sql-purpose", client)
    yield shown("screen-client-only", SCREEN, "sql-purpose", client)
    yield shown("database-early", f"{CONNECT_HEAD}validity check failed", "sql-not-yet-valid", soon)
    yield shown("screen-early", SCREEN, "sql-not-yet-valid", soon)
    yield shown(
        "database-key", START, "sql-key-other", fine, **{"server.key": PrivateKey(made.other).to_pkcs8()}
    )
    yield shown(
        "network-no-encipherment",
        "Error: 17182, Severity: 16",
        "sql-purpose",
        made.leaf(name=own, usage=usage(encipherment=False)),
    )


def store_cases() -> Iterator[Case]:
    """vecs-cli with a key that it does not take."""
    made = town()
    key = make_key()
    leaf = made.root.leaf("x.example", key=key)
    said = "vecs-cli failed. Error 11: Possible errors: \n"
    yield Case(
        "vecs-ec",
        said,
        frozenset({"number-11"}),
        {"ec.pem": leaf.pem, "ec.key": leaf.key_pem},
        named="number-11",
    )


def mixed_cases() -> tuple[Case, ...]:
    """All of them."""
    return (*parts_cases(), *pair_cases(), *request_cases(), *database_cases(), *store_cases())
