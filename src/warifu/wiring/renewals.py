"""What the verb `renewal` needs: sight of files and addresses, a desk for requests, rules of issuers."""

from __future__ import annotations

from pathlib import Path

from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.adapters.libraries.package import PackageLibrary
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.rotation.requests import PendingRequest
from warifu.domain.trust import Profile
from warifu.domain.trust.issuer_rules import IssuerRules, KnownIssuers
from warifu.domain.trust.topology import Topology, needed_names
from warifu.domain.x509 import Certificate
from warifu.ports.changes import Fence
from warifu.wiring.issuers import state_folder
from warifu.workflows import renewal
from warifu.workflows.renewal import RequestDesk, Sight
from warifu.workflows.requests import RequestStore

_HOLDER = "warifu request"
"""Who changes the folder of requests: runs of this program on one folder, one after the other."""


def sight(passwords: tuple[bytes, ...] = ()) -> Sight:
    """Return what reads certificates on this machine and from addresses.

    Args:
        passwords: tried on everything that is locked.
    """
    return Sight(LocalHost(), TlsProber(), passwords)


def records(estate: str) -> tuple[PendingRequest, ...]:
    """Return the requests on record; none where there is no such folder.

    Raises:
        CouldNotLookError: `io.cannot-read`, `issue.request-file-unreadable`.
    """
    return _store(estate).all()


def request_desk(estate: str) -> RequestDesk:
    """Return where requests are made and filed."""
    state = Path(state_folder(estate)).absolute()
    fence = Fence(str(state / "requests.fence.json"), _HOLDER, 1)
    return RequestDesk(_store(estate), OpensslKeys(), LocalHost(), str(state / "keys"), fence)


def _store(estate: str) -> RequestStore:
    return RequestStore(LocalFiles(), str(Path(state_folder(estate)) / "requests"))


def topology(path: str) -> Topology:
    """Return the topology of a file.

    Raises:
        UsageError: the file is absent or has faults.
    """
    return renewal.read_topology(path, LocalFiles())


def topology_names(path: str, profile: Profile) -> tuple[str, ...]:
    """Return every name that a topology file and a target ask of a certificate.

    Raises:
        UsageError: the file has faults, or lacks names that the target needs.
    """
    return tuple(name.text for name in needed_names(topology(path), profile))


def known_issuers() -> KnownIssuers:
    """Return every issuer whose rules come with the program."""
    return renewal.load_issuers(PackageLibrary())


def issuer_rules(text: str, leaf: Certificate) -> IssuerRules:
    """Return the rules that a text names; empty means those of who signed the certificate.

    Raises:
        UsageError: `renewal.issuer-unknown`, `renewal.issuer-not-recognised`, or the file has faults.
    """
    if not text:
        return renewal.issuer_of(leaf, PackageLibrary())
    return renewal.choose_issuer(text, PackageLibrary(), LocalFiles())
