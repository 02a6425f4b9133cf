"""A server and its agents: from a publication to the last node's proof that it follows, and what that costs the server.

One `warifu server` in a process of its own; 500 and then 2,000 agents in this one (WARIFU_BENCH_AGENTS tells other
numbers), each with an identity that it got by joining, over mutual TLS on loopback. They speak what real agents speak:
a stream that wakes them, the fetches of a look, the signed reports. The rival is the floor: the same fetches by as many
clients from uvicorn alone, without push and without reports, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from bench.fleet.bare import Bare
from bench.fleet.believed import Believing
from bench.fleet.line import Line
from bench.fleet.node import Node
from bench.fleet.server import TrustServer, until
from warifu.adapters.orders.tls import trusting

SIZES = tuple(int(one) for one in os.environ.get("WARIFU_BENCH_AGENTS", "500,2000").split(","))
ROUNDS = 5
ANCHORS = 10
AT_REST = 15  # seconds without a publication: the server gives back what it does not need, each 10 s
SETTLED = 0.3  # seconds after the last answer, in which the server finishes what nobody waits for


@dataclass
class Figures:
    """What was measured with one number of agents.

    Args:
        median, worst: seconds from a publication to the proof of half of the nodes, and of the last; of each round.
        cpu: milliseconds of the server's processor time an agent and publication; of each round.
        memory: KiB that the server holds more, an agent.
        storm: seconds from the new server's first word to the last node's report; `storm_cpu` as `cpu`.
    """

    agents: int
    median: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0.0
    joined: float = 0.0
    storm: float = 0.0
    storm_cpu: float = 0.0
    fetches: int = 0
    floor_median: list[float] = field(default_factory=list)
    floor_worst: list[float] = field(default_factory=list)
    floor_cpu: list[float] = field(default_factory=list)
    floor_memory: float = 0.0
    floor_storm: float = 0.0
    floor_storm_cpu: float = 0.0


def run() -> Iterator[dict[str, Any]]:
    """Measure each number of agents, then say how the costs grow from the smallest to the largest."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server ends with us
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    measured: list[Figures] = []
    for agents in SIZES:
        with TemporaryDirectory(prefix="warifu-", ignore_cleanup_errors=True) as folder:
            figures = uvloop.run(_measure(Path(folder), agents))
        measured.append(figures)
        yield from _rows(figures)
    if len(measured) > 1:
        yield from _growth(measured[0], measured[-1])


def _rows(one: Figures) -> Iterator[dict[str, Any]]:
    size = f"{one.agents} agents, {ANCHORS} anchors, {one.fetches} fetches a publication"
    middle = statistics.median
    yield _row("agents.proof-median", middle(one.median), "s", middle(one.floor_median), size)
    yield _row("agents.proof-worst", middle(one.worst), "s", middle(one.floor_worst), size)
    yield _row("agents.cpu", middle(one.cpu), "ms an agent and publication", middle(one.floor_cpu), size)
    yield _row("agents.memory", one.memory, "KiB an agent", one.floor_memory, size)
    yield _row("agents.storm", one.storm, "s", one.floor_storm, size)
    yield _row("agents.storm-cpu", one.storm_cpu, "ms an agent", one.floor_storm_cpu, size)


def _growth(small: Figures, large: Figures) -> Iterator[dict[str, Any]]:
    size = f"{large.agents} agents against {small.agents}"
    middle = statistics.median
    yield _row("agents.cpu-growth", middle(large.cpu), "ms an agent and publication", middle(small.cpu), size)
    yield _row("agents.proof-growth", middle(large.worst), "s", middle(small.worst), size)
    yield _row("agents.memory-growth", large.memory, "KiB an agent", small.memory, size)


def _row(name: str, value: float, unit: str, rival: float, size: str) -> dict[str, Any]:
    ratio = round(value / rival, 3) if rival else None
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "rival": round(rival, 3),
        "ratio": ratio,
        "size": size,
    }


async def _measure(folder: Path, agents: int) -> Figures:
    figures = Figures(agents)
    server = TrustServer.make(folder)
    identities = server.join(folder, [f"node-{number}" for number in range(agents + 1)])
    _say(f"{agents} agents joined")
    with closing(server):
        server.start()
        await server.sign_in()
        await server.publish(ANCHORS - 1)
        believing = Believing()
        nodes = [
            Node(name, identity, server.anchors, server.root, believing, server.port)
            for name, identity in identities
        ]
        try:
            await _publish(figures, server, nodes)
            await _storm(figures, server, nodes)
        finally:
            for node in nodes:
                await node.stop()
        assert not server.faults(), server.faults()
    await _floor(figures, folder / "bare", server, nodes)
    return figures


async def _publish(figures: Figures, server: TrustServer, nodes: list[Node]) -> None:
    nodes[0].start()  # so that what any first request costs is in no figure of an agent
    await until(lambda: bool(nodes[0].proven), "the first node to follow")
    await nodes.pop(0).stop()
    held = server.memory
    began = time.perf_counter()
    for node in nodes:
        node.start()
    await until(lambda: all(node.proven for node in nodes), "every node to follow")
    figures.joined = time.perf_counter() - began
    for number in range(ROUNDS):
        await asyncio.sleep(SETTLED)
        before, began = server.seconds, time.perf_counter()
        version = await server.publish(1)
        await until(partial(_all_prove, nodes, version), "proofs")
        await asyncio.sleep(SETTLED)
        figures.cpu.append((server.seconds - before) / len(nodes) * 1000)
        proofs = sorted(node.proven[version] - began for node in nodes)
        figures.median.append(statistics.median(proofs))
        figures.worst.append(proofs[-1])
        _say(f"publication {number + 1}: {proofs[-1]:.2f} s, {figures.cpu[-1]:.2f} ms an agent")
    await asyncio.sleep(AT_REST)
    figures.memory = (server.memory - held) / len(nodes)
    _say(f"{figures.memory:.0f} KiB an agent; all were connected after {figures.joined:.1f} s")


def _all_prove(nodes: list[Node], version: int) -> bool:
    return all(version in node.proven for node in nodes)


async def _storm(figures: Figures, server: TrustServer, nodes: list[Node]) -> None:
    server.kill()
    await until(lambda: not any(node.is_connected for node in nodes), "every stream to have ended")
    reports = {node.name: node.taken for node in nodes}
    server.start()
    before, began = server.seconds, time.perf_counter()
    await until(
        lambda: all(node.is_connected and node.taken > reports[node.name] for node in nodes),
        "every node to be back",
    )
    figures.storm = time.perf_counter() - began
    await asyncio.sleep(SETTLED)
    figures.storm_cpu = (server.seconds - before) / len(nodes) * 1000
    _say(f"after a restart: {figures.storm:.1f} s, {figures.storm_cpu:.2f} ms an agent")


async def _floor(figures: Figures, folder: Path, server: TrustServer, nodes: list[Node]) -> None:
    """Serve the fetches of the last publication from uvicorn alone to as many clients."""
    fetched = nodes[0].last_fetched
    figures.fetches = len(fetched)
    bare = Bare.make(folder, fetched, server.anchors)
    with closing(bare):
        bare.start()
        lines = [Line(bare.port, trusting(bare.anchors, node.identity)) for node in nodes]

        async def look(line: Line) -> float:
            for name, data in fetched:
                status, body = await line.ask("GET", f"/trust/{name}")
                assert (status, body) == ((404, b"") if data is None else (200, data))
            return time.perf_counter()

        await look(Line(bare.port, trusting(bare.anchors, nodes[0].identity)))
        held = bare.memory
        for number in range(1 + ROUNDS):
            before, began = bare.seconds, time.perf_counter()
            times = sorted([at - began for at in await asyncio.gather(*map(look, lines))])
            await asyncio.sleep(SETTLED)
            cpu = (bare.seconds - before) / len(nodes) * 1000
            if number == 0:  # with every handshake in it, as after a restart
                figures.floor_storm, figures.floor_storm_cpu = times[-1], cpu
                continue
            figures.floor_cpu.append(cpu)
            figures.floor_median.append(statistics.median(times))
            figures.floor_worst.append(times[-1])
        figures.floor_memory = (bare.memory - held) / len(nodes)
        for line in lines:
            line.close()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
