"""What a scan joins: services, identities and connections of several configurations, and the sessions seen."""

from __future__ import annotations

import pytest

from support.configured import HAPROXY, NGINX, host_with
from support.fakes import FakeClock, FakeHost
from support.pki import make_ca
from warifu.adapters.targets.haproxy_configuration import HaproxyDiscoverer
from warifu.adapters.targets.nginx_configuration import NginxDiscoverer
from warifu.adapters.targets.postgresql_configuration import PostgresqlDiscoverer
from warifu.domain.estate import ClientCertificate, Estate, IdentitySlot, Local, Node, Provenance, TrustSlot
from warifu.domain.trust.address import Address
from warifu.ports.hosts import Ran
from warifu.workflows.scan import Scanned, Socket, scan, socket_of


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


def test_places_that_connect_alike_are_one_connection_with_all_they_trust() -> None:
    """Two locations with different anchors and identities to one server: neither is dropped."""
    leaf = make_ca("Root").leaf("a.example")
    host = host_with(
        etc__nginx__nginx_0conf="http { proxy_ssl_verify on; proxy_ssl_name a.example;\n"
        "server { listen 443 ssl; server_name a.example; ssl_certificate a.crt; ssl_certificate_key a.key;\n"
        "ssl_verify_client on; ssl_client_certificate in.pem;\n"
        "proxy_ssl_certificate me.crt; proxy_ssl_certificate_key me.key;\n"
        "location /1 { proxy_pass https://127.0.0.1; proxy_ssl_trusted_certificate one.pem; }\n"
        "location /2 { proxy_pass https://127.0.0.1; proxy_ssl_trusted_certificate two.pem; }\n"
        'location /3 { proxy_pass https://127.0.0.1; proxy_ssl_certificate ""; } } }'
    )
    host.put("/etc/nginx/a.crt", leaf.pem)
    host.processes = (NGINX,)
    estate = scan({"n": Node("n", Local())}, {"n": host}, [NginxDiscoverer()], FakeClock()).estate
    one, bare = estate.connections.values()
    assert ((), "n-nginx-to-n-nginx-a-example-without-certificate") == (bare.client_identities, bare.name)
    anchors = [
        slot.anchors for name in one.client_trusts if isinstance(slot := estate.slots[name], TrustSlot)
    ]
    assert ["/etc/nginx/one.pem", "/etc/nginx/two.pem"] == sorted(anchors)
    assert (ClientCertificate.REQUIRED, ("n-nginx/me",), ("n-nginx/clients",)) == (
        one.client_certificate,
        one.client_identities,
        one.server_trusts,
    )


NAMED = (
    "http { upstream shop { server 127.0.0.1:8443; } ssl_certificate_key a.key;\n"
    "server { listen 443 ssl; server_name front.example; ssl_certificate front.crt;\n"
    "location / { proxy_pass https://shop; proxy_ssl_name b.example; proxy_ssl_verify on;\n"
    "proxy_ssl_trusted_certificate up.pem; MORE } }\n"
    "server { listen 8443 ssl; server_name a.example; ssl_certificate a.crt; CLIENTS }\n"
    "server { listen 8443 ssl; server_name b.example; ssl_certificate b.crt; } }"
)


@pytest.mark.parametrize(
    ("more", "answers", "silent"),
    [("", "/etc/nginx/a.crt", True), ("proxy_ssl_server_name on;", "/etc/nginx/b.crt", False)],
)
def test_who_names_nobody_is_answered_by_the_default_and_may_still_expect_another(
    more: str, answers: str, silent: bool
) -> None:
    """Nginx expects `proxy_ssl_name`, and sends it only with `proxy_ssl_server_name on`."""
    estate = scan_nginx(NAMED.replace("MORE", more).replace("CLIENTS", ""))
    (one,) = estate.connections.values()
    (slot,) = (estate.slots[name] for name in one.server_identities)
    assert isinstance(slot, IdentitySlot)
    assert ("b.example", answers, silent) == (one.server_name, slot.certificate, one.no_sni)
    assert ("" if silent else "b.example") == one.asked_name


def test_a_client_that_presents_nothing_where_it_must_is_written_as_such() -> None:
    """It fails today: `estate check` says so. Where presenting is free, nothing is claimed."""
    asked = "ssl_verify_client MODE; ssl_client_certificate in.pem;"
    modes = {}
    for mode in ("on", "optional"):
        estate = scan_nginx(NAMED.replace("MORE", "").replace("CLIENTS", asked.replace("MODE", mode)))
        (one,) = estate.connections.values()
        modes[mode] = (one.client_certificate, one.client_identities, len(one.server_trusts))
    assert {
        "on": (ClientCertificate.REQUIRED, (), 1),
        "optional": (ClientCertificate.NONE, (), 0),
    } == modes


def scan_nginx(text: str) -> Estate:
    """What a scan of one nginx gives; each certificate that its configuration names is there."""
    host = host_with(etc__nginx__nginx_0conf=text)
    for name in ("front", "a", "b"):
        host.put(f"/etc/nginx/{name}.crt", make_ca("Root").leaf(f"{name}.example").pem)
    host.processes = (NGINX,)
    return scan({"n": Node("n", Local())}, {"n": host}, [NginxDiscoverer()], FakeClock()).estate


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
