"""Notices as a watcher keeps them: versioned JSON, read by later releases."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from warifu.domain.findings import Finding
from warifu.domain.watching import Held, Notice
from warifu.domain.watching.message import Message
from warifu.wire.document import from_plain, to_plain

FORMAT = 1

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+\+00:00")


def encode(value: Notice | Held | Message) -> str:
    """Return the canonical JSON of a value."""
    return json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True)


def decode_notice(text: str) -> Notice:
    """Return a notice.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    notice: Notice = from_plain(Notice, json.loads(text))
    findings = tuple(_with_moments(one) for one in notice.cause.findings)
    return replace(notice, cause=replace(notice.cause, findings=findings))


def decode_held(text: str) -> Held:
    """Return what a place held.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    held: Held = from_plain(Held, json.loads(text))
    return held


def decode_message(text: str) -> Message:
    """Return a message.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    message: Message = from_plain(Message, json.loads(text))
    return message


def _with_moments(finding: Finding) -> Finding:
    """Evidence holds values of any kind; an instant is told by its form, so that it is shown as one again."""
    evidence: Mapping[str, object] = {
        name: datetime.fromisoformat(value) if isinstance(value, str) and _MOMENT.fullmatch(value) else value
        for name, value in finding.evidence.items()
    }
    return replace(finding, evidence=evidence)
