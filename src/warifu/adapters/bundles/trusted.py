"""What is believed during one look: python-tuf's own workflow of a client, with time given and nothing kept.

`TrustedMetadataSet` verifies and compares (thresholds, versions, sizes, digests, expiry), and reads and writes nothing;
it is the half of python-tuf's `Updater` that has no network and no folder. It is not part of python-tuf's promised API,
so this is the one file that names it (docs/decisions/017-verified-without-a-folder.md), and its contract is tested.
It reads the clock once, when it is made: that instant is replaced before anything depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from securesystemslib.exceptions import UnverifiedSignatureError
from tuf.api.exceptions import (
    BadVersionNumberError,
    EqualVersionNumberError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    UnsignedMetadataError,
)
from tuf.api.metadata import DelegatedRole, MetaFile, Signed, Targets
from tuf.api.serialization import DeserializationError
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from warifu.adapters.bundles.metadata import FOREIGN, parse_role, version_of
from warifu.domain.findings import Code, Finding
from warifu.errors import RefusedError


class Trusted:
    """A root, and what was verified beneath it so far; each `take_` returns why a file was not believed, or None.

    Raises:
        RefusedError: `bundle.root-refused`: the root that is held is not one.
    """

    def __init__(self, root: bytes, *, now: datetime) -> None:
        self._now = now
        self.has_new_timestamp = False
        try:
            self._set = TrustedMetadataSet(root, EnvelopeType.METADATA)
        except FOREIGN as error:
            raise RefusedError("bundle.root-refused", reason="root-unreadable") from error
        self._set.reference_time = now

    @property
    def root_version(self) -> int:
        """The version of the root that is believed."""
        return self._set.root.version

    def take_root(self, data: bytes, before: bytes) -> Finding | None:
        """Believe the next root, which enough keys of this one and of its own have signed. TUF §5.3.4, §5.3.5."""
        return self._told(
            "root", data, before, Code.BUNDLE_FILE_UNREADABLE, lambda: self._set.update_root(data)
        )

    def take_timestamp(self, data: bytes, before: bytes | None) -> Finding | None:
        """Believe a timestamp that is newer than what is held. TUF §5.4."""
        if self._set.root.is_expired(self._now):
            return _expired("root", self._set.root, self._now)
        if before is not None:
            # Held files that no longer verify (their key was replaced) guard nothing any more. TUF §5.3.11.
            self._told(
                "timestamp",
                before,
                None,
                Code.BUNDLE_FILE_UNREADABLE,
                lambda: self._set.update_timestamp(before),
            )
        wrong = self._told("timestamp", data, before, Code.BUNDLE_FILE_UNREADABLE, lambda: self._renew(data))
        if wrong is None and self._set.timestamp.is_expired(self._now):  # the one that is held, once more
            return _expired("timestamp", self._set.timestamp, self._now)
        return wrong

    def _renew(self, data: bytes) -> None:
        self._set.update_timestamp(data)
        self.has_new_timestamp = True

    @property
    def snapshot_meta(self) -> MetaFile:
        """What the timestamp says of the snapshot."""
        return self._set.timestamp.snapshot_meta

    def remember_snapshot(self, data: bytes) -> bool:
        """Take the snapshot that is held as the bottom for versions; tell whether it is the present one."""
        return (
            self._told("snapshot", data, None, Code.BUNDLE_FILE_DIFFERS, lambda: self._recall(data)) is None
        )

    def _recall(self, data: bytes) -> None:
        self._set.update_snapshot(data, trusted=True)
        self.snapshot_meta.verify_length_and_hashes(data)

    def take_snapshot(self, data: bytes, before: bytes | None) -> Finding | None:
        """Believe the snapshot that the timestamp names. TUF §5.5."""
        return self._told(
            "snapshot", data, before, Code.BUNDLE_ROLLED_BACK, lambda: self._set.update_snapshot(data)
        )

    def meta(self, role: str) -> MetaFile | None:
        """What the snapshot says of a role's file."""
        return self._set.snapshot.meta.get(f"{role}.json")

    def take_targets(self, data: bytes, before: bytes | None) -> Finding | None:
        """Believe the list of trust domains. TUF §5.6."""
        return self._told(
            "targets", data, before, Code.BUNDLE_FILE_DIFFERS, lambda: self._set.update_targets(data)
        )

    def delegation(self, domain: str) -> DelegatedRole | None:
        """What the list says of a trust domain: its keys, and which names are its own."""
        delegations = self._set.targets.delegations
        return (delegations.roles or {}).get(domain) if delegations else None

    def take_domain(self, domain: str, data: bytes, before: bytes | None) -> Finding | None:
        """Believe a trust domain's list of documents. TUF §5.6.7."""
        return self._told(
            domain,
            data,
            before,
            Code.BUNDLE_FILE_DIFFERS,
            lambda: self._set.update_delegated_targets(data, domain, "targets"),
        )

    def documents(self, domain: str) -> Targets:
        """Return a trust domain's list of documents, once believed."""
        found = self._set[domain]
        assert isinstance(found, Targets)  # noqa: S101  # nothing else is taken under this name
        return found

    def _told(
        self, role: str, data: bytes, before: bytes | None, otherwise: Code, take: Callable[[], object]
    ) -> Finding | None:
        """Call, and say what was wrong in our words."""
        try:
            take()
        except EqualVersionNumberError:
            return None  # what is held stays, and nothing is wrong. TUF §5.4.3.1
        except FOREIGN as error:
            code = next((code for kind, code in _SAID if isinstance(error, kind)), otherwise)
        else:
            return None
        if code is Code.BUNDLE_ROLLED_BACK:
            evidence = {"found": version_of(data), "before": version_of(before)}
            return Finding(Code.BUNDLE_ROLLED_BACK, role, evidence)
        parsed = parse_role(data, role)
        if code is Code.BUNDLE_EXPIRED and parsed is not None:
            return _expired(role, parsed.signed, self._now)
        return Finding(code, role)


_SAID: tuple[tuple[type[Exception], Code], ...] = (
    (ExpiredMetadataError, Code.BUNDLE_EXPIRED),
    (BadVersionNumberError, Code.BUNDLE_ROLLED_BACK),
    (UnsignedMetadataError, Code.BUNDLE_SIGNATURE_WRONG),
    (UnverifiedSignatureError, Code.BUNDLE_SIGNATURE_WRONG),
    (LengthOrHashMismatchError, Code.BUNDLE_FILE_DIFFERS),
    (DeserializationError, Code.BUNDLE_FILE_UNREADABLE),
)
"""What python-tuf raises, and what that is called here."""


def _expired(role: str, signed: Signed, now: datetime) -> Finding:
    return Finding(Code.BUNDLE_EXPIRED, role, {"not_after": signed.expires, "now": now})
