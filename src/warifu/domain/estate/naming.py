"""Which certificate a person means.

A certificate is named by SHA-256 or SHA-1 fingerprint (whole, or a beginning of at least eight
digits), by key id with or without colons, by serial, by alias (identity, trust store or slot), or by
subject. A subject is only a hint: two anchors may share it, so a name that fits several is refused
and all of them are listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from warifu.domain.estate.model import Estate, IdentitySlot
from warifu.domain.estate.state import IdentityValue, Observed, SlotState, TrustValue
from warifu.domain.x509 import Certificate, KeyId
from warifu.errors import RefusedError, UsageError

_HEX = re.compile(r"(?:0x)?[0-9A-Fa-f]+")
_SEPARATORS = re.compile(r"[\s:]")
SHORTEST_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Match:
    """A certificate that a name fits, and how the name was understood.

    Args:
        how: `sha256`, `sha1`, `key-id`, `serial`, `alias` or `subject`.
    """

    certificate: Certificate
    how: str

    def __str__(self) -> str:
        one = self.certificate
        return (
            f"{one.subject} [key id {one.subject_key_id or '-'}, SHA-256 {one.fingerprint}, "
            f"serial {one.serial:x}, until {one.not_after.isoformat(sep=' ')}]"
        )


def find_certificate(
    text: str, certificates: Iterable[Certificate], estate: Estate, observed: Observed | None
) -> Certificate:
    """Return the one certificate that a name fits.

    Args:
        certificates: the candidates: what was seen, and what was read from files.
        estate, observed: what aliases mean now; without a look, aliases mean nothing.

    Raises:
        UsageError: `estate.no-such-certificate`; `estate.key-id-of-nobody` and `estate.fingerprint-of-nobody`
            where the form of the text tells what was meant.
        RefusedError: `estate.ambiguous-name`, with every match.
    """
    return only_one(text, find_matches(text, certificates, estate, observed))


def only_one(text: str, matches: Sequence[Match]) -> Certificate:
    """Return the certificate of the only match.

    Raises:
        UsageError, RefusedError: as `find_certificate`.
    """
    if len(matches) == 1:
        return matches[0].certificate
    if matches:
        listed = "".join(f"\n  {match}" for match in matches)
        raise RefusedError(
            "estate.ambiguous-name", name=text, how=matches[0].how, count=len(matches), matches=listed
        )
    digits = hex_digits(text)
    if digits and len(digits) == 64:
        raise UsageError("estate.fingerprint-of-nobody", name=text)
    if digits and len(digits) == 40:
        raise UsageError("estate.key-id-of-nobody", name=text)
    raise UsageError("estate.no-such-certificate", name=text)


def find_matches(
    text: str, certificates: Iterable[Certificate], estate: Estate, observed: Observed | None
) -> tuple[Match, ...]:
    """Return every certificate that a name fits, by the most exact notion that fits any."""
    seen = (*certificates, *(observed.certificates.values() if observed else ()))
    return match_named(text, seen, _aliases(text, estate, observed))


def match_named(text: str, certificates: Iterable[Certificate], called: Collection[str]) -> tuple[Match, ...]:
    """Return every certificate that a name fits, by the most exact notion that fits any.

    Args:
        called: fingerprints (SHA-256, hex) of those whose alias the name is.
    """
    seen = tuple(dict.fromkeys(certificates))
    digits = hex_digits(text)
    notions: list[tuple[str, Callable[[Certificate], bool]]] = []
    if digits:
        notions += [
            ("sha256", lambda one: one.fingerprint.hex == digits),
            ("sha1", lambda one: _sha1(one) == digits),
            ("key-id", lambda one: _has_key_id(one, digits)),
        ]
    notions.append(("alias", lambda one: one.fingerprint.hex in called))
    notions.append(("subject", lambda one: _has_subject(one, text)))
    if digits:
        notions.append(("serial", lambda one: one.serial > 0 and one.serial == int(digits, 16)))
        if len(digits) >= SHORTEST_PREFIX:
            notions.append(("sha256", lambda one: one.fingerprint.hex.startswith(digits)))
    for how, fits in notions:
        found = tuple(Match(one, how) for one in seen if fits(one))
        if found:
            return found
    return ()


def find_identity(text: str, certificates: Iterable[Certificate], estate: Estate, observed: Observed) -> str:
    """Return the name of the identity that a text means: its own name, a slot's, or a certificate it presents.

    Raises:
        UsageError, RefusedError: as `find_certificate`; `estate.no-such-identity` when the certificate found
            is presented by no slot; `estate.ambiguous-identity` when slots of several identities present it.
    """
    if text in estate.identities:
        return text
    slot = estate.slots.get(text)
    if isinstance(slot, IdentitySlot):
        return slot.identity
    certificate = find_certificate(text, certificates, estate, observed)
    names = {
        slot.identity
        for slot in estate.slots.values()
        if isinstance(slot, IdentitySlot)
        and certificate.fingerprint.hex in _leaves(observed.slots.get(slot.name))
    }
    if not names:
        raise UsageError("estate.no-such-identity", name=text, fingerprint=certificate.fingerprint)
    if len(names) > 1:
        raise RefusedError("estate.ambiguous-identity", name=text, found=sorted(names))
    return names.pop()


def hex_digits(text: str) -> str:
    """Return the lower-case digits of a text that is hexadecimal, with or without colons; else nothing."""
    plain = _SEPARATORS.sub("", re.sub(r"(?i)^sha-?(256|1)[:=]", "", text.strip()))
    return plain.lower().removeprefix("0x") if plain and _HEX.fullmatch(plain) else ""


def _sha1(certificate: Certificate) -> str:
    return hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest()


def key_ids(certificate: Certificate) -> tuple[KeyId, ...]:
    """Return the ids under which a certificate's key is known: its own, or where it states none both that tools make up.

    Those are a VMDIR's (SHA-1 of the whole SubjectPublicKeyInfo), then that of RFC 5280 §4.2.1.2 (1) (of the key's bits).
    """
    if certificate.subject_key_id is not None:
        return (certificate.subject_key_id,)
    key, legacy = certificate.public_key, certificate.legacy_key_id
    return () if key is None or legacy is None else (legacy, KeyId.of(key.key_hash("sha1")))


def _has_key_id(certificate: Certificate, digits: str) -> bool:
    return any(one.hex.lower() == digits for one in key_ids(certificate))


def _has_subject(certificate: Certificate, text: str) -> bool:
    """Whole subject, in the order of RFC 4514 or the reverse one that tools print, or one common name."""
    wanted = text.strip()
    if not wanted:
        return False
    subject = certificate.subject
    parts = _rdns(subject.text)
    orders = (parts, tuple(reversed(parts)))
    names = certificate.names.texts if certificate.names else ()
    return wanted == subject.text or _rdns(wanted) in orders or wanted in (*subject.common_names, *names)


def _rdns(text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"(?<!\\)[,/]", text) if part.strip()]
    return tuple(
        f"{key.strip().upper()}={value.strip()}" if equals else part.strip()
        for part in parts
        for key, equals, value in [part.partition("=")]
    )


def _aliases(text: str, estate: Estate, observed: Observed | None) -> frozenset[str]:
    """Return the fingerprints of what an identity, trust store or slot of this name holds."""
    states: Mapping[str, SlotState] = observed.slots if observed else {}
    found: set[str] = set()
    for slot in estate.slots.values():
        named = slot.identity if isinstance(slot, IdentitySlot) else slot.store
        if text in (slot.name, named):
            state = states.get(slot.name)
            found |= _leaves(state) | _anchors(state)
    return frozenset(found)


def _leaves(state: SlotState | None) -> set[str]:
    return {value.leaf for value in (state.values if state else ()) if isinstance(value, IdentityValue)}


def _anchors(state: SlotState | None) -> set[str]:
    values = state.values if state else ()
    return {anchor for value in values if isinstance(value, TrustValue) for anchor in value.anchors}
