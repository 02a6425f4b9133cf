"""How entries of an endpoint store look: a line each, one in full, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warifu.apps.cli.render import Output, to_json
from warifu.domain.endpoint import Entry
from warifu.domain.endpoint.names import default_alias
from warifu.domain.findings import Code, Finding, Lang, say, word
from warifu.domain.x509 import Certificate
from warifu.wire.endpoint import Entries

_NO_KEY_ID = Code.KEY_ID_MISSING.value


def damaged_of(page: Entries) -> Iterator[Finding]:
    """Yield what could not be read of a page."""
    for row in page.damaged:
        yield Finding(
            Code.ENDPOINT_ENTRY_DAMAGED, row.alias, {"endpoint_store": row.store, "reason": row.reason}
        )


def show_entries(
    out: Output, entries: Sequence[Entry], damaged: Sequence[Finding], last: Entries | None
) -> None:
    """Show entries, what is damaged among them, and where the next page begins."""
    out.table(
        (
            "endpoint.heading-store",
            "endpoint.heading-alias",
            "endpoint.heading-kind",
            "endpoint.heading-subject",
            "endpoint.heading-ends",
            "endpoint.heading-provenance",
            "endpoint.heading-state",
        ),
        [_line(entry, out.lang) for entry in entries],
    )
    out.findings(damaged)
    following = None if last is None else last.following
    if following is not None and last is not None:
        out.line("endpoint.more", total=last.total, following=following)
    document: dict[str, object] = {"entries": [entry_facts(one) for one in entries]}
    if last is not None:
        document |= {"total": last.total, "following": following}
    out.json(document | {"findings": [to_json(one, out.lang) for one in damaged]})


def _line(entry: Entry, lang: Lang) -> tuple[object, ...]:
    return (
        entry.store,
        entry.alias,
        word("entry-kind", entry.kind.value, lang),
        _about(entry),
        entry.not_after or "-",
        word("entry-from", entry.provenance.value, lang),
        _state(entry, lang),
    )


def _about(entry: Entry) -> str:
    if entry.crl is not None:
        return entry.crl.issuer_text
    return entry.certificates[0].label if entry.certificates else "-"


def _state(entry: Entry, lang: Lang) -> str:
    held = entry.exception
    if held is not None:
        key = "endpoint.state-distrusted-until" if held.distrusts else "endpoint.state-kept-until"
        return say(key, lang, until=held.until)
    if entry.distrusted:
        return say("endpoint.state-quarantined", lang)
    first = entry.certificates[:1]
    return say("endpoint.state-no-key-id", lang) if first and first[0].subject_key_id is None else "-"


def show_entry(out: Output, entry: Entry) -> None:
    """Show one entry in full: every certificate of its chain."""
    facts = entry_facts(entry)
    certificates = facts.pop("certificates")
    for name, value in facts.items():
        if value not in (None, "", []):
            out.text(f"{say(_HEADINGS[name], out.lang)}: {_said(value)}")
    for certificate in certificates if isinstance(certificates, list) else ():
        out.text()
        for name, value in certificate.items():
            out.text(f"  {say(_OF_CERTIFICATE[name], out.lang)}: {_said(value)}")
    out.json(entry_facts(entry))


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name}={one}" for name, one in value.items())
    return "-" if value is None else str(value)


_HEADINGS = {
    "store": "endpoint.heading-store",
    "alias": "endpoint.heading-alias",
    "kind": "endpoint.heading-kind",
    "provenance": "endpoint.heading-provenance",
    "domain": "endpoint.heading-domain",
    "added": "endpoint.heading-added",
    "ends": "endpoint.heading-ends",
    "distrusted": "endpoint.heading-distrusted",
    "exception": "endpoint.heading-exception",
    "sha256": "endpoint.heading-fingerprint",
    "flags": "endpoint.heading-flags",
    "crl": "endpoint.heading-crl",
}
_OF_CERTIFICATE = {
    "subject": "endpoint.heading-subject",
    "issuer": "endpoint.heading-issuer",
    "serial": "endpoint.heading-serial",
    "not_before": "endpoint.heading-begins",
    "not_after": "endpoint.heading-ends",
    "key": "endpoint.heading-key",
    "key_id": "endpoint.heading-key-id",
    "authority_key_id": "endpoint.heading-authority",
    "legacy_id": "endpoint.heading-legacy-id",
    "key_usage": "endpoint.heading-usage",
    "extended_key_usage": "endpoint.heading-purposes",
    "is_ca": "endpoint.heading-ca",
    "sha256": "endpoint.heading-fingerprint",
    "sha1": "endpoint.heading-sha1",
}


def entry_facts(entry: Entry) -> dict[str, object]:
    """Return an entry as JSON shows it; nothing of its key or secret is in it."""
    held = entry.exception
    first = entry.certificates[:1]
    return {
        "store": entry.store,
        "alias": entry.alias,
        "kind": entry.kind.value,
        "provenance": entry.provenance.value,
        "domain": entry.domain,
        "added": entry.added,
        "ends": entry.not_after,
        "distrusted": entry.distrusted,
        "exception": None
        if held is None
        else {"by": held.by, "reason": held.reason, "until": held.until, "distrusts": held.distrusts},
        "sha256": entry.fingerprint.hex if entry.fingerprint else None,
        "flags": [_NO_KEY_ID] if first and first[0].subject_key_id is None else [],
        "crl": None
        if entry.crl is None
        else {"issuer": entry.crl.issuer_text, "number": entry.crl.number, "from": entry.crl.this_update},
        "certificates": [_certificate(one) for one in entry.certificates],
    }


def _certificate(one: Certificate) -> dict[str, object]:
    return {
        "subject": one.subject.text,
        "issuer": one.issuer.text,
        "serial": f"{one.serial:x}",
        "not_before": one.not_before,
        "not_after": one.not_after,
        "key": str(one.public_key or "-"),
        "key_id": one.subject_key_id.hex if one.subject_key_id else None,
        "authority_key_id": one.authority_key_id.hex if one.authority_key_id else None,
        "legacy_id": one.legacy_key_id.hex if one.legacy_key_id else None,
        "key_usage": sorted(one.key_usage or ()),
        "extended_key_usage": list(one.extended_key_usage or ()),
        "is_ca": one.is_ca,
        "sha256": one.fingerprint.hex,
        "sha1": default_alias(one),
    }
