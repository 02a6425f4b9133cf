"""The floor: the same files from uvicorn and nothing else, over the same mutual TLS: `python -m bench.fleet.bare FOLDER PORT`."""

from __future__ import annotations

import ssl
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.fleet.line import HOST
from bench.fleet.measured import Measured, free_port
from warifu.domain.x509 import Certificate, load, to_pem


class Bare(Measured):
    """uvicorn with some files.

    Args:
        anchors: what vouches for it.
    """

    anchors: tuple[Certificate, ...] = ()

    @classmethod
    def make(
        cls, folder: Path, files: list[tuple[str, bytes | None]], issuers: tuple[Certificate, ...]
    ) -> Self:
        """Return one that lets in clients of these issuers, and is not started."""
        folder.mkdir()
        for name, data in files:
            if data is not None:
                place = folder / "trust" / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
        (folder / "agents.pem").write_bytes(to_pem(issuers))
        port = free_port()
        made = cls([sys.executable, "-m", "bench.fleet.bare", str(folder), str(port)], folder / "log", port)
        made.anchors = _write_pair(folder)
        return made


def _write_pair(folder: Path) -> tuple[Certificate, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name.from_rfc4514_string("CN=bare"), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return load(pem).certificates


def main(folder: Path, port: int) -> None:
    files = {
        f"/trust/{one.relative_to(folder / 'trust')}": one.read_bytes()
        for one in (folder / "trust").rglob("*")
        if one.is_file()
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        data = files.get(scope["path"])
        headers = [(b"content-length", str(len(data or b"")).encode())]
        await send(
            {
                "type": "http.response.start",
                "status": 404 if data is None else 200,
                "headers": headers,
            }
        )
        await send({"type": "http.response.body", "body": data or b""})

    uvicorn.run(
        app,
        host=HOST,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        backlog=4096,
        timeout_keep_alive=600,
        ssl_certfile=str(folder / "server.pem"),
        ssl_keyfile=str(folder / "server.key"),
        ssl_ca_certs=str(folder / "agents.pem"),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
