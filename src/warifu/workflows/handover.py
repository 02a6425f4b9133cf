"""Makes a step ready for people: files, checksums, a page, and for Windows a script, in one folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from warifu.domain.estate import ByHand, IdentitySlot, Node, Owner, Service, Slot, TrustValue
from warifu.domain.findings import Lang
from warifu.domain.rotation.handover import Handed, Handover, render_page
from warifu.domain.rotation.steps import Switch
from warifu.domain.rotation.windows_script import render_windows_script
from warifu.domain.x509 import to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.ports.files import Files
from warifu.ports.targets import Content, IdentityContent, TrustContent


@dataclass(frozen=True, slots=True)
class HandoverPaths:
    """Where everything lies: `page` is what people open first."""

    folder: str
    page: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Errand:
    """One step for people, with what it is about.

    Args:
        owner: whom it is given to; None where the estate names nobody.
        passphrase: protects the PFX file of a Windows service; drawn anew for each folder, never shown.
    """

    step: Switch
    content: Content
    service: Service
    slot: Slot
    node: Node
    owner: Owner | None
    asked: datetime
    passphrase: bytes = b""


def prepare_handover(errand: Errand, folder: str, *, files: Files, lang: Lang) -> HandoverPaths:
    """Write the hand-over folder (0700) of a step: done again, it replaces them.

    Files with secrets have mode 0600 from their first byte, all others too: the folder is for one
    person until it is handed over.

    Raises:
        CouldNotLookError: `io.cannot-write`.
    """
    contents, handed = _contents(errand)
    handover = describe_handover(errand, handed)
    if handover.platform == "windows":
        script = render_windows_script(handover, lang)
        contents["install.ps1"] = script.encode("utf-8-sig")  # Windows PowerShell 5.1 needs the mark
    contents["SHA256SUMS"] = _sums(contents)
    contents["README.md"] = render_page(handover, lang).encode()
    for name, data in contents.items():
        files.write(f"{folder}/{name}", data, mode=0o600)
    return HandoverPaths(folder, f"{folder}/README.md", tuple(f"{folder}/{name}" for name in contents))


def describe_handover(errand: Errand, handed: tuple[Handed, ...]) -> Handover:
    """Return what the page and the script tell."""
    reach, content, service = errand.node.reach, errand.content, errand.service
    platform = reach.platform if isinstance(reach, ByHand) else "linux"
    names = errand.slot.asked_names if isinstance(errand.slot, IdentitySlot) else ()
    if platform == "windows":
        handed = (*handed, Handed("install.ps1", "script"))
    return Handover(
        step=errand.step.id,
        service=service.name,
        slot=errand.slot.name,
        node=errand.node.name,
        platform=platform,
        owner=errand.owner.name if errand.owner else "",
        files=handed,
        addresses=service.addresses,
        dialect=service.dialect,
        server_name=next(iter(names), ""),
        leaf=content.leaf if isinstance(content, IdentityContent) else None,
        anchors=content.anchors if isinstance(content, TrustContent) else (),
        removed=_removed(errand),
        interrupts=errand.step.interrupts,
        windows_service=service.options.get("windows-service", ""),
        account=service.options.get("account", ""),
        answer_by=errand.asked + errand.owner.answer_within if errand.owner else None,
    )


def _removed(errand: Errand) -> tuple[str, ...]:
    if not isinstance(errand.content, TrustContent):
        return ()
    kept = {anchor.fingerprint.hex for anchor in errand.content.anchors}
    held = [v for v in errand.step.before if isinstance(v, TrustValue)]
    return tuple(dict.fromkeys(f for value in held for f in value.anchors if f not in kept))


def _contents(errand: Errand) -> tuple[dict[str, bytes], tuple[Handed, ...]]:
    reach = errand.node.reach
    windows = isinstance(reach, ByHand) and reach.platform == "windows"
    if isinstance(errand.content, TrustContent):
        return _trust_files(errand.content, errand.slot)
    if windows:
        return _windows_files(errand.content, errand)
    return _identity_files(errand.content, errand.slot)


def _trust_files(content: TrustContent, slot: Slot) -> tuple[dict[str, bytes], tuple[Handed, ...]]:
    path = "" if isinstance(slot, IdentitySlot) else slot.anchors
    contents = {"anchors.pem": to_pem(content.anchors)}
    handed = [Handed("anchors.pem", "anchors", path)]
    for number, anchor in enumerate(content.anchors, 1):
        contents[f"anchor-{number}.cer"] = anchor.der
        handed.append(Handed(f"anchor-{number}.cer", "anchor"))
    if content.crls:
        contents["crls.pem"] = crls_to_pem(content.crls)
        handed.append(Handed("crls.pem", "crls", "" if isinstance(slot, IdentitySlot) else slot.crls))
    return contents, tuple(handed)


def _identity_files(content: IdentityContent, slot: Slot) -> tuple[dict[str, bytes], tuple[Handed, ...]]:
    place = slot if isinstance(slot, IdentitySlot) else None
    contents = {"certificate.pem": to_pem([content.leaf, *content.chain])}
    handed = [Handed("certificate.pem", "certificate", place.certificate if place else "")]
    if content.chain:
        contents["chain.pem"] = to_pem(content.chain)
        handed.append(Handed("chain.pem", "chain", place.chain if place else ""))
    if content.key is not None:
        contents["key.pem"] = content.key.to_pkcs8()
        handed.append(Handed("key.pem", "key", place.key if place else ""))
    return contents, tuple(handed)


def _windows_files(content: IdentityContent, errand: Errand) -> tuple[dict[str, bytes], tuple[Handed, ...]]:
    if content.key is None:
        contents = {"certificate.cer": content.leaf.der}
        handed = [Handed("certificate.cer", "leaf")]
    else:
        pfx = pkcs12.serialize_key_and_certificates(
            errand.service.name.encode(),
            content.key.raw,  # type: ignore[arg-type]  # a key that signs
            content.leaf.parsed,
            [certificate.parsed for certificate in content.chain],
            BestAvailableEncryption(errand.passphrase),
        )
        contents = {"identity.pfx": pfx, "passphrase.txt": errand.passphrase}
        handed = [Handed("identity.pfx", "pfx"), Handed("passphrase.txt", "passphrase")]
    for number, certificate in enumerate(content.chain, 1):
        contents[f"intermediate-{number}.cer"] = certificate.der
        handed.append(Handed(f"intermediate-{number}.cer", "intermediate"))
    return contents, tuple(handed)


def _sums(contents: Mapping[str, bytes]) -> bytes:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(contents.items())]
    return "".join(lines).encode()
