"""That a procedure was written out: by which revision, for whom, and which page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.diagnosis.filling import Filled
from warifu.domain.diagnosis.procedure import Said


@dataclass(frozen=True, slots=True)
class UsedProcedure:
    """One use of a procedure. What it says stays true when a later release of this program has newer steps.

    Args:
        at: when the page was written.
        source: id of the vendor's document.
        language: of the document.
        revision: what the steps were written from.
        newer: a later revision that was known upstream then; empty where none was.
        reviewed: the day on which somebody last compared the steps with the document, ISO 8601.
        stale: the page says that it may be stale.
        values: the parameters; never a secret, for procedures take none.
        page: the file that was written.
        digest: SHA-256 of its bytes (hex).
    """

    at: datetime
    procedure: str
    product: str
    source: Said | str
    title: Said | str
    language: str
    revision: Said
    newer: Said | str
    reviewed: str
    stale: bool
    values: Mapping[str, str]
    page: str
    digest: str

    @property
    def name(self) -> str:
        """How its record is named: no two pages share one."""
        return f"{self.at:%Y%m%dT%H%M%S%f}Z-{self.procedure}-{self.digest[:12]}"


def use_of(filled: Filled, page: bytes, path: str, at: datetime) -> UsedProcedure:
    """Return what there is to record of a page that is written now.

    Args:
        at: UTC.
    """
    procedure, source = filled.procedure, filled.procedure.source
    given = {one.name: filled.values[one.name] for one in procedure.parameters}
    return UsedProcedure(
        at=at,
        procedure=procedure.id,
        product=procedure.product,
        source=source.id,
        title=source.title,
        language=source.language,
        revision=source.revision,
        newer=source.newer,
        reviewed=procedure.reviewed.isoformat(),
        stale=filled.stale,
        values=given,
        page=path,
        digest=hashlib.sha256(page).hexdigest(),
    )
