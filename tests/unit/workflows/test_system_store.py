"""Which systems keep their trust where, and what becomes of our files there."""

from __future__ import annotations

import pytest

from support.fakes import FakeClock, FakeHost
from support.pki import make_ca
from warifu.domain.directory.outputs import Contents, Output, OutputKind
from warifu.domain.x509 import to_pem
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import Fence
from warifu.workflows.output_stands import Node
from warifu.workflows.system_store import SystemStand, find_system

_FEDORA = "/etc/pki/ca-trust/source/anchors"
_BUNDLE = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
_ONE, _TWO = make_ca("One"), make_ca("Two")


def _output(path: str = "", *update: str) -> Output:
    return Output("all", OutputKind.SYSTEM, path, update=update)


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        (_FEDORA, "update-ca-trust"),
        ("/etc/pki/trust/anchors", "update-ca-certificates"),
        ("/usr/local/share/ca-certificates", "update-ca-certificates"),
    ],
)
def test_each_system_is_known_by_its_folder(folder: str, command: str) -> None:
    """Fedora, SUSE and Debian; only Debian's command takes another configuration."""
    host = FakeHost()
    host.put(f"{folder}/README", b"")
    found = find_system(_output(), host)
    assert (folder, (command,)) == (found.folder, found.update)
    assert ("local" in folder) is bool(found.configuration)
    assert found == find_system(_output(folder), host)


def test_a_system_that_nobody_knows_is_told() -> None:
    """Neither a usual folder nor one of the settings without its command."""
    for output in (_output(), _output(_FEDORA), _output("/opt/trust")):
        with pytest.raises(RefusedError, match=r"outputs\.no-system-store"):
            find_system(output, FakeHost())
    assert "/opt/trust" == find_system(_output("/opt/trust", "rebuild"), FakeHost()).folder


def test_what_the_system_has_not_taken_up_is_not_as_wanted() -> None:
    """Our file lies there; the system's own bundle decides. A command that fails is told."""
    host = FakeHost()
    host.put(f"{_FEDORA}/README", b"")
    host.put(_BUNDLE, _ONE.pem)
    stand = SystemStand(Node(host, Fence("/fence", "j", 1), "/state", FakeClock()), _output())
    wanted = Contents((_ONE.value, _TWO.value), ("one", "two"))
    with pytest.raises(CouldNotLookError, match=r"outputs\.update-failed"):
        stand.place(stand.read(), wanted, {})
    assert {to_pem([one]) for one in wanted.anchors} == set(stand.read().data.values())
    assert ("two",) == stand.not_taken_up(wanted)
    assert not stand.is_as_wanted(stand.read(), wanted, {})
    host.put(_BUNDLE, _ONE.pem + _TWO.pem)
    assert stand.is_as_wanted(stand.read(), wanted, {})
    host.commands["update-ca-trust",] = lambda: 0
    stand.put_back("")
    assert not stand.read().is_there
    assert b"" == host.read(f"{_FEDORA}/README").data
