"""What is judged of a content and of a slot's files before anything is touched.

Values in, findings out; every fault is listed, never only the first. Rules bar new values:
what a slot holds already is no reason to refuse what comes beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from warifu.domain.estate import Slot
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Context, find_key_faults, judge, judge_anchors, profile_named
from warifu.ports.hosts import FileSeen
from warifu.ports.targets import Content, FileWanted, IdentityContent, TrustContent

KEY_MODE = 0o640  # the widest: a group that reads
_PAIR = {
    Code.EXPIRED,
    Code.NOT_YET_VALID,
    Code.SIGNATURE_WRONG,
    Code.CHAIN_UNORDERED,
    Code.CHAIN_DUPLICATE,
    Code.CHAIN_UNRELATED,
}
_MILD = {Code.CHAIN_DUPLICATE, Code.CHAIN_UNRELATED}


def find_content_faults(
    slot: Slot, content: Content, present: Content | None, *, now: datetime
) -> Iterator[Finding]:
    """Yield every fault of what a slot shall hold.

    Args:
        present: what it holds now; its key stays when the content brings none.
    """
    context = Context(profile_named("rfc5280").strict(), now)
    if isinstance(content, IdentityContent):
        yield from _identity_faults(slot, content, present, context)
    else:
        yield from _trust_faults(slot, content, present, context)


def find_file_faults(present: FileSeen, wanted: FileWanted) -> Iterator[Finding]:
    """Yield what is wrong with a file as it lies there: a private key that everyone can read."""
    if is_private(wanted) and present.kind == "file" and present.mode & 0o007:
        evidence = {"mode": f"{present.mode:04o}", "owner": present.user}
        yield Finding(Code.PRIVATE_KEY_READABLE, present.path, evidence)


def is_private(wanted: FileWanted) -> bool:
    """Tell whether a file holds a private key: its target wants it closed to others."""
    return wanted.mode & 0o077 == 0


def keep_rights(wanted: FileWanted, present: FileSeen) -> FileWanted:
    """Return the file with the rights it has now, never wider for a key than owner and reading group."""
    if present.kind != "file":
        return wanted
    mode = (present.mode & KEY_MODE) | 0o400 if is_private(wanted) else present.mode
    return replace(wanted, mode=mode, owner=wanted.owner or f"{present.user}:{present.group}")


def _identity_faults(
    slot: Slot, content: IdentityContent, present: Content | None, context: Context
) -> Iterator[Finding]:
    kept = present.key if isinstance(present, IdentityContent) else None
    key = content.key or kept
    if key is None:
        yield Finding(Code.KEY_MISSING, slot.name)
    else:
        yield from find_key_faults(content.leaf, [key])
    for finding in judge((content.leaf, *content.chain), (), context).findings:
        if finding.code in _PAIR:
            weight = Severity.WARNING if finding.code in _MILD else Severity.ERROR
            yield replace(finding, severity=weight)


def _trust_faults(
    slot: Slot, content: TrustContent, present: Content | None, context: Context
) -> Iterator[Finding]:
    if not content.anchors:
        yield Finding(Code.NO_ANCHORS, slot.name)
    held = present.anchors if isinstance(present, TrustContent) else ()
    known = {anchor.fingerprint.hex for anchor in held}
    for finding in judge_anchors(content.anchors, context):
        yield replace(finding, severity=Severity.WARNING) if finding.subject in known else finding
