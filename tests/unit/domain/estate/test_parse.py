"""Estate files become estates, and every fault names its place and what would be right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import (
    ByHand,
    ClientCertificate,
    CrlMode,
    IdentitySlot,
    Loading,
    Local,
    Place,
    Provenance,
    Ssh,
    TrustSlot,
    TrustStore,
    Waiver,
    Window,
)
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang, say_error
from warifu.domain.findings.causes import CAUSES
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.trust.address import Address

DOCS = Path(__file__).parents[4] / "docs" / "estate.md"


def faults_of(*texts: str) -> list[tuple[str, str, str]]:
    """(code, place, key) of every fault."""
    with pytest.raises(EstateError) as caught:
        estate_of(*texts)
    return [
        (fault.code, str(fault.values["where"]), str(fault.values.get("key", "")))
        for fault in caught.value.faults
    ]


def test_the_documented_example_is_an_estate() -> None:
    """What docs/estate.md shows is read as it says."""
    (text,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    estate = parse_estate([Source("estate.toml", text, "/srv/estate")])
    assert "shop" == estate.name
    assert Local() == estate.nodes["web-1"].reach
    assert Ssh("ops@app-1") == estate.nodes["app-1"].reach
    web = estate.services["web"]
    assert ("nginx", "openssl", (Address("127.0.0.1", 8443),)) == (web.target, web.consumer, web.addresses)
    assert (Address("::1", 8444),) == estate.services["web-2"].addresses
    assert (Loading.RESTART, "unknown") == (
        estate.services["app"].loading,
        estate.services["app"].consumer,
    )
    assert (
        IdentitySlot("web/tls", "web", "web", "/etc/nginx/web.crt", "/etc/nginx/web.key")
        == estate.slots["web/tls"]
    )
    assert TrustSlot("app/upstream", "app", "app-cas", "/srv/app/ca.pem") == estate.slots["app/upstream"]
    assert timedelta(days=90) == estate.identities["web"].lifetime
    assert TrustStore("client-cas") == estate.trust_stores["client-cas"]
    connection = estate.connections["app-to-web"]
    assert ("web", "web-2") == connection.servers
    assert (ClientCertificate.REQUIRED, ("app/me",), ("web/clients", "web-2/clients")) == (
        connection.client_certificate,
        connection.client_identities,
        connection.server_trusts,
    )
    freeze = (date(2026, 12, 20), date(2027, 1, 5))
    night = Window("night", "Asia/Tokyo", (0, 1), time(22), timedelta(hours=4), (freeze,))
    assert night == estate.windows["night"]
    assert "/srv/estate/ca/issuing-chain.pem" == estate.issuers["new-ca"].chain
    expires = datetime(2027, 1, 31, tzinfo=UTC)
    assert (Waiver("app-to-web", "Ito", "app has no test instance", expires),) == estate.waivers


def test_defaults_are_filled_in_where_only_one_fits() -> None:
    """A service with exactly one slot of a kind needs not name it."""
    connection = estate_of(SMALL).connections["app-to-web"]
    assert (("web/tls",), ("app/up",), ("app/me",), ("web/clients",)) == (
        connection.server_identities,
        connection.client_trusts,
        connection.client_identities,
        connection.server_trusts,
    )
    assert Place("1.toml", 41, "connections.app-to-web") == connection.place


def test_several_identities_are_told_apart_by_server_name() -> None:
    """Exact names come before wildcards, wildcards before the slot that names none, as for who sends no name."""
    more = """
    [services.web.identities.exact]
    identity = "web"
    certificate = "/b.crt"
    sni = ["one.example"]
    [services.web.identities.wild]
    identity = "web"
    certificate = "/c.crt"
    sni = ["*.example"]
    [connections.a]
    clients = ["app"]
    servers = ["web"]
    server-name = "ONE.example"
    [connections.b]
    clients = ["app"]
    servers = ["web"]
    server-name = "two.example"
    [connections.c]
    clients = ["app"]
    servers = ["web"]
    [connections.d]
    clients = ["app"]
    servers = ["web"]
    server-name = "one.example"
    no-sni = true
    """
    connections = estate_of(SMALL + dedent(more)).connections
    chosen = [connections[name].server_identities for name in ("a", "b", "c", "d")]
    assert [("web/exact",), ("web/wild",), ("web/tls",), ("web/tls",)] == chosen
    assert ["ONE.example", "two.example", "", ""] == [connections[name].asked_name for name in "abcd"]


def test_a_group_as_an_end_stands_for_its_services() -> None:
    """Every member is an end of the connection, each once."""
    more = """
    [services.web-2]
    node = "n"
    target = "files"
    [services.web-2.identities.tls]
    identity = "web"
    certificate = "/web.crt"
    [groups.front]
    services = ["web", "web-2"]
    [connections.all]
    clients = ["app"]
    servers = ["front", "web"]
    """
    connection = estate_of(SMALL, more).connections["all"]
    assert (("web", "web-2"), ("web/tls", "web-2/tls")) == (connection.servers, connection.server_identities)


@pytest.mark.req("S3-46")
def test_a_connection_carries_any_relation() -> None:
    """Relation types are words of the owner, so peers that have to trust are an open list."""
    more = """
    [connections.trunk]
    clients = ["app"]
    servers = ["web"]
    relation = "sip-trunk"
    [connections.odd]
    clients = ["app"]
    servers = ["web"]
    relation = "whatever comes next"
    """
    connections = estate_of(SMALL, more).connections
    relations = [connections[name].relation for name in ("trunk", "odd", "app-to-web")]
    assert ["sip-trunk", "whatever comes next", ""] == relations


def test_a_file_of_another_editor_is_read_with_its_lines() -> None:
    """A byte order mark and line ends of two characters change nothing, and faults keep their lines."""
    odd = "\ufeff" + SMALL.replace("\n", "\r\n")
    assert estate_of(SMALL) == estate_of(odd)
    ((code, where, key),) = faults_of("\ufeff[nodes.n]\r\nx = 1\r\n")
    assert ("estate.unknown-key", "2", "nodes.n.x") == (code, where.rpartition(":")[2], key)


@pytest.mark.parametrize("text", ["[a", "a = [1", "a = {b = 1", 'a = "x', "a 1", "=1", "a = 1\na = 2", 'a = "\\d"', "a = b", "a = 1 2", "[[a]", "a = 2026-02-30"])  # fmt: skip
def test_what_is_no_toml_is_told_in_both_languages(text: str) -> None:
    """The reader's own words are English: every one of them that a hand slips into is said in Japanese."""
    with pytest.raises(EstateError) as caught:
        estate_of(text)
    assert caught.value.faults[0].values["reason"] in CAUSES


@pytest.mark.parametrize("reach", ['reach = "local"', 'reach = "ssh"\ndestination = "n"'])
def test_absolute_paths_are_plain_on_every_node(reach: str) -> None:
    """Steps on a node take no path with `..` in it: better here than in the middle of a rollout."""
    text = SMALL.replace('anchors = "/up.pem"', 'anchors = "/etc/pg/data/../up.pem"')
    assert text != SMALL
    slot = estate_of(re.sub(r"\[nodes\.n\][^\[]*", f"[nodes.n]\n{reach}\n", text)).slots["app/up"]
    assert isinstance(slot, TrustSlot)
    assert "/etc/pg/up.pem" == slot.anchors


def test_paths_of_local_nodes_start_at_the_files_folder() -> None:
    """Relative paths are resolved on local nodes and left alone elsewhere."""
    text = """
    [nodes.here]
    state = "state"
    [nodes.there]
    reach = "by-hand"
    platform = "windows"
    [services.a]
    node = "here"
    target = "files"
    options = { configuration = "./x.conf", mode = "fast" }
    [services.a.identities.i]
    identity = "one"
    certificate = "../tls/a.pem"
    [services.b]
    node = "there"
    target = "by-hand"
    [services.b.trusts.t]
    store = "s"
    anchors = "C:\\\\tls\\\\ca.pem"
    [identities.one]
    [trust-stores.s]
    crl-mode = "chain"
    """
    estate = estate_of(text, folder="/srv/estate")
    assert ByHand("windows") == estate.nodes["there"].reach
    assert "/srv/estate/state" == estate.nodes["here"].state
    assert ("/srv/tls/a.pem",) == estate.slots["a/i"].files
    assert ("C:\\tls\\ca.pem",) == estate.slots["b/t"].files
    assert {"configuration": "/srv/estate/x.conf", "mode": "fast"} == dict(estate.services["a"].options)
    assert CrlMode.CHAIN is estate.trust_stores["s"].crl_mode


def test_a_client_of_unknown_trust_needs_no_trust_store() -> None:
    """A seen client whose trust store nobody could look at is declared as such."""
    more = """
    [services.seen]
    node = "n"
    target = "by-hand"
    [connections.seen-to-web]
    clients = ["seen"]
    servers = ["web"]
    unknown-trust = true
    provenance = "seen"
    seen = 2026-11-21T09:00:00+09:00
    """
    connection = estate_of(SMALL, more).connections["seen-to-web"]
    assert (True, (), Provenance.SEEN) == (
        connection.unknown_trust,
        connection.client_trusts,
        connection.provenance,
    )


BASE = SMALL + 'server-identities = ["web/tls"]\n'
FAULTS = [
    ("estate.unknown-key-near", 2, "nodes.x.reech", '[nodes.x]\nreech = "ssh"'),
    ("estate.unknown-key", 1, "zebra", "zebra = 1"),
    ("estate.not-table", 1, "nodes", "nodes = 3"),
    ("estate.not-table", 2, "nodes.x", "[nodes]\nx = 3"),
    ("estate.bad-name", 1, "nodes", '[nodes."a/b"]'),
    ("estate.missing-key", 1, "nodes.x.destination", '[nodes.x]\nreach = "ssh"'),
    ("estate.not-choice", 2, "nodes.x.reach", '[nodes.x]\nreach = "telnet"'),
    ("estate.not-text", 2, "nodes.x.state", "[nodes.x]\nstate = 3"),
    ("estate.not-flag", 4, "nodes.x.sudo", '[nodes.x]\nreach = "ssh"\ndestination = "a"\nsudo = "yes"'),
    ("estate.missing-choice", 1, "services.x.target", '[services.x]\nnode = "n"'),
    ("estate.not-choice", 3, "services.x.target", '[services.x]\nnode = "n"\ntarget = "ngnix"'),
    ("estate.unknown-reference", 2, "services.x.node", '[services.x]\nnode = "zzz"\ntarget = "files"'),
    (
        "estate.not-address",
        6,
        "services.x.addresses",
        '[services.x]\nnode = "n"\ntarget = "files"\naddresses = [\n"[::1]:1",\n"::1:443"]',
    ),
    (
        "estate.address-twice",
        4,
        "services.x.addresses",
        '[services.x]\nnode = "n"\ntarget = "files"\naddresses = ["127.0.0.1:8443"]',
    ),
    (
        "estate.address-twice",
        4,
        "services.x.addresses",
        '[services.x]\nnode = "n"\ntarget = "files"\naddresses = ["h:1", "h:1"]',
    ),
    (
        "estate.not-texts",
        2,
        "services.x.reload",
        '[services.x]\nreload = "nginx -s reload"\nnode="n"\ntarget="files"',
    ),
    (
        "estate.not-text",
        4,
        "services.x.options.a",
        '[services.x]\nnode="n"\ntarget="files"\noptions = { a = 1 }',
    ),
    (
        "estate.missing-key",
        1,
        "services.web.identities.b.certificate",
        '[services.web.identities.b]\nidentity = "web"',
    ),
    ("estate.not-duration", 2, "identities.x.lifetime", '[identities.x]\nlifetime = "3 months"'),
    ("estate.not-duration", 2, "identities.x.lifetime", '[identities.x]\nlifetime = "0d"'),
    ("estate.unknown-reference-none", 2, "identities.x.issuer", '[identities.x]\nissuer = "zzz"'),
    ("estate.unknown-reference-none", 2, "identities.x.owner", '[identities.x]\nowner = "zzz"'),
    ("estate.not-choice", 2, "trust-stores.x.crl-mode", '[trust-stores.x]\ncrl-mode = "all"'),
    ("estate.unknown-reference-near", 2, "groups.g.services", '[groups.g]\nservices = ["weeb"]'),
    (
        "estate.unknown-reference-none",
        3,
        "groups.g.windows",
        '[groups.g]\nservices = ["web"]\nwindows = ["zzz"]',
    ),
    ("estate.missing-key", 1, "groups.g.services", "[groups.g]"),
    ("estate.group-and-service", 1, "groups.web", '[groups.web]\nservices = ["web"]'),
    (
        "estate.not-number",
        3,
        "groups.g.max-unavailable",
        '[groups.g]\nservices = ["web"]\nmax-unavailable = -1',
    ),
    ("estate.no-zone", 2, "windows.w.zone", '[windows.w]\nzone = "not a zone"\nstart = "22:00"'),
    ("estate.not-time", 1, "windows.w.start", '[windows.w]\nzone = "UTC"'),
    ("estate.not-time", 3, "windows.w.start", '[windows.w]\nzone = "UTC"\nstart = "25:00"'),
    (
        "estate.not-choice",
        4,
        "windows.w.weekdays",
        '[windows.w]\nzone = "UTC"\nstart = "1:00"\nweekdays = ["monday"]'.replace("1:00", "01:00"),
    ),
    (
        "estate.not-freeze",
        4,
        "windows.w.freezes",
        '[windows.w]\nzone = "UTC"\nstart = 01:00:00\nfreezes = [["2027-01-05", "2026-12-20"]]',
    ),
    ("estate.missing-key", 3, "nodes.x.destination", '[nodes.x]\nreach = "ssh"\ndestination = ""'),
    ("estate.not-time", 3, "windows.w.start", '[windows.w]\nzone = "UTC"\nstart = "22:00+09:00"'),
    *(
        (
            "estate.not-freeze",
            4,
            "windows.w.freezes",
            f'[windows.w]\nzone = "UTC"\nstart = "01:00"\nfreezes = [{pair}]',
        )
        for pair in ('["2026-13-01", "2027-01-05"]', "[1, 2]", "[2026-12-20T00:00:00, 2027-01-05]", "3")
    ),
    ("estate.missing-choice", 1, "issuers.i.kind", '[issuers.i]\nfolder = "ca"'),
    ("estate.not-tables", 1, "waivers", "waivers = 3"),
    (
        "estate.unknown-reference",
        2,
        "waivers.0.subject",
        '[[waivers]]\nsubject = "zzz"\nby = "a"\nreason = "b"\nexpires = 2027-01-01T00:00:00Z',
    ),
    (
        "estate.not-moment",
        5,
        "waivers.0.expires",
        '[[waivers]]\nsubject = "n"\nby = "a"\nreason = "b"\nexpires = 2027-01-01T00:00:00',
    ),
    ("estate.missing-key", 1, "waivers.0.expires", '[[waivers]]\nsubject = "n"\nby = "a"\nreason = "b"'),
    (
        "estate.unknown-reference",
        2,
        "connections.c.clients",
        '[connections.c]\nclients = ["zzz"]\nservers = ["web"]',
    ),
    ("estate.missing-key", 1, "connections.c.servers", '[connections.c]\nclients = ["app"]'),
    (
        "estate.unknown-reference",
        4,
        "connections.c.client-trusts",
        '[connections.c]\nclients = ["app"]\nservers = ["web"]\nclient-trusts = ["web/clients"]',
    ),
    (
        "estate.verifies-nothing",
        4,
        "connections.c.client-trusts",
        '[services.x]\nnode="n"\ntarget="files"\n[connections.c]\nclients = ["x"]\nservers = ["web"]',
    ),
    (
        "estate.presents-nothing",
        7,
        "connections.c.client-identities",
        (
            '[services.x]\nnode="n"\ntarget="files"\n[services.x.trusts.up]\nstore="up"\nanchors="/x"\n[connections.c]\n'
            'clients = ["x"]\nservers = ["web"]\nclient-certificate = "required"'
        ),
    ),
    (
        "estate.no-slot",
        1,
        "connections.c.server-identities",
        '[connections.c]\nclients = ["web"]\nservers = ["y"]\n[services.y]\nnode="n"\ntarget="files"',
    ),
    (
        "estate.ambiguous-default",
        4,
        "connections.c.server-identities",
        (
            '[services.web.identities.two]\nidentity = "web"\ncertificate = "/2.crt"\n[connections.c]\n'
            'clients = ["app"]\nservers = ["web"]'
        ),
    ),
    (
        "estate.uncovered-end",
        4,
        "connections.c.client-trusts",
        '[connections.c]\nclients = ["app", "web"]\nservers = ["web"]\nclient-trusts = ["app/up"]',
    ),
    (
        "estate.missing-key",
        1,
        "connections.c.seen",
        '[connections.c]\nclients = ["app"]\nservers = ["web"]\nprovenance = "seen"',
    ),
    ("estate.twice", 1, "nodes.n", "[nodes.n]"),
    ("estate.twice", 1, "services.web.trusts.tls", '[services.web.trusts.tls]\nstore = "up"\nanchors = "/x"'),
]


@pytest.mark.parametrize(
    ("code", "line", "key", "text"),
    FAULTS,
    ids=[f"{f[0]}-{f[2]}-{number}" for number, f in enumerate(FAULTS)],
)
def test_a_fault_names_its_line_and_key(code: str, line: int, key: str, text: str) -> None:
    """One thing wrong gives one fault, at its file, line and key."""
    if text.startswith("[services.web."):  # a table of a service stands in the file of the service
        line += BASE.count("\n")
        assert [(code, f"1.toml:{line}", key)] == faults_of(BASE + text)
    else:
        assert [(code, f"2.toml:{line}", key)] == faults_of(BASE, text)


def test_all_faults_are_told_at_once_in_both_languages() -> None:
    """Two files with four faults give four lines below one heading."""
    first = '[nodes.a]\nreach = "telnet"\nstat = 1\n'
    second = '[services.s]\nnode = "b"\ntarget = "filez"\n'
    with pytest.raises(EstateError) as caught:
        estate_of(first, second)
    for lang, word in ((Lang.EN, "Did you mean `state`?"), (Lang.JA, "`state` のことですか")):
        told = say_error(caught.value, lang).splitlines()
        assert 5 == len(told)
        assert word in told[2]
        assert ["1.toml:2", "1.toml:3", "2.toml:3", "2.toml:2"] == [line.split(": ")[0] for line in told[1:]]
        assert not any("?" in line.replace("mean `state`?", "") for line in told)


def test_a_syntax_error_hides_no_other_files_syntax_error() -> None:
    """Every file that is not TOML is told, and nothing is guessed about the rest."""
    found = faults_of("a = ", '[nodes.a]\nreach = "telnet"', "b = 'x")
    assert [("estate.not-toml", "1.toml:1", ""), ("estate.not-toml", "3.toml:1", "")] == found


def test_an_estate_has_one_name() -> None:
    """Files that call the estate by two names are told apart at the second; the same name twice is one."""
    expected = [("estate.two-names", "2.toml:2", "estate.name")]
    assert expected == faults_of('[estate]\nname = "a"\n', '[estate]\nname = "b"\n')
    assert "a" == estate_of('[estate]\nname = "a"\n', '[estate]\nname = "a"\n').name


def test_one_machine_listens_once_on_an_address_however_often_it_is_declared() -> None:
    """Two nodes of one ssh destination are one machine; two appliances changed by hand are two."""
    services = """
    [services.a]
    node = "one"
    target = "by-hand"
    addresses = ["h:443"]
    [services.b]
    node = "two"
    target = "by-hand"
    addresses = ["h:443"]
    """
    ssh = '[nodes.{}]\nreach = "ssh"\ndestination = "ops@{}"\n'
    same = ssh.format("one", "h") + ssh.format("two", "h")
    assert ["estate.address-twice"] == [code for code, *_ in faults_of(same, services)]
    estate_of(ssh.format("one", "h") + ssh.format("two", "other"), services)
    by_hand = '[nodes.{}]\nreach = "by-hand"\nplatform = "windows"\n'
    estate_of(by_hand.format("one") + by_hand.format("two"), services)


def test_a_client_without_a_certificate_may_meet_a_server_that_only_asks_for_one() -> None:
    """Where client certificates are optional, a client that has none is no fault."""
    more = """
    [services.plain]
    node = "n"
    target = "files"
    [services.plain.trusts.up]
    store = "up"
    anchors = "/up.pem"
    [connections.asked]
    clients = ["plain"]
    servers = ["web"]
    client-certificate = "optional"
    """
    connection = estate_of(SMALL, more).connections["asked"]
    assert ((), ("web/clients",)) == (connection.client_identities, connection.server_trusts)


def test_a_slot_leads_to_its_service_and_node() -> None:
    """By name alone."""
    estate = estate_of(SMALL)
    assert ("n", "web") == (estate.node_of("web/tls").name, estate.service_of("web/tls").name)


def test_dates_are_read_as_text_or_as_toml_has_them() -> None:
    """A window's freeze and start may stand as TOML dates and times."""
    text = "[windows.w]\nzone = 'UTC'\nstart = 22:00:00\nfreezes = [[2026-12-20, '2027-01-05']]\n"
    window = estate_of(text).windows["w"]
    assert (time(22), ((date(2026, 12, 20), date(2027, 1, 5)),)) == (window.start, window.freezes)


def test_every_fault_here_has_a_sentence() -> None:
    """No fault is shown as a bare code."""
    assert [] == [code for code, *_ in FAULTS if code not in MESSAGES]


def test_a_client_names_a_server_or_none() -> None:
    """Both at once is a slip that would change who answers: it is told, with its line."""
    both = SMALL + 'sni = "a.example"\nno-sni = true\n'
    with pytest.raises(EstateError) as caught:
        estate_of(both)
    (fault,) = caught.value.faults
    assert ("estate.names-nobody", "connections.app-to-web.sni") == (fault.code, fault.values["key"])
