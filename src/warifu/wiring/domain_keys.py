"""What `warifu domain keys` needs: files read and written around the making of roots."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warifu.adapters.bundles.key_folder import new_key, open_key, public_of
from warifu.adapters.bundles.root_ceremony import (
    Given,
    Wish,
    key_document,
    key_id_of,
    sign_root,
    threshold_of,
)
from warifu.adapters.bundles.root_ceremony import combine as put_together
from warifu.adapters.bundles.root_ceremony import look_at as seen_in
from warifu.adapters.bundles.root_ceremony import make_root as next_root
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.passwords import password_from
from warifu.domain.directory.ceremony import RootSeen
from warifu.domain.findings import Lang, say
from warifu.errors import RefusedError, UsageError

ONLINE_KEYS = "keys/online"
"""Where a server's data folder holds the keys that sign bundles."""
_ALL = 0o644
_USUAL = 2  # of three: one holder may be away, and no one alone can sign


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A root key that was made."""

    key_id: str
    path: str
    public: str


@dataclass(frozen=True, slots=True)
class OnlineKey:
    """An online key that was made, and where it lies."""

    key_id: str
    folder: str


def make_key(path: str, name: str, *, passphrase_file: str, lang: Lang) -> MadeKey:
    """Make a root key, and its public half beside it.

    Raises:
        RefusedError: `bundle.exists`, `io.password-file-open`.
        UsageError: `io.password-empty`, `bundle.passphrases-differ`.
        CouldNotLookError: `io.cannot-read`, `io.cannot-write`.
    """
    public = f"{path}.pub" if path.endswith(".pub") else str(Path(path).with_suffix(".pub"))
    _check_new(path, public)
    passphrase = password_from(passphrase_file or "-", lang)
    if not passphrase_file and sys.stdin.isatty():
        sys.stderr.write(say("bundle.passphrase-again", lang) + "\n")
        if password_from("-", lang) != passphrase:
            raise UsageError("bundle.passphrases-differ")
    key = new_key()
    LocalFiles().write(path, key.to_encrypted_pkcs8(passphrase), mode=0o600)
    LocalFiles().write(public, key_document(key, name), mode=_ALL)
    return MadeKey(public_of(key).keyid, path, public)


def make_online_key(data: str, path: str) -> OnlineKey:
    """Make an online key in a server's data folder and write the request that names it.

    Raises:
        RefusedError: `server.no-data`, `bundle.exists`, `bundle.keys-open`.
        CouldNotLookError: `io.cannot-write`.
    """
    folder = Path(data, ONLINE_KEYS)
    if not folder.is_dir():
        raise RefusedError("server.no-data", path=data)
    _check_new(path)
    request = TufSigner(str(folder)).make_online_key()
    LocalFiles().write(path, request, mode=_ALL)
    return OnlineKey(key_id_of(request), str(folder))


def make_root(after: str, keys: Sequence[str], threshold: int | None, online: str, path: str) -> None:
    """Write the root that follows another.

    Raises:
        UsageError, RefusedError: see `root_ceremony.make_root`; `bundle.exists`.
        CouldNotLookError: `io.cannot-read`, `io.cannot-write`.
    """
    _check_new(path)
    before = _given(after)
    wanted = threshold or (_USUAL if keys else threshold_of(before))
    wish = Wish([_given(one) for one in keys], wanted, _given(online) if online else None)
    LocalFiles().write(path, next_root(before, wish, now=SystemClock().now()), mode=_ALL)


def sign(document: str, key: str, after: str, path: str, *, passphrase_file: str, lang: Lang) -> None:
    """Write a root with one signature more.

    Raises:
        RefusedError: `bundle.key-locked`, `bundle.key-not-asked`, `bundle.exists`, `io.password-file-open`.
        UsageError: `bundle.not-a-key`, `bundle.not-a-root`, `io.password-empty`.
        CouldNotLookError: `io.cannot-read`, `io.cannot-write`.
    """
    if path != document:
        _check_new(path)
    root, before = _given(document), _given(after) if after else None
    pem = LocalFiles().read(key)
    is_locked = b"ENCRYPTED PRIVATE KEY" in pem
    passphrase = password_from(passphrase_file or "-", lang) if is_locked else None
    signed = sign_root(root, open_key(pem, key, passphrase), before)
    LocalFiles().write(path, signed, mode=_ALL)


def combine(documents: Sequence[str], path: str) -> None:
    """Write a root with the signatures of all its copies.

    Raises:
        UsageError: `bundle.not-a-root`.
        RefusedError: `bundle.documents-differ`, `bundle.exists`.
        CouldNotLookError: `io.cannot-read`, `io.cannot-write`.
    """
    if path not in documents:
        _check_new(path)
    LocalFiles().write(path, put_together([_given(one) for one in documents]), mode=_ALL)


def look_at(path: str, after: str) -> RootSeen:
    """Return what a root says, and who has signed it.

    Raises:
        UsageError: `bundle.not-a-root`.
        CouldNotLookError: `io.cannot-read`.
    """
    return seen_in(_given(path), _given(after) if after else None)


def _given(path: str) -> Given:
    return Given(path, LocalFiles().read(path))


def _check_new(*paths: str) -> None:
    for path in paths:
        if LocalFiles().exists(path):
            raise RefusedError("bundle.exists", path=path)
