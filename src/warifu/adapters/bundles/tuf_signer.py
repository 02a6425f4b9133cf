"""The server's side of signed trust bundles: new versions of files, signed with online keys; nothing is stored here.

One online key signs timestamp, snapshot, the list of trust domains and each trust domain: all of it lies on one machine,
and a second file beside the first would guard nothing. The root says which key that is.

Spec: TUF 1.0.31 §6 (consistent snapshots).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Key,
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from warifu.adapters.bundles.key_folder import KeyFolder
from warifu.adapters.bundles.metadata import (
    TRIAL,
    is_document,
    is_domain,
    is_due,
    is_trial,
    parse,
    root_version,
    until,
)
from warifu.adapters.bundles.root_ceremony import check_follows, key_request
from warifu.errors import RefusedError, UsageError
from warifu.ports.bundles import BundleSigner
from warifu.wire.trust_files import document_name, file_name

_S = TypeVar("_S", Root, Timestamp, Snapshot, Targets)


class TufSigner(BundleSigner):
    """Signs with the online keys of a folder, `keys`."""

    def __init__(self, keys: str) -> None:
        self.keys = keys
        self._keys = KeyFolder(keys)

    def begin(self, *, now: datetime) -> Mapping[str, bytes]:
        """Return the first files, below a root on trial; see the port."""
        online, own = self._keys.make(), self._keys.make()
        root = Root(
            expires=until(Root.type, now), consistent_snapshot=True, unrecognized_fields={TRIAL: True}
        )
        root.add_key(own, Root.type)
        for role in (Timestamp.type, Snapshot.type, Targets.type):
            root.add_key(online, role)
        draft = _Draft(self._keys, root)
        draft.files[file_name(Root.type, 1)] = draft.sign(root, Root.type)
        draft.put_targets(Targets(expires=until(Targets.type, now), delegations=Delegations({}, {})))
        first = Snapshot(expires=until(Snapshot.type, now))
        draft.close(first, Timestamp(expires=until(Timestamp.type, now)))
        return draft.files

    def publish(
        self, kept: Mapping[str, bytes], documents: Mapping[str, bytes], *, now: datetime
    ) -> Mapping[str, bytes]:
        """Return what is new when documents are published; see the port."""
        state = _State.of(kept)
        draft = _Draft(self._keys, state.root)
        by_domain: dict[str, dict[str, bytes]] = {}
        for name, data in documents.items():
            domain = name.partition("/")[0]
            if not is_domain(domain) or not is_document(name, domain):
                raise UsageError("bundle.bad-name", name=name)
            by_domain.setdefault(domain, {})[name] = data
        if draft.delegate(state.targets, by_domain) or is_due(state.targets, now=now):
            draft.put_targets(_next(state.targets, now))
        for domain, own in sorted(by_domain.items()):
            before = state.domain(domain, missing_ok=True)
            draft.put_domain(domain, _next(before, now) if before else _first(now), own)
        draft.close(_next(state.snapshot, now), _next(state.timestamp, now))
        return draft.files

    def renew(self, kept: Mapping[str, bytes], *, now: datetime, above: int = 0) -> Mapping[str, bytes]:
        """Return what is due to be signed again, or everything above a version; see the port."""
        state = _State.of(kept)
        draft = _Draft(self._keys, state.root)
        anew = above > 0
        for domain in state.domains:
            known = state.domain(domain)
            if known is not None and (anew or is_due(known, now=now)):
                draft.put_domain(domain, _next(known, now, above))
        if anew or is_due(state.targets, now=now):
            draft.put_targets(_next(state.targets, now, above))
        if draft.files or is_due(state.snapshot, now=now):
            draft.close(_next(state.snapshot, now, above), _next(state.timestamp, now, above))
        elif is_due(state.timestamp, now=now):
            draft.put_timestamp(_next(state.timestamp, now))
        return draft.files

    def take_root(self, kept: Mapping[str, bytes], root: bytes, *, now: datetime) -> Mapping[str, bytes]:
        """Return what follows from a new root; see the port."""
        state = _State.of(kept)
        if is_trial(state.root):
            root = self._signed_by_trial(state.root, root)
        new = check_follows(root, state.root_file, now=now)
        draft = _Draft(self._keys, new)
        draft.files[file_name(Root.type, new.version)] = root
        if _online(new) == _online(state.root):
            draft.put_timestamp(_next(state.timestamp, now))
            return draft.files
        draft.delegate(state.targets, state.domains, anew=True)
        for domain in state.domains:
            known = state.domain(domain)
            if known is not None:
                draft.put_domain(domain, _next(known, now))
        draft.put_targets(_next(state.targets, now))
        draft.close(_next(state.snapshot, now), _next(state.timestamp, now))
        return draft.files

    def make_online_key(self) -> bytes:
        """Make a further online key; see the port."""
        return key_request(self._keys.make())

    def _signed_by_trial(self, present: Root, root: bytes) -> bytes:
        """Return the new root with the signature of the trial's key, where that lies here."""
        parsed = parse(root, Root)
        for key_id in present.roles[Root.type].keyids:
            signer = self._keys.find(key_id)
            if parsed is not None and signer is not None:
                parsed.sign(signer, append=True)
        return parsed.to_bytes() if parsed is not None else root


@dataclass
class _State:
    """The present files, parsed."""

    kept: Mapping[str, bytes]
    root_file: bytes
    root: Root
    timestamp: Timestamp
    snapshot: Snapshot
    targets: Targets

    @classmethod
    def of(cls, kept: Mapping[str, bytes]) -> _State:
        """Read what is kept.

        Raises:
            RefusedError: `bundle.kept-lacks`.
        """
        newest = file_name(Root.type, max(1, *map(root_version, kept)))
        timestamp = _load(kept, file_name(Timestamp.type, 0), Timestamp)
        snapshot = _load(kept, file_name(Snapshot.type, timestamp.snapshot_meta.version), Snapshot)
        listed = snapshot.meta.get("targets.json")
        targets = _load(kept, file_name(Targets.type, listed.version if listed else 0), Targets)
        return cls(kept, kept.get(newest, b""), _load(kept, newest, Root), timestamp, snapshot, targets)

    @property
    def domains(self) -> tuple[str, ...]:
        """The trust domains that are published, sorted."""
        delegations = self.targets.delegations
        return tuple(sorted(delegations.roles or {})) if delegations else ()

    def domain(self, name: str, *, missing_ok: bool = False) -> Targets | None:
        """Return a trust domain's list of documents; None where it was never published."""
        meta = self.snapshot.meta.get(f"{name}.json")
        if meta is None and missing_ok:
            return None
        return _load(self.kept, file_name(name, meta.version if meta else 0), Targets)


@dataclass
class _Draft:
    """New files as they come to be, from the bottom to the top."""

    keys: KeyFolder
    root: Root
    files: dict[str, bytes] = field(default_factory=dict)
    meta: dict[str, MetaFile] = field(default_factory=dict)

    def sign(self, signed: Signed, role: str) -> bytes:
        """Return a file, signed with as many keys as the root wants for a role.

        Raises:
            RefusedError: `bundle.no-key`.
        """
        wanted = self.root.roles[role]
        signers = [found for key_id in wanted.keyids if (found := self.keys.find(key_id)) is not None]
        if len(signers) < wanted.threshold:
            raise RefusedError("bundle.no-key", role=role, key=wanted.keyids, folder=self.keys.folder)
        file = Metadata(cast("Targets", signed))
        for signer in signers:
            file.sign(signer, append=True)
        return file.to_bytes()

    def delegate(self, targets: Targets, domains: Collection[str], *, anew: bool = False) -> bool:
        """Give each trust domain a role of its own; tell whether one is new."""
        online = self.root.roles[Targets.type].keyids
        if anew or targets.delegations is None:
            targets.delegations = Delegations({}, {})
        known = targets.delegations
        roles = dict(known.roles or {})
        fresh = [domain for domain in sorted(domains) if domain not in roles]
        for domain in fresh:
            paths = [f"{domain}/*", f"{domain}/crls/*"]  # `*` does not reach over a slash. TUF §4.5
            roles[domain] = DelegatedRole(domain, list(online), 1, terminating=True, paths=paths)
        keys: dict[str, Key] = {**known.keys, **{key_id: self.root.keys[key_id] for key_id in online}}
        targets.delegations = Delegations(keys, roles)
        return bool(fresh)

    def put_domain(self, domain: str, role: Targets, documents: Mapping[str, bytes] | None = None) -> None:
        """Add a trust domain's file, with its documents where they are new."""
        if documents is not None:
            listed = {name: TargetFile.from_data(name, data, ["sha256"]) for name, data in documents.items()}
            role.targets = dict(sorted(listed.items()))
            for name, data in documents.items():
                self.files[document_name(name, listed[name].hashes["sha256"])] = data
        self._put(domain, role)

    def put_targets(self, targets: Targets) -> None:
        """Add the list of trust domains."""
        self._put(Targets.type, targets)

    def put_timestamp(self, timestamp: Timestamp) -> None:
        """Add a timestamp."""
        self.files[file_name(Timestamp.type, 0)] = self.sign(timestamp, Timestamp.type)

    def close(self, snapshot: Snapshot, timestamp: Timestamp) -> None:
        """Add a snapshot of all that is new beside what was there, and a timestamp of it."""
        snapshot.meta = dict(sorted({**snapshot.meta, **self.meta}.items()))
        data = self.sign(snapshot, Snapshot.type)
        self.files[file_name(Snapshot.type, snapshot.version)] = data
        timestamp.snapshot_meta = MetaFile.from_data(snapshot.version, data, ["sha256"])
        self.put_timestamp(timestamp)

    def _put(self, role: str, signed: Targets) -> None:
        data = self.sign(signed, Targets.type)
        self.files[file_name(role, signed.version)] = data
        self.meta[f"{role}.json"] = MetaFile.from_data(signed.version, data, ["sha256"])


def _load(kept: Mapping[str, bytes], name: str, kind: type[_S]) -> _S:
    parsed = parse(kept.get(name, b""), kind)
    if parsed is None:
        raise RefusedError("bundle.kept-lacks", name=name)
    return parsed.signed


def _next(signed: _S, now: datetime, above: int = 0) -> _S:
    """Return the next version of a file, above another number too, good from now."""
    signed.version = max(signed.version, above) + 1
    signed.expires = until(signed.type, now)
    return signed


def _first(now: datetime) -> Targets:
    return Targets(expires=until(Targets.type, now))


def _online(root: Root) -> tuple[tuple[str, ...], ...]:
    """Return the keys of the roles beneath a root."""
    return tuple(
        tuple(sorted(root.roles[role].keyids)) for role in (Timestamp.type, Snapshot.type, Targets.type)
    )
