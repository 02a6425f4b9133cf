"""Seeing for oneself what a slot has in use: sent, on disk, loaded and proven are four facts.

Handshakes first, at every address behind every name and several times over, because a
service has many workers; then whatever the product itself can witness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from warifu.domain.estate import IdentitySlot, Loading, Service, Slot
from warifu.domain.findings import Code, Finding
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.changes import (
    Fence,
    Host,
)
from warifu.ports.clock import Clock
from warifu.ports.probes import Answered, Ask, Prober
from warifu.ports.targets import Content, IdentityContent, Target, TrustContent, digest_of
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness


@dataclass(frozen=True, slots=True)
class Site:
    """One slot on its node, and everything that is needed to see and change it.

    Args:
        state: folder on the node for backups.
        serves: peers that dial the service's addresses meet this slot: the identity is presented
            there, the trust store judges their client certificates.
        beside: another slot of the service answers the same names, as where RSA and EC stand side by side:
            handshakes then take this slot's kind of key alone.
        sentinel: shows by identities that live for minutes what a trust slot accepts, where someone can.
    """

    service: Service
    slot: Slot
    target: Target
    host: Host
    fence: Fence
    state: str
    serves: bool = True
    beside: bool = False
    sentinel: Callable[[], tuple[Evidence, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often one looks.

    Args:
        deadline: how long a value may take from the load command to being live everywhere.
        handshakes: equal answers in a row that count as every worker seen.
        dial: how long a connection may take before the address counts as dead.
        dead: a service that only reloads and takes no connection for this long will not come back by itself.
    """

    deadline: timedelta = timedelta(seconds=15)
    every: timedelta = timedelta(milliseconds=100)
    handshakes: int = 6
    dial: timedelta = timedelta(seconds=2)
    dead: timedelta = timedelta(seconds=1)


class Standing(StrEnum):
    """What the evidence amounts to."""

    PROVEN = "proven"  # in use, and nothing else is
    LOADED = "loaded"  # in use, and older processes may still be there
    DEPLOYED = "deployed"  # on disk; nothing tells whether it is in use
    NOT_LIVE = "not-live"  # on disk perhaps; something else is seen in use, or nobody answers
    ABSENT = "absent"  # not even on disk


@dataclass(frozen=True, slots=True)
class Proof:
    """One look.

    Args:
        standing: what it amounts to.
        reached: not every address that was tried refused the connection itself.
    """

    standing: Standing
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...] = ()
    reached: bool = True


@dataclass(slots=True)
class _Look:
    site: Site
    content: Content
    digest: str
    clock: Clock
    since: Mapping[str, str]
    evidence: list[Evidence] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reached: set[bool] = field(default_factory=set)

    def note(self, stage: Stage, outcome: Outcome, witness: Witness, **detail: str) -> None:
        boot_id, boot_clock = self.since.get("boot_id", ""), float(self.since.get("boot_clock") or 0)
        at, slot = self.clock.now(), self.site.slot.name
        self.evidence.append(
            Evidence(slot, stage, outcome, witness, at, self.digest, boot_id, boot_clock, detail)
        )


def prove(
    site: Site,
    content: Content,
    *,
    since: Mapping[str, str],
    prober: Prober,
    clock: Clock,
    patience: Patience,
) -> Proof:
    """Look once, with every witness there is, whether a slot has exactly this content in use.

    Args:
        since: the mark taken before the load; empty when none is known.
    """
    look = _Look(site, content, digest_of(content), clock, since)
    _see_files(look)
    if site.serves and site.service.addresses:
        _see_handshakes(look, prober, patience.handshakes)
    try:
        told = site.target.witness(site.host, site.service, site.slot, value_digest=look.digest, since=since)
        look.evidence += told
    except CouldNotLookError as error:
        look.note(Stage.LOADED, Outcome.COULD_NOT_LOOK, Witness.GENERATION, reason=str(error))
    if site.sentinel is not None:
        look.evidence += site.sentinel()
    reached = look.reached != {False}
    return Proof(_standing(look), tuple(look.evidence), tuple(look.findings), reached)


def _see_files(look: _Look) -> None:
    site = look.site
    try:
        seen = site.target.read(site.host, site.service, site.slot)
    except CouldNotLookError as error:
        look.note(Stage.ON_DISK, Outcome.COULD_NOT_LOOK, Witness.FILE, reason=str(error))
        return
    same = seen.content is not None and digest_of(seen.content) == look.digest
    look.note(Stage.ON_DISK, Outcome.YES if same else Outcome.NO, Witness.FILE)
    if same and site.service.loading is Loading.EACH_USE:
        look.note(Stage.PROVEN, Outcome.YES, Witness.EACH_USE)


def _see_handshakes(look: _Look, prober: Prober, times: int) -> None:
    names = look.site.slot.asked_names if isinstance(look.site.slot, IdentitySlot) else ()
    for declared in look.site.service.addresses:
        try:
            addresses = prober.resolve(declared.host, declared.port)
        except CouldNotLookError as error:
            detail = {"address": str(declared), "reason": str(error)}
            look.note(Stage.PROVEN, Outcome.COULD_NOT_LOOK, Witness.HANDSHAKE, **detail)
            continue
        for address in addresses:
            for sni in names or (_sni_of(declared),):
                _see_address(look, prober, address, sni, times)


def _kind(look: _Look) -> str:
    if not look.site.beside or not isinstance(look.content, IdentityContent):
        return ""
    key = look.content.leaf.public_key
    return key.algorithm if key is not None else ""


def _sni_of(declared: Address) -> str:
    bare = declared.host.replace(".", "").replace(":", "")
    is_number = ":" in declared.host or bare.isdigit() or declared.host == "localhost"
    return "" if is_number else declared.host


def _see_address(look: _Look, prober: Prober, address: Address, sni: str, times: int) -> None:
    ask = Ask(address, look.site.service.dialect, sni, key=_kind(look))
    answers: list[Answered] = []
    for _ in range(times):
        answer = prober.ask(ask, via=look.site.host)
        answers.append(answer)
        if not _agrees(look.content, answer):
            break
    detail = {"address": str(address), "sni": sni, "handshakes": str(len(answers))}
    last = answers[-1]
    look.reached.add(last.reached)
    if not last.chain:
        look.findings.append(Finding(Code.NOT_ANSWERING, str(address), {"reason": last.refused}))
        detail["refused"] = last.refused
        look.note(Stage.PROVEN, Outcome.NO, Witness.HANDSHAKE, **detail)
    elif isinstance(look.content, IdentityContent):
        _judge_leaf(look, last, detail)
    else:
        _judge_names(look, look.content, last, detail)


def _agrees(content: Content, answer: Answered) -> bool:
    if isinstance(content, IdentityContent):
        # A library may add to a leaf without chain what its trust store completes it with.
        wanted = (content.leaf, *content.chain)
        return answer.chain[: len(wanted)] == wanted
    return bool(answer.chain) and (not answer.ca_names or _names(content) == set(answer.ca_names))


def _judge_leaf(look: _Look, answer: Answered, detail: dict[str, str]) -> None:
    wanted, served = look.content, answer.chain
    assert isinstance(wanted, IdentityContent)  # noqa: S101  # the caller looked
    detail["leaf"] = served[0].fingerprint.hex
    if _agrees(wanted, answer):
        look.note(Stage.PROVEN, Outcome.YES, Witness.HANDSHAKE, **detail)
        return
    code = Code.SERVED_CHAIN_DIFFERS if served[0] == wanted.leaf else Code.DEPLOYED_NOT_LIVE
    evidence = {
        "expected": wanted.leaf.fingerprint.short,
        "seen": served[0].fingerprint.short,
        "sent": len(served),
        "wanted": 1 + len(wanted.chain),
    }
    look.findings.append(Finding(code, detail["address"], evidence))
    look.note(Stage.PROVEN, Outcome.NO, Witness.HANDSHAKE, **detail)


def _judge_names(look: _Look, wanted: TrustContent, answer: Answered, detail: dict[str, str]) -> None:
    if not answer.ca_names:
        return  # asked for nobody, or for anybody: it tells nothing
    detail["names"] = str(len(answer.ca_names))
    old = look.since.get("old_names", "")
    if _names(wanted) != set(answer.ca_names):
        evidence = {"expected": len(_names(wanted)), "seen": len(set(answer.ca_names))}
        look.findings.append(Finding(Code.CA_NAMES_DIFFER, detail["address"], evidence))
        # Names that are neither the old nor the new ones come from another file of the service.
        still_old = old in {"", _digest_of_names(answer.ca_names)}
        outcome = Outcome.NO if still_old else Outcome.COULD_NOT_LOOK
        look.note(Stage.LOADED, outcome, Witness.CA_NAMES, **detail)
        return
    # Names, not keys: they prove a change only where it changes the names.
    tells = old not in {"", names_digest(wanted)}
    look.note(Stage.PROVEN if tells else Stage.LOADED, Outcome.YES, Witness.CA_NAMES, **detail)


def names_digest(content: Content) -> str:
    """Return a digest of the subjects of a trust store, without order; empty for an identity."""
    if isinstance(content, IdentityContent):
        return ""
    return _digest_of_names(_names(content))


def _digest_of_names(names: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(sorted(set(names)))).hexdigest()


def _names(content: TrustContent) -> set[bytes]:
    return {anchor.subject.der for anchor in content.anchors}


def _standing(look: _Look) -> Standing:
    evidence = look.evidence
    handshakes = [each.outcome for each in evidence if each.witness is Witness.HANDSHAKE]
    loaded = _outcomes(evidence, Stage.LOADED)
    proven = _outcomes(evidence, Stage.PROVEN)
    if Outcome.NO in _outcomes(evidence, Stage.ON_DISK):
        return Standing.ABSENT
    if Outcome.NO in loaded or Outcome.NO in handshakes:
        return Standing.NOT_LIVE
    if isinstance(look.content, IdentityContent) and handshakes:
        # An old worker that finishes its last answers takes no new handshakes.
        return Standing.PROVEN if set(handshakes) == {Outcome.YES} else Standing.DEPLOYED
    if Outcome.YES not in loaded + proven:
        return Standing.DEPLOYED
    return Standing.PROVEN if Outcome.YES in proven and Outcome.NO not in proven else Standing.LOADED


def _outcomes(evidence: list[Evidence], stage: Stage) -> list[Outcome]:
    return [look.outcome for look in evidence if look.stage is stage]
