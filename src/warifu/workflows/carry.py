"""Carries out single steps: finds the slot's place in the world and hands it to the engine that fits.

A step on a node reached by people is made ready for them, and counts as done when the wire or
the owner's recorded statement shows it. Everything else goes through the install engine.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from warifu.domain.estate import (
    ByAgent,
    ByHand,
    Estate,
    IdentitySlot,
    IdentityValue,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.estate.met import find_met
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.progress import Progress, StepState, fingerprints_of
from warifu.domain.rotation.steps import REMOVING, Adopt, Issue, Load, Step, Switch
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import CouldNotLookError
from warifu.ports.changes import (
    Fence,
    Host,
)
from warifu.ports.targets import Content, IdentityContent, Target, TrustContent
from warifu.wire.evidence import Evidence, Stage, Witness
from warifu.wire.values import value_digest
from warifu.workflows.apply import Done, Hands, Look, Result, Seen, Stopped, Waits
from warifu.workflows.install import Ending, Files, Installed, Installer
from warifu.workflows.kept import find_key
from warifu.workflows.proving import Site, Standing

_PASSING = frozenset({"boot_id", "boot_clock", "handshakes"})  # differ at each look at an unchanged wait


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does what, by name.

    Args:
        state: folder for backups and staged files on each node.
        keys_at: the new key of a template, once its certificate has come; None keeps the present key.
        sentinels: for a trust slot, what shows by short-lived identities that it holds a content.
        tidy: takes away what issuing left on nodes, once everything is installed.
        issue: carries out an Issue step, resumably.
        by_hand: carries out a step on a node reached by people.
    """

    hosts: Mapping[str, Host]
    targets: Mapping[str, Target]
    installer: Installer
    state: Callable[[str], str]
    keys_at: Callable[[str, Progress], PrivateKey | None]
    tidy: Callable[[Progress, Callable[[str], Fence]], None]
    issue: Callable[[Issue, Progress, Callable[[str], Fence]], Result]
    by_hand: Callable[[Step, Content | None, Progress], Result]
    sentinels: Mapping[str, Callable[[TrustContent], tuple[Evidence, ...]]] = field(default_factory=dict)


class CarryingHands(Hands):
    """The hands of a rollout on real nodes."""

    def __init__(self, estate: Estate, rollout: str, crew: Crew) -> None:
        self._estate = estate
        self._rollout = rollout
        self._crew = crew
        self._serving = find_met(estate)

    def look(self, step: Step, progress: Progress) -> Seen:
        """Tell where the step's slot stands; see the protocol."""
        if isinstance(step, Issue) or self._is_by_hand(step.node):
            return Seen(Look.BEFORE)  # both look for themselves
        site = self._site(step, _looking)
        if isinstance(step, Adopt):
            return Seen(Look.BEFORE if self._crew.installer.needs_adoption(site) else Look.AFTER)
        after = value_digest(bound(step.after, progress))
        before = [value_digest(bound(value, progress)) for value in step.before]
        files = self._crew.installer.look(site, before, after)
        if files is Files.NEITHER:
            return Seen(Look.NEITHER, self._found(site))
        if files is Files.AFTER:
            return Seen(Look.AFTER)
        other = self._find_other(step, site, progress)
        return Seen(Look.NEITHER, other) if other else Seen(Look.BEFORE)

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Carry the step out from *before*; see the protocol."""
        if isinstance(step, Issue):
            return self._crew.issue(step, progress, fence)
        if self._is_by_hand(step.node):
            return self._crew.by_hand(step, self._content(step, progress), progress)
        content = self._content(step, progress)
        site = self._site(step, fence, content)
        backup = self._crew.installer.back_up(site, self._backup_of(step))
        if isinstance(step, Adopt):
            self._crew.installer.adopt(site)
            return Done({"backup": backup.folder})
        if content is None:
            return Stopped(
                (Finding(Code.NOT_SEEN, step.slot, {"reason": "its certificates are not at hand"}),)
            )
        returning = isinstance(step, Switch) and step.kind == "put-back"
        installed = self._crew.installer.switch(site, content, backup, returning=returning)
        return _result(installed, step, content, backup.folder)

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Load and prove what lies on disk already; see the protocol."""
        if isinstance(step, Issue):
            return self._crew.issue(step, progress, fence)
        if isinstance(step, Adopt):
            return Done()
        site = self._site(step, fence)
        content = site.target.read(site.host, site.service, site.slot).content
        if content is None:
            raise CouldNotLookError("rollout.slot-unreadable", slot=step.slot)
        site = self._site(step, fence, content)
        proof = self._crew.installer.prove(site, content)
        if proof.standing is Standing.PROVEN:
            return Done(_values(content, proof.evidence), evidence=proof.evidence)
        said = _stated(step, progress) if proof.standing is Standing.DEPLOYED else {}
        if said:
            return Done({**_values(content, proof.evidence), **said}, evidence=proof.evidence)
        backup = self._crew.installer.back_up(site, self._backup_of(step))
        return _result(self._crew.installer.load(site, content, backup), step, content, backup.folder)

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        """Give every node of the plan free; see the protocol."""
        if progress.finished:
            self._crew.tidy(progress, fence)
        for node in sorted({step.node for step in progress.plan.steps}):
            if not self._is_by_hand(node) and not isinstance(self._estate.nodes[node].reach, ByAgent):
                self._crew.hosts[node].release(fence(node))

    def _is_by_hand(self, node: str) -> bool:
        return isinstance(self._estate.nodes[node].reach, ByHand)

    def _site(
        self, step: Adopt | Switch | Load, fence: Callable[[str], Fence], content: Content | None = None
    ) -> Site:
        service = self._estate.service_of(step.slot)
        show = self._crew.sentinels.get(step.slot)
        shown = content if isinstance(content, TrustContent) else None
        return Site(
            service=service,
            slot=self._estate.slots[step.slot],
            target=self._crew.targets[service.target],
            host=self._crew.hosts[step.node],
            fence=fence(step.node),
            state=self._crew.state(step.node),
            serves=step.slot in self._serving,
            beside=self._has_beside(step.slot),
            sentinel=partial(show, shown) if show is not None and shown is not None else None,
        )

    def _has_beside(self, name: str) -> bool:
        """Tell whether another identity of the service answers a server name that this one answers."""
        slot = self._estate.slots[name]
        served = (self._estate.slots[other] for other in self._serving if other != name)
        return isinstance(slot, IdentitySlot) and any(
            isinstance(other, IdentitySlot)
            and other.service == slot.service
            and bool(set(slot.sni) & set(other.sni) or not (slot.sni or other.sni))
            for other in served
        )

    def _backup_of(self, step: Adopt | Switch | Load) -> str:
        """Name the backup of a step: the way back is to where this step began, not the rollout."""
        return f"{self._rollout}/{step.id.replace('/', '.')}"

    def _find_other(self, step: Switch | Load, site: Site, progress: Progress) -> str:
        """Return what is there instead of an anchor that the step removes: by alias, key id and SHA-256; else ""."""
        removals = [r for r in progress.plan.removals if r.slot == step.slot]
        if not isinstance(step, Switch) or step.kind not in REMOVING or not removals:
            return ""
        slot, content = site.slot, site.target.read(site.host, site.service, site.slot).content
        alias = slot.store if isinstance(slot, TrustSlot) else ""
        anchors = content.anchors if isinstance(content, TrustContent) else ()
        there = {anchor.fingerprint.hex: anchor for anchor in anchors}
        kept = step.after.anchors if isinstance(step.after, TrustValue) else ()
        for removal in removals:
            anchor = there.get(removal.fingerprint)
            if anchor is None or removal.fingerprint in kept:
                continue  # gone with an earlier step, or kept by this one
            key_id = anchor.subject_key_id.hex if anchor.subject_key_id else ""
            if (alias, key_id) != (removal.alias, removal.key_id):
                return f"{alias} {key_id or '-'} {removal.fingerprint}"
        return ""

    def _found(self, site: Site) -> str:
        content = site.target.read(site.host, site.service, site.slot).content
        if content is None:
            return "-"
        if isinstance(content, IdentityContent):
            return content.leaf.fingerprint.hex
        return ", ".join(anchor.fingerprint.short for anchor in content.anchors)

    def _content(self, step: Adopt | Switch | Load, progress: Progress) -> Content | None:
        if isinstance(step, Adopt):
            return None
        value = bound(step.after, progress)
        if isinstance(value, TrustValue):
            anchors = certificates_of(value.anchors, progress)
            return None if anchors is None else TrustContent(anchors)
        slot = self._estate.slots[step.slot]
        held = certificates_of((value.leaf, *value.chain), progress)
        if held is None or not isinstance(slot, IdentitySlot):
            return None
        key = self._key(step.after, slot, progress)
        return IdentityContent(held[0], held[1:], key)

    def _key(self, after: Value, slot: IdentitySlot, progress: Progress) -> PrivateKey | None:
        if not isinstance(after, IdentityValue):
            return None
        if after.is_template:
            return self._crew.keys_at(after.leaf, progress)
        return find_key(self._estate, slot, after.leaf, self._crew.hosts, self._crew.state)


def _looking(_node: str) -> Fence:
    """A fence that changes nothing: looks need none."""
    return Fence("", "", 0)


def bound(value: Value, progress: Progress) -> Value:
    """Return a value with the bytes that arrived in the place of its template."""
    if isinstance(value, TrustValue) or not value.is_template:
        return value
    arrived = progress.arrived.get(value.leaf)
    if arrived is None:
        return value
    leaf, *chain = fingerprints_of(arrived)
    return IdentityValue(leaf, tuple(chain))


def certificates_of(fingerprints: tuple[str, ...], progress: Progress) -> tuple[Certificate, ...] | None:
    """Return certificates that the plan holds or that arrived, or None when one is not at hand."""
    texts = [progress.plan.certificates.get(f) or progress.brought.get(f) for f in fingerprints]
    if any(text is None for text in texts):
        return None
    found = tuple(Certificate(base64.b64decode(text or "")) for text in texts)
    if any(c.fingerprint.hex != f for c, f in zip(found, fingerprints, strict=True)):
        return None
    return found


def _stated(step: Switch | Load, progress: Progress) -> dict[str, str]:
    """Return what the owner said of a step that lies on disk and that nothing else can witness."""
    statement = progress.statements.get(step.id)
    if statement is None or progress.state(step.id) is not StepState.WAITING:
        return {}
    said = {name: statement.values[name] for name in ("owner", "statement")}
    return {**said, "witnesses": Witness.OWNER.value}


def _result(installed: Installed, step: Switch | Load, content: Content, backup: str) -> Result:
    values = {**_values(content, installed.evidence), "backup": backup, "ending": installed.ending.value}
    if installed.ending is Ending.LIVE:
        return Done(values, evidence=installed.evidence)
    lasting = {name: value for name, value in values.items() if name not in _PASSING}
    if installed.ending is Ending.LOADED:
        return Waits("rollout.waiting-for-old-processes", {"slot": step.slot, **lasting})
    if installed.ending is Ending.DEPLOYED:
        return Waits("rollout.waiting-for-witness", {"slot": step.slot, **lasting})
    return Stopped(installed.findings, values)


def _values(content: Content, evidence: tuple[Evidence, ...]) -> dict[str, str]:
    shown = (
        [content.leaf.fingerprint.hex]
        if isinstance(content, IdentityContent)
        else [anchor.fingerprint.hex for anchor in content.anchors]
    )
    seen = [e for e in evidence if e.stage in (Stage.LOADED, Stage.PROVEN)]
    witnesses = sorted({e.witness.value for e in seen})
    handshakes = sum(int(e.detail.get("handshakes", "0") or 0) for e in evidence)
    values = {
        "fingerprints": ",".join(shown),
        "witnesses": ",".join(witnesses),
        "handshakes": str(handshakes),
    }
    if seen:
        values |= {"boot_id": seen[-1].boot_id, "boot_clock": str(seen[-1].boot_clock)}
    return values
