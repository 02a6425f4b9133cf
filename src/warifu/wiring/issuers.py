"""Issuers and requests, joined: which CA an estate's issuer is, where requests lie, how a passphrase is got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.adapters.issuers.ca_folder import CaCertificates, CaOrder, create_ca
from warifu.adapters.issuers.local_ca import LocalCa
from warifu.adapters.issuers.passphrase import passphrase_from_file, passphrase_from_terminal
from warifu.domain.estate import Estate, IssuerSpec
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang
from warifu.domain.x509 import Certificate, read
from warifu.errors import CouldNotLookError
from warifu.ports.files import Files
from warifu.ports.issuers import Issuer
from warifu.workflows.requests import RequestStore


def request_store(estate: str) -> RequestStore:
    """Return the requests of an estate, given as its file or folder."""
    return RequestStore(LocalFiles(), str(Path(state_folder(estate), "requests")))


def state_folder(estate: str) -> str:
    """Return where an estate's state lies on this machine: `.warifu` beside its file, or in its folder."""
    place = Path(estate)
    return str((place if place.is_dir() else place.parent) / ".warifu")


def read_estate(estate: str) -> Estate:
    """Read an estate file, or a folder of them.

    Raises:
        CouldNotLookError: `io.cannot-read`, `issue.estate-not-text`.
        EstateError: `estate.invalid`.
    """
    files = LocalFiles()
    if files.is_folder(estate):
        inside = (path for path in files.names(estate) if path.endswith(".toml"))
        paths = [path for path in inside if Path(path).parent == Path(estate)]
    else:
        paths = [estate]
    return parse_estate([_source(files, path) for path in paths])


def issuer(spec: IssuerSpec, lang: Lang) -> Issuer:
    """Return who signs for an issuer of the estate; a passphrase is asked for when the first key is opened.

    Raises:
        CouldNotLookError: `io.cannot-read`: its chain.
    """
    if spec.kind == "local":
        return LocalCa(spec.name, spec.folder, passphrase(spec.name, spec.passphrase_file, lang))
    return ByHandIssuer(spec.name, spec.folder, LocalFiles(), chain(spec))


def chain(spec: IssuerSpec) -> tuple[Certificate, ...]:
    """Return an issuer's own certificates: issuing one first, root last; empty where no file names them.

    Raises:
        CouldNotLookError: `io.cannot-read`, `issue.chain-empty`.
    """
    if not spec.chain:
        return ()
    found = read(LocalFiles().read(spec.chain), spec.chain).certificates
    if not found:
        raise CouldNotLookError("issue.chain-empty", issuer=spec.name, path=spec.chain)
    return found


def chains(issuers: Mapping[str, IssuerSpec]) -> Mapping[str, tuple[Certificate, ...]]:
    """Return every issuer's own certificates, by name."""
    return {name: chain(spec) for name, spec in issuers.items()}


def passphrase(name: str, file: str, lang: Lang) -> Callable[[], bytes]:
    """Return what gets a CA's passphrase: from its file, else from the terminal."""
    if file:
        return lambda: passphrase_from_file(file, issuer=name)
    return lambda: passphrase_from_terminal(issuer=name, lang=lang)


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
    return create_ca(order, passphrase(name, passphrase_file, lang)(), now=SystemClock().now())


def _source(files: Files, path: str) -> Source:
    try:
        text = files.read(path).decode()
    except UnicodeDecodeError as error:
        raise CouldNotLookError("issue.estate-not-text", path=path, offset=error.start) from error
    return Source(path, text, str(Path(path).resolve().parent))
