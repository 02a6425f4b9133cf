"""Full handshakes a second: our probe, and `openssl s_time` and Python's ssl against the same server.

All three are clients of one `openssl s_server` on loopback (P-256, TLS 1.3), one after the
other in the same run, a new full handshake each time; the server's work is in every figure.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.trust.address import Address
from warifu.ports.probes import Ask

ROUNDS = 3
PER_ROUND = 200


def run() -> Iterator[dict[str, object]]:
    """Yield one row per rival: the best of the rounds of each, taken in turns."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as port:
        prober, here = TlsProber(), LocalHost()
        ask = Ask(Address("127.0.0.1", port))

        def ours() -> None:
            answer = prober.ask(ask, via=here)
            assert not answer.refused, answer.refused

        rates: dict[str, list[float]] = {"ours": [], "python ssl": [], "openssl s_time": []}
        for _ in range(ROUNDS):
            rates["ours"].append(_rate(ours))
            rates["python ssl"].append(_rate(lambda: _python(port)))
            rates["openssl s_time"].append(_s_time(port))
    value = max(rates["ours"])
    for rival in ("python ssl", "openssl s_time"):
        best = max(rates[rival])
        yield {
            "name": "probe",
            "value": round(value, 1),
            "unit": "full handshakes/s",
            "rival": f"{rival}: {best:.1f}",
            "ratio": round(value / best, 3),
            "size": PER_ROUND,
        }


def _rate(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    for _ in range(PER_ROUND):
        act()
    return PER_ROUND / (time.perf_counter() - begun)


def _python(port: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a new one each time: nothing can be resumed
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain) as stream:
        assert stream.getpeercert(binary_form=True)
        assert not stream.session_reused


def _s_time(port: int) -> float:
    argv = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", "2"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"(\d+) connections in ([\d.]+) real seconds", done.stdout)
    assert found, done.stderr
    return int(found[1]) / float(found[2])


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[int]:
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench"
    subprocess.run(
        [*make.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    argv = [
        "openssl",
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-cert",
        f"{folder}/cert.pem",
        "-key",
        f"{folder}/key.pem",
    ]
    with subprocess.Popen(
        [*argv, "-www"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if line.startswith("ACCEPT"):
                    yield int(line.rsplit(":", 1)[1])
                    break
        finally:
            server.kill()
