"""A new certificate beside the one it replaces: what is lost, what is new, and what peers must trust first.

Names, purposes and key usages are compared as sets: their order and letters' case never matter. What is
lost is an error, because somebody who connects now may rely on it; what is gained is a note. With a
request and a target's profile at hand, both are judged too. Nothing stops at the first difference.

Spec: RFC 5280 §4.1, §4.2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust.alternative_names import (
    AlternativeName,
    names_of,
    names_of_request,
    rarer_names_of,
)
from warifu.domain.trust.issuer_change import IssuerChange, Sent, compare_issuers
from warifu.domain.x509 import Certificate, PublicKey, Request, Sha256, Usage

_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_FIT_HASH = _HASHES.index("sha256")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the comparison.

    Args:
        name: `dns-names`, `purposes`, `key`, ...
        standing: `equal`, `changed`, `lost` or `gained`.
    """

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """A request that was discarded: no certificate of its key is of use any more."""

    id: str
    key: Sha256
    voided: datetime | None


@dataclass(frozen=True, slots=True)
class RenewalPolicy:
    """What is decided by people.

    Args:
        key_reuse: what it weighs that the new certificate has the old one's key; None lets it pass.
    """

    key_reuse: Severity | None = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Renewal:
    """The question.

    Args:
        pool: CA certificates at hand: what came with either, and libraries.
        sent: what came with each.
        requests: what the new certificate should answer; one of them, if there are any.
        discarded: requests on record that were given up.
    """

    old: Certificate
    new: Certificate
    pool: tuple[Certificate, ...] = ()
    requests: tuple[Request, ...] = ()
    discarded: tuple[Discarded, ...] = ()
    policy: RenewalPolicy = field(default_factory=RenewalPolicy)
    source: str = "-"
    sent: Sent = field(default_factory=Sent)


@dataclass(frozen=True, slots=True)
class RenewalDiff:
    """The answer.

    Args:
        items: row by row, equal ones included.
        findings: everything found, ranked, the issuer's included.
    """

    items: tuple[Item, ...]
    issuer: IssuerChange
    findings: tuple[Finding, ...]

    @property
    def is_fit(self) -> bool:
        """Nothing that was there is lost, and nothing keeps it from being installed."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def compare_renewal(asked: Renewal, *, now: datetime) -> RenewalDiff:
    """Compare a new certificate with the one it replaces."""
    old, new = asked.old, asked.new
    now = now.replace(microsecond=0)  # the period includes its last second, whole
    issuer = compare_issuers(old, new, asked.pool, now=now, sent=asked.sent)
    findings = (
        *find_losses(old, new),
        *_subject(old, new),
        *_key(old, new, asked.policy),
        *_signature(old, new),
        *_validity(old, new, now),
        *_request(asked),
        *issuer.findings,
    )
    return RenewalDiff(tuple(_items(old, new)), issuer, rank(findings))


def find_losses(old: Certificate, new: Certificate) -> Iterator[Finding]:
    """Yield what the new certificate is not good for any more, and what it is good for besides.

    Losses are errors: they stop an installation until somebody approves them.
    """
    yield from _names(old, new)
    yield from _purposes(old, new)
    yield from _usages(old, new)


def _names(old: Certificate, new: Certificate) -> Iterator[Finding]:
    before, after = rarer_names_of(old), rarer_names_of(new)
    lost = (*_without(names_of(old), names_of(new)), *(one for one in before if one not in after))
    gained = (*_without(names_of(new), names_of(old)), *(one for one in after if one not in before))
    if lost:
        yield _on(new, Severity.ERROR, Code.RENEWAL_NAMES_LOST, missing=lost)
    if gained:
        yield _on(new, Severity.NOTE, Code.RENEWAL_NAMES_GAINED, extra=gained)


def _without(names: Iterable[AlternativeName], others: Iterable[AlternativeName]) -> tuple[str, ...]:
    known = {name.folded for name in others}
    return tuple(dict.fromkeys(str(name) for name in names if name.folded not in known))


def _purposes(old: Certificate, new: Certificate) -> Iterator[Finding]:
    before, after = old.extended_key_usage, new.extended_key_usage
    if before is None and after is not None:  # silence stood for every purpose
        yield _on(new, Severity.WARNING, Code.RENEWAL_PURPOSES_NARROWED, purposes=after)
    elif before is not None and after is None:
        yield _on(new, Severity.WARNING, Code.RENEWAL_PURPOSES_UNSTATED, purposes=before)
    elif before is not None and after is not None:
        lost = tuple(one for one in dict.fromkeys(before) if one not in after)
        gained = tuple(one for one in dict.fromkeys(after) if one not in before)
        if lost:
            yield _on(new, Severity.ERROR, Code.RENEWAL_PURPOSES_LOST, missing=lost, purposes=after or "-")
        if gained:
            yield _on(new, Severity.NOTE, Code.RENEWAL_PURPOSES_GAINED, extra=gained)


def _usages(old: Certificate, new: Certificate) -> Iterator[Finding]:
    before, after = old.key_usage, new.key_usage
    if before is None or after is None:  # an absent keyUsage allows everything, and most targets say nothing
        return
    lost = before - after
    if not lost:
        return
    is_rsa = new.public_key is None or new.public_key.algorithm == "RSA"
    needed = _OF_TLS if is_rsa else _OF_TLS - _OF_RSA
    weight = (
        Severity.ERROR if lost & needed else Severity.WARNING if is_rsa or lost - _OF_RSA else Severity.NOTE
    )
    shown = tuple(sorted(lost))
    yield _on(new, weight, Code.RENEWAL_USAGE_LOST, missing=shown, key_usage=tuple(sorted(after)) or "-")


_OF_RSA = frozenset({Usage.KEY_ENCIPHERMENT, Usage.DATA_ENCIPHERMENT})
"""Bits that mean something for RSA keys alone (RFC 8813 §3)."""
_OF_TLS = frozenset({Usage.DIGITAL_SIGNATURE, Usage.KEY_ENCIPHERMENT})
"""Bits without which handshakes fail (RFC 8446 §4.4.2.2, RFC 5246 §7.4.2); the loss of another may be meant."""


def _subject(old: Certificate, new: Certificate) -> Iterator[Finding]:
    if old.subject.folded != new.subject.folded:
        evidence = {"before": str(old.subject), "got": str(new.subject)}
        yield _on(new, Severity.WARNING, Code.RENEWAL_SUBJECT_DIFFERS, **evidence)


def _key(old: Certificate, new: Certificate, policy: RenewalPolicy) -> Iterator[Finding]:
    before, after = old.public_key, new.public_key
    if before is None or after is None:
        return
    if before.sha256 == after.sha256:
        if policy.key_reuse is not None and old != new:
            evidence = {"key": str(after), "since": old.not_before}
            yield _on(new, policy.key_reuse, Code.RENEWAL_KEY_REUSED, **evidence)
    elif before.algorithm != after.algorithm:
        yield _on(new, Severity.NOTE, Code.RENEWAL_KEY_KIND_CHANGED, before=str(before), key=str(after))
    elif after.bits < before.bits:
        yield _on(new, Severity.WARNING, Code.RENEWAL_KEY_SMALLER, before=str(before), key=str(after))


def _signature(old: Certificate, new: Certificate) -> Iterator[Finding]:
    if old.signature_hash not in _HASHES or new.signature_hash not in _HASHES:
        return
    after = _HASHES.index(new.signature_hash)
    if after < _HASHES.index(old.signature_hash):
        weight = Severity.NOTE if after >= _FIT_HASH else Severity.WARNING
        evidence = {"before": old.signature_hash, "hash": new.signature_hash}
        yield _on(new, weight, Code.RENEWAL_HASH_SHORTER, **evidence)


def _validity(old: Certificate, new: Certificate, now: datetime) -> Iterator[Finding]:
    if old == new:
        yield _on(new, Severity.ERROR, Code.RENEWAL_IS_THE_OLD, not_after=new.not_after)
    elif new.not_after < old.not_after:
        evidence = {"not_after": new.not_after, "before": old.not_after}
        yield _on(new, Severity.ERROR, Code.RENEWAL_ENDS_EARLIER, **evidence)
    if now > new.not_after:
        yield _on(new, Severity.ERROR, Code.EXPIRED, not_after=new.not_after, now=now)
    elif now < new.not_before:
        yield _on(new, Severity.ERROR, Code.NOT_YET_VALID, not_before=new.not_before, now=now)


def _request(asked: Renewal) -> Iterator[Finding]:
    new, key = asked.new, asked.new.public_key
    if key is None:
        return
    for one in asked.discarded:
        if one.key == key.sha256:
            about = {"about": str(new.subject), "source": asked.source}
            evidence = {**about, "request": one.id, "voided": one.voided}
            yield Finding(Code.REQUEST_VOID, new.fingerprint.hex, evidence, Severity.ERROR)
    if not asked.requests:
        return
    own = [one for one in asked.requests if one.public_key.sha256 == key.sha256]
    if not own:
        texts = tuple(one.subject_text or one.fingerprint.short for one in asked.requests)
        yield _on(new, Severity.ERROR, Code.REQUEST_KEY_DIFFERS, request=texts, key=key)
        return
    lost = _without(names_of_request(own[0]), names_of(new))
    if lost:
        yield _on(new, Severity.ERROR, Code.RENEWAL_REQUEST_NAMES_LOST, missing=lost)


def _items(old: Certificate, new: Certificate) -> Iterator[Item]:
    for kind in ("DNS", "IP", "email", "URI"):
        before, after = (
            tuple(dict.fromkeys(name.text for name in names_of(one) if name.kind == kind))
            for one in (old, new)
        )
        if before or after or kind == "DNS":
            yield Item(f"{kind.casefold()}-names", before, after, _of_sets(before, after))
    before, after = rarer_names_of(old), rarer_names_of(new)
    if before or after:
        yield Item("other-names", before, after, _of_sets(before, after))
    yield _set("purposes", old.extended_key_usage, new.extended_key_usage)
    yield _set("key-usage", _sorted(old.key_usage), _sorted(new.key_usage))
    yield _one("subject", str(old.subject), str(new.subject), old.subject.folded == new.subject.folded)
    yield _one("issuer", str(old.issuer), str(new.issuer), old.issuer.folded == new.issuer.folded)
    yield _one("authority-key-id", _text(old.authority_key_id), _text(new.authority_key_id))
    yield _one("key", _key_text(old.public_key), _key_text(new.public_key))
    yield _one("signature-hash", old.signature_hash or "-", new.signature_hash or "-")
    yield _one("valid-from", f"{old.not_before:%Y-%m-%d %H:%M:%SZ}", f"{new.not_before:%Y-%m-%d %H:%M:%SZ}")
    yield _one("valid-until", f"{old.not_after:%Y-%m-%d %H:%M:%SZ}", f"{new.not_after:%Y-%m-%d %H:%M:%SZ}")


def _sorted(usage: frozenset[Usage] | None) -> tuple[str, ...] | None:
    return None if usage is None else tuple(sorted(usage))


def _set(name: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Item:
    if old is None or new is None:  # absent stands for all
        standing = "equal" if old is new else "changed"
        return Item(name, old or (), new or (), standing)
    return Item(name, old, new, _of_sets(old, new))


def _of_sets(old: Sequence[str], new: Sequence[str]) -> str:
    before, after = ({one.casefold().rstrip(".") for one in side} for side in (old, new))
    if before == after:
        return "equal"
    return "lost" if before - after else "gained"


def _one(name: str, old: str, new: str, same: bool | None = None) -> Item:  # noqa: FBT001  # of two texts, decided above
    equal = old == new if same is None else same
    return Item(name, (old,), (new,), "equal" if equal else "changed")


def _text(value: object) -> str:
    return "-" if value is None else str(value)


def _key_text(key: PublicKey | None) -> str:
    return "-" if key is None else f"{key}, {key.sha256.short}"


def _on(certificate: Certificate, weight: Severity, code: Code, **evidence: object) -> Finding:
    return Finding(code, certificate.fingerprint.hex, {"who": certificate.label, **evidence}, weight)
