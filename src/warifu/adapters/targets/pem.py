"""What PEM files have in common, whoever reads them: how a slot is read and written."""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.estate import IdentitySlot, Slot, TrustSlot
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import find_key_faults
from warifu.domain.x509 import Reading, read, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import UsageError
from warifu.ports.hosts import (
    FileSeen,
    HostReader,
    look_at,
)
from warifu.ports.targets import Content, FileWanted, IdentityContent, SlotSeen, TrustContent

CERTIFICATE_MODE = 0o644
KEY_MODE = 0o600


def read_slot(host: HostReader, slot: Slot) -> SlotSeen:
    """Look at a slot's PEM files.

    Raises:
        CouldNotLookError: a file is there and may not be read.
    """
    looks = look_at(host, slot.files)
    readings = {path: read(look.data, path) for path, look in looks.items()}
    findings = [Finding(Code.FILE_ABSENT, path) for path, look in looks.items() if look.kind != "file"]
    findings += [finding for reading in readings.values() for finding in reading.findings]
    if isinstance(slot, TrustSlot):
        return _trust(slot, looks, readings, findings)
    return _identity(slot, looks, readings, findings)


def encode_slot(slot: Slot, content: Content) -> tuple[FileWanted, ...]:
    """Return a slot's PEM files, the same bytes for the same content.

    Raises:
        UsageError: `install.content-unfit`: an identity for a trust slot, or the reverse.
    """
    if isinstance(slot, IdentitySlot) and isinstance(content, IdentityContent):
        return tuple(_identity_files(slot, content))
    if isinstance(slot, TrustSlot) and isinstance(content, TrustContent):
        files = [FileWanted(slot.anchors, to_pem(content.anchors), CERTIFICATE_MODE)]
        if slot.crls:
            files.append(FileWanted(slot.crls, crls_to_pem(content.crls), CERTIFICATE_MODE))
        return tuple(files)
    raise UsageError("install.content-unfit", slot=slot.name)


def _identity_files(slot: IdentitySlot, content: IdentityContent) -> Iterator[FileWanted]:
    key = b"" if content.key is None else content.key.to_pkcs8()
    above = b"" if slot.chain else to_pem(content.chain)
    public = to_pem([content.leaf]) + above
    if slot.key == slot.certificate:
        yield FileWanted(slot.certificate, public + key, KEY_MODE, slot.user)
    else:
        yield FileWanted(slot.certificate, public, CERTIFICATE_MODE)
        if slot.key and key:
            yield FileWanted(slot.key, key, KEY_MODE, slot.user)
    if slot.chain:
        yield FileWanted(slot.chain, to_pem(content.chain), CERTIFICATE_MODE)


def _trust(
    slot: TrustSlot, looks: dict[str, FileSeen], readings: dict[str, Reading], findings: list[Finding]
) -> SlotSeen:
    for path, reading in readings.items():
        if reading.keys or reading.encrypted_keys:
            findings.append(Finding(Code.PRIVATE_KEY_EXPOSED, path))
    if looks[slot.anchors].kind != "file":
        return SlotSeen(slot.name, None, tuple(findings))
    crls = readings[slot.crls].crls if slot.crls else readings[slot.anchors].crls
    return SlotSeen(slot.name, TrustContent(readings[slot.anchors].certificates, crls), tuple(findings))


def _identity(
    slot: IdentitySlot, looks: dict[str, FileSeen], readings: dict[str, Reading], findings: list[Finding]
) -> SlotSeen:
    keys = readings[slot.key].keys if slot.key else ()
    if slot.key and looks[slot.key].kind == "file":
        findings += _rights(slot, looks[slot.key])
        if not keys:
            findings.append(Finding(Code.KEY_MISSING, slot.name, {"path": slot.key}))
    served = readings[slot.certificate].certificates
    if not served:
        return SlotSeen(slot.name, None, tuple(findings))
    leaf, rest = served[0], served[1:]
    chain = (*rest, *(readings[slot.chain].certificates if slot.chain else ()))
    key = keys[0] if keys else None
    findings += find_key_faults(leaf, keys)
    return SlotSeen(slot.name, IdentityContent(leaf, chain, key), tuple(findings))


def _rights(slot: IdentitySlot, look: FileSeen) -> Iterator[Finding]:
    if look.mode & 0o007:
        evidence = {"mode": f"{look.mode:04o}", "owner": look.user}
        yield Finding(Code.PRIVATE_KEY_READABLE, look.path, evidence)
    wanted = slot.user.partition(":")[0]
    if wanted and look.user != wanted:
        evidence = {"found": look.user, "wanted": wanted}
        yield Finding(Code.KEY_OWNER_DIFFERS, look.path, evidence, Severity.WARNING)
