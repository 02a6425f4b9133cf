"""A server of its own process on data that are there: `python -m support.rollout_server FOLDER PORT-FILE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from support.agent_shop import QUICK
from warifu.apps.server.listening import Listen
from warifu.apps.server.start import make_program
from warifu.wiring.server import open_room


def main(folder: str, told: Path) -> None:
    room = open_room(folder, timing=QUICK)
    listen = Listen(("127.0.0.1",), 0)
    program = make_program(room, listen, ["https://127.0.0.1:0"], out=sys.stderr, environment=os.environ)
    program.server.bind()
    told.write_text(str(program.server.port))
    program.run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
