"""Joins the endpoint store: its service on a node, and the way to it for `warifu endpoint`."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.endpoint.client import UnixDoor
from warifu.adapters.endpoint.data_keys import credential_in
from warifu.adapters.endpoint.socket_server import Limits, UnixListener
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.passwords import password_from
from warifu.domain.endpoint import Secret
from warifu.domain.findings import Lang
from warifu.domain.x509 import Reading, load
from warifu.errors import UsageError
from warifu.ports.clock import Clock
from warifu.ports.endpoint import EndpointDoor, EndpointListener, EndpointStores
from warifu.ports.files import Files

DEFAULT_SOCKET = "/run/warifu/endpoint.sock"
SOCKET_VARIABLE = "WARIFU_ENDPOINT_SOCKET"


def open_stores(folder: str, environment: Mapping[str, str] | None = None) -> EndpointStores:
    """Return the stores of this node, owned by the user that we run as.

    Args:
        folder: where they are kept.
        environment: where `$CREDENTIALS_DIRECTORY` is looked up; our own unless it is given.

    Raises:
        CouldNotLookError: `endpoint.key-file`.
    """
    said = os.environ if environment is None else environment
    credential = credential_in(said.get("CREDENTIALS_DIRECTORY", ""))
    return SqliteEndpoint(folder, owner=own_name(), credential=credential)


def listener(path: str, limits: Limits | None = None) -> EndpointListener:
    """Return what listens at a socket."""
    return UnixListener(path, limits)


def clock() -> Clock:
    """Return the clock of this machine."""
    return SystemClock()


def door(path: str = "") -> EndpointDoor:
    """Return the way to the agent: at a path, else where the environment says, else at its usual place."""
    return UnixDoor(socket_path(path))


def socket_path(path: str = "") -> str:
    """Return where the agent listens."""
    return path or os.environ.get(SOCKET_VARIABLE, "") or DEFAULT_SOCKET


def own_name() -> str:
    """Return the name of the user that we run as."""
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"


def files() -> Files:
    """Return the files of this machine."""
    return LocalFiles()


def password(place: str, lang: Lang) -> bytes:
    """Return a password from a private file, or from who sits at the terminal.

    Raises:
        RefusedError, UsageError, CouldNotLookError: see `password_from`.
    """
    return password_from(place, lang)


def to_standard_output(data: bytes) -> None:
    """Write bytes to standard output, as asked for."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@dataclass(frozen=True, slots=True)
class Offer:
    """What files offer as an entry; the key is PKCS#8 PEM, opened."""

    certificates: tuple[bytes, ...] = ()
    crl: bytes | None = None
    key: Secret | None = None
    password: Secret | None = None
    secret: Secret | None = None


def read_offer(*, cert: str, key: str, crl: str, secret_file: str, password_file: str, lang: Lang) -> Offer:
    """Return what files offer, in whatever form they are (PEM, DER, PKCS#12, ...); `-` is standard input.

    Args:
        password_file: opens a locked key, and keeps it under the password in the store.

    Raises:
        UsageError: `endpoint.file-lacks`: a file holds nothing of its kind, or more than one.
        RefusedError, CouldNotLookError: a file cannot be read.
    """
    word = password_from(password_file, lang) if password_file else None
    words = () if word is None else (word,)
    certificates = _loaded(cert, words).certificates if cert else ()
    keys = _loaded(key, words).keys if key else ()
    crls = _loaded(crl, words).crls if crl else ()
    if cert and not certificates:
        raise UsageError("endpoint.file-lacks", path=cert, wanted="certificate")
    if key and len(keys) != 1:
        raise UsageError("endpoint.file-lacks", path=key, wanted="private-key")
    if crl and len(crls) != 1:
        raise UsageError("endpoint.file-lacks", path=crl, wanted="crl")
    return Offer(
        tuple(one.der for one in certificates),
        crls[0].der if crls else None,
        Secret(keys[0].to_pkcs8()) if keys else None,
        Secret(word) if word is not None else None,
        Secret(_bytes(secret_file)) if secret_file else None,
    )


def _loaded(path: str, words: tuple[bytes, ...]) -> Reading:
    return load(_bytes(path), path, words)


def _bytes(path: str) -> bytes:
    return LocalFiles().read("/dev/stdin" if path == "-" else path)
