"""What a chain is judged by, and the chain itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import Consumer, habits
from warifu.domain.trust.facts import LeafFacts, Origin
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate, OcspResponse, Request, RevocationList


@dataclass(frozen=True, slots=True)
class Context:
    """The question, apart from certificates.

    Args:
        now: the instant of judgement, UTC; it counts as the whole second it lies in.
        purpose: `serverAuth` or `clientAuth`; empty means the profile's own.
        name: host name, address or e-mail address the leaf must carry; empty asks for none.
        crl_mode: `off`, `leaf` or `chain`: which certificates must be covered by a CRL.
        partial_chain: any certificate of the trust store ends a chain.
        consumer: the library that verifies.
        encoding: how the file was written that the chain was read from: `pem`, `der`, ...; empty when unknown.
        covers: names that the leaf must carry besides `name`.
        requests: requests that the target holds keys for; the leaf must answer one of them, if there are any.
        ocsp: what responders said; judged whether or not CRLs are required.
        crls_at_hand: CRLs that nothing must be covered by; what they revoke is told all the same.
        intermediates: the most CAs that may stand between leaf and anchor; None sets no limit.
    """

    profile: Profile
    now: datetime
    purpose: str = ""
    name: str = ""
    crls: tuple[RevocationList, ...] = ()
    crl_mode: str = "off"
    partial_chain: bool = False
    consumer: str = "unknown"
    signatures: Signatures = field(default_factory=Signatures, compare=False, repr=False)
    encoding: str = ""
    covers: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    ocsp: tuple[OcspResponse, ...] = ()
    intermediates: int | None = None
    crls_at_hand: tuple[RevocationList, ...] = ()

    @property
    def looks_up(self) -> bool:
        """Serial numbers count: something is known of revocation."""
        return self.crl_mode != "off" or bool(self.ocsp or self.crls_at_hand)

    @property
    def wanted_purpose(self) -> str:
        """The extended key usage that engines are asked about; empty for none."""
        return self.purpose or self.profile.purpose

    @property
    def wanted_purposes(self) -> tuple[str, ...]:
        """The extended key usages to judge by: what is asked, else all that the profile wants."""
        return (self.purpose,) if self.purpose else self.profile.purposes

    @property
    def instant(self) -> datetime:
        """`now` as the whole second it lies in."""
        return self.now.replace(microsecond=0)

    @property
    def habits(self) -> Consumer:
        """What is known of the verifying library."""
        return habits(self.consumer)

    @property
    def any_anchor(self) -> bool:
        """Any certificate of the trust store ends a chain."""
        return self.partial_chain or self.habits.any_anchor

    @property
    def judges_anchor(self) -> bool:
        """The anchor's own dates and constraints count: to the profile and to the verifying library."""
        return self.profile.anchor_is_checked and self.habits.judges_anchor

    def moved_to(self, instant: datetime) -> Context:
        """Return the same question at another instant."""
        return replace(self, now=instant)


@dataclass(frozen=True, slots=True)
class Chain:
    """One candidate path above a leaf, and what was presented.

    Args:
        origin: where the path begins.
        above: the certificates above the leaf, its issuer first.
        anchored: the last of them (or the leaf itself, when there are none) is in the trust store.
        broken: positions in `above` whose key did not make the signature of the certificate beneath.
        leaf: the leaf; None when a class of leaves is judged.
        presented: what was sent, leaf first; empty when that is not judged.
        anchors: the trust store, in order.
        budget: what the judgement may still cost; rules that do much pay from it.
        namesakes: CAs of the name that the path lacks, with other keys.
    """

    origin: Origin
    above: tuple[Certificate, ...]
    anchored: bool
    broken: frozenset[int] = frozenset()
    leaf: LeafFacts | None = None
    presented: tuple[Certificate, ...] = ()
    anchors: tuple[Certificate, ...] = ()
    budget: Budget = field(default_factory=Budget, compare=False, repr=False)
    namesakes: tuple[Certificate, ...] = ()

    def with_leaf(self, leaf: LeafFacts) -> Chain:
        """Return it beneath another leaf of its class; `replace` would take five times as long."""
        return Chain(
            self.origin,
            self.above,
            self.anchored,
            self.broken,
            leaf,
            self.presented,
            self.anchors,
            self.budget,
            self.namesakes,
        )

    @property
    def anchor(self) -> Certificate | None:
        """The certificate of the trust store it ends in."""
        return self.above[-1] if self.anchored and self.above else None

    def judged(self, context: Context) -> Iterator[tuple[int, Certificate]]:
        """Yield position and certificate of everything above the leaf that the profile judges.

        An anchor is an input of path validation, not a part of the path (RFC 5280 §6.1), unless
        the profile says that it is checked too.
        """
        last = len(self.above) - 1
        for position, certificate in enumerate(self.above):
            if position < last or not self.anchored or context.judges_anchor:
                yield position, certificate
