"""Broken uploads and what vendors' products say of them, each with the cause that was built in.

Made with a CA of our own and texts written here; it imports nothing of the room that diagnoses, so that its
labels are its own. Texts follow the vendors' published samples (Dell KB 000221202, Broadcom KB 229342 and 232057).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from support.pki import BOTH, NOW, SERVER, Entity, Key, make_ca, make_key
from warifu.domain.x509 import Certificate, to_pem

DELL_TEXTS = {
    "CGEN1008": (
        "Unable to process the request because an error occurred.",
        "Retry the operation. If the issue persists, contact your system administrator.",
    ),
    "CSEC9002": (
        "Unable to upload the certificate because the certificate file provided is invalid.",
        "Make sure the CA certificate and private key are correct and retry the operation.",
    ),
    "CGEN6002": (
        "Unable to complete the request because the input value for DistinguishedName is missing or an invalid value is entered.",
        "Enter a valid value and retry the operation.",
    ),
}
DELL_ARGUMENTS = {
    "dell-csr-key": "Invalid CSR key.",
    "dell-chain": "Invalid certificate chain provided.",
    "dell-purposes": "No Client/Server authentication EKU present in leaf certificate.",
    "dell-key-encipherment": "User Certificate is not a web server certificate.",
}
CONNECTION = (
    "Unable to mutually authenticate and connect to the remote appliance.\n"
    "Please check the source and target appliances has valid certificate chain uploaded which are signed by the same CA."
)


@dataclass(frozen=True)
class Case:
    """One broken upload.

    Args:
        log: what the product said.
        files: the upload and its request, by name.
        causes: what is wrong with it, by the names of `docs`; empty when nothing is.
        named: what the log names.
    """

    name: str
    log: str
    causes: frozenset[str]
    files: dict[str, bytes] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    anchors: tuple[Certificate, ...] | None = None
    peer: str = ""
    now: datetime = NOW
    named: str = ""


def envelope(code: str, *arguments: str, indent: int | None = None) -> str:
    """The JSON that OpenManage Enterprise answers with."""
    text, resolution = DELL_TEXTS.get(code, ("Something else happened.", "Look elsewhere."))
    info = {
        "MessageId": code,
        "RelatedProperties": [],
        "Message": text,
        "MessageArgs": list(arguments),
        "Severity": "Critical",
        "Resolution": resolution,
    }
    error = {
        "code": "Base.1.0.GeneralError",
        "message": "A general error has occurred. See ExtendedInfo for more information.",
        "@Message.ExtendedInfo": [info],
    }
    return json.dumps({"error": error}, indent=indent)


def log_line(code: str, *arguments: str, method: bool = True, when: str = "2024-01-25 11:10:34.735") -> str:
    """A line of its `application.log`; those of CSEC9002 lack the method."""
    place = "SSLController - uploadNewCertificateChain(): " if method else "SSLController - "
    head = f"[ERROR] {when} [ajp-nio-0:0:0:0:0:0:0:1-8009-exec-5] {place}"
    return f"{head}{envelope(code, *arguments)}\n"


def usage(*, encipherment: bool = True) -> x509.KeyUsage:
    """The key usage of a server, with or without keyEncipherment."""
    wanted = ("digital_signature", *(("key_encipherment",) if encipherment else ()))
    fields = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: name in wanted for name in fields.split()})


def request(key: Key, name: str = "ome.example", **fields: str) -> bytes:
    """A request with every field that the appliance asks for, unless one is given empty."""
    shown = {"C": "JP", "ST": "Tokyo", "L": "Chiyoda", "O": "Example", "OU": "IT", "CN": name}
    shown |= {"emailAddress": "pki@example.com", **fields}
    oids = {
        "C": NameOID.COUNTRY_NAME,
        "ST": NameOID.STATE_OR_PROVINCE_NAME,
        "L": NameOID.LOCALITY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "CN": NameOID.COMMON_NAME,
        "emailAddress": NameOID.EMAIL_ADDRESS,
    }
    subject = x509.Name([x509.NameAttribute(oids[k], v) for k, v in shown.items() if v])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def request_for(key: Key, names: Sequence[str]) -> bytes:
    """A request for several names."""
    names_wanted = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
    subject = x509.load_pem_x509_csr(request(key)).subject
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names_wanted, False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Town:
    """Two intermediate CAs under one root, and the keys of an appliance and of another."""

    root: Entity
    first: Entity
    second: Entity
    key: Key
    other: Key

    def leaf(self, issuer: Entity | None = None, name: str = "ome.example", **options: object) -> Entity:
        """A leaf that an appliance takes, unless an option spoils it."""
        whole: dict[str, object] = {"key": self.key, "purposes": BOTH, "usage": usage(), **options}
        return (issuer or self.first).leaf(name, **whole)


@cache
def town() -> Town:
    """Made once: RSA keys cost."""
    root = make_ca("Root-CA")
    first, second = root.intermediate("Inter-CA1"), root.intermediate("Inter-CA2")
    return Town(root, first, second, make_key("rsa"), make_key("rsa"))


def chain(leaf: Entity) -> tuple[Certificate, ...]:
    """Leaf, intermediates, root."""
    return leaf.value, *(one.value for one in leaf.above)


def upload_cases() -> Iterator[Case]:
    """Every single fault of a chain that is uploaded, each under the one code that they share."""
    made = town()
    fine = chain(made.leaf())
    nameless = made.root.intermediate("")
    broken = {
        "csr-key": ("dell-csr-key", chain(made.leaf(key=made.other))),
        "intermediate-missing": ("dell-chain", (fine[0], fine[2])),
        "root-missing": ("dell-chain", fine[:2]),
        "leaf-alone": ("dell-chain", fine[:1]),
        "shuffled": ("dell-chain", (fine[0], fine[2], fine[1])),
        "stranger": ("dell-chain", (*fine, make_ca("Stranger").value)),
        "namesake": ("dell-chain", (fine[0], make_ca("Root-CA").intermediate("Inter-CA1").value, fine[2])),
        "leaf-nameless": ("dell-common-name", chain(made.leaf(name=""))),
        "ca-nameless": ("dell-common-name", chain(made.leaf(nameless))),
        "wildcard": ("dell-common-name", chain(made.leaf(name="*.example.com"))),
        "server-only": ("dell-purposes", chain(made.leaf(purposes=SERVER))),
        "no-purpose": ("dell-purposes", chain(made.leaf(purposes=None))),
        "no-encipherment": ("dell-key-encipherment", chain(made.leaf(usage=usage(encipherment=False)))),
    }
    for name, (cause, certificates) in broken.items():
        said = DELL_ARGUMENTS.get(cause)
        yield Case(
            name,
            log_line("CGEN1008", *([said] if said else [])),
            frozenset({cause}),
            {"chain.pem": to_pem(certificates), "ome.csr": request(made.key)},
            named=cause if said else "",
        )


def other_dell_cases() -> Iterator[Case]:
    """Single uploads, requests, and connections."""
    made = town()
    single = made.leaf(purposes=SERVER)
    yield Case(
        "single-no-encipherment",
        log_line("CSEC9002", method=False),
        frozenset({"dell-key-encipherment"}),
        {"leaf.cer": made.leaf(usage=usage(encipherment=False), purposes=SERVER).pem},
    )
    yield Case(
        "der",
        log_line("CSEC9002", method=False),
        frozenset({"dell-encoding"}),
        {"leaf.cer": single.value.der},
    )
    wide = "\ufeff" + single.pem.decode()
    yield Case(
        "utf-16",
        log_line("CSEC9002", method=False),
        frozenset({"dell-encoding"}),
        {"leaf.cer": wide.encode("utf-16-le"), "same.cer": single.pem},
    )
    yield Case(
        "request-wildcard",
        log_line("CGEN6002", "DistinguishedName"),
        frozenset({"dell-request"}),
        {"ome.csr": request(made.key, "*.example.com")},
        named="dell-request",
    )
    yield Case(
        "request-incomplete",
        log_line("CGEN6002", "Locality"),
        frozenset({"dell-request"}),
        {"ome.csr": request(made.key, L="")},
    )
    yield Case(
        "request-names",
        log_line("CGEN6002", "SAN"),
        frozenset({"dell-request"}),
        {"ome.csr": request_for(made.key, [f"n{count}.example" for count in range(5)])},
    )
    source, target = chain(made.leaf()), chain(made.leaf(made.second, key=made.other))
    yield Case(
        "authorities-differ",
        CONNECTION,
        frozenset({"dell-authorities"}),
        {"source.pem": to_pem(source)},
        {"target.pem": to_pem(target)},
    )
    same = {"target.pem": to_pem(chain(made.leaf(key=made.other)))}
    later = NOW + timedelta(days=730)
    yield Case(
        "clock", CONNECTION, frozenset({"dell-validity"}), {"source.pem": to_pem(source)}, same, now=later
    )
    early = NOW - timedelta(days=100)
    yield Case(
        "early-clock",
        CONNECTION,
        frozenset({"dell-validity"}),
        {"source.pem": to_pem(source)},
        same,
        now=early,
    )
    deep = made.root
    for number in range(9):
        deep = deep.intermediate(f"Inter-{number}")
    yield Case(
        "deep",
        CONNECTION,
        frozenset({"dell-depth"}),
        {"source.pem": to_pem(chain(made.leaf(deep)))},
        {"target.pem": to_pem(chain(made.leaf(deep, key=made.other)))},
    )


def database_cases() -> Iterator[Case]:
    """The manager and its database."""
    made = town()
    fine = made.leaf(name="sepm.example", purposes=SERVER)
    ended = made.leaf(name="sepm.example", purposes=SERVER, expired=True)
    screen = "予想外のサーバーエラー。"
    trusted = (made.root.value,)
    shown = {"server.crt": to_pem(chain(fine))}
    strange = (make_ca("Other Root").value,)
    yield Case(
        "database-expired",
        "2026-06-01 09:12:01.120 THREAD 38 SEVERE: Unexpected server error.\n"
        "java.security.cert.CertificateExpiredException: NotAfter: Sun May 31 12:00:00 UTC 2026\n",
        frozenset({"sql-expired"}),
        {"server.crt": to_pem(chain(ended))},
        anchors=trusted,
        peer="sepm.example",
        named="sql-expired",
    )
    yield Case(
        "screen-expired",
        screen,
        frozenset({"sql-expired"}),
        {"server.crt": to_pem(chain(ended))},
        anchors=trusted,
        peer="sepm.example",
    )
    yield Case(
        "screen-untrusted",
        screen,
        frozenset({"sql-not-trusted"}),
        shown,
        anchors=strange,
        peer="sepm.example",
    )
    yield Case("screen-name", screen, frozenset({"sql-name"}), shown, anchors=trusted, peer="db.example")
    yield Case(
        "sqlcmd-untrusted",
        "Sqlcmd: Error: Microsoft ODBC Driver 17 for SQL Server : SSL Provider: "
        "信頼されていない機関によって証明書チェーンが発行されました。",
        frozenset({"sql-not-trusted"}),
        shown,
        anchors=strange,
        peer="sepm.example",
        named="sql-not-trusted",
    )
    yield Case(
        "service-no-encipherment",
        "イベント ID: 26010\nThe server could not load the certificate it needs to initiate an SSL connection.",
        frozenset({"sql-purpose"}),
        {"server.crt": made.leaf(name="sepm.example", usage=usage(encipherment=False)).pem},
    )
    soon = made.leaf(name="sepm.example", end=NOW + timedelta(days=10))
    yield Case(
        "mail-soon",
        "件名: Symantec Endpoint Protection Manager の SQL Server 証明書の期限が 30 日以内に切れます",
        frozenset({"sql-expiring"}),
        {"server.crt": soon.pem},
    )


def tool_cases() -> Iterator[Case]:
    """vecs-cli, dir-cli, Expressway and Unified CM."""
    made = town()
    leaf = made.leaf()
    yield Case(
        "vecs-der",
        "vecs-cli failed. Error 11: Possible errors: \nLDAP error: Administrative limit exceeded \nWin Error: Operation failed with error ERROR_BAD_FORMAT (11) \n",
        frozenset({"number-11"}),
        {"root.cer": made.root.value.der},
        named="number-11",
    )
    yield Case(
        "vecs-keys",
        "vecs-cli failed. Error 90018: Operation failed with error VECS_PRIVATE_KEY_MISMATCH (90018) \n",
        frozenset({"number-90018"}),
        {"new.crt": leaf.pem, "new.key": made.leaf(key=made.other).key_pem},
        named="number-90018",
    )
    yield Case(
        "dir-several",
        "dir-cli failed. Error 13: Operation failed with error ERROR_INVALID_DATA (13) \n",
        frozenset({"number-13-several"}),
        {"roots.pem": to_pem(chain(leaf))},
    )
    refused = 'HTTP/1.1 200 OK\n\n{"Message":"Bad Request"}'
    request_of = request(made.key, "exp.example")
    yield Case(
        "expressway-chain",
        refused,
        frozenset({"expressway-not-alone"}),
        {"exp.pem": to_pem(chain(leaf)), "exp.csr": request_of},
    )
    yield Case(
        "expressway-der",
        refused,
        frozenset({"expressway-encoding"}),
        {"exp.cer": leaf.value.der, "exp.csr": request_of},
    )
    yield Case(
        "expressway-discarded",
        refused,
        frozenset({"expressway-request"}),
        {"exp.pem": leaf.pem, "exp.csr": request(made.other, "exp.example")},
    )
    yield Case(
        "expressway-server",
        refused,
        frozenset({"expressway-purposes"}),
        {"exp.pem": made.leaf(purposes=SERVER).pem, "exp.csr": request_of},
    )
    upload = "POST /platformcom/api/v1/certmgr/config/identity/certificates -> 500 Internal Server Error"
    yield Case(
        "cucm-issuer",
        upload,
        frozenset({"cucm-issuer"}),
        {"tomcat.pem": leaf.pem, "tomcat.csr": request_of},
        anchors=(make_ca("Other Root").value,),
    )
    yield Case(
        "cucm-cached",
        upload,
        frozenset({"cucm-request"}),
        {"tomcat.pem": to_pem(chain(leaf)), "tomcat.csr": request(made.other)},
        anchors=(made.root.value,),
    )


def every_case() -> tuple[Case, ...]:
    """All of them."""
    return (*upload_cases(), *other_dell_cases(), *database_cases(), *tool_cases())
