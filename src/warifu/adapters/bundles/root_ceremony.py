"""Roots of the trust bundles: made of public keys, signed by one key at a time, put together, looked at.

All of it is bytes in and bytes out, so that each step may be done on another machine, none of them with a network.
A root is unsigned until keys sign it; whoever signs last has the root that the server takes.

Spec: TUF 1.0.31 §4.3 (root), §5.3 (what readers demand of the next one).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import Key, SSlibKey
from tuf.api.metadata import Metadata, Role, Root, Snapshot, Targets, Timestamp

from warifu.adapters.bundles.key_folder import public_of, signer_of
from warifu.adapters.bundles.metadata import FOREIGN, KEY_NAME, TRIAL, is_trial, parse, until
from warifu.domain.directory.ceremony import RootKey, RootSeen, Signers
from warifu.domain.x509 import PrivateKey
from warifu.errors import RefusedError, UsageError

FORMAT = 1
_ROOT_KEY, _ONLINE_KEY = "root-key", "online-key"
_BENEATH = (Timestamp.type, Snapshot.type, Targets.type)


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was given, and what it is called in messages."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """What the next root shall be.

    Args:
        keys: public root keys from now on; empty means those of the root before.
        threshold: how many of them must sign.
        online: the server's request that names its new online key; None means the present one.
    """

    keys: Sequence[Given]
    threshold: int
    online: Given | None = None


def key_document(key: PrivateKey, name: str) -> bytes:
    """Return the public half of a root key, to be handed to whoever makes the root."""
    return _document(_ROOT_KEY, public_of(key, name))


def key_request(public: Key) -> bytes:
    """Return what names an online key, to be handed to whoever makes the next root."""
    return _document(_ONLINE_KEY, public)


def key_id_of(request: bytes) -> str:
    """Return what signatures call the key of a request.

    Raises:
        UsageError: `bundle.not-a-key-document`, `bundle.format-unknown`.
    """
    return _public(Given("-", request), _ONLINE_KEY).keyid


def threshold_of(root: Given) -> int:
    """Return how many of its keys must sign a root.

    Raises:
        UsageError: `bundle.not-a-root`.
    """
    return _root(root).signed.roles[Root.type].threshold


def make_root(before: Given, wish: Wish, *, now: datetime) -> bytes:
    """Return the root that follows another, unsigned.

    Raises:
        UsageError: `bundle.not-a-root`, `bundle.not-a-key-document`, `bundle.threshold`.
        RefusedError: `bundle.root-refused`: one key twice, or a root key that is an online key, too.
    """
    present = _root(before).signed
    keys = [_public(one, _ROOT_KEY) for one in wish.keys] or _keys_of(present, Root.type)
    online = [_public(wish.online, _ONLINE_KEY)] if wish.online else _keys_of(present, Targets.type)
    if not 1 <= wish.threshold <= len(keys):
        raise UsageError("bundle.threshold", threshold=wish.threshold, keys=len(keys))
    root = Root(
        present.version + 1,
        expires=until(Root.type, now),
        consistent_snapshot=True,
        unrecognized_fields={TRIAL: True} if wish.threshold == 1 else {},
    )
    root.roles[Root.type] = Role([], wish.threshold)
    for key in keys:
        root.add_key(key, Root.type)
    for role in _BENEATH:
        for key in online:
            root.add_key(key, role)
    _check_keys(root, len(keys))
    return Metadata(root).to_bytes()


def sign_root(document: Given, key: PrivateKey, before: Given | None) -> bytes:
    """Return a root with one signature more.

    Args:
        before: the root that it follows; its keys may sign, too.

    Raises:
        UsageError: `bundle.not-a-root`.
        RefusedError: `bundle.key-not-asked`: the key is none of theirs.
    """
    root = _root(document)
    asked = set(root.signed.roles[Root.type].keyids)
    if before is not None:
        asked |= set(_root(before).signed.roles[Root.type].keyids)
    signer = signer_of(key)
    if signer.public_key.keyid not in asked:
        raise RefusedError("bundle.key-not-asked", key=signer.public_key.keyid, path=document.path)
    root.sign(signer, append=True)
    return root.to_bytes()


def combine(documents: Sequence[Given]) -> bytes:
    """Return a root with the signatures of all its copies.

    Raises:
        UsageError: `bundle.not-a-root`.
        RefusedError: `bundle.documents-differ`: they are not copies of one root.
    """
    first, *others = documents
    whole = _root(first)
    for other in others:
        copy = _root(other)
        if copy.signed_bytes != whole.signed_bytes:
            raise RefusedError("bundle.documents-differ", path=other.path, first=first.path)
        valid = _signed_by(copy.signed, copy)
        for key_id, signature in copy.signatures.items():
            if key_id not in whole.signatures or key_id in valid:
                whole.signatures[key_id] = signature
    return whole.to_bytes()


def look_at(document: Given, before: Given | None) -> RootSeen:
    """Return what a root says, and who has signed it.

    Args:
        before: the root that it follows, whose keys must sign, too.

    Raises:
        UsageError: `bundle.not-a-root`.
    """
    file = _root(document)
    root = file.signed
    online = {key_id for role in _BENEATH for key_id in root.roles[role].keyids}
    return RootSeen(
        version=root.version,
        expires=root.expires,
        digest=hashlib.sha256(document.data).hexdigest(),
        own=_signers(root, file),
        before=_signers(_root(before).signed, file) if before is not None else None,
        online=tuple(sorted(online)),
        is_trial=is_trial(root),
    )


def check_follows(root: bytes, before: bytes, *, now: datetime) -> Root:
    """Return a root that every reader of the one before will believe.

    Raises:
        RefusedError: `bundle.root-refused`.
    """
    old, new = parse(before, Root), parse(root, Root)
    if old is None or new is None:
        raise RefusedError("bundle.root-refused", reason="root-unreadable")
    if new.signed.version != old.signed.version + 1:
        raise RefusedError("bundle.root-refused", reason="root-version")
    if new.signed.is_expired(now):
        raise RefusedError("bundle.root-refused", reason="root-expired")
    _check_keys(new.signed, len(new.signed.roles[Root.type].keyids))
    for one, reason in ((old.signed, "root-old-signatures"), (new.signed, "root-new-signatures")):
        if _signers(one, new).lacking:
            raise RefusedError("bundle.root-refused", reason=reason)
    return new.signed


def _check_keys(root: Root, wanted: int) -> None:
    """Make sure that all keys are there, each root key counts once, and none of them is the server's, too."""
    if {key_id for role in root.roles.values() for key_id in role.keyids} - set(root.keys):
        raise RefusedError("bundle.root-refused", reason="root-key-absent")
    own, online = _keys_of(root, Root.type), [key for role in _BENEATH for key in _keys_of(root, role)]
    values = {str(key.keyval.get("public")) for key in own}
    if len(values) != wanted or len(root.roles[Root.type].keyids) != wanted:
        raise RefusedError("bundle.root-refused", reason="root-key-twice")
    if values & {str(key.keyval.get("public")) for key in online}:
        raise RefusedError("bundle.root-refused", reason="root-keys-shared")


def _keys_of(root: Root, role: str) -> list[Key]:
    return [root.keys[key_id] for key_id in root.roles[role].keyids if key_id in root.keys]


def _signers(root: Root, file: Metadata[Root]) -> Signers:
    role, signed = root.roles[Root.type], _signed_by(root, file)
    keys = [
        RootKey(key_id, _name_of(root.keys.get(key_id)), key_id in signed) for key_id in sorted(role.keyids)
    ]
    return Signers(role.threshold, tuple(keys))


def _signed_by(root: Root, file: Metadata[Root]) -> frozenset[str]:
    """Return the root keys of a root whose signatures on a file are good."""
    try:
        found = root.get_verification_result(Root.type, file.signed_bytes, file.signatures)
    except FOREIGN:
        return frozenset()
    return frozenset(found.signed)


def _name_of(key: Key | None) -> str:
    name = key.unrecognized_fields.get(KEY_NAME) if key is not None else None
    return name if isinstance(name, str) and name.isprintable() else ""


def _root(given: Given) -> Metadata[Root]:
    parsed = parse(given.data, Root)
    if parsed is None:
        raise UsageError("bundle.not-a-root", path=given.path)
    return parsed


def _document(kind: str, key: Key) -> bytes:
    document = {"format": FORMAT, "kind": kind, "key": key.to_dict()}
    return json.dumps(document, indent=1, sort_keys=True).encode("ascii") + b"\n"


def _public(given: Given, kind: str) -> SSlibKey:
    """Return the key of a document, known by an id that is computed here.

    Raises:
        UsageError: `bundle.not-a-key-document`, `bundle.format-unknown`.
    """
    try:
        document = json.loads(given.data.decode("utf-8"))
        if document["format"] > FORMAT:
            raise UsageError("bundle.format-unknown", found=document["format"], known=FORMAT)
        found = Key.from_dict("0", document["key"])
        if document["kind"] != kind or not isinstance(found, SSlibKey) or found.keytype != "ed25519":
            raise ValueError(kind)
        again = SSlibKey.from_crypto(found._crypto_key())  # noqa: SLF001  # nothing else gives its id
    except FOREIGN as error:
        raise UsageError("bundle.not-a-key-document", path=given.path, kind=kind) from error
    name = _name_of(found)
    if name:
        again.unrecognized_fields[KEY_NAME] = name
    return again
