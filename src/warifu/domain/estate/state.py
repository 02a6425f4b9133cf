"""What was seen of an estate: the set of values each slot may hold, and the certificates themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from warifu.domain.findings import Finding
from warifu.domain.x509 import Certificate, RevocationList, Sha256


@dataclass(frozen=True, slots=True)
class Template:
    """A certificate that does not exist yet: what the proof uses until its bytes arrive.

    Args:
        identity: the identity it will be of.
        issuer_chain: the issuing certificate first, then those above it, without the root.
        root: the anchor it will chain to; None where any issuer may sign it: no plan is proven with such a one.
        names: DNS names and addresses.
        purposes: extended key usages.
        key: key specification, for example `ec-p256`.
        not_before: earliest start of validity.
        lifetime: validity asked for.
        same_key: the present key is kept.
    """

    identity: str
    issuer_chain: tuple[Sha256, ...]
    root: Sha256 | None
    names: tuple[str, ...]
    subject: str
    purposes: tuple[str, ...]
    key: str
    not_before: datetime
    lifetime: timedelta

    @property
    def issuers(self) -> tuple[Sha256, ...]:
        """The issuing certificate first, root last; none where any issuer may sign it."""
        return self.issuer_chain if self.root is None else (*self.issuer_chain, self.root)

    @property
    def id(self) -> str:
        """A name that stands for the leaf in plans: `template:` and the identity."""
        return f"template:{self.identity}"


class IdentityValue(NamedTuple):
    """What an identity slot presents: a leaf (SHA-256 hex, or a template's id) and the chain sent with it.

    A named tuple, as `TrustValue` is: values are compared and looked up once for each slot of an estate.
    """

    leaf: str
    chain: tuple[str, ...] = ()

    @property
    def is_template(self) -> bool:
        """The leaf has no bytes yet."""
        return self.leaf.startswith("template:")


class TrustValue(NamedTuple):
    """What a trust slot accepts by: ordered anchors and CRLs (SHA-256 hex each)."""

    anchors: tuple[str, ...]
    crls: tuple[str, ...] = ()


Value = IdentityValue | TrustValue


@dataclass(frozen=True, slots=True)
class SlotState:
    """The set of values a slot may hold.

    Args:
        on_disk: what its files hold now; None when they are absent or unreadable.
        loaded: every value seen loaded in any of its processes; empty means it could not be seen.
        proven: a witness saw that nothing else than `loaded` is in use.
        on_wire: `loaded` was seen in full handshakes.
    """

    slot: str
    on_disk: Value | None
    loaded: tuple[Value, ...] = ()
    proven: bool = False
    findings: tuple[Finding, ...] = ()
    on_wire: bool = False

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value it may hold at any moment, each once, what is on disk first."""
        disk, loaded = self.on_disk, self.loaded
        if disk is None:
            return loaded if len(loaded) < 2 else tuple(dict.fromkeys(loaded))
        if not loaded:
            return (disk,)
        if len(loaded) == 1 and (loaded[0] is disk or loaded[0] == disk):
            return loaded
        return tuple(dict.fromkeys((disk, *loaded)))


@dataclass(frozen=True, slots=True)
class Observed:
    """One look at an estate.

    Args:
        held: connections seen live: True held, False refused; a connection that is absent could not be seen.
        certificates: every certificate met, by SHA-256 hex.
    """

    at: datetime
    slots: Mapping[str, SlotState]
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    crls: Mapping[str, RevocationList] = field(default_factory=dict)
    held: Mapping[str, bool] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
