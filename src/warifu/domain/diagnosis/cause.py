"""What a cause is: what is wrong, what decides it, what to do, how files show it."""

from __future__ import annotations

from dataclasses import dataclass

from warifu.domain.diagnosis.looks import Look
from warifu.domain.findings import Text


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Args:
        id: stands in JSON and never changes.
        title: what is wrong.
        check: what decides whether it is this one.
        remedy: what to do.
        look: how files show it; None where no file can.
        procedure: the shipped procedure that mends it.
    """

    id: str
    title: Text
    check: Text
    remedy: Text
    look: Look | None = None
    procedure: str = ""


TEMPLATE = Text(
    "Look at the leaf's extensions: `openssl x509 -in FILE -noout -ext keyUsage,extendedKeyUsage`.",
    "リーフの拡張を確かめます: `openssl x509 -in FILE -noout -ext keyUsage,extendedKeyUsage`。",
)
