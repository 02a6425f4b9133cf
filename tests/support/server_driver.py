"""A server of its own process, as `warifu server` will be one: `python -m support.server_driver FOLDER [UNIX]`.

In the folder lie `server.pem` with the chain and the key, `agents.pem`, and `grace` with seconds; `port` is written.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from support.serving import ROUTES, make_base, real_now
from warifu.apps.notify import Notify
from warifu.apps.server.base import Base, Receive, Scope, Send
from warifu.apps.server.gate import Gate
from warifu.apps.server.limits import Limits
from warifu.apps.server.listening import Listen
from warifu.apps.server.logs import make_log, take_foreign
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.serving import Server
from warifu.apps.server.streams import Streams, event
from warifu.domain.x509 import PrivateKey, load


def read(folder: Path) -> TlsMaterial:
    server = (folder / "server.pem").read_bytes()
    return TlsMaterial(
        chain=tuple(load(server.partition(b"-----BEGIN PRIVATE")[0]).certificates),
        key=PrivateKey.load_pem(server[server.index(b"-----BEGIN PRIVATE") :]),
        agents=tuple(load((folder / "agents.pem").read_bytes()).certificates),
    )


def main(folder: Path, unix: str) -> None:
    log = make_log(sys.stderr, real_now)
    take_foreign(log)
    base = Base(
        log=log,
        clock=real_now,
        tick=time.monotonic,
        draw=make_base().draw,
        limits=Limits(grace=float((folder / "grace").read_text())),
    )
    streams = Streams(base, lambda: 100)

    async def follow(scope: Scope, receive: Receive, send: Send) -> None:
        await streams.serve(scope, send, topics=["trust"], first=event("now", "1"))

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    server = Server(
        Gate(base, nothing, {**ROUTES, "/stream": follow}),
        base,
        Listen(unix=unix),
        material=read(folder),
        streams=streams,
        notify=Notify(os.environ),
        reread=lambda: read(folder),
    )
    server.bind()
    (folder / "port").write_text(str(server.port))
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
