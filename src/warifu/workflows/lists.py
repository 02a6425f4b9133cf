"""Lists of subjects as they lie in files: read, understood line by line, every fault told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from warifu.domain.findings import Lang, say_error
from warifu.domain.sweep.listing import Listing, parse_listing
from warifu.errors import UsageError, WarifuError

_SHOWN = 20  # faults that are told one by one


def decode_list(data: bytes, path: str) -> str:
    """Return the text of a list: UTF-8, or UTF-16 where it begins with its mark.

    Raises:
        UsageError: `sweep.list-not-text`.
    """
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UsageError("sweep.list-not-text", path=path, offset=wrong.start) from wrong


def understood(
    text: str, path: str, schemes: Mapping[str, int]
) -> tuple[Listing, list[tuple[str, UsageError]]]:
    """Return what a list says, and the place and fault of every line that is none."""
    listing, wrong = parse_listing(text, schemes)
    return listing, [(f"{path}:{one.line}", UsageError(one.reason, **one.values)) for one in wrong]


def refuse_faults(faults: Iterable[tuple[str, WarifuError]], lang: Lang) -> None:
    """Do nothing where there are none.

    Raises:
        UsageError: `sweep.bad-list`, with the first of them.
    """
    listed = list(faults)
    if not listed:
        return
    error = UsageError("sweep.bad-list", count=len(listed))
    error.parts = tuple(
        UsageError("sweep.list-line", place=place, reason=say_error(fault, lang))
        for place, fault in listed[:_SHOWN]
    )
    raise error
