"""What a node remembers of an output beside the output itself: JSON, one file an output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from warifu.errors import UsageError
from warifu.wire.document import from_plain, to_plain

FORMAT = 1


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """One output that is ours since it was written first.

    Args:
        paths: what programs open; at other paths it would be another output.
        carried: PEM of certificates and CRLs that lay there before and stay.
        carried_files: names of other files that stay, in a hashed directory.
        pending: digest of what was written and is not known to be in use yet; empty when nothing is.
        before: the generation that was current before that; empty where there was none.
        since: the mark that was taken before the last load.
    """

    output: str
    paths: tuple[str, ...]
    carried: str = ""
    carried_files: tuple[str, ...] = ()
    pending: str = ""
    before: str = ""
    since: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def encode(record: OutputRecord) -> bytes:
    """Return a record's bytes."""
    return (json.dumps(to_plain(record), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def decode(data: bytes) -> OutputRecord:
    """Read a record of this or an earlier format.

    Raises:
        UsageError: `rotation.document-malformed`, `rotation.format-unknown`.
    """
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise UsageError("rotation.document-malformed", path="/", found=str(error)) from None
    record: OutputRecord = from_plain(OutputRecord, plain)
    if record.format > FORMAT:
        raise UsageError("rotation.format-unknown", found=record.format, known=FORMAT)
    return record
