"""Where a slot's files lie, decided without touching any."""

from __future__ import annotations

import pytest

from support.fakes import FakeHost
from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.domain.estate import IdentitySlot, TrustSlot
from warifu.errors import RefusedError
from warifu.ports.changes import (
    Fence,
    MakeFolder,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.hosts import FileSeen
from warifu.ports.targets import FileWanted
from warifu.workflows.generations import adopting, is_adopted, layout_of, pruning, staging, swapping

SLOT = IdentitySlot("web/tls", "web", "web", "/etc/tls/web.crt", "/etc/keys/web.key")
FENCE = Fence("/fence", "journal", 1)
PARENT = FileSeen("/etc/tls", "folder", mode=0o755, user="root", group="root")
PLAIN = {
    SLOT.certificate: FileSeen(SLOT.certificate, "file", b"C", 0o644, "root", "root"),
    SLOT.key: FileSeen(SLOT.key, "file", b"K", 0o640, "root", "ssl"),
}
FOLDER = "/etc/tls/.warifu-tls"
LINKED = {
    SLOT.certificate: FileSeen(
        SLOT.certificate, "file", b"C", 0o644, "root", "root", ".warifu-tls/current/certificate.pem"
    ),
    SLOT.key: FileSeen(SLOT.key, "file", b"K", 0o640, "root", "ssl", f"{FOLDER}/current/key.pem"),
}


def test_plain_files_are_adopted_content_first() -> None:
    """Every content is in its generation before the first path leads there, with its mode and owner."""
    layout = layout_of(SLOT, PLAIN, "", ())
    assert not layout.is_adopted
    assert (
        MakeFolder(FOLDER, 0o755, "root:root"),
        MakeFolder(f"{FOLDER}/g1", 0o755, "root:root"),
        WriteFile(f"{FOLDER}/g1/certificate.pem", b"C", 0o644, "root:root"),
        WriteFile(f"{FOLDER}/g1/key.pem", b"K", 0o640, "root:ssl"),
        PointLink(f"{FOLDER}/current", "g1"),
        PointLink(SLOT.certificate, ".warifu-tls/current/certificate.pem"),
        PointLink(SLOT.key, f"{FOLDER}/current/key.pem"),
    ) == adopting(layout, PLAIN, PARENT)


def test_an_interrupted_adoption_goes_on() -> None:
    """With one path adopted, only the other is moved, and `current` stays."""
    half = {**PLAIN, SLOT.certificate: LINKED[SLOT.certificate]}
    layout = layout_of(SLOT, half, "g1", ())
    done = adopting(layout, half, PARENT)
    assert not layout.is_adopted
    assert [PointLink(SLOT.key, f"{FOLDER}/current/key.pem")] == [
        each for each in done if isinstance(each, PointLink)
    ]


def test_the_next_generation_is_whole_before_one_link_moves() -> None:
    """Files of other slots come along, and the swap is a single operation."""
    layout = layout_of(SLOT, LINKED, "g4", (f"{FOLDER}/current", f"{FOLDER}/g4"))
    assert layout.is_adopted
    other = FileSeen(f"{FOLDER}/g4/chain.pem", "file", b"X", 0o644, "root", "root")
    wanted = [FileWanted(SLOT.certificate, b"D", 0o644, ""), FileWanted(SLOT.key, b"L", 0o600, "")]
    assert (
        Remove(f"{FOLDER}/g5"),
        MakeFolder(f"{FOLDER}/g5", 0o755, "root:root"),
        WriteFile(f"{FOLDER}/g5/chain.pem", b"X", 0o644, "root:root"),
        WriteFile(f"{FOLDER}/g5/certificate.pem", b"D", 0o644, ""),
        WriteFile(f"{FOLDER}/g5/key.pem", b"L", 0o600, ""),
    ) == staging(layout, wanted, [other], PARENT)
    assert (PointLink(f"{FOLDER}/current", "g5"),) == swapping(layout, "g5")


def test_a_shared_file_uses_the_folder_it_was_adopted_into() -> None:
    """The second slot of a file follows its link and keeps its name inside."""
    shared = IdentitySlot("mail/tls", "mail", "web", SLOT.certificate, SLOT.key)
    layout = layout_of(shared, LINKED, "g1", ())
    assert FOLDER == layout.folder
    assert layout.is_adopted


def test_files_that_lead_into_two_folders_are_refused() -> None:
    """They cannot change in one instant."""
    split = {
        **LINKED,
        SLOT.key: FileSeen(SLOT.key, "file", b"K", 0o640, "root", "ssl", "/x/.warifu-a/current/key.pem"),
    }
    with pytest.raises(RefusedError, match=r"install\.split-generations"):
        layout_of(SLOT, split, "g1", ())


def test_only_generations_are_pruned() -> None:
    """The current one, the one before and everything that is no generation stay."""
    slot = TrustSlot("web/clients", "web", "clients", "/etc/tls/ca.pem")
    link = ".warifu-clients/current/anchors.pem"
    seen = {slot.anchors: FileSeen(slot.anchors, "file", b"A", 0o644, "root", "root", link)}
    folder = "/etc/tls/.warifu-clients"
    names = ("current", "g1", "g2", "g3", "notes", "g03")
    layout = layout_of(slot, seen, "g3", tuple(f"{folder}/{name}" for name in names))
    assert (Remove(f"{folder}/g1"),) == pruning(layout, keep=frozenset({"g3", "g2"}))


def test_a_look_tells_whether_a_slot_is_adopted() -> None:
    """Every path must lead through a generation folder; a host that cannot look says no."""
    plain, linked, half = FakeHost(), FakeHost(), FakeHost()
    for host in (plain, linked, half):
        host.put(SLOT.certificate, b"C")
        host.put(SLOT.key, b"K")
    for host in (linked, half):
        host.put(f"{FOLDER}/g1/certificate.pem", b"C")
        host.put(f"{FOLDER}/g1/key.pem", b"K")
        host.change([PointLink(f"{FOLDER}/current", "g1")], FENCE)
        host.change([PointLink(SLOT.certificate, ".warifu-tls/current/certificate.pem")], FENCE)
    linked.change([PointLink(SLOT.key, f"{FOLDER}/current/key.pem")], FENCE)
    assert [False, True, False] == [is_adopted(SLOT, host) for host in (plain, linked, half)]
    assert not is_adopted(SLOT, ByHandHost("box"))
