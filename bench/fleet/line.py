"""HTTP/1.1 over one TLS connection that is kept, on an event loop: thousands of them in one process."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping

HOST = "127.0.0.1"
_PATIENCE = 60  # seconds until a connection is made, or an answer is here: as the agent's own


class Line:
    """One connection, made when it is needed, and again when it was lost."""

    def __init__(self, port: int, context: ssl.SSLContext, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._context = context
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.handshakes = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return the connection, which was made unless it is open."""
        if self._streams is None or self._streams[1].is_closing() or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(
                HOST, self._port, ssl=self._context, server_hostname=HOST, ssl_handshake_timeout=_PATIENCE
            )
            self.handshakes += 1
        return self._streams

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Ask, and return the status and the body of the answer.

        Raises:
            OSError: nobody answers.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                reader, writer = await self.connect()
                writer.write(self._head(method, path, body, headers) + body)
                head = await reader.readuntil(b"\r\n\r\n")
                return int(head[9:12]), await reader.readexactly(_length(head))
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise ConnectionResetError(path) from error
        except OSError:
            self.close()
            raise

    async def listen(self, path: str, body: bytes, headers: Mapping[str, str]) -> AsyncGenerator[str]:
        """Yield each line of a stream until it ends; the connection stays.

        Raises:
            OSError: it did not begin, or was cut off.
        """
        try:
            reader, writer = await self.connect()
            writer.write(self._head("POST", path, body, headers) + body)
            head = await reader.readuntil(b"\r\n\r\n")
            if int(head[9:12]) != 200:
                raise ConnectionRefusedError(path)
            while size := int(await reader.readuntil(b"\r\n"), 16):
                chunk = await reader.readexactly(size + 2)
                for line in chunk.decode().splitlines():
                    yield line
            await reader.readexactly(2)
        except asyncio.IncompleteReadError as error:
            self.close()
            raise ConnectionResetError(path) from error
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    def _head(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> bytes:
        told = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        return f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{self._headers}{told}{kind}\r\n".encode()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
