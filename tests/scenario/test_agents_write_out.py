"""What is published reaches the files that programs read, and the server knows that it did."""

from __future__ import annotations

import subprocess
from pathlib import Path

from support.pki import make_ca
from support.running import need_program
from support.trust_server import now, run_server
from warifu.domain.x509 import to_pem
from warifu.wire.evidence import Outcome, Stage

OUTPUTS = """
[[output]]
name = "bundle"
kind = "pem-bundle"
path = "{folder}/ca.pem"
domains = ["shop"]

[[output]]
name = "hashed"
kind = "hashed-directory"
path = "{folder}/trusted"
domains = ["shop"]

[[output]]
name = "broken"
kind = "pem-bundle"
path = "/proc/nobody-writes-here/ca.pem"
"""


def verifies(folder: Path, leaf: Path) -> tuple[bool, bool]:
    """Whether openssl trusts a leaf by the bundle, and by the hashed directory."""
    openssl = need_program("openssl", "openssl")
    by = (["-CAfile", str(folder / "ca.pem")], ["-CApath", str(folder / "trusted")])
    usual = ["-no-CAfile", "-no-CApath"]
    first, second = (
        subprocess.run(
            [openssl, "verify", *(one for one in usual if one[3:] not in option), *option, str(leaf)],
            check=False,
            capture_output=True,
        ).returncode
        == 0
        for option in by
    )
    return first, second


def test_programs_trust_what_is_published_and_no_longer_what_left(tmp_path: Path) -> None:
    """A bundle and a hashed directory, read by openssl; an output that cannot be written holds up neither."""
    settings = tmp_path / "outputs.toml"
    settings.write_text(OUTPUTS.format(folder=tmp_path))
    old, new = make_ca("Old Root", now=now()), make_ca("New Root", now=now())
    leaves = []
    for number, root in enumerate((old, new)):
        path = tmp_path / f"leaf-{number}.pem"
        path.write_bytes(to_pem([root.leaf("web.example", now=now()).value]))
        leaves.append(path)
    with run_server(tmp_path) as server:
        node = server.node("web-1", str(settings))
        server.publish("shop", old.value)
        node.look()
        assert [(True, True), (False, False)] == [verifies(tmp_path, leaf) for leaf in leaves]
        server.publish("shop", new.value)
        taken = node.look()
        assert [(True, True), (True, True)] == [verifies(tmp_path, leaf) for leaf in leaves]
        assert "broken" in {one.subject for one in taken.findings}

        said = server.desks.reports.now()["web-1"]
        on_disk = {
            one.slot for one in said.outputs if one.stage is Stage.ON_DISK and one.outcome is Outcome.YES
        }
        assert len(on_disk) == 2
        assert "broken" in {one.subject for one in said.remarks}
