"""What the verbs `issuer` and `request` need: where requests lie, an issuer's own chain, a new CA."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.ca_folder import CaCertificates, CaOrder, create_ca
from warifu.adapters.issuers.passphrase import passphrase_from_file, passphrase_from_terminal
from warifu.domain.estate import IssuerSpec
from warifu.domain.findings import Lang, Severity
from warifu.domain.x509 import Certificate, read
from warifu.errors import UsageError
from warifu.workflows.requests import RequestStore


def request_store(estate: str) -> RequestStore:
    """Return the requests of an estate, given as its file or folder; those filed without an estate lie there too.

    Raises:
        UsageError: `estate.no-files`: there is neither an estate nor a request.
    """
    place = Path(state_folder(estate), "requests")
    if not Path(estate).exists() and not place.is_dir():
        raise UsageError("estate.no-files", path=estate)
    return RequestStore(LocalFiles(), str(place))


def has_estate(estate: str) -> bool:
    """Tell whether an estate file lies there; a folder may hold requests alone."""
    place = Path(estate)
    return any(place.glob("*.toml")) if place.is_dir() else place.exists()


def state_folder(estate: str) -> str:
    """Return where an estate's state lies on this machine: `.warifu` beside its file, or in its folder."""
    place = Path(estate)
    return str((place if place.is_dir() else place.parent) / ".warifu")


def chain(spec: IssuerSpec, folder: str = "") -> tuple[Certificate, ...]:
    """Return an issuer's own certificates: issuing one first, root last; empty where no file names them.

    Args:
        folder: where a relative path begins.

    Raises:
        UsageError: `issue.chain-empty`, `issue.chain-damaged`.
        CouldNotLookError: `io.cannot-read`.
    """
    if not spec.chain:
        return ()
    path = str(Path(folder, spec.chain))
    reading = read(LocalFiles().read(path), path)
    if not reading.certificates:
        raise UsageError("issue.chain-empty", issuer=spec.name, path=path)
    lost = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
    if lost:
        raise UsageError(
            "issue.chain-damaged", issuer=spec.name, path=path, reason=lost[0].evidence.get("reason", "-")
        )
    return reading.certificates


def chains(issuers: Mapping[str, IssuerSpec]) -> Mapping[str, tuple[Certificate, ...]]:
    """Return every issuer's own certificates, by name."""
    return {name: chain(spec) for name, spec in issuers.items()}


def make_ca(  # what the command line gives, one each
    name: str,
    folder: str,
    common_name: str,
    *,
    intermediate: str,
    key: str,
    lifetime: timedelta,
    passphrase_file: str,
    lang: Lang,
) -> CaCertificates:
    """Make a local CA's folder.

    Raises:
        RefusedError: `issue.ca-exists`, `issue.passphrase-file-open`.
        UsageError: a word of the order, or the passphrase, is wrong.
        CouldNotLookError: it cannot be written.
    """
    order = CaOrder(folder, common_name, intermediate, key, lifetime)
    if passphrase_file:
        passphrase = passphrase_from_file(passphrase_file, issuer=name)
    else:
        passphrase = passphrase_from_terminal(issuer=name, lang=lang)
    return create_ca(order, passphrase, now=SystemClock().now())
