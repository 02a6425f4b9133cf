"""Nodes that run nginx, HAProxy and PostgreSQL with configuration files as texts."""

from __future__ import annotations

from support.fakes import FakeHost
from warifu.ports.hosts import ProcessSeen

NGINX = ProcessSeen(10, 1, 5.0, "nginx", ("nginx: master process /usr/sbin/nginx -c /etc/nginx/nginx.conf",))
HAPROXY = ProcessSeen(20, 1, 5.0, "haproxy", ("/usr/sbin/haproxy", "-Ws", "-f", "/etc/haproxy/haproxy.cfg"))
POSTGRES = ProcessSeen(30, 1, 5.0, "postgres", ("/usr/lib/postgresql/15/bin/postgres", "-D", "/data"))


def host_with(**files: str) -> FakeHost:
    """A node with text files; `__` in a keyword stands for `/`, `_0` for a dot."""
    host = FakeHost()
    for name, text in files.items():
        host.put("/" + name.replace("__", "/").replace("_0", "."), text.encode())
    return host
