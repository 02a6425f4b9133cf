"""TLS servers on loopback: the real `openssl s_server`, and one that says what a test wants.

with run_s_server(tmp_path, identity, verify=root, required=True) as port: ...
with run_raw_server(lambda stream: stream.sendall(b"...")) as port: ...
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from support.pki import Entity
from support.running import need_program, running


@contextlib.contextmanager
def run_s_server(
    folder: Path,
    identity: Entity,
    *,
    versions: Sequence[str] = (),
    verify: Sequence[Entity] = (),
    required: bool = False,
    options: Sequence[str] = (),
    chain: Sequence[Entity] | None = None,
) -> Iterator[int]:
    """Start `openssl s_server`; gives its port.

    Args:
        versions: switches such as `-tls1_2`.
        verify: anchors for client certificates, whose names it offers; with `required` it insists.
        chain: certificates served after the leaf, in this order; by default the intermediates.
    """
    program = need_program("openssl", "openssl")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "leaf.pem").write_bytes(identity.pem)
    (folder / "key.pem").write_bytes(identity.key_pem)
    above = [e for e in identity.above if e.above] if chain is None else chain
    (folder / "chain.pem").write_bytes(b"".join(entity.pem for entity in above))
    argv = [program, "s_server", "-accept", "127.0.0.1:0", "-cert", f"{folder}/leaf.pem"]
    argv += ["-key", f"{folder}/key.pem", *versions, *options]
    if above:
        argv += ["-cert_chain", f"{folder}/chain.pem"]
    if verify:
        (folder / "anchors.pem").write_bytes(b"".join(entity.pem for entity in verify))
        argv += ["-CAfile", f"{folder}/anchors.pem", "-verify_return_error"]
        argv += ["-Verify" if required else "-verify", "5"]
    log = folder / "s_server.log"

    def accepting() -> re.Match[str] | None:
        return re.search(r"ACCEPT \S+:(\d+)", log.read_text(errors="replace"))

    with running(argv, log, ready=lambda: accepting() is not None):
        found = accepting()
        assert found is not None
        yield int(found.group(1))


@contextlib.contextmanager
def run_raw_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve each connection with a function, one after the other; gives the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    stream, _ = listener.accept()
                except OSError:
                    return
                with stream, contextlib.suppress(OSError):
                    stream.settimeout(10)
                    serve(stream)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(15)
