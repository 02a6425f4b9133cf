"""Steps on nodes that people reach: made ready, waited for, and counted only when they are seen or stated.

An identity counts when every address serves its leaf. A trust store counts by a sentinel where one
can be shown to it, else by the named owner's recorded statement; the journal says which it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warifu.domain.estate import Estate, IdentitySlot, Owner, TrustSlot
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.steps import Adopt, Issue, Step, Switch
from warifu.domain.trust.address import Address
from warifu.domain.x509 import to_pem
from warifu.ports.clock import Clock
from warifu.ports.files import Files
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Ask, Prober
from warifu.ports.targets import Content, IdentityContent, TrustContent
from warifu.wire.evidence import Evidence, Outcome
from warifu.workflows.apply import Done, Result, Stopped, Waits
from warifu.workflows.handover import Errand, prepare_handover


@dataclass(frozen=True, slots=True)
class Errands:
    """Carries steps out through people.

    Args:
        folder: where hand-over folders are made, one a step.
        records: the estate's folder: a by-hand node's relative paths are listings kept there.
        sentinels: for a trust slot, what shows it short-lived identities, given what it should hold.
    """

    estate: Estate
    folder: str
    records: str
    files: Files
    prober: Prober
    hosts: Mapping[str, HostReader]
    clock: Clock
    lang: Lang
    sentinels: Mapping[str, Callable[[TrustContent], tuple[Evidence, ...]]]

    def carry(self, step: Step, content: Content | None, progress: Progress) -> Result:
        """Make a step ready, or see that it was done."""
        if isinstance(step, Adopt):
            return Done({"witnesses": "owner"})  # people replace files as one act; nothing is prepared
        if isinstance(step, Issue) or content is None:
            finding = Finding(Code.NOT_SEEN, step.id, {"reason": "its certificates are not at hand"})
            return Stopped((finding,))
        folder = self._hand_over(step, content) if isinstance(step, Switch) else self.folder
        if isinstance(content, IdentityContent):
            return self._identity(step, content, folder, progress)
        return self._trust(step, content, folder, progress)

    def _identity(self, step: Step, content: IdentityContent, folder: str, progress: Progress) -> Result:
        assert not isinstance(step, Issue)  # noqa: S101  # narrowed by the caller
        service = self.estate.service_of(step.slot)
        slot = self.estate.slots[step.slot]
        if not service.addresses:
            return self._stated(step, content, folder, progress)
        sni = next(iter(slot.asked_names), "") if isinstance(slot, IdentitySlot) else ""
        seen = 0
        for address in self._addresses(service.addresses):
            ask = Ask(address, service.dialect, sni)
            answer = self.prober.ask(ask, via=self.hosts[step.node])
            if answer.leaf != content.leaf.fingerprint:
                return Waits(
                    "rollout.waiting-for-leaf",
                    {
                        **self._errand(step, folder),
                        "address": str(address),
                        "leaf": content.leaf.fingerprint.short,
                    },
                )
            seen += 1
        self._record(step, content)
        shown = {
            "fingerprints": content.leaf.fingerprint.hex,
            "witnesses": "handshake",
            "handshakes": str(seen),
        }
        return Done(shown)

    def _trust(self, step: Step, content: TrustContent, folder: str, progress: Progress) -> Result:
        assert not isinstance(step, Issue)  # noqa: S101  # narrowed by the caller
        sentinel = self.sentinels.get(step.slot)
        evidence = sentinel(content) if sentinel is not None else ()
        if evidence and all(one.outcome is Outcome.YES for one in evidence):
            self._record(step, content)
            return Done(
                {**_shown(content), "witnesses": "sentinel", "handshakes": str(len(evidence))},
                evidence=evidence,
            )
        return self._stated(step, content, folder, progress)

    def _stated(self, step: Step, content: Content, folder: str, progress: Progress) -> Result:
        statement = progress.statements.get(step.id)
        if statement is None:
            return Waits("rollout.waiting-for-owner", self._errand(step, folder))
        self._record(step, content)
        said = {"owner": statement.values["owner"], "statement": statement.values["statement"]}
        return Done({**_shown(content), **said, "witnesses": "owner"})

    def _errand(self, step: Step, folder: str) -> dict[str, str]:
        return {"owner": self._owner_name(step), "folder": folder, "step": step.id}

    def _owner_name(self, step: Step) -> str:
        service = "" if isinstance(step, Issue) else self.estate.service_of(step.slot).owner
        return service or self.estate.nodes[step.node].owner

    def _owner(self, step: Step) -> Owner | None:
        return self.estate.owners.get(self._owner_name(step))

    def _addresses(self, declared: tuple[Address, ...]) -> tuple[Address, ...]:
        found = [one for address in declared for one in self.prober.resolve(address.host, address.port)]
        return tuple(dict.fromkeys(found))

    def _hand_over(self, step: Switch, content: Content) -> str:
        """Write the hand-over folder once; a step that is tried again keeps its own."""
        folder = f"{self.folder}/{step.id.replace('/', '.').replace('#', '-')}"
        if self.files.exists(f"{folder}/README.md"):
            return folder
        errand = Errand(
            step=step,
            content=content,
            service=self.estate.service_of(step.slot),
            slot=self.estate.slots[step.slot],
            node=self.estate.nodes[step.node],
            owner=self._owner(step),
            asked=self.clock.now(),
            passphrase=secrets.token_urlsafe(24).encode("ascii"),
        )
        prepare_handover(errand, folder, files=self.files, lang=self.lang)
        return folder

    def _record(self, step: Step, content: Content) -> None:
        """Bring the listing beside the estate file up to what was seen or stated."""
        assert not isinstance(step, Issue)  # noqa: S101  # narrowed by the callers
        slot = self.estate.slots[step.slot]
        path = slot.anchors if isinstance(slot, TrustSlot) else slot.certificate
        if path.startswith("/"):
            return
        certificates = (
            content.anchors if isinstance(content, TrustContent) else (content.leaf, *content.chain)
        )
        self.files.write(f"{self.records}/{path}", to_pem(certificates), mode=0o644)


def _shown(content: Content) -> dict[str, str]:
    if isinstance(content, IdentityContent):
        return {"fingerprints": content.leaf.fingerprint.hex}
    return {"fingerprints": ",".join(anchor.fingerprint.hex for anchor in content.anchors)}
