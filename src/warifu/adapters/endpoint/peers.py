"""Who is at the other end of a Unix socket: the kernel says the user, the user database the names and groups."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import struct

from warifu.domain.endpoint import Peer

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


def credentials_of(stream: socket.socket) -> tuple[int, int]:
    """Return user and group of the process that connected, by number.

    Raises:
        OSError: the kernel does not say.
    """
    said = stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, gid = _CREDENTIALS.unpack(said)
    return uid, gid


def local_peer(uid: int, gid: int) -> Peer:
    """Return a local user with every group that the user database puts them in, and the one they act with."""
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        return Peer(uid, f"uid:{uid}", _names([gid]))
    return Peer(uid, user, _names([gid, *os.getgrouplist(user, gid)]))


def _names(groups: list[int]) -> frozenset[str]:
    return frozenset(_name(gid) for gid in groups)


def _name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return f"gid:{gid}"
