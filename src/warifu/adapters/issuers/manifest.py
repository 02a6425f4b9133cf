"""What was handed to people, and the page that tells them what to ask the CA for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import msgspec

from warifu.domain.estate import Template
from warifu.domain.findings import Lang, say
from warifu.domain.rotation.comparison import key_kind, subject_of
from warifu.domain.x509 import Request


class Handed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that was handed over; its record in the issuer's folder, format 1."""

    id: str
    request: str
    key: str
    key_kind: str
    subject: str
    names: tuple[str, ...]
    purposes: tuple[str, ...]
    usage: tuple[str, ...]
    days: float
    issuer: str
    since: datetime
    format: int = 1


def hand_over(name: str, request: Request, template: Template, *, now: datetime) -> Handed:
    """Return the record of a request that is handed over now."""
    encipherment = ("keyEncipherment",) if request.public_key.algorithm == "RSA" else ()
    return Handed(
        id=name,
        request=request.fingerprint.hex,
        key=request.public_key.sha256.hex,
        key_kind=key_kind(request.public_key),
        subject=subject_of(template).rfc4514_string(),
        names=template.names,
        purposes=template.purposes,
        usage=("digitalSignature", *encipherment),
        days=template.lifetime / timedelta(days=1),
        issuer=template.issuers[0].hex if template.issuers else "-",
        since=now,
    )


def manifest(issuer: str, answers: str, outstanding: Sequence[Handed], lang: Lang) -> str:
    """Return the page, Markdown: each outstanding request with what the CA must put into its certificate."""
    lines = [f"# {say('issue.manifest-title', lang, issuer=issuer)}", ""]
    if not outstanding:
        return "\n".join([*lines, say("issue.manifest-none", lang), ""])
    lines += [say("issue.manifest-how", lang, folder=answers), ""]
    for one in outstanding:
        lines += _section(one, lang)
    return "\n".join(lines)


@cache  # the pages are written again with each request: what they say of the others stays
def _section(one: Handed, lang: Lang) -> tuple[str, ...]:
    items = (
        say("issue.manifest-file", lang, file=f"{one.id}.csr", fingerprint=one.request),
        say("issue.manifest-subject", lang, subject=one.subject or "-"),
        say("issue.manifest-names", lang, names=one.names),
        say("issue.manifest-purposes", lang, purposes=one.purposes),
        say("issue.manifest-usage", lang, usage=one.usage),
        say("issue.manifest-key", lang, key=one.key_kind),
        say("issue.manifest-lifetime", lang, days=f"{one.days:g}"),
        say("issue.manifest-chain", lang, issuer=one.issuer),
        say("issue.manifest-since", lang, since=one.since),
    )
    return (f"## {one.id}", "", *(f"- {item}" for item in items), "")
