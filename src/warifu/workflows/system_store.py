"""The system's own trust store: our files beside those of others, and the system's command that takes them up.

Only files whose names begin with ours are written or removed. What goes is told to Debian's command as well, which
else leaves a link that leads nowhere, does not count anew, and tells no hook (Java's store is filled by one): it gets
a copy of its configuration with a line more for each file that goes, and its own configuration stays as it is.

Source: `update-ca-certificates(8)` of Debian 12 and openSUSE, `update-ca-trust(8)` of Fedora.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from warifu.domain.directory.output_files import own_files, own_prefix
from warifu.domain.directory.outputs import Contents, Output
from warifu.domain.x509 import load
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import Act, MakeFolder, Operation, Remove, WriteFile
from warifu.ports.hosts import HostReader, look_at
from warifu.workflows import backups
from warifu.workflows.output_stands import Node, Present, Stand, owned

_EXCERPT = 600  # characters of what a command said


@dataclass(frozen=True, slots=True)
class SystemKind:
    """One way in which systems keep their trust.

    Args:
        folder: where an administrator's own certificates lie, one a file.
        update: the command that takes them up.
        bundle: what it makes of all of them.
        configuration: its file of what to leave out, where it takes another one by `--certsconf`.
    """

    folder: str
    update: tuple[str, ...]
    bundle: str
    configuration: str = ""


_KNOWN = (
    SystemKind(
        "/etc/pki/ca-trust/source/anchors",
        ("update-ca-trust",),
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    ),
    SystemKind(
        "/etc/pki/trust/anchors", ("update-ca-certificates",), "/var/lib/ca-certificates/ca-bundle.pem"
    ),
    SystemKind(
        "/usr/local/share/ca-certificates",
        ("update-ca-certificates",),
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/ca-certificates.conf",
    ),
)


def find_system(output: Output, host: HostReader) -> SystemKind:
    """Return how this node's system keeps its trust, with what the settings say otherwise.

    Raises:
        RefusedError: `outputs.no-system-store`.
    """
    known = {one.folder: one for one in _KNOWN}
    if output.path and output.path not in known:
        if not output.update:
            raise RefusedError("outputs.no-system-store", looked=(output.path,))
        return _as_told(SystemKind(output.path, output.update, ""), output)
    looked = (output.path,) if output.path else tuple(known)
    seen = look_at(host, looked)
    found = next((known[path] for path in looked if seen[path].kind == "folder"), None)
    if found is None:
        raise RefusedError("outputs.no-system-store", looked=looked)
    return _as_told(found, output)


def _as_told(kind: SystemKind, output: Output) -> SystemKind:
    """Return it with the settings' own command; what Debian's options say of its places counts."""
    if not output.update:
        return kind
    options = dict(zip(output.update, output.update[1:], strict=False))
    folder = options.get("--etccertsdir", "")
    named = options.get("--certbundle", "ca-certificates.crt")
    return replace(
        kind,
        update=output.update,
        bundle=posixpath.join(folder, named) if folder else kind.bundle,
        configuration=options.get("--certsconf", kind.configuration),
    )


class SystemStand(Stand):
    """Our files in the system's store."""

    def __init__(self, node: Node, output: Output) -> None:
        self._node = node
        self._output = output
        self._kind = find_system(output, node.host)
        self._own = re.compile(re.escape(own_prefix(output.name)) + r"[0-9a-f]{64}\.crt")
        self._copy = f"{node.state}/outputs/{output.name}/before"
        self._besides = f"{node.state}/outputs/{output.name}/ca-certificates.conf"

    def read(self) -> Present:
        """Look at our own files."""
        host = self._node.host
        paths = [
            path for path in host.names(self._kind.folder) if self._own.fullmatch(posixpath.basename(path))
        ]
        files = {posixpath.basename(path): seen for path, seen in look_at(host, paths).items()}
        rights = all(owned(seen, self._output) for seen in files.values())
        return Present(bool(files), is_ours=True, files=files, rights=rights)

    def is_as_wanted(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> bool:
        """Compare our files, and see that the system's own bundle has every certificate of them."""
        del others
        wanted = own_files(self._output.name, contents)
        if not present.rights or present.data != wanted or self.not_taken_up(contents):
            return False
        return self._node.host.read(self._besides).kind == "absent"  # else a run ended before the command did

    def not_taken_up(self, contents: Contents) -> tuple[str, ...]:
        """Return the labels of anchors that the system's bundle lacks; none where it has no bundle."""
        if not self._kind.bundle:
            return ()
        taken = set(load(self._node.host.read(self._kind.bundle).data, self._kind.bundle).certificates)
        pairs = zip(contents.anchors, contents.labels, strict=True)
        return tuple(label for anchor, label in pairs if anchor not in taken)

    def place(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Add what comes, then remove what goes, then have the system take it up."""
        del others
        node, output = self._node, self._output
        wanted = own_files(output.name, contents)
        told = self._node.host.read(self._besides).data.decode("utf-8", "replace").splitlines()
        left = (
            line[1:] for line in told if self._own.fullmatch(line[1:])
        )  # a run ended before the command did
        going = tuple(name for name in dict.fromkeys((*present.files, *left)) if name not in wanted)
        node.host.change((Remove(self._copy),), node.fence)
        touched = look_at(node.host, (self._path(name) for name in (*wanted, *going)))
        backups.back_up(node.host, output.name, tuple(touched.values()), self._copy, node.fence)
        coming = (
            WriteFile(self._path(name), data, output.mode, output.owner) for name, data in wanted.items()
        )
        self._change((*coming, *(Remove(self._path(name)) for name in going)), going)

    def put_back(self, before: str) -> None:
        """Put our files back from the copy, and have the system take that up."""
        del before  # the copy knows
        saved = backups.open_backup(self._node.host, self._copy)
        operations = backups.restoring(self._node.host, saved)
        going = tuple(posixpath.basename(one.path) for one in operations if isinstance(one, Remove))
        self._change(operations, going)

    def _change(self, operations: tuple[Operation, ...], going: tuple[str, ...]) -> None:
        node, command = self._node, self._kind.update
        besides: tuple[Operation, ...] = ()
        if going and self._kind.configuration:
            lines = node.host.read(self._kind.configuration).data.rstrip(b"\n") + b"\n"
            lines += b"".join(f"!{name}\n".encode() for name in going)
            folder = MakeFolder(posixpath.dirname(self._besides), 0o700)
            besides = (folder, WriteFile(self._besides, lines, 0o600))
            command = (*command, "--certsconf", self._besides)
        every = (*besides, *operations, Act(command), Remove(self._besides))
        answers = node.host.change(every, node.fence)
        if answers[-1].code:
            said = (answers[-1].err or answers[-1].out).decode("utf-8", "replace").strip()[-_EXCERPT:]
            shown = " ".join(command)
            raise CouldNotLookError(
                "outputs.update-failed", command=shown, code=answers[-1].code, said=said or "-"
            )

    def _path(self, name: str) -> str:
        return posixpath.join(self._kind.folder, name)
