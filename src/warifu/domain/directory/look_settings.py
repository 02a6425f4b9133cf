"""What a node looks into besides its own stores: `[[look]]` of its settings file.

[[look]]
path = "/srv/app/identity.p12"
password-file = "/etc/warifu/app.password"

[[look]]
path = "/var/log/nginx/clients.log"
kind = "callers"
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from warifu.domain.estate.table_reader import Section
from warifu.errors import UsageError


class LookAt(StrEnum):
    """What lies in a file: certificates, clients that called, digests that are accepted, what something brings out."""

    CERTIFICATES = "certificates"
    CALLERS = "callers"
    PINS = "pins"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Look:
    """A file to look into.

    Args:
        password_file: where the password of a PKCS#12 file or Java key store lies; empty for none.
    """

    path: str
    kind: LookAt = LookAt.CERTIFICATES
    password_file: str = ""


def read_look(section: Section) -> Look:
    """Read one table; its faults are kept in the section."""
    path = section.file("path", resolve=True)
    if not path and not section.has("path"):
        section.missing("path", 'path = "/srv/app/identity.p12"')
    elif not path.startswith("/"):
        where, key = section.where("path"), section.key("path")
        section.faults.add(UsageError("outputs.not-absolute", where=where, key=key, found=path))
    kind = LookAt(section.choice("kind", tuple(LookAt), LookAt.CERTIFICATES) or LookAt.CERTIFICATES)
    look = Look(path, kind, section.file("password-file", resolve=True))
    section.close()
    return look
