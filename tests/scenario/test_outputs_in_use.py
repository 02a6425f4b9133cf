"""Outputs that services read, and writing that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.command import environment
from support.nginx import Nginx, nginx
from support.pki import Entity, make_ca
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.directory.outputs import Output, OutputKind, OutputSettings, Stock, TrustedHere
from warifu.domain.findings import Code
from warifu.domain.x509 import load
from warifu.domain.x509.name_hash import subject_hash
from warifu.ports.changes import Fence
from warifu.wire.evidence import Outcome, Stage, Witness
from warifu.wiring.outputs import output_writer
from warifu.wiring.products import products
from warifu.workflows.install import Installer
from warifu.workflows.output_stands import Node
from warifu.workflows.outputs import Ending, OutputWriter, OutputWritten
from warifu.workflows.proving import Patience

_SERVER = make_ca("Server Root")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Nginx]:
    """An nginx that asks for clients of the output's CAs, of which the first lies there already."""
    leaf = _SERVER.leaf("web.example")
    (tmp_path / "web.crt").write_bytes(leaf.fullchain_pem)
    (tmp_path / "web.key").write_bytes(leaf.key_pem)
    (tmp_path / "clients.pem").write_bytes(_SERVER.pem)
    certificate, key, clients = (str(tmp_path / name) for name in ("web.crt", "web.key", "clients.pem"))
    with nginx(tmp_path / "nginx", certificate=certificate, key=key, client_ca=clients) as server:
        yield server


def _write(folder: Path, server: Nginx, *entities: Entity, crl_file: str = "") -> OutputWritten:
    output = Output(
        "clients",
        OutputKind.BUNDLE,
        str(folder / "clients.pem"),
        crl_file and str(folder / crl_file),
        service="web",
        judges_clients=True,
    )
    stock = Stock(tuple(TrustedHere(str(one.value.subject), one.value, "shop") for one in entities))
    writer = output_writer(Fence(str(folder / "fence.json"), "test", 1), str(folder / "state"))
    (written,) = writer.write(OutputSettings((output,), {"web": server.service}), stock)
    return written


def _stages(written: OutputWritten) -> Mapping[Stage, set[tuple[Witness, Outcome]]]:
    found: dict[Stage, set[tuple[Witness, Outcome]]] = {}
    for one in written.evidence:
        found.setdefault(one.stage, set()).add((one.witness, one.outcome))
    return found


@pytest.mark.parametrize("crl_file", ["", "crls.pem"])
def test_a_service_is_seen_to_have_loaded_what_was_written(tmp_path: Path, web: Nginx, crl_file: str) -> None:
    """Sent, on disk, loaded and proven are told apart; the names that nginx asks clients for prove it."""
    shop = make_ca("Shop Root")
    written = _write(tmp_path, web, _SERVER, shop, crl_file=crl_file)
    assert Ending.PROVEN is written.ending, written
    stages = _stages(written)
    assert {(Witness.FILE, Outcome.YES)} == stages[Stage.SENT] == stages[Stage.ON_DISK]
    assert (Witness.CA_NAMES, Outcome.YES) in stages[Stage.PROVEN]
    again = _write(tmp_path, web, _SERVER, shop, crl_file=crl_file)
    assert Ending.UNCHANGED is again.ending
    assert {(Witness.FILE, Outcome.YES)} == _stages(again)[Stage.ON_DISK]


@pytest.mark.parametrize("crl_file", ["", "crls.pem"])
def test_what_a_service_does_not_take_up_is_put_back(tmp_path: Path, web: Nginx, crl_file: str) -> None:
    """Its own check refuses a broken configuration: the file is as it was, and the next writing tries again."""
    shop, before = make_ca("Shop Root"), (tmp_path / "clients.pem").read_bytes()
    held = load(before).certificates
    whole = web.configuration.read_text(encoding="utf-8")
    web.configuration.write_text(whole + "nonsense;\n", encoding="utf-8")
    written = _write(tmp_path, web, _SERVER, shop, crl_file=crl_file)
    assert (Ending.PUT_BACK, [Code.CHECK_FAILED]) == (written.ending, [one.code for one in written.findings])
    assert held == load((tmp_path / "clients.pem").read_bytes()).certificates
    web.configuration.write_text(whole, encoding="utf-8")
    assert Ending.PROVEN is _write(tmp_path, web, _SERVER, shop, crl_file=crl_file).ending


def test_a_service_that_loads_nothing_has_its_trust_put_back(tmp_path: Path, web: Nginx) -> None:
    """Its command says yes and nothing is reloaded: the names it asks for tell."""
    lying = replace(web.service, reload=("/bin/true",), check=("/bin/true",))
    output = Output("c", OutputKind.BUNDLE, str(tmp_path / "clients.pem"), service="web", judges_clients=True)
    both = (_SERVER, make_ca("Shop Root"))
    stock = Stock(tuple(TrustedHere(str(one.value.subject), one.value, "shop") for one in both))
    clock, fence = SystemClock(), Fence(str(tmp_path / "fence.json"), "test", 1)
    node = Node(LocalHost(), fence, str(tmp_path / "state"), clock)
    installer = Installer(TlsProber(), clock, Patience(deadline=timedelta(seconds=1)))
    (written,) = OutputWriter(node, products(), installer).write(
        OutputSettings((output,), {"web": lying}), stock
    )
    assert written.ending in {Ending.PUT_BACK, Ending.DOWN}
    assert Code.CA_NAMES_DIFFER in {one.code for one in written.findings}
    assert (_SERVER.value,) == load((tmp_path / "clients.pem").read_bytes()).certificates


_TEXT = """
[[output]]
name = "hashed"
kind = "hashed-directory"
path = "trusted"

[[output]]
name = "bundle"
kind = "pem-bundle"
path = "ca.pem"
crl-file = "crl.pem"
"""


def test_writing_that_is_killed_at_every_operation_ends_where_it_should(tmp_path: Path) -> None:
    """Whenever it dies, a reader has what was or what is; what stays is always trusted; the last run finishes."""
    stays, goes, comes = (make_ca("Same") for _ in range(3))
    trusted = tmp_path / "trusted"
    trusted.mkdir(mode=0o755)
    for number, one in enumerate((stays, goes)):
        (trusted / f"{subject_hash(one.value)}.{number}").write_bytes(one.pem)
    (tmp_path / "ca.pem").write_bytes(stays.pem + goes.pem)
    (tmp_path / "outputs.toml").write_text(_TEXT, encoding="utf-8")
    for round_, roots in enumerate(([stays, goes], [stays, comes])):
        (tmp_path / "roots.pem").write_bytes(b"".join(one.pem for one in roots))
        seen = tmp_path / f"seen-{round_}"
        argv = [sys.executable, "-m", "support.crash_driver", str(seen), "5", "7", "--", "outputs", "write"]
        argv += ["outputs.toml", "--from", "roots.pem", "--state", str(tmp_path / "state")]
        while True:
            ran = subprocess.run(
                argv, cwd=tmp_path, env=environment(), capture_output=True, timeout=120, check=False
            )
            _check_readable(tmp_path, {stays, goes}, {stays, comes})
            if ran.returncode != -signal.SIGKILL:
                break
        assert 0 == ran.returncode, ran.stderr
        assert len(seen.read_text(encoding="utf-8").splitlines()) > 5
        assert {one.pem for one in roots} == {path.read_bytes() for path in trusted.iterdir()}
        assert {one.value for one in roots} == set(load((tmp_path / "ca.pem").read_bytes()).certificates)
    left = [path.name for path in tmp_path.rglob("*") if path.name.endswith(".warifu-new")]
    assert [] == left


def _check_readable(folder: Path, *sets: set[Entity]) -> None:
    held = {path.read_bytes() for path in (folder / "trusted").iterdir()}
    assert held in [{one.pem for one in each} for each in sets]
    bundle = set(load((folder / "ca.pem").read_bytes()).certificates)
    assert bundle in [{one.value for one in each} for each in sets]
