"""What the configuration of running services says, read through a host."""

from __future__ import annotations

import pytest

from support.fakes import FakeClock, FakeHost
from support.pki import make_ca
from warifu.adapters.targets.haproxy_configuration import HaproxyDiscoverer
from warifu.adapters.targets.nginx_configuration import NginxDiscoverer
from warifu.adapters.targets.postgresql_configuration import PostgresqlDiscoverer, connection_words
from warifu.domain.estate import Address, ClientCertificate, Local, Node, Provenance
from warifu.domain.findings import Code
from warifu.ports.discoverers import Found
from warifu.ports.hosts import ProcessSeen, Ran
from warifu.workflows.scan import Scanned, Socket, scan, socket_of

NGINX = ProcessSeen(10, 1, 5.0, "nginx", ("nginx: master process /usr/sbin/nginx -c /etc/nginx/nginx.conf",))
HAPROXY = ProcessSeen(20, 1, 5.0, "haproxy", ("/usr/sbin/haproxy", "-Ws", "-f", "/etc/haproxy/haproxy.cfg"))
POSTGRES = ProcessSeen(30, 1, 5.0, "postgres", ("/usr/lib/postgresql/15/bin/postgres", "-D", "/data"))


def host_with(**files: str) -> FakeHost:
    """A node with text files; `__` in a keyword stands for `/`, `_0` for a dot."""
    host = FakeHost()
    for name, text in files.items():
        host.put("/" + name.replace("__", "/").replace("_0", "."), text.encode())
    return host


def nginx(**files: str) -> Found:
    (found,) = NginxDiscoverer().discover(host_with(**files), "web-1", (NGINX,))
    return found


def test_nginx_includes_inheritance_and_names_are_followed() -> None:
    """A server below an include inherits certificate and key from http, and keeps its own names."""
    found = nginx(
        etc__nginx__nginx_0conf="http { ssl_certificate c/x.crt; ssl_certificate_key c/x.key;\n"
        "include sites/*.conf; }",
        etc__nginx__sites__a_0conf="server { listen 443 ssl default_server; server_name a.example b.example; }\n"
        "server { listen [::1]:8443 ssl; server_name c.example; ssl_certificate '/e/c.crt';\n"
        'ssl_certificate_key "/e/c.key"; } # } {\n server { listen 80; server_name plain.example; }',
    )
    assert (Address("0.0.0.0", 443), Address("::1", 8443)) == found.service.addresses
    assert [
        ("/etc/nginx/c/x.crt", "/etc/nginx/c/x.key", ("a.example", "b.example")),
        ("/e/c.crt", "/e/c.key", ("c.example",)),
    ] == [(slot.certificate, slot.key, slot.sni) for slot in found.identities]
    assert () == found.unseen


def test_nginx_says_whom_it_asks_for_a_certificate_and_whom_it_connects_to() -> None:
    """Client CA, CRL, upstream members, their verification and the expected name are read."""
    found = nginx(
        etc__nginx__nginx_0conf="http { upstream api { server 10.0.0.1:9443; server 10.0.0.2:9443 backup; }\n"
        "server { listen 443 ssl; ssl_certificate x.crt; ssl_certificate_key x.key; ssl_verify_client on;\n"
        "ssl_client_certificate ca.pem; ssl_crl ca.crl;\n"
        "location /api { proxy_pass https://api/v1; proxy_ssl_verify on; proxy_ssl_trusted_certificate up.pem;\n"
        "proxy_ssl_name api.example; proxy_ssl_certificate me.crt; proxy_ssl_certificate_key me.key; }\n"
        "location /any { proxy_pass https://other.example; } location /clear { proxy_pass http://10.0.0.9; } } }",
    )
    assert (
        (Address("0.0.0.0", 443), ClientCertificate.REQUIRED, "web-1-nginx/clients"),
    ) == found.client_certificate
    assert {"web-1-nginx/clients": "/etc/nginx/ca.crl", "web-1-nginx/upstream": ""} == {
        slot.name: slot.crls for slot in found.trusts
    }
    assert [
        (Address("10.0.0.1", 9443), "web-1-nginx/upstream", "web-1-nginx/me", "api.example"),
        (Address("10.0.0.2", 9443), "web-1-nginx/upstream", "web-1-nginx/me", "api.example"),
        (Address("other.example", 443), "", "", "other.example"),
    ] == [(link.to, link.trust, link.identity, link.server_name) for link in found.links]


def test_nginx_lists_what_only_run_time_decides() -> None:
    """A certificate path or upstream with a variable is a finding, not a guess."""
    found = nginx(
        etc__nginx__nginx_0conf="http { server { listen 443 ssl; ssl_certificate /c/$ssl_server_name.crt;\n"
        "ssl_certificate_key /c/k.key; location / { proxy_pass https://$backend; } } include gone.conf; }",
    )
    assert {"/c/$ssl_server_name.crt", "$backend", "/etc/nginx/gone.conf"} == {
        str(
            finding.subject if finding.subject.endswith("gone.conf") else finding.evidence["reason"]
        ).partition(":")[0]
        for finding in found.unseen
    }


@pytest.mark.parametrize("text", ["http { server {", "}}}", "include *;", 'a "', "a\\", ""])
def test_a_broken_nginx_configuration_ends_in_findings(text: str) -> None:
    """Whatever the file holds, reading it ends and raises nothing."""
    nginx(etc__nginx__nginx_0conf=text)


def test_an_include_of_itself_ends() -> None:
    """A file that includes itself is reported and does not hang the scan."""
    found = nginx(etc__nginx__nginx_0conf="include nginx.conf;")
    assert {Code.NOT_SEEN} == {finding.code for finding in found.unseen}


def test_haproxy_lines_lists_and_bases_are_followed() -> None:
    """crt-base, ca-base, a crt folder, a crt-list with SNI filters, defaults and verification are read."""
    host = host_with(
        etc__haproxy__haproxy_0cfg="global\n crt-base /certs\n ca-base /cas\n pidfile /run/h.pid\n"
        " stats socket /run/h.sock mode 600 level admin\n"
        "defaults\n default-server ssl verify required ca-file up.pem\n"
        "frontend f\n bind *:443,127.0.0.1:8443 ssl crt site.pem crt-list /etc/list.txt ca-file in.pem verify optional\n"
        " bind :80\nbackend b\n server one 10.0.0.1:9443 sni str(one.example) crt me.pem\n"
        " server two 10.0.0.2:9443 verify none\n server three 10.0.0.3:80 no-ssl\n",
        etc__list_0txt="/dir [alpn h2] api.example !no.example *.wild.example\n# nothing\n",
        dir__a_0pem="x",
        dir__b_0pem="x",
        dir__b_0pem_0ocsp="x",
    )
    (found,) = HaproxyDiscoverer().discover(host, "lb", (HAPROXY,))
    assert (Address("0.0.0.0", 443), Address("127.0.0.1", 8443)) == found.service.addresses
    assert [
        ("/certs/site.pem", ()),
        ("/dir/a.pem", ("api.example",)),
        ("/dir/b.pem", ("api.example",)),
        ("/certs/me.pem", ()),
    ] == [(slot.certificate, slot.sni) for slot in found.identities]
    assert {"/cas/in.pem", "/cas/up.pem"} == {slot.anchors for slot in found.trusts}
    assert {ClientCertificate.OPTIONAL} == {wants for _, wants, _ in found.client_certificate}
    assert [
        (Address("10.0.0.1", 9443), "lb-haproxy/servers", "lb-haproxy/me", "one.example"),
        (Address("10.0.0.2", 9443), "", "", ""),
    ] == [(link.to, link.trust, link.identity, link.server_name) for link in found.links]
    assert {
        "configuration": "/etc/haproxy/haproxy.cfg",
        "pid": "/run/h.pid",
        "socket": "/run/h.sock",
    } == dict(found.service.options)


def test_postgresql_settings_includes_and_rules_are_followed() -> None:
    """Includes and the automatic file win in their order; pg_hba.conf decides what is demanded of clients."""
    host = host_with(
        data__postgresql_0conf="port = 5433 # c\nlisten_addresses='10.0.0.5, ::1'\nssl = on\n"
        "ssl_cert_file 'tls/server.crt'\ninclude_dir 'conf.d'\ninclude_if_exists 'none.conf'\n",
        data__conf_0d__x_0conf="ssl_ca_file = 'tls/clients.pem'\n",
        data__postgresql_0auto_0conf="ssl_cert_file = '/etc/pg/s.crt'\n"
        "primary_conninfo = 'host=db-0 sslmode=verify-full sslrootcert=/etc/pg/up.pem sslcert=/c sslkey=/k'\n",
        data__pg_hba_0conf="local all all peer\nhostssl all all all scram-sha-256 clientcert=verify-full\n",
    )
    (found,) = PostgresqlDiscoverer().discover(host, "db-1", (POSTGRES,))
    assert (Address("10.0.0.5", 5433), Address("::1", 5433)) == found.service.addresses
    assert [("/etc/pg/s.crt", "/data/server.key"), ("/c", "/k")] == [
        (s.certificate, s.key) for s in found.identities
    ]
    assert ["/data/tls/clients.pem", "/etc/pg/up.pem"] == [slot.anchors for slot in found.trusts]
    assert {ClientCertificate.REQUIRED} == {wants for _, wants, _ in found.client_certificate}
    assert [(Address("db-0", 5432), "db-1-postgresql/primary", "db-0")] == [
        (link.to, link.trust, link.server_name) for link in found.links
    ]


def test_a_connection_string_is_read_in_both_forms() -> None:
    """Key words and URIs give the same words."""
    expected = {"host": "db", "port": "5433", "sslmode": "verify-full"}
    assert expected == connection_words("host=db port=5433 sslmode='verify-full'")
    assert expected == connection_words("postgresql://me:pw@db:5433/x?sslmode=verify-full")


def two_servers() -> FakeHost:
    """Nginx on 443 and HAProxy on 444, which connects to nginx; both present one certificate."""
    web = make_ca("Root").leaf("a.example")
    host = host_with(
        etc__nginx__nginx_0conf="http { server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key a.key; } }",
        etc__haproxy__haproxy_0cfg="frontend f\n bind :444 ssl crt /a.pem\n"
        "backend b\n server s 127.0.0.1:443 ssl verify required ca-file /ca.pem sni str(a.example)\n",
    )
    host.put("/etc/nginx/a.crt", web.pem)
    host.put("/a.pem", web.pem + web.key_pem)
    host.processes = (NGINX, HAPROXY)
    return host


def scanned_with(sockets: bytes) -> Scanned:
    """What a scan of those two gives, with these sessions established."""
    discoverers = [NginxDiscoverer(), HaproxyDiscoverer(), PostgresqlDiscoverer()]
    return scan(
        {"n": Node("n", Local())}, {"n": _Answering(two_servers(), sockets)}, discoverers, FakeClock()
    )


def test_one_certificate_in_two_services_is_one_identity_and_links_become_connections() -> None:
    """The scan joins what it read: shared leaf, a configured connection, a session seen from an unknown client."""
    scanned = scanned_with(b'0 0 127.0.0.1:50000 127.0.0.1:444 users:(("curl",pid=77,fd=5))\n')
    assert 1 == len(scanned.estate.identities)
    configured = scanned.estate.connections["n-haproxy-to-n-nginx-a-example"]
    assert (Provenance.CONFIGURED, ("n-haproxy/servers",)) == (
        configured.provenance,
        configured.client_trusts,
    )
    seen = scanned.estate.connections["n-curl-to-n-haproxy"]
    assert (Provenance.SEEN, True) == (seen.provenance, seen.unknown_trust)
    assert seen.seen is not None


def test_a_session_of_an_unseen_program_is_no_client_where_a_configured_one_goes_there() -> None:
    """Without rights nobody knows whose it is: only where no configuration leads is there somebody else."""
    both = b"0 0 127.0.0.1:50000 127.0.0.1:443\n0 0 127.0.0.1:50001 127.0.0.1:444\n"
    scanned = scanned_with(both)
    assert {"n-haproxy-to-n-nginx-a-example", "n-client-to-n-haproxy"} == set(scanned.estate.connections)
    assert ["n: programs of 2 of 2 established connections"] == [
        finding.subject for finding in scanned.findings if "programs" in finding.subject
    ]
    named = scanned_with(b'0 0 127.0.0.1:50000 127.0.0.1:443 users:(("curl",pid=77,fd=5))\n')
    assert "n-curl-to-n-nginx" in named.estate.connections


def test_a_line_of_ss_is_read_in_both_families() -> None:
    """IPv4, IPv6 and mapped addresses with and without the process."""
    assert Socket(Address("::1", 5), Address("10.0.0.1", 443), "x", 9) == socket_of(
        '0 0 [::1]:5 [::ffff:10.0.0.1]:443 users:(("x",pid=9,fd=3))'
    )
    assert None is socket_of("garbage")


class _Answering(FakeHost):
    """A fake node whose `ss` answers a text."""

    def __init__(self, like: FakeHost, said: bytes) -> None:
        super().__init__()
        self.__dict__.update(like.__dict__)
        self._said = said

    def _run(self, argv: tuple[str, ...]) -> Ran:
        ran = super()._run(argv)
        return type(ran)(ran.argv, 0, self._said) if argv[0] == "ss" else ran
