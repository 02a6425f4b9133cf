"""What a probe learns from real servers, good and bad."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.probing import ask
from support.running import free_port
from support.sshd import run_sshd
from support.tls_server import run_s_server
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.estate import Ssh
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Sha256
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.probes import Ask

VERSIONS = pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
PROTOCOL = {"-tls1": "TLSv1", "-tls1_1": "TLSv1.1", "-tls1_2": "TLSv1.2", "-tls1_3": "TLSv1.3"}


@VERSIONS
def test_served_chain_is_seen_in_order(tmp_path: Path, web: Entity, version: str) -> None:
    """Leaf, then each intermediate, with the protocol and nothing refused."""
    with run_s_server(tmp_path, web, versions=[version]) as port:
        answer = ask(port)
    assert [web.value, *web.chain] == list(answer.chain)
    assert (PROTOCOL[version], "", None, web.value.fingerprint) == (
        answer.protocol,
        answer.refused,
        answer.ca_names,
        answer.leaf,
    )


@VERSIONS
def test_chain_that_is_wrong_is_seen_as_it_is(tmp_path: Path, web: Entity, version: str) -> None:
    """Wrong order, duplicates and strangers are served to us as to anyone."""
    odd = [web.root, make_ca("Other"), web.above[0], web.above[0]]
    with run_s_server(tmp_path, web, versions=[version], chain=odd) as port:
        answer = ask(port)
    assert [web.value, *(entity.value for entity in odd)] == list(answer.chain)


def _flawed(root: Entity, flaw: str) -> Entity:
    match flaw:
        case "expired":
            return root.leaf("a.example", expired=True)
        case "self-signed":
            return make_ca("a.example")
        case "weak":
            return root.leaf("a.example", key=make_key("rsa1024"))
        case "no-name":
            return root.leaf()
        case _:
            return root.leaf("a.example", start=NOW + (900 * DAY), end=NOW + (901 * DAY))


@pytest.mark.parametrize("flaw", ["expired", "self-signed", "weak", "no-name", "not-yet-valid"])
def test_leaf_that_nobody_should_accept_is_seen(tmp_path: Path, root: Entity, flaw: str) -> None:
    """Expired, self-signed, with a 1024-bit key, without a name: the probe judges nothing."""
    leaf = _flawed(root, flaw)
    with run_s_server(tmp_path, leaf, options=["-cipher", "ALL:@SECLEVEL=0"]) as port:
        answer = ask(port)
    assert ((leaf.value,), "") == (answer.chain, answer.refused)


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_protocol_is_seen(tmp_path: Path, root: Entity, version: str) -> None:
    """A server that speaks only TLS 1.0 or 1.1 still shows what it serves."""
    leaf = root.leaf("old.example", key=make_key("rsa"))
    with run_s_server(tmp_path, leaf, versions=[version], options=["-cipher", "ALL:@SECLEVEL=0"]) as port:
        answer = ask(port)
    assert (PROTOCOL[version], "", leaf.value.fingerprint) == (answer.protocol, answer.refused, answer.leaf)


def test_server_name_selects_the_identity(tmp_path: Path, root: Entity, web: Entity) -> None:
    """With SNI the second identity answers; without SNI, with another name or an address, the first."""
    second = root.leaf("second.example")
    (tmp_path / "second.pem").write_bytes(second.pem)
    (tmp_path / "second.key").write_bytes(second.key_pem)
    options = [
        "-servername",
        "second.example",
        "-cert2",
        f"{tmp_path}/second.pem",
        "-key2",
        f"{tmp_path}/second.key",
    ]
    with run_s_server(tmp_path, web, options=options) as port:
        leaves = [ask(port, sni=name).leaf for name in ("second.example", "", "web.example", "127.0.0.1")]
    expected = [second, web, web, web]
    assert [entity.value.fingerprint for entity in expected] == leaves


def test_name_that_is_no_name_is_refused() -> None:
    """A server name that cannot be written in ASCII is the asker's fault."""
    with pytest.raises(UsageError, match="bad-server-name"):
        ask(free_port(), sni="ä" * 70)


@VERSIONS
def test_offered_ca_names_are_seen(tmp_path: Path, web: Entity, version: str) -> None:
    """A server that wants a client certificate names its anchors, in order, as DER."""
    anchors = [make_ca("A"), make_ca("B"), web.root]
    with run_s_server(tmp_path, web, versions=[version], verify=anchors) as port:
        answer = ask(port)
    assert tuple(anchor.cert.subject.public_bytes() for anchor in anchors) == answer.ca_names


@VERSIONS
def test_asking_without_names_differs_from_not_asking(tmp_path: Path, web: Entity, version: str) -> None:
    """A CertificateRequest without names gives an empty tuple; no request gives None."""
    with run_s_server(tmp_path, web, versions=[version], options=["-verify", "1"]) as port:
        assert () == ask(port).ca_names
    with run_s_server(tmp_path / "second", web, versions=[version]) as port:
        assert ask(port).ca_names is None


@VERSIONS
def test_client_certificate_is_judged_by_the_server(
    tmp_path: Path, web: Entity, client: Entity, stranger: Entity, version: str
) -> None:
    """Beneath a trusted anchor it is accepted; a stranger's, and none, are refused by an alert."""
    with run_s_server(tmp_path, web, versions=[version], verify=[web.root], required=True) as port:
        good = ask(port, client=client, read=True)
        bad = ask(port, client=stranger, read=True)
        none = ask(port, read=True)
    assert ("", False, True) == (good.refused, good.by_peer, good.heard)
    assert ("unknown-ca", True, False) == (bad.refused, bad.by_peer, bad.heard)
    assert {"-tls1_2": "handshake-failure", "-tls1_3": "certificate-required"}[version] == none.refused
    assert none.by_peer


def test_refusal_of_tls_1_3_comes_only_after_a_read(tmp_path: Path, web: Entity, stranger: Entity) -> None:
    """Without a read the handshake of a refused client looks complete, and is not called heard."""
    with run_s_server(tmp_path, web, versions=["-tls1_3"], verify=[web.root], required=True) as port:
        answer = ask(port, client=stranger)
    assert ("", False, "TLSv1.3") == (answer.refused, answer.heard, answer.protocol)


def test_server_without_tickets_is_heard_by_its_close(tmp_path: Path, web: Entity, client: Entity) -> None:
    """Where no ticket tells that the client was judged, the answer to our close does."""
    options = ["-num_tickets", "0"]
    with run_s_server(
        tmp_path, web, versions=["-tls1_3"], verify=[web.root], required=True, options=options
    ) as port:
        answer = ask(port, client=client, read=True)
    assert ("", True) == (answer.refused, answer.heard)


@VERSIONS
def test_every_handshake_is_full(tmp_path: Path, web: Entity, version: str) -> None:
    """The server itself counts no reused session after five asks by one prober."""
    with run_s_server(tmp_path, web, versions=[version], options=["-www"]) as port:
        answers = [ask(port, read=True) for _ in range(5)]
        assert ["web"] * 5 == ["web" if a.leaf == web.value.fingerprint else a.refused for a in answers]
        statistics = _status_page(port)
    assert "0 session cache hits" in statistics.replace("   ", " ").replace("  ", " ")


def _status_page(port: int) -> str:
    import socket  # noqa: PLC0415
    import ssl  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain) as stream:
        stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
        data = b""
        while piece := stream.recv(65536):
            data += piece
    return data.decode(errors="replace")


def test_nobody_listening_is_an_answer() -> None:
    """A refused TCP connection says so, and that nothing was reached."""
    answer = ask(free_port())
    assert ("connection-refused", False, ()) == (answer.refused, answer.reached, answer.chain)


@contextmanager
def _ssh_host(folder: Path) -> Iterator[SshHost]:
    with run_sshd(folder) as server:
        host = SshHost("node", Ssh("node", server.options))
        yield host
        host.close()


def test_probe_through_ssh_sees_the_same(tmp_path: Path, web: Entity) -> None:
    """The node's own loopback is probed through SSH; nobody listening is told alike."""
    with _ssh_host(tmp_path / "sshd") as host, run_s_server(tmp_path / "s", web) as port:
        answer = TlsProber().ask(Ask(Address("127.0.0.1", port)), via=host)
        nobody = TlsProber().ask(Ask(Address("127.0.0.1", free_port())), via=host)
    assert [web.value, *web.chain] == list(answer.chain)
    assert ("connection-refused", False) == (nobody.refused, nobody.reached)


def test_every_address_behind_a_name_is_given() -> None:
    """An address is itself; a name of this machine gives each of its addresses once."""
    prober = TlsProber()
    assert (Address("127.0.0.1", 443),) == prober.resolve("127.0.0.1", 443)
    assert (Address("::1", 443),) == prober.resolve("::1", 443)
    found = prober.resolve("localhost", 443)
    assert Address("127.0.0.1", 443) in found
    assert len(set(found)) == len(found)


def test_unknown_name_is_an_error() -> None:
    """A name without an address names itself; what cannot be a name is told in the same words."""
    with pytest.raises(CouldNotLookError, match="name-unknown"):
        TlsProber().resolve("no-such-host.invalid", 443)
    with pytest.raises(CouldNotLookError, match="name-unknown") as caught:
        TlsProber().resolve("a" * 70 + ".example", 443)
    assert "Name or service not known" == caught.value.values["reason"]


def test_leaf_is_named_by_its_bytes(tmp_path: Path, web: Entity) -> None:
    """The fingerprint is that of the bytes on the wire."""
    with run_s_server(tmp_path, web) as port:
        answer = ask(port)
    assert Sha256.of(answer.served[0]) == answer.leaf == web.value.fingerprint


@VERSIONS
@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_one_kind_of_key_is_taken_where_a_server_has_two(tmp_path: Path, version: str, kind: str) -> None:
    """What a server chooses by signature algorithms is seen in both versions of TLS."""
    root = make_ca("Root")
    leaves = {"RSA": root.leaf("a.example", key=make_key("rsa")), "EC": root.leaf("a.example")}
    (tmp_path / "rsa.pem").write_bytes(leaves["RSA"].pem)
    (tmp_path / "rsa.key").write_bytes(leaves["RSA"].key_pem)
    second = ["-dcert", str(tmp_path / "rsa.pem"), "-dkey", str(tmp_path / "rsa.key")]
    with run_s_server(tmp_path / "s", leaves["EC"], versions=[version], options=second) as port:
        answer = TlsProber().ask(Ask(Address("127.0.0.1", port), key=kind), via=LocalHost())
    assert [leaves[kind].value] == list(answer.chain[:1])


@pytest.mark.parametrize("fault", ["cannot-sign", "other-key"])
def test_an_identity_that_cannot_be_presented_is_an_answer(tmp_path: Path, root: Entity, fault: str) -> None:
    """A key that only agrees on keys (RFC 8410 §9), or another certificate's: nobody is asked."""
    leaf = root.leaf(
        "client.example", key=X25519PrivateKey.generate() if fault == "cannot-sign" else make_key()
    )
    bad = leaf if fault == "cannot-sign" else replace(leaf, key=make_key())
    with run_s_server(tmp_path, root.leaf("a.example")) as port:
        answer = ask(port, client=bad)
    assert ("identity-unusable", False) == (answer.refused, answer.reached)
