"""What a trust domain publishes at one version, as documents: `DOMAIN/bundle.json` and `DOMAIN/crls/SHA256.crl`.

Canonical: keys sorted, no spaces, ASCII, objects sorted by their SHA-256, times in UTC; the same version has the same
bytes on every machine. A document whose frame is wrong is refused as a whole. One bad object in a good frame is set
aside with a finding, so that it does not hold up the others.

An anchor in quarantine is listed with its bytes: a node can name what it distrusts, and a restored one is the same.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from warifu.domain.directory import Anchor, AnchorKind, Published, Standing
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Certificate, PrivateKey, RevocationList, Sha256
from warifu.errors import UsageError

FORMAT = 1
DOMAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
DOCUMENT_NAME = re.compile(r"(?P<domain>[a-z0-9][a-z0-9-]{0,62})/(?:bundle\.json|crls/[0-9a-f]{64}\.crl)")
_FRAME = frozenset({"anchors", "at", "crls", "domain", "format", "plan", "planned", "version"})
_ANCHOR = frozenset({"alias", "der", "kind", "sha256", "standing"})
_CRL = frozenset({"length", "sha256"})
_HEX = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
_LAST_VERSION = 2**53  # the largest count that every reader of JSON keeps whole (RFC 8259 §6)
_LONGEST_ALIAS = 255
_KEY_MARK = b"PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class WantedCrl:
    """A CRL that a bundle lists; its bytes are a document of their own."""

    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class ReadBundle:
    """A bundle as it was read.

    Args:
        published: without what was set aside; `read_bundle` gives it no CRLs, `read_documents` does.
        crls: what it lists, sorted by SHA-256.
        faults: a finding for each object that was set aside.
        planned: anchors that left by plans which people approved, in this or an earlier version.
    """

    published: Published
    crls: tuple[WantedCrl, ...]
    faults: tuple[Finding, ...]
    planned: frozenset[Sha256] = frozenset()


def bundle_name(domain: str) -> str:
    """Return the name of a trust domain's bundle."""
    return f"{domain}/bundle.json"


def crl_name(domain: str, sha256: str) -> str:
    """Return the name of a CRL of a trust domain."""
    return f"{domain}/crls/{sha256}.crl"


def to_documents(published: Published, planned: Collection[Sha256] = ()) -> dict[str, bytes]:
    """Return all documents of a trust domain at one version, by name.

    Args:
        planned: anchors that left by approved plans: who slept through that version follows this one all the same.
    """
    crls = {crl_name(published.domain, one.fingerprint.hex): one.der for one in published.crls}
    return {bundle_name(published.domain): encode(published, planned), **crls}


def encode(published: Published, planned: Collection[Sha256] = ()) -> bytes:
    """Return the canonical bytes of a bundle; see `to_documents`."""
    document = {
        "format": FORMAT,
        "domain": published.domain,
        "version": published.version,
        "at": published.at.astimezone(UTC).isoformat() if published.at else None,
        "plan": published.plan,
        "planned": sorted(key.hex for key in planned),
        "anchors": [_plain(one) for one in sorted(published.anchors, key=lambda one: one.key.hex)],
        "crls": [
            {"sha256": one.fingerprint.hex, "length": len(one.der)}
            for one in sorted(published.crls, key=lambda one: one.fingerprint.hex)
        ],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def read_bundle(data: bytes, domain: str) -> ReadBundle:
    """Read a trust domain's bundle.

    Args:
        domain: whose bundle it must be.

    Raises:
        UsageError: `bundle.malformed`, `bundle.format-unknown`, `bundle.other-domain`: the frame is wrong.
    """
    frame = _frame(data, domain)
    faults: list[Finding] = []
    anchors = dict[str, Anchor]()
    for part, entry in _entries(frame, "anchors"):
        anchor = _anchor(entry, domain, part)
        if isinstance(anchor, Anchor) and anchor.key.hex in anchors:
            anchor = _unreadable(domain, part, "entry-twice")
        if isinstance(anchor, Finding):
            faults.append(anchor)
        else:
            anchors[anchor.key.hex] = anchor
    crls = dict[str, WantedCrl]()
    for part, entry in _entries(frame, "crls"):
        wanted = _wanted(entry)
        if wanted is None or wanted.sha256 in crls:
            faults.append(_unreadable(domain, part, "entry-twice" if wanted else "entry-form"))
        else:
            crls[wanted.sha256] = wanted
    published = Published(
        domain,
        frame["version"],
        _instant(frame["at"]),
        tuple(anchors[key] for key in sorted(anchors)),
        plan=frame["plan"],
    )
    planned = frozenset(Sha256(text) for text in frame["planned"])
    return ReadBundle(published, tuple(crls[key] for key in sorted(crls)), tuple(faults), planned)


def read_documents(documents: Mapping[str, bytes], domain: str) -> ReadBundle:
    """Read all of a trust domain, its CRLs included; a CRL that is absent or bad is set aside.

    Raises:
        UsageError: as `read_bundle`, and `bundle.malformed` where there is no bundle.
    """
    name = bundle_name(domain)
    if name not in documents:
        raise UsageError("bundle.malformed", path=name, found="nothing")
    read = read_bundle(documents[name], domain)
    faults, crls = list(read.faults), list[RevocationList]()
    for wanted in read.crls:
        found = _crl(documents.get(crl_name(domain, wanted.sha256)), wanted, domain)
        if isinstance(found, Finding):
            faults.append(found)
        else:
            crls.append(found)
    return replace(read, published=replace(read.published, crls=tuple(crls)), faults=tuple(faults))


def _plain(anchor: Anchor) -> dict[str, str]:
    return {
        "alias": anchor.alias,
        "der": base64.b64encode(anchor.certificate.der).decode("ascii"),
        "kind": str(anchor.kind),
        "sha256": anchor.key.hex,
        "standing": str(anchor.standing),
    }


def _frame(data: bytes, domain: str) -> dict[str, Any]:
    try:
        frame = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UsageError("bundle.malformed", path="/", found="not-json") from None
    if not isinstance(frame, dict):
        raise UsageError("bundle.malformed", path="/", found=type(frame).__name__)
    found = frame.get("format")
    if found != FORMAT or isinstance(found, bool):
        is_later = isinstance(found, int) and found > FORMAT
        if is_later:
            raise UsageError("bundle.format-unknown", found=found, known=FORMAT)
        raise UsageError("bundle.malformed", path="/format", found=type(found).__name__)
    odd = sorted(set(frame) ^ _FRAME)
    if odd:
        raise UsageError(
            "bundle.malformed", path=f"/{odd[0]}", found="extra" if odd[0] in frame else "nothing"
        )
    for name in _FRAME - {"format"}:
        if not _is_sound(name, frame[name]):
            raise UsageError("bundle.malformed", path=f"/{name}", found=type(frame[name]).__name__)
    if frame["domain"] != domain:
        raise UsageError("bundle.other-domain", wanted=domain, found=frame["domain"])
    return frame


def _is_sound(name: str, value: object) -> bool:
    match name:
        case "anchors" | "crls":
            return isinstance(value, list)
        case "planned":
            return isinstance(value, list) and all(
                isinstance(one, str) and _HEX.fullmatch(one) is not None for one in value
            )
        case "version":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_VERSION
        case "at":
            return value is None or _instant(value) is not None
        case "plan":
            return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
        case _:
            return isinstance(value, str) and DOMAIN_NAME.fullmatch(value) is not None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _entries(frame: Mapping[str, Any], name: str) -> Iterator[tuple[str, object]]:
    for place, entry in enumerate(frame[name]):
        yield f"{name}[{place}]", entry


def _anchor(entry: object, domain: str, part: str) -> Anchor | Finding:  # noqa: PLR0911  # one line a fault
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        return _unreadable(domain, part, "entry-form")
    if any(_KEY_MARK in value.encode("utf-8", "replace") for value in entry.values()):
        return Finding(Code.BUNDLE_HOLDS_KEY, domain, {"part": part})
    if (
        set(entry) != _ANCHOR
        or entry["kind"] not in set(AnchorKind)
        or entry["standing"] not in set(Standing)
    ):
        return _unreadable(domain, part, "entry-form")
    alias = entry["alias"]
    if not _HEX.fullmatch(entry["sha256"]):
        return _unreadable(domain, part, "entry-form")
    if len(alias) > _LONGEST_ALIAS or not alias.isprintable() or "/" in alias:
        return _unreadable(domain, part, "entry-alias")
    try:
        der = base64.b64decode(entry["der"], validate=True)
    except (binascii.Error, ValueError):
        return _unreadable(domain, part, "entry-not-base64")
    if _is_key(der):
        return Finding(Code.BUNDLE_HOLDS_KEY, domain, {"part": part})
    found = Sha256.of(der).hex
    if found != entry["sha256"]:
        evidence = {"part": part, "found": found, "expected": entry["sha256"]}
        return Finding(Code.BUNDLE_ENTRY_DIFFERS, domain, evidence)
    try:
        certificate = Certificate(der)
    except UsageError as error:
        return _unreadable(domain, part, str(error.values["reason"]))
    return Anchor(certificate, alias, AnchorKind(entry["kind"]), Standing(entry["standing"]))


def _is_key(der: bytes) -> bool:
    """Tell whether bytes hold a private key, in PEM or bare."""
    if _KEY_MARK in der:
        return True
    try:
        PrivateKey.load_der(der)
    except UsageError:
        return False
    return True


def _wanted(entry: object) -> WantedCrl | None:
    if not isinstance(entry, dict) or set(entry) != _CRL:
        return None
    sha256, length = entry["sha256"], entry["length"]
    if not isinstance(sha256, str) or not _HEX.fullmatch(sha256):
        return None
    if not isinstance(length, int) or isinstance(length, bool) or not 0 < length <= _LAST_VERSION:
        return None
    return WantedCrl(sha256, length)


def _crl(data: bytes | None, wanted: WantedCrl, domain: str) -> RevocationList | Finding:
    part = f"crls/{wanted.sha256}.crl"
    if data is None:
        return _unreadable(domain, part, "entry-absent")
    found = Sha256.of(data).hex
    if found != wanted.sha256:
        return Finding(
            Code.BUNDLE_ENTRY_DIFFERS, domain, {"part": part, "found": found, "expected": wanted.sha256}
        )
    try:
        return RevocationList(data)
    except UsageError as error:
        return _unreadable(domain, part, str(error.values["reason"]))


def _unreadable(domain: str, part: str, reason: str) -> Finding:
    return Finding(Code.BUNDLE_ENTRY_UNREADABLE, domain, {"part": part, "reason": reason})
