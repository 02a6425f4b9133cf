"""What a person wants of the estate; several wishes may stand in one plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReplaceCa:
    """Anchor `old` goes, anchor `new` takes its place, and everything beneath `old` is renewed under `new`.

    Args:
        old: SHA-256 hex of the anchor that goes.
        new: SHA-256 hex of the anchor that comes.
        issuer: name of the estate's issuer that signs beneath `new`.
    """

    old: str
    new: str
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class ReplaceIdentity:
    """An identity gets a new leaf: issued by `issuer`, or the given one.

    Args:
        identity: its name in the estate.
        issuer: who signs; empty means the identity's own issuer.
        leaf: SHA-256 hex of a leaf at hand; empty means one is issued.
        slots: only these slots; empty means all (some only is warned of as a split).
    """

    identity: str
    issuer: str = ""
    leaf: str = ""
    slots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddAnchor:
    """Trust stores begin to trust an anchor; no `stores` means all."""

    anchor: str
    stores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetireAnchor:
    """Trust stores cease to trust an anchor; no `stores` means all that have it."""

    anchor: str
    stores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PutBack:
    """A slot gets back a value it had: what a rollback is made of.

    Args:
        slot: the slot's name.
        value_digest: which of its backed-up values.
    """

    slot: str
    value_digest: str


Change = ReplaceCa | ReplaceIdentity | AddAnchor | RetireAnchor | PutBack
