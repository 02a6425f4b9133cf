"""What the configuration of running services says, read through a host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.configured import HAPROXY, NGINX, POSTGRES, host_with
from support.fakes import FakeClock
from support.pki import make_ca
from warifu.adapters.targets.haproxy import HaproxyTarget
from warifu.adapters.targets.haproxy_configuration import HaproxyDiscoverer
from warifu.adapters.targets.nginx_configuration import NginxDiscoverer
from warifu.adapters.targets.postgresql_configuration import PostgresqlDiscoverer, connection_words
from warifu.domain.estate import ClientCertificate, IdentitySlot, Loading, Local, Node
from warifu.domain.findings import Code
from warifu.domain.trust.address import Address
from warifu.ports.discoverers import Asks, Found
from warifu.workflows.scan import scan


def nginx_parts(**files: str) -> tuple[Found, ...]:
    return NginxDiscoverer().discover(host_with(**files), "web-1", (NGINX,))


def nginx(**files: str) -> Found:
    (found,) = nginx_parts(**files)
    return found


def test_nginx_includes_inheritance_and_names_are_followed() -> None:
    """A server below an include inherits certificate and key from http, and keeps its own names."""
    found = nginx_parts(
        etc__nginx__nginx_0conf="http { ssl_certificate c/x.crt; ssl_certificate_key c/x.key;\n"
        "include sites/*.conf; }",
        etc__nginx__sites__a_0conf="server { listen 443 ssl default_server; server_name a.example b.example; }\n"
        "server { listen [::1]:8443 ssl; server_name c.example; ssl_certificate '/e/c.crt';\n"
        'ssl_certificate_key "/e/c.key"; } # } {\n server { listen 80; server_name plain.example; }',
    )
    assert [Address("0.0.0.0", 443), Address("::1", 8443)] == [
        address for part in found for address in part.service.addresses
    ]
    assert [
        ("/etc/nginx/c/x.crt", "/etc/nginx/c/x.key", ("a.example", "b.example")),
        ("/e/c.crt", "/e/c.key", ("c.example",)),
    ] == [(slot.certificate, slot.key, slot.sni) for part in found for slot in part.identities]
    assert () == found[0].unseen


def test_nginx_is_one_service_for_each_set_of_certificates_that_its_addresses_show() -> None:
    """Ports with other certificates or client CAs are other services; the client side stays with the first."""
    first, second, third = nginx_parts(
        etc__nginx__nginx_0conf="http { ssl_certificate a.crt; ssl_certificate_key a.key;\n"
        "server { listen 443 ssl; listen [::]:443 ssl; server_name a.example;\n"
        " location / { proxy_pass https://10.0.0.1; proxy_ssl_verify on; proxy_ssl_trusted_certificate up.pem; } }\n"
        "server { listen 9443 ssl; server_name a.example; ssl_verify_client on; ssl_client_certificate ca.pem; }\n"
        "server { listen 8443 ssl; ssl_certificate b.crt; ssl_certificate_key b.key; } }",
    )
    assert [
        ("web-1-nginx", ["0.0.0.0:443", "[::]:443"], ["web-1-nginx/a-example"], ["web-1-nginx/upstream"]),
        (
            "web-1-nginx-9443",
            ["0.0.0.0:9443"],
            ["web-1-nginx-9443/a-example"],
            ["web-1-nginx-9443/clients"],
        ),
        ("web-1-nginx-8443", ["0.0.0.0:8443"], ["web-1-nginx-8443/b"], []),
    ] == [
        (
            part.service.name,
            [str(address) for address in part.service.addresses],
            [slot.name for slot in part.identities],
            [slot.name for slot in part.trusts],
        )
        for part in (first, second, third)
    ]
    assert [1, 0, 0] == [len(part.links) for part in (first, second, third)]
    assert [("web-1-nginx-9443/clients", ClientCertificate.REQUIRED)] == [
        (one.slot, one.wants) for one in second.client_certificate
    ]
    assert first.processes == second.processes == third.processes


def test_nginx_speaks_tls_in_every_server_of_an_address_where_one_says_so() -> None:
    """`ssl` belongs to the listening socket: a server that leaves it out presents its certificate there too."""
    found = nginx(
        etc__nginx__nginx_0conf="http { server { listen 443; server_name a.example; ssl_certificate a.crt;\n"
        "ssl_certificate_key a.key; } server { listen 443 ssl; server_name b.example; ssl_certificate b.crt;\n"
        "ssl_certificate_key b.key; } }",
    )
    assert ["a.crt", "b.crt"] == [slot.certificate.rpartition("/")[2] for slot in found.identities]
    assert frozenset({"web-1-nginx/a-example"}) == found.defaults


def test_nginx_keeps_wildcards_and_port_ranges_and_lists_what_an_estate_cannot_say() -> None:
    """`.a.example` is the name and all below it; patterns and sockets of files are findings."""
    found = nginx(
        etc__nginx__nginx_0conf="http { upstream up { server unix:/run/x.sock; }\n"
        "server { listen 127.0.0.1:7001-7003 ssl; listen unix:/run/y.sock ssl;\n"
        "server_name .a.example *.b.example ~^c www.*; ssl_certificate a.crt; ssl_certificate_key a.key;\n"
        "location / { proxy_pass https://up; } location /r { proxy_pass $where; } location /u { uwsgi_pass suwsgi://10.0.0.1:9; } } }",
    )
    assert ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"] == [str(a) for a in found.service.addresses]
    assert [("a.example", "*.a.example", "*.b.example")] == [slot.sni for slot in found.identities]
    assert {
        "unix:/run/x.sock: not an address",
        "unix:/run/y.sock ssl: not an address",
        "~^c: not a plain name",
        "www.*: not a plain name",
        "$where: decided at run time",
    } == {finding.evidence["reason"] for finding in found.unseen}
    assert [Address("10.0.0.1", 9)] == [link.to for link in found.links]


def test_what_an_editor_left_beside_a_file_is_not_included() -> None:
    """A star stands for no leading dot, for nginx as for glob(3)."""
    found = nginx(
        etc__nginx__nginx_0conf="http { include sites/*; }",
        etc__nginx__sites___0a_0swp="server { listen 1 ssl; ssl_certificate x; ssl_certificate_key y; }",
        etc__nginx__sites__a="server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key a.key; }",
    )
    assert ["/etc/nginx/a.crt"] == [slot.certificate for slot in found.identities]


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
    assert (Asks(ClientCertificate.REQUIRED, "web-1-nginx/clients"),) == found.client_certificate
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
        " server two 10.0.0.2:9443 verify none\n server three 10.0.0.3:80 no-ssl\n"
        " server four 10.0.0.4:9443 verifyhost four.example\n"
        " server five 10.0.0.5:9443 verifyhost five.example sni str(5.example)\n",
        etc__list_0txt="/dir [alpn h2] api.example !no.example *.wild.example\n# nothing\n",
        dir__a_0pem="x",
        dir__b_0pem="x",
        dir__b_0pem_0ocsp="x",
    )
    (found,) = HaproxyDiscoverer().discover(host, "lb", (HAPROXY,))
    assert (Address("0.0.0.0", 443), Address("127.0.0.1", 8443)) == found.service.addresses
    assert [
        ("/certs/site.pem", ()),
        ("/dir/a.pem", ("api.example", "*.wild.example")),
        ("/dir/b.pem", ("api.example", "*.wild.example")),
        ("/certs/me.pem", ()),
    ] == [(slot.certificate, slot.sni) for slot in found.identities]
    assert {"/cas/in.pem", "/cas/up.pem"} == {slot.anchors for slot in found.trusts}
    assert {ClientCertificate.OPTIONAL} == {one.wants for one in found.client_certificate}
    assert [
        (Address("10.0.0.1", 9443), "lb-haproxy/servers", "lb-haproxy/me", "one.example", "", False),
        (Address("10.0.0.2", 9443), "", "", "", "", True),
        (Address("10.0.0.4", 9443), "lb-haproxy/servers", "", "four.example", "", True),
        (Address("10.0.0.5", 9443), "lb-haproxy/servers", "", "five.example", "5.example", False),
    ] == [
        (link.to, link.trust, link.identity, link.server_name, link.sni, link.no_sni) for link in found.links
    ]
    assert {
        "configuration": "/etc/haproxy/haproxy.cfg",
        "pid": "/run/h.pid",
        "socket": "/run/h.sock",
    } == dict(found.service.options)


@pytest.mark.parametrize("folder", ["/etc/ha proxy", "/etc/o'brien"])
def test_a_path_that_a_shell_would_part_is_checked_whole(folder: str) -> None:
    """What a scan writes into the estate, the check command of the service takes apart again, path by path."""
    paths = [f"{folder}/one.cfg", f"{folder}/two.cfg"]
    host = host_with()
    for path in paths:
        host.put(path, b"frontend f\n bind :443\n")
    program = replace(HAPROXY, arguments=("haproxy", "-Ws", "-f", paths[0], "-f", paths[1]))
    (found,) = HaproxyDiscoverer().discover(host, "lb", (program,))
    command = HaproxyTarget().check_command(found.service)
    assert ("-f", paths[0], "-f", paths[1]) == command[-4:]
    lone = replace(found.service, options={"configuration": paths[0]})  # as people write one
    assert (folder == "/etc/o'brien") == (paths[0] in HaproxyTarget().check_command(lone))


def haproxy_parts(text: str, **files: str) -> tuple[Found, ...]:
    return HaproxyDiscoverer().discover(host_with(etc__haproxy__haproxy_0cfg=text, **files), "lb", (HAPROXY,))


def test_haproxy_asks_clients_as_each_bind_and_each_line_of_a_list_says() -> None:
    """`verify` is none unless said; options in brackets hold for their own certificate alone."""
    open_to_all, asking = haproxy_parts(
        "frontend f\n bind :443 ssl crt /a.pem ca-file /ca.pem\n"
        " bind :444 ssl crt-list /list.txt no-ca-names ca-file /ca.pem verify optional\n",
        list_0txt="/a.pem a.example\n/b.pem [alpn h2 ca-file /b-ca.pem verify required] b.example *.b.example\n",
    )
    assert [ClientCertificate.NONE] == [one.wants for one in open_to_all.client_certificate]
    anchors = {slot.name: slot.anchors for slot in asking.trusts}
    assert [
        (ClientCertificate.OPTIONAL, "/ca.pem", ("a.example",)),
        (ClientCertificate.REQUIRED, "/b-ca.pem", ("b.example", "*.b.example")),
    ] == [(one.wants, anchors[one.slot], one.names) for one in asking.client_certificate]


def test_haproxy_defaults_hold_until_the_next_ones_and_by_name() -> None:
    """A section without `from` follows the defaults before it, and no older ones; a template is a server."""
    (found,) = haproxy_parts(
        "defaults tls\n default-server ssl verify required ca-file /up.pem\ndefaults plain\n timeout connect 1s\n"
        "backend one\n server a 10.0.0.1:80\nbackend two from tls\n server-template b 1-3 10.0.0.2:443\n",
    )
    assert [(Address("10.0.0.2", 443), "lb-haproxy/servers")] == [(one.to, one.trust) for one in found.links]


def test_haproxy_lists_what_it_trusts_beyond_a_file_and_where_it_listens_beyond_an_address() -> None:
    """The system's anchors, sockets and environment variables are findings; what verifies is then unknown."""
    (found,) = haproxy_parts(
        "frontend f\n bind /run/x.sock ssl crt /a.pem\nbackend b\n"
        ' default-server ca-file "$CAS/x.pem"\n server a 10.0.0.1:443 ssl verify required ca-file @system-ca\n',
    )
    assert {
        "/run/x.sock: not an address",
        "an environment variable decides",
        "@system-ca: not a plain file",
    } == {one.evidence["reason"] for one in found.unseen}
    assert [("", True)] == [(one.trust, one.unknown) for one in found.links]


@pytest.mark.parametrize(
    ("flags", "text", "loading"),
    [
        (("-Ws",), "", Loading.RELOAD),
        (("-D",), "global\n master-worker\n", Loading.RELOAD),
        (("-D",), "", Loading.RESTART),
    ],
)
def test_haproxy_without_a_master_takes_up_files_when_it_restarts(
    flags: tuple[str, ...], text: str, loading: Loading
) -> None:
    """A lone process does nothing on SIGUSR2, so a plan must know that it needs a restart."""
    alone = replace(HAPROXY, arguments=("haproxy", *flags, "-f", "/etc/haproxy/haproxy.cfg"))
    text += "frontend f\n bind :443 ssl crt /a.pem\n"
    (found,) = HaproxyDiscoverer().discover(host_with(etc__haproxy__haproxy_0cfg=text), "lb", (alone,))
    assert loading is found.service.loading


def test_haproxy_reads_a_bundle_where_the_file_itself_is_absent() -> None:
    """`site.pem` stands for `site.pem.rsa` and `site.pem.ecdsa`."""
    (found,) = haproxy_parts(
        "frontend f\n bind :443 ssl crt /site.pem\n", site_0pem_0rsa="x", site_0pem_0ecdsa="x"
    )
    assert ["/site.pem.ecdsa", "/site.pem.rsa"] == [slot.certificate for slot in found.identities]


def test_haproxy_selects_by_the_names_a_certificate_carries() -> None:
    """Certificates of a folder answer their own names, so a connection to one of them meets that one alone."""
    root = make_ca("Root")
    host = host_with(
        etc__haproxy__haproxy_0cfg="frontend f\n bind :444 ssl crt /certs\nbackend b\n"
        " server s 127.0.0.1:444 ssl verify required ca-file /ca.pem sni str(b.example)\n"
        " server t 127.0.0.1:444 ssl verify required ca-file /ca.pem sni str(other.example)\n"
    )
    for name in ("a", "b"):
        leaf = root.leaf(f"{name}.example")
        host.put(f"/certs/{name}.pem", leaf.pem + leaf.key_pem)
    host.processes = (HAPROXY,)
    estate = scan({"n": Node("n", Local())}, {"n": host}, [HaproxyDiscoverer()], FakeClock()).estate
    assert [("b.example",), ("a.example",)] == [
        slot.sni
        for slot in (estate.slots["n-haproxy/b"], estate.slots["n-haproxy/a"])
        if isinstance(slot, IdentitySlot)
    ]
    assert {
        "n-haproxy-to-n-haproxy-b-example": ("n-haproxy/b",),
        "n-haproxy-to-n-haproxy-other-example": ("n-haproxy/a",),
    } == {name: one.server_identities for name, one in estate.connections.items()}


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
    assert {ClientCertificate.REQUIRED} == {one.wants for one in found.client_certificate}
    assert [(Address("db-0", 5432), "db-1-postgresql/primary", "db-0")] == [
        (link.to, link.trust, link.server_name) for link in found.links
    ]


def test_a_standby_of_several_primaries_whose_anchors_nobody_names_is_a_client_of_unknown_trust() -> None:
    """Without `sslrootcert` its user's own file judges: that is listed, and never taken for "verifies nothing"."""
    (found,) = PostgresqlDiscoverer().discover(
        host_with(
            data__postgresql_0conf="primary_conninfo = 'host=db-0,/run/pg,db-1 port=5432,5432,5433 sslmode=verify-full'\n"
        ),
        "db-2",
        (POSTGRES,),
    )
    assert [
        (Address("db-0", 5432), "db-0", True),
        (Address("db-1", 5433), "db-1", True),
    ] == [(link.to, link.server_name, link.unknown) for link in found.links]
    assert ["~/.postgresql/root.crt: the anchors of its user"] == [
        one.evidence["reason"] for one in found.unseen if "primary_conninfo" in one.subject
    ]


def test_paths_with_steps_up_come_out_plain() -> None:
    """Steps on a node take plain absolute paths alone, so a scan writes no `..` into the estate."""
    (found,) = PostgresqlDiscoverer().discover(
        host_with(
            data__postgresql_0conf="ssl = on\nssl_cert_file = '../tls/s.crt'\nssl_key_file = './s.key'\n"
            "ssl_ca_file = '../ca.pem'\n"
        ),
        "db-1",
        (POSTGRES,),
    )
    assert [("/tls/s.crt", "/data/s.key", "/ca.pem")] == [
        (slot.certificate, slot.key, found.trusts[0].anchors) for slot in found.identities
    ]
    web = nginx(
        etc__nginx__nginx_0conf="http { server { listen 443 ssl; ssl_certificate ../a.crt;\n"
        "ssl_certificate_key ./a.key; } }"
    )
    assert [("/etc/a.crt", "/etc/nginx/a.key")] == [(s.certificate, s.key) for s in web.identities]


def test_a_connection_string_is_read_in_both_forms() -> None:
    """Key words and URIs give the same words."""
    expected = {"host": "db", "port": "5433", "sslmode": "verify-full"}
    assert expected == connection_words("host=db port=5433 sslmode='verify-full'")
    assert expected == connection_words("postgresql://me:pw@db:5433/x?sslmode=verify-full")
