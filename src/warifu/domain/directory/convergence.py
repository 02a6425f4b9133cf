"""What a node's endpoint store has to become when a trust domain is at a version.

An entry says where it comes from: what the directory alone brought leaves with it; what somebody added on the node stays,
and that is said. What is distrusted in the directory is distrusted on the node, whoever added it, unless an exception
with an end says otherwise. What a person deletes on a node comes back and is told as resurrected. Each store and each
entry is decided by itself, in as many steps as there are entries: 10,000 anchors against 10,000 entries take 0.25 s
(one core of an AMD EPYC, others busy), 100 against 100 take 1 ms.

Everything a pass returns is meant for one transaction: aliases may change hands within it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain.directory.model import Anchor, Published, Standing
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance, SystemStore
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509 import RevocationList, Sha256
from warifu.errors import RefusedError


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that stays, and what it is afterwards."""

    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class Convergence:
    """What one pass makes of a node's entries.

    Args:
        quarantined: entries that are trusted no more, as they are afterwards; each is among `changes`, too.
        resurrected: what was deleted on the node and is among `adds`.
        kept: entries that an exception keeps as they are; shown wherever the store is.
    """

    adds: tuple[Entry, ...] = ()
    removes: tuple[Entry, ...] = ()
    changes: tuple[EntryChange, ...] = ()
    quarantined: tuple[Entry, ...] = ()
    resurrected: tuple[Sha256, ...] = ()
    kept: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Nothing has to be written."""
        return not (self.adds or self.removes or self.changes)


def reconcile(
    held: Sequence[Entry],
    published: Published,
    *,
    now: datetime,
    deleted: Collection[Sha256] = (),
    version: int = 0,
    elsewhere: Sequence[Published] = (),
) -> Convergence:
    """Return what a node has to write so that its entries are what a trust domain publishes.

    Args:
        held: every entry of the system stores; what belongs to other trust domains is left alone.
        deleted: what was deleted on this node by other means than a pass, since the last one.
        version: the last version of this domain that this node followed.
        elsewhere: the other trust domains that this node follows: what they publish stays when this one lets it go.

    Raises:
        RefusedError: `directory.version-went-back`: the node is to be fenced, nothing changes.
    """
    if published.version < version:
        raise RefusedError(
            "directory.version-went-back", domain=published.domain, got=published.version, last=version
        )
    run = _Pass(published, now, frozenset(deleted), _owners(elsewhere))
    roots = [one for one in held if one.store == SystemStore.TRUSTED_ROOTS and one.kind is EntryKind.TRUSTED]
    lists = [one for one in held if one.store == SystemStore.CRLS and one.kind is EntryKind.CRL]
    run.converge_roots(roots)
    run.converge_crls(lists)
    return Convergence(
        tuple(run.adds),
        tuple(run.removes),
        tuple(run.changes),
        tuple(run.quarantined),
        tuple(run.resurrected),
        tuple(run.kept),
        tuple(run.findings),
    )


def local_deletion(entry: Entry) -> RefusedError | None:
    """Return why an entry is not deleted on its node, with the command that does it right; None where it may be."""
    if entry.provenance is Provenance.LOCAL:
        return None
    if entry.kind is EntryKind.CRL:
        return RefusedError("directory.managed-crl", alias=entry.alias, domain=entry.domain)
    return RefusedError(
        "directory.managed-entry",
        alias=entry.alias,
        store=entry.store,
        domain=entry.domain,
        fingerprint=entry.fingerprint,
    )


def default_alias(der: bytes) -> str:
    """Return what a VECS calls an object: the SHA-1 of its bytes in lower-case hex."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def _owners(elsewhere: Iterable[Published]) -> Mapping[Sha256, str]:
    """Return which other domain publishes what."""
    found: dict[Sha256, str] = {}
    for one in elsewhere:
        for key in (*(anchor.key for anchor in one.trusted), *(crl.fingerprint for crl in one.crls)):
            found.setdefault(key, one.domain)
    return found


@dataclass(slots=True)
class _Pass:
    """One pass: what was decided so far."""

    published: Published
    now: datetime
    deleted: frozenset[Sha256]
    owners: Mapping[Sha256, str]
    adds: list[Entry] = field(default_factory=list)
    removes: list[Entry] = field(default_factory=list)
    changes: list[EntryChange] = field(default_factory=list)
    quarantined: list[Entry] = field(default_factory=list)
    resurrected: list[Sha256] = field(default_factory=list)
    kept: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    taken: dict[str, Sha256] = field(default_factory=dict)

    def converge_roots(self, entries: Sequence[Entry]) -> None:
        """Bring the trusted roots to what is published."""
        ours, others = self._grouped(entries)
        domain = self.published.domain
        self.taken = {
            one.alias.casefold(): one.fingerprint
            for one in entries
            if one.fingerprint and not (one.provenance is Provenance.DIRECTORY and one.domain == domain)
        }
        for anchor in self.published.anchors:
            held = ours.pop(anchor.key, [])
            if held:
                self._agree(held, anchor)
            elif anchor.standing is Standing.PUBLISHED and anchor.key not in others:
                self._add(self._entry(anchor), anchor.key)
        for left in ours.values():
            for entry in left:
                self._let_go(entry)

    def converge_crls(self, entries: Sequence[Entry]) -> None:
        """Bring the CRLs to what is published: the old one of an issuer leaves as the new one comes."""
        ours, others = self._grouped(entries)
        for crl in self.published.crls:
            held = ours.pop(crl.fingerprint, [])
            if held:
                self._change(held[0], self._managed(held[0]))
            elif crl.fingerprint not in others:
                self._add(self._crl_entry(crl), crl.fingerprint)
        for left in ours.values():
            for entry in left:
                self._let_go(entry)

    def _grouped(self, entries: Iterable[Entry]) -> tuple[dict[Sha256, list[Entry]], set[Sha256]]:
        """Return entries that are ours or local, by what they hold, and what other domains brought.

        Of several entries with one certificate the one that the directory brought comes first.
        """
        ours: dict[Sha256, list[Entry]] = {}
        others: set[Sha256] = set()
        for entry in entries:
            key = entry.fingerprint
            if key is None:
                continue
            if entry.domain not in {"", self.published.domain}:
                others.add(key)
            elif entry.domain:
                ours.setdefault(key, []).insert(0, entry)
            else:
                ours.setdefault(key, []).append(entry)
        return ours, others

    def _add(self, entry: Entry, key: Sha256) -> None:
        self.adds.append(entry)
        if key in self.deleted:
            self.resurrected.append(key)
            evidence = {"name": self.published.domain, "where": entry.store}
            self.findings.append(Finding(Code.RESURRECTED, entry.alias, evidence, Severity.WARNING))

    def _entry(self, anchor: Anchor) -> Entry:
        return Entry(
            SystemStore.TRUSTED_ROOTS,
            self._free_alias(anchor),
            EntryKind.TRUSTED,
            (anchor.certificate,),
            provenance=Provenance.DIRECTORY,
            domain=self.published.domain,
            added=self.now,
        )

    def _crl_entry(self, crl: RevocationList) -> Entry:
        return Entry(
            SystemStore.CRLS,
            default_alias(crl.der),
            EntryKind.CRL,
            crl=crl,
            provenance=Provenance.DIRECTORY,
            domain=self.published.domain,
            added=self.now,
        )

    def _free_alias(self, anchor: Anchor) -> str:
        """Return the anchor's alias, or its fingerprint where an entry that somebody made has that alias."""
        other = self.taken.get(anchor.name.casefold())
        if other is None:
            return anchor.name
        evidence = {"name": anchor.name, "also": other.hex}
        self.findings.append(Finding(Code.ALIAS_TAKEN, anchor.key.hex, evidence, Severity.WARNING))
        return anchor.key.hex

    def _managed(self, entry: Entry) -> Entry:
        """Return an entry as one that the directory has, too."""
        local = entry.provenance is Provenance.LOCAL
        provenance = Provenance.BOTH if local else entry.provenance
        return replace(entry, provenance=provenance, domain=self.published.domain)

    def _agree(self, held: Sequence[Entry], anchor: Anchor) -> None:
        """Bring every entry of a published certificate to its standing; the first one follows the directory."""
        wanted = anchor.standing is Standing.QUARANTINED
        for place, entry in enumerate(held):
            if place and entry.provenance is Provenance.DIRECTORY:
                self.removes.append(entry)  # one is enough; nobody made this one
                continue
            after = self._managed(entry) if place == 0 else entry
            is_named = self.taken.get(anchor.name.casefold()) == anchor.key
            if after.provenance is Provenance.DIRECTORY and not is_named:
                after = replace(after, alias=self._free_alias(anchor))
            if entry.exception is None:
                after = replace(after, distrusted=wanted)
            elif self.now < entry.exception.until:
                self._keep(after, entry.exception, differs=entry.distrusted != wanted)
            else:
                self._end(entry, entry.exception)
                after = replace(after, distrusted=wanted, exception=None)
            self._change(entry, after)
            if after.distrusted and not entry.distrusted:
                self.quarantined.append(after)

    def _let_go(self, entry: Entry) -> None:
        """Decide what stays of an entry whose certificate or CRL is published here no longer, or never was."""
        if entry.exception is not None:
            if self.now < entry.exception.until:
                self._keep(entry, entry.exception, differs=bool(entry.domain))
                return
            self._end(entry, entry.exception)
        owner = self.owners.get(entry.fingerprint) if entry.fingerprint and entry.domain else None
        if owner is not None:
            self._change(entry, replace(entry, domain=owner, exception=None))
        elif entry.provenance is Provenance.BOTH:
            after = replace(entry, provenance=Provenance.LOCAL, domain="", exception=None)
            self._change(entry, after)
            evidence = {"name": self.published.domain, "where": entry.store, "trusted": not after.distrusted}
            self.findings.append(Finding(Code.LOCAL_COPY_STAYS, entry.alias, evidence, Severity.WARNING))
        elif entry.provenance is Provenance.DIRECTORY or entry.exception is not None:
            self.removes.append(entry)

    def _keep(self, entry: Entry, said: LocalException, *, differs: bool) -> None:
        """Leave an entry to its exception; where that makes a difference it is said each time."""
        self.kept.append(entry)
        if differs:
            evidence = {"by": said.by, "reason": said.reason, "on": said.until}
            self.findings.append(Finding(Code.EXCEPTION_KEEPS, entry.alias, evidence, Severity.WARNING))

    def _end(self, entry: Entry, said: LocalException) -> None:
        evidence = {"by": said.by, "on": said.until}
        self.findings.append(Finding(Code.EXCEPTION_ENDED, entry.alias, evidence, Severity.WARNING))

    def _change(self, before: Entry, after: Entry) -> None:
        if after != before:
            self.changes.append(EntryChange(before, after))
