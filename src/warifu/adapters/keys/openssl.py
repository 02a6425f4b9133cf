"""Keys and requests made by the node's own `openssl`, where the key will be used.

The key's file is born with mode 0600 under a temporary name and renamed when it is whole.
What is to stand in the request goes through a configuration file beside it: it holds names,
no secret, and nothing of it reaches a command line. The key is never read back.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from cryptography import x509

from warifu.domain.estate import Template
from warifu.domain.rotation.comparison import general_names, purpose_oids, request_differs, subject_of
from warifu.domain.x509 import Request, read
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.changes import (
    Act,
    Fence,
    Host,
    MakeFolder,
    Remove,
    WriteFile,
)
from warifu.ports.keys import KeyMaker

ALGORITHMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rsa-2048": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        "rsa-3072": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"),
        "rsa-4096": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"),
        "ec-p256": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
        "ec-p384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
        "ed25519": ("-algorithm", "ED25519"),
    }
)
MAKING = timedelta(minutes=2)  # RSA 4096 takes seconds; a slow machine with little entropy, a minute

# $1 is the key's path, the rest are genpkey's arguments. A key that is there is kept.
_MAKE_KEY = """
set -eu
umask 077
path=$1
shift
if [ -s "$path" ]; then exit 0; fi
rm -f -- "$path.new"
openssl genpkey "$@" -out "$path.new" 2>/dev/null
chmod 600 -- "$path.new"
sync -- "$path.new" 2>/dev/null || sync
mv -f -- "$path.new" "$path"
"""


class OpensslKeys(KeyMaker):
    """Runs `openssl genpkey` and `openssl req -new` on the node, under its fence."""

    def make(self, host: Host, path: str, template: Template, fence: Fence) -> Request:
        """Make a key at `path` unless one is there, and a request from it as the template says.

        Raises:
            UsageError: `issue.bad-key-kind`, `issue.bad-name`, `issue.bad-purpose`, `issue.bad-subject`.
            RefusedError: `issue.request-not-as-planned`: another kind of key lies there.
            CouldNotLookError: `io.host-cannot-change`, `issue.request-not-made`.
        """
        algorithm = ALGORITHMS.get(template.key)
        if algorithm is None:
            raise UsageError("issue.bad-key-kind", key=template.key)
        settings = f"{path}.cnf"
        empty = () if list(subject_of(template)) else ("-subj", "/")
        answers = host.change(
            (
                MakeFolder(posixpath.dirname(path), 0o700),
                Act(("sh", "-c", _MAKE_KEY, "sh", path, *algorithm), timeout=MAKING),
                WriteFile(settings, configuration(template).encode(), 0o600),
                Act(("openssl", "req", "-new", "-sha256", "-key", path, "-config", settings, *empty)),
                Remove(settings),
            ),
            fence,
        )
        for ran in answers:
            if ran.code != 0:
                said = ran.err.decode(errors="replace").strip()[-400:]
                raise CouldNotLookError("issue.request-not-made", path=path, code=ran.code, said=said)
        return _request(answers[-1].out, path, template)


def configuration(template: Template) -> str:
    """Return the configuration of `openssl req` for a template. Spec: openssl-req(1), config(5).

    Raises:
        UsageError: `issue.bad-name`, `issue.bad-purpose`, `issue.bad-subject`.
    """
    encipherment = ", keyEncipherment" if template.key.startswith("rsa-") else ""
    purposes = ", ".join(oid.dotted_string for oid in purpose_oids(template.purposes))
    names = tuple(_names(template))
    extensions = [
        f"keyUsage = critical, digitalSignature{encipherment}",
        *([f"extendedKeyUsage = {purposes}"] if purposes else []),
        *(["subjectAltName = @names"] if names else []),
    ]
    lines = [
        "[req]",
        "prompt = no",
        "utf8 = yes",
        "string_mask = utf8only",
        "distinguished_name = subject",
        "req_extensions = extensions",
        "[subject]",
        *_subject(template),
        "[extensions]",
        *extensions,
        "[names]",
        *names,
    ]
    return "\n".join(lines) + "\n"


def _subject(template: Template) -> Iterator[str]:
    number = 0
    for part in subject_of(template).rdns:
        for place, attribute in enumerate(part):
            number += 1
            joined = "+" if place else ""  # one RDN of several values
            value = _escape(str(attribute.value), template.subject)
            yield f"{number}.{joined}{attribute.oid.dotted_string} = {value}"


def _names(template: Template) -> Iterator[str]:
    for number, name in enumerate(general_names(template.names), 1):
        kind = "IP" if isinstance(name, x509.IPAddress) else "DNS"
        yield f"{kind}.{number} = {name.value}"


def _escape(value: str, subject: str) -> str:
    if not value.isprintable() or value != value.strip():
        raise UsageError("issue.bad-subject", subject=subject)
    return "".join(f"\\{sign}" if sign in "\\\"'$#`;" else sign for sign in value)


def _request(data: bytes, path: str, template: Template) -> Request:
    found = read(data, path).requests
    if not found:
        raise CouldNotLookError("issue.request-not-made", path=path, code=0, said="no request in the answer")
    differs = request_differs(found[0], template)
    if differs:
        raise RefusedError("issue.request-not-as-planned", path=path, differs=differs)
    return found[0]
