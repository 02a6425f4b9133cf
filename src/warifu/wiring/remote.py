"""Joins what a person's command line needs of a server; the only file that does.

~/.config/warifu/servers.json   the servers that this user signed in to (0600)
~/.config/warifu/trust/         what is believed of their signed bundles
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path

from warifu.adapters.bundles.root_ceremony import Given, look_at
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.passwords import password_from
from warifu.adapters.orders.agent import HttpTrustSource
from warifu.adapters.orders.beliefs import FileBeliefs
from warifu.adapters.orders.person import FileSavedServers, HttpPersonLine
from warifu.domain import x509
from warifu.domain.directory.ceremony import RootSeen
from warifu.domain.findings import Lang, say
from warifu.domain.x509 import Reading
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.clock import Clock
from warifu.ports.files import Files
from warifu.ports.person_line import PersonLine, SavedServer, SavedServers
from warifu.wire import api
from warifu.wire.links import read_link
from warifu.workflows.person_line import LastingLine, Learning
from warifu.workflows.take_up import control_anchors

_CLOCK = SystemClock()
_MOST = 64 << 20  # bytes: no signed file is longer
_ANY_FILE = 0o644


def folder() -> str:
    """Return where this user's settings lie. Source: XDG Base Directory Specification 0.8."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return str((Path(base) if Path(base).is_absolute() else Path.home() / ".config") / "warifu")


def servers() -> SavedServers:
    """Return the servers that this user signed in to."""
    return FileSavedServers(f"{folder()}/servers.json")


def learning() -> Learning:
    """Return what learns the CAs of servers."""
    beliefs = FileBeliefs(f"{folder()}/trust")
    return Learning(TufReader(), beliefs, lambda url: HttpTrustSource([url]), control_anchors, _CLOCK)


def saved(url: str) -> SavedServer:
    """Return the server of this address, or the one signed in to last.

    Raises:
        UsageError: `remote.no-server`, `remote.server-unknown`, `remote.bad-link`.
    """
    wanted = read_link(url).url if url else ""
    found = servers().find(wanted)
    if found is None and wanted:
        raise UsageError("remote.server-unknown", server=wanted)
    if found is None:
        raise UsageError("remote.no-server")
    return found


def line(server: SavedServer, lang: Lang) -> PersonLine:
    """Return a line to a server."""

    def connect(one: SavedServer) -> PersonLine:
        return HttpPersonLine(one, lambda: secrets.token_hex(16), lang)

    return LastingLine(server, connect, learning(), servers())


def found_at(text: str, root: str, ca: str) -> tuple[SavedServer, str]:
    """Return a server as it is known before anybody signs in, and the one-time token of a link.

    Its CAs are, the first that is told: those of a file, those that its signed bundle names (the root of the link or of
    the option), those that are saved, those of this machine.

    Raises:
        UsageError: `remote.bad-link`; `remote.root-unfit`; `remote.no-ca`.
        RefusedError: `bundle.other-root`.
        CouldNotLookError: `orders.unreachable`, `agent.no-control`, `io.cannot-read`.
    """
    link = read_link(text)
    told = root.replace(":", "").lower() or link.root
    if root and read_link(f"{link.url}/?root={told}").root != told:
        raise UsageError("remote.root-unfit")
    before = servers().find(link.url)
    server = SavedServer(link.url, root=told)
    if ca:
        found = x509.load(LocalFiles().read(ca), ca).certificates
        if not found:
            raise UsageError("remote.no-ca", path=ca)
        return replace(server, anchors=x509.to_pem(found).decode("ascii")), link.token
    if told:
        return replace(server, anchors=learning().learn(link.url, told)), link.token
    if before is not None:
        return replace(server, anchors=before.anchors, root=before.root), link.token
    return server, link.token


def password(place: str, lang: Lang) -> str:
    """Return a password: of a private file, else as it is typed without echo, or the next line of standard input.

    Raises:
        RefusedError: `io.password-file-open`.
        UsageError: `io.password-empty`, `remote.password-unfit`.
        CouldNotLookError: `io.cannot-read`.
    """
    return _text(password_from(place or "-", lang))


def new_password(place: str, lang: Lang) -> str:
    """Return a password that is chosen now; at a terminal it is typed twice.

    Raises:
        UsageError: `remote.passwords-differ`, ...: as `password`.
    """
    is_typed = place in {"", "-"} and sys.stdin.isatty()
    if is_typed:
        sys.stderr.write(say("remote.choose", lang) + "\n")
    first = password(place, lang)
    if is_typed:
        sys.stderr.write(say("remote.again", lang) + "\n")
        if password("-", lang) != first:
            raise UsageError("remote.passwords-differ")
    return first


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise UsageError("remote.password-unfit") from None


def is_asked() -> bool:
    """Tell whether somebody sits at the terminal who can be asked."""
    return sys.stdin.isatty()


def ask_for(text: str) -> None:
    """Say at the terminal what is to be typed; standard output is for the answer alone."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def typed() -> str:
    """Return a line that is typed, or the next one of standard input."""
    return sys.stdin.readline(1 << 16).rstrip("\r\n")


def check_pair(certificate: str, key: str) -> tuple[str, str]:
    """Return where a client certificate and its key lie, as whole paths.

    Raises:
        UsageError: `remote.pair-half`.
        RefusedError: `io.password-file-open`: others can read the key.
    """
    if bool(certificate) != bool(key):
        raise UsageError("remote.pair-half")
    if key:
        password_from(key, Lang.EN)
    return tuple(str(Path(one).absolute()) if one else "" for one in (certificate, key))  # type: ignore[return-value]  # two of them


def read_all(paths: tuple[str, ...]) -> Reading:
    """Return everything that files hold, together.

    Raises:
        RefusedError: `remote.private-key`: one holds a private key; none of it was sent.
        UsageError: `remote.nothing-read`: something in it cannot be read.
        CouldNotLookError: `io.cannot-read`.
    """
    found = [x509.load(LocalFiles().read(path), path) for path in paths]
    for path, one in zip(paths, found, strict=True):
        if one.keys or one.encrypted_keys:
            raise RefusedError("remote.private-key", path=path)
        if one.lost or not (one.certificates or one.crls):
            raise UsageError("remote.nothing-read", path=path)
    return Reading(
        certificates=tuple(one for each in found for one in each.certificates),
        crls=tuple(one for each in found for one in each.crls),
    )


def fetch(server: SavedServer, file: api.FileTold) -> bytes:
    """Return a signed file of a server, as its list says that it is.

    Raises:
        CouldNotLookError: `orders.unreachable`; `remote.file-differs`.
    """
    data = HttpTrustSource([server.url]).fetch(file.name, _MOST)
    if data is None or x509.Sha256.of(data).hex != file.sha256:
        raise CouldNotLookError("remote.file-differs", name=file.name)
    return data


def root_seen(name: str, data: bytes, before: tuple[str, bytes] | None) -> RootSeen:
    """Return what a root says, and who has signed it.

    Raises:
        UsageError: `bundle.not-a-root`.
    """
    return look_at(Given(name, data), Given(*before) if before else None)


def write_public(path: str, data: bytes) -> None:
    """Write a file that everybody may read."""
    LocalFiles().write(path, data, mode=_ANY_FILE)


def write_private(path: str, data: bytes) -> None:
    """Write a file that nobody else may read.

    Raises:
        RefusedError: `remote.exists`: a file lies there.
    """
    if LocalFiles().exists(path):
        raise RefusedError("remote.exists", path=path)
    LocalFiles().write(path, data)


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


def clock() -> Clock:
    """Return this machine's clock."""
    return _CLOCK
