"""The one install engine: what every target goes through, because reload commands lie.

judge before touching -> back up and open the backup -> write a new generation -> swap -> the
service's own check -> load -> see by full handshakes and the product's witnesses that it is
live -> else put the old files back, load, and see that the old content is live again.

Every write is one atomic operation, and their order is such that a stop anywhere leaves
files that are wholly before or wholly after. No product is known here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from warifu.domain import x509
from warifu.domain.estate import Loading, TrustSlot
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.clock import Clock
from warifu.ports.hosts import FileSeen
from warifu.ports.probes import Ask, Prober
from warifu.ports.targets import Content, FileWanted, IdentityContent, TrustContent, digest_of
from warifu.wire.evidence import Evidence, Outcome, Witness
from warifu.workflows import backups, generations, loading, placing
from warifu.workflows.backups import Backup
from warifu.workflows.generations import Layout
from warifu.workflows.preflight import find_content_faults, find_file_faults, keep_rights
from warifu.workflows.proving import Patience, Proof, Site, Standing, names_digest, prove


class Ending(StrEnum):
    """How an installation ended."""

    REFUSED = "refused"  # before anything was loaded; the files are as they were
    DEPLOYED = "deployed"  # on disk; not seen in use, and nothing contradicts it
    LOADED = "loaded"  # in use; older processes may still hold what was before
    LIVE = "live"  # in use and proven
    PUT_BACK = "put-back"  # it did not come live; what was before is live again
    DOWN = "down"  # put back, and even what was before is not seen live


class Files(StrEnum):
    """What a slot's files hold, next to what a step expects."""

    BEFORE = "before"
    AFTER = "after"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it.

    Args:
        evidence: every look, the last one of each kind.
        findings: the causes, the most telling first.
        since: the mark taken before the load; later looks at the same slot need it.
    """

    ending: Ending
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    since: Mapping[str, str] | None = None


_ENDINGS = {
    Standing.PROVEN: Ending.LIVE,
    Standing.LOADED: Ending.LOADED,
    Standing.DEPLOYED: Ending.DEPLOYED,
}


class Installer:
    """Carries contents into slots.

    Args:
        patience: how long and how often one looks for what was loaded.
    """

    def __init__(self, prober: Prober, clock: Clock, patience: Patience | None = None) -> None:
        self._prober = prober
        self._clock = clock
        self._patience = patience or Patience()

    # --- before anything is touched

    def preflight(self, site: Site, content: Content, *, returning: bool = False) -> tuple[Finding, ...]:
        """Return every fault of a content and of the files it would replace; changes nothing.

        Args:
            returning: it was in use before (a rollback): only what would break the service refuses it.

        Raises:
            CouldNotLookError: the node could not be asked.
        """
        faults: list[Finding] = []
        seen = self._look_at(site, faults)
        present = self._present(site)
        found = find_content_faults(site.slot, content, present, now=self._clock.now())
        faults += [_milder(fault) if returning else fault for fault in found]
        for wanted in site.target.encode(site.service, site.slot, content):
            if wanted.path in seen:
                faults += find_file_faults(seen[wanted.path], wanted)
        return rank(faults)

    def look(self, site: Site, before: Sequence[str], after: str) -> Files:
        """Return whether the files hold what a step begins with, what it ends with, or neither.

        Args:
            before: value digests that the step may begin with.
            after: the value digest it ends with.
        """
        seen = site.target.read(site.host, site.service, site.slot)
        if seen.content is None:
            return Files.NEITHER
        if any(finding.code is Code.KEY_MISMATCH for finding in seen.findings):
            return Files.NEITHER
        digest = digest_of(seen.content)
        if digest == after:
            return Files.AFTER
        return Files.BEFORE if digest in before else Files.NEITHER

    def needs_adoption(self, site: Site) -> bool:
        """Tell whether the slot has several files that cannot change in one instant yet."""
        return len(site.slot.files) > 1 and not placing.layout_at(site)[0].is_adopted

    def back_up(self, site: Site, label: str) -> Backup:
        """Copy everything the slot's paths lead to, open the copies and compare.

        A backup of this label that is there already is opened and kept: each step has its own.

        Args:
            label: names the backup below the node's state folder: a rollout's id and a step's.

        Raises:
            RefusedError: `install.backup-differs`.
            CouldNotLookError: it could not be written.
        """
        folder = f"{site.state}/backups/{label}"
        seen = placing.everything(site)
        return backups.back_up(site.host, site.slot.name, seen, folder, site.fence)

    # --- changing

    def adopt(self, site: Site) -> Layout:
        """Make the slot's plain paths links into a generation folder, contents unchanged; loads nothing.

        Raises:
            RefusedError: `install.split-generations`, `install.file-absent`.
            CouldNotLookError: it could not be carried out; no path has another content than before.
        """
        layout, seen = placing.layout_at(site)
        missing = generations.find_missing(layout, seen)
        if missing:
            raise RefusedError("install.file-absent", paths=[finding.subject for finding in missing])
        if not layout.is_adopted:
            parent = site.host.read(posixpath.dirname(layout.folder))
            site.host.change(generations.adopting(layout, seen, parent), site.fence)
        return placing.layout_at(site)[0]

    def place(self, site: Site, content: Content, backup: Backup, *, returning: bool = False) -> Installed:
        """Write a content and swap it in; the service has not loaded it yet.

        Raises:
            RefusedError: `install.no-backup`, `install.backup-differs`, `install.not-adopted`;
                `install.backup-stale`: the backup is of another state than this one, so no way back.
        """
        backups.open_backup(site.host, backup.folder)
        stale = backups.find_differences(site.host, backup)
        if stale:
            paths = [finding.subject for finding in stale]
            raise RefusedError("install.backup-stale", folder=backup.folder, paths=paths)
        faults = self.preflight(site, content, returning=returning)
        if any(fault.severity is Severity.ERROR for fault in faults):
            return Installed(Ending.REFUSED, findings=faults)
        layout, seen = placing.layout_at(site)
        if len(layout.roles) > 1 and not layout.is_adopted:
            raise RefusedError("install.not-adopted", slot=site.slot.name)
        wanted = self._files(site, content, seen)
        try:
            placing.write(site, layout, wanted)
        except CouldNotLookError as error:
            placing.restore(site, backup)
            placing.discard_next(site, layout)
            reason, path = error.values.get("reason", str(error)), error.values.get("path", site.slot.name)
            return Installed(
                Ending.REFUSED, findings=(Finding(Code.WRITE_FAILED, str(path), {"reason": reason}),)
            )
        refused = loading.check(site)
        if refused:
            placing.restore(site, backup)
            return Installed(Ending.REFUSED, findings=(*refused, *faults))
        return Installed(Ending.DEPLOYED, findings=faults)

    def switch(self, site: Site, content: Content, backup: Backup, *, returning: bool = False) -> Installed:
        """Bring a content into use: place it, load it, prove it; else put back what was before.

        Raises:
            RefusedError: `install.no-backup`, `install.not-adopted`.
        """
        placed = self.place(site, content, backup, returning=returning)
        return placed if placed.ending is Ending.REFUSED else self.load(site, content, backup)

    def load(self, site: Site, content: Content, backup: Backup) -> Installed:
        """Have the service take up what lies on disk and prove it; else put back what was before."""
        since = self._mark(site, backup)
        proof, faults = self.take_up(site, content, since)
        if proof.standing is Standing.PROVEN or (proof.standing in _ENDINGS and not faults):
            placing.prune(site)
            ending = _ENDINGS[proof.standing]
            return Installed(ending, proof.evidence, proof.findings, since)
        if not (proof.findings or faults):
            faults += _told_against(site, proof)
        said = site.target.said(site.host, site.service, since)
        if said:
            faults.append(Finding(Code.SERVICE_SAID, site.service.name, {"said": said}, Severity.WARNING))
        back = self.put_back(site, backup, was_loaded=_may_be_loaded(proof))
        findings = rank(_once([*proof.findings, *faults, *back.findings]))
        return replace(back, findings=findings, evidence=(*proof.evidence, *back.evidence))

    def put_back(self, site: Site, backup: Backup, *, was_loaded: bool = True) -> Installed:
        """Put every file back as the backup has it, load, and see that it is live again.

        Args:
            was_loaded: what is taken back may have been loaded; else processes that never let go
                of the old content are as good as new ones.
        """
        placing.restore(site, backup)
        old = site.target.read(site.host, site.service, site.slot).content
        by_processes = was_loaded and not (site.serves and site.service.addresses)
        since = self._mark(site, backup) if by_processes else {}
        faults = loading.revive(site) if self._is_dead(site) else loading.load(site)
        if old is None:
            return Installed(Ending.DOWN, findings=(*faults, self._not_live(site)))
        proof = self._wait(site, old, since, failed=bool(faults))
        if proof.standing not in _ENDINGS:
            return Installed(Ending.DOWN, proof.evidence, (*faults, *proof.findings, self._not_live(site)))
        note = Finding(Code.OLD_LIVE_AGAIN, site.slot.name, {"standing": proof.standing}, Severity.NOTE)
        return Installed(Ending.PUT_BACK, proof.evidence, (*faults, note), since)

    def prove(self, site: Site, content: Content, since: Mapping[str, str] | None = None) -> Proof:
        """Look once at what is in use; changes nothing."""
        return prove(
            site,
            content,
            since=since or {},
            prober=self._prober,
            clock=self._clock,
            patience=self._patience,
        )

    def take_up(self, site: Site, content: Content, since: Mapping[str, str]) -> tuple[Proof, list[Finding]]:
        """Have the service load what lies on disk, and look until it is seen or time is over.

        Returns:
            the last look, and what went wrong at loading.
        """
        faults = loading.load(site)
        proof = self._wait(site, content, since, failed=bool(faults))
        if not faults and proof.reached and proof.standing is Standing.NOT_LIVE:
            # It answers and has not taken it up: a service that was just starting loses a reload.
            faults = loading.load(site)
            proof = self._wait(site, content, since, failed=bool(faults))
        return proof, faults

    # --- parts

    def _look_at(self, site: Site, faults: list[Finding]) -> dict[str, FileSeen]:
        seen: dict[str, FileSeen] = {}
        for path, look in zip(site.slot.files, site.host.read_all(site.slot.files), strict=True):
            if isinstance(look, CouldNotLookError):
                faults.append(Finding(Code.FILE_UNREADABLE, path, {"reason": look.values.get("reason", "")}))
            else:
                seen[path] = look
        return seen

    def _present(self, site: Site) -> Content | None:
        try:
            return site.target.read(site.host, site.service, site.slot).content
        except CouldNotLookError:
            return None

    def _files(self, site: Site, content: Content, seen: Mapping[str, FileSeen]) -> tuple[FileWanted, ...]:
        if isinstance(content, IdentityContent) and content.key is None:
            present = self._present(site)
            content = replace(content, key=present.key if isinstance(present, IdentityContent) else None)
        return tuple(
            keep_rights(wanted, seen[wanted.path])
            for wanted in site.target.encode(site.service, site.slot, content)
        )

    def _mark(self, site: Site, backup: Backup) -> dict[str, str]:
        mark = dict(site.target.mark(site.host, site.service))
        if isinstance(site.slot, TrustSlot):
            data = backups.data_of(site.host, backup, site.slot.anchors)
            before = TrustContent(x509.read(data, site.slot.anchors).certificates)
            mark["old_names"] = names_digest(before)
        return mark

    def _wait(self, site: Site, content: Content, since: Mapping[str, str], *, failed: bool) -> Proof:
        proofs: list[Proof] = []
        patience = self._patience
        answered = self._clock.now()  # when the service last took a connection

        def is_settled() -> bool:
            nonlocal answered
            proofs.append(self.prove(site, content, since))
            now = self._clock.now()
            answered = now if proofs[-1].reached else answered
            dead = site.service.loading is Loading.RELOAD and now - answered >= patience.dead
            return dead or proofs[-1].standing in {Standing.PROVEN, Standing.DEPLOYED, Standing.ABSENT}

        if failed:
            is_settled()
        else:
            self._clock.wait(is_settled, at_most=patience.deadline, every=patience.every)
        return proofs[-1]

    def _is_dead(self, site: Site) -> bool:
        """Tell whether none of the service's addresses takes a connection any more."""
        found: list[bool] = []
        for declared in site.service.addresses:
            try:
                addresses = self._prober.resolve(declared.host, declared.port)
            except CouldNotLookError:
                return False
            asks = (Ask(address, site.service.dialect, timeout=self._patience.dial) for address in addresses)
            found += [self._prober.ask(ask, via=site.host).reached for ask in asks]
        return bool(found) and not any(found)

    def _not_live(self, site: Site) -> Finding:
        return Finding(Code.OLD_NOT_LIVE, site.slot.name, {"service": site.service.name})


def _told_against(site: Site, proof: Proof) -> list[Finding]:
    """Return why witnesses deny that a content is in use, where nothing else says so."""
    denied = (one for one in proof.evidence if one.outcome is Outcome.NO and "reason" in one.detail)
    return [
        Finding(Code.NOT_SEEN, site.slot.name, {"reason": one.detail["reason"]}, Severity.WARNING)
        for one in denied
    ]


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings without repeats: the way back often meets what the way there met."""
    return [one for at, one in enumerate(findings) if one not in findings[:at]]


def _milder(fault: Finding) -> Finding:
    breaks = fault.code in {Code.KEY_MISMATCH, Code.KEY_MISSING, Code.NO_ANCHORS}
    return fault if breaks else replace(fault, severity=Severity.WARNING)


def _may_be_loaded(proof: Proof) -> bool:
    """Tell whether no process or report contradicts that a content was loaded."""
    inside = {Witness.GENERATION, Witness.SELF_REPORT}
    return not any(e.outcome is Outcome.NO and e.witness in inside for e in proof.evidence)
