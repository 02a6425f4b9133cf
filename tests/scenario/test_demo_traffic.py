"""The traffic program beside real products: each speaks its own dialect, and refusals count."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.client import Link
from demo.loading import IdentityFiles
from support.pki import CLIENT, Entity, make_ca
from support.postgresql import run_postgresql
from support.traffic import run_traffic

pytestmark = pytest.mark.enable_socket
NOW = datetime.now(UTC).replace(microsecond=0)


def files(folder: Path, entity: Entity) -> IdentityFiles:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "me.crt").write_bytes(entity.fullchain_pem)
    (folder / "me.key").write_bytes(entity.key_pem)
    return IdentityFiles(str(folder / "me.crt"), str(folder / "me.key"))


def test_postgresql_is_spoken_to_in_its_own_dialect(tmp_path: Path) -> None:
    """Full handshakes with a real PostgreSQL succeed, name its leaf, and fail for a client it does not trust."""
    root, other = (make_ca(name, now=NOW) for name in ("Root", "Other"))
    server = root.leaf("db.example", now=NOW)
    (tmp_path / "ca.crt").write_bytes(root.pem)
    with run_postgresql(
        tmp_path / "pg",
        server,
        client_anchors=[root],
        hba=["hostssl all all 127.0.0.1/32 trust clientcert=verify-ca"],
    ) as postgresql:
        known = Link(
            "known", "127.0.0.1", postgresql.port, "db.example", "up", identity="known", talk="postgresql"
        )
        stranger = Link(
            "stranger",
            "127.0.0.1",
            postgresql.port,
            "db.example",
            "up",
            identity="stranger",
            talk="postgresql",
        )
        nobody = Link("nobody", "127.0.0.1", postgresql.port, "db.example", "up", talk="postgresql")
        with run_traffic(
            tmp_path / "app",
            [known, stranger, nobody],
            trusts={"up": tmp_path / "ca.crt"},
            identities={
                "known": files(tmp_path / "known", root.leaf("me", purposes=CLIENT, now=NOW)),
                "stranger": files(tmp_path / "stranger", other.leaf("me", purposes=CLIENT, now=NOW)),
            },
            rate=5,
        ) as traffic:
            figures = traffic.wait(
                lambda now: (
                    len(now.connections) == 3
                    and all(each.handshakes > 2 for each in now.connections.values())
                )
            )
    counted = figures.connections
    assert (0, {server.value.fingerprint.hex}) == (counted["known"].failed, set(counted["known"].leaves))
    assert counted["stranger"].failed == counted["stranger"].handshakes
    assert counted["nobody"].failed == counted["nobody"].handshakes
