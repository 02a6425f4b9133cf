"""Rotation from end to end: the root CA of 200 services in 20 processes, under traffic.

The rival is the naive way on a copy in the same run: every file at once, then every reload.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from demo import naive
from demo.commands import Warifu
from demo.estate import Estate, OldPki, make_old_pki
from demo.figures import Figures, count
from demo.loading import fingerprints
from demo.shape import many
from demo.telling import Teller
from warifu.domain.findings import Lang

SERVICES, PROCESSES, CLIENTS, RATE = 200, 20, 4, 1.0


def run() -> Iterator[dict[str, Any]]:
    """Measure the duration, the handshakes and the failures of both ways."""
    shape = many(services=SERVICES, processes=PROCESSES, clients=CLIENTS, rate=RATE)
    folder = Path(tempfile.mkdtemp(prefix="warifu-"))
    try:
        old = make_old_pki()
        estate = Estate(folder / "estate", shape)
        estate.write_files(old)
        copy = estate.copy_to(folder / "copy")
        rival_time, rival = _measure(copy, old, lambda: naive.swap_everything(copy, old, told=_say))
        warifu = Warifu(estate, Teller(Lang.EN, quiet=True))
        own_time, own = _measure(estate, old, lambda: warifu.replace_root(old.root.pem))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    size = f"{SERVICES} services in {PROCESSES} processes, {len(shape.links)} connections"
    yield _row("rotate.duration", own_time, "s", rival_time, size)
    yield _row("rotate.handshakes", own.handshakes, "handshakes", rival.handshakes, size)
    yield _row("rotate.failed", own.failed, "handshakes", rival.failed, size)


def _measure(estate: Estate, old: OldPki, change: Callable[[], None]) -> tuple[float, Figures]:
    """Run a change on an estate under traffic; it must end with the old root gone and every leaf new."""
    estate.start()
    try:
        estate.wait_until_busy(handshakes=1)
        before = estate.leaves()
        began = time.monotonic()
        change()
        lasted = time.monotonic() - began
        estate.wait_until_busy(handshakes=1)
        figures = count(estate.logs)
        assert estate.trusting(fingerprints(old.root.pem)[0]) == []
        for name, leaf in estate.leaves().items():
            assert {before[name], leaf} == set(figures.connections[name].leaves), name
    finally:
        estate.stop()
    return lasted, figures


def _row(name: str, value: float, unit: str, rival: float, size: str) -> dict[str, Any]:
    ratio = round(value / rival, 3) if rival else None
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "rival": round(rival, 2),
        "ratio": ratio,
        "size": size,
    }


def _say(process: str) -> None:
    sys.stderr.write(f"reloaded {process}\n")
