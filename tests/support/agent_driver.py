"""An agent of its own process, as `warifu agent run` is one: `python -m support.agent_driver FOLDER SECONDS`.

In the folder lies `token` at the first start.
"""

from __future__ import annotations

import sys
from pathlib import Path

from warifu.apps.agent.program import run_agent
from warifu.domain.findings import Lang
from warifu.wiring.agent import AgentRoom


def main(folder: Path, every: float) -> int:
    room = AgentRoom(str(folder / "state"))
    if room.state.membership() is None:
        room.door.join(room.invitation((folder / "token").read_text()))
    return run_agent(room, "", sys.stderr, {}, lang=Lang.EN, every=every)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), float(sys.argv[2])))
