"""Holders of root keys: who makes and signs roots in tests, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from support.pki import NOW
from warifu.adapters.bundles.key_folder import new_key, open_key
from warifu.adapters.bundles.root_ceremony import Given, Wish, key_document, look_at, make_root, sign_root
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.domain.x509 import PrivateKey


@dataclass(frozen=True)
class Holders:
    """People with a root key each."""

    keys: dict[str, PrivateKey]

    @classmethod
    def made(cls, *names: str) -> Holders:
        return cls({name: new_key() for name in names})

    def public(self, *names: str) -> list[Given]:
        """The public halves, of all unless some are named."""
        return [Given(name, key_document(self.keys[name], name)) for name in names or self.keys]

    def root(
        self, before: bytes, *names: str, threshold: int = 2, online: bytes | None = None, now: datetime = NOW
    ) -> bytes:
        """The root that follows another, unsigned."""
        request = Given("online.json", online) if online else None
        return make_root(Given("before", before), Wish(self.public(*names), threshold, request), now=now)

    def sign(self, root: bytes, *names: str, before: bytes | None = None) -> bytes:
        """The same with signatures of some."""
        follows = Given("before", before) if before else None
        for name in names:
            root = sign_root(Given("root", root), self.keys[name], follows)
        return root

    @staticmethod
    def sign_with_files(root: bytes, before: bytes, signer: TufSigner) -> bytes:
        """The same signed with whatever root keys of the root before lie on the server: a trial's."""
        folder = Path(signer.keys)
        for key in look_at(Given("before", before), None).own.keys:
            path = folder / f"{key.key_id}.pem"
            opened = open_key(path.read_bytes(), str(path), None)
            root = sign_root(Given("root", root), opened, Given("before", before))
        return root
