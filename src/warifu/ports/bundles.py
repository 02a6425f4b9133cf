"""Signed trust bundles: written on the server, read by whoever trusts their root."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from warifu.domain.findings import Finding
from warifu.wire.trust_files import TrustAsk

Fetch = Callable[[str, int], bytes | None]
"""Returns the file with this name, at most so many bytes of it; None where there is none.

Raises CouldNotLookError where nobody could be asked. What it returns is believed only once it is verified.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a reader holds and believes: the last good set, kept whatever comes later.

    Args:
        metadata: signed files by role: `root`, `timestamp`, `snapshot`, `targets`, and each trust domain's.
        documents: what the trust domains publish, by name (`DOMAIN/bundle.json`, `DOMAIN/crls/SHA256.crl`).
        findings: why nothing newer was accepted, or what will soon be too old; empty when all is well.
    """

    metadata: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class BundleSigner(Protocol):
    """Signs with keys that it alone holds; what is signed is returned, and kept by whoever asked.

    `kept` is every file that was returned before, by the name under which readers fetch it. The present ones are
    enough: every `N.root.json`, `timestamp.json`, and of each other role the newest. What is returned is stored by
    whoever asked as a whole or not at all; asked again, the same versions are made again.

    Every method raises `bundle.kept-lacks` (RefusedError) where a file that is needed is not among those kept, and
    `bundle.keys-open` where others can read the keys.
    """

    def begin(self, *, now: datetime) -> Mapping[str, bytes]:
        """Return the first files: a root of one key, marked as a trial, and empty roles beneath it.

        Whoever joins is told the SHA-256 of the newest root, not of the first: a key that once signed on trial must not
        be able to deceive those who come later.
        """
        ...

    def publish(
        self, kept: Mapping[str, bytes], documents: Mapping[str, bytes], *, now: datetime
    ) -> Mapping[str, bytes]:
        """Return what is new when these documents are published: all of each trust domain named, in new versions.

        Args:
            documents: by name, `DOMAIN/...`; a domain that is not named stays as it is.

        Raises:
            RefusedError: `bundle.no-key`: the online key that the root names is not here.
            UsageError: `bundle.bad-name`: not a document of a trust domain, or the domain has the name of a role.
        """
        ...

    def renew(self, kept: Mapping[str, bytes], *, now: datetime, above: int = 0) -> Mapping[str, bytes]:
        """Return what is due to be signed again; empty where nothing is.

        Args:
            above: where it is not 0, everything is signed again, in versions above this one: a server that came back from
                a backup cannot know which versions readers have seen.
        """
        ...

    def take_root(self, kept: Mapping[str, bytes], root: bytes, *, now: datetime) -> Mapping[str, bytes]:
        """Return what follows from a new root that was signed elsewhere, itself included.

        Where the online key is another, everything is signed anew. Where the present root is a trial, its key signs the
        new one here, as it lies nowhere else.

        Raises:
            RefusedError: `bundle.root-refused`: not the next version, too few of the keys signed, ...; `bundle.no-key`.
        """
        ...

    def make_online_key(self) -> bytes:
        """Make a further online key, which signs once a root names it; return the request that names it."""
        ...


class BundleReader(Protocol):
    """Verifies threshold signatures, versions, freshness and rollback before it believes anything.

    Nothing but the root makes it believe: what lies between it and the server may be TLS that does not verify.
    """

    def begin(self, root: bytes, digest: str) -> Held:
        """Return what believes in a first root.

        Args:
            digest: SHA-256 (hex) that the root must have; whoever invited us said so.

        Raises:
            RefusedError: `bundle.other-root`, `bundle.root-refused`.
        """
        ...

    def judge(self, held: Held, *, now: datetime) -> Held:
        """Return the same with what can be said of it without asking anybody: what is or soon will be expired."""
        ...

    def ask(self, held: Held, domains: Collection[str]) -> TrustAsk:
        """Return how to ask at once for everything that `read` would fetch."""
        ...

    def read(self, held: Held, fetch: Fetch, domains: Collection[str], *, now: datetime) -> Held:
        """Return what is held after a look: the newer set where all of it verifies, else the same with findings.

        Args:
            domains: trust domains to follow; the control domain is always followed. What is held of others goes.

        Findings:
            About a trust domain: that one stays as it was, the others go on. About `root`, `timestamp`, `snapshot` or
            `targets`: all stay as they were. Neither ever takes away what is held.

        Raises:
            CouldNotLookError: nobody could be asked.
        """
        ...
