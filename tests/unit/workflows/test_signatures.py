"""Facts and signatures of many certificates, read by other processes."""

from __future__ import annotations

import contextlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import running, wait_until
from warifu.domain.rotation.certificates import Memory
from warifu.domain.trust import leaf_facts
from warifu.domain.x509 import Certificate
from warifu.workflows.signatures import read_on_every_core

PLANNER = """
import time
from concurrent.futures import ProcessPoolExecutor
from support.pki import make_ca
from warifu.domain.rotation.certificates import Memory
from warifu.workflows import signatures

class Staying(ProcessPoolExecutor):
    def shutdown(self, wait=True, *, cancel_futures=False):
        print("read", flush=True)
        time.sleep(600)

if __name__ == "__main__":
    root = make_ca("One Root")
    signatures.ProcessPoolExecutor = Staying
    signatures.read_on_every_core([root.value, root.leaf("a.example").value], Memory(), worth_it=1)
"""


def members(group: int) -> list[str]:
    """The living processes of a process group."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group = place.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(place.parent.name)
    return found


def certificates() -> tuple[Certificate, list[Certificate], Certificate]:
    """A root, leaves that it signed, and one that another root of its name signed."""
    root, other = make_ca("One Root"), make_ca("One Root")
    leaves = [root.leaf(f"n{number}.example").value for number in range(5)]
    return root.value, leaves, other.leaf("stranger.example").value


def test_every_signature_and_fact_is_known_afterwards() -> None:
    """Those that hold hold, one of another key does not, and none is checked or read again."""
    root, leaves, stranger = certificates()
    memory = Memory()
    read_on_every_core([root, *leaves, stranger], memory, worth_it=1)
    known = memory.signatures
    done = known.done
    assert [True] * 5 + [False] == [known.holds(leaf, root) for leaf in (*leaves, stranger)]
    assert done == known.done
    read = {leaf.fingerprint.hex: leaf_facts(leaf, [root]) for leaf in (root, *leaves)}
    assert read == memory.facts  # who signed the other one may be known later


def test_few_certificates_are_left_to_planning() -> None:
    """Other processes would start later than the checks end: nothing is known yet."""
    root, leaves, _ = certificates()
    memory = Memory()
    read_on_every_core([root, *leaves], memory)
    assert (0, {}) == (memory.signatures.done, memory.facts)


def test_without_other_processes_planning_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies takes its answers along, and nothing else."""

    def die(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(ProcessPoolExecutor, "submit", die)
    root, leaves, _ = certificates()
    memory = Memory()
    read_on_every_core([root, *leaves], memory, worth_it=1)
    assert (0, {}) == (memory.signatures.done, memory.facts)
    assert memory.signatures.holds(leaves[0], root)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors: on one no other process checks")
def test_a_planner_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    """After kill -9 nobody is left to end those that check: they end by themselves."""
    program, log = tmp_path / "planner.py", tmp_path / "log"
    program.write_text(PLANNER, "utf-8")
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'tests'}"}
    with running(
        [sys.executable, str(program)], log, ready=lambda: b"read" in log.read_bytes(), env=environment
    ) as planner:
        assert 1 < len(members(planner.pid))
        planner.kill()
        wait_until(lambda: [] == members(planner.pid), "the processes of a planner that was killed to end")
